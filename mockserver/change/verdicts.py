"""What an edit means: breaking with a witness, compatible with a proof, or unproven.

Left is the side whose values must keep fitting: the old one for what the consumer sends, the new one for what it
receives. An edit is judged by the part of the right side that it touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from mockserver.change.keywords import PARTS
from mockserver.change.model import Verdict
from mockserver.change.pairs import Pair, Pairs, delicate_step
from mockserver.change.spots import Edit, Spot, Step
from mockserver.change.witness import TRIES, Refuter
from mockserver.errors import MockserverError
from mockserver.schema.inclusion import Prover
from mockserver.schema.objects import constraints_on
from mockserver.schema.terms import Term, label
from mockserver.values import JSON, Struct, replace
from mockserver.wire.media_type import is_json

_MOST_ROUTES = 4
_MOST_SPELLED = 5
_DEEPEST_EXCUSE = 3
_NULL: JSON = {"type": "null"}


class Judged(Struct, frozen=True):
    """The verdict on an edit; `values` are whole values at any of the sites of `root`, each a witness."""

    edit: Edit
    verdict: Verdict
    beyond: bool = False
    root: Pair | None = None
    values: tuple[JSON, ...] = ()
    tried: int = 0


class Judge:
    """Judges the edits of pairs; `narrows`: what may not come anew is on the new side.

    `strict` is a prover that takes no pair for granted.
    """

    def __init__(self, pairs: Pairs, prover: Prover, strict: Prover, refuter: Refuter, *, narrows: bool) -> None:
        self._strict = strict
        self._pairs = pairs
        self._prover = prover
        self._refuter = refuter
        self._narrows = narrows

    def judge(self, pair: Pair) -> Iterator[Judged]:
        """Yield a verdict on each edit of a pair."""
        left, right = self._sides(pair.old, pair.new)
        if self._prover.proves([_term(left)], _term(right)):
            yield from (Judged(edit, "compatible") for edit in pair.edits)
            return
        for edit in pair.edits:
            yield self.judge_edit(pair, edit)

    def _sides(self, old: Spot, new: Spot) -> tuple[Spot, Spot]:
        return (new, old) if self._narrows else (old, new)

    def judge_edit(self, pair: Pair, edit: Edit) -> Judged:
        """Return the verdict on one edit."""
        if edit.part == "nothing":
            return Judged(edit, "compatible")
        left, right = self._sides(edit.old, edit.new)
        part = self._part(right, edit.part)
        if part is None or self._prover.proves(self._left(left, edit.part), part):
            index = delicate_step(edit.way)
            return Judged(edit, "compatible") if index is None else self._around(pair, edit, index)
        beyond = _is_beyond(left, edit.part)
        filled = any(_is_spelled(root) for root, _ in islice(self._pairs.routes(pair), 1))
        found = list(self._refuter.refutations(left.edition, self._narrowed(left, edit.part), part, filled=filled))
        for root, values in self._lifted(pair, edit, part, found):
            return Judged(edit, "breaking", beyond, root, values)
        if self._is_excused(pair):
            return Judged(edit, "compatible")
        return Judged(edit, "unproven", beyond, tried=TRIES)

    def _is_excused(self, pair: Pair, depth: int = 0) -> bool:
        """Tell whether it is proved that all who refer to a pair admit what it admitted, whatever it says itself."""
        if pair.sites or depth == _DEEPEST_EXCUSE:
            return False
        above = self._pairs.parents(pair)
        for key, way in above:
            parent = self._pairs.found[key]
            around = _around(way)
            if around is not None and self._holds(around.old, around.new):
                continue  # what stands beside the reference narrows it, whatever else changed in the parent
            if not self._holds(parent.old, parent.new) and not self._is_excused(parent, depth + 1):
                return False
        return bool(above)

    def _holds(self, old: Spot, new: Spot) -> bool:
        left, right = self._sides(old, new)
        return self._strict.proves([_term(left)], _term(right))

    def _around(self, pair: Pair, edit: Edit, index: int) -> Judged:
        """Judge an edit that is harmless by itself, together with what stands around it."""
        step = edit.way[index]
        around = Edit(
            edit.rule, edit.way[:index], step.old, step.new, "whole", edit.told, edit.old_steps, edit.new_steps
        )
        judged = self.judge_edit(pair, around)
        return replace(judged, edit=edit)

    def _left(self, left: Spot, part: str) -> list[Term]:
        terms = [_term(left)]
        return [*terms, Term(left.edition, _NULL)] if part == "null" else terms

    def _narrowed(self, left: Spot, part: str) -> JSON:
        return {"allOf": [left.schema, _NULL]} if part == "null" else left.schema

    def _part(self, right: Spot, part: str) -> Term | None:
        """Return the part of the right side that an edit touched; None where it says nothing there."""
        term = _term(right)
        if part in {"whole", "null"}:
            return term
        if not isinstance(term.schema, dict):
            return term
        word, _, name = part.partition(" ")
        terms = self._prover.terms
        if word == "property":
            found = list(constraints_on(term.schema, name, terms.matches))
            made = {"properties": {name: found[0] if len(found) == 1 else {"allOf": found}}}
            return terms.made(right.edition, (term.schema, label(part)), lambda: made) if found else None
        if word == "required":
            needed = name in term.schema.get("required", ())
            return (
                terms.made(right.edition, (term.schema, label(part)), lambda: {"required": [name]}) if needed else None
            )
        keywords = [keyword for keyword in PARTS.get(part, (part,)) if keyword in term.schema]
        return terms.part(term, keywords, part) if keywords else None

    def _lifted(
        self, pair: Pair, edit: Edit, part: Term, values: list[JSON]
    ) -> Iterator[tuple[Pair, tuple[JSON, ...]]]:
        """Yield a value as part of whole messages that fit the left side and not the right.

        One is enough where it is sent as JSON; in other spellings not every value can be said.
        """
        routes = islice(self._pairs.routes(pair), _MOST_ROUTES if values else 0)
        for tried, (root, way) in enumerate(routes):
            sides = self._sides(root.old, root.new)
            left, right = map(_term, sides)
            fits = self._prover.terms.fits
            spelled = _is_spelled(root)
            wholes = self._wholes(sides, (*way, *edit.way), part, values, dear=not tried, filled=spelled)
            broken = (whole for whole in wholes if fits(left, whole) and not fits(right, whole))
            found = tuple(islice(broken, _MOST_SPELLED if spelled else 1))
            if found:
                yield root, found
                return

    def _wholes(
        self,
        sides: tuple[Spot, Spot],
        way: tuple[Step, ...],
        part: Term,
        values: list[JSON],
        *,
        dear: bool,
        filled: bool,
    ) -> Iterator[JSON]:
        """Propose whole values; `dear` ones are sought for, and not only put together; `filled` for forms."""
        left, right = sides
        if not way:
            yield from values
            return
        for value in values:
            with suppress(MockserverError, _Misfit):  # a sample that cannot hold the value says nothing
                yield self._grafted(way, value, filled=filled)
        if not dear:
            return
        for whole in self._refuter.whole(_term(left), _term(right)):
            if any(not self._prover.terms.fits(part, value) for value in _held(whole, way)):
                yield whole
        yield from self._refuter.steered(left.edition, left.schema, _steering(way, {"const": values[0]}))
        # The value may fit another alternative of what it stands in: then the whole is asked for at once.
        inner, outer = self._refuter.refused(part), self._refuter.refused(_term(right))
        definitions = {**inner.pop("$defs", {}), **outer.pop("$defs", {})}
        more = {"allOf": [_steering(way, inner), outer], "$defs": definitions}
        yield from self._refuter.steered(left.edition, left.schema, more)

    def _grafted(self, way: tuple[Step, ...], value: JSON, *, filled: bool) -> JSON:
        """Put a value into samples of all that it stands in."""
        for step in reversed(way):
            holder = self._sides(step.old, step.new)[0]
            if step.kind == "same":
                value = self._joined(holder, value)
                continue
            sample = self._refuter.lean(holder.edition, holder.schema, filled=filled)
            if step.kind == "item":
                items = list(sample) if isinstance(sample, list) else []
                items = items[1:] if filled and len(items) == 1 else items
                index = step.name if isinstance(step.name, int) else len(holder.schema.get("prefixItems", ()))
                if index > len(items):
                    raise _Misfit
                items[index : index + 1] = [value]
                value = items
            elif isinstance(sample, dict):
                value = {**sample, _name(step): value}
            else:
                raise _Misfit
        return value

    def _joined(self, holder: Spot, value: JSON) -> JSON:
        """Add what the schema around an alternative wants of an object."""
        if not isinstance(value, dict) or holder.schema.keys() <= {"anyOf", "oneOf", "discriminator"}:
            return value
        sample = self._refuter.lean(holder.edition, holder.schema)
        return {**sample, **value} if isinstance(sample, dict) else value


def _held(value: JSON, way: tuple[Step, ...]) -> Iterator[JSON]:
    """Yield what a value holds at the end of a way."""
    step = next((step for step in way if step.kind != "same"), None)
    if step is None:
        yield value
        return
    rest = way[way.index(step) + 1 :]
    if step.kind == "item" and isinstance(value, list):
        inner = value if step.name == "*" else value[int(step.name) : int(step.name) + 1]
    elif step.kind != "item" and isinstance(value, dict):
        inner = [value[step.name]] if step.name in value else list(value.values()) if step.kind == "other" else []
    else:
        return
    for one in inner:
        yield from _held(one, rest)


def _around(way: tuple[Step, ...]) -> Step | None:
    """Return the outermost step at the end of a way that stays with one value: what holds a reference in allOf."""
    found = None
    for step in reversed(way):
        if step.kind != "same":
            break
        found = step
    return found


def _is_spelled(root: Pair) -> bool:
    """Tell whether a value is sent otherwise than as JSON, so that not every value can be said."""
    return not all(is_json(site.media_type) for site in root.sites)


class _Misfit(Exception):
    """A sample cannot hold the value."""


def _term(spot: Spot) -> Term:
    return Term(spot.edition, spot.edition.judged(spot.schema))


def _name(step: Step) -> str:
    return str(step.name) if step.kind == "property" else "other"


def _is_beyond(left: Spot, part: str) -> bool:
    """Tell whether the left side says nothing of a property itself: only what is not declared can break there."""
    word, _, name = part.partition(" ")
    if word != "property" or not isinstance(left.schema, dict):
        return False
    declared = name in left.schema.get("properties", {}) or isinstance(left.schema.get("additionalProperties"), dict)
    return not declared and not left.schema.get("patternProperties")


def _steering(way: tuple[Step, ...], schema: JSON) -> JSON:
    """Return a schema that asks for a schema at the end of a way."""
    for step in reversed(way):
        if step.kind == "item":
            index = step.name if isinstance(step.name, int) else len(step.old.schema.get("prefixItems", ()))
            schema = {"type": "array", "minItems": index + 1, "prefixItems": [*([True] * index), schema]}
        elif step.kind != "same":
            schema = {"type": "object", "required": [_name(step)], "properties": {_name(step): schema}}
    return schema
