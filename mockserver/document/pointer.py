"""JSON pointers (RFC 6901), as text and as URI fragments."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from mockserver.values import JSON


def escape(part: str) -> str:
    """Spell one reference token.

    >>> escape("/pets/{id}")
    '~1pets~1{id}'
    """
    return part.replace("~", "~0").replace("/", "~1")


def split(pointer: str) -> tuple[str, ...]:
    """Return the reference tokens of a pointer, unescaped.

    >>> split("/paths/~1pets/get")
    ('paths', '/pets', 'get')
    """
    if not pointer:
        return ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def join(parts: Iterable[str | int]) -> str:
    """Spell a pointer from its tokens.

    >>> join(("paths", "/pets", 0))
    '/paths/~1pets/0'
    """
    return "".join("/" + escape(str(part)) for part in parts)


def child(pointer: str, *parts: str | int) -> str:
    """Return the pointer of a descendant."""
    return pointer + join(parts)


def parent(pointer: str) -> str:
    """Return the pointer of the node that holds this one; the root holds itself."""
    return pointer.rpartition("/")[0]


def from_fragment(fragment: str) -> str:
    """Return the pointer that a URI fragment spells (RFC 6901 §6)."""
    return unquote(fragment)


def look_up(tree: JSON, pointer: str) -> JSON:
    """Return the node at a pointer; raise LookupError, naming the first missing token, when there is none."""
    node = tree
    for part in split(pointer):
        match node:
            case dict():
                if part not in node:
                    raise LookupError(part)
                node = node[part]
            case list():
                if not part.isascii() or not part.isdigit() or int(part) >= len(node):
                    raise LookupError(part)
                node = node[int(part)]
            case _:
                raise LookupError(part)
    return node
