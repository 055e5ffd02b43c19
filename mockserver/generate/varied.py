"""Values of a schema in all their breadth, read off a tape.

Every form that the schema admits, any of its optional members, lists of any length, members that nobody documented.
Schemas are read when a value first leads to them, and what was read is kept. Each value is judged; where a tape leads
to none that fits, a believable one stands in, so that a tape always gives a value.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Final, TypeAlias

from mockserver.generate.breadth import Pick, any_text, number_pick, seeded, text_pick
from mockserver.generate.dice import Draw
from mockserver.generate.facts import Facts, Pieces, identity
from mockserver.generate.flat import is_read_only
from mockserver.generate.generator import Generator
from mockserver.generate.heights import ENDLESS, Heights
from mockserver.generate.leaves import listed_values
from mockserver.generate.members import declared_names, layout, property_pieces
from mockserver.generate.merge import POOREST_MEANT, Book, Form, poverty
from mockserver.generate.nodes import Stuck
from mockserver.generate.objects import extras, select
from mockserver.generate.place import Place
from mockserver.generate.plan import Planner
from mockserver.generate.tape import Tape
from mockserver.schema.compile import Validators
from mockserver.values import JSON

_FUEL: Final = 6
_TRIES: Final = 3
_MOST_ENTRIES: Final = 4
_LENGTHS: Final = (0, 1, 2, 3, 0, 1, 2, 9)
_SHARES: Final = (50, 10, 90)
_EXTRA: Final = 12
_SCALARS: Final[tuple[JSON, ...]] = (None, "new", 0, True, 1.5, [], {})

_Part: TypeAlias = Callable[[Tape, int], JSON]
"""From a tape, and how many levels may still be added, to a part of a value; raises Stuck."""


class Varied:
    """Values of one bundle.

    `needs` are bare names (letters and digits, lower case) of members that are always there; `answered`: there may be
    members that nobody documented, and those that are read only.
    """

    def __init__(
        self, bundle: JSON, validators: Validators, *, needs: frozenset[str] = frozenset(), answered: bool = False
    ) -> None:
        self._bundle = bundle
        self._book = Book(bundle, validators)
        self._heights = Heights(self._book)
        self._planner = Planner(self._book, self._heights)
        self._usual = Generator(bundle, validators)
        self._fits = validators.compile(bundle).is_valid
        self._needs = needs
        self._answered = answered
        self._parts: dict[tuple[tuple[int, ...], str], _Forms] = {}
        pieces = self._book.pieces((self._book.root,))
        self._root = self._part(pieces, Place(root=True)) if pieces is not None else None

    def value(self, tape: Tape) -> JSON:
        """Return the value that a tape leads to; raise Unsatisfiable where the schema admits none."""
        for _ in range(_TRIES if self._root is not None else 0):
            try:
                value = self._root(tape, _FUEL) if self._root is not None else None
            except Stuck:
                break
            if self._fits(value):
                return value
        return self._usual.draw(tape.next())

    def _part(self, pieces: Pieces, place: Place) -> _Forms:
        key = (tuple(map(id, pieces)), place.name)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = _Forms(self, pieces, place)
        return found

    def read(self, pieces: Pieces, place: Place) -> tuple[list[_Part], list[_Part], bool]:
        """Return the forms of pieces, those of them that end first, and whether what they give has to be judged."""
        live = self._heights.live(pieces)
        meant = [form for form in live if poverty(form) <= POOREST_MEANT] or live
        made = [(form, part) for form in meant if (part := self._of_form(pieces, form, place)) is not None]
        if not made:
            raise Stuck
        lowest = min(self._heights.of_form(form) for form, _ in made)
        ending = [part for form, part in made if self._heights.of_form(form) == lowest]
        judged = any(form.facts.judged or form.facts.rivals or form.facts.excluded for form, _ in made)
        return [part for _, part in made], ending, judged

    def judge(self, pieces: Pieces) -> Callable[[JSON], bool]:
        """Return the question whether a value fits pieces."""
        return self._book.judge(pieces)

    def believable(self, pieces: Pieces, place: Place) -> Draw | None:
        """Return a draw of what always fits pieces; None when none was found."""
        return self._planner.draw(pieces, place)

    def _of_form(self, pieces: Pieces, form: Form, place: Place) -> _Part | None:
        facts = form.facts
        if facts.values is not None:
            return _listed(listed_values(self._book, pieces, form))
        match form.kind:
            case "object":
                return self._object(facts, place)
            case "array":
                return self._list(facts, place)
            case "string":
                return _leaf(text_pick(self._book, facts, place))
            case "integer" | "fraction":
                return _leaf(number_pick(self._book, facts, form.kind, place))
            case "boolean":
                barred = {identity(value) for value in facts.excluded}
                return _listed([value for value in (False, True) if identity(value) not in barred])
            case _:
                return _listed([None])

    def _list(self, facts: Facts, place: Place) -> _Part | None:
        plan = layout(self._book, facts)
        if plan is None:
            return None
        book, low, high = self._book, plan.low, plan.high
        alike = not plan.needs and all(not part.prefix for part in facts.arrays)
        below = place.item()
        first = plan.at(book, facts, 0) if alike and high != 0 else None
        item = self._part(first, below) if first is not None else None

        def listed(tape: Tape, fuel: int) -> JSON:
            length = low + (_LENGTHS[tape.below(len(_LENGTHS))] if fuel > 0 else 0)
            out: list[JSON] = []
            for index in range(length if high is None else min(length, high)):
                part = item
                if part is None:
                    pieces = plan.at(book, facts, index)
                    if pieces is None:
                        break
                    part = self._part(pieces, below)
                value = part(tape, fuel - 1)
                if not facts.unique or all(identity(value) != identity(other) for other in out):
                    out.append(value)
            return out

        return listed

    def _object(self, facts: Facts, place: Place) -> _Part:
        if _is_intricate(facts):
            return self._selected(facts, place)
        fields: list[tuple[str, _Part, bool, bool]] = []
        for name in declared_names(facts):
            pieces = property_pieces(self._book, facts, name)
            needed = name in facts.required
            if pieces is None or self._heights.of(pieces) >= ENDLESS or not (needed or self._is_said(name, pieces)):
                continue
            fields.append((name, self._member(facts, name, pieces, place), needed, _bare(name) in self._needs))
        more = self._more(facts, place)

        def made(tape: Tape, fuel: int) -> JSON:
            share = tape.choice(_SHARES) if fuel > 0 else 0
            out = {
                name: part(tape, fuel - 1)
                for name, part, required, needed in fields
                if required or (share and (needed or tape.chance(share)))
            }
            if more is not None and fuel > 0:
                more(tape, fuel, out)
            return out

        return made

    def _is_said(self, name: str, pieces: Pieces) -> bool:
        """Tell whether a member may be there that need not be: in what is sent, none that is the API's to say."""
        return (
            self._answered or _bare(name) in self._needs or not any(is_read_only(self._bundle, one) for one in pieces)
        )

    def _member(self, facts: Facts, name: str, pieces: Pieces, place: Place) -> _Part:
        """Return what a member may be: the kinds of its object by name, where a discriminator says which there are."""
        hints = facts.hints.get(name, ())
        fits = self._book.judge(pieces) if hints else None
        found = [hint for hint in hints if fits is not None and fits(hint)]
        return (_listed(found) if found else None) or self._part(pieces, place.below(name))

    def _more(self, facts: Facts, place: Place) -> Callable[[Tape, int, dict[str, JSON]], None] | None:
        """Return what adds members that are not declared; None where there are none."""
        if any(part.additional is False for part in facts.objects) or facts.most_properties is not None:
            return None
        if any(part.additional not in (None, True) for part in facts.objects) or not facts.declares:
            return lambda tape, fuel, out: self._entries(facts, place, tape, fuel, out)
        return _undocumented if self._answered else None

    def _entries(self, facts: Facts, place: Place, tape: Tape, fuel: int, out: dict[str, JSON]) -> None:
        for _ in range(tape.below(_MOST_ENTRIES)):
            name = any_text(tape)
            pieces = property_pieces(self._book, facts, name) if name not in out else None
            if pieces is not None and self._heights.of(pieces) < ENDLESS:
                out[name] = self._part(pieces, place.item())(tape, fuel - 1)

    def _selected(self, facts: Facts, place: Place) -> _Part:
        """Return objects of which one member asks for another, or whose names or number are bounded."""
        book, heights = self._book, self._heights

        def wanted(name: str, share: int, tape: Tape) -> bool:
            pieces = property_pieces(book, facts, name)
            return (
                (_bare(name) in self._needs or tape.chance(share))
                and pieces is not None
                and self._is_said(name, pieces)
            )

        def made(tape: Tape, fuel: int) -> JSON:
            share = tape.choice(_SHARES) if fuel > 0 else 0
            chosen = select(book, heights, facts, lambda name: wanted(name, share, tape), lean=fuel <= 0)
            if chosen is None:
                raise Stuck
            out = {
                name: self._member(facts, name, pieces, place)(tape, fuel - 1) for name, pieces in chosen.fields.items()
            }
            more = chosen.more + (tape.below(_MOST_ENTRIES) if fuel > 0 and not facts.declares else 0)
            if facts.most_properties is not None:
                more = min(more, facts.most_properties - len(out))
            kinds = extras(book, heights, facts, place, more, frozenset(out)) if more > 0 else []
            names = [(name, kind.pieces) for kind in kinds for name in kind.names]
            for name, pieces in names[:more]:
                out[name] = self._part(pieces, place.item())(tape, fuel - 1)
            return out

        return made


