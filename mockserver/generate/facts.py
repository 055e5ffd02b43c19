"""What all schemas that hold at one place demand together.

`Facts` collects keywords of any number of schemas; contradictions are noted when they are met. Knows single keywords
and not the schema tree: references, unions and `allOf` are for `merge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from mockserver.schema.kinds import KINDS, Kind, kind_of
from mockserver.values import JSON, Struct, field

Pieces: TypeAlias = tuple[JSON, ...]
"""Schemas that hold together, references resolved where nothing stands beside them."""


def identity(value: JSON) -> object:
    """Return what two values share if and only if JSON Schema calls them equal (core 2020-12 §4.2.2).

    >>> identity([1, True]) == identity([1.0, 1]), identity({"a": 1.0}) == identity({"a": 1})
    (False, True)
    """
    match value:
        case bool():
            return ("boolean", value)
        case list():
            return ("array", tuple(identity(item) for item in value))
        case dict():
            return ("object", frozenset((name, identity(item)) for name, item in value.items()))
        case _:
            return value


class ObjectPart(Struct, frozen=True):
    """`properties`, `patternProperties` and `additionalProperties` of one schema: they count on one another."""

    properties: Mapping[str, JSON]
    patterns: Mapping[str, JSON]
    additional: JSON  # None where it is not written


class ArrayPart(Struct, frozen=True):
    """`prefixItems` and `items` of one schema."""

    prefix: tuple[JSON, ...]
    items: JSON  # None where it is not written


class Contains(Struct, frozen=True):
    """`contains` with its counts."""

    schema: JSON
    low: int
    high: int | None


class Unevaluated(Struct, frozen=True):
    """`unevaluatedProperties` or `unevaluatedItems`, and which parts count as evaluated: those of its own schema."""

    schema: JSON
    start: int
    end: int


class Facts(Struct):
    """What a value must be.

    `holds_json`: a text is JSON, of a value that fits `contents`. `judged`: not all that is demanded is told here, so a
    value has to be judged. `broken`: some property must look broken, to keep off a rival.
    """

    kinds: frozenset[Kind] = frozenset(KINDS)
    order: list[Kind] = field(default_factory=list)
    declared: bool = False
    values: list[JSON] | None = None
    excluded: list[JSON] = field(default_factory=list)
    low: float | int | None = None
    low_open: bool = False
    high: float | int | None = None
    high_open: bool = False
    multiples: list[float | int] = field(default_factory=list)
    shortest: int = 0
    longest: int | None = None
    patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    holds_json: bool = False
    contents: list[JSON] = field(default_factory=list)
    arrays: list[ArrayPart] = field(default_factory=list)
    contains: list[Contains] = field(default_factory=list)
    fewest_items: int = 0
    most_items: int | None = None
    unique: bool = False
    unevaluated_items: list[Unevaluated] = field(default_factory=list)
    objects: list[ObjectPart] = field(default_factory=list)
    required: dict[str, None] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    dependent: dict[str, list[str]] = field(default_factory=dict)
    names: list[JSON] = field(default_factory=list)
    fewest_properties: int = 0
    most_properties: int | None = None
    unevaluated_properties: list[Unevaluated] = field(default_factory=list)
    rivals: list[JSON] = field(default_factory=list)
    examples: list[JSON] = field(default_factory=list)
    defaults: list[JSON] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    hints: dict[str, tuple[JSON, ...]] = field(default_factory=dict)
    expandable: bool = False
    judged: bool = False
    broken: bool = False
    contradiction: str = ""

    @property
    def shape(self) -> frozenset[int]:
        """What two objects of the same make have in common."""
        return frozenset(id(part.properties) for part in self.objects if part.properties)

    @property
    def declares(self) -> bool:
        """Tell whether properties are named that may be there."""
        return bool(self.required) or any(part.properties.keys() - self.forbidden for part in self.objects)

    def limit_kinds(self, kinds: Iterable[Kind]) -> None:
        """Admit only these kinds."""
        self.kinds &= frozenset(kinds)
        if not self.kinds:
            self.contradiction = self.contradiction or "no type is left"

    def expect(self, *kinds: Kind) -> None:
        """Note which kind a keyword speaks of: it is no constraint, but it is what was meant."""
        self.order.extend(kind for kind in kinds if kind not in self.order)

    def admit(self, values: Iterable[JSON]) -> None:
        """Admit only these values."""
        if self.values is None:
            self.values = list(values)
        else:
            known = {identity(value) for value in values}
            self.values = [value for value in self.values if identity(value) in known]

    def at_least(self, bound: float, *, open_: bool) -> None:
        """Raise the lower bound of numbers."""
        if self.low is None or bound > self.low or (bound == self.low and open_):
            self.low, self.low_open = bound, open_

    def at_most(self, bound: float, *, open_: bool) -> None:
        """Lower the upper bound of numbers."""
        if self.high is None or bound < self.high or (bound == self.high and open_):
            self.high, self.high_open = bound, open_

    def settle(self) -> None:
        """Draw the conclusions once all schemas have spoken."""
        if self.values is not None:
            barred = {identity(value) for value in self.excluded}
            self.values = [
                value for value in self.values if kind_of(value) in self.kinds and identity(value) not in barred
            ]
            if not self.values:
                self.contradiction = self.contradiction or "no value of the enum is left"
        self._settle_kind("string", self.longest is not None and self.longest < self.shortest)
        self._settle_kind("array", self.most_items is not None and self.most_items < self.fewest_items)
        self._settle_kind("object", self.most_properties is not None and self.most_properties < self._fewest())
        self._settle_kind("object", not self.forbidden.isdisjoint(self.required))
        if self.low is not None and self.high is not None:
            closed = not self.low_open and not self.high_open
            empty = self.low > self.high or (self.low == self.high and not closed)
            self._settle_kind("integer", empty)
            self._settle_kind("fraction", empty)

    def _fewest(self) -> int:
        return max(self.fewest_properties, len(self.required))

    def _settle_kind(self, kind: Kind, impossible: bool) -> None:  # noqa: FBT001 - the answer is the argument
        if impossible and kind in self.kinds:
            self.limit_kinds(self.kinds - {kind})
