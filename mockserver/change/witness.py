"""A value that fits one side and not the other.

Values are proposed by the generator and by the difference that the algebra knows, and judged by the compiled validators
of both sides: what is returned is a fact, whatever proposed it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.errors import MockserverError
from mockserver.generate.generator import Generator
from mockserver.schema.algebra import difference
from mockserver.schema.compile import Validators
from mockserver.schema.edition import Edition
from mockserver.schema.terms import Term, Terms
from mockserver.values import JSON

TRIES = 40
_OTHER = "other."
_SMALL = 60
_ENOUGH = 5
_CROWD = 50


class Refuter:
    """Looks for witnesses; remembers the generators of whole schemas, which are dear."""

    def __init__(self, terms: Terms, validators: Validators) -> None:
        self._terms = terms
        self._validators = validators
        self._generators: dict[tuple[int, int], tuple[JSON, Generator]] = {}

    def refutations(self, edition: Edition, written: JSON, right: Term) -> Iterator[JSON]:
        """Yield values of the written schema that do not fit the right side, a few at most."""
        left = Term(edition, edition.judged(written))
        found = 0
        for value in self._proposed(edition, written, right):
            if self._terms.fits(left, value) and not self._terms.fits(right, value):
                yield value
                found += 1
                if found == _ENOUGH:
                    return

    def sample(self, edition: Edition, written: JSON, seed: int = 0) -> JSON:
        """Return a value of a schema; raise Unsatisfiable."""
        key = (id(edition), id(written))
        if key not in self._generators:
            self._generators[key] = (written, Generator(edition.bundle(written, judged=False), self._validators))
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

    def _proposed(self, edition: Edition, written: JSON, right: Term) -> Iterator[JSON]:
        if right.schema is False:
            yield from self._of(edition, written, 3)
            return
        yield from self.steered(edition, written, self.refused(right))
        if isinstance(right.schema, dict) and right.schema.get("maxContains", _CROWD) < _CROWD:
            yield from self._crowds(right)
        judged = edition.judged(written)
        if edition.size(judged) + right.edition.size(right.schema) <= _SMALL:
            left = edition.bundle(judged)
            rest = difference(left, right.edition.bundle(right.schema))
            if rest is not None:
                yield from self._draws(rest, 3)
        yield from self._of(edition, written, TRIES)

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
        try:
            generator = Generator(schema, self._validators)
            for seed in range(count):
                yield generator.draw(seed)
        except MockserverError:
            return
