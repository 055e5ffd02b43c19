"""What can differ among the values of a schema: a graph that values are laid upon.

Shapes refer to others, in circles too: the points that stand in one can be listed without any value (`own`), and a
value tells which of them it has (`mark`). Knows neither contracts nor schemas.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from mockserver.coverage.points import Point
from mockserver.schema.kinds import kind_of
from mockserver.values import JSON

Judge: TypeAlias = Callable[[JSON], bool]
_REMEMBERED = 1024


class Branch:
    """One alternative: `takes` tells whether a value takes it; its judge is made when the first value comes."""

    __slots__ = ("_make", "key", "shape", "takes")

    def __init__(self, key: str, shape: Shape, make: Callable[[], Judge]) -> None:
        self.key = key
        self.shape = shape
        self._make = make
        self.takes: Judge = self._first

    def _first(self, value: JSON) -> bool:
        self.takes = self._make()
        return self.takes(value)


class Union:
    """Alternatives of one place. `tag` and `named` are those of a discriminator: the branch that a value names."""

    __slots__ = ("branches", "named", "tag")

    def __init__(self, branches: tuple[Branch, ...], tag: str, named: Mapping[str, Branch]) -> None:
        self.branches = branches
        self.tag = tag
        self.named = named

    def of(self, value: JSON) -> Iterator[Branch]:
        """Yield the branches that a value takes."""
        if self.tag and isinstance(value, dict):
            named = self.named.get(str(value.get(self.tag)))
            if named is not None:
                yield named
                return
        yield from (branch for branch in self.branches if branch.takes(value))


class Shape:
    """What can differ at one place; filled by `Shapes`, and the same ever after.

    `properties` are those below which something differs, `declared` the names of all. What was marked once need not
    be marked again: `_members` remembers the names that objects had, and belongs to one set of keys, as a shape does.
    """

    __slots__ = (
        "_members", "additional", "declared", "enum", "is_shared", "items", "options", "parts", "patterns", "points",
        "prefix", "properties", "types", "unions", "when",
    )  # fmt: skip

    def __init__(self, *, is_shared: bool = False) -> None:
        self.is_shared = is_shared
        self._members: set[tuple[str, ...]] = set()
        self.declared: frozenset[str] = frozenset()
        self.points: list[Point] = []
        self.types: list[tuple[frozenset[str], str]] = []
        self.enum: dict[str, str] = {}
        self.options: list[tuple[str, str, str]] = []
        self.properties: dict[str, Shape] = {}
        self.patterns: list[tuple[Judge, Shape]] = []
        self.additional: Shape | None = None
        self.prefix: list[Shape] = []
        self.items: Shape | None = None
        self.unions: list[Union] = []
        self.parts: list[Shape] = []
        self.when: list[tuple[Branch, Shape | None, Shape | None]] = []

    def below(self) -> Iterator[Shape]:
        """Yield the shapes that stand in this one."""
        yield from self.parts
        yield from self.properties.values()
        yield from (shape for _, shape in self.patterns)
        yield from self.prefix
        yield from (shape for shape in (self.additional, self.items) if shape is not None)
        yield from (branch.shape for union in self.unions for branch in union.branches)
        yield from (shape for _, then, other in self.when for shape in (then, other) if shape is not None)

    def mark(self, value: JSON, seen: set[str]) -> None:
        """Add the keys of the points that a value has to a set, which is the same one each time."""
        if self.types:
            kind = kind_of(value)
            seen.update(key for kinds, key in self.types if kind in kinds)
        if self.enum:
            key = self.enum.get(text_of(value))
            if key is not None:
                seen.add(key)
        if isinstance(value, dict):
            self._mark_members(value, seen)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                below = self.prefix[index] if index < len(self.prefix) else self.items
                if below is not None:
                    below.mark(item, seen)
        for part in self.parts:
            part.mark(value, seen)
        for union in self.unions:
            for branch in union.of(value):
                seen.add(branch.key)
                branch.shape.mark(value, seen)
        for condition, then, other in self.when:
            chosen = then if condition.takes(value) else other
            if chosen is not None:
                chosen.mark(value, seen)

    def _mark_members(self, value: dict[str, JSON], seen: set[str]) -> None:
        if self.options:
            names = tuple(value)
            if names not in self._members:
                if len(self._members) < _REMEMBERED:
                    self._members.add(names)
                seen.update([present if name in value else absent for name, present, absent in self.options])
        for name, below in self.properties.items():
            if name in value:
                below.mark(value[name], seen)
        if self.patterns or self.additional is not None:
            self._mark_others(value, seen)

    def _mark_others(self, value: dict[str, JSON], seen: set[str]) -> None:
        for name, member in value.items():
            fits = [shape for matches, shape in self.patterns if matches(name)]
            for shape in fits:
                shape.mark(member, seen)
            if not fits and self.additional is not None and name not in self.declared:
                self.additional.mark(member, seen)

    @property
    def is_plain(self) -> bool:
        """Whether nothing differs here or below."""
        return not self.points and next(self.below(), None) is None


PLAIN = Shape()
"""Where nothing differs."""


def own(shape: Shape) -> tuple[tuple[Point, ...], tuple[Shape, ...]]:
    """Return the points that stand in one schema, and the shapes of the others that it refers to."""
    points: list[Point] = list(shape.points)
    shared: dict[int, Shape] = {}
    todo = list(shape.below())
    while todo:
        at = todo.pop()
        if at.is_shared:
            shared[id(at)] = at
        else:
            points.extend(at.points)
            todo.extend(at.below())
    return tuple(points), tuple(shared.values())


def text_of(value: JSON) -> str:
    """Return the JSON text that a listed value is known by."""
    if isinstance(value, float) and value.is_integer():  # JSON Schema 2020-12 §4.2.1: 1.0 is 1
        value = int(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
