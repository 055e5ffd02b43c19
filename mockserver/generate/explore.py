"""Values of all sorts, for schemas whose usual value does not fit.

Walks the schemas anew for each value and takes chances: optional properties come or stay away, lists are empty or
longer, numbers lie at their bounds. Who asks judges what comes; nothing here promises to fit.
"""

from __future__ import annotations

from mockserver.generate.dice import Draw, Roll, fork
from mockserver.generate.facts import Facts, Pieces
from mockserver.generate.heights import Heights
from mockserver.generate.leaves import leaf_draw
from mockserver.generate.members import layout
from mockserver.generate.merge import Book, Form
from mockserver.generate.nodes import Stuck
from mockserver.generate.objects import extras, select
from mockserver.generate.place import Place
from mockserver.values import JSON

_FUEL = 4
_ABYSS = 60
_MOST_MORE = 3
_MOST_ITEMS = 300
_FORMS = 8
_USUAL = 30


class Explorer:
    """Explores one book."""

    def __init__(self, book: Book, heights: Heights) -> None:
        self._book = book
        self._heights = heights
        self._leaves: dict[tuple[int, str], Draw | None] = {}

    def draw(self, pieces: Pieces, place: Place) -> Draw:
        """Return a draw of values of all forms, those included that were given up; Stuck where it finds none."""
        forms = list(self._book.forms(pieces))[:_FORMS]
        if any(form.facts.judged for form in forms):
            forms += self._book.forms(pieces, thorough=True)[:_FORMS]

        def explored(seed: int) -> JSON:
            roll = Roll(seed)
            if not forms:
                raise Stuck
            form = forms[0] if roll.chance(_USUAL) else roll.choice(forms)
            return self._of_form(pieces, form, roll, _FUEL, place)

        return explored

    def _value(self, pieces: Pieces, roll: Roll, fuel: int, place: Place) -> JSON:
        forms = self._heights.live(pieces)
        if not forms or fuel < -_ABYSS:
            raise Stuck
        if fuel <= 0:
            lowest = min(map(self._heights.of_form, forms))
            form = roll.choice([form for form in forms if self._heights.of_form(form) == lowest])
        else:
            form = forms[0] if roll.chance(_USUAL) else roll.choice(forms[:_FORMS])
        return self._of_form(pieces, form, roll, fuel, place)

    def _of_form(self, pieces: Pieces, form: Form, roll: Roll, fuel: int, place: Place) -> JSON:
        if form.facts.values is None:
            if form.kind == "object":
                return self._object(form.facts, roll, fuel, place)
            if form.kind == "array":
                return self._list(form.facts, roll, fuel, place)
            if form.kind != "boolean" and roll.chance(40):
                return self._odd(form, roll)
        return self._leaf(pieces, form, roll, place)

    def _leaf(self, pieces: Pieces, form: Form, roll: Roll, place: Place) -> JSON:
        key = (id(form), place.name)
        if key not in self._leaves:
            self._leaves[key] = leaf_draw(self._book, pieces, form, place)
        draw = self._leaves[key]
        if draw is None:
            raise Stuck
        if form.kind == "boolean" and form.facts.values is None:
            return roll.chance(50)
        return draw(roll.next())

    def _odd(self, form: Form, roll: Roll) -> JSON:
        """Return a value at the edge of what is usual."""
        facts = form.facts
        match form.kind:
            case "string":
                length = facts.shortest + roll.below(5)
                length = length if facts.longest is None else min(length, facts.longest)
                return "".join(roll.choice("ab01-. AZ") for _ in range(length))
            case "integer" | "fraction":
                step = facts.multiples[0] if facts.multiples else 1
                start = roll.choice([bound for bound in (facts.low, facts.high, 0) if bound is not None])
                value = start + roll.below(7) * step - roll.below(3) * step
                return value + 0.5 if form.kind == "fraction" and not facts.multiples else value
            case _:
                return None

    def _object(self, facts: Facts, roll: Roll, fuel: int, place: Place) -> JSON:
        many = roll.choice((10, 50, 90)) if fuel > 0 else 0
        chosen = select(self._book, self._heights, facts, lambda _name: roll.chance(many), lean=fuel <= 0)
        if chosen is None:
            raise Stuck
        out: dict[str, JSON] = {}
        for name, pieces in chosen.fields.items():
            try:
                out[name] = self._value(pieces, roll, fuel - 1, place.below(name))
            except Stuck:
                if name in chosen.required:
                    raise
        more = chosen.more + (roll.below(_MOST_MORE) if fuel > 0 and roll.chance(40) else 0)
        if facts.most_properties is not None:
            more = min(more, facts.most_properties - len(out))
        if more > 0:
            self._more(facts, roll, (fuel, more), place, out)
        return out

    def _more(self, facts: Facts, roll: Roll, limits: tuple[int, int], place: Place, out: dict[str, JSON]) -> None:
        fuel, more = limits
        kinds = extras(self._book, self._heights, facts, place, more, frozenset(out))
        names = [(name, kind.pieces) for kind in kinds for name in kind.names]
        while names and more > 0:
            name, pieces = names.pop(roll.below(len(names)))
            try:
                out[name] = self._value(pieces, roll, fuel - 1, place.item())
            except Stuck:
                continue
            more -= 1

    def _list(self, facts: Facts, roll: Roll, fuel: int, place: Place) -> JSON:
        plan = layout(self._book, facts)
        if plan is None or plan.low > _MOST_ITEMS:
            raise Stuck
        most = plan.low + (roll.below(_MOST_MORE + 1) if fuel > 0 else 0)
        out: list[JSON] = []
        for index in range(most if plan.high is None else min(most, plan.high)):
            pieces = plan.at(self._book, facts, index)
            if pieces is None:
                break
            try:
                out.append(self._value(pieces, Roll(fork(roll.next(), index)), fuel - 1, place.item()))
            except Stuck:
                if index < plan.low:
                    raise
                break
        return out
