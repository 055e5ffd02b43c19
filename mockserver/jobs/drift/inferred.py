"""A schema for what was seen: a component of the contract that describes it, else what the values have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.cassette.shapes import schema_of
from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.jobs.drift.ways import UNIONS
from mockserver.jobs.service import Service
from mockserver.values import JSON

_COMPONENTS = {"2.0": "/definitions"}
_DEEPEST = 24


def schemas_for(values: Sequence[JSON], service: Service) -> Iterator[JSON]:
    """Yield schemas that all values keep, in the words of the contract's version; the most telling first."""
    known = _known(values, service)
    if known is not None:
        yield known
    version = service.contract.dialect.version
    yield in_dialect(_inferred(values, service), version)


def _inferred(values: Sequence[JSON], service: Service) -> dict[str, JSON]:
    """Return what values have in common; what stands in them is told by components, where it can be."""
    schema = dict(_unobliged(schema_of(values)))
    if isinstance(schema.get("properties"), dict):
        objects = [value for value in values if isinstance(value, dict)]
        inner = {name: [one[name] for one in objects if name in one] for name in schema["properties"]}
        schema["properties"] = {name: _part(found, service) for name, found in inner.items()}
    if isinstance(schema.get("items"), dict):
        schema["items"] = _part([item for value in values if isinstance(value, list) for item in value], service)
    return schema


def _part(values: Sequence[JSON], service: Service) -> JSON:
    known = _known(values, service)
    return known if known is not None else _inferred(values, service)


def _unobliged(schema: JSON) -> JSON:
    """Return an inferred schema without `required`: that a few answers had a member obliges nobody."""
    if isinstance(schema, list):
        return [_unobliged(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    is_list = isinstance(schema.get("required"), list)
    return {key: _unobliged(value) for key, value in schema.items() if not (key == "required" and is_list)}


def _known(values: Sequence[JSON], service: Service) -> JSON:
    """Return a reference to the component that describes all values, or all items of them; None: there is none."""
    if not values:
        return None
    if all(isinstance(value, list) for value in values):
        items = _known([item for value in values for item in value], service)
        return {"type": "array", "items": items} if items is not None else None
    if not all(isinstance(value, dict) and len(value) > 1 for value in values):
        return None
    names = {name for value in values for name in value}
    documents, root = service.contract.documents, service.contract.root
    place = _COMPONENTS.get(service.contract.dialect.version, "/components/schemas")
    try:
        schemas = pointers.look_up(root.tree, place)
    except LookupError:
        return None
    for name in schemas:
        node = root.at(pointers.child(place, name))
        known = set(_names(documents, node, 0))
        if names <= known and len(known) <= 4 * len(names) and _fits(node, values, service):
            return {"$ref": f"#{node.pointer}"}
    return None


def _names(documents: Documents, node: Node, depth: int) -> Iterator[str]:
    """Yield the names of an object's properties, those of its parts and alternatives as well."""
    tree = node.tree
    if not isinstance(tree, dict) or depth > _DEEPEST:
        return
    yield from tree.get("properties", ())
    if isinstance(tree.get("$ref"), str):
        try:
            yield from _names(documents, documents.resolve(node, tree["$ref"]), depth + 1)
        except UnreadableDocument:
            return  # lint tells it
    for keyword in ("allOf", *UNIONS):
        for index in range(len(tree.get(keyword, ()))):
            yield from _names(documents, node.child(keyword, index), depth + 1)


def _fits(node: Node, values: Sequence[JSON], service: Service) -> bool:
    try:
        _, validator = service.plans.judged(node, "response")
    except UnreadableDocument:
        return False
    return all(map(validator.is_valid, values))


def in_dialect(schema: JSON, version: str) -> JSON:
    """Spell a schema of 2020-12 in the words of a version of OpenAPI: lists of types are those of 3.1.

    >>> in_dialect({"type": ["null", "string"]}, "3.0")
    {'type': 'string', 'nullable': True}
    """
    if version in {"3.1", "3.2"} or not isinstance(schema, dict):
        return schema
    out = {key: value for key, value in schema.items() if key not in {"type", "properties", "items"}}
    types = schema.get("type")
    names = [types] if isinstance(types, str) else list(types or ())
    kinds = [one for one in names if one != "null"]
    if len(kinds) == 1:
        out = {"type": kinds[0], **out}
    if "null" in names and len(kinds) < 2:
        out["nullable" if version == "3.0" else "x-nullable"] = True
    if "properties" in schema:
        out["properties"] = {name: in_dialect(inner, version) for name, inner in schema["properties"].items()}
    if "items" in schema or out.get("type") == "array":
        out["items"] = in_dialect(schema.get("items", {}), version)
    return out
