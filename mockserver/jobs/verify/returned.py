"""Whether a client returns what it was answered.

Where a suite says how a result shows the answer (a projection), that must be the answer. Where nobody says it, fields
of the same names are compared, and only what no reading on purpose explains is told: a value that is there and comes
back as nothing, and a value that comes back as another although others of its field came back as they were.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from mockserver.generate.boundary import ENTRIES
from mockserver.jobs.verify.arrival import is_same
from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.copes import on_answer
from mockserver.jobs.verify.observed import Called, Shown, Wanted
from mockserver.jobs.verify.places import bare
from mockserver.jobs.verify.traces import OPAQUE, Traces
from mockserver.values import JSON, Struct, field

_SHOWN: Final = 120
_OFTEN: Final = 5
_PLACES: Final = 2_000
"""So many places of one answer are told apart: the names in a map have no end."""


class Pair(Struct, frozen=True):
    """What was answered at a place, and what came back for it; `beside` is the object that it was answered in."""

    at: str
    sent: JSON
    got: JSON
    beside: JSON = None

    @property
    def place(self) -> str:
        """The place, whichever item of a list it is in."""
        return re.sub(r"/\d+(?=/|$)", "/*", self.at)

    @property
    def is_kept(self) -> bool:
        """Whether it came back as it was; what is nothing may be told in words of the client's own."""
        return _is_same(self.sent, self.got) or (self.sent in (None, "", [], {}) and self.got != "None")

    @property
    def is_lost(self) -> bool:
        """Whether a value came back as nothing."""
        if isinstance(self.sent, dict | list) or isinstance(self.got, dict | list):
            return False
        return (self.sent in (0, False) and self.got is None and self.sent is not None) or (
            bool(self.sent) and not self.got
        )

    @property
    def is_short(self) -> bool:
        """Whether a list came back with some of its items, or with more, or a map with some of its entries."""
        if isinstance(self.got, dict) and isinstance(self.sent, dict):
            return self.sent.keys() >= set(ENTRIES) and len(self.got.keys() & set(ENTRIES)) == 1
        return isinstance(self.got, list) and isinstance(self.sent, list) and 0 < len(self.got) != len(self.sent)


class _Seen(Struct):
    """What was seen of one place; `kept`: that a value of it, and not nothing, came back as it was.

    `emptied`: a list with items came back with none; `filled`: with some. `namesakes` are the other members of its
    object that came back every time in its stead.
    """

    kept: bool = False
    other: tuple[Pair, Case, Called] | None = None
    emptied: tuple[Pair, Case, Called] | None = None
    filled: bool = False
    count: int = 0
    namesakes: frozenset[str] = frozenset()

    def differs(self, pair: Pair, case: Case, called: Called) -> None:
        """Take note of a value that came back as another."""
        beside = pair.beside if isinstance(pair.beside, dict) else {}
        own = pair.at.rpartition("/")[2]
        same = frozenset(name for name, item in beside.items() if name != own and pair.got and is_same(item, pair.got))
        self.namesakes = same if not self.count else self.namesakes & same
        self.count += 1
        self.other = self.other or (pair, case, called)

    def compare(self, pair: Pair, case: Case, called: Called) -> None:
        """Take note of what came back."""
        if isinstance(pair.got, list) and isinstance(pair.sent, list):
            self.filled = self.filled or bool(pair.got)
            if pair.sent and not pair.got:
                self.emptied = self.emptied or (pair, case, called)
        elif pair.is_kept:
            self.kept = self.kept or bool(pair.sent)
        elif not isinstance(pair.got, dict | list):
            self.differs(pair, case, called)

    @property
    def is_wrong(self) -> bool:
        """Whether no reading on purpose explains it."""
        return self.kept or (self.count >= _OFTEN and bool(self.namesakes))


