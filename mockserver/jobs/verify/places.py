"""Places in values: which names mean the same, and where a schema speaks of one, for the line that a finding names."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.document import pointer as pointers
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON

_DEEPEST = 40


def bare(name: str) -> str:
    """Return a name as everybody would know it again: letters and digits, lower case.

    >>> bare("next_cursor") == bare("nextCursor")
    True
    """
    return "".join(filter(str.isalnum, name)).lower()


def schema_place(bundle: Bundle, at: str) -> tuple[str, str] | None:
    """Return document and pointer of the schema of a place (a JSON pointer into the value), or None."""
    parts = pointers.split(at) if at else ()
    for path in _schemas(bundle.schema, (), tuple(parts), _DEEPEST):
        return bundle.place(path)
    return None


def _schemas(
    root: JSON, path: tuple[str | int, ...], parts: tuple[str, ...], fuel: int
) -> Iterator[tuple[str | int, ...]]:
    node = _at(root, path)
    if fuel <= 0 or not isinstance(node, dict):
        return
    if not parts:
        yield path
        return
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        yield from _schemas(root, ("$defs", reference.removeprefix("#/$defs/")), parts, fuel - 1)
    part, rest = parts[0], parts[1:]
    properties = node.get("properties")
    if isinstance(properties, dict) and part in properties:
        yield from _schemas(root, (*path, "properties", part), rest, fuel - 1)
    if part.isdigit():
        prefix = node.get("prefixItems")
        if isinstance(prefix, list) and int(part) < len(prefix):
            yield from _schemas(root, (*path, "prefixItems", int(part)), rest, fuel - 1)
        elif "items" in node:
            yield from _schemas(root, (*path, "items"), rest, fuel - 1)
    for union in ("allOf", "oneOf", "anyOf"):
        for index in range(len(node.get(union, ()))):
            yield from _schemas(root, (*path, union, index), parts, fuel - 1)
    if isinstance(node.get("additionalProperties"), dict):
        yield from _schemas(root, (*path, "additionalProperties"), rest, fuel - 1)


def _at(node: JSON, path: tuple[str | int, ...]) -> JSON:
    for part in path:
        node = node[part]
    return node
