"""A schema without what it refers to, wide enough that every value of the whole fits: for asking the algebra."""

from __future__ import annotations

from mockserver.schema.dialects import LISTS, MAPS, SINGLE
from mockserver.schema.edition import below
from mockserver.values import JSON

_TOGETHER = (
    frozenset({"if", "then", "else"}),
    frozenset({"contains", "minContains", "maxContains"}),
)
_HOLDERS = SINGLE | LISTS | MAPS | {"$ref"}
_WIDENS = frozenset({"properties", "patternProperties", "items", "prefixItems", "additionalProperties"})


def refers(schema: JSON) -> bool:
    """Tell whether a schema refers to another."""
    return isinstance(schema, dict) and ("$ref" in schema or any(refers(inner) for _, inner in below(schema)))


def shallow(schema: JSON) -> JSON:
    """Return a schema without references that admits all that the whole admits.

    >>> shallow({"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "oneOf": [{"$ref": "#/$defs/B"}]})
    {'type': 'object', 'properties': {'a': True}}
    """
    if not isinstance(schema, dict):
        return schema
    dropped = {keyword for keyword, inner in _lists(schema) if keyword not in _WIDENS and refers(inner)}
    for group in _TOGETHER:
        if dropped & group:
            dropped |= group
    dropped |= {"$ref", "unevaluatedProperties", "unevaluatedItems"}
    out: dict[str, JSON] = {}
    for keyword, value in schema.items():
        if keyword in dropped:
            continue
        out[keyword] = _widened(keyword, value) if keyword in _WIDENS else value
    return out


def flat(schema: JSON) -> JSON:
    """Return a schema without any schema inside that admits all that the whole admits.

    >>> flat({"properties": {"a": {"type": "string"}}, "additionalProperties": False, "anyOf": [{"required": ["a"]}]})
    {'properties': {'a': True}, 'additionalProperties': False}
    """
    if not isinstance(schema, dict):
        return schema
    out: dict[str, JSON] = {}
    for keyword, value in schema.items():
        if keyword in {"properties", "patternProperties"}:
            out[keyword] = dict.fromkeys(value, True)
        elif keyword not in _HOLDERS or isinstance(value, bool):
            out[keyword] = value
    return out


def _lists(schema: dict[str, JSON]) -> list[tuple[str, JSON]]:
    return [(str(way[0]), inner) for way, inner in below(schema)]


def _widened(keyword: str, value: JSON) -> JSON:
    """Exchange schemas that refer to others for what admits everything, where that only widens."""
    if keyword == "prefixItems":
        return [True if refers(item) else item for item in value]
    if keyword in {"properties", "patternProperties"}:
        return {name: True if refers(item) else item for name, item in value.items()}
    return True if refers(value) else value
