"""Structure: paths, operations and responses."""

import pytest
from structure_documents import GET, OK, PATH_ID, document, found, operation

UNDECLARED = "operation GET /pets/{id} does not declare the path parameter id"
AT_ID = "/paths/~1pets~1{id}"


@pytest.mark.parametrize(
    ("version", "paths", "expected"),
    [
        pytest.param(
            "3.0", {"pets": {}}, [("error", "structure", "/paths/pets", 'the path pets does not begin with "/"')],
            id="slash"
        ),
        pytest.param(
            "3.0", {"/pets": None},
            [("error", "structure", "/paths/~1pets", "/pets of paths must be an object, not null")],
            id="an empty entry of YAML",
        ),
        pytest.param(
            "3.0", {"/pets": {"fetch": {}}},
            [("error", "structure", "/paths/~1pets/fetch", "path /pets has the unknown field fetch")],
            id="a method that does not exist",
        ),
        pytest.param(
            "3.1", {"/pets": {"query": {}}},
            [("error", "structure", "/paths/~1pets/query",
              "path /pets has the field query, which exists only since OpenAPI 3.2")],
            id="a method of later",
        ),
        pytest.param(
            "3.2", {"/pets": {"additionalOperations": {"POST": {}}}},
            [("error", "structure", "/paths/~1pets/additionalOperations/POST",
              "the method POST has a field of its own in the path item, or is no method of HTTP")],
            id="a fixed method among the additional ones",
        ),
        pytest.param(
            "3.0", {"/pets": {"get": {}}},
            [("error", "structure", GET, "operation GET /pets has no responses")],
            id="responses are required in 3.0",
        ),
        pytest.param(
            "3.0", {"/a/{x}": {}, "/a/{y}": {}},
            [("warning", "duplicate-path", "/paths/~1a~1{y}",
              "the path /a/{y} is the same as /a/{x}, only its parameters are named otherwise")],
            id="two paths that are one",
        ),
        pytest.param(
            "3.0", {"/a/{x": {}},
            [("error", "path-parameter", "/paths/~1a~1{x", "the braces of the path /a/{x do not match")],
            id="braces",
        ),
        pytest.param(
            "3.2", {"/{x}/{x}": {}},
            [("error", "path-parameter", "/paths/~1{x}~1{x}",
              "the path /{x}/{x} holds the parameter x more than once")],
            id="a parameter twice",
        ),
        pytest.param(
            "3.0", {"/a?b=c": {}},
            [("warning", "structure", "/paths/~1a?b=c",
              "the path /a?b=c holds a query or a fragment, which is no part of a path")],
            id="a query",
        ),
    ],
)  # fmt: skip
def test_a_flaw_of_a_path(version, paths, expected):
    assert found(version, document(version, paths=paths)) == expected


@pytest.mark.parametrize(
    ("version", "item", "expected"),
    [
        pytest.param(
            "3.0", {"get": {"responses": OK}}, [("warning", "path-parameter", f"{AT_ID}/get", UNDECLARED)],
            id="undeclared"
        ),
        pytest.param("3.0", {"parameters": [PATH_ID], "get": {"responses": OK}}, [], id="declared for the path"),
        pytest.param("3.0", {"get": {"parameters": [PATH_ID], "responses": OK}}, [], id="declared for the operation"),
        pytest.param(
            "3.0", {"get": {"parameters": [{**PATH_ID, "name": "petId"}], "responses": OK}},
            [("warning", "path-parameter", f"{AT_ID}/get", UNDECLARED),
             ("warning", "path-parameter", f"{AT_ID}/get/parameters/0",
              "the path /pets/{id} does not hold the path parameter petId")],
            id="declared under another name",
        ),
        pytest.param(
            "3.0", {"parameters": [PATH_ID, {**PATH_ID, "name": "owner"}], "get": {"responses": OK}},
            [("warning", "path-parameter", f"{AT_ID}/parameters/1",
              "the path /pets/{id} does not hold the path parameter owner")],
            id="declared and not in the path",
        ),
        pytest.param(
            "3.0", {"parameters": [{**PATH_ID, "required": False}]},
            [("error", "path-parameter", f"{AT_ID}/parameters/0/required",
              "parameter id is in the path and not marked as required")],
            id="not required",
        ),
        pytest.param(
            "3.1", {"parameters": [{"name": "id", "in": "path", "content": {"text/plain": {}}}]},
            [("warning", "path-parameter", f"{AT_ID}/parameters/0",
              "parameter id is in the path and not marked as required")],
            id="not required beside content, where the schema of 3.1 is silent",
        ),
        pytest.param(
            "2.0", {"parameters": [{"name": "id", "in": "path", "type": "string"}]},
            [("error", "path-parameter", f"{AT_ID}/parameters/0",
              "parameter id is in the path and not marked as required")],
            id="not required in 2.0",
        ),
        pytest.param(
            "3.0", {"parameters": [{"name": "id", "in": "query", "schema": {}}, {**PATH_ID, "name": "{id}"}]},
            [("error", "structure", f"{AT_ID}/parameters/1/name",
              "parameter {id} has a name that no path template can hold"),
             ("warning", "path-parameter", f"{AT_ID}/parameters/1",
              "the path /pets/{id} does not hold the path parameter {id}")],
            id="a name with braces",
        ),
    ],
)  # fmt: skip
def test_path_parameters_and_the_template(version, item, expected):
    assert found(version, document(version, paths={"/pets/{id}": item})) == expected


