"""The discriminator as a judge.

OAS 3.0.3 §4.7.25 and 3.1 §4.8.25 let it "shortcut" which alternative a value is judged by, and vendors rely on that:
their alternatives overlap. A bundle keeps `oneOf` and `discriminator` side by side, so that values can be made for it;
before it is compiled, the two become one statement: the alternative that the value names, and no other.
"""

from __future__ import annotations

from mockserver.schema.dialects import LISTS, MAPS, SINGLE
from mockserver.values import JSON


def discriminated(schema: JSON) -> JSON:
    """Return the schema with each discriminated union judged by the alternative that a value names.

    A value without the discriminating property is judged by the union itself.
    """
    if not isinstance(schema, dict):
        return schema
    out = {keyword: _below(keyword, value) for keyword, value in schema.items()}
    for union in ("oneOf", "anyOf"):
        named = _alternatives(out, union)
        if named:
            return _judged(out, union, out["discriminator"]["propertyName"], named)
    return out


def _below(keyword: str, value: JSON) -> JSON:
    if keyword in SINGLE:
        return discriminated(value)
    if keyword in LISTS:
        return [discriminated(item) for item in value]
    if keyword in MAPS or keyword == "$defs":
        return {name: discriminated(item) for name, item in value.items()}
    return value


def _alternatives(schema: dict[str, JSON], union: str) -> dict[str, str]:
    """Return the reference that each name stands for; nothing where the alternatives have no names."""
    discriminator = schema.get("discriminator")
    branches = schema.get(union)
    if not isinstance(discriminator, dict) or not discriminator.get("propertyName") or not isinstance(branches, list):
        return {}
    references = [
        branch["$ref"] for branch in branches if isinstance(branch, dict) and isinstance(branch.get("$ref"), str)
    ]
    if not references or len(references) < sum(not _is_null(branch) for branch in branches):
        return {}
    implicit = {reference.removeprefix("#/$defs/"): reference for reference in references}
    return {**implicit, **discriminator.get("mapping", {})}


def _is_null(branch: JSON) -> bool:
    return isinstance(branch, dict) and branch.get("type") == "null"


def _judged(schema: dict[str, JSON], union: str, name: str, named: dict[str, str]) -> JSON:
    kept = {keyword: value for keyword, value in schema.items() if keyword not in {union, "allOf"}}
    cases: list[JSON] = [
        {"if": {"properties": {name: {"const": value}}}, "then": {"$ref": reference}}
        for value, reference in named.items()
    ]
    default = schema["discriminator"].get("defaultMapping")
    known: JSON = {"properties": {name: {"enum": list(named)}}}
    choice: JSON = {
        "if": {"type": "object", "required": [name]},
        "then": {**known, "allOf": cases},
        "else": {union: schema[union]},
    }
    if default:  # OAS 3.2 §4.25.1: for a value without the property, and for an unknown name
        named_one = {"type": "object", "required": [name], **known}
        choice = {"if": named_one, "then": {"allOf": cases}, "else": {"$ref": default}}
    return {**kept, "allOf": [*schema.get("allOf", []), choice]}
