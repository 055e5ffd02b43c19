"""What a client depends on, found by changing one thing in an answer and looking whether the client shows it.

A place is *read* when what the client returns, raises or asks for next changes with it. It is only *passed* when the
place lies in an object that the client gives back as it came: then the same object also shows a member that nobody
documents. Does not know how a client is called: `Play` does that, and returns what is seen of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from mockserver.document.pointer import child, parent
from mockserver.exchange import Headers
from mockserver.jobs.usage_places import HOWS, How, Path, at, mutated, objects, other_text, places, with_members
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON, Struct, replace

Seen: TypeAlias = Mapping[str, str]
_EXTRA: Final = "x_mockserver_"
_HEADER: Final = "header."


class Answer(Struct, frozen=True):
    """An answer that may be changed. `opaque` is a body that no schema looks into."""

    value: JSON
    headers: Headers
    bundle: Bundle | None
    why: str
    at: str = ""
    opaque: bytes | None = None


Play: TypeAlias = Callable[[Answer], Seen | None]
"""Calls the client with an answer; None when it does not get there."""


class Proof(Struct, frozen=True):
    """The run that proves a fact: what was called, in which case, what was changed in it, and what came of that."""

    by: str
    case: str
    change: str
    before: JSON
    after: JSON
    noticed: str


class Use(Struct, frozen=True):
    """How a place of an answer is used."""

    use: Literal["read", "passed"]
    proof: Proof


def explore(
    bases: Iterable[Answer], play: Play, by: str, uses: dict[str, Use], likely: set[str], shown_on: dict[str, Answer]
) -> None:
    """Add to `uses` what a client shows of some answers; what is known to be read is not asked again.

    The first answer is changed place by place, the others at all places that are left: most of them show nothing.
    `likely` are places that the client was seen to use in such an answer; the first answer adds to them.
    `shown_on` gets, for each place, the answer on which it was seen.
    """
    known: set[str] = set()
    for number, base in enumerate(bases):
        if base.at in known and base.at not in uses:
            continue  # it varies what the client does not look at
        found = _Base(base, play)
        still = [place for place in found.places if place not in uses or uses[place].use == "passed"]
        if not still:
            continue
        if not found.is_taken():
            return
        fresh = not known.issuperset(found.places)
        known.update(found.places)
        sure = [place for place in still if place in likely] if number == 0 else []
        others = [place for place in still if place not in sure]
        one_by_one = number == 0 and not likely
        for place in (*sure, *(others if one_by_one else found.suspects(others, uses, HOWS if fresh else HOWS[:2]))):
            told = found.used(place, by)
            if told is not None and (place not in uses or told.use == "read"):
                uses[place] = told
                shown_on[place] = base
    likely.update(uses)


def _differences(one: Seen, other: Seen) -> Iterator[str]:
    for path in {**one, **other}:
        if one.get(path) != other.get(path):
            yield path


class _Base:
    """One answer, what a client shows of it, and what it shows of changed ones."""

    def __init__(self, answer: Answer, play: Play) -> None:
        self.answer = answer
        self._play = play
        self._before: Seen = {}
        self._noise: frozenset[str] | None = None
        self._passing: dict[str, frozenset[str]] | None = None
        self.places = places(answer.value, answer.bundle) if answer.opaque is None else {"": [()]}
        self.places.update({f"{_HEADER}{name}": [()] for name, _ in answer.headers})

    def is_taken(self) -> bool:
        """Tell whether the client gets as far as this answer."""
        before = self._play(self.answer)
        self._before = before or {}
        return before is not None

    def suspects(self, still: Sequence[str], uses: Mapping[str, Use], hows: Sequence[How]) -> list[str]:
        """Return the places that may be used here: none when all of them can be changed at once, unseen."""
        suspected: dict[str, None] = {}
        for how in hows:
            shown = self._shown(self._changed(still, how))
            if shown is None:
                continue
            if all(self._explains(still, path, shown) for path in shown):
                new = [place for place in still if place not in uses]
                suspected.update(dict.fromkeys(one for one in new if any(self._passes(one, path) for path in shown)))
            else:
                return list(still)
        return list(suspected)

    def used(self, place: str, by: str) -> Use | None:
        """Return how a place is used, by the first change that tells; None where no change is seen."""
        passed: Use | None = None
        for how in HOWS:
            changed = self._changed([place], how)
            shown = self._shown(changed)
            if not shown or changed is None:
                continue
            case = " ".join(filter(None, (self.answer.at, self.answer.why)))
            before, after = (_short(self._at(one, place)) for one in (self.answer, changed))
            proof = Proof(by, case, how, before, after, self._told(shown))
            if not all(self._explains([place], path, shown) for path in shown):
                return Use("read", proof)
            passed = passed or Use("passed", proof)
        return passed

    def _at(self, answer: Answer, place: str) -> JSON:
        if place.startswith(_HEADER):
            return next((text for name, text in answer.headers if f"{_HEADER}{name}" == place), None)
        if answer.opaque is not None:
            return f"{len(answer.opaque)} bytes"
        return at(answer.value, self.places[place][0])

    def _changed(self, still: Sequence[str], how: How) -> Answer | None:
        """Return the answer with all these places changed; None where there is no such change."""
        named = frozenset(place.removeprefix(_HEADER) for place in still if place.startswith(_HEADER))
        out = self.answer
        if named and how in {"changed", "left out"}:
            kept = (pair for pair in out.headers if how == "changed" or pair[0] not in named)
            out = replace(out, headers=tuple((one, other_text(text) if one in named else text) for one, text in kept))
        paths = [path for place in still if not place.startswith(_HEADER) for path in self.places[place]]
        if paths and out.opaque is not None:
            bodies = {"changed": out.opaque + b"\nx", "left out": b""}
            out = replace(out, opaque=bodies.get(how, out.opaque))
        elif paths and isinstance(out.value, str) and paths == [()] and how == "changed":
            out = replace(out, value=f"{out.value}\nx")  # another line: a text may be a table
        elif paths:
            out = replace(out, value=mutated(out.value, paths, how))
        return None if out == self.answer else out

    def _shown(self, changed: Answer | None) -> dict[str, tuple[str | None, str | None]] | None:
        """Return what a client shows otherwise: path to before and after; None when it shows nothing of it."""
        after = self._play(changed) if changed is not None else None
        if after is None:
            return None
        before = self._before
        differences = list(_differences(before, after))
        if differences and self._noise is None:
            self._noise = frozenset(_differences(before, self._play(self.answer) or before))
        shown = {path: (before.get(path), after.get(path)) for path in differences if path not in (self._noise or ())}
        return shown or None

    def _explains(self, still: Sequence[str], path: str, shown: Mapping[str, tuple[str | None, str | None]]) -> bool:
        """Tell whether a difference is only that the client gives back what it was given."""
        if still == [""] or "" in still:
            return any(_is_whole(text, self.answer) for text in shown[path]) or self._passes_items(path)
        return any(self._passes(place, path) for place in still)

    def _passes(self, place: str, path: str) -> bool:
        """Tell whether a path of what is shown is a place that the client gives back with the object around it."""
        if place.startswith(_HEADER) or not place:
            return False
        for way in self.passing.get(parent(place), ()):
            for one in self.places[place]:
                spot = child(way, one[-1])
                if path in {spot, f"{way}/"} or path.startswith(f"{spot}/"):  # the latter: nothing is left there
                    return True
        return False

    def _passes_items(self, path: str) -> bool:
        return any(path.startswith(parent(way)) for way in self.passing.get("/*", ()))

    @property
    def passing(self) -> Mapping[str, frozenset[str]]:
        """Where each object is given back as it came: its place to the paths of what is shown."""
        if self._passing is None:
            holders = objects(self.answer.value, self.places) if self.answer.opaque is None else {}
            named = {f"{_EXTRA}{number}": place for number, place in enumerate(holders)}
            found = self._with_members({name: holders[place] for name, place in named.items()})
            if found is None:  # somebody refuses what is not documented: ask of each object alone
                found = {}
                for name, place in named.items():
                    found.update(self._with_members({name: holders[place]}) or {})
            self._passing = {place: found.get(name, frozenset()) for name, place in named.items()}
        return self._passing

    def _with_members(self, named: Mapping[str, Sequence[Path]]) -> dict[str, frozenset[str]] | None:
        """Return where members that nobody documents are shown; None when something else comes of them."""
        if not named:
            return {}
        after = self._play(replace(self.answer, value=with_members(self.answer.value, named)))
        if after is None or ("/raised" in after) != ("/raised" in self._before):
            return None
        found: dict[str, set[str]] = {}
        for path in after:
            for name in named:
                if path.endswith(f"/{name}"):
                    found.setdefault(name, set()).add(parent(path))
        return {name: frozenset(ways) for name, ways in found.items()}

    def _told(self, shown: Mapping[str, tuple[str | None, str | None]]) -> str:
        raised = shown.get("/raised", (None, None))[1]
        if raised is not None:
            text = (shown.get("/raised/text") or ("", ""))[1]
            return f"raised {raised}: {text}"
        path = min(shown)
        was, now = shown[path]
        return f"{path}: {was or 'nothing'} became {now or 'nothing'}"


def _is_whole(text: str | None, answer: Answer) -> bool:
    """Tell whether a shown text is the whole body."""
    if text is None:
        return False
    body = answer.opaque if answer.opaque is not None else answer.value
    kept = (repr(body)[:-1], repr(body.decode("utf-8", "replace"))[:-1] if isinstance(body, bytes) else "")
    return any(one and text.startswith(one[:100]) for one in kept)


def _short(value: JSON) -> JSON:
    """Return a value as a line of a file can hold it."""
    text = repr(value)
    return value if len(text) <= 80 else f"{text[:77]}..."
