"""Values of a schema: the entry of this floor.

A schema is planned on first use. A plan whose trial values all fit is trusted, because every function in it keeps the
keywords it was made for (what cannot promise that judges itself, at its own place); any other plan is judged whole,
value by value. What no plan finds is sought in the normal form of the schema and among its examples.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from types import MappingProxyType

from mockserver.errors import MockserverError
from mockserver.generate.blame import blame
from mockserver.generate.dice import MASK, Draw, below, chooser, fork
from mockserver.generate.echo import Echo, Name
from mockserver.generate.explore import Explorer
from mockserver.generate.facts import Pieces, identity
from mockserver.generate.heights import Heights
from mockserver.generate.judged import Fits, explored_draw, judged_draw
from mockserver.generate.merge import Book, Exhausted, Form
from mockserver.generate.nodes import Stuck
from mockserver.generate.place import Place
from mockserver.generate.plan import Planner
from mockserver.generate.sheet import Sheet, sheet_of
from mockserver.schema.algebra import admits_nothing, is_small, normal_form
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct

_TRIALS = 6
_VARIED, _FEW = 12, 5
_SALT = 0x6D6F636B
_NOTHING: Mapping[str, JSON] = MappingProxyType({})
_NONE_TAKEN: Mapping[Name, JSON] = MappingProxyType({})


class Unsatisfiable(MockserverError):
    """A schema admits no value, or none was found: `pointer` is the place in its bundle, `why` tells which."""

    def __init__(self, pointer: str, why: str) -> None:
        super().__init__(f"no value fits this schema: {why}", where=pointer or "/", fix="mend the keywords named here")
        self.pointer = pointer
        self.why = why


class _Plan(Struct, frozen=True):
    """How to draw, and whether what comes of it fits by itself."""

    draw: Draw
    trusted: bool


class Generator:
    """Draws values of one schema; safe for threads.

    `expanded` are dotted ways to what should be a thing where it may be a mere reference to it. `effort` bounds the
    work of planning, in steps: beyond it Exhausted is raised.
    """

    def __init__(
        self,
        bundle: JSON,
        validators: Validators,
        *,
        expanded: frozenset[str] = frozenset(),
        effort: int | None = None,
    ) -> None:
        self._bundle = bundle
        self._validators = validators
        self._expanded = expanded
        self._effort = effort
        self._lock = threading.RLock()
        self._plans: dict[tuple[str, int], _Plan] = {}
        self._sheets: dict[int, Sheet | None] = {}
        self._workshop: _Workshop | None = None

    def draw(self, seed: int, *, wanted: Mapping[str, JSON] = _NOTHING, name: str = "") -> JSON:
        """Return a value that fits; the same for the same seed.

        `wanted` are values for properties of the whole, by name, each taken where it fits. `name` says what the value
        is called, for a value that is no object. Raise Unsatisfiable.
        """
        root = fork(seed & MASK, _SALT)
        if not wanted:
            plan = self._plans.get((name, 0)) or self._planned(name, 0)
            return plan.draw(root)
        workshop = self._workshop or self._opened()
        with self._lock:
            form = workshop.echo.form_for(wanted)
        plan = self._plans.get((name, form)) or self._planned(name, form)
        value = plan.draw(root)
        if not isinstance(value, dict):
            return value
        with self._lock:
            return workshop.echo.put(value, wanted, form, judged=not plan.trusted)

    def write(self, seed: int, *, wanted: Mapping[str, JSON] = _NOTHING) -> bytes | None:
        """Return the JSON text of what `draw` returns; None where it has to be drawn first, and spelled as a whole."""
        root = fork(seed & MASK, _SALT)
        try:
            if not wanted:
                sheet = self._sheets[0] if 0 in self._sheets else self._sheeted(0)
                return sheet.write(root) if sheet is not None else None
            sheet, taken = self._taken(wanted)
            return sheet.write(root, taken) if sheet is not None and taken is not None else None
        except TypeError:  # of `part_dumps`
            return None

    def outline(self, seed: int, *, wanted: Mapping[str, JSON] = _NOTHING) -> JSON:
        """Return what `write` says as a value, in whose lists the items are `Spelled`; None where there is no such."""
        try:
            sheet, taken = self._taken(wanted)
            return sheet.outline(fork(seed & MASK, _SALT), taken) if sheet is not None and taken is not None else None
        except TypeError:
            return None

    def _taken(self, wanted: Mapping[str, JSON]) -> tuple[Sheet | None, Mapping[Name, JSON] | None]:
        """Return the sheet for what is wanted, and what stands in it instead; None where nothing may."""
        with self._lock:
            echo = (self._workshop or self._opened()).echo
            form = echo.form_for(wanted)
            sheet = self._sheets[form] if form in self._sheets else self._sheeted(form)
            if sheet is None or not sheet.names:
                return sheet, _NONE_TAKEN if not wanted or (sheet is not None and sheet.is_list) else None
            if sheet.varied and not sheet.varied.isdisjoint(_names_in(wanted)):
                return sheet, None
            return sheet, echo.taken(sheet.names, wanted, form)

    def _sheeted(self, form: int) -> Sheet | None:
        plan = self._plans.get(("", form)) or self._planned("", form)
        try:
            echo = (self._workshop or self._opened()).echo
            made = sheet_of(plan.draw, echo.through(form)) if plan.trusted else None
        except TypeError:
            made = None
        return self._sheets.setdefault(form, made)

    def variants(self, seed: int) -> list[JSON]:
        """Return an object of each kind that the schema admits, in the order of the contract."""
        workshop = self._opened()
        root = fork(seed & MASK, _SALT)
        found: list[JSON] = []
        for form in workshop.object_forms():
            with suppress(Unsatisfiable):
                plan = self._plans.get(("", form)) or self._planned("", form)
                found.append(plan.draw(root))
        return found

    def _opened(self) -> _Workshop:
        with self._lock:
            if self._workshop is None:
                self._workshop = _Workshop(self._bundle, self._validators, self._expanded, self._effort)
            return self._workshop

    def _planned(self, name: str, form: int) -> _Plan:
        workshop = self._opened()
        with self._lock:
            found = self._plans.get((name, form))
            if found is None:
                found = self._plans[name, form] = workshop.plan(name, form)
            return found


class _Workshop:
    """All that is needed to make plans for one bundle."""

    def __init__(
        self, bundle: JSON, validators: Validators, expanded: frozenset[str], effort: int | None = None
    ) -> None:
        self._bundle = bundle
        self._validators = validators
        self._expanded = expanded
        self._effort = effort
        self._book = Book(bundle, validators, effort=effort)
        self._heights = Heights(self._book)
        self._planner = Planner(self._book, self._heights, expanded=expanded)
        pieces = self._book.pieces((self._book.root,))
        self._pieces: Pieces = () if pieces is None else pieces
        self._fits: Fits = validators.compile(bundle).is_valid
        # Plans for different names and forms must not depend on which was made first.
        self._forms: list[Form] = [] if pieces is None else self._heights.live(self._pieces)
        self.echo = Echo(self._book, self._heights, self._forms, self._fits)

    def plan(self, name: str, form: int) -> _Plan:
        """Make a plan; raise Unsatisfiable."""
        place = Place(name, root=True)
        if self._forms:
            first = self._forms[form] if form else None
            found = self._trusted(self._planner.draw(self._pieces, place, first=first), self._book, self._heights)
            if found is not None:
                return found
        small = is_small(self._bundle)  # the algebra has no bounds of its own, and somebody waits for the answer
        if self._effort is not None and not small:
            raise Exhausted
        if small and admits_nothing(self._bundle):
            raise self._unsatisfiable("proved")
        found = (self._from_normal_form(place) if small else None) or self._from_examples(name)
        if found is None:
            raise self._unsatisfiable("that there is none could not be proved")
        return found

    def _trusted(self, draw: Draw | None, book: Book, heights: Heights) -> _Plan | None:
        pieces = book.pieces((book.root,))
        explore = Explorer(book, heights).draw(pieces or (), Place(root=True))
        trusted = draw is not None and all(self._holds(draw, trial) for trial in range(_TRIALS))
        safe = draw
        if not trusted:
            judged = judged_draw(draw, self._fits) if draw is not None else None
            safe = judged or explored_draw(explore, self._fits)
        if safe is None:
            return None
        usual = next(iter(heights.live(pieces or ())), None)
        if usual is None or usual.facts.declared or usual.facts.values is not None:
            return _Plan(safe, trusted=trusted)
        if usual.facts.declares and safe(fork(0, _SALT)):  # it names properties: an object is what was meant
            return _Plan(safe, trusted=trusted)
        return _Plan(self._varied(safe, explore), trusted=trusted)

    def _varied(self, draw: Draw, explore: Draw) -> Draw:
        """Return a draw that explores too, where a schema that names no type would always give the same few values."""
        if len({identity(draw(fork(trial, _SALT))) for trial in range(_VARIED)}) >= _FEW:
            return draw
        explored = explored_draw(explore, self._fits)
        if explored is None:
            return draw
        return lambda seed: draw(seed) if below(seed, _SALT, _VARIED) < _FEW else explored(seed)

    def _holds(self, draw: Draw, trial: int) -> bool:
        try:
            return self._fits(draw(fork(trial, _SALT)))
        except Stuck:
            return False

    def _from_normal_form(self, place: Place) -> _Plan | None:
        normal = normal_form(self._bundle)
        if normal == self._bundle:
            return None
        book = Book(normal, self._validators, effort=self._effort)
        heights = Heights(book)
        pieces = book.pieces((book.root,))
        if pieces is None:
            return None
        return self._trusted(Planner(book, heights, expanded=self._expanded).draw(pieces, place), book, heights)

    def _from_examples(self, name: str) -> _Plan | None:
        values = [value for value in _examples(self._bundle) if self._fits(value)]
        if not values:
            return None
        chosen = chooser(values, Place(name).salt)
        return _Plan(lambda seed: deepcopy(chosen(seed)), trusted=False)

    def _unsatisfiable(self, proof: str) -> Unsatisfiable:
        found = blame(self._book, self._heights)
        return Unsatisfiable(found.pointer, f"{found.why} ({proof})")

    def object_forms(self) -> list[int]:
        """Return the numbers of the forms that are objects of named properties."""
        return [number for number, form in enumerate(self._forms) if form.kind == "object" and form.facts.declares]


def _names_in(wanted: Mapping[str, JSON]) -> Iterator[str]:
    for name, value in wanted.items():
        yield name
        if isinstance(value, dict):
            yield from value


def _examples(schema: JSON) -> Iterator[JSON]:
    if isinstance(schema, dict):
        for keyword in ("example", "default", "const"):
            if keyword in schema:
                yield schema[keyword]
        for keyword in ("examples", "enum"):
            if isinstance(schema.get(keyword), list):
                yield from schema[keyword]
