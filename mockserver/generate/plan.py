"""Schemas to a draw.

Closes a tree that `grow` has grown, from the leaves up into functions. Where a form proves impossible it is buried and
the place grows anew in another. Wires; values are drawn by `leaves`, `nodes` and `judged`.
"""

from __future__ import annotations

from mockserver.generate.choice import BUDGET, kept
from mockserver.generate.dice import Draw
from mockserver.generate.echo import WRAPPERS
from mockserver.generate.explore import Explorer
from mockserver.generate.facts import Facts, Pieces
from mockserver.generate.grow import Grower, impossible
from mockserver.generate.heights import Heights
from mockserver.generate.judged import explored_draw, judged_draw
from mockserver.generate.merge import Book, Form
from mockserver.generate.names import folded
from mockserver.generate.nodes import ExtrasDraw, KeptDraw, ObjectDraw, StockDraw, distinct_draw, json_draw, list_draw
from mockserver.generate.numbers import spread_draw
from mockserver.generate.place import Place
from mockserver.generate.totals import counted
from mockserver.generate.tree import Node, is_grown

_FEW = 12
_NAMING = frozenset({"id", "uid", "uuid", "guid", "key", "name", "number", "slug", "sha", "login", "code"})
"""A thing that has one of these is told from others by it, and what stands in it may stand in others too."""
_CONTENTS = WRAPPERS | {
    "items", "results", "records", "entries", "objects", "values", "list", "rows", "content", "hits", "elements",
    "edges", "nodes", "documents", "resources", "collection",
}  # fmt: skip
"""Names of what is no part of a thing but the thing itself, or all of them."""


class Planner:
    """Plans draws for one book."""

    def __init__(
        self, book: Book, heights: Heights, *, budget: int = BUDGET, expanded: frozenset[str] = frozenset()
    ) -> None:
        self._book = book
        self._heights = heights
        self._grower = Grower(book, heights, budget=budget, expanded=expanded)
        self._explorer = Explorer(book, heights)

    def draw(self, pieces: Pieces, place: Place, *, first: Form | None = None) -> Draw | None:
        """Return a draw of values that fit all pieces, in the form `first` if it can be; None when none was found."""
        node = self._grower.start(pieces, place, first)
        return self._draw_of(node) if self._grower.grow(node) else None

    def _draw_of(self, node: Node) -> Draw | None:
        """Close a node and all below it; where a form fails it is buried, and the node grows anew."""
        while node.form is not None:
            draw = self._closed(node, node.form)
            if draw is not None:
                return draw
            self._heights.bury(node.form)
            if not self._grower.grow(node):
                return self._explored(node)
        return None

    def _closed(self, node: Node, form: Form) -> Draw | None:
        if node.leaf is impossible:
            return None
        draw = node.leaf
        if form.kind == "string" and node.rest is not None:
            return self._written(node, node.rest, form.facts) or draw
        if draw is None:
            draw = self._object(node, form.facts) if form.kind == "object" else self._list(node, form.facts)
        if draw is not None and (form.facts.judged or (form.kind == "array" and form.facts.unique)):
            return judged_draw(draw, self._book.judge(node.pieces))
        return draw

    def _written(self, node: Node, content: Node, facts: Facts) -> Draw | None:
        """Return a draw of texts that hold JSON; None where they would not fit."""
        inner = self._draw_of(content)
        if inner is None:
            return None
        return judged_draw(json_draw(inner, encoded="base64" in facts.encodings), self._book.judge(node.pieces))

    def _explored(self, node: Node) -> Draw | None:
        """Look for values by chance when all forms were tried; what is found is kept for all places of this make."""
        key = tuple(map(id, node.pieces))
        if key not in self._grower.finds:
            fits = self._book.judge(node.pieces)
            forms = self._book.forms(node.pieces)
            given = [value for form in forms for value in form.facts.examples if fits(value)]
            explored = explored_draw(self._explorer.draw(node.pieces, node.place), fits)
            if explored is not None and is_grown(forms[0]):  # what is met by chance costs most of all
                explored = KeptDraw(explored, node.place.salt)
            self._grower.finds[key] = explored or (kept(given, node.place) if given else None)
            if self._grower.finds[key] is not None:
                self._heights.revive(forms[:1])
        return self._grower.finds[key]

    def _object(self, node: Node, facts: Facts) -> Draw | None:
        pairs: list[tuple[str, Draw]] = []
        stocked = not _NAMING.isdisjoint(map(folded, node.fields))
        for name, child in node.fields.items():
            draw = self._draw_of(child)
            if draw is not None:
                kept = stocked and is_grown(child.form) and folded(name) not in _CONTENTS
                pairs.append((name, StockDraw(draw, child.place.salt) if kept else draw))
            elif not child.optional:
                return None
        salt = node.place.salt
        out: Draw = ObjectDraw(pairs, salt)
        more: list[tuple[tuple[str, ...], Draw]] = []
        for names, child in node.extras:
            draw = self._draw_of(child)
            if draw is not None:
                more.append((names, draw))
        fewest = max(facts.fewest_properties, len(facts.required))
        if len(pairs) + sum(len(names) for names, _ in more) < fewest:
            return None
        if more and node.more[1]:
            count = max(node.more[1], fewest - len(pairs))
            out = ExtrasDraw(ObjectDraw(pairs, salt), more, count, salt)
        return counted(self._book, node, dict(pairs), out)

    def _list(self, node: Node, facts: Facts) -> Draw | None:
        items: list[Draw] = []
        for child in node.items:
            draw = self._draw_of(child)
            if draw is None:
                break
            items.append(draw)
        complete = len(items) == len(node.items)
        rest = self._draw_of(node.rest) if node.rest is not None and complete else None
        low, high = node.counts
        if rest is None:
            low = high = min(high, len(items))
        if high < node.fewest:
            return None
        if facts.unique and node.fewest > _FEW and not items and node.rest is not None:
            form = node.rest.form
            if form is not None and form.kind in {"integer", "fraction"} and form.facts.values is None:
                return spread_draw(form.facts, (low, high), node.place.salt)
        leaves = not items and node.rest is not None and not is_grown(node.rest.form)
        if facts.unique or (leaves and node.fewest <= 1 and rest is not None):
            return distinct_draw(items, rest, (low, high), node.fewest if facts.unique else 0, node.place.salt)
        return list_draw(items, rest, (low, high), node.place.salt)
