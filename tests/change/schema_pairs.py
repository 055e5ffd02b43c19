"""Pairs of schemas as versions of an API write them: a random tree of components, and the same with a few edits."""

import copy
import json
import random

from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents

NAMES = ["id", "name", "kind", "tags", "owner", "size"]
PATTERNS = ["^a", "b$", "^[a-z]+$", "^.{2,4}$", "^x-"]
FORMATS = ["date", "email", "uuid", "date-time", "unheard-of"]
COMPONENTS = ["One", "Two", "Three"]


def scalar(roll):
    kind = roll.choice(["string", "string", "integer", "number", "boolean"])
    schema = {"type": kind}
    if kind == "string":
        schema |= roll.choice(
            [
                {},
                {},
                {"enum": roll.sample(["a", "b", "c", "d"], roll.randint(1, 3))},
                {"minLength": roll.randint(0, 3)},
                {"maxLength": roll.randint(3, 9)},
                {"pattern": roll.choice(PATTERNS)},
                {"format": roll.choice(FORMATS)},
                {"const": "k"},
            ]
        )
    if kind in {"integer", "number"}:
        schema |= roll.choice(
            [
                {},
                {"minimum": roll.randint(-3, 3)},
                {"maximum": roll.randint(5, 9)},
                {"exclusiveMinimum": roll.randint(-3, 3)},
                {"multipleOf": roll.choice([2, 3])},
            ]
        )
    if roll.random() < 0.15:
        schema["type"] = [kind, "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def objects(roll, depth):
    names = roll.sample(NAMES, roll.randint(0, 4))
    schema = {"type": "object", "properties": {name: tree(roll, depth - 1) for name in names}}
    if names and roll.random() < 0.6:
        schema["required"] = roll.sample(names, roll.randint(1, len(names)))
    if roll.random() < 0.4:
        schema["additionalProperties"] = roll.choice([False, False, True, scalar(roll)])
    if roll.random() < 0.1:
        schema["patternProperties"] = {roll.choice(PATTERNS): scalar(roll)}
    if roll.random() < 0.1:
        schema |= roll.choice([{"minProperties": 1}, {"maxProperties": 5}, {"propertyNames": {"maxLength": 6}}])
    if names and roll.random() < 0.1:
        schema["dependentRequired"] = {names[0]: [roll.choice(NAMES)]}
    return schema


def lists(roll, depth):
    schema = {"type": "array", "items": tree(roll, depth - 1)}
    schema |= roll.choice([{}, {}, {"minItems": 1}, {"maxItems": 4}, {"uniqueItems": True}])
    if roll.random() < 0.1:
        schema["prefixItems"] = [scalar(roll)]
    if roll.random() < 0.1:
        schema["contains"] = scalar(roll)
    return schema


def unions(roll, depth):
    word = roll.choice(["anyOf", "oneOf", "oneOf", "allOf"])
    branches = [tree(roll, depth - 1) for _ in range(roll.randint(1, 3))]
    if word == "oneOf" and roll.random() < 0.6:
        for number, branch in enumerate(branches):
            if isinstance(branch, dict) and branch.get("type") == "object":
                branch.setdefault("properties", {})["kind"] = {"const": f"k{number}"}
                branch["required"] = ["kind"]
    schema = {word: branches}
    if roll.random() < 0.1:
        schema["not"] = scalar(roll)
    return schema


def tree(roll, depth):
    if depth <= 0 or roll.random() < 0.25:
        return scalar(roll)
    chance = roll.random()
    if chance < 0.2:
        return {"$ref": f"#/components/schemas/{roll.choice(COMPONENTS)}"}
    if chance < 0.65:
        return objects(roll, depth)
    if chance < 0.8:
        return lists(roll, depth)
    if chance < 0.97:
        return unions(roll, depth)
    return {"if": scalar(roll), "then": scalar(roll), "else": tree(roll, depth - 1)}


def places(schema, found):
    if isinstance(schema, dict) and "$ref" not in schema:
        found.append(schema)
    values = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for value in values:
        if isinstance(value, dict | list):
            places(value, found)


def edit(roll, components):
    found = []
    places(components, found)
    schema = roll.choice([place for place in found if "type" in place or set(place) & {"anyOf", "oneOf", "allOf"}])
    words = [word for word in schema if word not in {"properties", "type"}]
    chance = roll.random()
    if chance < 0.3 and words and "enum" not in words[:1]:
        word = roll.choice(words)
        if isinstance(schema[word], list) and len(schema[word]) > 1:
            schema[word].pop(roll.randrange(len(schema[word])))
        elif isinstance(schema[word], int) and not isinstance(schema[word], bool) and word != "multipleOf":
            schema[word] += roll.choice([-1, 1])
        elif len(schema) > 1:
            del schema[word]
    elif chance < 0.5 and schema.get("type") == "object":
        name = roll.choice(NAMES)
        if name in schema.get("properties", {}) and roll.random() < 0.5:
            del schema["properties"][name]
        else:
            schema.setdefault("properties", {})[name] = scalar(roll)
    elif chance < 0.7 and schema.get("type") == "object" and schema.get("properties"):
        name = roll.choice(list(schema["properties"]))
        required = schema.setdefault("required", [])
        required.remove(name) if name in required else required.append(name)
        if not required:
            del schema["required"]
    elif isinstance(schema.get("type"), str) and schema["type"] in {"string", "integer", "number", "boolean"}:
        new = scalar(roll)
        schema.clear()
        schema |= new
    elif "type" in schema and isinstance(schema["type"], str) and chance < 0.85:
        schema["type"] = [schema["type"], "null"]
    else:
        for word in ("anyOf", "oneOf"):
            if word in schema:
                schema[word].append(scalar(roll))


def document(schemas):
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/One"}}}
    return {
        "openapi": "3.1.1",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/things": {
                "put": {
                    "operationId": "putThing",
                    "requestBody": {"required": True, "content": content},
                    "responses": {"200": {"description": "it", "content": content}},
                }
            }
        },
        "components": {"schemas": schemas},
    }


def contract(tree_, name="api"):
    return load(name, Documents(f"{name}.json", {f"{name}.json": json.dumps(tree_).encode()}))


def pair(seed: int) -> tuple[Contract, Contract]:
    """Return an old and a new contract whose components differ by one to three edits."""
    roll = random.Random(seed)
    old = {name: objects(roll, 3) if name == "One" else tree(roll, 2) for name in COMPONENTS}
    if any(set(schema) == {"$ref"} for schema in old.values()):
        old = {name: objects(roll, 2) if set(schema) == {"$ref"} else schema for name, schema in old.items()}
    new = copy.deepcopy(old)
    for _ in range(roll.randint(1, 3)):
        edit(roll, new)
    return contract(document(old), "old"), contract(document(new), "new")
