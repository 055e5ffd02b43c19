"""JSON pointers (RFC 6901), as text and as URI fragments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from urllib.parse import unquote

from mockserver.values import JSON

_SHORT = 60


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


def named(tree: JSON, pointer: str) -> str:
    """Return a pointer that says what stands in a list instead of how many stand before it.

    It is the same when lists are put in another order, and stays a name only: it leads nowhere.

    >>> named({"parameters": [{"name": "id", "in": "path", "schema": {}}]}, "/parameters/0/schema")
    '/parameters/[path id]/schema'
    """
    parts: list[str] = []
    node = tree
    for part in split(pointer):
        if isinstance(node, list) and part.isascii() and part.isdigit() and int(part) < len(node):
            node = node[int(part)]
            parts.append(f"[{_identity(node)}]")
            continue
        node = node.get(part) if isinstance(node, dict) else None
        parts.append(part)
    return join(parts)


def _identity(item: JSON) -> str:
    """Return what an item of a list is known by: a reference, a name, itself where it is short, else its content."""
    if isinstance(item, dict):
        if isinstance(item.get("$ref"), str):
            return str(item["$ref"])
        words = [item[key] for key in ("in", "name", "url", "operationId") if isinstance(item.get(key), str)]
        if words:
            return " ".join(words)
    text = json.dumps(item, sort_keys=True, ensure_ascii=False, default=str)
    return text if len(text) <= _SHORT else hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


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