def test_path_parameters_are_found_behind_local_references():
    parts = {
        "pathItems": {"pet": {"get": {}}},
        "parameters": {"id": PATH_ID, "again": {"$ref": "#/components/parameters/id"}},
    }
    paths = {
        "/a/{id}": {"$ref": "#/components/pathItems/pet", "parameters": [{"$ref": "#/components/parameters/again"}]},
        "/b/{id}": {"$ref": "#/components/pathItems/pet"},
    }
    assert found("3.1", document("3.1", paths=paths, components=parts)) == [
        (
            "warning",
            "path-parameter",
            "/paths/~1b~1{id}",
            "operation GET /b/{id} does not declare the path parameter id",
        )
    ]


def test_references_in_a_circle_are_given_up():
    circle = {"a": {"$ref": "#/components/parameters/b"}, "b": {"$ref": "#/components/parameters/a"}}
    tree = document(
        "3.0", paths={"/{id}": {"parameters": [{"$ref": "#/components/parameters/a"}], "get": {"responses": OK}}}
    )
    assert found("3.0", {**tree, "components": {"parameters": circle}}) == []


@pytest.mark.parametrize(
    ("version", "responses", "expected"),
    [
        ("3.0", {}, ("status", f"{GET}/responses", "the responses name no response")),
        ("3.1", {"x-a": 1}, ("status", f"{GET}/responses", "the responses name no response")),
        ("3.0", {**OK, "20": {"description": "a"}},
         ("status", f"{GET}/responses/20",
          "the status 20 is neither a status code, nor a range from 1XX to 5XX, nor default")),
        ("3.0", {**OK, "2xx": {"description": "a"}},
         ("status", f"{GET}/responses/2xx",
          "the status 2xx is neither a status code, nor a range from 1XX to 5XX, nor default")),
        ("3.0", {**OK, 600: {"description": "a"}},
         ("status", f"{GET}/responses/600",
          "the status 600 is neither a status code, nor a range from 1XX to 5XX, nor default")),
        ("2.0", {**OK, "2XX": {"description": "a"}},
         ("status", f"{GET}/responses/2XX", "the status 2XX is neither a status code nor default")),
        ("3.0", [],
         ("structure", f"{GET}/responses", "responses of operation GET /pets must be an object, not an empty list")),
    ],
)  # fmt: skip
def test_a_flaw_of_the_responses(version, responses, expected):
    assert found(version, operation(version, responses=responses)) == [("error", *expected)]


def test_an_operation_id_is_told_where_it_is_used_again():
    item = {"get": {"operationId": "a", "responses": OK}, "put": {"operationId": "a", "responses": OK}}
    tree = document("3.1", paths={"/pets": item}, webhooks={"born": {"post": {"operationId": "a"}}})
    assert found("3.1", tree) == [
        ("warning", "duplicate-operation-id", "/paths/~1pets/put/operationId",
         "the operationId a of PUT /pets is also that of GET /pets"),
        ("warning", "duplicate-operation-id", "/webhooks/born/post/operationId",
         "the operationId a of POST born is also that of GET /pets"),
    ]  # fmt: skip


def test_operations_in_callbacks_and_components_are_judged_too():
    first, second, third = ({"post": {"responses": {"200": {}}}} for _ in range(3))
    tree = operation("3.1", callbacks={"done": {"{$url}": first}})
    tree = {**tree, "webhooks": {"born": second}, "components": {"pathItems": {"shared": third}}}
    assert [flaw[2] for flaw in found("3.1", tree)] == [
        f"{GET}/callbacks/done/{{$url}}/post/responses/200",
        "/webhooks/born/post/responses/200",
        "/components/pathItems/shared/post/responses/200",
    ]
