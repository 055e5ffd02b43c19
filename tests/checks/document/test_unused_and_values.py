"""What nothing uses, and values that break the schema they stand in, in components that no operation uses as well."""

import json

import pytest
from structure_documents import INFO, OK, TEXT

from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.jobs.lint import lint
from mockserver.schema.compile import Validators

NUMBER = {"type": "integer"}


def findings(rule, tree, **others):
    files = {"c.json": tree, **{f"{name}.json": other for name, other in others.items()}}
    contract = load("c", Documents("c.json", {name: json.dumps(file).encode() for name, file in files.items()}))
    return [(one.pointer, one.message) for one in lint(contract, Validators()) if one.rule == f"document-{rule}"]


def answering(schema, version="3.1.0", **parts):
    answer = {"200": {"description": "a", "content": {"application/json": {"schema": schema}}}}
    return {"openapi": version, "info": INFO, "paths": {"/a": {"get": {"responses": answer}}}, **parts}


def answering_2(schema, **parts):
    paths = {"/a": {"get": {"responses": {"200": {"description": "a", "schema": schema}}}}}
    return {"swagger": "2.0", "info": INFO, "paths": paths, **parts}


def reference(name, kind="schemas"):
    return {"$ref": f"#/components/{kind}/{name}"}


def test_a_component_that_nothing_uses_is_told() -> None:
    tree = answering(TEXT, components={"schemas": {"A": TEXT}, "headers": {"B": {"schema": TEXT}}})
    assert findings("unused", tree) == [
        ("/components/schemas/A", "nothing uses the schema A"),
        ("/components/headers/B", "nothing uses the header B"),
    ]
    assert findings("unused", answering_2(TEXT, definitions={"A": TEXT})) == [
        ("/definitions/A", "nothing uses the schema A")
    ]


def test_what_only_unused_components_use_is_unused_as_well() -> None:
    loop = {"A": {"properties": {"b": reference("B")}}, "B": {"properties": {"a": reference("A")}}}
    assert [at for at, _ in findings("unused", answering(TEXT, components={"schemas": loop}))] == [
        "/components/schemas/A",
        "/components/schemas/B",
    ]


CAT = {"allOf": [reference("Pet"), {"type": "object"}]}
PET = {"type": "object", "properties": {"kind": TEXT}, "discriminator": {"propertyName": "kind"}}
MAPPED = {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "#/components/schemas/Dog"}}
USED = {
    "what a used component refers to": answering(
        reference("A"), components={"schemas": {"A": {"items": reference("B")}, "B": TEXT}}
    ),
    "a part of a component": answering(
        {"$ref": "#/components/schemas/A/properties/b"}, components={"schemas": {"A": {"properties": {"b": TEXT}}}}
    ),
    "an escaped name": answering(
        {"$ref": "#/components/schemas/A%2EB"}, components={"schemas": {"A.B": TEXT}}
    ),
    "the names of a discriminator": answering(
        {"type": "object", "discriminator": MAPPED}, components={"schemas": {"Cat": TEXT, "Dog": TEXT}}
    ),
    "heirs of what has a discriminator": answering(
        reference("Pet"),
        components={"schemas": {"Lion": {"allOf": [reference("Cat")]}, "Cat": CAT, "Pet": PET}},
    ),
    "a security scheme": answering(
        TEXT, security=[{"key": []}], components={"securitySchemes": {"key": {"type": "http", "scheme": "basic"}}}
    ),
    "a security scheme of 2.0": answering_2(
        TEXT, security=[{"key": []}], securityDefinitions={"key": {"type": "basic"}}
    ),
    "an anchor": answering({"$ref": "#here"}, components={"schemas": {"A": {"$anchor": "here", **TEXT}}}),
    "a reference in an extension": answering(
        TEXT, **{"x-more": [reference("A")]}, components={"schemas": {"A": TEXT}}
    ),
    "a document without operations": {
        "openapi": "3.1.0", "info": INFO, "components": {"schemas": {"A": TEXT}},
    },
}  # fmt: skip


@pytest.mark.parametrize("case", USED)
def test_what_is_used_in_any_way_is_not_told(case) -> None:
    assert findings("unused", USED[case]) == []


def test_what_another_document_uses_is_used() -> None:
    tree = answering({"$ref": "more.json#/A"}, components={"schemas": {"B": TEXT}})
    assert findings("unused", tree, more={"A": {"$ref": "c.json#/components/schemas/B"}}) == []
    assert findings("unused", tree, more={"A": TEXT}) != []


def test_a_default_that_breaks_its_own_schema_is_told_wherever_it_stands() -> None:
    page = {"name": "page", "in": "query", "schema": {**NUMBER, "default": "first"}}
    paths = {"/a": {"get": {"parameters": [page], "responses": OK}}}
    tree = {"openapi": "3.0.3", "info": INFO, "paths": paths}
    message = 'the default does not keep its schema: "first" is not of type "integer"'
    assert findings("default", tree) == [("/paths/~1a/get/parameters/0/schema/default", message)]
    inside = {"schemas": {"A": {"properties": {"b": {"enum": ["x"], "default": "y"}}}}}
    assert [at for at, _ in findings("default", answering(TEXT, components=inside))] == [
        "/components/schemas/A/properties/b/default"
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {**NUMBER, "default": 1},
        {"type": "object", "required": ["id"], "properties": {"id": {"readOnly": True}}, "default": {}},
        {"properties": {"default": NUMBER, "example": NUMBER}},
        {"type": "array", "items": {"$ref": "#/components/schemas/Nowhere"}, "default": "x"},
    ],
    ids=["it keeps it", "a request may have it", "a property of that name", "its reference leads nowhere"],
)
def test_other_defaults_are_not_told(schema) -> None:
    assert findings("default", answering(TEXT, "3.0.3", components={"schemas": {"A": schema}})) == []


def test_an_example_of_a_schema_that_no_operation_uses_is_judged() -> None:
    listed = {"properties": {"b": {**NUMBER, "examples": [1, "one"]}}}
    named = {"schemas": {"A": listed, "C": {**NUMBER, "example": "c"}}}
    assert [at for at, _ in findings("example", answering(TEXT, components=named))] == [
        "/components/schemas/A/properties/b/examples/1",
        "/components/schemas/C/example",
    ]
