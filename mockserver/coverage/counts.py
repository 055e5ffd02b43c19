"""How much of what a contract admits was seen: of the contract, and of what the client uses of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from mockserver.coverage.points import KINDS, SAYERS, Kind, Point, Said
from mockserver.coverage.universe import Universe
from mockserver.values import Struct


class Count(Struct, frozen=True):
    """How many of how many."""

    seen: int
    all: int

    @property
    def percent(self) -> float:
        """What was seen, in percent; all of nothing is everything."""
        return 100.0 * self.seen / self.all if self.all else 100.0

    def __str__(self) -> str:
        return f"{self.seen}/{self.all}"


class Covered(Struct, frozen=True):
    """The coverage of one contract: `used` are the operations that were asked for."""

    universe: Universe
    seen: frozenset[str]
    used: frozenset[str]

    @property
    def contract(self) -> Count:
        """Of all that the contract admits."""
        return Count(len(self.seen), len(self.universe.points))

    @property
    def of_used(self) -> Count:
        """Of what the operations admit that the client uses."""
        return Count(len(self.seen), len(self.universe.of(self.used)))

    def kinds(self, keys: Iterable[str] | None = None) -> Mapping[tuple[Said, Kind], Count]:
        """Return a count for each direction and kind that occurs among some keys, or among all."""
        points = self.universe.points
        total = Counter(_kind(points[key]) for key in (points if keys is None else keys))
        seen = Counter(_kind(points[key]) for key in self.seen)
        order = [(said, kind) for kind in KINDS for said in SAYERS]
        return {pair: Count(seen[pair], total[pair]) for pair in order if total[pair]}

    def missing(self) -> tuple[Point, ...]:
        """Return what of the used operations was never seen: by kind, and as it stands in the document."""
        keys = self.universe.of(self.used) - self.seen
        found = [point for key, point in self.universe.points.items() if key in keys]
        return tuple(sorted(found, key=lambda point: KINDS.index(point.kind)))


def covered(universe: Universe, seen: Iterable[str]) -> Covered:
    """Return what was seen of a contract; keys of another edition count for nothing."""
    known = frozenset(key for key in seen if key in universe.points)
    used = frozenset(universe.points[key].what for key in known if universe.points[key].kind == "operation")
    return Covered(universe, known, used)


class Change(Struct, frozen=True):
    """What two runs saw of one contract: what only the new one did, and what only the old one did."""

    gained: tuple[Point, ...]
    lost: tuple[Point, ...]


def change(universe: Universe, old: Iterable[str], new: Iterable[str]) -> Change:
    """Compare two runs; what the contract no longer admits is no loss."""
    before, after = frozenset(old), frozenset(new)
    points = universe.points
    return Change(
        tuple(points[key] for key in points if key in after - before),
        tuple(points[key] for key in points if key in before - after),
    )


def _kind(point: Point) -> tuple[Said, Kind]:
    return point.said, point.kind
