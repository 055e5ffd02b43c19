"""Which schemas does only a value without end fit, because they require themselves?

Knows definitions that refer to one another (a bundle's `$defs`). The algebra knows that nothing fits them, and not
where. What may be of another type, another alternative or a listed value is no loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.values import JSON

_HOME = "#/$defs/"


def endless(definitions: Mapping[str, JSON]) -> Iterator[str]:
    """Yield the names of the definitions that require themselves.

    >>> tree = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/A"}}}
    >>> list(endless({"A": tree, "B": {"items": {"$ref": "#/$defs/B"}}}))
    ['A']
    """
    needs = {name: frozenset(_needs(schema)) for name, schema in definitions.items()}
    for name, first in needs.items():
        met: set[str] = set()
        todo = list(first)
        while todo and name not in met:
            at = todo.pop()
            if at not in met:
                met.add(at)
                todo.extend(needs.get(at, ()))
        if name in met:
            yield name


def _needs(schema: JSON) -> Iterator[str]:
    """Yield the definitions that a value must have a value of."""
    if not isinstance(schema, dict) or "enum" in schema or "const" in schema:
        return
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith(_HOME):
        yield reference.removeprefix(_HOME)
    for part in schema.get("allOf", ()):
        yield from _needs(part)
    for union in ("anyOf", "oneOf"):
        if len(schema.get(union, ())) == 1:
            yield from _needs(schema[union][0])
    if schema.get("type") in ("object", ["object"]):
        properties = schema.get("properties", {})
        for name in schema.get("required", ()):
            yield from _needs(properties.get(name))
    if schema.get("type") in ("array", ["array"]) and schema.get("minItems", 0) >= 1:
        yield from _needs(schema.get("items"))
