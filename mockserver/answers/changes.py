"""Changing a value here and there where it stays sound. Knows no schema: whether it fits is asked of a judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from mockserver.values import JSON

Fits: TypeAlias = Callable[[JSON], bool]
Path: TypeAlias = tuple[str | int, ...]
GONE = ...
"""Stands for a member that is taken away."""


def changed(value: JSON, changes: Mapping[Path, Sequence[JSON]], fits: Fits) -> JSON:
    """Return the value with, at each place, the first of its new values that fits; all at once if that is sound."""
    together = value
    for path, candidates in changes.items():
        if candidates:
            together = put(together, path, candidates[0])
    if fits(together):
        return together
    for path, candidates in changes.items():
        for candidate in candidates:
            one = put(value, path, candidate)
            if fits(one):
                value = one
                break
    return value


def put(value: Any, path: Sequence[Any], new: JSON) -> JSON:
    """Return a copy with one member replaced, added or gone; the value as it is where nothing stands above.

    >>> put({"a": [1, {"b": 2}]}, ("a", 1, "b"), 3), put({"a": 1}, ("a",), GONE), put({"a": 1}, ("a", "b"), 2)
    ({'a': [1, {'b': 3}]}, {}, {'a': 1})
    """
    if not isinstance(value, dict | list):
        return value
    copy = value.copy()
    if len(path) > 1:
        copy[path[0]] = put(value[path[0]], path[1:], new)
    elif new is GONE:
        del copy[path[0]]
    else:
        copy[path[0]] = new
    return copy


def get(value: JSON, path: Path) -> JSON:
    """Return what stands at a place."""
    for part in path:
        value = value[part]
    return value


def stands(value: JSON, path: Path) -> bool:
    """Tell whether anything stands at a place.

    >>> stands({"a": [None]}, ("a", 0)), stands({"a": [None]}, ("a", 1)), stands({"a": "b"}, ("a", "b"))
    (True, False, False)
    """
    for part in path:
        if isinstance(part, int):
            if not isinstance(value, list) or part >= len(value):
                return False
        elif not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def members(value: JSON, deepest: int, above: Path = ()) -> Iterator[tuple[Path, JSON]]:
    """Yield each property below a value with the way to it; a list's first item stands for the others."""
    if len(above) < deepest:
        pairs = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
        for name, member in pairs:
            if isinstance(name, str):
                yield (*above, name), member
            yield from members(member, deepest, (*above, name))
