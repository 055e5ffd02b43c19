"""Schemas as sets of values: what admits nothing, and the normal form.

Only a "no" is a proof; what the algebra cannot decide it leaves open. Works on bundles, so on JSON Schema 2020-12.
"""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema_rs
from jsonschema_rs import canonical

from mockserver.values import JSON, Struct

_MOST_BRANCHES = 8
_VALUES = frozenset({"const", "enum", "default", "example", "examples"})


class Contradiction(Struct, frozen=True):
    """A schema that admits no value: its pointer in the bundle, and the keywords that collide there."""

    pointer: str
    keywords: tuple[str, ...]


_MEANT = (("$ref",), ("not",))
"""Keywords that are no collision alone: what is referred to is told in its own place, and `not: {}` means false."""
_SMALL = 50


def is_small(*schemas: JSON) -> bool:
    """Tell whether schemas are so small together that the algebra answers at once: it has no bounds of its own.

    >>> is_small({"type": "object", "properties": {"a": {"type": "string"}}})
    True
    """
    todo: list[JSON] = list(schemas)
    count = 0
    while todo and count <= _SMALL:
        at = todo.pop()
        count += isinstance(at, dict)
        inner = at.values() if isinstance(at, dict) else at if isinstance(at, list) else ()
        todo.extend(value for value in inner if isinstance(value, dict | list))
    return count <= _SMALL


def contradictions(schema: JSON) -> Iterator[Contradiction]:
    """Yield the innermost schemas that admit no value; a literal `false` is meant, and is not told."""
    try:
        found = canonical.find_unsatisfiable(schema, offline=True, validate_formats=True)
    except (jsonschema_rs.ValidationError, ValueError):
        return
    told: dict[str, tuple[str, ...]] = {}
    for pointer, reason in found.items():
        match reason:
            case canonical.UnsatisfiableReason.Conflict(causes=causes):
                keywords = tuple(dict.fromkeys(word for cause in causes for word in cause.keywords))
            case canonical.UnsatisfiableReason.Empty(cause=cause):
                keywords = tuple(cause.keywords)
            case _:
                continue
        if keywords not in _MEANT:
            told[pointer] = keywords
    for pointer, keywords in told.items():
        if not any(other.startswith(pointer + "/") for other in told):
            yield Contradiction(pointer, keywords)


def admits_nothing(schema: JSON) -> bool:
    """Tell whether it is proved that no value fits."""
    return _is_empty(schema) or ((known := _without_crowds(schema, schema)) != schema and _is_empty(known))


def _is_empty(schema: JSON) -> bool:
    try:
        asked = jsonschema_rs.canonicalize(schema, offline=True, validate_formats=True)
        return asked.satisfiability() == canonical.Satisfiability.NO
    except (jsonschema_rs.ValidationError, ValueError):
        return False


def _without_crowds(node: JSON, bundle: JSON) -> JSON:
    """Return a schema in which each `oneOf` that nothing can fit says so.

    Where each branch lies within another, what fits one fits two; the canonical form does not look for that.
    """
    if isinstance(node, list):
        return [_without_crowds(item, bundle) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: value if key in _VALUES else _without_crowds(value, bundle) for key, value in node.items()}
    branches = node.get("oneOf")
    if isinstance(branches, list) and 2 <= len(branches) <= _MOST_BRANCHES and _is_crowded(branches, bundle):
        out["oneOf"] = [False]
    return out


def _is_crowded(branches: list[JSON], bundle: JSON) -> bool:
    definitions = {"$defs": bundle["$defs"]} if isinstance(bundle, dict) and "$defs" in bundle else {}
    whole = [{"allOf": [branch], **definitions} for branch in branches]
    return all(any(one is not other and covers(other, one) for other in whole) for one in whole)


def covers(wide: JSON, narrow: JSON) -> bool:
    """Tell whether it is proved that every value of one schema fits another; formats are asserted."""
    try:
        asked = jsonschema_rs.canonicalize(wide, offline=True, validate_formats=True)
        return (
            asked.covers(jsonschema_rs.canonicalize(narrow, offline=True, validate_formats=True))
            == canonical.Containment.YES
        )
    except (jsonschema_rs.ValidationError, ValueError):
        return False


def difference(wide: JSON, narrow: JSON) -> JSON:
    """Return a schema of the values that fit the first and not the second; None where the algebra knows none."""
    try:
        left = jsonschema_rs.canonicalize(wide, offline=True, validate_formats=True)
        found = left.subtract(jsonschema_rs.canonicalize(narrow, offline=True, validate_formats=True))
    except (jsonschema_rs.ValidationError, ValueError):
        return None
    if found.satisfiability() == canonical.Satisfiability.NO:
        return None
    written = found.to_json_schema()
    return {key: value for key, value in written.items() if key != "$schema"} if isinstance(written, dict) else written


def normal_form(schema: JSON) -> JSON:
    """Return an equivalent schema without overlaps and leftovers, or the schema itself where there is none."""
    try:
        return jsonschema_rs.canonicalize(schema, offline=True).to_json_schema()
    except (jsonschema_rs.ValidationError, ValueError):
        return schema
