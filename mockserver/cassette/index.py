"""Which interaction answers a request? Found by hash, so that a large cassette costs no more than a small one.

A request is known by its key: by default method, origin, path and query as VCR.py compares them, and beneath it the
body. Where the answer was recorded for another body, it is no answer, unless the caller says that bodies do not count.
Safe for threads: playing is one step under one lock.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, unquote

from mockserver.cassette.model import Interaction
from mockserver.exchange import Request
from mockserver.values import JSON, Struct
from mockserver.wire import media_type as media_types
from mockserver.wire.json import JSONSyntaxError, dumps, loads

Key: TypeAlias = Callable[[str, Request], Hashable]
"""Returns by what a request to an origin is known."""

PARTS: Final = ("method", "scheme", "host", "port", "path", "query", "body")
_PORTS: Final = {"http": "80", "https": "443"}
_DEFAULT: Final = frozenset(PARTS)


class Played(Struct, frozen=True):
    """The interaction that answers, by its place on the cassette; `again` when it was played before."""

    number: int
    interaction: Interaction
    again: bool = False


class Unmatched(Struct, frozen=True):
    """Nothing answers. `nearest` is what looks most like the request, `differs` tells in which part, and how.

    `spent` is set when the request is on the cassette, but was asked for more often than it was recorded.
    """

    nearest: Interaction | None = None
    number: int = -1
    differs: tuple[str, ...] = ()
    spent: bool = False


class Index:
    """The interactions of a cassette by what is asked; remembers which were played."""

    def __init__(
        self,
        interactions: Sequence[Interaction],
        *,
        match_on: Sequence[str] = PARTS,
        repeats: bool = False,
        key: Key | None = None,
        seen: Callable[[Request], Request] = lambda request: request,
    ) -> None:
        """`repeats` lets an interaction answer more than once; `seen` is what a request becomes before it is compared.

        Recorded requests were scrubbed, so the same has to be done to those that are compared with them.
        """
        self._parts = frozenset(match_on)
        self._key = key or self._wire_key
        self._seen = seen
        self._repeats = repeats
        self._lock = threading.Lock()
        self._interactions: list[Interaction] = []
        self._entries: dict[Hashable, list[int]] = {}
        self._bodies: dict[int, Hashable] = {}
        self.plays: list[int] = []
        for one in interactions:
            self.add(one)

    def __len__(self) -> int:
        return len(self._interactions)

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """All interactions, in the order of the cassette."""
        return tuple(self._interactions)

    def add(self, one: Interaction, *, plays: int = 0) -> None:
        """Append an interaction, as played that often already."""
        with self._lock:
            number = len(self._interactions)
            self._interactions.append(one)
            self.plays.append(plays)
            self._entries.setdefault(self._key(one.origin, self._seen(one.request)), []).append(number)

    def play(self, origin: str, request: Request) -> Played | Unmatched:
        """Return the next interaction that answers a request: recorded first, played first."""
        request = self._seen(request)
        key = self._key(origin, request)
        with self._lock:
            numbers = self._entries.get(key, ())
            fitting = self._fitting(numbers, request)
            fresh = next((number for number in fitting if not self.plays[number]), None)
            number = fresh if fresh is not None else fitting[-1] if fitting and self._repeats else None
            if number is not None:
                self.plays[number] += 1
                return Played(number, self._interactions[number], again=fresh is None)
        return self._unmatched(origin, request, fitting, numbers)

    def find(self, origin: str, request: Request) -> Interaction | None:
        """Return what answers a request, without playing it: the last that was recorded."""
        request = self._seen(request)
        fitting = self._fitting(self._entries.get(self._key(origin, request), ()), request)
        return self._interactions[fitting[-1]] if fitting else None

    def unused(self) -> tuple[int, ...]:
        """Return the places of interactions that were never played."""
        return tuple(number for number, plays in enumerate(self.plays) if not plays)

    def _fitting(self, numbers: Sequence[int], request: Request) -> Sequence[int]:
        if "body" not in self._parts or not numbers:
            return numbers
        if not request.body and not any(self._interactions[number].request.body for number in numbers):
            return numbers  # nearly always
        wanted = body_key(request)
        return [number for number in numbers if self._body_of(number) == wanted]

    def _body_of(self, number: int) -> Hashable:
        found = self._bodies.get(number)
        if found is None:
            found = self._bodies[number] = body_key(self._seen(self._interactions[number].request))
        return found

    def _wire_key(self, origin: str, request: Request) -> Hashable:
        return (
            wire_key(origin, request) if self._parts >= _DEFAULT - {"body"} else part_key(self._parts, origin, request)
        )

    def _unmatched(self, origin: str, request: Request, fitting: Sequence[int], same_key: Sequence[int]) -> Unmatched:
        """Return the nearest: this runs once for a failing test, and may look at all."""
        if fitting:
            return Unmatched(self._interactions[fitting[-1]], fitting[-1], spent=True)
        candidates = same_key or range(len(self._interactions))
        best, best_differs, best_rank = -1, tuple[str, ...](), (99.0, 1)
        for number in candidates:
            differs = differences(self._parts, origin, request, self._interactions[number], self._seen)
            rank = (_weight(differs), min(self.plays[number], 1))
            if rank < best_rank:
                best, best_differs, best_rank = number, tuple(text for _, text in differs), rank
        if best < 0:
            return Unmatched()
        return Unmatched(self._interactions[best], best, best_differs)


def wire_key(origin: str, request: Request) -> Hashable:
    """Return what VCR.py compares by default: method, scheme, host, port, path and sorted query."""
    path, mark, query = request.target.partition("?")
    return (
        request.method,
        origin if origin.islower() and origin.count(":") == 1 else _plain_origin(origin),
        path or "/",
        tuple(sorted(parse_qsl(query, keep_blank_values=True))) if mark else (),
    )


def _plain_origin(origin: str) -> str:
    scheme, _, rest = origin.lower().partition("://")
    host = rest.rpartition("@")[2]
    name, colon, port = host.rpartition(":")
    return f"{scheme}://{name}" if colon and _PORTS.get(scheme) == port else f"{scheme}://{host}"


def part_key(parts: frozenset[str], origin: str, request: Request) -> Hashable:
    """Return a key of some parts only."""
    return tuple(values for name, values in _parts_of(origin, request).items() if name in parts and name != "body")


def _parts_of(origin: str, request: Request) -> dict[str, Hashable]:
    scheme, _, host = _plain_origin(origin).partition("://")
    name, colon, port = host.rpartition(":")
    return {
        "method": request.method,
        "scheme": scheme,
        "host": name if colon else host,
        "port": port if colon else _PORTS.get(scheme, ""),
        "path": request.path or "/",
        "query": tuple(sorted(parse_qsl(request.query, keep_blank_values=True))),
        "body": body_key(request),
    }


def body_key(request: Request) -> Hashable:
    """Return by what a body is known: a JSON value or a form whatever its spelling, other bodies by their bytes."""
    if not request.body:
        return b""
    kind = request.header("content-type") or ""
    value = _value_of(request.body, kind)
    if value is None:
        return hashlib.blake2b(_without_boundary(request.body, kind), digest_size=16).digest()
    return hashlib.blake2b(dumps(_sorted(value)), digest_size=16).digest()


def _value_of(body: bytes, kind: str) -> JSON:
    if media_types.is_json(kind.partition(";")[0].strip()) or (not kind and body[:1] in (b"{", b"[")):
        try:
            return loads(body)
        except JSONSyntaxError:
            return None
    if kind.startswith("application/x-www-form-urlencoded"):
        return sorted(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return None


def _without_boundary(body: bytes, kind: str) -> bytes:
    """Return a multipart body without what its writer made up by chance (RFC 2046 §5.1.1)."""
    _, mark, boundary = kind.partition("boundary=")
    return body.replace(boundary.strip('"').encode(), b"") if mark and kind.startswith("multipart/") else body


def _sorted(value: JSON) -> JSON:
    match value:
        case dict():
            return {key: _sorted(value[key]) for key in sorted(value)}
        case list():
            return [_sorted(item) for item in value]
        case _:
            return value


_WEIGHTS: Final = {"method": 2.0, "scheme": 0.5, "host": 4.0, "port": 1.0, "path": 3.0, "query": 1.0, "body": 0.5}


def _weight(differs: Sequence[tuple[str, str]]) -> float:
    return sum(_WEIGHTS[part.partition(":")[0]] * (float(part.partition(":")[2] or 1)) for part, _ in differs)


def differences(
    parts: frozenset[str], origin: str, request: Request, one: Interaction, seen: Callable[[Request], Request]
) -> list[tuple[str, str]]:
    """Return in which parts a request differs from a recorded one: name (and how much of it), and a sentence."""
    recorded = seen(one.request)
    asked, known = _parts_of(origin, request), _parts_of(one.origin, recorded)
    found: list[tuple[str, str]] = []
    for name in PARTS:
        if name not in parts or asked[name] == known[name]:
            continue
        if name == "query":
            found.append((name, _query_difference(request, recorded)))
        elif name == "body":
            found.append((name, _body_difference(request, recorded)))
        elif name == "path":
            found.append(
                (
                    f"path:{_path_distance(request.path, recorded.path)}",
                    f"path: {request.path} was recorded as {recorded.path}",
                )
            )
        else:
            found.append((name, f"{name}: {asked[name]} was recorded as {known[name]}"))
    return found


def _path_distance(asked: str, recorded: str) -> float:
    """Return from 0 to 1 how far two paths are from each other, segment by segment."""
    left, right = asked.split("/"), recorded.split("/")
    same = sum(unquote(one) == unquote(other) for one, other in zip(left, right, strict=False))
    return 1 - same / (max(len(left), len(right)) + 1)


def _query_difference(request: Request, recorded: Request) -> str:
    asked = parse_qsl(request.query, keep_blank_values=True)
    known = parse_qsl(recorded.query, keep_blank_values=True)
    for name, value in asked:
        if (name, value) not in known:
            others = [other for key, other in known if key == name]
            return f"query.{name}: {value!r} was recorded as {others[0]!r}" if others else f"query.{name} was not sent"
    missing = next((name for name, value in known if (name, value) not in asked), "")
    return f"query.{missing} was sent when this was recorded"


def _body_difference(request: Request, recorded: Request) -> str:
    asked, known = (_value_of(one.body, one.header("content-type") or "") for one in (request, recorded))
    if asked is None or known is None:
        return f"body: {len(request.body)} bytes, recorded with {len(recorded.body)} others"
    return _first_difference(asked, known, "") or "body: the same fields in another order"


def _first_difference(asked: JSON, known: JSON, place: str) -> str:
    if isinstance(asked, dict) and isinstance(known, dict):
        for name in dict.fromkeys((*asked, *known)):
            if name not in known:
                return f"body#{place}/{name} was not sent when this was recorded"
            if name not in asked:
                return f"body#{place}/{name} was sent when this was recorded"
            if asked[name] != known[name]:
                return _first_difference(asked[name], known[name], f"{place}/{name}")
        return ""
    if isinstance(asked, list) and isinstance(known, list) and len(asked) == len(known):
        pairs = enumerate(zip(asked, known, strict=True))
        return next((_first_difference(one, other, f"{place}/{at}") for at, (one, other) in pairs if one != other), "")
    return f"body#{place or '/'}: {_short(asked)} was recorded as {_short(known)}"


def _short(value: JSON) -> str:
    text = dumps(value).decode()
    return text if len(text) <= 60 else f"{text[:57]}..."
