"""The JSON Schema Test Suite: for every schema that some instance fits, values are drawn, and all fit.

2020-12 is read as OpenAPI 3.1 reads it, draft 4 as 3.0 does, as far as 3.0 has the keywords. Values are judged by
python jsonschema on the schema as the suite has it, never by what we made of it.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from corpus_place import corpus_folder
from jsonschema import Draft4Validator, Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4, DRAFT202012

from mockserver.document.documents import Documents
from mockserver.generate.facts import identity
from mockserver.generate.generator import Generator
from mockserver.schema.bundle import Bundles
from mockserver.schema.compile import Validators
from mockserver.schema.dialects import DIALECTS

CORPUS = corpus_folder()
DRAWS, ENOUGH = 20, 5
KEYWORDS_OF_3_0 = frozenset(
    [
        "type",
        "enum",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "items",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxProperties",
        "minProperties",
        "required",
        "properties",
        "additionalProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "format",
        "default",
        "description",
        "title",
    ]
)
NOT_KEPT = {
    # a resource is entered by a pointer into it, and its root's anchors count from there on
    "dynamicRef.json: $dynamicRef avoids the root of each schema, but scopes are still registered",
}
# One value is drawn where more would fit: a mock that answered with others would be wrong about what is meant.
PLAIN = {"type.json: object type matches objects", "type.json: a single-type array is equivalent to its type"}


@dataclass(frozen=True)
class Subject:
    draft: str
    label: str
    schema: Any


def subjects(draft: str) -> list[Subject]:
    folder = CORPUS / "jsonschema-suite" / "tests" / draft if CORPUS else Path("nowhere")
    return [
        Subject(draft, f"{path.name}: {case['description']}", case["schema"])
        for path in sorted(folder.glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))
        if any(test["valid"] for test in case["tests"])
        and (draft != "draft4" or is_3_0(case["schema"]))
        and f"{path.name}: {case['description']}" not in NOT_KEPT
    ]


def is_3_0(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return isinstance(schema, bool)
    below = [schema[key] for key in ("items", "not", "additionalProperties") if key in schema]
    below += [item for key in ("allOf", "anyOf", "oneOf") for item in schema.get(key, [])]
    below += schema.get("properties", {}).values()
    return schema.keys() <= KEYWORDS_OF_3_0 and all(map(is_3_0, below))


def remotes() -> dict[str, bytes]:
    folder = CORPUS / "jsonschema-suite" / "remotes" if CORPUS else Path("nowhere")
    return {f"http://localhost:1234/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*.json")}


REMOTES = remotes()


def registry(specification: Any) -> Any:
    found: Any = Registry()
    for uri, data in REMOTES.items():
        resource = Resource.from_contents(json.loads(data), default_specification=specification)
        found = found.with_resource(uri, resource)
    return found


JUDGES = {
    "draft2020-12": ("3.1", Draft202012Validator, registry(DRAFT202012)),
    "draft4": ("3.0", Draft4Validator, registry(DRAFT4)),
}


@pytest.mark.parametrize(
    "subject", [*subjects("draft2020-12"), *subjects("draft4")], ids=lambda subject: f"{subject.draft} {subject.label}"
)
def test_drawn_values_fit(subject: Subject) -> None:
    version, validator, known = JUDGES[subject.draft]
    documents = Documents("suite:root", REMOTES, trees={"suite:root": subject.schema})
    bundle = Bundles(documents, DIALECTS[version]).of(documents.root_node(), "request").schema
    generator = Generator(bundle, Validators())
    values = [generator.draw(seed) for seed in range(DRAWS)]
    judge = validator(subject.schema, registry=known)
    assert [value for value in values if not fits(judge, value)] == []
    distinct = {repr(identity(value)) for value in values}
    assert len(distinct) >= ENOUGH or is_finite(bundle) or subject.label in PLAIN


def fits(judge: Any, value: Any) -> bool:
    try:
        return bool(judge.is_valid(value))
    except re.error:  # Python has no \p{...}
        return True


def is_finite(schema: Any) -> bool:
    """Tell by sight whether a schema admits a handful of values: a constant, an enum, null, a boolean."""
    text = json.dumps(schema)
    return any(word in text for word in ('"const"', '"enum"', '"null"', '"boolean"', "false", '"maxItems": 0'))
