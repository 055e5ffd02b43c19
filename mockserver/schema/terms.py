"""What a conjunction of schemas says, without asking whether it says enough.

A term is a judged schema of an edition; several terms together mean all of them. Everything here errs to the wide side:
a value that fits all terms has one of the kinds, one of the listed values, and fits the shallow schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mockserver.schema.compile import Validators
from mockserver.schema.edition import Edition
from mockserver.schema.kinds import KINDS, TYPE_KINDS, kind_of
from mockserver.values import JSON, Struct

_EVERY_KIND: frozenset[str] = frozenset(KINDS)
OF_KIND: Mapping[str, JSON] = {
    **{name: {"type": name} for name in ("null", "boolean", "integer", "string", "array", "object")},
    "fraction": {"type": "number", "not": {"type": "integer"}},
}
SameDefinition = Callable[[Edition, Edition, str], bool]
_DEEPEST = 24
_TAKEN_APART = frozenset({"$ref", "allOf", "not", "unevaluatedItems", "unevaluatedProperties"})


class Term(Struct, frozen=True, eq=False):
    """A judged schema where its references mean something."""

    edition: Edition
    schema: JSON

    @property
    def key(self) -> tuple[int, int]:
        """What tells this term from others; schemas live as long as their edition."""
        return id(self.edition), id(self.schema)


class Terms:
    """Looks at terms; remembers what it made of them, so that the same question meets the same objects."""

    def __init__(self, same_definition: SameDefinition, validators: Validators) -> None:
        self._same_definition = same_definition
        self._validators = validators
        self._kept: list[JSON] = []
        self._made: dict[tuple[int, ...], Term] = {}
        self._atoms: dict[tuple[int, int], tuple[tuple[Term, ...], tuple[Term, ...]]] = {}
        self._kinds: dict[tuple[int, int], frozenset[str]] = {}
        self._fits: dict[tuple[int, int], Callable[[JSON], bool]] = {}

    def made(self, edition: Edition, key: tuple[JSON, ...], schema: Callable[[], JSON]) -> Term:
        """Return the one term that is made of the objects in `key`."""
        parts = (id(edition), *map(id, key))
        if parts not in self._made:
            self._kept.append(key)
            self._made[parts] = Term(edition, schema())
        return self._made[parts]

    def part(self, term: Term, keywords: Iterable[str], name: str) -> Term:
        """Return the term of some keywords of a term."""
        chosen = [keyword for keyword in keywords if keyword in term.schema]
        if len(chosen) == len(term.schema):
            return term
        return self.made(term.edition, (term.schema, label(name)), lambda: {key: term.schema[key] for key in chosen})

    def expanded(self, terms: Iterable[Term]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """Return the terms without references and allOf, and all terms that were met on the way."""
        atoms: dict[tuple[int, int], Term] = {}
        met: dict[tuple[int, int], Term] = {}
        for term in terms:
            own_atoms, own_met = self._expanded(term)
            atoms.update((atom.key, atom) for atom in own_atoms)
            met.update((one.key, one) for one in own_met)
        return tuple(atoms.values()), tuple(met.values())

    def _expanded(self, term: Term) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        found = self._atoms.get(term.key)
        if found is None:
            met: dict[tuple[int, int], Term] = {}
            atoms = tuple(self._walk(term, met))
            found = self._atoms[term.key] = (atoms, tuple(met.values()))
            self._kept.append(term)
        return found

    def _walk(self, term: Term, met: dict[tuple[int, int], Term]) -> Iterator[Term]:
        if term.key in met:
            return
        met[term.key] = term
        schema = term.schema
        if not isinstance(schema, dict):
            yield term
            return
        # What evaluates nothing itself may be said of any value: unevaluated* on this side is left out.
        rest = [key for key in schema if key not in _TAKEN_APART]
        if rest:
            yield self.part(term, rest, "rest")
        if "not" in schema:
            yield self.part(term, ["not"], "not")
        if "$ref" in schema:
            yield from self._walk(self.target(term), met)
        for branch in schema.get("allOf", ()):
            yield from self._walk(Term(term.edition, branch), met)

    def target(self, term: Term) -> Term:
        """Return what the reference of a term leads to."""
        return Term(term.edition, term.edition.judged_definition(term.schema["$ref"].removeprefix("#/$defs/")))

    def same(self, one: Term, other: Term) -> bool:
        """Tell whether two terms are the same schema, letter by letter, with all that they refer to."""
        if one.schema is other.schema and one.edition is other.edition:
            return True
        if not exactly(one.schema, other.schema):
            return False
        return one.edition is other.edition or all(
            self._same_definition(one.edition, other.edition, name) for name in one.edition.references(one.schema)
        )

    def kinds(self, atoms: Iterable[Term], depth: int = 0) -> frozenset[str]:
        """Return the kinds of value that fit, and perhaps some more."""
        kinds = _EVERY_KIND
        for atom in atoms:
            found = self._kinds.get(atom.key)
            if found is None:
                found = self._kinds_of(atom, depth)
                if depth == 0:
                    self._kept.append(atom)
                    self._kinds[atom.key] = found
            kinds &= found
        return kinds

    def _kinds_of(self, atom: Term, depth: int) -> frozenset[str]:
        schema = atom.schema
        if not isinstance(schema, dict):
            return _EVERY_KIND if schema else frozenset()
        kinds = _EVERY_KIND
        types = schema.get("type")
        if types is not None:
            kinds = frozenset().union(*(TYPE_KINDS[name] for name in ([types] if isinstance(types, str) else types)))
        if "const" in schema:
            kinds &= {kind_of(schema["const"])}
        if "enum" in schema:
            kinds &= {kind_of(value) for value in schema["enum"]}
        refused = schema.get("not")
        if isinstance(refused, dict) and refused.keys() == {"type"}:
            names = refused["type"]
            kinds -= frozenset().union(*(TYPE_KINDS[name] for name in ([names] if isinstance(names, str) else names)))
        for union in ("anyOf", "oneOf"):
            if union in schema and depth < _DEEPEST:
                branches = (self.expanded([Term(atom.edition, branch)])[0] for branch in schema[union])
                kinds &= frozenset().union(*(self.kinds(branch, depth + 1) for branch in branches))
        return kinds

    def values(self, atoms: Iterable[Term]) -> list[JSON] | None:
        """Return values among which all are that fit; None when they are not listed."""
        for atom in atoms:
            if isinstance(atom.schema, dict):
                if "const" in atom.schema:
                    return [atom.schema["const"]]
                if "enum" in atom.schema:
                    return list(atom.schema["enum"])
        return None

    def matches(self, pattern: str, name: str) -> bool:
        """Tell whether a pattern matches a name, as the validators would."""
        return self._validators.compile({"pattern": pattern}).is_valid(name)

    def fits(self, term: Term, value: JSON) -> bool:
        """Judge a value by the compiled validator of a term."""
        judge = self._fits.get(term.key)
        if judge is None:
            judge = self._validators.compile(term.edition.bundle(term.schema)).is_valid
            self._kept.append(term)
            self._fits[term.key] = judge
        return judge(value)


def exactly(one: JSON, other: JSON) -> bool:
    """Tell whether two values are the same, and true is not 1.

    >>> exactly([1], [True])
    False
    """
    return bool(one == other) and (one is other or repr(one) == repr(other))


_LABELS: dict[str, str] = {}


def label(text: str) -> str:
    """Return one object for each label: terms are known by the objects they are made of."""
    return _LABELS.setdefault(text, text)
