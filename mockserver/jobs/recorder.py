"""One cassette in use: answers from it, takes note of what the API answers, and says at the end what is to be written.

Who sends and who writes are edges' affairs. Safe for threads: what is asked and what is heard are single steps.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias, assert_never

from mockserver.cassette.compare import contradictions
from mockserver.cassette.index import PARTS, Index, Played, Unmatched
from mockserver.cassette.leaks import Leak, leaks_in
from mockserver.cassette.model import Cassette, Interaction, Mode, Recorded, split_url
from mockserver.cassette.scrub import Rules, Scrubber, masked, readably
from mockserver.exchange import Request, Response
from mockserver.jobs.homes import Homes
from mockserver.jobs.judge import Judged, digest, judge
from mockserver.values import Struct, replace

RECORDING: Final[frozenset[Mode]] = frozenset({"once", "new", "rewrite"})


class Forward(Struct, frozen=True):
    """The request goes to the API; what comes back is to be heard."""


class Missing(Struct, frozen=True):
    """The request is not on the cassette, told in words."""

    text: str


Asked: TypeAlias = Interaction | Forward | Missing


class Written(Struct, frozen=True):
    """A cassette as it may be written, with what the contract says of its new interactions."""

    cassette: Cassette
    judged: tuple[tuple[int, Judged], ...]


class Recorder:
    """A cassette in use. `name` is how people call it, `service` as its folder says."""

    def __init__(
        self,
        cassette: Cassette | None,
        mode: Mode,
        homes: Homes,
        rules: Rules,
        *,
        name: str = "",
        service: str = "",
        match_on: Sequence[str] = PARTS,
        repeats: bool = False,
    ) -> None:
        self.cassette = cassette or Cassette()
        self.mode: Mode = "replay" if mode == "once" and cassette is not None else mode
        self.name = name
        self.service = service
        self.missing: list[str] = []
        self.contradictions: list[str] = []
        self._homes = homes
        self._rules = rules
        self._lock = threading.Lock()
        self._heard: list[Interaction] = []
        known = self.cassette.interactions if self.mode in {"replay", "new", "verify"} else ()
        canonical = [_at(readably(one), homes.canonical(one.url)) for one in known]  # bodies as clients read them
        self._index = Index(canonical, match_on=match_on, repeats=repeats, seen=masked(rules))

    @property
    def records(self) -> bool:
        """Whether what is heard is kept."""
        return self.mode in RECORDING

    def ask(self, url: str, request: Request) -> Asked:
        """Return the recorded answer to what is sent to an address, or what is to be done instead."""
        match self.mode:
            case "once" | "rewrite" | "live" | "verify":
                return Forward()
            case "replay" | "new":
                found = self._play(url, request)
                if isinstance(found, Played):
                    return found.interaction
                if self.mode == "new":
                    return Forward()
                text = self._told(url, request, found)
                with self._lock:
                    self.missing.append(text)
                return Missing(text)
            case _:
                assert_never(self.mode)

    def _play(self, url: str, request: Request) -> Played | Unmatched:
        origin, target = split_url(self._homes.canonical(url))
        return self._index.play(origin, replace(request, target=target or "/"))

    def heard(
        self, url: str, request: Request, response: Response, *, reason: str = "", at: str = "", took_s: float = 0.0
    ) -> None:
        """Take note of what the API answered. `at` is ISO 8601, UTC."""
        origin, target = split_url(url)
        there = replace(request, target=target or "/")
        one = _at(Interaction(origin, there, response, reason, Recorded(at, took_s)), self._homes.canonical(url))
        if self.mode == "verify":
            found = self._play(url, request)
            if isinstance(found, Unmatched):
                told = [f"{request.method} {url} is not on the cassette"]
            else:
                where = f"{request.method} {found.interaction.url}"
                told = [
                    f"{where}: {text}" for text in contradictions(found.interaction.response, readably(one).response)
                ]
            with self._lock:
                self.contradictions.extend(told)
        if self.records:
            with self._lock:
                self._heard.append(one)

    def _told(self, url: str, request: Request, found: Unmatched) -> str:
        said = f"{request.method} {url} is not on the cassette {self.name}"
        if found.spent:
            return f"{said} once more: it was recorded {self._count(found)} times and played as often"
        if found.nearest is None:
            return f"{said}, which has nothing like it"
        differs = "; ".join(found.differs) or "it was played already"
        nearest = f"{found.nearest.request.method} {found.nearest.url}"
        return f"{said}; the nearest is interaction {found.number}, {nearest}: {differs}"

    def _count(self, found: Unmatched) -> int:
        nearest = found.nearest
        return sum(
            nearest is not None and (one.request.method, one.url) == (nearest.request.method, nearest.url)
            for one in self._index.interactions
        )

    def unused(self) -> dict[int, Interaction]:
        """Return what is on the cassette and was never asked for, by its place there."""
        return {number: self._index.interactions[number] for number in self._index.unused()}

    def judged(self) -> Iterator[tuple[int, Judged]]:
        """Yield what the contract says of each interaction on the cassette, as it was loaded."""
        if self.mode in {"replay", "new"}:
            yield from self._judge(self.cassette)

    def _judge(self, cassette: Cassette, start: int = 0) -> Iterator[tuple[int, Judged]]:
        for number, one in enumerate(cassette.interactions[start:], start):
            yield number, judge(one, self._homes, self.service)

    def result(self, key: bytes) -> Written | tuple[Leak, ...] | None:
        """Return what is to be written; what still looks like a secret; or None when there is nothing new."""
        if not self.records or not self._heard:
            return None
        old = self.cassette.interactions if self.mode == "new" else ()
        clean = Scrubber(self._rules, key).scrub((*old, *self._heard))
        found = tuple(leak for _, leak in leaks_in(clean, self._rules))
        if found:
            return found
        cassette = replace(self.cassette, interactions=clean, notes=(), at=())
        judged = tuple(self._judge(cassette, len(old)))
        noted = list(clean)
        for number, each in judged:
            if each.service:
                stamp = digest(self._homes.services[each.service].contract)
                recorded = replace(noted[number].recorded, operation=each.operation, contract=stamp)
                noted[number] = replace(noted[number], recorded=recorded)
        return Written(replace(cassette, interactions=tuple(noted)), judged)


def _at(one: Interaction, url: str) -> Interaction:
    """Return an interaction at another address, which is that of its Host field, too (RFC 9110 §7.2)."""
    if url == one.url:
        return one
    origin, target = split_url(url)
    host = origin.partition("://")[2]
    headers = tuple((name, host if name.lower() == "host" else value) for name, value in one.request.headers)
    return replace(one, origin=origin, request=replace(one.request, target=target or "/", headers=headers))
