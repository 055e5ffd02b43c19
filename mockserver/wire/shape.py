"""What types a schema suggests.

Text on the wire has no types; whether `5` is a number or a text is for the schema to say. A `Shape` is what a schema
says about that, and nothing else: it is no judge, knows no styles and no media types. How it is read from a schema
stands in `suggest.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from mockserver.values import JSON, Struct, field, force_setattr

Kind: TypeAlias = Literal["null", "boolean", "integer", "number", "string", "array", "object"]

EVERY_KIND: Final[frozenset[Kind]] = frozenset(
    {"null", "boolean", "integer", "number", "string", "array", "object"},
)
SCALARS: Final[frozenset[Kind]] = frozenset({"null", "boolean", "integer", "number", "string"})
NUMBERS: Final[frozenset[Kind]] = frozenset({"integer", "number"})
NO_KIND: Final[frozenset[Kind]] = frozenset()

_LONGEST_PATTERNED_NAME: Final = 256


def kind_of(value: JSON) -> Kind:
    """Return the kind of a value; a float without fraction is an integer (JSON Schema core §4.2.1).

    >>> kind_of(2.0)
    'integer'
    """
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list() | tuple():
            return "array"
        case _:
            return "object"


class Later:
    """A shape that is worked out at its first use. Two threads may do so at once and find equal shapes."""

    __slots__ = ("_make", "_shape")

    def __init__(self, make: Callable[[], Shape]) -> None:
        self._make = make
        self._shape: Shape | None = None

    def __call__(self) -> Shape:
        """Return the shape."""
        if self._shape is None:
            self._shape = self._make()
        return self._shape


class Members(Struct, frozen=True, eq=False):
    """What lies below a schema. `closed` means that no further properties are allowed."""

    properties: Mapping[str, Later] = field(default_factory=dict)
    patterns: Sequence[tuple[re.Pattern[str], Later]] = ()
    additional: Later | None = None
    prefix: Sequence[Later] = ()
    items: Later | None = None
    closed: bool = False


class Annotations(Struct, frozen=True, eq=False):
    """What a schema says of its values without judging them. `name` is the component that was referred to."""

    format: str = ""
    content_media_type: str = ""
    content_encoding: str = ""
    xml: Mapping[str, JSON] = field(default_factory=dict)
    name: str = ""


class Shape(Struct, frozen=True, eq=False):
    """What types a schema suggests; made by `suggest.shape_of`, compared by identity.

    `typed` is what `type`, `enum` and `const` say, `hinted` what the other keywords let guess; `enum` are the only
    values, if they are listed. `kinds` are the types a value may have; `sole` is the only one (`number` where integers
    are numbers too) or empty. `unconstrained`: the schema says nothing of types, so all are allowed, none suggested.
    """

    typed: frozenset[Kind] | None = None
    hinted: frozenset[Kind] = NO_KIND
    enum: tuple[JSON, ...] | None = None
    members: Members = field(default_factory=Members)
    annotations: Annotations = field(default_factory=Annotations)
    # what follows is worked out, never given
    kinds: frozenset[Kind] = NO_KIND
    sole: str = ""
    unconstrained: bool = False
    suggests_array: bool = False
    suggests_object: bool = False
    suggests_scalar: bool = False

    def __post_init__(self) -> None:
        kinds = self.typed if self.typed is not None else self.hinted or EVERY_KIND
        unconstrained = self.typed is None and not self.hinted
        # computed here and not when asked for, because the hot path asks often
        for name, value in (
            ("kinds", kinds),
            ("sole", "number" if kinds == NUMBERS else next(iter(kinds)) if len(kinds) == 1 else ""),
            ("unconstrained", unconstrained),
            ("suggests_array", "array" in kinds and not unconstrained),
            ("suggests_object", "object" in kinds and not unconstrained),
            ("suggests_scalar", bool(kinds & SCALARS) or not kinds),
        ):
            force_setattr(self, name, value)

    def __repr__(self) -> str:
        return f"<Shape {'unconstrained' if self.unconstrained else '|'.join(sorted(self.kinds))}>"

    @property
    def xml(self) -> Mapping[str, JSON]:
        """The XML Object (OAS 3.1 §4.8.26)."""
        return self.annotations.xml

    @property
    def property_names(self) -> Iterable[str]:
        """The declared names, in the order of the schema."""
        return self.members.properties.keys()

    def declares(self, name: str) -> bool:
        """Tell whether a property of that name is written in the schema."""
        return name in self.members.properties

    def property(self, name: str) -> Shape:
        """Return what is suggested for a property: declared, by pattern, additional, or nothing at all."""
        members = self.members
        declared = members.properties.get(name)
        if declared is not None:
            return declared()
        for pattern, later in members.patterns:
            if len(name) <= _LONGEST_PATTERNED_NAME and pattern.search(name):
                return later()
        return members.additional() if members.additional is not None else ANYTHING

    def item(self, index: int) -> Shape:
        """Return what is suggested for an item."""
        members = self.members
        if index < len(members.prefix):
            return members.prefix[index]()
        return members.items() if members.items is not None else ANYTHING


ANYTHING: Final = Shape()
NOTHING: Final = Shape(typed=NO_KIND, members=Members(closed=True))
