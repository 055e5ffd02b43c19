"""A value that fits one side and not the other.

Values are proposed by the generator and by the difference that the algebra knows, and judged by the compiled validators
of both sides: what is returned is a fact, whatever proposed it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.change.guided import Guide
from mockserver.change.lean import Leaner, Unfit
from mockserver.errors import MockserverError
from mockserver.generate.generator import Generator
from mockserver.generate.proposals import proposals
from mockserver.schema.algebra import difference, is_small
from mockserver.schema.compile import Validators
from mockserver.schema.edition import Edition
from mockserver.schema.inclusion import Prover
from mockserver.schema.terms import Term
from mockserver.values import JSON

TRIES = 40
_QUICK, _THOROUGH = 20_000, 60_000
_OTHER = "other."
_SMALL = 12
_ENOUGH = 5
_CROWD = 50
_ODD: tuple[JSON, ...] = ("~", -1, 0.5, True, [], {}, None)


class Refuter:
    """Looks for witnesses; remembers the generators of whole schemas, which are dear."""

    def __init__(self, prover: Prover, strict: Prover, validators: Validators) -> None:
        self._terms = prover.terms
        self._guides = Guide(prover, validators), Guide(strict, validators)
        self._validators = validators
        self._lean: dict[tuple[int, int, bool], tuple[JSON, JSON]] = {}
        self._generators: dict[tuple[int, int], tuple[JSON, Generator]] = {}

    def refutations(self, edition: Edition, written: JSON, right: Term, *, filled: bool = False) -> Iterator[JSON]:
        """Yield values of the written schema that do not fit the right side, a few at most; `filled` for forms."""
        left = Term(edition, edition.judged(written))
        found = 0
        for proposed in self._proposed(edition, written, right):
            value = self._filled(edition, written, proposed) if filled else proposed
            if self._terms.fits(left, value) and not self._terms.fits(right, value):
                yield value
                found += 1
                if found == _ENOUGH:
                    return

    def whole(self, left: Term, right: Term) -> Iterator[JSON]:
        """Propose values of the left side that the right one refuses, wherever that is."""
        yield from self._guides[1].refutations((left,), right)

    def lean(self, edition: Edition, written: JSON, *, filled: bool = False) -> JSON:
        """Return a small value of a schema, `filled` for forms; raise Unsatisfiable."""
        key = (id(edition), id(written), filled)
        if key not in self._lean:
            try:
                value = Leaner(edition, lambda leaf: self.sample(edition, leaf), filled=filled).of(written)
            except Unfit:
                value = self.sample(edition, written)
            if not self._terms.fits(Term(edition, edition.judged(written)), value):
                value = self.sample(edition, written)
            self._lean[key] = (written, value)
        return self._lean[key][1]

    def sample(self, edition: Edition, written: JSON, seed: int = 0) -> JSON:
        """Return a believable value of a schema; raise Unsatisfiable."""
        key = (id(edition), id(written))
        if key not in self._generators:
            self._generators[key] = (
                written,
                Generator(edition.bundle(written, judged=False), self._validators, effort=_THOROUGH),
            )
        return self._generators[key][1].draw(seed)

    def refused(self, right: Term) -> JSON:
        """Return a schema of what does not fit the right side, with names that do not meet those of the left."""
        bundle = right.edition.bundle(right.schema, prefix=_OTHER)
        if not isinstance(bundle, dict):
            return {"not": bundle}
        return {
            "not": {key: value for key, value in bundle.items() if key != "$defs"},
            "$defs": bundle.get("$defs", {}),
        }

    def steered(self, edition: Edition, written: JSON, more: JSON) -> Iterator[JSON]:
        """Yield values of a schema that fit another, self-contained one as well."""
        bundle = edition.bundle(written, judged=False)
        definitions = {**bundle.pop("$defs", {}), **more.get("$defs", {})} if isinstance(bundle, dict) else {}
        rest = {key: value for key, value in more.items() if key != "$defs"}
        yield from self._draws({"allOf": [bundle, rest], "$defs": definitions}, 3)

    def _filled(self, edition: Edition, written: JSON, value: JSON) -> JSON:
        """Return an object with something in what is empty in it: forms spell no empty list."""
        if not isinstance(value, dict) or all(inner not in ([], {}) for inner in value.values()):
            return value
        try:
            sample = self.lean(edition, written, filled=True)
        except MockserverError:
            return value
        known = sample if isinstance(sample, dict) else {}
        return {name: known.get(name, inner) if inner in ([], {}) else inner for name, inner in value.items()}

    def _proposed(self, edition: Edition, written: JSON, right: Term) -> Iterator[JSON]:
        if right.schema is False:
            yield from self._of(edition, written, 3)
            return
        for guide in self._guides:
            yield from guide.refutations((Term(edition, edition.judged(written)),), right)
        yield from self._near(edition, written, right)
        yield from self.steered(edition, written, self.refused(right))
        if isinstance(right.schema, dict) and right.schema.get("maxContains", _CROWD) < _CROWD:
            yield from self._crowds(right)
        judged = edition.judged(written)
        if edition.size(judged) + right.edition.size(right.schema) <= _SMALL:
            left = edition.bundle(judged)
            other = right.edition.bundle(right.schema)
            rest = difference(left, other) if is_small(left, other) else None
            if rest is not None:
                yield from self._draws(rest, 3)
        yield from self._of(edition, written, TRIES)

    def _near(self, edition: Edition, written: JSON, right: Term) -> Iterator[JSON]:
        """Yield small values in which nothing but what the right side asks for is wrong."""
        wanted = right.schema if isinstance(right.schema, dict) else {}
        if not wanted.keys() <= {"required", "properties"}:
            return
        try:
            value = self.lean(edition, written)
        except MockserverError:
            return
        if not isinstance(value, dict):
            return
        for name in wanted.get("required", ()):
            yield {key: inner for key, inner in value.items() if key != name}
        for name, schema in wanted.get("properties", {}).items():
            if isinstance(schema, bool) or not right.edition.references(schema):
                yield from ({**value, name: odd} for odd in self._odd(edition, written, name, schema))

    def _odd(self, edition: Edition, written: JSON, name: str, schema: JSON) -> Iterator[JSON]:
        """Yield values of a property that its old schema admits and the new one does not."""
        declared = written.get("properties", {}) if isinstance(written, dict) else {}
        if name in declared:
            yield from self.steered(edition, declared[name], {"not": schema})
        else:
            yield from _ODD

    def _crowds(self, right: Term) -> Iterator[JSON]:
        """Yield arrays that contain too much."""
        count = int(right.schema["maxContains"]) + 1
        found = list(self._of(right.edition, right.schema.get("contains", True), count))
        for extra in range(2):
            yield [*found, *found[:extra]] if len(found) == count else []

    def _of(self, edition: Edition, written: JSON, count: int) -> Iterator[JSON]:
        try:
            for seed in range(count):
                yield self.sample(edition, written, seed)
        except MockserverError:  # it admits nothing, or nothing was found
            return

    def _draws(self, schema: JSON, count: int) -> Iterator[JSON]:
        yield from proposals(schema, self._validators, count, _QUICK)
        try:
            generator = Generator(schema, self._validators, effort=_THOROUGH)
            for seed in range(count):
                yield generator.draw(seed)
        except MockserverError:
            return
