"""A structural finding, and the words for its place and its subject.

Knows JSON pointers (RFC 6901) and how a value is told in a sentence. Does not know OpenAPI, and finds nothing itself.
"""

from __future__ import annotations

import difflib
import json
from functools import lru_cache
from typing import Literal, TypeAlias

from mockserver.document.pointer import join
from mockserver.values import JSON, Struct

Level: TypeAlias = Literal["error", "warning", "info"]

Place: TypeAlias = "tuple[Place, str | int, bool] | None"
"""Where a node stands: its parent's place, its key there, and whether that key was the author's choice of a name.

None is the whole document. Linked upwards, because a place is written out only when there is something to say.
"""

_SHOWN = 60
_MANY = 300
_NAMED_BY = {"parameter": "name", "tag": "name", "server": "url"}


class Flaw(Struct, frozen=True):
    """A structural finding, before it becomes a Violation.

    `pointer` names the offending node, or its parent when a member is missing or when two members exclude each other.
    """

    rule: str
    pointer: str
    message: str
    fix: str
    level: Level


def structural(place: Place, message: str, fix: str, *, level: Level = "error") -> Flaw:
    """Return a flaw of the general rule: a wrong type, a missing or unknown field, fields that exclude each other."""
    return Flaw("document-structure", pointer_of(place), message, fix, level)


def pointer_of(place: Place) -> str:
    """Write a place as a JSON pointer.

    >>> pointer_of(((None, "paths", False), "/pets/{id}", True))
    '/paths/~1pets~1{id}'
    """
    steps: list[str | int] = []
    while place is not None:
        place, key, _ = place
        steps.append(key)
    return join(reversed(steps))


def called(noun: str, value: JSON, place: Place) -> str:
    """Name the object at a place: its noun with its own name, its key, or its number in the list.

    >>> called("parameter", {"name": "limit"}, ((None, "parameters", False), 0, False))
    'parameter limit'
    >>> called("operation", {}, (((None, "paths", False), "/pets", True), "get", False))
    'operation GET /pets'
    """
    own = value.get(_NAMED_BY.get(noun)) if isinstance(value, dict) else None
    if isinstance(own, str) and own:
        return f"{noun} {own}"
    if place is None:
        return noun
    parent, key, named = place
    if noun == "operation":
        if parent is not None and parent[1] == "additionalOperations":
            parent = parent[0]
        return f"operation {str(key).upper()} {parent[1]}" if parent is not None else noun
    if isinstance(key, int) and parent is not None:
        return f"{noun} {parent[1]}[{key}]"
    return f"{noun} {key}" if named or (noun == "schema" and key != "schema") else noun


@lru_cache(maxsize=1024)  # the same mistake is made again and again in a document
def nearest(name: str, names: tuple[str, ...]) -> str:
    """Return the name that was probably meant, or an empty text; of very many, none: the search would take seconds.

    >>> nearest("requried", ("name", "required"))
    'required'
    """
    if len(names) > _MANY:
        return ""
    return next(iter(difflib.get_close_matches(name, names, 1, 0.7)), "")


def shown(value: JSON) -> str:
    """Tell a value in a sentence: scalars as they are written, containers by their kind.

    >>> shown("2xx"), shown(None), shown([1])
    ('"2xx"', 'null', 'a list')
    """
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, int) and value.bit_length() > _SHOWN:
        return "a very large integer"
    if value is None or isinstance(value, bool | int | float | str):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return type(value).__name__
