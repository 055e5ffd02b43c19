"""Which recursion ends, and how soon.

The height of schemas is the number of levels that the smallest value below them needs: 0 for a leaf or an empty list,
none at all (`ENDLESS`) for what requires itself for ever or admits nothing. What turned out to be impossible while
drawing is told here, and no way leads there any more.
"""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.generate.facts import Facts, Pieces
from mockserver.generate.members import declared_names, layout, property_pieces
from mockserver.generate.merge import Book, Form, strangeness

ENDLESS = 1 << 30
_MOST_STEPS = 20_000
_MOST_ITEMS = 64

_Key = tuple[int, ...]


class Heights:
    """Heights of all pieces of one book that were asked for."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[_Key, int] = {}
        self._forms: dict[int, int] = {}
        self._above: set[_Key] = set()
        self._dead: set[int] = set()
        self._steps = 0

    def bury(self, form: Form) -> None:
        """Note that nothing can be drawn in this form."""
        self._dead.add(id(form))
        self._known.clear()
        self._forms.clear()

    def revive(self, forms: Iterable[Form]) -> None:
        """Take forms out of the grave: values were found after all."""
        self._dead.difference_update(map(id, forms))
        self._known.clear()
        self._forms.clear()

    def of(self, pieces: Pieces | None) -> int:
        """Return the height of pieces."""
        self._steps = self._steps if self._above else 0
        return ENDLESS if pieces is None else self._of(pieces)[0]

    def of_form(self, form: Form) -> int:
        """Return the height of one way to satisfy pieces."""
        self._steps = self._steps if self._above else 0
        return self._of_form(form)[0]

    def live(self, pieces: Pieces) -> list[Form]:
        """Return the ways that lead to a value; those that keep off their rivals once a plain one has failed."""
        plain = self._book.forms(pieces)
        forms = list(plain)
        if not plain or any(form.facts.judged and id(form) in self._dead for form in plain):
            forms = sorted((*plain, *self._book.forms(pieces, thorough=True)), key=strangeness)
        return [form for form in forms if self.of_form(form) < ENDLESS]

    def _of(self, pieces: Pieces) -> tuple[int, bool]:
        """Return the height, and whether it was found without supposing anything about what is above."""
        key = tuple(map(id, pieces))
        known = self._known.get(key)
        if known is not None:
            return known, True
        if key in self._above or self._steps > _MOST_STEPS:
            return ENDLESS, False
        self._steps += 1
        self._above.add(key)
        lowest, sure = ENDLESS, True
        for form in self._book.forms(pieces):
            height, found_so = self._of_form(form)
            lowest, sure = min(lowest, height), sure and found_so
            if lowest == 0:
                break
        self._above.discard(key)
        if lowest < ENDLESS or sure or not self._above:  # a way that ends is a way; that there is none may be supposed
            self._known[key] = lowest
        return lowest, sure or lowest < ENDLESS

    def _of_form(self, form: Form) -> tuple[int, bool]:
        if id(form) in self._dead:
            return ENDLESS, True
        known = self._forms.get(id(form))
        if known is not None:
            return known, True
        if form.kind == "object":
            height, sure = self._of_object(form.facts)
        elif form.kind == "array":
            height, sure = self._of_array(form.facts)
        else:
            return 0, True
        if height < ENDLESS or sure:
            self._forms[id(form)] = height
        return height, sure

    def _of_object(self, facts: Facts) -> tuple[int, bool]:
        if facts.values is not None:
            return 0, True
        names = list(facts.required)
        if facts.fewest_properties > len(names):
            return self._of_extras(facts, names)
        return self._all([property_pieces(self._book, facts, name) for name in names])

    def _of_extras(self, facts: Facts, names: list[str]) -> tuple[int, bool]:
        """Count optional properties in where a number of them is required: the lowest first."""
        wanted = facts.fewest_properties - len(names)
        others = [name for name in declared_names(facts) if name not in facts.required]
        heights = sorted(self.of(property_pieces(self._book, facts, name)) for name in others)
        more = [height for height in heights if height < ENDLESS][:wanted]
        height, sure = self._all([property_pieces(self._book, facts, name) for name in names])
        if len(more) < wanted:  # names that are not declared: what they may hold is found out by drawing
            more.append(0)
        return max(height, 1 + max(more)) if height < ENDLESS else height, sure

    def _of_array(self, facts: Facts) -> tuple[int, bool]:
        if facts.values is not None:
            return 0, True
        plan = layout(self._book, facts)
        if plan is None:
            return ENDLESS, True
        if not plan.low:
            return 0, True
        # beyond the first few all items are alike
        return self._all([plan.at(self._book, facts, index) for index in range(min(plan.low, _MOST_ITEMS))])

    def _all(self, members: list[Pieces | None]) -> tuple[int, bool]:
        highest = 0
        sure = True
        for pieces in members:
            height, found_so = (ENDLESS, True) if pieces is None else self._of(pieces)
            sure = sure and found_so
            if height >= ENDLESS:
                return ENDLESS, found_so
            highest = max(highest, height)
        return (highest + 1 if members else 1), sure
