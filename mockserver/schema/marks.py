"""What tells the values of some terms from those of others at a glance: their kinds, and the tags of objects.

Errs to the wide side: terms that are `apart` share no value, and of the others nothing is known. Costs a look at each
property once, so that a prover asks here before it thinks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from mockserver.schema.terms import Term, Terms
from mockserver.values import JSON, Struct

_DEEPEST = 3
_MOST_VALUES = 40

_Value = tuple[str, str]


class Mark(Struct, frozen=True):
    """What is known of a value: its kinds, and all that it may be, where that is listed."""

    kinds: frozenset[str]
    values: frozenset[_Value] | None = None

    def excludes(self, other: Mark) -> bool:
        """Tell whether no value has both marks."""
        if not self.kinds & other.kinds:
            return True
        return self.values is not None and other.values is not None and not self.values & other.values

    def within(self, other: Mark) -> bool:
        """Tell whether each value of this mark has the other one, as far as marks tell."""
        listed = other.values is None or (self.values is not None and self.values <= other.values)
        return self.kinds <= other.kinds and listed


class Marks(Struct, frozen=True):
    """The mark of the whole, and those of its properties; `required` are those that are always there."""

    own: Mark
    tags: Mapping[str, Mark]
    required: frozenset[str]

    def apart(self, other: Marks) -> bool:
        """Tell whether no value has both."""
        if self.own.excludes(other.own):
            return True
        if self.own.kinds & other.own.kinds != {"object"}:
            return False
        always = self.required | other.required
        return any(
            name in always and mark.excludes(other.tags[name]) for name, mark in self.tags.items() if name in other.tags
        )


class Marker:
    """Gives marks; remembers those of each term."""

    def __init__(self, terms: Terms, every_kind: frozenset[str]) -> None:
        self._terms = terms
        self._anything = Mark(every_kind)
        self._known: dict[tuple[int, int], Marks] = {}
        self._kept: list[Term] = []

    def apart(self, ones: Iterable[Term], others: Iterable[Term]) -> bool:
        """Tell whether no value fits all of the ones and all of the others."""
        return self.of(ones).apart(self.of(others))

    def of(self, terms: Iterable[Term], depth: int = 0) -> Marks:
        """Return the marks of what fits all terms."""
        atoms = self._terms.expanded(terms)[0]
        found = [self._of_atom(atom, depth) for atom in atoms]
        return _joined(found) if found else Marks(self._anything, {}, frozenset())

    def _of_atom(self, atom: Term, depth: int) -> Marks:
        known = self._known.get(atom.key)
        if known is None:
            known = self._read(atom, depth)
            if depth == 0:
                self._kept.append(atom)
                self._known[atom.key] = known
        return known

    def _read(self, atom: Term, depth: int) -> Marks:
        schema = atom.schema
        if not isinstance(schema, dict):
            return Marks(self._mark([atom]), {}, frozenset())
        tags: dict[str, Mark] = {}
        for name, inner in schema.get("properties", {}).items():
            mark = self._mark(self._terms.expanded([Term(atom.edition, inner)])[0])
            if mark != self._anything:
                tags[name] = mark
        marks = [Marks(self._mark([atom]), tags, frozenset(schema.get("required", ())))]
        for union in ("anyOf", "oneOf"):
            if union in schema and depth < _DEEPEST:
                branches = [self.of([Term(atom.edition, branch)], depth + 1) for branch in schema[union]]
                marks.append(_either([one for one in branches if one.own.kinds]))
        return _joined(marks)

    def _mark(self, atoms: Iterable[Term]) -> Mark:
        atoms = tuple(atoms)
        listed = self._terms.values(atoms)
        values = frozenset(map(_named, listed)) if listed is not None and _are_scalars(listed) else None
        return Mark(self._terms.kinds(atoms), values)


def _joined(found: list[Marks]) -> Marks:
    """Return the marks of what has all of these."""
    if len(found) == 1:
        return found[0]
    own, tags = found[0].own, dict(found[0].tags)
    for one in found[1:]:
        own = _both(own, one.own)
        for name, mark in one.tags.items():
            tags[name] = _both(tags[name], mark) if name in tags else mark
    return Marks(own, tags, frozenset().union(*(one.required for one in found)))


def _either(found: list[Marks]) -> Marks:
    """Return the marks of what has one of these; nothing has none of them."""
    if not found:
        return Marks(Mark(frozenset()), {}, frozenset())
    objects = [one for one in found if "object" in one.own.kinds]
    names = set.intersection(*(set(one.tags) for one in objects)) if objects else set()
    tags = {name: _any([one.tags[name] for one in objects]) for name in sorted(names)}
    required = frozenset.intersection(*(one.required for one in objects)) if objects else frozenset()
    return Marks(_any([one.own for one in found]), tags, required)


def _both(one: Mark, other: Mark) -> Mark:
    if one.values is None or other.values is None:
        values = one.values if other.values is None else other.values
    else:
        values = one.values & other.values
    return Mark(one.kinds & other.kinds, values)


def _any(marks: list[Mark]) -> Mark:
    values: frozenset[_Value] | None = frozenset()
    for mark in marks:
        values = None if values is None or mark.values is None else values | mark.values
    return Mark(frozenset().union(*(mark.kinds for mark in marks)), values)


def is_listed(schema: dict[str, JSON]) -> bool:
    """Tell whether a mark has all the values that a schema lists."""
    return ("const" in schema) + ("enum" in schema) < 2 and _are_scalars(schema.get("enum", [schema.get("const")]))


def _are_scalars(values: list[JSON]) -> bool:
    return len(values) <= _MOST_VALUES and not any(isinstance(value, dict | list) for value in values)


def _named(value: JSON) -> _Value:
    """Return what tells a scalar from others: 1.0 is 1, and true is not (2020-12 core §4.2.2)."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return type(value).__name__, json.dumps(value)
