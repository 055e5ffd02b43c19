"""Does every value of these schemas fit that one?

A proof or nothing: what is not proved here may still be true. The schema on the right is taken apart keyword by
keyword; objects and arrays are descended into, references are followed coinductively (a pair under comparison is
assumed while it is compared), unions on the left are split, and the algebra of jsonschema_rs is asked at the leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from mockserver.schema.algebra import covers, is_small
from mockserver.schema.cases import Cases
from mockserver.schema.edition import CONSTRAINTS
from mockserver.schema.objects import constraints_of, items_at, other_names, required_names
from mockserver.schema.purse import Purse
from mockserver.schema.shallow import flat, refers, shallow
from mockserver.schema.terms import Term, label
from mockserver.values import JSON

_WORK = 400_000
_MOST, _LEAST = 10_000, 300
_ASKING = 10
_MOST_SPLITS = 3
_LARGEST = 12
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "object": ("properties", "patternProperties", "additionalProperties"),
    "array": ("prefixItems", "items"),
    "contains": ("contains", "minContains", "maxContains"),
    "if": ("if", "then", "else"),
}
_GROUP_OF: Mapping[str, str] = {keyword: group for group, keywords in _GROUPS.items() for keyword in keywords}
_OF_OBJECTS = frozenset(
    {"required", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "propertyNames", "object"}
)
_OF_ARRAYS = frozenset({"minItems", "maxItems", "uniqueItems", "contains", "array"})
_OF_STRINGS = frozenset({"minLength", "maxLength", "pattern", "format"})
_SCALARS = frozenset({"string", "integer", "fraction", "boolean", "null"})
_OF_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})


class _Exhausted(Exception):
    """The proof takes too long."""


def _patterns(schema: JSON) -> Iterator[str]:
    """Yield what a schema says of a text, as patterns."""
    if not isinstance(schema, dict):
        return
    if "pattern" in schema:
        yield schema["pattern"]
    if "minLength" in schema or "maxLength" in schema:
        longest = int(schema["maxLength"]) if "maxLength" in schema else ""
        yield rf"^[\s\S]{{{int(schema.get('minLength', 0))},{longest}}}$"


class Prover:
    """Proves; remembers what it proved, so the cost is once per pair of schemas.

    `assumed` tells which references are taken for included: those that are compared, and told, by themselves. `within`
    tells whether all texts that match some patterns match another.
    """

    def __init__(
        self,
        cases: Cases,
        assumed: Callable[[Term, Term], bool],
        within: Callable[[tuple[str, ...], str], bool] = lambda _narrow, _wide: False,
    ) -> None:
        self._assumed = assumed
        self._within = within
        self._purse = Purse(_WORK, most=_MOST, least=_LEAST)
        self.cases = cases
        self.terms = cases.terms
        self._known: dict[tuple[frozenset[tuple[int, int]], tuple[int, int]], bool] = {}
        self._open: dict[tuple[frozenset[tuple[int, int]], tuple[int, int]], int] = {}
        self._trail: list[tuple[frozenset[tuple[int, int]], tuple[int, int]]] = []
        self._kept: list[Sequence[Term]] = []
        self._fuel = 0
        self._depth = 0
        self._splits = 0

    def proves(self, left: Sequence[Term], right: Term, *, share: float = 1) -> bool:
        """Tell whether it is proved that every value that fits all on the left fits the right.

        `share` is the part of the usual work that an answer is worth.
        """
        fuel = int(self._purse.share() * share)
        self._fuel, self._depth, self._splits = fuel, 0, 0
        try:
            return self._proves(left, right)
        finally:
            self._purse.spend(fuel - self._fuel)

    def _proves(self, left: Sequence[Term], right: Term) -> bool:
        self._trail.clear()
        self._open.clear()
        try:
            return self._goal(tuple(left), right)
        except (_Exhausted, RecursionError):
            for key in self._trail:
                self._known.pop(key, None)
            return False

    def _goal(self, left: tuple[Term, ...], right: Term) -> bool:
        key = (frozenset(term.key for term in left), right.key)
        if key in self._known:
            # What is still being proved counts only below a property or an item: the values there are smaller.
            return self._known[key] and self._open.get(key, -1) < self._depth
        self._kept.append((*left, right))
        mark = len(self._trail)
        self._known[key] = True
        self._open[key] = self._depth
        self._trail.append(key)
        proved = self._decided(left, right)
        self._open.pop(key, None)
        if not proved:
            for assumed in self._trail[mark:]:
                self._known.pop(assumed, None)
            del self._trail[mark:]
            if self._splits == 0:
                self._known[key] = False
        return proved

    def _spend(self, work: int) -> None:
        self._fuel -= 1 + work
        if self._fuel < 0:
            raise _Exhausted

    def _below(self, left: Sequence[Term], right: Term) -> bool:
        """Prove for the values inside: properties and items."""
        splits, self._splits = self._splits, 0
        self._depth += 1
        try:
            return self._goal(tuple(left), right)
        finally:
            self._depth -= 1
            self._splits = splits

    def _decided(self, left: tuple[Term, ...], right: Term) -> bool:
        terms, schema = self.terms, right.schema
        if schema is True or (isinstance(schema, dict) and not schema.keys() & CONSTRAINTS):
            return True
        atoms, met = self.cases.settled(left)
        self._spend(len(atoms))
        if any(terms.same(term, right) or self._assumed(term, right) for term in met):
            return True
        if not terms.kinds(atoms) or (self._splits and self._nothing(atoms)):
            return True
        values = terms.values(atoms)
        if values is not None:
            return all(
                terms.fits(right, value) or not all(terms.fits(term, value) for term in left) for value in values
            )
        if schema is not False and all(self._keyword(left, atoms, *part) for part in self.parts(right)):
            return True
        return not self._splits and (self._nothing(atoms) or (schema is False and self._by_cases(atoms, right)))

    def _nothing(self, atoms: tuple[Term, ...]) -> bool:
        """Tell whether it is proved that nothing fits all of these."""
        if not self.terms.kinds(atoms):
            return True
        for atom in atoms:
            refused = atom.schema.get("not") if isinstance(atom.schema, dict) else None
            if refused is not None and len(atom.schema) == 1 and len(atoms) > 1:
                others = tuple(other for other in atoms if other is not atom)
                if self._goal(others, Term(atom.edition, refused)):
                    return True
        return self._required_nothing(atoms)

    def _required_nothing(self, atoms: tuple[Term, ...]) -> bool:
        """Tell whether a property that must be there admits no value: alternatives with different tags, for one."""
        kinds = self.terms.kinds(atoms)
        if kinds <= _SCALARS:
            said = sum(len(atom.schema.keys() - {"type"}) for atom in atoms if isinstance(atom.schema, dict))
            return said > 1 and self._leaf(atoms, Term(atoms[0].edition, schema=False))
        if kinds != {"object"}:
            return False
        for name in required_names(atoms):
            self._spend(len(atoms))
            found = tuple(constraints_of(self.terms, atoms, name))
            if found and self._below(found, Term(found[0].edition, schema=False)):
                return True
        return False

    def parts(self, right: Term) -> Iterator[tuple[str, Term]]:
        """Yield what a term says, part by part: a value fits it if it fits all."""
        if any(keyword.startswith("unevaluated") for keyword in right.schema):
            yield "unevaluated", right
        seen: set[str] = set()
        for keyword in right.schema:
            group = _GROUP_OF.get(keyword, keyword)
            if keyword in CONSTRAINTS and group not in seen and not keyword.startswith("unevaluated"):
                seen.add(group)
                yield group, self.terms.part(right, _GROUPS.get(group, (keyword,)), group)

    def _keyword(self, left: tuple[Term, ...], atoms: tuple[Term, ...], group: str, right: Term) -> bool:
        kinds = self.terms.kinds(atoms)
        for kind_words, of_kinds in (
            (_OF_OBJECTS, {"object"}), (_OF_ARRAYS, {"array"}), (_OF_STRINGS, {"string"}),
            (_OF_NUMBERS, {"integer", "fraction"}),
        ):  # fmt: skip
            if group in kind_words and not kinds & of_kinds:
                return True
        if self._rule(left, atoms, group, right):
            return True
        return self._by_cases(atoms, right) or self._asked(left, right)

    def _rule(self, left: tuple[Term, ...], atoms: tuple[Term, ...], group: str, right: Term) -> bool:
        schema, edition = right.schema, right.edition
        match group:
            case "$ref":
                return self._goal(left, self.terms.target(right))
            case "allOf":
                return all(self._goal(left, Term(edition, branch)) for branch in schema["allOf"])
            case "type":
                return self.terms.kinds(atoms) <= self.terms.kinds([right])
            case "object":
                return self._object(atoms, right)
            case "array":
                return self._array(atoms, right)
            case "anyOf":
                return any(self._goal(left, branch) for branch in self.possible(atoms, right, "anyOf"))
            case "oneOf":
                return self._one_of(left, atoms, right)
            case "not":
                return self._excluded(atoms, Term(edition, schema["not"]))
            case "if":
                return self._if(left, atoms, right)
            case "contains":
                return self._contains(atoms, right)
            case "propertyNames":
                return self._names(atoms, right)
            case "dependentSchemas":
                return self._dependent(left, atoms, right)
            case "required":
                return set(schema["required"]) <= set(required_names(atoms)) or self._leaf(atoms, right)
            case "pattern" | "minLength" | "maxLength":
                return self._leaf(atoms, right) or self._text(atoms, right)
            case "unevaluated":
                return False
            case _:
                return self._leaf(atoms, right)

    def _leaf(self, atoms: tuple[Term, ...], right: Term) -> bool:
        """Ask the algebra, with all that can be said without following references."""
        if refers(right.schema):
            return False
        self._spend(_ASKING)
        known = {"allOf": [shallow(atom.schema) for atom in atoms]}
        if not is_small(right.schema, known):
            known = {"allOf": [flat(atom.schema) for atom in atoms]}
        return is_small(right.schema, known) and covers(right.schema, known)

    def _text(self, atoms: tuple[Term, ...], right: Term) -> bool:
        """Ask whether the patterns and lengths on the left leave only texts that the right one admits."""
        self._spend(_ASKING)
        known = tuple(pattern for atom in atoms for pattern in _patterns(atom.schema))
        return all(self._within(known, wanted) for wanted in _patterns(right.schema))

    def _asked(self, left: tuple[Term, ...], right: Term) -> bool:
        """Ask the algebra about the whole, references included, where it is small and of one edition."""
        editions = {id(term.edition): term.edition for term in left}
        if len(editions) != 1 or self._splits:
            return False
        (edition,) = editions.values()
        whole: JSON = {"allOf": [term.schema for term in left]}
        if edition.size(whole) + right.edition.size(right.schema) > _LARGEST:
            return False
        self._spend(_ASKING)
        wide, narrow = right.edition.bundle(right.schema), edition.bundle(whole)
        return is_small(wide, narrow) and covers(wide, narrow)

    def _object(self, atoms: tuple[Term, ...], right: Term) -> bool:
        names = dict.fromkeys(
            name
            for term in (right, *atoms)
            if isinstance(term.schema, dict)
            for name in (*term.schema.get("properties", ()), *term.schema.get("required", ()))
        )
        for name in names:
            wanted = list(constraints_of(self.terms, [right], name))
            found = tuple(constraints_of(self.terms, atoms, name)) if wanted else ()
            nothing = Term(right.edition, schema=False)
            if not all(self._below(found, one) for one in wanted) and not self._below(found, nothing):
                return False
        return all(self._below(found, one) for found, one in other_names(atoms, right))

    def _array(self, atoms: tuple[Term, ...], right: Term) -> bool:
        lists = [term for term in (right, *atoms) if isinstance(term.schema, dict)]
        longest = max(len(term.schema.get("prefixItems", ())) for term in lists)
        for index in range(longest + 1):
            wanted = list(items_at([right], index))
            found = tuple(items_at(atoms, index))
            if not all(self._below(found, one) for one in wanted) and not self._leaf(
                atoms, self._at_most(right, index)
            ):
                return False
        return True

    def possible(self, atoms: tuple[Term, ...], right: Term, union: str) -> list[Term]:
        """Return the alternatives that are not out of the question at a glance."""
        marks = self.cases.marker.of(atoms)
        branches = (Term(right.edition, branch) for branch in right.schema[union])
        return [branch for branch in branches if not self.cases.marker.of([branch]).apart(marks)]

    def _one_of(self, left: tuple[Term, ...], atoms: tuple[Term, ...], right: Term) -> bool:
        branches = self.possible(atoms, right, "oneOf")
        for branch in branches:
            if self._goal(left, branch):
                return all(self._excluded(atoms, other) for other in branches if other is not branch)
        return False

    def _excluded(self, atoms: tuple[Term, ...], refused: Term) -> bool:
        """Tell whether nothing that fits the atoms fits this."""
        return self._nothing(self.cases.settled((*atoms, refused))[0])

    def _if(self, left: tuple[Term, ...], atoms: tuple[Term, ...], right: Term) -> bool:
        edition, schema = right.edition, right.schema
        condition = Term(edition, schema["if"]) if "if" in schema else None
        if condition is None:
            return True
        refused = self.cases.refused(condition)
        then, other = schema.get("then", True), schema.get("else", True)
        alike = [
            atom
            for atom in atoms
            if isinstance(atom.schema, dict)
            and "if" in atom.schema
            and self.terms.same(Term(atom.edition, atom.schema["if"]), condition)
        ]
        known = [[Term(atom.edition, atom.schema.get(word, True)) for atom in alike] for word in ("then", "else")]
        return self._goal((*left, condition, *known[0]), Term(edition, then)) and self._goal(
            (*left, refused, *known[1]), Term(edition, other)
        )

    def _contains(self, atoms: tuple[Term, ...], right: Term) -> bool:
        schema = right.schema
        if "contains" not in schema or (schema.get("minContains", 1) == 0 and "maxContains" not in schema):
            return True
        wanted = Term(right.edition, schema["contains"])
        for atom in atoms:
            if not isinstance(atom.schema, dict) or "contains" not in atom.schema:
                continue
            found = Term(atom.edition, atom.schema["contains"])
            enough = atom.schema.get("minContains", 1) >= schema.get("minContains", 1)
            few = "maxContains" not in schema or atom.schema.get("maxContains", 1e99) <= schema["maxContains"]
            if enough and few and self._below([found], wanted):
                return "maxContains" not in schema or self._below([wanted], found)
        return self._leaf(atoms, right)

    def _names(self, atoms: tuple[Term, ...], right: Term) -> bool:
        wanted = Term(right.edition, right.schema["propertyNames"])
        for atom in atoms:
            if not isinstance(atom.schema, dict):
                continue
            if "propertyNames" in atom.schema and self._below(
                [Term(atom.edition, atom.schema["propertyNames"])], wanted
            ):
                return True
            if atom.schema.get("additionalProperties") is False and "patternProperties" not in atom.schema:
                return all(self.terms.fits(wanted, name) for name in atom.schema.get("properties", ()))
        return self._leaf(atoms, right)

    def _dependent(self, left: tuple[Term, ...], atoms: tuple[Term, ...], right: Term) -> bool:
        for name, schema in right.schema["dependentSchemas"].items():
            known = tuple(
                Term(atom.edition, atom.schema["dependentSchemas"][name])
                for atom in atoms
                if isinstance(atom.schema, dict) and name in atom.schema.get("dependentSchemas", {})
            )
            if not self._goal((*left, *known), Term(right.edition, schema)):
                return False
        return True

    def _by_cases(self, atoms: tuple[Term, ...], right: Term) -> bool:
        """Split what is on the left, and prove each case by itself."""
        if self._splits >= _MOST_SPLITS:
            return False
        self._splits += 1
        try:
            return any(all(self._goal(case, right) for case in cases) for cases in self.cases.of(atoms, right))
        finally:
            self._splits -= 1

    def _at_most(self, right: Term, count: int) -> Term:
        return self.terms.made(right.edition, (right.schema, label(f"at most {count}")), lambda: {"maxItems": count})
