"""What was sent comes back: which property of an object takes a wanted value, and which does not.

A name is known in any case and spelling (`shipment_id`, `shipmentId`), and through what wraps the thing itself
(`data`, `result`). A value is taken only where it fits; nothing else of the object changes.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import TypeAlias

from mockserver.generate.facts import Facts, identity
from mockserver.generate.heights import Heights
from mockserver.generate.judged import Fits
from mockserver.generate.members import declared_names, property_pieces
from mockserver.generate.merge import Book, Form
from mockserver.generate.names import folded
from mockserver.schema.alone import is_apart
from mockserver.values import JSON, Struct

WRAPPERS = frozenset({"data", "result", "response", "payload", "item", "attributes", "resource", "record", "body"})
_DEEPEST = 3
_FEW = 4
_EXACT = 2**53
"""Up to here `1.0` is the integer 1, and is told so: it may be none for whoever reads it (OAS 3.0.3 §4.4)."""
_Way: TypeAlias = tuple[str, ...]
Name: TypeAlias = str | _Way
"""A property of the whole by its name; one of what the whole wraps by the way to it."""


class _Door(Struct, frozen=True, eq=False):
    """Where a wanted value goes: through what, to which property of whose facts.

    `apart`: it goes there without a look at the rest.
    """

    through: _Way
    name: str
    facts: Facts
    apart: bool = True

    @property
    def key(self) -> Name:
        """What the property is called in a sheet."""
        return (*self.through, self.name) if self.through else self.name


class Echo:
    """The doors of one schema's objects. Not safe for threads."""

    def __init__(self, book: Book, heights: Heights, forms: list[Form], fits: Fits) -> None:
        self._book = book
        self._heights = heights
        self._forms = forms
        self._fits = fits
        self._doors: dict[int, Mapping[str, _Door]] = {}
        self._through: dict[int, _Way] = {}
        self._judges: dict[_Door, Fits] = {}

    def form_for(self, wanted: Mapping[str, JSON]) -> int:
        """Return the number of the first form that does not contradict what is wanted (0: the usual one)."""
        if len(self._forms) > 1:
            for number, form in enumerate(self._forms):
                if form.kind == "object" and not self._contradicts(form.facts, wanted):
                    return number
        return 0

    def _contradicts(self, facts: Facts, wanted: Mapping[str, JSON]) -> bool:
        for name, value in wanted.items():
            pieces = property_pieces(self._book, facts, name)
            forms = self._book.forms(pieces) if pieces else ()
            listed = [form.facts.values for form in forms if form.facts.values is not None]
            if listed and len(listed) == len(forms):
                known = {identity(each) for values in listed for each in values}
                if identity(value) not in known:
                    return True
        return False

    def put(self, value: JSON, wanted: Mapping[str, JSON], form: int, *, judged: bool) -> JSON:
        """Return the value with what is wanted put in, where it fits; `judged`: the whole has to be judged too."""
        if not self._forms:
            return value
        fitting = self._fitting(value, wanted, form)
        out, plain = dict(value), True
        for door, given in fitting.items():
            if door.through:
                out, plain = _with(out, door.through, door.name, given), False
            else:
                plain = plain and door.name in out
                out[door.name] = given
        if (plain and not judged and not self._forms[form].facts.judged) or self._fits(out):
            return out
        out = value
        for door, given in fitting.items():
            changed = _with(out, door.through, door.name, given)
            if self._fits(changed):
                out = changed
        return out

    def taken(self, names: Container[Name], wanted: Mapping[str, JSON], form: int) -> dict[Name, JSON] | None:
        """Return what takes the place of properties with these names; None where the whole has to be judged with it."""
        if self._forms[form].facts.judged:
            return None
        out: dict[Name, JSON] = {}
        for door, given in self._fitting(names, wanted, form).items():
            if not door.apart or door.key not in names:
                return None
            out[door.key] = given
        return out

    def through(self, form: int) -> _Way:
        """Return what wraps the thing that a form is about."""
        self._opened(form)
        return self._through[form]

    def _fitting(self, names: Container[Name], wanted: Mapping[str, JSON], form: int) -> dict[_Door, JSON]:
        """Return what fits, and where it goes in an object with these names."""
        fitting: dict[_Door, JSON] = {}
        doors = self._opened(form)
        for name, given in self._bare(form, wanted) if dict in map(type, wanted.values()) else wanted.items():
            door = doors.get(name) or self._door(form, name, names)
            value = int(given) if type(given) is float and given.is_integer() and abs(given) < _EXACT else given
            if door is not None and (self._judges.get(door) or self._judge(door))(value):
                fitting[door] = value
        return fitting

    def _bare(self, form: int, wanted: Mapping[str, JSON]) -> Iterator[tuple[str, JSON]]:
        """Yield names and values; of a thing that is sent wrapped in its own name, those of the thing."""
        doors = self._opened(form)
        for name, given in wanted.items():
            if isinstance(given, dict) and name not in doors and folded(name) not in doors:
                yield from given.items()
        yield from wanted.items()

    def _opened(self, form: int) -> Mapping[str, _Door]:
        doors = self._doors.get(form)
        if doors is None:
            doors, self._through[form] = self._doors_of(self._forms[form].facts)
            self._doors[form] = doors
        return doors

    def _door(self, form: int, name: str, names: Container[Name]) -> _Door | None:
        doors = self._opened(form)
        found = doors.get(name) or doors.get(folded(name))
        if found is None and name in names and name not in self._through[form][:1]:  # nobody declares it: it is there
            return _Door((), name, self._forms[form].facts)
        return found

    def _doors_of(self, facts: Facts) -> tuple[Mapping[str, _Door], _Way]:
        doors: dict[str, _Door] = {}
        through: _Way = ()
        held: Facts | None = facts
        while held is not None and len(through) < _DEEPEST:
            wrapped = self._wrapped(held)
            names = [name for name in declared_names(held) if wrapped is None or name != wrapped[0]]
            made = [_Door(through, name, held, apart=not through or self._apart(through, name)) for name in names]
            for spelled in (str, folded):
                for door in made:
                    doors.setdefault(spelled(door.name), door)
            through, held = ((*through, wrapped[0]), wrapped[1]) if wrapped is not None else (through, None)
        return doors, through

    def _apart(self, through: _Way, name: str) -> bool:
        return is_apart(self._book.bundle, (*through, name))

    def _wrapped(self, facts: Facts) -> tuple[str, Facts] | None:
        """Return the property that is the thing itself, and its facts: the rest speaks about the answer."""
        names = declared_names(facts)
        usual = {"attributes"} if "id" in names else WRAPPERS
        objects = {name: found for name in names if (found := self._object(facts, name)) is not None}
        chosen = next((name for name in objects if name in usual), None)
        if chosen is None and "id" not in names and len(objects) == 1 and len(names) <= _FEW:
            chosen = next(iter(objects))
        return (chosen, objects[chosen]) if chosen is not None else None

    def _object(self, facts: Facts, name: str) -> Facts | None:
        pieces = property_pieces(self._book, facts, name)
        first = next(iter(self._heights.live(pieces)), None) if pieces else None
        return first.facts if first is not None and first.kind == "object" and first.facts.declares else None

    def _judge(self, door: _Door) -> Fits:
        pieces = property_pieces(self._book, door.facts, door.name)
        fits = _nothing if pieces is None else self._book.judge(pieces) if pieces else _anything
        if door.name in door.facts.hints:
            fits = _naming(door.facts.hints[door.name], fits)
        if door.name in declared_names(door.facts):
            self._judges[door] = fits  # what is not declared may be called anything, and would fill the memory
        return fits


def _with(value: JSON, through: _Way, name: str, given: JSON) -> JSON:
    if not through:
        return {**value, name: given}
    inner = value.get(through[0])
    return {**value, through[0]: _with(inner, through[1:], name, given)} if isinstance(inner, dict) else value


def _naming(names: Sequence[JSON], fits: Fits) -> Fits:
    """Return the question whether a value fits that must name a schema, as a discriminator knows them."""
    return lambda value: value in names and fits(value)


def _anything(_value: JSON) -> bool:
    return True


def _nothing(_value: JSON) -> bool:
    return False
