"""Places in values: which names mean the same, and where a schema speaks of one, for the line that a finding names."""

from __future__ import annotations

import re
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


def names_thing(bundle: Bundle, at: str) -> bool:
    """Tell whether the last name of a place is data: a key of a map, whose schema has no name for it."""
    for path in _schemas(bundle.schema, (), tuple(pointers.split(at)), _DEEPEST):
        return path[-1:] == ("additionalProperties",) or path[-2:-1] == ("patternProperties",)
    return False


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
    for pattern in node.get("patternProperties", ()):
        if _matches(pattern, part):
            yield from _schemas(root, (*path, "patternProperties", pattern), rest, fuel - 1)
    if isinstance(node.get("additionalProperties"), dict):
        yield from _schemas(root, (*path, "additionalProperties"), rest, fuel - 1)


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:  # ECMA-262 has more than Python: whoever needs the place does without
        return False


def _at(node: JSON, path: tuple[str | int, ...]) -> JSON:
    for part in path:
        node = node[part]
    return node
