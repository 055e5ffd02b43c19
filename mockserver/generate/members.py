"""What holds inside an object or a list: the schemas of one property, of one item.

Each schema has its own say about what it declares (`additionalProperties` counts on the `properties` beside it only),
so what holds for one member is gathered schema by schema. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.generate.facts import Facts, ObjectPart, Pieces
from mockserver.generate.merge import Book
from mockserver.values import JSON, Struct


def property_pieces(book: Book, facts: Facts, name: str) -> Pieces | None:
    """Return all that a property must be; None when it must not be there."""
    if name in facts.forbidden:
        return None
    schemas: list[JSON] = []
    for part in facts.objects:
        spoken = list(_spoken(book, part, name))
        if spoken:
            schemas.extend(spoken)
        elif part.additional is not None:
            schemas.append(part.additional)
    for rest in facts.unevaluated_properties:
        parts = facts.objects[rest.start : rest.end]
        if not any(part.additional is not None or any(True for _ in _spoken(book, part, name)) for part in parts):
            schemas.append(rest.schema)
    if facts.names and not may_be_named(book, facts, name):
        return None
    return book.pieces(schemas)


def _spoken(book: Book, part: ObjectPart, name: str) -> Iterator[JSON]:
    if name in part.properties:
        yield part.properties[name]
    for pattern, schema in part.patterns.items():
        if book.matches(pattern, name):
            yield schema


def may_be_named(book: Book, facts: Facts, name: str) -> bool:
    """Tell whether `propertyNames` admits a name."""
    pieces = book.pieces(facts.names)
    return pieces is not None and (not pieces or book.judge(pieces)(name))


def declared_names(facts: Facts) -> list[str]:
    """Return the names of all properties that are declared or required, in the order of the contract."""
    names: dict[str, None] = {}
    for part in facts.objects:
        names.update(dict.fromkeys(part.properties))
    names.update(facts.required)
    return list(names)


class Layout(Struct, frozen=True):
    """What a list must hold: `needs` tells for an index what it must be besides, to satisfy a `contains`."""

    low: int
    high: int | None
    needs: dict[int, Pieces]
    others: Pieces

    def at(self, book: Book, facts: Facts, index: int) -> Pieces | None:
        """Return all that an item must be."""
        pieces = item_pieces(book, facts, index, contained=index in self.needs)
        if pieces is None:
            return None
        more = self.needs.get(index, self.others)
        return book.pieces((*pieces, *more)) if more else pieces


def item_pieces(book: Book, facts: Facts, index: int, *, contained: bool = False) -> Pieces | None:
    """Return what the schemas say about the item at an index; None when there must be none."""
    schemas: list[JSON] = []
    for part in facts.arrays:
        if index < len(part.prefix):
            schemas.append(part.prefix[index])
        elif part.items is not None:
            schemas.append(part.items)
    for rest in facts.unevaluated_items:
        parts = facts.arrays[rest.start : rest.end]
        if not contained and not any(part.items is not None or index < len(part.prefix) for part in parts):
            schemas.append(rest.schema)
    return book.pieces(schemas)


def longest_prefix(facts: Facts) -> int:
    """Return how many items have a schema of their own."""
    return max((len(part.prefix) for part in facts.arrays), default=0)


def layout(book: Book, facts: Facts) -> Layout | None:
    """Lay out a list; None when it cannot be so."""
    high = facts.most_items
    for index in range(longest_prefix(facts) + 1):
        if (high is None or index < high) and item_pieces(book, facts, index, contained=bool(facts.contains)) is None:
            high = index
            break
    needs: dict[int, Pieces] = {}
    others: list[JSON] = []
    for demand in facts.contains:
        if not _place(book, facts, demand.schema, demand.low, high, needs):
            return None
        if demand.high is not None:
            others.append(book.made((id(demand.schema), "not"), {"not": demand.schema}))
    low = max(facts.fewest_items, 1 + max(needs, default=-1))
    if high is not None and low > high:
        return None
    return Layout(low, high, needs, tuple(others))


def _place(book: Book, facts: Facts, schema: JSON, count: int, high: int | None, needs: dict[int, Pieces]) -> bool:
    """Find indexes for what must be contained: those that are free first, then those that others need too."""
    limit = longest_prefix(facts) + count + len(needs)
    limit = limit if high is None else min(limit, high)
    free = [index for index in range(limit) if index not in needs]
    for index in (*free, *sorted(needs)):
        if count <= 0:
            break
        at = item_pieces(book, facts, index, contained=True)
        pieces = None if at is None else book.pieces((*at, *needs.get(index, ()), schema))
        if pieces is not None and book.forms(pieces):
            needs[index] = (*needs.get(index, ()), schema)
            count -= 1
    return count <= 0
