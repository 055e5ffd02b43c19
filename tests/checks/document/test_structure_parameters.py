"""Structure: parameters, alone and beside one another."""

import pytest
from structure_documents import GET, TEXT, document, found, operation, parameter

ONE = "/components/parameters/one"
ALL = "a query string holds all query parameters"
ONLY = "an operation has one query string"


@pytest.mark.parametrize(
    ("version", "parameters", "expected"),
    [
        pytest.param(
            "3.0", [{"name": "a", "in": "query", "schema": {}}, {"name": "a", "in": "query", "schema": {}}],
            ("error", "duplicate-parameter", f"{GET}/parameters/1",
             "the query parameter a is declared twice in one list"),
            id="by name and location",
        ),
        pytest.param(
            "3.0", [{"name": "X-A", "in": "header", "schema": {}}, {"name": "x-a", "in": "header", "schema": {}}],
            ("error", "duplicate-parameter", f"{GET}/parameters/1",
             "the header parameter x-a is declared twice in one list"),
            id="headers know no case",
        ),
        pytest.param(
            "2.0", [{"name": "a", "in": "body", "schema": {}}, {"name": "b", "in": "body", "schema": {}}],
            ("error", "structure", f"{GET}/parameters/1",
             "the body parameter b stands beside the body parameter a: a request has one body"),
            id="two bodies",
        ),
        pytest.param(
            "2.0", [{"name": "a", "in": "body", "schema": {}}, {"name": "b", "in": "formData", "type": "string"}],
            ("error", "structure", f"{GET}/parameters/1",
             "the formData parameter b stands beside the body parameter a: a form is the body"),
            id="a body and a form",
        ),
        pytest.param(
            "2.0", [{"name": "b", "in": "formData", "type": "file"}],
            ("warning", "structure", f"{GET}/parameters/0",
             "operation GET /pets takes the file b but does not consume a form"),
            id="a file without a form",
        ),
        pytest.param(
            "3.2",
            [{"name": "a", "in": "querystring", "content": {"a/b": {}}}, {"name": "b", "in": "query", "schema": {}}],
            ("error", "structure", f"{GET}/parameters/1",
             f"the query parameter b stands beside the querystring parameter a: {ALL}"),
            id="a query beside a query string",
        ),
        pytest.param(
            "3.2", [{"name": name, "in": "querystring", "content": {"a/b": {}}} for name in "ab"],
            ("error", "structure", f"{GET}/parameters/1",
             f"the querystring parameter b stands beside the querystring parameter a: {ONLY}"),
            id="two query strings",
        ),
    ],
)  # fmt: skip
def test_parameters_that_cannot_stand_together(version, parameters, expected):
    assert found(version, operation(version, parameters=parameters)) == [expected]


def test_a_path_and_its_operation_cannot_both_have_the_query_string():
    item = {
        "parameters": [{"name": "a", "in": "query", "schema": {}}],
        "get": {"parameters": [{"name": "b", "in": "querystring", "content": {"a/b": {}}}]},
    }
    message = (
        "the querystring parameter b stands beside the query parameter a: a query string holds all query parameters"
    )
    assert found("3.2", document("3.2", paths={"/pets": item})) == [
        ("error", "structure", f"{GET}/parameters/0", message)
    ]


def test_a_file_that_is_not_consumed_as_a_form_is_an_error_once_it_is_said_how():
    tree = operation("2.0", consumes=["application/json"], parameters=[{"name": "b", "in": "formData", "type": "file"}])
    assert [flaw[0] for flaw in found("2.0", tree)] == ["error"]


