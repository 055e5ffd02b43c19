"""What a value will be made of: a tree of places, grown breadth first.

What does not fit into the budget is missing at the leaves everywhere, and not behind the first deep branch. Chooses
forms, properties and numbers of items; `plan` makes functions of it, and comes back where a form fails.
"""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from typing import TypeAlias

from mockserver.generate.dice import Draw, chooser, constant
from mockserver.generate.facts import Facts, Pieces
from mockserver.generate.heights import Heights
from mockserver.generate.leaves import leads_on, leaf_draw
from mockserver.generate.members import Layout, declared_names, layout, longest_prefix, property_pieces
from mockserver.generate.merge import POOREST_MEANT, Book, Form, poverty
from mockserver.generate.objects import extras, is_map, select
from mockserver.generate.place import Place
from mockserver.generate.strings import is_placeholder
from mockserver.generate.told import is_always_null
from mockserver.values import JSON, Struct, field

BUDGET = 600
"""Beyond so many values nothing optional is added; a list near the root counts as one item."""
_UTMOST = 4  # times the budget: beyond it nothing at all is added
_FEW = 6
_ABYSS = 200  # what has not ended so far down never ends
_DEEPEST = 12  # a list is one step down, an object two
_NEAR = 3  # the items of a list that is the answer, or right below it, are each an answer of their own
_FEWEST_ITEMS, _MOST_ITEMS = 2, 3
_LONGEST_LIST = 20_000
_LONGEST_EXAMPLE = 6
_MAP_ENTRIES = 2
_PAGE = frozenset({"data", "has_more", "url"})  # such a url is where the list is, for a client of the same API
Mark: TypeAlias = frozenset[int] | tuple[int, ...]


class Node(Struct):
    """A place in the value: what holds here, how it is reached, the form that was chosen and what is below it."""

    pieces: Pieces
    place: Place
    depth: int = 0
    weight: int = 1
    optional: bool = False
    trail: str = ""
    above: frozenset[Mark] = frozenset()
    hints: tuple[JSON, ...] = ()
    first: Form | None = None
    form: Form | None = None
    lean: bool = False
    leaf: Draw | None = None
    fields: dict[str, Node] = field(default_factory=dict)
    extras: list[tuple[tuple[str, ...], Node]] = field(default_factory=list)
    more: tuple[int, int] = (0, 0)
    items: list[Node] = field(default_factory=list)
    rest: Node | None = None
    counts: tuple[int, int] = (0, 0)
    fewest: int = 0

    def clear(self) -> None:
        """Forget what is below."""
        self.leaf = self.rest = None
        self.fields, self.extras, self.items = {}, [], []
        self.lean = False


