"""Which alternative of the old union is which of the new one."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from mockserver.schema.edition import Edition, referred
from mockserver.schema.terms import exactly
from mockserver.values import JSON


def aligned(
    old: Edition, ours: list[JSON], new: Edition, theirs: list[JSON]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Return the pairs that belong together, what is gone and what has come, as indexes.

    What is the same first, then what has one name, one tag or one type; what is left in both goes by its order.
    """
    left, right = list(range(len(ours))), list(range(len(theirs)))
    both: list[tuple[int, int]] = []

    def take(alike: Callable[[JSON, JSON], bool]) -> None:
        for one in tuple(left):
            other = next((index for index in right if alike(ours[one], theirs[index])), None)
            if other is not None:
                both.append((one, other))
                left.remove(one)
                right.remove(other)

    take(exactly)
    take(lambda one, other: bool(referred(one)) and referred(one) == referred(other))
    for tell in (_title, _tag):
        take(lambda one, other, tell=tell: tell(old, one) is not None and tell(old, one) == tell(new, other))  # type: ignore[misc]
    if len(left) == len(right):
        take(lambda one, other: _kind(old, one) == _kind(new, other))
    return sorted(both), left, right


def _resolved(edition: Edition, schema: JSON) -> JSON:
    name = referred(schema)
    return edition.definition(name) if name else schema


def _title(edition: Edition, schema: JSON) -> Hashable:
    found = _resolved(edition, schema)
    return found.get("title") if isinstance(found, dict) else None


def _tag(edition: Edition, schema: JSON) -> Hashable:
    """Return what tells an object from its rivals: the properties that have one value only."""
    found = _resolved(edition, schema)
    properties = found.get("properties") if isinstance(found, dict) else None
    tags = []
    for name, inner in properties.items() if isinstance(properties, dict) else ():
        if isinstance(inner, dict) and ("const" in inner or len(inner.get("enum", ())) == 1):
            tags.append((name, repr(inner.get("const", inner.get("enum")))))
    return tuple(tags) or None


def _kind(edition: Edition, schema: JSON) -> Hashable:
    found = _resolved(edition, schema)
    return repr(found.get("type")) if isinstance(found, dict) else repr(found)
