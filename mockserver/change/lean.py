"""The least value of a schema, put together from its parts: what a value that matters is put into.

Quick, and not always right: who asks judges what comes, and asks the generator where this does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockserver.schema.edition import Edition, referred
from mockserver.values import JSON

_DEEPEST = 12


class Unfit(Exception):
    """Nothing can be put together quickly."""


def lean(edition: Edition, schema: JSON, leaf: Callable[[JSON], JSON], depth: int = 0) -> JSON:
    """Return a small value of a written schema; `leaf` draws one of a schema without references. Raise Unfit."""
    if depth > _DEEPEST or schema is False:
        raise Unfit
    name = referred(schema)
    if name:
        return lean(edition, edition.definition(name), leaf, depth + 1)
    if not isinstance(schema, dict):
        return {}
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    types = schema.get("type", "object" if "properties" in schema else None)
    kinds = [types] if isinstance(types, str) else types or []
    parts = schema.get("allOf")
    if isinstance(parts, list):
        return _all(edition, schema, parts, leaf, depth)
    for union in ("anyOf", "oneOf"):
        if isinstance(schema.get(union), list):
            return _first(edition, schema[union], leaf, depth)
    if "object" in kinds:
        return _object(edition, schema, leaf, depth)
    if "array" in kinds:
        items = schema.get("items", True)
        return [lean(edition, items, leaf, depth + 1) for _ in range(int(schema.get("minItems", 0)))]
    return leaf(schema)


def _object(edition: Edition, schema: dict[str, JSON], leaf: Callable[[JSON], JSON], depth: int) -> JSON:
    properties = schema.get("properties", {})
    return {name: lean(edition, properties.get(name, True), leaf, depth + 1) for name in schema.get("required", ())}


def _all(
    edition: Edition, schema: dict[str, JSON], parts: Iterable[JSON], leaf: Callable[[JSON], JSON], depth: int
) -> JSON:
    rest = {key: value for key, value in schema.items() if key != "allOf"}
    values = [lean(edition, part, leaf, depth + 1) for part in parts]
    if not all(isinstance(value, dict) for value in values):
        raise Unfit
    own = _object(edition, rest, leaf, depth)
    return {name: value for one in (*values, own) for name, value in one.items()}


def _first(edition: Edition, branches: Iterable[JSON], leaf: Callable[[JSON], JSON], depth: int) -> JSON:
    for branch in branches:
        try:
            return lean(edition, branch, leaf, depth + 1)
        except Unfit:
            continue
    raise Unfit
