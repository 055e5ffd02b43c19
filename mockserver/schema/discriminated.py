"""The discriminator as a judge.

OAS 3.0.3 §4.7.25 and 3.1 §4.8.25 let it "shortcut" which alternative a value is judged by, and vendors rely on that:
their alternatives overlap, so that JSON Schema alone would refuse what they mean (docs/decisions/0003). A bundle keeps
`oneOf` and `discriminator` side by side, so that values can be made that suit both; before it is compiled, the two
become one statement: the alternative that the value names, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.schema.dialects import LISTS, MAPS, SINGLE
from mockserver.values import JSON


def discriminated(schema: JSON, definitions: Mapping[str, JSON] | None = None) -> JSON:
    """Return a bundle with each discriminated union judged by the alternative that a value names.

    A value without the discriminating property is judged by the union itself, and so is one with an unknown name where
    an alternative lists its own names. `definitions` are those of a schema that is no whole bundle.
    """
    if definitions is None:
        definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
    return _discriminated(schema, definitions)


def _discriminated(schema: JSON, definitions: Mapping[str, JSON]) -> JSON:
    if not isinstance(schema, dict):
        return schema
    out = {keyword: _below(keyword, value, definitions) for keyword, value in schema.items()}
    for union in ("oneOf", "anyOf"):
        named = _alternatives(out, union)
        if named:
            name = out["discriminator"]["propertyName"]
            known = not any(_lists_names(branch, name, definitions) for branch in out[union])
            return _judged(out, union, named, known_only=known)
    return out


def _below(keyword: str, value: JSON, definitions: Mapping[str, JSON]) -> JSON:
    if keyword in SINGLE:
        return _discriminated(value, definitions)
    if keyword in LISTS:
        return [_discriminated(item, definitions) for item in value]
    if keyword in MAPS or keyword == "$defs":
        return {name: _discriminated(item, definitions) for name, item in value.items()}
    return value


def _lists_names(branch: JSON, name: str, definitions: Mapping[str, JSON]) -> bool:
    """Tell whether an alternative has a const or an enum for the discriminating property, as vendors write it."""
    branch = _followed(branch, definitions)
    if not isinstance(branch, dict):
        return False
    tag = _followed(branch.get("properties", {}).get(name), definitions)
    if isinstance(tag, dict) and ("const" in tag or "enum" in tag):
        return True
    parts = [part for part in branch.get("allOf", ()) if isinstance(part, dict) and "$ref" not in part]
    return any(_lists_names(part, name, definitions) for part in parts)


def _followed(schema: JSON, definitions: Mapping[str, JSON]) -> JSON:
    seen: set[str] = set()
    while isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and schema["$ref"] not in seen:
        seen.add(schema["$ref"])
        schema = definitions.get(schema["$ref"].removeprefix("#/$defs/"))
    return schema


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


def _judged(schema: dict[str, JSON], union: str, named: dict[str, str], *, known_only: bool) -> JSON:
    name = schema["discriminator"]["propertyName"]
    kept = {keyword: value for keyword, value in schema.items() if keyword not in {union, "allOf"}}
    cases: list[JSON] = [
        {"if": {"properties": {name: {"const": value}}}, "then": {"$ref": reference}}
        for value, reference in named.items()
    ]
    default = schema["discriminator"].get("defaultMapping")
    known: JSON = {"properties": {name: {"enum": list(named)}}}
    choice: JSON = {"if": {"type": "object", "required": [name], **known}, "then": {"allOf": cases}}
    if default:  # OAS 3.2 §4.25.1: for a value without the property, and for an unknown name
        choice["else"] = {"$ref": default}
    elif known_only:
        choice = {
            "if": {"type": "object", "required": [name]},
            "then": {**known, "allOf": cases},
            "else": {union: schema[union]},
        }
    else:
        choice["else"] = {union: schema[union]}
    return {**kept, "allOf": [*schema.get("allOf", []), choice]}
