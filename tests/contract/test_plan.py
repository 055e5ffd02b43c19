import json
from typing import Any

import pytest

from mockserver.contract.load import load
from mockserver.contract.plan import Broken, Plan, Plans, response_for
from mockserver.document.documents import Documents
from mockserver.errors import UnreadableDocument
from mockserver.schema.compile import Validators


def plans(tree: dict[str, Any]) -> Plans:
    full = {"openapi": "3.1.1", "info": {"title": "t", "version": "1"}, **tree}
    if "swagger" in tree:
        del full["openapi"]
    return Plans(load("api", Documents("api.json", {"api.json": json.dumps(full).encode()})), Validators())


def plan(tree: dict[str, Any]) -> Plan:
    made = plans(tree)
    found = made.of(made.contract.operations[0])
    assert isinstance(found, Plan)
    return found


def one(operation: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"paths": {"/a/{id}": {"get": operation, **more}}, "components": {}}


def test_parameters_of_an_operation_win_over_those_of_its_path_item() -> None:
    # OAS 3.1 §4.8.10
    found = plan(
        one(
            {"parameters": [{"name": "q", "in": "query", "schema": {"type": "integer"}, "required": True}]},
            parameters=[{"name": "q", "in": "query"}, {"name": "id", "in": "path"}],
        )
    )
    assert [(entry.parameter.name, entry.parameter.required) for entry in found.query] == [("q", True)]
    assert found.path["id"].parameter.required


@pytest.mark.parametrize(
    ("written", "style", "explode"),
    [
        ({"in": "query"}, "form", True),
        ({"in": "query", "style": "spaceDelimited"}, "spaceDelimited", False),
        ({"in": "query", "style": "deepObject"}, "deepObject", True),
        ({"in": "header"}, "simple", False),
        ({"in": "cookie"}, "form", True),
        ({"in": "query", "explode": False}, "form", False),
    ],
)
def test_style_and_explode_have_defaults(written: dict[str, Any], style: str, *, explode: bool) -> None:
    # OAS 3.1 §4.8.12.2.1
    (entry,) = plan(one({"parameters": [{"name": "x", **written}]})).parameters()
    assert (entry.parameter.style, entry.parameter.explode) == (style, explode)


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_http_owns_are_ignored(name: str) -> None:
    # OAS 3.1 §4.8.12.1
    assert plan(one({"parameters": [{"name": name, "in": "header", "required": True}]})).headers == ()


def test_swagger_2_forms_are_one_body() -> None:
    found = plan(
        {
            "swagger": "2.0",
            "consumes": ["multipart/form-data"],
            "paths": {
                "/a": {
                    "post": {
                        "parameters": [
                            {"name": "file", "in": "formData", "type": "file", "required": True},
                            {"name": "tags", "in": "formData", "type": "array", "collectionFormat": "csv"},
                        ]
                    }
                }
            },
        }
    )
    assert found.body is not None
    (media,) = found.body.content
    assert (media.name, found.body.required) == ("multipart/form-data", True)
    assert media.schema is not None
    assert (media.schema.tree["required"], list(media.schema.tree["properties"])) == (["file"], ["file", "tags"])
    assert media.encodings is not None
    assert (media.encodings.named["tags"].style, media.encodings.named["tags"].explode) == ("form", False)


def test_swagger_2_responses_have_a_media_type_for_each_of_produces() -> None:
    found = plan(
        {
            "swagger": "2.0",
            "produces": ["application/xml", "application/json"],
            "paths": {"/a": {"get": {"responses": {"200": {"schema": {"type": "object"}}, "204": {}}}}},
        }
    )
    assert [[media.name for media in response.content] for response in found.responses] == [
        ["application/xml", "application/json"],
        [],
    ]


@pytest.mark.parametrize(
    ("format_", "style", "explode"),
    [
        ("csv", "form", False),
        ("multi", "form", True),
        ("ssv", "spaceDelimited", False),
        ("pipes", "pipeDelimited", False),
        ("tsv", "tabDelimited", False),
    ],
)
def test_collection_format_is_told_as_a_style(format_: str, style: str, *, explode: bool) -> None:
    parameter = {"name": "q", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": format_}
    found = plan({"swagger": "2.0", "paths": {"/a": {"get": {"parameters": [parameter]}}}})
    assert (found.query[0].parameter.style, found.query[0].parameter.explode) == (style, explode)


def test_the_most_specific_response_documents_a_status() -> None:
    # OAS 3.1 §4.8.16
    found = plan(one({"responses": {"default": {}, "4xx": {}, "404": {}}})).responses
    assert [getattr(response_for(found, status), "status", None) for status in (404, 400, 500)] == [
        "404",
        "4XX",
        "default",
    ]


def test_security_of_an_operation_replaces_that_of_the_contract() -> None:
    # OAS 3.1 §4.8.30
    schemes = {"components": {"securitySchemes": {"a": {"type": "apiKey", "in": "header", "name": "A"}}}}
    root = {"security": [{"a": []}], **schemes}
    assert len(plan({**root, "paths": {"/a": {"get": {}}}}).security) == 1
    assert plan({**root, "paths": {"/a": {"get": {"security": []}}}}).security == ()
    assert plan({**root, "paths": {"/a": {"get": {"security": [{}]}}}}).security == ((),)
    assert plan({**root, "paths": {"/a": {"get": {"security": [{"unknown": []}]}}}}).security == ()


def test_a_broken_parameter_breaks_its_operation_only() -> None:
    made = plans({"paths": {"/a": {"get": {"parameters": [{"$ref": "#/nowhere"}]}}, "/b": {"get": {}}}})
    broken, sound = (made.of(operation) for operation in made.contract.operations)
    assert isinstance(broken, Broken)
    assert (broken.violation.rule, broken.violation.side) == ("document-reference", "contract")
    assert isinstance(sound, Plan)


def test_a_broken_response_takes_only_itself() -> None:
    found = plan(one({"responses": {"200": {"description": "ok"}, "404": {"$ref": "#/nowhere"}}}))
    assert [response.status for response in found.responses] == ["200"]
    assert "#/nowhere" in found.flaws[0].message


def test_references_in_a_circle_are_told() -> None:
    made = plans(
        {
            "paths": {"/a": {"get": {"requestBody": {"$ref": "#/components/requestBodies/A"}}}},
            "components": {
                "requestBodies": {
                    "A": {"$ref": "#/components/requestBodies/B"},
                    "B": {"$ref": "#/components/requestBodies/A"},
                }
            },
        }
    )
    broken = made.of(made.contract.operations[0])
    assert isinstance(broken, Broken)
    assert "leads back to itself" in broken.violation.message


def test_a_broken_schema_is_told_when_it_is_needed() -> None:
    made = plans(one({"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/nowhere"}}}}}}))
    found = made.of(made.contract.operations[0])
    assert isinstance(found, Plan)
    with pytest.raises(UnreadableDocument, match="leads nowhere"):
        made.media(found.responses[0].content[0], "response")


def test_plans_and_judges_are_remembered() -> None:
    made = plans(one({"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}))
    operation = made.contract.operations[0]
    found = made.of(operation)
    assert made.of(operation) is found
    assert isinstance(found, Plan)
    media = found.responses[0].content[0]
    assert made.media(media, "response") is made.media(media, "response")
