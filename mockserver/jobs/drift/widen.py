"""Edits of a schema that let more be answered: one function for each kind of drift.

Each yields ways to change one spot, the narrowest first. A schema that is written somewhere else is not changed there:
what is new becomes an alternative beside the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from mockserver.cassette.shapes import schema_of
from mockserver.document import pointer as pointers
from mockserver.document.edits import Append, Drop, Edit, Put, Rename, Wrap
from mockserver.jobs.drift.gather import ANY
from mockserver.jobs.drift.inferred import in_dialect, schemas_for
from mockserver.jobs.drift.sight import Kind
from mockserver.jobs.drift.spots import Change, Spot
from mockserver.jobs.drift.ways import UNIONS
from mockserver.jobs.service import Service
from mockserver.values import JSON, Struct

_LISTS_TYPES: Final = frozenset({"3.1", "3.2"})
"""Versions in which `type` may be a list (OAS 3.1 §4.8.24)."""


class Wanted(Struct, frozen=True):
    """What a schema shall admit: the values that were seen there, and the keyword that stands in their way.

    `name` is the member that is missing, or new; `service` has the contract as it is patched so far.
    """

    values: tuple[JSON, ...]
    keyword: str
    name: str
    service: Service

    @property
    def version(self) -> str:
        """The version of OpenAPI that the contract is written in."""
        return self.service.contract.dialect.version


Ways: TypeAlias = Iterator[tuple[Change, ...]]


def null(spot: Spot, wanted: Wanted) -> Ways:
    """Let it be null."""
    tree, at = spot.tree, spot.pointer
    listed = [Append(f"{at}/enum", None)] if isinstance(tree.get("enum"), list) else []
    if wanted.version in _LISTS_TYPES:
        if isinstance(tree.get("type"), str):
            yield spot.changed(Put(f"{at}/type", [tree["type"], "null"]), *listed)
        elif isinstance(tree.get("type"), list):
            yield spot.changed(Append(f"{at}/type", "null"), *listed)
        yield from _alternative(spot, [{"type": "null"}])
    elif spot.is_reference and wanted.version == "3.0":
        yield spot.changed(Wrap(at, "allOf", ()), Put(f"{at}/nullable", value=True))
        yield from _alternative(spot, [{"type": "object", "nullable": True, "enum": [None]}])
    elif not spot.is_reference:
        yield spot.changed(Put(f"{at}/{'nullable' if wanted.version == '3.0' else 'x-nullable'}", value=True), *listed)
        if wanted.version == "3.0":
            yield from _alternative(spot, [{"type": "object", "nullable": True, "enum": [None]}])


def listed(spot: Spot, wanted: Wanted) -> Ways:
    """List the values that are new."""
    tree, at = spot.tree, spot.pointer
    new = [value for value in _each(wanted.values) if value is not None]
    if isinstance(tree.get("enum"), list):
        yield spot.changed(*(Append(f"{at}/enum", value) for value in new if value not in tree["enum"]))
    elif "const" in tree:
        yield spot.changed(Put(f"{at}/const", [tree["const"], *new]), Rename(f"{at}/const", "enum"))
    if spot.is_reference and wanted.version != "2.0":
        yield from _alternative(spot, [{**in_dialect(_bare(new), wanted.version), "enum": new}])


def _bare(values: Sequence[JSON]) -> dict[str, JSON]:
    types = schema_of(values).get("type")
    return {"type": types} if types is not None else {}


def _each(values: Sequence[JSON]) -> list[JSON]:
    found: list[JSON] = []
    for value in values:
        if not any(value == one and type(value) is type(one) for one in found):
            found.append(value)
    return found


def typed(spot: Spot, wanted: Wanted) -> Ways:
    """Let it be of another type as well."""
    tree, at = spot.tree, spot.pointer
    values = [value for value in wanted.values if value is not None]
    types = schema_of(values).get("type")
    own = tree.get("type")
    if types == "number" and own == "integer":
        has_format = str(tree.get("format", "")).startswith(("int", "uint"))
        yield spot.changed(Put(f"{at}/type", "number"), *([Drop(f"{at}/format")] if has_format else []))
    simple = isinstance(types, str) and types not in {"object", "array"}
    if simple and isinstance(own, str) and wanted.version in _LISTS_TYPES:
        yield spot.changed(Put(f"{at}/type", [own, types]))
    elif simple and isinstance(own, list):
        yield spot.changed(Append(f"{at}/type", types))
    yield from alternative(spot, wanted)


def alternative(spot: Spot, wanted: Wanted) -> Ways:
    """Add an alternative: a union gets one more, anything else becomes one."""
    if wanted.version == "2.0":  # OAS 2.0 has no unions: what it cannot say is not said
        yield spot.changed(
            *(Drop(f"{spot.pointer}/{name}") for name in ("type", "enum", "format") if name in spot.tree)
        )
        return
    for schema in schemas_for(wanted.values, wanted.service):
        yield from _tagged(spot, wanted, schema)
        yield from _alternative(spot, [schema])
    if isinstance(spot.tree.get("oneOf"), list):  # what fits several of them fits one of any
        yield spot.changed(Rename(f"{spot.pointer}/oneOf", "anyOf"))


def _tagged(spot: Spot, wanted: Wanted, schema: JSON) -> Ways:
    """Add a named alternative where a discriminator tells them apart: a component, and its name (OAS 3.1 §4.8.25)."""
    union = next((name for name in UNIONS if isinstance(spot.tree.get(name), list)), "")
    discriminator = spot.tree.get("discriminator")
    tag = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    documents = wanted.service.contract.documents
    tags = {value.get(tag) for value in wanted.values if isinstance(value, dict)} if isinstance(tag, str) else set()
    if not union or not tags or not all(isinstance(one, str) for one in tags) or not isinstance(schema, dict):
        return
    if spot.uri != documents.root or "$ref" in schema:
        return
    before: list[Edit] = []
    after: list[Edit] = []
    holder = "/components/schemas"
    taken = set(pointers.look_up(documents.tree(spot.uri), holder))
    for one in sorted(map(str, tags)):
        mine = [value for value in wanted.values if isinstance(value, dict) and value.get(tag) == one]
        name = _named(one, pointers.split(spot.pointer)[-1], taken)
        described = {**next(schemas_for(mine, wanted.service))}
        described["required"] = [tag]
        described["properties"] = {**described.get("properties", {}), str(tag): {"type": "string", "enum": [one]}}
        before.append(Put(pointers.child(holder, name), described))
        after.append(Append(f"{spot.pointer}/{union}", {"$ref": f"#{pointers.child(holder, name)}"}))
        place = pointers.child(spot.pointer, "discriminator", "mapping")
        if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
            after.append(Put(pointers.child(place, one), f"#{pointers.child(holder, name)}"))
        elif name != one:
            after.append(Put(place, {one: f"#{pointers.child(holder, name)}"}))
    yield spot.changed(*before, *after)


def _named(tag: str, union: str, taken: set[str]) -> str:
    """Return a name for a component: PickupEvent for a `pickup` of TrackingEvent."""
    words = "".join(part[:1].upper() + part[1:] for part in "".join(c if c.isalnum() else " " for c in tag).split())
    kind = "".join(f" {c}" if c.isupper() else c for c in union).split()
    name = words + (kind[-1] if kind and kind[-1][:1].isupper() else "")
    while name in taken or not name:
        name += "2"
    taken.add(name)
    return name


def _alternative(spot: Spot, schemas: Sequence[JSON]) -> Ways:
    for union in UNIONS:
        if isinstance(spot.tree.get(union), list):
            yield spot.changed(*(Append(f"{spot.pointer}/{union}", schema) for schema in schemas))
    if spot.pointer:
        yield spot.changed(Wrap(spot.pointer, "anyOf", tuple(schemas)))


def absent(spot: Spot, wanted: Wanted) -> Ways:
    """Let a member be absent."""
    required = spot.tree.get("required")
    if isinstance(required, list) and wanted.name in required:
        place = f"{spot.pointer}/required"
        yield spot.changed(Drop(place) if len(required) == 1 else Drop(f"{place}/{required.index(wanted.name)}"))


def loosened(spot: Spot, wanted: Wanted) -> Ways:
    """Take away the keyword that a value no longer keeps."""
    if wanted.keyword in spot.tree:
        yield spot.changed(Drop(pointers.child(spot.pointer, wanted.keyword)))
    elif spot.is_reference and wanted.version != "2.0":
        yield from alternative(spot, wanted)


def member(spot: Spot, wanted: Wanted) -> Ways:
    """Describe a member that is new."""
    at, tree = spot.pointer, spot.tree
    for schema in schemas_for(wanted.values, wanted.service):
        if wanted.name == ANY:
            yield spot.changed(Put(f"{at}/additionalProperties", schema))
        elif isinstance(tree.get("properties"), dict):
            yield spot.changed(Put(pointers.child(at, "properties", wanted.name), schema))
        elif spot.is_reference:
            yield spot.changed(Wrap(at, "allOf", ({"properties": {wanted.name: schema}},)))
        else:
            yield spot.changed(Put(pointers.child(at, "properties"), {wanted.name: schema}))


def enveloped(spot: Spot, wanted: Wanted) -> Ways:
    """Put what was answered into the member that it stands in now."""
    inner = {"type": "object", "required": [wanted.name]}
    if wanted.version != "2.0":
        yield spot.changed(Wrap(spot.pointer, "anyOf", ({**inner, "properties": {wanted.name: spot.tree}},)))


WIDENINGS: Final[Mapping[Kind, Callable[[Spot, Wanted], Ways]]] = {
    "null": null,
    "new enum value": listed,
    "changed type": typed,
    "widened type": typed,
    "new alternative": alternative,
    "required field absent": absent,
    "changed format": loosened,
    "changed pattern": loosened,
    "changed bound": loosened,
    "undocumented field": member,
}
