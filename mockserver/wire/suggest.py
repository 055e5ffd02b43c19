"""Read what types a schema suggests.

Schemas are JSON Schema 2020-12, each reference leading to `#/$defs/<key>` of the same bundle; cycles are allowed,
because what lies below a schema is worked out when it is asked for. Unions are merged: a shape suggests everything
that some branch allows, and which branch it was is for the checks to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from mockserver.values import JSON, replace
from mockserver.wire.shape import (
    ANYTHING,
    EVERY_KIND,
    NO_KIND,
    NOTHING,
    NUMBERS,
    Annotations,
    Kind,
    Later,
    Members,
    Shape,
    kind_of,
)

# A number may be written as an integer, so `number` stands for both kinds.
_TYPES: Final[Mapping[str, frozenset[Kind]]] = {
    "null": frozenset({"null"}),
    "boolean": frozenset({"boolean"}),
    "integer": frozenset({"integer"}),
    "number": NUMBERS,
    "string": frozenset({"string"}),
    "array": frozenset({"array"}),
    "object": frozenset({"object"}),
}
# Keywords constrain values of one type only and allow all others (JSON Schema validation §6); who writes `properties`
# without `type` means an object all the same.
_HINTS: Final[Mapping[str, frozenset[Kind]]] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), NUMBERS),
    **dict.fromkeys(("pattern", "minLength", "maxLength", "contentMediaType", "contentEncoding"), _TYPES["string"]),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"), _TYPES["array"]),
    **dict.fromkeys(
        (
            "properties",
            "patternProperties",
            "additionalProperties",
            "propertyNames",
            "required",
            "minProperties",
            "maxProperties",
            "dependentRequired",
        ),
        _TYPES["object"],
    ),
}
_NUMBER_FORMATS: Final[Mapping[str, frozenset[Kind]]] = {
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"), _TYPES["integer"]),
    **dict.fromkeys(("float", "double", "decimal", "decimal128"), NUMBERS),
}
_HASHED_KEY = re.compile(r"-[0-9a-f]{8}$")


def shape_of(schema: JSON, bundle: JSON = None) -> Shape:
    """Return the shape of a schema; `bundle` holds the `$defs` and is the schema itself when it is not given.

    >>> sorted(shape_of({"type": ["integer", "null"]}).kinds)
    ['integer', 'null']
    """
    return _Reader(schema if bundle is None else bundle).of(schema)


class _Reader:
    """Reads schemas of one bundle; what was read once is remembered, so that cycles come back to the same shape."""

    def __init__(self, bundle: JSON) -> None:
        self._bundle = bundle
        self._known: dict[int, Shape] = {}

    def of(self, schema: JSON) -> Shape:
        """Return the shape of a schema below the bundle."""
        found = self._known.get(id(schema))
        if found is None:
            found = self._known[id(schema)] = self._read(schema, frozenset())
        return found

    def _read(self, schema: JSON, above: frozenset[int]) -> Shape:
        if not isinstance(schema, dict):
            return NOTHING if schema is False else ANYTHING
        if id(schema) in above:  # a schema made of itself, such as {"allOf": [{"$ref": to itself}]}, adds nothing
            return ANYTHING
        above |= {id(schema)}
        parts = [self._own(schema)]
        reference = schema.get("$ref")
        if isinstance(reference, str):
            key, target = self._resolve(reference)
            shape = self._read(target, above)
            parts.append(replaced(shape, annotations=replace(shape.annotations, name=_HASHED_KEY.sub("", key))))
        parts += _composed([self._read(branch, above) for branch in _schemas(schema.get("allOf"))])
        for keyword in ("anyOf", "oneOf"):
            branches = _schemas(schema.get(keyword))
            if branches:
                parts.append(_any_of([self._read(branch, above) for branch in branches]))
        if "if" in schema and ("then" in schema or "else" in schema):
            parts.append(_any_of([self._read(schema.get(word, True), above) for word in ("then", "else")]))
        dependent = schema.get("dependentSchemas")
        if isinstance(dependent, dict):
            parts += [_any_of([self._read(branch, above), ANYTHING]) for branch in dependent.values()]
        return _all_of(parts)

    def _resolve(self, reference: str) -> tuple[str, JSON]:
        definitions = self._bundle.get("$defs", {}) if isinstance(self._bundle, dict) else {}
        key = reference.removeprefix("#/$defs/").replace("~1", "/").replace("~0", "~")
        return key, self._bundle if reference == "#" else definitions.get(key, True)

    def _own(self, schema: dict[str, JSON]) -> Shape:
        """Read what stands in the schema itself, not in its branches."""
        enum = tuple(schema["enum"]) if isinstance(schema.get("enum"), list) else None
        if "const" in schema:
            enum = (schema["const"],)
        annotations = Annotations(
            format=_text(schema, "format"),
            content_media_type=_text(schema, "contentMediaType"),
            content_encoding=_text(schema, "contentEncoding"),
            xml=_map(schema.get("xml")),
        )
        return Shape(_typed(schema, enum), _hinted(schema), enum, self._members(schema), annotations)

    def _members(self, schema: dict[str, JSON]) -> Members:
        additional = schema.get("additionalProperties", schema.get("unevaluatedProperties"))
        items = schema.get("items", schema.get("unevaluatedItems"))
        return Members(
            properties={name: self._later(value) for name, value in _map(schema.get("properties")).items()},
            patterns=[
                (regex, self._later(value))
                for pattern, value in _map(schema.get("patternProperties")).items()
                for regex in _compiled(pattern)
            ],
            additional=self._later(additional) if isinstance(additional, dict) else None,
            prefix=[self._later(item) for item in _schemas(schema.get("prefixItems"))],
            items=self._later(items) if isinstance(items, dict) else None,
            closed=additional is False,
        )

    def _later(self, schema: JSON) -> Later:
        return Later(lambda: self.of(schema))


def _composed(branches: list[Shape]) -> list[Shape]:
    """Take the names from branches that do not agree on one: the whole is not called as one of its parts."""
    if len(branches) < 2:
        return branches
    whole = _all_of(branches)
    return [replaced(whole, annotations=_agreed(whole.annotations, branches))]


def _agreed(annotations: Annotations, branches: Sequence[Shape]) -> Annotations:
    """Return the annotations without names that only some of the named branches have."""
    elements = {branch.xml["name"] for branch in branches if branch.xml.get("name")}
    names = {branch.annotations.name for branch in branches if branch.annotations.name}
    if len(elements) > 1:
        annotations = replace(annotations, xml={k: v for k, v in annotations.xml.items() if k != "name"})
    return annotations if len(names) < 2 else replace(annotations, name="")


def _typed(schema: dict[str, JSON], enum: tuple[JSON, ...] | None) -> frozenset[Kind] | None:
    types = schema.get("type")
    names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    known = [_TYPES[name] for name in names if isinstance(name, str) and name in _TYPES]
    # an unknown type, such as "any" or "file", is no constraint
    typed = NO_KIND.union(*known) if known and len(known) == len(names) else None
    if not enum:
        return typed
    listed = NO_KIND.union(*(NUMBERS if isinstance(value, float) else {kind_of(value)} for value in enum))
    both = listed if typed is None else typed & listed
    return both or typed  # `type: string, enum: [1, 2]` was meant as texts


def _hinted(schema: dict[str, JSON]) -> frozenset[Kind]:
    hints = NO_KIND.union(*(_HINTS[keyword] for keyword in schema.keys() & _HINTS.keys()))
    named = _text(schema, "format")
    return hints | _NUMBER_FORMATS.get(named, _TYPES["string"]) if named else hints


def _compiled(pattern: str) -> list[re.Pattern[str]]:
    try:
        return [re.compile(pattern)]
    except re.error:  # ECMA-262 knows patterns that Python does not; then the name suggests nothing
        return []


def _schemas(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _map(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _text(schema: dict[str, JSON], keyword: str) -> str:
    value = schema.get(keyword)
    return value if isinstance(value, str) else ""


def replaced(shape: Shape, *, annotations: Annotations) -> Shape:
    """Return the shape with other annotations."""
    return Shape(shape.typed, shape.hinted, shape.enum, shape.members, annotations)


def _all_of(shapes: Sequence[Shape]) -> Shape:
    """Return what values that satisfy all schemas look like."""
    shapes = [shape for shape in shapes if shape is not ANYTHING]
    if len(shapes) == 1:
        return shapes[0]
    typed = [shape.typed for shape in shapes if shape.typed is not None]
    enums = [shape.enum for shape in shapes if shape.enum is not None]
    return Shape(
        typed=EVERY_KIND.intersection(*typed) if typed else None,
        hinted=NO_KIND.union(*(shape.hinted for shape in shapes)),
        enum=tuple(value for value in enums[0] if all(value in enum for enum in enums)) if enums else None,
        members=_joined_members(shapes, _all_of, closed=any(shape.members.closed for shape in shapes)),
        annotations=_joined_annotations(shapes),
    )


def _any_of(shapes: Sequence[Shape]) -> Shape:
    """Return what values that satisfy one of the schemas may look like."""
    shapes = [shape for shape in shapes if shape is not NOTHING]
    if len(shapes) < 2:
        return shapes[0] if shapes else NOTHING
    typed = [shape.typed for shape in shapes if shape.typed is not None]
    enums = [shape.enum for shape in shapes if shape.enum is not None]
    guessed = not any(shape.unconstrained for shape in shapes)
    return Shape(
        typed=NO_KIND.union(*typed) if len(typed) == len(shapes) else None,
        hinted=NO_KIND.union(*(shape.kinds for shape in shapes)) if guessed else NO_KIND,
        enum=tuple(value for enum in enums for value in enum) if len(enums) == len(shapes) else None,
        members=_joined_members(shapes, _any_of, closed=all(shape.members.closed for shape in shapes)),
        annotations=_agreed(_joined_annotations(shapes), shapes),
    )


Join: TypeAlias = Callable[[Sequence[Shape]], Shape]


def _joined_members(shapes: Sequence[Shape], join: Join, *, closed: bool) -> Members:
    """Return the members of all shapes, each joined as the shapes are."""
    members = [shape.members for shape in shapes]
    properties: dict[str, list[Later]] = {}
    for one in members:
        for name, later in one.properties.items():
            properties.setdefault(name, []).append(later)
    longest = max((len(one.prefix) for one in members), default=0)
    return Members(
        properties={name: _joined(laters, join) for name, laters in properties.items()},
        patterns=[pattern for one in members for pattern in one.patterns],
        additional=_joined_or_none([one.additional for one in members], join),
        prefix=[_joined([one.prefix[n] for one in members if n < len(one.prefix)], join) for n in range(longest)],
        items=_joined_or_none([one.items for one in members], join),
        closed=closed,
    )


def _joined(laters: Sequence[Later], join: Join) -> Later:
    return laters[0] if len(laters) == 1 else Later(lambda: join([later() for later in laters]))


def _joined_or_none(laters: Iterable[Later | None], join: Join) -> Later | None:
    present = [later for later in laters if later is not None]
    return _joined(present, join) if present else None


def _joined_annotations(shapes: Sequence[Shape]) -> Annotations:
    """Return the annotations of all shapes; of two that differ, the one nearest to the place of use."""
    xml: dict[str, JSON] = {}
    for shape in reversed(shapes):
        xml.update(shape.xml)

    def first(*texts: str) -> str:
        return next((text for text in texts if text), "")

    return Annotations(
        format=first(*(shape.annotations.format for shape in shapes)),
        content_media_type=first(*(shape.annotations.content_media_type for shape in shapes)),
        content_encoding=first(*(shape.annotations.content_encoding for shape in shapes)),
        xml=xml,
        name=first(*(shape.annotations.name for shape in shapes)),
    )
