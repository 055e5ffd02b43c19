"""The kinds of JSON values: the types of JSON Schema, made to exclude one another. Knows no schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from mockserver.values import JSON

Kind: TypeAlias = Literal["null", "boolean", "integer", "fraction", "string", "array", "object"]
"""The types of JSON Schema, made to exclude one another: `number` is `integer` or `fraction`."""

KINDS: tuple[Kind, ...] = ("object", "array", "string", "integer", "fraction", "boolean", "null")
TYPE_KINDS: Mapping[str, frozenset[Kind]] = {
    "null": frozenset({"null"}),
    "boolean": frozenset({"boolean"}),
    "integer": frozenset({"integer"}),
    "number": frozenset({"integer", "fraction"}),
    "string": frozenset({"string"}),
    "array": frozenset({"array"}),
    "object": frozenset({"object"}),
}


def kind_of(value: JSON) -> Kind:
    """Return the kind of a value: `integer` has 1.0 as well (JSON Schema 2020-12 §4.2.1).

    >>> [kind_of(value) for value in (True, 1, 1.0, 1.5, None)]
    ['boolean', 'integer', 'integer', 'fraction', 'null']
    """
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "fraction"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
