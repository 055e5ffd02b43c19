"""What a value will be made of: a tree of places, grown breadth first.

What does not fit into the budget is missing at the leaves everywhere, and not behind the first deep branch. Adds
properties and items; `choice` gives each place its form, `plan` makes functions of the tree, and comes back where a
form fails.
"""

from __future__ import annotations

from collections import deque

from mockserver.generate.choice import BUDGET, DEEPEST, NEAR, Choice
from mockserver.generate.facts import Facts, Pieces
from mockserver.generate.heights import Heights
from mockserver.generate.members import Layout, layout, longest_prefix
from mockserver.generate.merge import Book, Form
from mockserver.generate.objects import extras, is_map, select
from mockserver.generate.place import Place
from mockserver.generate.tree import Node, is_grown, mark
from mockserver.values import JSON

_ABYSS = 200  # what has not ended so far down never ends
_FEWEST_ITEMS, _MOST_ITEMS = 2, 3
_LONGEST_LIST = 20_000
_MAP_ENTRIES = 2
_PAGE = frozenset({"data", "has_more", "url"})  # such a url is where the list is, for a client of the same API


class Grower:
    """Grows nodes of one book."""

    def __init__(
        self, book: Book, heights: Heights, *, budget: int = BUDGET, expanded: frozenset[str] = frozenset()
    ) -> None:
        self._book = book
        self._heights = heights
        self._choice = Choice(book, heights, budget=budget, expanded=expanded)
        self.finds = self._choice.finds

    def start(self, pieces: Pieces, place: Place, first: Form | None) -> Node:
        """Return a new root, with the whole budget before it."""
        self._choice.spent = 0
        return Node(pieces, place, first=first)

    def grow(self, root: Node) -> bool:
        """Choose forms from a node down, level by level; False when there is none for the node itself."""
        root.clear()
        if not self._choice.choose(root):
            return False
        todo = deque([root])
        while todo:
            node = todo.popleft()
            if node.depth > _ABYSS:
                return False
            if self._choice.stays(node):
                todo.extend(child for child in self._expand(node) if self._choice.choose(child))
        return True

    def _expand(self, node: Node) -> list[Node]:
        """Return the nodes below an object or a list; a node that cannot have what it must is left without a form."""
        form = node.form
        if form is not None and form.kind == "string" and _holds_json(node, form.facts):
            return self._expand_content(node, form.facts)
        if form is None or node.leaf is not None:
            return []
        below = self._expand_object(node, form.facts) if form.kind == "object" else self._expand_list(node, form.facts)
        if below is None:
            node.leaf = impossible
            return []
        return below

    def _expand_content(self, node: Node, facts: Facts) -> list[Node]:
        """Return the node of what a text holds (JSON Schema 2020-12 validation §8.5); the text may do without."""
        pieces = self._book.pieces(facts.contents)
        if pieces is None or node.depth >= DEEPEST:
            return []
        node.rest = Node(pieces, node.place, node.depth + 1, node.weight, optional=True, above=node.above)
        return [node.rest]

    def _expand_object(self, node: Node, facts: Facts) -> list[Node] | None:
        full = not node.lean and (
            not self._choice.is_spent(node) or (node.form is not None and self._choice.is_small(node.form))
        )
        chosen = select(self._book, self._heights, facts, lambda _name: full, lean=not full)
        if chosen is None:
            return None
        place = node.place.called(facts.titles)
        is_page = chosen.fields.keys() >= _PAGE
        above = node.above | {mark(node.pieces, facts)}
        bound = bool(facts.dependent) or len(chosen.fields) <= facts.fewest_properties
        for name, pieces in chosen.fields.items():
            leads_here = is_page and name == "url"
            node.fields[name] = Node(
                pieces,
                place.below("collection_path" if leads_here else name),
                node.depth + 2,
                node.weight,
                optional=name not in chosen.required and not bound,
                trail=f"{node.trail}.{name}" if node.trail else name,
                above=above,
                hints=(f"/v1/{node.place.name}",) if leads_here and node.place.name else facts.hints.get(name, ()),
            )
        entries = _MAP_ENTRIES if full and is_map(facts, node.place) else 0
        most = entries if facts.most_properties is None else facts.most_properties - len(chosen.fields)
        node.more = (chosen.more, max(chosen.more, min(entries, most)))
        if node.more[1]:
            taken = frozenset(chosen.fields)
            found = extras(self._book, self._heights, facts, node.place, node.more[1], taken)
            spoken = [extra for extra in found if extra.pieces]  # names that some schema speaks of
            for extra in found if chosen.more or not spoken else spoken:
                weight = node.weight * min(len(extra.names), node.more[1])
                child = Node(extra.pieces, place.item(), node.depth + 2, weight, not chosen.more, node.trail, above)
                node.extras.append((extra.names, child))
        return [*node.fields.values(), *(child for _, child in node.extras)]

    def _expand_list(self, node: Node, facts: Facts) -> list[Node] | None:
        plan = layout(self._book, facts)
        if plan is None or plan.low > _LONGEST_LIST:
            return None
        alone = max(longest_prefix(facts), 1 + max(plan.needs, default=-1))
        low, high = self._counts(node, facts, plan)
        node.fewest = plan.low
        for index in range(min(alone, high)):
            pieces = plan.at(self._book, facts, index)
            if pieces is None:
                high = index
                break
            node.items.append(self._item(node, pieces, 1, index >= plan.low))
        if high > len(node.items):
            pieces = plan.at(self._book, facts, max(alone, len(node.items)))
            if pieces is None:
                high = len(node.items)
            else:
                node.rest = self._item(node, pieces, high, plan.low <= len(node.items))
        node.counts = (min(low, high), high)
        return [*node.items, *([node.rest] if node.rest is not None else [])]

    def _counts(self, node: Node, facts: Facts, plan: Layout) -> tuple[int, int]:
        """Return how many items a list gets: a few, or as many as it has schemas for."""
        if node.lean or self._choice.is_spent(node):
            item = plan.at(self._book, facts, 0) if not plan.low and plan.high != 0 else None
            first = next(iter(self._heights.live(item)), None) if item else None
            cheap = first is not None and (self._choice.is_small(first) or not is_grown(first))
            return (1, 1) if cheap and not self._choice.is_exhausted else (plan.low, plan.low)
        prefix = longest_prefix(facts)
        open_ended = not prefix or any(isinstance(part.items, dict) for part in facts.arrays)
        low = max(plan.low, prefix, _FEWEST_ITEMS if open_ended else 0)
        high = max(low, prefix + _MOST_ITEMS if prefix and open_ended else _MOST_ITEMS if open_ended else 0)
        return (low, high) if plan.high is None else (min(low, plan.high), min(high, plan.high))

    @staticmethod
    def _item(node: Node, pieces: Pieces, count: int, optional: bool) -> Node:  # noqa: FBT001 - as in `Node`
        weight = node.weight * (count if node.depth > NEAR else 1)
        above = node.above | {tuple(map(id, node.pieces))}
        return Node(pieces, node.place.item(), node.depth + 1, weight, optional, node.trail, above)


def impossible(_seed: int) -> JSON:
    """Stand for a node that has no value; it is never drawn."""
    return None


def _holds_json(node: Node, facts: Facts) -> bool:
    return facts.holds_json and facts.values is None and not (facts.examples or facts.defaults or node.hints)