@pytest.mark.parametrize(
    ("version", "parts", "expected"),
    [
        pytest.param(
            "3.0", {"schema": TEXT}, [("structure", ONE, "parameter limit has no in")], id="without a location"
        ),
        pytest.param(
            "3.0", {"in": "body", "schema": TEXT},
            [("structure", f"{ONE}/in",
              'in of parameter limit must be one of query, header, path, cookie, not "body"')],
            id="in a location of 2.0",
        ),
        pytest.param(
            "3.0", {"in": "query"}, [("structure", ONE, "parameter limit has neither schema nor content")], id="untyped"
        ),
        pytest.param(
            "3.0", {"in": "query", "schema": {}, "content": {"a/b": {}}},
            [("structure", ONE, "parameter limit has both schema and content")],
            id="typed twice",
        ),
        pytest.param(
            "3.0", {"in": "query", "content": {}},
            [("structure", f"{ONE}/content", "content of parameter limit must have at least one entry")],
            id="content without an entry",
        ),
        pytest.param(
            "3.0", {"in": "query", "content": {"a/b": {}, "a/c": {}}},
            [("structure", f"{ONE}/content", "content of parameter limit must have exactly one entry, not 2")],
            id="content with two entries",
        ),
        pytest.param(
            "3.0", {"in": "query", "content": {"a/b": {}}, "style": "form"},
            [("structure", f"{ONE}/style", "parameter limit has style beside content, where it has no meaning")],
            id="style beside content",
        ),
        pytest.param(
            "3.1", {"in": "query", "content": {"a/b": {}}, "example": 1},
            [("structure", f"{ONE}/example", "parameter limit has example beside content, where it has no meaning")],
            id="an example beside content, until 3.1",
        ),
        pytest.param(
            "3.1", {"in": "query", "schema": {}, "example": 1, "examples": {}},
            [("structure", ONE, "parameter limit has both example and examples, which exclude each other")],
            id="example and examples",
        ),
        pytest.param(
            "3.0", {"in": "header", "schema": {}, "style": "form"},
            [("structure", f"{ONE}/style", 'style of parameter limit must be "simple", not "form"')],
            id="a style of another location",
        ),
        pytest.param(
            "3.1", {"in": "cookie", "schema": {}, "style": "cookie"},
            [("structure", f"{ONE}/style", 'style of parameter limit must be "form", not "cookie"')],
            id="a style of later",
        ),
        pytest.param(
            "3.1", {"in": "header", "schema": {}, "allowReserved": True},
            [("structure", f"{ONE}/allowReserved", "parameter limit has the unknown field allowReserved")],
            id="allowReserved in a header",
        ),
        pytest.param(
            "3.2", {"in": "cookie", "schema": {}, "style": "cookie", "allowReserved": True},
            [("structure", f"{ONE}/allowReserved",
              "allowReserved has no meaning for parameter limit, whose style cookie does not percent-encode")],
            id="allowReserved where nothing is encoded",
        ),
        pytest.param(
            "3.1", {"in": "path", "required": True, "schema": {}, "allowEmptyValue": True},
            [("structure", f"{ONE}/allowEmptyValue", "parameter limit has the unknown field allowEmptyValue")],
            id="allowEmptyValue outside the query",
        ),
        pytest.param(
            "3.0", {"in": "header", "name": "Bad[Header]", "schema": {}},
            [("structure", f"{ONE}/name", "parameter Bad[Header] has a name that HTTP does not allow for a header")],
            id="a name that is no token",
        ),
        pytest.param(
            "3.2", {"in": "querystring", "schema": {}},
            [("structure", f"{ONE}/schema", "parameter limit has the unknown field schema"),
             ("structure", ONE, "parameter limit has no content")],
            id="a query string with a schema",
        ),
        pytest.param(
            "3.0", {"in": "query", "schema": {}, "required": "yes"},
            [("structure", f"{ONE}/required", 'required of parameter limit must be true or false, not "yes"')],
            id="a word for true",
        ),
        pytest.param(
            "2.0", {"in": "query", "schema": {}},
            [("structure", "/parameters/one/schema",
              "parameter limit has the field schema, which exists only since OpenAPI 3.0"),
             ("structure", "/parameters/one", "parameter limit has no type")],
            id="a schema in 2.0",
        ),
        pytest.param(
            "2.0", {"in": "query", "type": "array"},
            [("structure", "/parameters/one", "parameter limit is an array without items")],
            id="an array of nothing",
        ),
        pytest.param(
            "2.0", {"in": "query", "type": "file"},
            [("structure", "/parameters/one/type",
              'type of parameter limit must be one of string, number, integer, boolean, array, not "file"')],
            id="a file in the query",
        ),
        pytest.param(
            "2.0", {"in": "header", "type": "array", "items": TEXT, "collectionFormat": "multi"},
            [("structure", "/parameters/one/collectionFormat",
              'collectionFormat of parameter limit must be one of csv, ssv, tsv, pipes, not "multi"')],
            id="a repeated header",
        ),
        pytest.param(
            "2.0", {"in": "body"}, [("structure", "/parameters/one", "parameter limit has no schema")],
            id="a body of nothing"
        ),
        pytest.param(
            "2.0", {"in": "body", "schema": {}, "type": "string"},
            [("structure", "/parameters/one/type", "parameter limit has the unknown field type")],
            id="a body with a type",
        ),
    ],
)  # fmt: skip
def test_a_flaw_of_a_parameter(version, parts, expected):
    assert found(version, parameter(version, **parts)) == [("error", *flaw) for flaw in expected]


@pytest.mark.parametrize("field", ["allowReserved", "allowEmptyValue"])
def test_until_3_0_query_words_elsewhere_are_a_warning(field):
    assert found("3.0", parameter("3.0", **{"in": "header", "schema": {}, field: True})) == [
        ("warning", "structure", f"{ONE}/{field}", f"{field} has no meaning in parameter limit")
    ]


def test_a_header_of_2_0_has_a_name_that_http_allows():
    assert found("2.0", parameter("2.0", name="a b", type="string", **{"in": "header"})) == [
        ("error", "structure", "/parameters/one/name", "parameter a b has a name that HTTP does not allow for a header")
    ]


def test_what_is_consumed_is_not_judged_when_it_is_malformed():
    tree = operation("2.0", consumes="form", parameters=[{"name": "b", "in": "formData", "type": "file"}])
    assert [flaw[2] for flaw in found("2.0", tree)] == [f"{GET}/consumes"]
