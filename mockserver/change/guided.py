"""Where a proof fails, a value that makes it fail: found by going down the same way, and put back on the way up.

Proposes only: small values, made of the terms themselves, with one thing in them that the right side may refuse. Who
asks judges them. Leaves are drawn by the generator, from schemas without references.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from mockserver.generate.proposals import proposals
from mockserver.schema.compile import Validators
from mockserver.schema.inclusion import Prover
from mockserver.schema.objects import constraints_of, items_at, other_names, required_names
from mockserver.schema.shallow import shallow
from mockserver.schema.terms import Term
from mockserver.values import JSON

_DEEPEST = 10
_SMALLEST = 12
_FEW = 4
_CASES = 8
_STEPS = 80
_LEAF_EFFORT = 3000
_SHARE = 0.02
_SPARE = "other"
_SCALARS: Mapping[str, JSON] = {"null": None, "boolean": True}

Terms = tuple[Term, ...]


class Guide:
    """Goes down where `prover` does not prove."""

    def __init__(self, prover: Prover, validators: Validators) -> None:
        self._prover = prover
        self._terms = prover.terms
        self._cases = prover.cases
        self._validators = validators
        self._steps = 0
        self._small: dict[frozenset[tuple[int, int]], tuple[Terms, list[JSON]]] = {}

    def refutations(self, left: Terms, right: Term) -> Iterator[JSON]:
        """Propose values that fit all on the left, and perhaps not the right."""
        self._steps = _STEPS
        yield from self._refuted(left, right, 0)

    def small(self, left: Terms, depth: int = 0) -> list[JSON]:
        """Return a small value that fits all terms, probably; nothing where none is found at once."""
        key = frozenset(term.key for term in left)
        found = self._small.get(key)
        if found is None:
            self._steps -= 1
            if depth > _SMALLEST or self._steps < 0:
                return []
            self._small[key] = (left, [])  # what requires itself for ever has no value
            self._small[key] = found = (left, list(islice(self._made(left, depth), 1)))
        return found[1]

    def _refuted(self, left: Terms, right: Term, depth: int) -> Iterator[JSON]:
        atoms, _ = self._cases.settled(left)
        self._steps -= 1
        if depth > _DEEPEST or self._steps < 0 or not self._terms.kinds(atoms):
            return
        values = self._terms.values(atoms)
        if values is not None:
            yield from (value for value in values if not self._terms.fits(right, value))
        elif right.schema is False:
            yield from self.small(atoms)
        elif right.schema is not True:
            for case in self._split(atoms, right):
                for group, part in self._prover.parts(right):
                    if not self._proves(case, part):
                        yield from self._at(group, case, part, depth)

    def _proves(self, left: Terms, right: Term) -> bool:
        return self._prover.proves(left, right, share=_SHARE)

    def _split(self, atoms: Terms, right: Term) -> Iterator[Terms]:
        """Yield the cases in which the proof fails; all at once where there is nothing to split."""
        cases = next(self._cases.of(atoms, right), [atoms])
        yield from islice((case for case in cases if not self._proves(case, right)), _CASES)

    def _at(self, group: str, left: Terms, right: Term, depth: int) -> Iterator[JSON]:
        schema, edition = right.schema, right.edition
        match group:
            case "$ref":
                yield from self._refuted(left, self._terms.target(right), depth)
            case "allOf":
                for branch in schema["allOf"]:
                    yield from self._refuted(left, Term(edition, branch), depth)
            case "anyOf" | "oneOf":
                yield from self._union(left, right, group, depth)
            case "object":
                yield from self._object(left, right, depth)
            case "array":
                yield from self._array(left, right, depth)
            case "required":
                for whole in self.small(left):
                    for name in schema["required"] if isinstance(whole, dict) else ():
                        yield {key: value for key, value in whole.items() if key != name}
            case "if" if "if" in schema:
                condition = Term(edition, schema["if"])
                then, other = schema.get("then", True), schema.get("else", True)
                yield from self._refuted((*left, condition), Term(edition, then), depth)
                yield from self._refuted((*left, self._cases.refused(condition)), Term(edition, other), depth)
            case "not":
                yield from self.small((*left, Term(edition, schema["not"])))
            case _:
                yield from self._leaves(left, {"not": shallow(schema)})

    def _union(self, left: Terms, right: Term, union: str, depth: int) -> Iterator[JSON]:
        branches = self._prover.possible(left, right, union)
        if not branches:
            yield from self.small(left)
        for branch in branches[:_CASES]:
            yield from islice(self._refuted(left, branch, depth), _FEW)
        if union == "oneOf":
            for number, branch in enumerate(branches[:_FEW]):
                for other in branches[:number]:
                    yield from self.small((*left, branch, other))

    def _object(self, left: Terms, right: Term, depth: int) -> Iterator[JSON]:
        atoms, _ = self._cases.settled(left)
        names = dict.fromkeys(
            name
            for term in (right, *atoms)
            if isinstance(term.schema, dict)
            for name in term.schema.get("properties", ())
        )
        for name in names:
            found = tuple(constraints_of(self._terms, atoms, name))
            for wanted in constraints_of(self._terms, [right], name):
                if not self._proves(found, wanted):
                    yield from self._with(left, name, islice(self._refuted(found, wanted, depth + 1), _FEW))
        for found, wanted in other_names(atoms, right):
            if not self._proves(found, wanted):
                yield from self._with(left, _SPARE, islice(self._refuted(found, wanted, depth + 1), _FEW))

    def _with(self, left: Terms, name: str, values: Iterator[JSON]) -> Iterator[JSON]:
        wholes = [whole for whole in self.small(left) if isinstance(whole, dict)]
        for value in values:
            yield from ({**whole, name: value} for whole in wholes)

    def _array(self, left: Terms, right: Term, depth: int) -> Iterator[JSON]:
        atoms, _ = self._cases.settled(left)
        lists = [term.schema for term in (right, *atoms) if isinstance(term.schema, dict)]
        longest = max(len(schema.get("prefixItems", ())) for schema in lists)
        for index in range(longest + 1):
            found = tuple(items_at(atoms, index))
            before = [self.small(tuple(items_at(atoms, earlier))) for earlier in range(index)]
            for wanted in items_at([right], index):
                if all(before) and not self._proves(found, wanted):
                    for value in islice(self._refuted(found, wanted, depth + 1), _FEW):
                        start = [*(one[0] for one in before), value]
                        yield from ([*start, *whole[len(start) :]] for whole in self._lists(left, start))

    def _lists(self, left: Terms, start: list[JSON]) -> list[list[JSON]]:
        return [whole for whole in self.small(left) if isinstance(whole, list)] or [start]

    def _leaves(self, left: Terms, more: JSON) -> Iterator[JSON]:
        atoms, _ = self._cases.settled(left)
        kinds = self._terms.kinds(atoms)
        if kinds & {"object", "array"}:
            yield from self.small(left)
        schema: JSON = {"allOf": [*(shallow(atom.schema) for atom in atoms), more]}
        yield from proposals(schema, self._validators, _FEW, _LEAF_EFFORT)

    def _made(self, left: Terms, depth: int) -> Iterator[JSON]:
        """Yield values that fit all terms, the smallest that come to mind first."""
        atoms, _ = self._cases.settled(left)
        values = self._terms.values(atoms)
        if values is not None:
            yield from (value for value in values if all(self._terms.fits(atom, value) for atom in atoms))
            return
        for cases in islice(self._cases.unions(atoms), 1):
            for case in cases[:_CASES]:
                yield from self.small(case, depth + 1)
            return
        for kind in sorted(self._terms.kinds(atoms), key=_SIZES.__getitem__):
            yield from self._of_kind(kind, atoms, depth)

    def _of_kind(self, kind: str, atoms: Terms, depth: int) -> Iterator[JSON]:
        if kind == "object":
            inner = {
                name: self.small(tuple(constraints_of(self._terms, atoms, name)), depth + 1)
                for name in required_names(atoms)
            }
            if all(inner.values()):
                yield {name: found[0] for name, found in inner.items()}
        elif kind == "array":
            lists = (atom.schema for atom in atoms if isinstance(atom.schema, dict))
            fewest = max((int(schema.get("minItems", 0)) for schema in lists), default=0)
            items = [self.small(tuple(items_at(atoms, index)), depth + 1) for index in range(min(fewest, _SMALLEST))]
            if all(items):
                yield [found[0] for found in items]
        elif kind in _SCALARS:
            yield _SCALARS[kind]
        else:
            schema: JSON = {"allOf": [*(shallow(atom.schema) for atom in atoms), {"type": _TYPES.get(kind, kind)}]}
            yield from proposals(schema, self._validators, 1, _LEAF_EFFORT)


_SIZES = {"object": 0, "array": 1, "string": 2, "integer": 3, "fraction": 4, "boolean": 5, "null": 6}
_TYPES = {"fraction": "number"}
