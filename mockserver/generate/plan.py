"""Schemas to a draw: which properties, which branch, how deep.

Grows a tree breadth first, so that what does not fit into the budget is missing at the leaves everywhere and not after
the first deep branch; then closes it from the leaves up into functions. Where a branch proves impossible it is buried
and the place grows anew in another form. Chooses and wires; single values are drawn by `leaves`, `objects`, `nodes`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from mockserver.generate.believable import Place
from mockserver.generate.dice import Draw, chooser, constant
from mockserver.generate.explore import Explorer
from mockserver.generate.facts import Facts, Pieces, identity
from mockserver.generate.heights import ENDLESS, Heights
from mockserver.generate.leaves import leads_on, leaf_draw
from mockserver.generate.members import layout, longest_prefix
from mockserver.generate.merge import Book, Form
from mockserver.generate.names import words_of
from mockserver.generate.nodes import counted, distinct_draw, list_draw, object_draw, with_extras
from mockserver.generate.objects import extras, is_map, select
from mockserver.generate.trusted import judged_draw

BUDGET = 2000
"""So many values at most hold optional ones below them."""
_DEEPEST = 6
_USUAL_ITEMS = (2, 3)
_MOST_ITEMS = 5000
_MAP_ENTRIES = 2
_LISTED = 3  # a list counts as so many items

Mark = frozenset[int] | tuple[int, ...]


@dataclass(slots=True)
class Node:
    """A place in the value that is planned: what holds here, how it is reached, and the form that was chosen."""

    pieces: Pieces
    place: Place
    depth: int = 0
    weight: int = 1
    optional: bool = False
    above: frozenset[Mark] = frozenset()
    hints: tuple[object, ...] = ()
    form: Form | None = None
    leaf: Draw | None = None
    fields: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    extras: list[tuple[tuple[str, ...], Node]] = field(default_factory=list)
    more: int = 0
    items: list[Node] = field(default_factory=list)
    rest: Node | None = None
    counts: tuple[int, int] = (0, 0)
    fewest: int = 0


class Planner:
    """Plans draws for one book."""

    def __init__(self, book: Book, heights: Heights, *, budget: int = BUDGET) -> None:
        self._book = book
        self._heights = heights
        self._explorer = Explorer(book, heights)
        self._budget = budget
        self._spent = 0

    def draw(self, pieces: Pieces, place: Place) -> Draw | None:
        """Return a draw of values that fit all pieces; None when none was found."""
        self._spent = 0
        node = Node(pieces, place)
        if not self._grow(node):
            return None
        return self._draw_of(node)

    def _grow(self, root: Node) -> bool:
        """Choose forms from a node down, level by level; False when there is no form for the node itself."""
        if not self._choose(root):
            return False
        todo = deque([root])
        while todo:
            for child in self._expand(todo.popleft()):
                if self._choose(child):
                    todo.append(child)
        return True

    def _choose(self, node: Node) -> bool:
        """Choose the form of a node: what tells most, or where it must end soon, what ends first."""
        forms = self._heights.live(node.pieces)
        node.form = None
        while forms:
            form = self._lean(node, forms) if self._is_lean(node, forms[0]) else forms[0]
            if form is None:
                return False
            if form.kind in {"object", "array"} and form.facts.values is None:
                node.form = form
                break
            node.leaf = self._leaf(node, form, forms)
            if node.leaf is not None:
                node.form = form
                break
            self._heights.bury(form)
            forms = self._heights.live(node.pieces)
        self._spent += node.weight if node.form is not None else 0
        return node.form is not None

    def _is_lean(self, node: Node, form: Form) -> bool:
        if form.kind not in {"object", "array"}:
            return node.optional and self._spent > self._budget
        return self._spent > self._budget or node.depth >= 2 * _DEEPEST or self._repeats(node, form)

    def _repeats(self, node: Node, form: Form) -> bool:
        """Tell whether a form holds what it is in already."""
        if form.kind == "object":
            return _mark(node.pieces, form.facts) in node.above
        plan = layout(self._book, form.facts)
        item = plan.at(self._book, form.facts, longest_prefix(form.facts)) if plan is not None else None
        forms = self._heights.live(item) if item else []
        return bool(forms) and forms[0].kind == "object" and _mark(item or (), forms[0].facts) in node.above

    def _lean(self, node: Node, forms: list[Form]) -> Form | None:
        """Return the form that ends first; none for what may be left out and would go on."""
        lowest = min(forms, key=lambda form: (self._heights.of_form(form), form.kind == "null"))
        goes_on = self._heights.of_form(lowest) > 0 or lowest.kind == "object"
        return None if node.optional and (goes_on or self._spent > 2 * self._budget) else lowest

    def _leaf(self, node: Node, form: Form, forms: list[Form]) -> Draw | None:
        if leads_on(node.place) and form.kind != "boolean":
            if any(other.kind == "null" for other in forms):
                return constant(None)
            if node.optional:
                return None
        for hint in node.hints:
            if self._book.judge(node.pieces)(hint):
                return constant(hint)
        return leaf_draw(self._book, node.pieces, form, self._called(node, form))

    def _called(self, node: Node, form: Form) -> Place:
        return node.place

    def _expand(self, node: Node) -> list[Node]:
        """Return the nodes below an object or a list."""
        form = node.form
        if form is None or node.leaf is not None:
            return []
        return self._expand_object(node, form) if form.kind == "object" else self._expand_list(node, form)
