"""How each version of OpenAPI writes a schema, and what it means in JSON Schema 2020-12.

A dialect is a record of facts, not a class to inherit from. Everything behind this file speaks 2020-12 only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from mockserver.values import JSON, Struct

Version: TypeAlias = Literal["2.0", "3.0", "3.1", "3.2"]
Direction: TypeAlias = Literal["request", "response"]
DIRECTIONS: tuple[Direction, ...] = ("response", "request")

TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})

SINGLE = frozenset(
    {
        "items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else",
        "unevaluatedItems", "unevaluatedProperties", "contentSchema",
    }
)  # fmt: skip
LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})


class Dialect(Struct, frozen=True):
    """What a version of OpenAPI does differently.

    `reference_siblings`: keywords beside a `$ref` count. `exact_integers`: 1.0 is no integer. `nullable`: the keyword
    of 3.0 (2.0: `x-nullable`). `keywords`: what is understood; every other keyword is no constraint.
    """

    version: Version
    reference_siblings: bool
    exact_integers: bool
    nullable: str
    keywords: frozenset[str]


_ANNOTATIONS = frozenset(
    {
        "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "xml",
        "discriminator", "format",
    }
)  # fmt: skip
_DRAFT_4 = frozenset(
    {
        "type", "enum", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
        "minLength", "pattern", "items", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties",
        "required", "properties", "additionalProperties", "allOf",
    }
)  # fmt: skip
_DRAFT_2020 = frozenset(
    {
        "const", "contains", "minContains", "maxContains", "prefixItems", "patternProperties", "propertyNames",
        "dependentRequired", "dependentSchemas", "if", "then", "else", "unevaluatedItems", "unevaluatedProperties",
        "contentEncoding", "contentMediaType", "contentSchema",
    }
)  # fmt: skip
_UNIONS = frozenset({"anyOf", "oneOf", "not"})

_WRIGHT_00 = _ANNOTATIONS | _DRAFT_4 | _UNIONS
_ALL = _WRIGHT_00 | _DRAFT_2020

DIALECTS: Mapping[Version, Dialect] = {
    # OAS 2.0 "Schema Object": JSON Schema draft 4 without anyOf, oneOf and not. Documents use them all the same, and
    # they mean nothing else there, so they count.
    "2.0": Dialect("2.0", reference_siblings=False, exact_integers=True, nullable="x-nullable", keywords=_WRIGHT_00),
    # OAS 3.0.3 §4.7.24
    "3.0": Dialect("3.0", reference_siblings=False, exact_integers=True, nullable="nullable", keywords=_WRIGHT_00),
    # OAS 3.1.1 §4.8.24: the vocabularies of JSON Schema 2020-12 and the base vocabulary of OAS. nullable is none of
    # their keywords; documents that were 3.0 once still have it, and mean it. Lint tells them.
    "3.1": Dialect("3.1", reference_siblings=True, exact_integers=False, nullable="nullable", keywords=_ALL),
    "3.2": Dialect("3.2", reference_siblings=True, exact_integers=False, nullable="nullable", keywords=_ALL),
}


def _count(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and value == int(value)


def _number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _schema(value: JSON) -> bool:
    return isinstance(value, dict | bool)


def _schemas(value: JSON) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_schema, value))


def _schema_map(value: JSON) -> bool:
    return isinstance(value, dict) and all(map(_schema, value.values()))


def _names(value: JSON) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


WELL_FORMED: Mapping[str, Callable[[JSON], bool]] = {
    "type": lambda value: isinstance(value, str | list),
    "enum": lambda value: isinstance(value, list) and bool(value),
    "multipleOf": lambda value: _number(value) and value > 0,
    "maximum": _number,
    "minimum": _number,
    "exclusiveMaximum": lambda value: isinstance(value, int | float),
    "exclusiveMinimum": lambda value: isinstance(value, int | float),
    "maxLength": _count,
    "minLength": _count,
    "maxItems": _count,
    "minItems": _count,
    "maxContains": _count,
    "minContains": _count,
    "maxProperties": _count,
    "minProperties": _count,
    "uniqueItems": lambda value: isinstance(value, bool),
    "pattern": lambda value: isinstance(value, str),
    "format": lambda value: isinstance(value, str),
    "required": _names,
    "properties": _schema_map,
    "patternProperties": _schema_map,
    "dependentSchemas": _schema_map,
    "dependentRequired": lambda value: isinstance(value, dict) and all(map(_names, value.values())),
    "allOf": _schemas,
    "anyOf": _schemas,
    "oneOf": _schemas,
    "prefixItems": _schemas,
    "items": _schema,
    "additionalProperties": _schema,
    "contains": _schema,
    "propertyNames": _schema,
    "not": _schema,
    "if": _schema,
    "then": _schema,
    "else": _schema,
    "unevaluatedItems": _schema,
    "unevaluatedProperties": _schema,
    "contentSchema": _schema,
    "contentEncoding": lambda value: isinstance(value, str),
    "contentMediaType": lambda value: isinstance(value, str),
}
"""What the value of each keyword must be to mean anything; a malformed keyword is no constraint (lint reports it)."""

FORMAT_HINTS: Mapping[str, str] = {
    "date-time": "2026-11-22T07:06:34Z",
    "date": "2026-11-22",
    "time": "07:06:34Z",
    "duration": "P3DT4H",
    "uuid": "3f2c1a9e-6d1b-4c7e-9a55-0c5b7e2d8f10",
    "email": "ada@example.com",
    "uri": "https://example.com/a",
    "uri-reference": "/a",
    "hostname": "api.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "aGVsbG8=",
}
"""A value of each common format, for people who must mend one."""
