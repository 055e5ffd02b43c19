"""Where it fails: the innermost place that no value was found for, and what stands against it.

Asked only when nothing could be drawn. Follows what is required from the root down; tells a place of the bundle.
"""

from __future__ import annotations

from mockserver.document import pointer as pointers
from mockserver.generate.facts import Facts, Pieces
from mockserver.generate.heights import ENDLESS, Heights
from mockserver.generate.members import layout, property_pieces
from mockserver.generate.merge import Book, Form
from mockserver.values import JSON, Struct

_DEEPEST = 40


class Blame(Struct, frozen=True):
    """A JSON pointer into the bundle, and a clause that says what is wrong there."""

    pointer: str
    why: str


def blame(book: Book, heights: Heights) -> Blame:
    """Find the innermost place that nothing fits."""
    start = book.pieces((book.root,))
    pieces = start
    path = ""
    for _ in range(_DEEPEST):
        if pieces is None:
            told = f"{path} must not be there, and is required" if path else "the schema is false"
            return Blame(_pointer(book, start), told)
        forms = book.forms(pieces)
        if not forms:
            why = book.contradiction(pieces)
            return Blame(_pointer(book, pieces), f"{path or 'the whole'} contradicts itself: {why}")
        if heights.live(pieces):
            break
        found = _below(book, heights, forms[0])
        if found is None:
            return Blame(_pointer(book, pieces), f"{path or 'the whole'}: {_asked(forms[0])}")
        step, below = found
        start, pieces, path = pieces, below, path + step
    return Blame(_pointer(book, start), "it requires itself without an end")


def _below(book: Book, heights: Heights, form: Form) -> tuple[str, Pieces | None] | None:
    facts = form.facts
    if form.kind == "object":
        for name in facts.required:
            pieces = property_pieces(book, facts, name)
            if heights.of(pieces) >= ENDLESS:
                return f"/{name}", pieces
    if form.kind == "array":
        plan = layout(book, facts)
        for index in range(min(plan.low, _DEEPEST) if plan is not None else 0):
            pieces = plan.at(book, facts, index) if plan is not None else None
            if heights.of(pieces) >= ENDLESS:
                return f"/{index}", pieces
    return None


def _asked(form: Form) -> str:
    facts: Facts = form.facts
    asked: list[str] = [f"format {name}" for name in facts.formats]
    asked += [f"pattern {pattern}" for pattern in facts.patterns]
    if facts.shortest:
        asked.append(f"at least {_characters(facts.shortest)}")
    if facts.longest is not None:
        asked.append(f"at most {_characters(facts.longest)}")
    if facts.rivals:
        asked.append("what else must not fit (oneOf, not)")
    told = " with " + ", ".join(asked) if asked else ""
    return f"no {form.kind}{told} was found"


def _characters(count: int) -> str:
    return f"{count} character" + "s" * (count != 1)


def _pointer(book: Book, pieces: Pieces | None) -> str:
    """Return where the first of the pieces stands in the bundle; what was made by merging stands nowhere."""
    wanted = [id(piece) for piece in pieces or ()]
    found: dict[int, str] = {}
    todo: list[tuple[str, JSON]] = [("", book.bundle)]
    while todo:
        at, node = todo.pop()
        if id(node) in wanted:
            found.setdefault(id(node), at)
        if isinstance(node, dict):
            todo.extend((pointers.child(at, key), value) for key, value in node.items())
        elif isinstance(node, list):
            todo.extend((pointers.child(at, index), value) for index, value in enumerate(node))
    return next((found[key] for key in wanted if key in found), "")
