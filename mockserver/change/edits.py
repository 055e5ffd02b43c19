"""Two schemas side by side: what was edited, whatever it means.

Walks the written forms of both editions together and stops at pairs of references: those are compared once, by
themselves. Does not judge: each edit names the part of a schema by which it is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.change.branches import aligned
from mockserver.change.keywords import WHOLE, compared
from mockserver.change.spots import Child, Edit, Spot, Step, edit_of
from mockserver.schema.edition import WRAP, Edition, referred
from mockserver.schema.terms import exactly
from mockserver.values import JSON

Same = Callable[[Edition, Edition, str], bool]


class Walk:
    """One walk through one pair of schemas."""

    def __init__(self, same: Same) -> None:
        self._same = same
        self._seen: set[tuple[int, int]] = set()

    def compare(self, old: Spot, new: Spot, way: tuple[Step, ...] = ()) -> Iterator[Edit | Child]:
        """Yield what differs."""
        old, new = _unwrapped(old), _unwrapped(new)
        names = referred(old.schema), referred(new.schema)
        if all(names):
            if names[0] != names[1] or not self._same(old.edition, new.edition, names[0]):
                yield Child(way, *names)
            return
        if self._unchanged(old, new):
            return
        if any(names):
            key = id(old.schema), id(new.schema)
            if key not in self._seen:
                self._seen.add(key)
                yield from self.compare(_followed(old, names[0]), _followed(new, names[1]), way)
            return
        yield from self._nullable(old, new, way)

    def _unchanged(self, old: Spot, new: Spot) -> bool:
        return exactly(old.schema, new.schema) and all(
            self._same(old.edition, new.edition, name) for name in old.edition.references(old.schema)
        )

    def _nullable(self, old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit | Child]:
        (old_inner, old_null), (new_inner, new_null) = _without_null(old), _without_null(new)
        if isinstance(old_inner.schema, bool) or isinstance(new_inner.schema, bool):
            yield Edit("schema-changed", way, old, new, "whole", "what is allowed here changed")
            return
        if old_null != new_null and not _DECIDING.isdisjoint((old if new_null else new).schema):
            word = "null-added" if new_null else "null-removed"
            told = "null is allowed now" if new_null else "null is no longer allowed"
            yield Edit(word, way, old, new, "null", told, ("type",), ("type",))
        if old_inner is not old or new_inner is not new:
            yield from self.compare(old_inner, new_inner, way)
            return
        yield from compared(old, new, way)
        yield from self._objects(old, new, way)
        yield from self._arrays(old, new, way)
        yield from self._reference(old, new, way)
        for union in ("allOf", "anyOf", "oneOf"):
            yield from self._union(union, old, new, way)
        yield from self._wholes(old, new, way)

    def _objects(self, old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit | Child]:
        ours, theirs = _map(old, "properties"), _map(new, "properties")
        for name in ours:
            if name in theirs:
                step = Step("property", name, old, new)
                yield from self.compare(old.below("properties", name), new.below("properties", name), (*way, step))
            else:
                told = f"property {name} is no longer declared"
                yield Edit("property-removed", way, old, new, f"property {name}", told, ("properties", name), None)
        for name in theirs:
            if name not in ours:
                told = f"property {name} is new"
                yield Edit("property-added", way, old, new, f"property {name}", told, None, ("properties", name))
        yield from _required(old, new, way)
        yield from self._one("additionalProperties", "additional-properties-changed", old, new, way)
        ours, theirs = _map(old, "patternProperties"), _map(new, "patternProperties")
        for pattern in dict.fromkeys((*ours, *theirs)):
            if pattern in ours and pattern in theirs:
                steps = ("patternProperties", pattern)
                step = Step("other", pattern, old, new)
                yield from self.compare(old.below(*steps), new.below(*steps), (*way, step))
            else:
                told = f"properties that match {pattern} are {'no longer' if pattern in ours else 'now'} described"
                yield edit_of("pattern-properties-changed", "patternProperties", old, new, way, told, part="object")

    def _arrays(self, old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit | Child]:
        yield from self._one("items", "items-changed", old, new, way)
        ours, theirs = _list(old, "prefixItems"), _list(new, "prefixItems")
        for index in range(min(len(ours), len(theirs))):
            step = Step("item", index, old, new)
            yield from self.compare(old.below("prefixItems", index), new.below("prefixItems", index), (*way, step))
        if len(ours) != len(theirs):
            told = f"the first {len(theirs)} items are described, there were {len(ours)}"
            yield edit_of("prefix-items-changed", "prefixItems", old, new, way, told, part="array")

    def _one(self, keyword: str, rule: str, old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit | Child]:
        """Compare a keyword that holds one schema."""
        ours, theirs = old.schema.get(keyword, True), new.schema.get(keyword, True)
        if isinstance(ours, dict) and isinstance(theirs, dict):
            step = Step("item" if keyword == "items" else "other", "*", old, new)
            yield from self.compare(old.below(keyword), new.below(keyword), (*way, step))
        elif not exactly(ours, theirs):
            group = "array" if keyword == "items" else "object"
            yield edit_of(rule, keyword, old, new, way, f"{keyword}: {_said(ours)} became {_said(theirs)}", part=group)

    def _reference(self, old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit | Child]:
        """Compare references that stand beside other keywords."""
        ours, theirs = _ref(old), _ref(new)
        if ours and theirs:
            if ours != theirs or not self._same(old.edition, new.edition, ours):
                yield Child((*way, Step("same", "$ref", old, new)), ours, theirs)
        elif ours or theirs:
            told = f"what {ours or theirs} says is {'no longer' if ours else 'now'} asked for as well"
            yield edit_of(f"all-of-{'removed' if ours else 'added'}", "$ref", old, new, way, told, part="whole")

    def _union(self, union: str, old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit | Child]:
        ours, theirs = _list(old, union), _list(new, union)
        if not ours and not theirs:
            return
        if not ours or not theirs:
            rule = "all-of" if union == "allOf" else "alternatives"
            told = f"{union} {'is no longer said' if ours else 'is said now'}"
            word = ("removed" if ours else "added") if union == "allOf" else "changed"
            yield edit_of(f"{rule}-{word}", union, old, new, way, told, part="whole")
            return
        both, gone, come = aligned(old.edition, ours, new.edition, theirs)
        for left, right in both:
            step = Step("same", union, old, new)
            yield from self.compare(old.below(union, left), new.below(union, right), (*way, step))
        rule = "all-of" if union == "allOf" else "alternative"
        for index in gone:
            told = f"{_named(ours[index])} is no longer one of {union}"
            yield Edit(f"{rule}-removed", way, old, new, "whole", told, (union, index), (union,))
        for index in come:
            told = f"{_named(theirs[index])} is one of {union} now"
            yield Edit(f"{rule}-added", way, old, new, "whole", told, (union,), (union, index))

    def _wholes(self, old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit]:
        for rule, (keywords, part) in WHOLE.items():
            ours = {keyword: old.schema[keyword] for keyword in keywords if keyword in old.schema}
            theirs = {keyword: new.schema[keyword] for keyword in keywords if keyword in new.schema}
            if exactly(ours, theirs) and all(
                self._same(old.edition, new.edition, name) for name in old.edition.references(ours)
            ):
                continue
            word = next(keyword for keyword in keywords if keyword in ours or keyword in theirs)
            done = "is said now" if not ours else "is no longer said" if not theirs else "says something else"
            yield edit_of(rule, word, old, new, way, f"{' and '.join(keywords[:1])} {done}", part=part)


def _unwrapped(spot: Spot) -> Spot:
    """Return the one schema of an allOf that says nothing else: in 3.0 the only way to describe a reference."""
    while isinstance(spot.schema, dict) and spot.schema.keys() <= {"allOf", "title", "description"}:
        if len(spot.schema.get("allOf", ())) != 1:
            break
        spot = spot.below("allOf", 0)
    return spot


def _followed(spot: Spot, name: str) -> Spot:
    if not name:
        return spot
    schema = spot.edition.definition(name)
    return Spot(spot.edition, spot.edition.target(name), schema, schema)


def _map(spot: Spot, keyword: str) -> dict[str, JSON]:
    found = spot.schema.get(keyword)
    return found if isinstance(found, dict) else {}


def _list(spot: Spot, keyword: str) -> list[JSON]:
    found = spot.schema.get(keyword)
    return found if isinstance(found, list) else []


def _ref(spot: Spot) -> str:
    return str(spot.schema.get("$ref", "")).removeprefix("#/$defs/")


def _required(old: Spot, new: Spot, way: tuple[Step, ...]) -> Iterator[Edit]:
    ours, theirs = _list(old, "required"), _list(new, "required")
    for name in theirs:
        if name not in ours:
            told = f"property {name} is required now"
            yield Edit("property-required", way, old, new, f"required {name}", told, _where(old, name), ("required",))
    for name in ours:
        if name not in theirs:
            told = f"property {name} is no longer required"
            yield Edit("property-optional", way, old, new, f"required {name}", told, ("required",), _where(new, name))


def _where(spot: Spot, name: str) -> tuple[str | int, ...]:
    return ("properties", name) if name in _map(spot, "properties") else ()


_DECIDING = frozenset({"type", "enum", "const", "allOf", "anyOf", "oneOf", "not", "$ref"})
"""A schema that says none of them allows null."""


def _without_null(spot: Spot) -> tuple[Spot, bool]:
    """Return what a schema says besides null, and whether it allows null by its types or by an alternative."""
    schema = spot.schema
    if not isinstance(schema, dict):
        return spot, False
    if WRAP in schema:
        return spot.below("anyOf", 0), True
    for union in ("anyOf", "oneOf"):
        branches = schema.get(union)
        if isinstance(branches, list) and {"type": "null"} in branches:
            rest = [index for index, branch in enumerate(branches) if branch != {"type": "null"}]
            if len(rest) == 1 and not (schema.keys() - {union, "title", "description", "default", "deprecated"}):
                return spot.below(union, rest[0]), True
            return spot, True
    types = schema.get("type")
    return spot, types == "null" or (isinstance(types, list) and "null" in types)


def _said(value: JSON) -> str:
    return "a schema" if isinstance(value, dict) else str(value).lower()


def _named(schema: JSON) -> str:
    if isinstance(schema, dict):
        return referred(schema) or str(schema.get("title") or schema.get("const") or schema.get("type") or "a schema")
    return str(schema).lower()
