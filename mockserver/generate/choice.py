"""Which form a place of a value gets: the one that tells most, or, where it has to end, the one that ends first.

Keeps the account of how much was grown. A place gets its leaf here as well: the contract's own example, nothing where
something leads on without end, else what its form draws.
"""

from __future__ import annotations

from copy import deepcopy

from mockserver.generate.dice import Draw, chooser, constant
from mockserver.generate.heights import Heights
from mockserver.generate.leaves import leads_on, leaf_draw
from mockserver.generate.members import declared_names, layout, longest_prefix, property_pieces
from mockserver.generate.merge import POOREST_MEANT, Book, Form, poverty
from mockserver.generate.place import Place
from mockserver.generate.strings import is_placeholder
from mockserver.generate.told import is_always_null
from mockserver.generate.tree import Node, is_grown, mark
from mockserver.values import JSON

BUDGET = 600
"""Beyond so many values nothing optional is added; a list near the root counts as one item."""
UTMOST = 4  # times the budget: beyond it nothing at all is added
DEEPEST = 12  # a list is one step down, an object two
NEAR = 3  # the items of a list that is the answer, or right below it, are each an answer of their own
_FEW = 6
_LONGEST_EXAMPLE = 6


class Choice:
    """Chooses the forms of one book's places."""

    def __init__(self, book: Book, heights: Heights, *, budget: int, expanded: frozenset[str]) -> None:
        self._book = book
        self._heights = heights
        self._budget = budget
        self._expanded = expanded
        self._small: dict[int, bool] = {}
        self.spent = 0
        self.finds: dict[tuple[int, ...], Draw | None] = {}
        """What was found by chance for pieces that no form could be drawn for."""

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing at all may be added any more."""
        return self.spent > UTMOST * self._budget

    def stays(self, node: Node) -> bool:
        """Choose again for a node whose turn comes when the budget is spent: it may be left out, or end at once."""
        if (
            not self.is_spent(node)
            or node.lean
            or (node.form and self.is_small(node.form))
            or not node.depth
            or not is_grown(node.form)
            or node.leaf
        ):
            return True
        self.spent -= node.weight
        return self.choose(node)

    def choose(self, node: Node) -> bool:
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
                self.spent += node.weight
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
        deep = node.depth > NEAR and any("id" in part.properties for part in first.facts.objects)
        if not deep and not first.facts.expandable:
            return None
        return next((form for form in forms if form.kind == "string" and _is_id(form)), None)

    def is_spent(self, node: Node) -> bool:
        """Tell whether the budget is used up; what is right below the root may use as much again."""
        return self.spent > (2 * self._budget if node.depth <= NEAR else self._budget)

    def _must_end(self, node: Node, form: Form) -> bool:
        if not is_grown(form):
            return False
        if self._repeats(node, form):
            return True
        return (self.is_spent(node) or node.depth >= DEEPEST) and not self.is_small(form)

    def is_small(self, form: Form) -> bool:
        """Tell whether an object is a few leaves: it costs little, and clients rely on it. Not without an end."""
        facts = form.facts
        if form.kind != "object" or not facts.declares or self.is_exhausted:
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
        if mark(node.pieces, form.facts) in node.above:
            return True
        if form.kind == "object":
            return False
        plan = layout(self._book, form.facts)
        item = plan.at(self._book, form.facts, longest_prefix(form.facts)) if plan is not None else None
        forms = self._heights.live(item) if item else []
        return bool(forms) and forms[0].kind == "object" and mark(item or (), forms[0].facts) in node.above

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


def kept(values: list[JSON], place: Place) -> Draw:
    """Return a draw of values of the contract, each time a copy."""
    chosen = chooser(values, place.salt)
    return lambda seed: deepcopy(chosen(seed))


def _is_id(form: Form) -> bool:
    """Tell whether a text is one that an id may be."""
    facts = form.facts
    return (
        facts.values is None
        and facts.declared
        and poverty(form) <= POOREST_MEANT
        and set(facts.formats) <= {"uuid", "uri", "id"}
    )


def _tells(value: JSON) -> bool:
    """Tell whether an example is worth showing: short, and no placeholder."""
    if isinstance(value, list):
        return 0 < len(value) <= _LONGEST_EXAMPLE and all(map(_tells, value))
    if isinstance(value, dict):
        return 0 < len(value) <= _LONGEST_EXAMPLE and all(map(_tells, value.values()))
    return not isinstance(value, str) or not is_placeholder(value)
