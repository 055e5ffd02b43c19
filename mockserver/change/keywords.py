"""Keywords whose values are compared as they are: which rule an edit of each has, and by which part it is judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from mockserver.change.spots import Edit, Spot, Step, edit_of
from mockserver.schema.terms import exactly
from mockserver.values import JSON

PARTS: Mapping[str, tuple[str, ...]] = {
    "values": ("enum", "const"),
    "lower": ("minimum", "exclusiveMinimum"),
    "upper": ("maximum", "exclusiveMaximum"),
    "object": ("properties", "patternProperties", "additionalProperties"),
    "array": ("prefixItems", "items"),
    "contains": ("contains", "minContains", "maxContains"),
    "if": ("if", "then", "else"),
    "nothing": (),
}
"""The keywords that are judged together; another part is the keyword of its name."""

LIFECYCLE = "lifecycle"
"""Stands for the rules of lifecycle.py, which look at several keywords together."""

_COMPARED: tuple[tuple[str, str, str], ...] = (
    ("minimum", "range-changed", "lower"),
    ("exclusiveMinimum", "range-changed", "lower"),
    ("maximum", "range-changed", "upper"),
    ("exclusiveMaximum", "range-changed", "upper"),
    ("multipleOf", "multiple-changed", "multipleOf"),
    ("minLength", "length-changed", "minLength"),
    ("maxLength", "length-changed", "maxLength"),
    ("pattern", "pattern-changed", "pattern"),
    ("format", "format-changed", "format"),
    ("minItems", "items-count-changed", "minItems"),
    ("maxItems", "items-count-changed", "maxItems"),
    ("uniqueItems", "unique-items-changed", "uniqueItems"),
    ("minProperties", "property-count-changed", "minProperties"),
    ("maxProperties", "property-count-changed", "maxProperties"),
    ("default", "default-changed", "nothing"),
    ("deprecated", LIFECYCLE, "nothing"),
    ("readOnly", "read-only-changed", "nothing"),
    ("writeOnly", "write-only-changed", "nothing"),
    ("contentEncoding", "content-encoding-changed", "nothing"),
    ("contentMediaType", "content-media-type-changed", "nothing"),
    ("contentSchema", "content-schema-changed", "nothing"),
    ("discriminator", "discriminator-changed", "whole"),
    ("x-extensible-enum", "extensible-enum-changed", "nothing"),
    ("x-stability-level", LIFECYCLE, "nothing"),
    ("x-sunset", LIFECYCLE, "nothing"),
)
WHOLE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "not-changed": (("not",), "not"),
    "condition-changed": (("if", "then", "else"), "if"),
    "contains-changed": (("contains", "minContains", "maxContains"), "contains"),
    "property-names-changed": (("propertyNames",), "propertyNames"),
    "dependent-required-changed": (("dependentRequired",), "dependentRequired"),
    "dependent-schemas-changed": (("dependentSchemas",), "dependentSchemas"),
    "unevaluated-changed": (("unevaluatedProperties", "unevaluatedItems"), "whole"),
}
"""Keywords that hold schemas and are judged as one, by rule: the keywords and the part."""


def compared(old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit]:
    """Yield the edits of keywords whose values are compared as they are."""
    yield from _types(old, new, way)
    yield from _values(old, new, way)
    for keyword, rule, part in _COMPARED:
        if (keyword in old.schema) == (keyword in new.schema) and exactly(
            old.schema.get(keyword), new.schema.get(keyword)
        ):
            continue
        told = f"{keyword} {_change(old.schema.get(keyword), new.schema.get(keyword))}"
        yield edit_of(rule, keyword, old, new, way, told, part=part)


def _change(ours: JSON, theirs: JSON) -> str:
    if ours is None:
        return f"{said(theirs)} is new"
    return f"{said(ours)} is gone" if theirs is None else f"was {said(ours)}, is {said(theirs)}"


def said(value: JSON) -> str:
    """Spell a value for a message, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def _types(old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit]:
    ours, theirs = _named_types(old.schema), _named_types(new.schema)
    if ours != theirs:
        told = f"type was {_listed(ours)}, is {_listed(theirs)}"
        yield edit_of("type-changed", "type", old, new, way, told, part="type")


def _named_types(schema: dict[str, JSON]) -> frozenset[str] | None:
    types = schema.get("type")
    if types is None:
        return None
    return frozenset([types] if isinstance(types, str) else types) - {"null"}


def _listed(types: frozenset[str] | None) -> str:
    return "any" if types is None else " or ".join(sorted(types)) or "null"


def _values(old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit]:
    ours, theirs = _allowed(old.schema), _allowed(new.schema)
    keyword = "const" if "const" in old.schema or "const" in new.schema else "enum"
    if ours is None and theirs is None:
        return
    if ours is None or theirs is None:
        rule = f"{keyword}-{'added' if ours is None else 'removed'}"
        told = f"{keyword} {_change(ours, theirs)}"
        yield edit_of(rule, keyword, old, new, way, told, part="values")
        return
    gone = [value for value in ours if not any(exactly(value, other) for other in theirs)]
    come = [value for value in theirs if not any(exactly(value, other) for other in ours)]
    if keyword == "const" and (gone or come):
        told = f"the only value {_change(ours, theirs)}"
        yield edit_of("const-changed", "const", old, new, way, told, part="values")
        return
    if gone:
        told = f"{_all(gone)} no longer allowed"
        yield edit_of("enum-value-removed", "enum", old, new, way, told, part="values")
    if come:
        told = f"{_all(come)} allowed now"
        yield edit_of("enum-value-added", "enum", old, new, way, told, part="values")


def _allowed(schema: dict[str, JSON]) -> list[JSON] | None:
    if "const" in schema:
        return [schema["const"]]
    found = schema.get("enum")
    return [value for value in found if value is not None] if isinstance(found, list) else None


def _all(values: list[JSON]) -> str:
    return f"{', '.join(map(said, values))} {'is' if len(values) == 1 else 'are'}"
