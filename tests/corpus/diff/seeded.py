"""A contract with a number of seeded edits, each in a schema of its own, and where they are."""

import copy
import random

from mockserver.document import pointer as pointers
from mockserver.values import JSON


def edited(tree: JSON, count: int, seed: int) -> tuple[JSON, list[str]]:
    """Return a copy with `count` edits, and the pointer of each schema that was edited."""
    roll = random.Random(seed)
    out = copy.deepcopy(tree)
    spots = [(pointer, schema) for pointer, schema in _schemas(out) if _editable(schema)]
    roll.shuffle(spots)
    places: list[str] = []
    for pointer, schema in spots:
        if len(places) == count:
            break
        if not any(pointer.startswith(f"{other}/") or other.startswith(f"{pointer}/") for other in places):
            _edit(roll, schema)
            places.append(pointer)
    return out, places


def _schemas(tree: JSON) -> list[tuple[str, JSON]]:
    """Return the schemas of components that some operation leads to, with their pointers."""
    found: list[tuple[str, JSON]] = []
    used = _used(tree)
    for name, schema in tree["components"]["schemas"].items():
        if name in used:
            _below(pointers.join(("components", "schemas", name)), schema, found)
    return found


def _used(tree: JSON) -> set[str]:
    prefix = "#/components/schemas/"
    todo, seen, names = [tree["paths"]], set(), set()
    while todo:
        at = todo.pop()
        if isinstance(at, dict):
            reference = at.get("$ref")
            if isinstance(reference, str) and reference not in seen:
                seen.add(reference)
                if reference.startswith(prefix):
                    names.add(reference.removeprefix(prefix))
                target = tree
                for part in pointers.split(reference[1:]):
                    target = target[part]
                todo.append(target)
            todo.extend(value for key, value in at.items() if key not in {"example", "examples"})
        elif isinstance(at, list):
            todo.extend(at)
    return names


def _below(pointer: str, schema: JSON, found: list[tuple[str, JSON]]) -> None:
    if not isinstance(schema, dict) or "$ref" in schema:
        return
    found.append((pointer, schema))
    for name, inner in (schema.get("properties") or {}).items():
        _below(pointers.child(pointer, "properties", name), inner, found)
    if isinstance(schema.get("items"), dict):
        _below(f"{pointer}/items", schema["items"], found)


def _editable(schema: JSON) -> bool:
    return bool(schema.get("type") in {"string", "integer", "object", "boolean"}) and "enum" not in schema


def _edit(roll: random.Random, schema: JSON) -> None:
    match schema["type"]:
        case "string":
            more = [{"maxLength": 7}, {"minLength": 3}, {"enum": ["one", "two"]}, {"pattern": "^[a-z]+$"}]
            schema |= roll.choice(more)
        case "integer":
            schema |= roll.choice([{"maximum": 7}, {"minimum": 3}, {"multipleOf": 3}])
        case "boolean":
            schema["type"] = roll.choice(["string", "integer"])
        case _:
            if schema.get("required") and roll.random() < 0.5:
                schema["required"] = schema["required"][1:] or ["seeded"]
            else:
                schema["required"] = [*schema.get("required", []), "seeded"]
