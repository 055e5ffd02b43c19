"""Whether a schema describes a whole server-sent event, or what stands in its data.

OAS 3.2 §4.14.3 says it by `itemSchema`. Before that a `schema` stood beside `text/event-stream`, and documents mean
either; one that names the fields of an event, and nothing else, means the event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.values import JSON

_FIELDS = frozenset({"event", "data", "id", "retry"})  # HTML §9.2.6
_MOST_STEPS = 400


def describes_event(schema: JSON) -> bool:
    """Tell whether all that a bundle's schema admits are events with their fields.

    >>> describes_event({"type": "object", "properties": {"event": {"const": "tick"}, "data": {"type": "string"}}})
    True
    >>> describes_event({"type": "object", "properties": {"id": {"type": "string"}, "delta": {"type": "string"}}})
    False
    """
    found = list(_alternatives(schema))
    return bool(found) and all(_is_event(names) for names in found)


def _is_event(names: frozenset[str]) -> bool:
    return "data" in names and ("event" in names or names <= _FIELDS)


def _alternatives(schema: JSON) -> Iterator[frozenset[str]]:
    """Yield the property names of each alternative."""
    definitions: Mapping[str, JSON] = schema.get("$defs", {}) if isinstance(schema, dict) else {}
    todo: list[tuple[JSON, frozenset[str]]] = [(schema, frozenset())]
    seen = 0
    while todo and seen < _MOST_STEPS:
        node, names = todo.pop()
        seen += 1
        if not isinstance(node, dict) or node.get("type") == "null":
            continue
        own = names | frozenset(node.get("properties", ()))
        reference = node.get("$ref")
        branches = node.get("anyOf") or node.get("oneOf")
        if isinstance(reference, str):
            todo.append((definitions.get(reference.removeprefix("#/$defs/")), own))
        elif branches:
            todo.extend((branch, own) for branch in branches)
        elif "allOf" in node:
            todo.append((_merged(node["allOf"], definitions), own))
        else:
            yield own


def _merged(parts: list[JSON], definitions: Mapping[str, JSON]) -> JSON:
    """Return one schema with the properties of all parts, and the union of the one that has one."""
    out: dict[str, JSON] = {"properties": {}}
    for part in parts:
        node = part
        if isinstance(node, dict) and "$ref" in node:
            node = definitions.get(node["$ref"].removeprefix("#/$defs/"))
        if isinstance(node, dict):
            out["properties"].update(node.get("properties", {}))
            out.update({key: node[key] for key in ("anyOf", "oneOf", "allOf") if key in node})
    return out
