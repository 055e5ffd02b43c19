"""Where in a value a schema of the contract speaks: the other way round of `verify_places`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.document import pointer as pointers
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON

_DEEPEST: Final = 10
_UNIONS: Final = ("allOf", "anyOf", "oneOf")
_TAIL: Final = 4


def spots(bundle: Bundle, place: tuple[str, str]) -> tuple[str, ...]:
    """Return the places in a value (`/items/*/state`) that a place in the contract is about, nearest schema first.

    The place may be a keyword of the schema, or a member of one.
    """
    uri, pointer = place
    known: dict[tuple[str, str], dict[str, None]] = {}
    for path, at in _walk(bundle.schema, bundle.schema, (), "", _DEEPEST, ()):
        known.setdefault(bundle.place(path), {})[at] = None
    for _ in range(_TAIL):
        found = known.get((uri, pointer))
        if found is not None:
            return tuple(found)
        pointer = pointers.parent(pointer)
    return ()


def _walk(
    root: JSON, node: JSON, path: tuple[str | int, ...], at: str, fuel: int, followed: tuple[str, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if fuel < 0 or not isinstance(node, dict):
        return
    yield path, at
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/") and followed.count(reference) < 2:
        name = reference.removeprefix("#/$defs/")
        yield from _walk(root, root["$defs"].get(name), ("$defs", name), at, fuel, (*followed, reference))
    for name, inner in node.get("properties", {}).items():
        yield from _walk(root, inner, (*path, "properties", name), pointers.child(at, name), fuel - 1, followed)
    for keyword in ("items", "additionalProperties"):
        yield from _walk(root, node.get(keyword), (*path, keyword), f"{at}/*", fuel - 1, followed)
    for keyword in _UNIONS:
        for index, branch in enumerate(node.get(keyword, ())):
            yield from _walk(root, branch, (*path, keyword, index), at, fuel, followed)
