"""The least value of a schema, put together from its parts: what a value that matters is put into.

Quick, and not always right: who asks judges what comes, and asks the generator where this does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from mockserver.schema.edition import Edition, referred
from mockserver.values import JSON

_DEEPEST = 12


class Unfit(Exception):
    """Nothing can be put together quickly."""


class Leaner:
    """Makes small values of the written schemas of one edition; `leaf` draws one of a schema without references.

    `filled`: no empty list and no empty object, because forms cannot spell them.
    """

    def __init__(self, edition: Edition, leaf: Callable[[JSON], JSON], *, filled: bool = False) -> None:
        self._edition = edition
        self._leaf = leaf
        self._filled = filled

    def of(self, schema: JSON, depth: int = 0) -> JSON:
        """Return a small value; raise Unfit."""
        if depth > _DEEPEST or schema is False:
            raise Unfit
        name = referred(schema)
        if name:
            return self.of(self._edition.definition(name), depth + 1)
        if not isinstance(schema, dict):
            return "a" if self._filled else {}
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else schema["enum"][0]
        types = schema.get("type", "object" if "properties" in schema else None)
        kinds = [types] if isinstance(types, str) else types or []
        parts = schema.get("allOf")
        if isinstance(parts, list):
            return self._all(schema, parts, depth)
        for union in ("anyOf", "oneOf"):
            if isinstance(schema.get(union), list):
                return self._first(schema[union], depth)
        if "object" in kinds:
            return self._object(schema, depth)
        if "array" in kinds:
            items = schema.get("items", True)
            fewest = max(int(schema.get("minItems", 0)), int(self._filled))
            return [self.of(items, depth + 1) for _ in range(fewest)]
        return self._leaf(schema)

    def _object(self, schema: dict[str, JSON], depth: int) -> JSON:
        properties = schema.get("properties", {})
        value = {name: self.of(properties.get(name, True), depth + 1) for name in schema.get("required", ())}
        for name in properties if self._filled and not value else ():
            with suppress(Unfit):
                return {name: self.of(properties[name], depth + 1)}
        return value

    def _all(self, schema: dict[str, JSON], parts: Iterable[JSON], depth: int) -> JSON:
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        values = [self.of(part, depth + 1) for part in parts]
        if not all(isinstance(value, dict) for value in values):
            raise Unfit
        own = self._object(rest, depth)
        return {name: value for one in (*values, own) for name, value in one.items()}

    def _first(self, branches: Iterable[JSON], depth: int) -> JSON:
        for branch in branches:
            with suppress(Unfit):
                return self.of(branch, depth + 1)
        raise Unfit
