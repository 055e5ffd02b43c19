"""What stands around a list and counts it: totals, pages, positions.

Knows names. An object with one list, or what speaks about the answer beside it (`meta`, `pagination`), tells how long
the list is, and that it is the first and only page of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.generate.dice import Draw
from mockserver.generate.merge import Book
from mockserver.generate.nodes import CountedDraw, Note
from mockserver.generate.tree import Node

_LENGTHS = frozenset(
    {
        "total", "count", "total_count", "total_results", "total_items", "result_count", "results_count", "num_results",
        "total_records", "total_elements", "total_size", "number_of_elements", "item_count", "items_count",
        "record_count", "total_entries", "total_rows", "total_hits",
    }
)  # fmt: skip
_FIRST: Mapping[str, int] = {
    **dict.fromkeys(("total_pages", "page_count", "num_pages", "last_page", "total_page", "pages", "pages_count"), 1),
    **dict.fromkeys(("page", "current_page", "page_number", "page_num", "page_no"), 1),
    **dict.fromkeys(("offset", "skip", "start_index", "page_index", "start_at"), 0),
}
_ABOUT = frozenset({"meta", "metadata", "pagination", "paging", "page", "info", "pager", "cursor", "summary"})
_DEEPEST = 2
_Way = tuple[str, ...]


def counted(book: Book, node: Node, drawn: Mapping[str, Draw], draw: Draw) -> Draw:
    """Return a draw whose numbers tell of the one list in it."""
    lists = [name for name, child in node.fields.items() if name in drawn and child.form and child.form.kind == "array"]
    if len(lists) != 1:
        return draw
    notes = tuple(_notes(book, node, frozenset(drawn), ()))
    if all(note.number is not None for note in notes):
        return draw  # nothing counts this list, so it is no page
    return CountedDraw(draw, lists[0], notes)


def _notes(book: Book, node: Node, drawn: frozenset[str], above: _Way) -> Iterator[Note]:
    for name, child in node.fields.items():
        form = child.form
        if name not in drawn or form is None:
            continue
        words = "_".join(child.place.words)
        if form.kind == "object":
            if len(above) < _DEEPEST and not _ABOUT.isdisjoint(child.place.words[-1:]) and child.leaf is None:
                yield from _notes(book, child, frozenset(child.fields), (*above, name))
        elif form.kind in {"integer", "fraction"} and (words in _LENGTHS or words in _FIRST):
            admits, number = book.judge(child.pieces), _FIRST.get(words)
            if number is None or admits(number):
                yield Note((*above, name), number, admits)
