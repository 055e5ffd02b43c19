"""What is said when a table is not kept: a missing or unknown field, a wrong type, a name that is not allowed.

Knows tables and the mistakes that people really make with them. Does not walk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from mockserver.checks.document.flaw import Flaw, Place, called, nearest, pointer_of, shown, structural
from mockserver.checks.document.leaves import KeyRule, Leaf
from mockserver.checks.document.shapes import Choice, Expected, Shape, Tables
from mockserver.schema.dialects import Version
from mockserver.values import JSON

Owner: TypeAlias = tuple[str, JSON, Place]
"""The object that a node belongs to: its noun, its value, its place."""

_SAMPLES: Final[Mapping[str, JSON]] = {
    "info": {"title": "Pet shop", "version": "1.0.0"},
    "title": "Pet shop",
    "version": "1.0.0",
    "description": "what it is for",
    "name": "limit",
    "in": "query",
    "default": "v1",
    "scheme": "bearer",
    "url": "https://example.com",
    "propertyName": "kind",
    "servers": [{"url": "https://example.com"}],
    "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
    "security": [{"api_key": []}],
    "enum": ["small", "large"],
    "required": ["name"],
    "paths": {"/pets": {}},
    "responses": {"200": {"description": "success"}},
    "content": {"application/json": {"schema": {"type": "object"}}},
    "scopes": {"read:pets": "read your pets"},
    "flows": {"clientCredentials": {"tokenUrl": "https://example.com/token", "scopes": {}}},
}

# What a field was called before, or is called elsewhere: where its content belongs
_MOVED: Final[Mapping[tuple[str, str], str]] = {
    ("Response", "schema"): "put it below content: {application/json: {schema: ...}}",
    ("Response", "examples"): "put them below content: {application/json: {example: ...}}",
    ("RequestBody", "schema"): "put it below content: {application/json: {schema: ...}}",
    ("OpenAPI", "definitions"): "move it to components.schemas",
    ("OpenAPI", "parameters"): "move it to components.parameters",
    ("OpenAPI", "responses"): "move it to components.responses",
    ("OpenAPI", "securityDefinitions"): "move it to components.securitySchemes",
    ("OpenAPI", "host"): "write servers: [{url: https://host/basePath}]",
    ("OpenAPI", "basePath"): "write servers: [{url: https://host/basePath}]",
    ("OpenAPI", "schemes"): "write servers: [{url: https://host/basePath}]",
    ("Operation", "consumes"): "make it the keys of requestBody.content",
    ("Operation", "produces"): "make it the keys of each response's content",
    ("OAuthFlows", "application"): "rename it to clientCredentials",
    ("OAuthFlows", "accessCode"): "rename it to authorizationCode",
}
_NULL_FIXES: Final[Mapping[str, str]] = {
    "2.0": "write x-nullable: true, which most tools understand",
    "3.1": 'add "null" to the types: type: [string, "null"]',
    "3.2": 'add "null" to the types: type: [string, "null"]',
}


def missing(field: str, shape: Shape, owner: Owner) -> Flaw:
    """Say that a required field is not there."""
    expected = shape.fields[field]
    fix = f"add {field}: {_written(_sample(field, expected))}"
    return structural(owner[2], f"{called(*owner)} has no {field}", fix)


def undecided(choice: Choice, owner: Owner) -> Flaw:
    """Say that nothing can be judged because the field that decides is missing or wrong."""
    _, value, place = owner
    known = ", ".join(choice.shapes)
    if choice.by not in value:
        return structural(place, f"{called(*owner)} has no {choice.by}", f"add {choice.by}: one of {known}")
    problem = f"{choice.by} of {called(*owner)} must be one of {known}, not {shown(value[choice.by])}"
    meant = nearest(str(value[choice.by]), tuple(choice.shapes)) or next(iter(choice.shapes))
    fix = f"write {choice.by}: {meant}, for example"
    return structural((place, choice.by, False), problem, fix)


def unknown(field: JSON, shape: Shape, owner: Owner) -> Flaw:
    """Say that an object has no such field, and what was probably meant."""
    noun = called(*owner)
    place = (owner[2], field, False)
    level = shape.unknown or "error"
    if field == "$ref":
        fix = "write the object itself here, or make the object around it the reference"
        return structural(place, f"{noun} may not be a reference", fix, level=level)
    if field in shape.elsewhere:
        message = f"{noun} has the field {field}, which exists only {shape.elsewhere[field]}"
        fix = _MOVED.get((shape.name, field), f"remove {field}, or change the version of the document")
        return structural(place, message, fix, level=level)
    near = nearest(str(field), tuple(shape.fields))
    fix = f"rename it to {near}" if near else f"remove it, or name it x-{field}"
    return structural(place, f"{noun} has the unknown field {field}", fix, level=level)


def ignored(place: Place, owner: Owner, version: Version) -> Flaw:
    """Say that a field has no meaning here."""
    field = place[1] if place else ""
    fix = _NULL_FIXES.get(version, "remove it") if field == "nullable" else "remove it"
    return structural(place, f"{field} has no meaning in {called(*owner)}", fix, level="warning")


def mistyped(value: JSON, expected: Expected, place: Place, owner: Owner) -> Flaw:
    """Say that a value is of the wrong type, or is not among those allowed."""
    subject = _subject(place, owner)
    leaf = expected.leaf
    fitting = leaf is not None and isinstance(value, leaf.types) and isinstance(value, bool) == (leaf.types == (bool,))
    message = f"{subject} must be {expected.phrase}, not {shown(value)}"
    fix = _fix(value, expected, place, owner)
    if leaf is None or not fitting:
        return structural(place, message, fix)
    return Flaw(leaf.rule, pointer_of(place), message, fix, leaf.level)


def too_few(place: Place, owner: Owner) -> Flaw:
    """Say that a list or map has no entry."""
    return structural(place, f"{_subject(place, owner)} must have at least one entry", "add an entry, or remove it")


def too_many(count: int, place: Place, owner: Owner) -> Flaw:
    """Say that a map has more than its one entry."""
    message = f"{_subject(place, owner)} must have exactly one entry, not {count}"
    return structural(place, message, "keep the one that is really sent")


def repeated(value: JSON, place: Place, owner: Owner) -> Flaw:
    """Say that a list holds an entry for the second time."""
    return structural(place, f"{_subject(place, owner)} repeats {shown(value)}", "remove the repetition")


def misnamed(key: JSON, rule: KeyRule, place: Place, version: Version) -> Flaw:
    """Say that a name is not allowed in its map."""
    message = f"the {rule.noun} {key} {rule.problem}"
    fix = rule.fix.replace("{name}", str(key))
    return Flaw(rule.rule, pointer_of(place), message, fix, "warning" if version in rule.lenient else "error")


def referenced_map(place: Place, owner: Owner) -> Flaw:
    """Say that a map was replaced by a reference, which only its entries may be."""
    message = f"{_subject(place, owner)} may not be a reference, only its entries may"
    return structural((place, "$ref", False), message, "write the entries here, each with its own $ref")


def reference(value: dict[str, JSON], place: Place, owner: Owner, tables: Tables) -> Iterator[Flaw]:
    """Judge a Reference Object itself: OAS 3.1 §4.8.23; what else stands in it is ignored."""
    if not isinstance(value["$ref"], str):
        message = f"$ref of {_subject(place, owner)} must be a string, not {shown(value['$ref'])}"
        yield structural((place, "$ref", False), message, "write a pointer: $ref: '#/components/schemas/Pet'")
    if tables.version in ("3.1", "3.2"):
        for field in ("summary", "description"):
            if field in value and not isinstance(value[field], str):
                message = f"{field} of {_subject(place, owner)} must be a string, not {shown(value[field])}"
                yield structural((place, field, False), message, f"write {field} as a text in quotes")
    idle = [str(name) for name in value if name not in _BESIDE_REFERENCE and not str(name).startswith("x-")]
    if idle:
        message = (
            f"{', '.join(idle)} beside the $ref of {_subject(place, owner)} {'is' if len(idle) == 1 else 'are'} ignored"
        )
        fix = "put it into the referenced object, or wrap the reference: allOf: [{$ref: ...}]"
        yield structural(place, message, fix, level="warning")


# Notes to the reader and the annotations of a schema: nothing is lost when they are ignored
_BESIDE_REFERENCE: Final = frozenset(
    {
        "$ref",
        "summary",
        "description",
        "title",
        "example",
        "examples",
        "default",
        "deprecated",
        "externalDocs",
        "xml",
        "readOnly",
        "writeOnly",
        "type",
        "format",
    }
)


def _subject(place: Place, owner: Owner) -> str:
    """Name a node below its owner: `required of parameter limit`, `tags[2] of operation GET /pets`."""
    steps: list[str] = []
    while place is not None and place is not owner[2]:
        place, key, _ = place
        steps.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    path = "".join(reversed(steps)).removeprefix(".")
    if not path or owner[2] is None:
        return path or called(*owner)
    return f"{path} of {called(*owner)}"


def _fix(value: JSON, expected: Expected, place: Place, owner: Owner) -> str:
    field = str(place[1]) if place else ""
    special = _special(field, value, expected, owner[0])
    if special:
        return special
    if expected.leaf is not None and isinstance(value, int | float) and _fits_as_text(value, expected.leaf):
        return f'put it in quotes: {field}: "{shown(value)}"'
    if place is None:
        return "write an object with openapi, info and paths"
    sample = _written(_sample(field, expected))
    return f"write {sample}, for example" if isinstance(place[1], int) else f"write {field}: {sample}, for example"


def _fits_as_text(value: JSON, leaf: Leaf) -> bool:
    text = shown(value)
    return leaf.types == (str,) and text[-1].isdigit() and leaf.accepts(text)


def _special(field: str, value: JSON, expected: Expected, noun: str) -> str:
    """Return the fix of a mistake that has a name."""
    if noun != "schema":
        return ""
    if field == "required" and isinstance(value, bool):
        return "list the names of the required properties in the schema around it: required: [name]"
    if field in ("exclusiveMinimum", "exclusiveMaximum"):
        bound = field.removeprefix("exclusive").lower()
        if expected.leaf is not None and expected.leaf.types == (bool,):
            return f"write {bound}: {shown(value)} and {field}: true"
        return f"write the bound itself: {field}: 0 in place of {bound}: 0"
    if field == "type" and isinstance(value, list) and expected.items is None:
        return "write the one type, and nullable: true for null; several types need OpenAPI 3.1"
    if field == "type" and value == "null":
        return "write the type and nullable: true, or use OpenAPI 3.1"
    if field == "items" and isinstance(value, list):
        return "write one schema for all items, or prefixItems (from OpenAPI 3.1) for one schema each"
    if field == "examples" and isinstance(value, dict):
        return "write the values themselves as a list: examples: [...]"
    return ""


def _sample(field: str, expected: Expected) -> JSON:
    sample = _SAMPLES.get(field)
    match sample:
        case str() if expected.leaf is not None and expected.leaf.accepts(sample):
            return sample
        case list() if expected.items is not None:
            return sample
        case dict() if expected.shape or expected.values is not None:
            return sample
    if expected.shape or expected.values is not None:
        return {}
    if expected.items is not None:
        return [_sample("", expected.items)]
    return expected.leaf.sample if expected.leaf is not None else {}


def _written(sample: JSON) -> str:
    return sample if isinstance(sample, str) and sample.isalpha() else json.dumps(sample)