class Returns(Struct):
    """What came back from one binding, case by case."""

    wanted: Wanted
    seen: dict[str, _Seen] = field(default_factory=dict)
    found: dict[str, tuple[Pair, Case, Called]] = field(default_factory=dict)
    traces: Traces = field(default_factory=Traces)

    def add(self, case: Case, called: Called) -> None:
        """Take note of what came back for an answer."""
        given = case.given
        if given is None or given.status >= 300 or given.media is None or called.raised is not None:
            return
        body = called.observed[-1].response.body if called.observed else b""
        if isinstance(called.returned, str) and _is_file_as_text(body, called.returned):
            self.found.setdefault("", (Pair("", body, called.returned), case, called))
            return
        if called.is_projected:
            for pair in _pairs(called.returned, given.value, "", strictly=True):
                if not pair.is_kept:
                    self.found.setdefault(pair.place, (pair, case, called))
            return
        for pair in _aligned(called.returned, given.value, frozenset(given.media.spec.shape.property_names)):
            seen = self.seen.get(pair.place)
            if seen is None:
                if len(self.seen) >= _PLACES:
                    continue
                seen = self.seen[pair.place] = _Seen()
            if pair.is_lost or pair.is_short:
                self.found.setdefault(pair.place, (pair, case, called))
            else:
                seen.compare(pair, case, called)
        self.traces.add(case, called)

    def told(self) -> Iterator[Shown]:
        """Yield what did not come back as it was answered."""
        for place, seen in self.seen.items():
            if seen.is_wrong and seen.other is not None:
                self.found.setdefault(place, seen.other)
            if seen.emptied is not None and not seen.filled:
                self.found.setdefault(place, seen.emptied)
        for trace in self.traces.broken():
            pair = Pair(trace.case.given.at if trace.case.given is not None else "", trace.sent, trace.got)
            self.found.setdefault(pair.place, (pair, trace.case, trace.called))
        for pair, case, called in self.found.values():
            name = pair.at.rpartition("/")[2] or "the answer"
            message = (
                f"{self.wanted.operations[0]} answered {name} {_short(pair.sent)}, "
                f"and your client returned {_short(pair.got)}"
            )
            fix = f"return {name} as it was answered"
            yield on_answer("response-misread", self.wanted, case, called, message, fix, place=pair.at)


def _is_file_as_text(body: bytes, got: str) -> bool:
    """Tell whether octets that are no text came back as one: what is printable stands there, the rest is lost."""
    try:
        body.decode()
    except UnicodeDecodeError:
        runs = [run.decode("ascii") for run in re.findall(rb"[ -~]{4,}", body)]
        return bool(runs) and all(run in got for run in runs)
    return False


def _is_same(sent: JSON, got: JSON) -> bool:
    if got is OPAQUE or is_same(sent, got) or (isinstance(sent, str) and sent.strip() == got):
        return True
    if isinstance(sent, str) and isinstance(got, int | float):
        try:
            return float(sent) == got
        except ValueError:
            return False
    return False


def _aligned(got: JSON, sent: JSON, names: Collection[str]) -> Iterator[Pair]:
    """Yield pairs of a result and the part of the answer that it was made of; `names` are those of its members."""
    if isinstance(got, str) and isinstance(sent, str):
        yield Pair("", sent, got)
    elif isinstance(got, dict) and isinstance(sent, dict):
        inner = ((f"/{name}", item) for name, item in sent.items() if isinstance(item, dict) and name in names)
        parts = [("", sent), *inner]
        at, part = max(parts, key=lambda one: _overlap(got, one[1] if one[0] else {*sent, *names}))
        yield from _pairs(got, part, at)
    elif isinstance(got, list) and isinstance(sent, list):
        yield from _pairs(got, sent, "")
    elif isinstance(got, list) and isinstance(sent, dict):
        lists = [(name, item) for name, item in sent.items() if isinstance(item, list) and name in names]
        if len(lists) == 1:
            yield from _pairs(got, lists[0][1], f"/{lists[0][0]}")


def _overlap(got: JSON, sent: Collection[str]) -> int:
    return len({bare(name) for name in got} & {bare(name) for name in sent})


def _pairs(got: JSON, sent: JSON, at: str, beside: JSON = None, *, strictly: bool = False) -> Iterator[Pair]:
    if isinstance(got, dict) and isinstance(sent, dict):
        if not strictly:
            yield Pair(at, sent, got, beside)
        names = {bare(name): name for name in sent}
        for name, value in got.items():
            known = name if name in sent else names.get(bare(name))
            if known is not None:
                yield from _pairs(value, sent[known], f"{at}/{known}", sent, strictly=strictly)
            elif strictly and value not in (None, [], {}, ""):
                yield Pair(f"{at}/{name}", None, value)
    elif isinstance(got, list) and isinstance(sent, list):
        if len(got) != len(sent) or not strictly:
            yield Pair(at, sent, got)
        if len(got) == len(sent):
            for index, (one, other) in enumerate(zip(got, sent, strict=True)):
                yield from _pairs(one, other, f"{at}/{index}", strictly=strictly)
    elif got is not OPAQUE:
        yield Pair(at, sent, got, beside)


def _short(value: JSON) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