class _Forms:
    """The forms of pieces, read when they are first asked for: what is recursive has no end."""

    __slots__ = ("_all", "_believable", "_ending", "_fits", "_opened", "_pieces", "_place", "_varied")

    def __init__(self, varied: Varied, pieces: Pieces, place: Place) -> None:
        self._varied = varied
        self._pieces = pieces
        self._place = place
        self._all: list[_Part] = []
        self._ending: list[_Part] = []
        self._fits: Callable[[JSON], bool] | None = None
        self._believable: Pick | None = None
        self._opened = False

    def __call__(self, tape: Tape, fuel: int) -> JSON:
        """Return a value of one form."""
        if not self._opened:
            self._all, self._ending, judged = self._varied.read(self._pieces, self._place)
            self._fits = self._varied.judge(self._pieces) if judged else None
            self._opened = True
        forms = self._all if fuel > 0 else self._ending
        if self._fits is None:
            return (forms[0] if len(forms) == 1 else forms[tape.below(len(forms))])(tape, fuel)
        for _ in range(_TRIES):
            value = forms[tape.below(len(forms))](tape, fuel)
            if self._fits(value):
                return value
        if self._believable is None:
            draw = self._varied.believable(self._pieces, self._place)
            if draw is None:
                raise Stuck
            self._believable = seeded(draw)
        return self._believable(tape)


def _is_intricate(facts: Facts) -> bool:
    return bool(
        facts.dependent
        or facts.names
        or facts.unevaluated_properties
        or facts.fewest_properties > len(facts.required)
        or facts.most_properties is not None
        or any(part.patterns for part in facts.objects)
    )


def _listed(values: list[JSON]) -> _Part | None:
    if not values:
        return None
    if any(isinstance(value, list | dict) for value in values):  # who asked may change what was drawn
        return lambda tape, _fuel: deepcopy(tape.choice(values))
    return lambda tape, _fuel: tape.choice(values)


def _leaf(pick: Pick | None) -> _Part | None:
    return None if pick is None else lambda tape, _fuel: pick(tape)


def _undocumented(tape: Tape, _fuel: int, out: dict[str, JSON]) -> None:
    if tape.chance(_EXTRA):
        out.setdefault("x_" + any_text(tape), deepcopy(tape.choice(_SCALARS)))


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()
