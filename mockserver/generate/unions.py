"""Unions as choices: what each branch of `anyOf`, `oneOf`, `if`, `not`, `dependentSchemas` and discriminators adds.

Reads one schema at a time and makes no choice; `merge` does. A branch that must keep off others (`oneOf`) names them as
rivals; thorough groups turn rivals into demands, so that they are kept off by construction.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Protocol

from mockserver.generate.facts import Pieces
from mockserver.generate.negate import negations, plain_negation
from mockserver.schema.kinds import Kind
from mockserver.values import JSON, Struct

_HASH = 9  # the length of what a bundle appends to a name that may be taken


class Branch(Struct, frozen=True):
    """Schemas to add, and rivals: schemas that must not fit what comes of it."""

    pieces: Pieces
    rivals: Pieces = ()
    judged: bool = False


class Group(Struct, frozen=True):
    """A union: one of its branches is taken."""

    key: Hashable
    branches: tuple[Branch, ...]


class Shelf(Protocol):
    """Who knows the bundle."""

    def made(self, key: Hashable, schema: JSON) -> JSON:
        """Return the one schema that was made under a key."""
        ...

    def resolve(self, reference: str) -> JSON:
        """Return what a reference leads to."""
        ...

    def resolved(self, schema: JSON) -> JSON:
        """Follow a reference that stands alone."""
        ...

    def kinds_of(self, schema: JSON) -> frozenset[Kind]:
        """Return the kinds that may fit a schema, at least."""
        ...


def plain_name(name: str) -> str:
    """Return the contract's name for a definition of a bundle.

    >>> plain_name("Pet-0c1d2e3f"), plain_name("Pet")
    ('Pet', 'Pet')
    """
    hashed = len(name) > _HASH and name[-_HASH] == "-"
    hashed = hashed and all(digit in "0123456789abcdef" for digit in name[1 - _HASH :])
    return name[:-_HASH] if hashed else name


class Unions:
    """The groups of all schemas of one bundle."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._groups: dict[tuple[Hashable, bool], tuple[Group, ...]] = {}

    def of(self, schema: Mapping[str, JSON], *, thorough: bool) -> tuple[Group, ...]:
        """Return the unions that stand in one schema."""
        key = (id(schema), thorough)
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = tuple(self._groups_in(schema, thorough))
        return found

    def _groups_in(self, schema: Mapping[str, JSON], thorough: bool) -> Iterator[Group]:  # noqa: FBT001 - as in `forms`
        key = id(schema)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                yield Group((key, keyword), self._branches(schema, keyword, thorough=thorough))
        if "if" in schema and ("then" in schema or "else" in schema):
            otherwise = self._shelf.made((key, "else"), {"not": schema["if"]})
            yield Group(
                (key, "if"),
                (
                    Branch((schema["if"], schema.get("then", True))),
                    Branch((otherwise, schema.get("else", True))),
                ),
            )
        for name, dependent in schema.get("dependentSchemas", {}).items():
            present = self._shelf.made((key, "present", name), {"required": [name], "type": "object"})
            absent = self._shelf.made((key, "absent", name), {"properties": {name: False}})
            branches = (Branch((present, dependent)), Branch((absent,)))
            declared = name in schema.get("properties", {}) or name in schema.get("required", ())
            yield Group((key, "dependent", name), branches if declared else branches[::-1])
        if thorough and "not" in schema:
            refused = self._shelf.resolved(schema["not"])
            others = negations(refused, self._shelf) if plain_negation(refused) is None else None
            if others is not None:
                yield Group((key, "not"), tuple(Branch((piece,)) for piece in others))

    def _branches(self, schema: Mapping[str, JSON], keyword: str, *, thorough: bool) -> tuple[Branch, ...]:
        options: list[JSON] = schema[keyword]
        tags = self._tags(schema, options)
        out: list[Branch] = []
        untagged: list[Branch] = []
        for index, option in enumerate(options):
            pieces: Pieces = (option,)
            rivals: Pieces = ()
            if keyword == "oneOf":
                others = [other for at, other in enumerate(options) if at != index]
                rivals = tuple(other for other in others if not self._apart(option, other))
                if thorough:
                    pieces += tuple(self._shelf.made((id(other), "not"), {"not": other}) for other in rivals)
            judged = bool(rivals)
            if tags[index] is not None:
                out.append(Branch((*pieces, tags[index]), rivals, judged))
                untagged.append(Branch(pieces, rivals, judged))
            else:
                out.append(Branch(pieces, rivals, judged))
        return (*out, *untagged)

    def _apart(self, one: JSON, other: JSON) -> bool:
        return self._shelf.kinds_of(one).isdisjoint(self._shelf.kinds_of(other))

    def _tags(self, schema: Mapping[str, JSON], options: list[JSON]) -> list[JSON]:
        """Return for each branch what its discriminator has to say (OAS 3.1.1 §4.8.25)."""
        discriminator = schema.get("discriminator")
        if not discriminator or "propertyName" not in discriminator:
            return [None] * len(options)
        mapped = set((discriminator.get("mapping") or {}).values())
        return [
            self._tag(discriminator, option["$ref"])
            if isinstance(option, dict)
            and "$ref" in option
            and (option["$ref"] in mapped or not self._lists_names(option, discriminator["propertyName"]))
            else None
            for option in options
        ]

    def _lists_names(self, option: JSON, name: str) -> bool:
        """Tell whether an alternative has a const or an enum for the discriminating property: those are its names."""
        schema = self._shelf.resolved(option)
        if not isinstance(schema, dict):
            return False
        tag = schema.get("properties", {}).get(name)
        if isinstance(tag, dict) and ("const" in tag or "enum" in tag):
            return True
        inline = [part for part in schema.get("allOf", ()) if isinstance(part, dict) and "$ref" not in part]
        return any(self._lists_names(part, name) for part in inline)

    def _tag(self, discriminator: Mapping[str, JSON], reference: str) -> JSON:
        name = discriminator["propertyName"]
        values = [value for value, target in (discriminator.get("mapping") or {}).items() if target == reference]
        values = values or [plain_name(reference.rpartition("/")[2])]
        return self._shelf.made(
            ("tag", name, tuple(values)), {"required": [name], "properties": {name: {"enum": values}}, "type": "object"}
        )

    def heirs(self, schema: Mapping[str, JSON]) -> Group:
        """Return the schemas that a parent's discriminator maps to: one of them is what really comes."""
        key = (id(schema), "heirs")
        found = self._groups.get((key, False))
        if found is None:
            discriminator = schema["discriminator"]
            references = dict.fromkeys(discriminator["mapping"].values())
            heirs = (
                Branch((self._shelf.resolve(reference), self._tag(discriminator, reference)))
                for reference in references
                if self._shelf.resolve(reference) is not schema
            )
            found = self._groups[key, False] = (Group(key, (*heirs, Branch(()))),)
        return found[0]