class Grower:
    """Grows nodes of one book."""

    def __init__(
        self, book: Book, heights: Heights, *, budget: int = BUDGET, expanded: frozenset[str] = frozenset()
    ) -> None:
        self._book = book
        self._heights = heights
        self._budget = budget
        self._expanded = expanded
        self._spent = 0
        self._small: dict[int, bool] = {}
        self.finds: dict[tuple[int, ...], Draw | None] = {}
        """What was found by chance for pieces that no form could be drawn for."""

    def start(self, pieces: Pieces, place: Place, first: Form | None) -> Node:
        """Return a new root, with the whole budget before it."""
        self._spent = 0
        return Node(pieces, place, first=first)

    def grow(self, root: Node) -> bool:
        """Choose forms from a node down, level by level; False when there is none for the node itself."""
        root.clear()
        if not self._choose(root):
            return False
        todo = deque([root])
        while todo:
            node = todo.popleft()
            if node.depth > _ABYSS:
                return False
            if self._stays(node):
                todo.extend(child for child in self._expand(node) if self._choose(child))
        return True

    def _stays(self, node: Node) -> bool:
        """Choose again for a node whose turn comes when the budget is spent: it may be left out, or end at once."""
        if (
            not self._is_spent(node)
            or node.lean
            or (node.form and self._is_small(node.form))
            or not node.depth
            or not is_grown(node.form)
            or node.leaf
        ):
            return True
        self._spent -= node.weight
        return self._choose(node)

    def _choose(self, node: Node) -> bool:
        """Choose the form of a node: the one that tells most, or, where it has to end, the one that ends first."""
        node.form = None
        find = self.finds.get(tuple(map(id, node.pieces)))
        if find is not None:
            node.leaf, node.form = find, self._book.forms(node.pieces)[0]
            return True
        while forms := self._heights.live(node.pieces):
            if node.first in forms:
                forms.insert(0, node.first)
            elif (reference := self._reference(node, forms)) is not None:
                forms.insert(0, reference)
            node.lean = self._must_end(node, forms[0])
            form = self._shortest(node, forms) if node.lean else forms[0]
            if form is None:
                return False
            node.leaf = self._leaf(node, form, forms)
            if node.leaf is not None or is_grown(form):
                node.form = form
                self._spent += node.weight
                return True
            if node.optional and leads_on(node.place):
                return False
            self._heights.bury(form)
        return False

    def _reference(self, node: Node, forms: list[Form]) -> Form | None:
        """Return the form of a reference by id, where the thing itself may stand too and nobody asked for it.

        It is taken where the contract says that things are expanded on demand, and deep inside, where each thing would
        bring others with it.
        """
        first = forms[0]
        if first.kind != "object" or node.trail in self._expanded:
            return None
        deep = node.depth > _NEAR and any("id" in part.properties for part in first.facts.objects)
        if not deep and not first.facts.expandable:
            return None
        return next((form for form in forms if form.kind == "string" and _is_id(form)), None)

    def _is_spent(self, node: Node) -> bool:
        """Tell whether the budget is used up; what is right below the root may use as much again."""
        return self._spent > (2 * self._budget if node.depth <= _NEAR else self._budget)

    def _must_end(self, node: Node, form: Form) -> bool:
        if not is_grown(form):
            return False
        if self._repeats(node, form):
            return True
        return (self._is_spent(node) or node.depth >= _DEEPEST) and not self._is_small(form)

    def _is_small(self, form: Form) -> bool:
        """Tell whether an object is a few leaves: it costs little, and clients rely on it. Not without an end."""
        facts = form.facts
        if form.kind != "object" or not facts.declares or self._spent > _UTMOST * self._budget:
            return False
        known = self._small.get(id(form))
        if known is None:
            names = declared_names(facts)
            pieces = [property_pieces(self._book, facts, name) for name in names] if len(names) <= _FEW else []
            known = self._small[id(form)] = bool(pieces) and not any(
                is_grown(next(iter(self._heights.live(one)), None)) for one in pieces if one is not None
            )
        return known

    def _repeats(self, node: Node, form: Form) -> bool:
        """Tell whether a form holds what it stands in already."""
        if _mark(node.pieces, form.facts) in node.above:
            return True
        if form.kind == "object":
            return False
        plan = layout(self._book, form.facts)
        item = plan.at(self._book, form.facts, longest_prefix(form.facts)) if plan is not None else None
        forms = self._heights.live(item) if item else []
        return bool(forms) and forms[0].kind == "object" and _mark(item or (), forms[0].facts) in node.above

    def _shortest(self, node: Node, forms: list[Form]) -> Form | None:
        """Return the form that ends first, of those that are meant; none for what may be left out and would not end."""
        meant = [form for form in forms if poverty(form) <= POOREST_MEANT] or forms
        form = min(meant, key=lambda form: (self._heights.of_form(form), form.kind == "null"))
        ends = self._heights.of_form(form) == 0
        return form if ends or not node.optional else None

    def _leaf(self, node: Node, form: Form, forms: list[Form]) -> Draw | None:
        if any(map(is_always_null, form.facts.texts)) and any(other.kind == "null" for other in forms):
            return constant(None)
        if leads_on(node.place) and form.kind not in {"boolean", "array"}:
            if any(other.kind == "null" for other in forms):
                return constant(None)
            if node.optional:
                return None
            if form.kind == "string" and self._book.judge(node.pieces)(""):
                return constant("")
        fits = self._book.judge(node.pieces) if node.hints else None
        for hint in node.hints:
            if fits is not None and fits(hint):
                return constant(hint)
        if is_grown(form):
            return self._given(node, form)
        refers = form.kind == "string" and any(other.kind == "object" and other.facts.declares for other in forms)
        place = node.place.referring() if refers else node.place
        return leaf_draw(self._book, node.pieces, form, place)

    def _given(self, node: Node, form: Form) -> Draw | None:
        """Return the contract's own example of a list of leaves, or of an object that it says nothing about."""
        facts = form.facts
        if node.place.root or not facts.examples:
            return None
        if form.kind == "object":
            plain = not facts.declares
        else:
            item = layout(self._book, facts)
            pieces = item.at(self._book, facts, 0) if item is not None else None
            plain = pieces is not None and not any(map(is_grown, self._heights.live(pieces)[:1]))
        if not plain:
            return None
        fits = self._book.judge(node.pieces)
        values = [value for value in facts.examples if _tells(value) and fits(value)]
        if not values:
            return None
        return kept(values, node.place)

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
        if pieces is None or node.depth >= _DEEPEST:
            return []
        node.rest = Node(pieces, node.place, node.depth + 1, node.weight, optional=True, above=node.above)
        return [node.rest]

    def _expand_object(self, node: Node, facts: Facts) -> list[Node] | None:
        full = not node.lean and (not self._is_spent(node) or (node.form is not None and self._is_small(node.form)))
        chosen = select(self._book, self._heights, facts, lambda _name: full, lean=not full)
        if chosen is None:
            return None
        place = node.place.called(facts.titles)
        is_page = chosen.fields.keys() >= _PAGE
        above = node.above | {_mark(node.pieces, facts)}
        bound = bool(facts.dependent) or len(chosen.fields) <= facts.fewest_properties
        for name, pieces in chosen.fields.items():
            node.fields[name] = Node(
                pieces,
                place.below("collection_path" if is_page and name == "url" else name),
                node.depth + 2,
                node.weight,
                optional=name not in chosen.required and not bound,
                trail=f"{node.trail}.{name}" if node.trail else name,
                above=above,
                hints=facts.hints.get(name, ()),
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
        if node.lean or self._is_spent(node):
            item = plan.at(self._book, facts, 0) if not plan.low and plan.high != 0 else None
            first = next(iter(self._heights.live(item)), None) if item else None
            cheap = first is not None and (self._is_small(first) or not is_grown(first))
            return (1, 1) if cheap and self._spent <= _UTMOST * self._budget else (plan.low, plan.low)
        prefix = longest_prefix(facts)
        open_ended = not prefix or any(isinstance(part.items, dict) for part in facts.arrays)
        low = max(plan.low, prefix, _FEWEST_ITEMS if open_ended else 0)
        high = max(low, prefix + _MOST_ITEMS if prefix and open_ended else _MOST_ITEMS if open_ended else 0)
        return (low, high) if plan.high is None else (min(low, plan.high), min(high, plan.high))

    @staticmethod
    def _item(node: Node, pieces: Pieces, count: int, optional: bool) -> Node:  # noqa: FBT001 - as in `Node`
        weight = node.weight * (count if node.depth > _NEAR else 1)
        above = node.above | {tuple(map(id, node.pieces))}
        return Node(pieces, node.place.item(), node.depth + 1, weight, optional, node.trail, above)


def impossible(_seed: int) -> JSON:
    """Stand for a node that has no value; it is never drawn."""
    return None


def kept(values: list[JSON], place: Place) -> Draw:
    """Return a draw of values of the contract, each time a copy."""
    chosen = chooser(values, place.salt)
    return lambda seed: deepcopy(chosen(seed))


def is_grown(form: Form | None) -> bool:
    """Tell whether something is below a form: it is a list or an object, and not one that the contract spells out."""
    return form is not None and form.kind in {"object", "array"} and form.facts.values is None


def _is_id(form: Form) -> bool:
    """Tell whether a text is one that an id may be."""
    facts = form.facts
    return (
        facts.values is None
        and facts.declared
        and poverty(form) <= POOREST_MEANT
        and set(facts.formats) <= {"uuid", "uri", "id"}
    )


def _holds_json(node: Node, facts: Facts) -> bool:
    return facts.holds_json and facts.values is None and not (facts.examples or facts.defaults or node.hints)


def _mark(pieces: Pieces, facts: Facts) -> Mark:
    """Return what says that two nodes are of one make."""
    return facts.shape or tuple(map(id, pieces))


def _tells(value: JSON) -> bool:
    """Tell whether an example is worth showing: short, and no placeholder."""
    if isinstance(value, list):
        return 0 < len(value) <= _LONGEST_EXAMPLE and all(map(_tells, value))
    if isinstance(value, dict):
        return 0 < len(value) <= _LONGEST_EXAMPLE and all(map(_tells, value.values()))
    return not isinstance(value, str) or not is_placeholder(value)
