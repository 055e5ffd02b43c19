"""A schema as one mapping of keywords, taken at their word: references followed, `allOf` merged as far as they go.

Good for proposing values that a judge then looks at; not for judging.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.values import JSON


def flattened(bundle: JSON, schema: JSON, path: tuple[str, ...]) -> tuple[dict[str, JSON], tuple[str, ...]]:
    """Return a schema of a bundle as one mapping, and the path with the references that were followed."""
    if not isinstance(schema, dict):
        return {}, path
    out = {key: value for key, value in schema.items() if key not in {"$ref", "allOf", "$defs"}}
    parts: list[JSON] = list(schema.get("allOf", ()))
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        path = (*path, reference)
        parts.append(bundle["$defs"].get(reference.removeprefix("#/$defs/"), {}))
    for part in parts:
        inner, path = flattened(bundle, part, path)
        out = joined(inner, out)
    return out, path


def is_read_only(bundle: JSON, schema: JSON) -> bool:
    """Tell whether a property is the API's to say, and not to be sent (OAS 3.1 §4.8.24.3)."""
    return flattened(bundle, schema, ())[0].get("readOnly") is True


def kind_of(flat: Mapping[str, JSON]) -> str:
    """Return the type that a schema means, where it names one or its keywords do."""
    kind = flat.get("type")
    if isinstance(kind, list):
        return next((one for one in kind if one != "null"), "null")
    if isinstance(kind, str):
        return kind
    if any(word in flat for word in ("properties", "required", "additionalProperties")):
        return "object"
    if "items" in flat or "prefixItems" in flat:
        return "array"
    if any(word in flat for word in ("pattern", "minLength", "maxLength", "format")):
        return "string"
    return "number" if "minimum" in flat or "maximum" in flat else ""


def branch_of(flat: Mapping[str, JSON], union: str, branch: JSON) -> JSON:
    """Return one alternative of a union with what stands beside the union."""
    beside = {key: value for key, value in flat.items() if key not in {union, "discriminator"}}
    return {**beside, "allOf": [branch]} if beside else branch


def joined(one: Mapping[str, JSON], other: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return two schemas as one, as far as properties and required go; of other keywords the stricter bound counts."""
    out = {**one, **other}
    if "properties" in one and "properties" in other:
        mixed = dict(one["properties"])
        for name, schema in other["properties"].items():
            mixed[name] = {"allOf": [mixed[name], schema]} if name in mixed else schema
        out["properties"] = mixed
    if "required" in one and "required" in other:
        out["required"] = list(dict.fromkeys((*one["required"], *other["required"])))
    if "enum" in one and "enum" in other:
        out["enum"] = [value for value in one["enum"] if value in other["enum"]] or one["enum"]
    return out
