"""Structure: sound documents are left alone, and what is broken at their root is told, with the fix."""

from collections import deque

import pytest
from structure_documents import INFO, SOUND, VERSIONS, components, document, found, operation, schema

from mockserver.checks.document.shapes import Choice, Expected, compiled
from mockserver.checks.document.shapes_2 import ALIASES_2, TABLES_2
from mockserver.checks.document.shapes_3 import ALIASES_3, TABLES_3
from mockserver.checks.document.structure import flaws


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sound_document_has_no_flaw(version):
    assert found(version, SOUND[version]) == []


@pytest.mark.parametrize(
    ("version", "tree"),
    [
        pytest.param("3.1", {"openapi": "3.1.0", "info": INFO, "components": {}}, id="components alone are enough"),
        pytest.param("3.1", {"openapi": "3.1.0", "info": INFO, "webhooks": {}}, id="webhooks alone are enough"),
        pytest.param("3.1", document("3.1", paths={"/": {"get": {}}}), id="from 3.1 responses may be missing"),
        pytest.param("3.2", operation("3.2", responses={"200": {}}), id="from 3.2 descriptions may be missing"),
        pytest.param("3.0", document("3.0", paths={"/pets/{id}": {}}), id="an empty path declares nothing"),
        pytest.param("3.0", operation("3.0", responses={200: {"description": "ok"}}), id="a status may be an integer"),
        pytest.param("3.0", operation("3.0", responses={"302": {"description": "there"}}),
            id="a redirect is a success"),
        pytest.param("3.0", operation("3.0", "/pets/{id}", parameters=[{"$ref": "p.yaml"}]), id="it may be elsewhere"),
        pytest.param("3.0", document("3.0", paths={"/pets/{id}": {"$ref": "p.yaml"}}), id="a path may be elsewhere"),
        pytest.param("3.0", document("3.0", **{"x-a": {"$ref": 1}}), id="an extension is not looked at"),
        pytest.param("3.1", document("3.1", jsonSchemaDialect="urn:mine", components={"schemas": {"A": {"type": 1}}}),
                     id="a schema of another dialect is not looked at"),
        pytest.param("2.0", document("2.0", securityDefinitions={}, security=[]), id="no security is fine"),
        pytest.param("3.0", schema("3.0", **{"$ref": "#/x", "description": "y", "type": "object"}),
                     id="notes beside a $ref are lost without harm"),
    ],
)  # fmt: skip
def test_what_is_allowed_is_no_flaw(version, tree):
    assert found(version, tree) == []


@pytest.mark.parametrize(
    ("version", "tree", "expected"),
    [
        pytest.param("3.1", [], ("error", "structure", "", "document must be an object, not an empty list"), id="list"),
        pytest.param("3.1", None, ("error", "structure", "", "document must be an object, not null"), id="null"),
        pytest.param(
            "3.0",
            {"openapi": "3.0.0", "info": INFO},
            ("error", "structure", "", "document has no paths"),
            id="paths are required in 3.0",
        ),
        pytest.param(
            "3.1",
            {"openapi": "3.1.0", "info": INFO},
            ("error", "structure", "", "the document has none of paths, components, webhooks"),
            id="something must be described",
        ),
        pytest.param(
            "3.1",
            {**document("3.1"), "openapi": 3.1},
            ("error", "structure", "/openapi", "openapi must be a version 3.1.x in quotes, not 3.1"),
            id="the version is a string",
        ),
        pytest.param(
            "2.0",
            {**document("2.0"), "swagger": 2.0},
            ("error", "structure", "/swagger", 'swagger must be "2.0", not 2.0'),
            id="the version of 2.0 too",
        ),
        pytest.param(
            "3.0",
            {**document("3.0"), "openapi": "3.1.0"},
            ("error", "structure", "/openapi", 'openapi must be a version 3.0.x in quotes, not "3.1.0"'),
            id="the version is the one asked for",
        ),
        pytest.param(
            "3.2",
            document("3.2", **{"$self": "https://example.com/a#b"}),
            ("error", "structure", "/$self", '$self must be a URI without a fragment, not "https://example.com/a#b"'),
            id="$self has no fragment",
        ),
        pytest.param(
            "3.0",
            document("3.0", info={"title": "Pets"}),
            ("error", "structure", "/info", "info has no version"),
            id="info.version is required",
        ),
        pytest.param(
            "3.0",
            document("3.0", info={**INFO, "version": 1.0}),
            ("error", "structure", "/info/version", "version of info must be a string, not 1.0"),
            id="info.version is a string",
        ),
        pytest.param(
            "3.0",
            document("3.0", info={**INFO, "summary": "pets"}),
            ("error", "structure", "/info/summary",
             "info has the field summary, which exists only since OpenAPI 3.1"),
            id="a field of a later version",
        ),
        pytest.param(
            "3.0",
            document("3.0", definitions={}),
            ("error", "structure", "/definitions",
             "document has the field definitions, which exists only until OpenAPI 2.0"),
            id="a field of an earlier version",
        ),
        pytest.param(
            "3.1",
            document("3.1", overlays={}),
            ("error", "structure", "/overlays", "document has the unknown field overlays"),
            id="a field that does not exist",
        ),
        pytest.param(
            "3.1",
            document("3.1", info={**INFO, "license": {"name": "MIT", "identifier": "MIT", "url": "https://a.example"}}),
            ("error", "structure", "/info/license",
             "license has both identifier and url, which exclude each other"),
            id="a licence by name or by address",
        ),
        pytest.param(
            "3.1",
            document("3.1", info={**INFO, "contact": {"url": "https://a b", "email": "team@example.com"}}),
            ("warning", "structure", "/info/contact/url",
             'url of contact must be a URI without blanks, not "https://a b"'),
            id="a URI with a blank",
        ),
        pytest.param(
            "3.1",
            document("3.1", info={**INFO, "contact": {"email": "team"}}),
            ("warning", "structure", "/info/contact/email", 'email of contact must be an e-mail address, not "team"'),
            id="an address that is none",
        ),
        pytest.param(
            "3.0",
            document("3.0", tags=[{"name": "a"}, {"name": "a", "description": "b"}]),
            ("error", "structure", "/tags/1", "the tag a is declared again"),
            id="a tag twice",
        ),
        pytest.param(
            "3.2",
            document("3.2", tags=[{"name": "a", "parent": "b"}]),
            ("warning", "structure", "/tags/0/parent", "b, the parent of tag a, is no declared tag"),
            id="a tag without its parent",
        ),
        pytest.param(
            "3.2",
            document("3.2", tags=[{"name": "a", "parent": "a"}]),
            ("warning", "structure", "/tags/0/parent", "tag a is its own ancestor"),
            id="a tag that is its own parent",
        ),
        pytest.param(
            "3.1",
            document("3.1", info={**INFO, "license": {"name": "MIT", "$ref": "#/l"}}),
            ("error", "structure", "/info/license/$ref", "license may not be a reference"),
            id="a reference where none may be",
        ),
        pytest.param(
            "3.1",
            document("3.1", externalDocs={}),
            ("error", "structure", "/externalDocs", "externalDocs has no url"),
            id="documentation without an address",
        ),
    ],
)  # fmt: skip
def test_a_flaw_of_the_document_itself(version, tree, expected):
    assert found(version, tree) == [expected]


@pytest.mark.parametrize(
    ("version", "server", "expected"),
    [
        pytest.param("3.0", {}, ("error", "structure", "/servers/0", "server servers[0] has no url"), id="without url"),
        pytest.param(
            "3.0",
            {"url": "https://{a}"},
            ("error", "server", "/servers/0/url",
             "the server url https://{a} uses the variable a, which is not defined"),
            id="an undefined variable",
        ),
        pytest.param(
            "3.0",
            {"url": "https://{a"},
            ("error", "server", "/servers/0/url", "the braces of the server url https://{a do not match"),
            id="braces",
        ),
        pytest.param(
            "3.2",
            {"url": "/{a}{a}", "variables": {"a": {"default": "b"}}},
            ("error", "server", "/servers/0/url", "the server url /{a}{a} uses the variable a more than once"),
            id="a variable twice",
        ),
        pytest.param(
            "3.2",
            {"url": "/?a=b"},
            ("error", "server", "/servers/0/url", "the server url /?a=b has a query or a fragment"),
            id="a query",
        ),
        pytest.param(
            "3.0",
            {"url": "/", "variables": {"a": {"default": "b"}}},
            ("warning", "server", "/servers/0/variables/a", "the server variable a is not in the url /"),
            id="an unused variable",
        ),
        pytest.param(
            "3.1",
            {"url": "/{a}", "variables": {"a": {"default": "b", "enum": ["c"]}}},
            ("error", "server", "/servers/0/variables/a/default",
             'the default of server variable a, "b", is not in its enum'),
            id="a default that is not allowed",
        ),
        pytest.param(
            "3.0",
            {"url": "/{a}", "variables": {"a": {"default": "b", "enum": ["c"]}}},
            ("warning", "server", "/servers/0/variables/a/default",
             'the default of server variable a, "b", is not in its enum'),
            id="which 3.0 only advises against",
        ),
        pytest.param(
            "3.1",
            {"url": "/{a}", "variables": {"a": {"default": "b", "enum": []}}},
            ("error", "structure", "/servers/0/variables/a/enum",
             "enum of server variable a must have at least one entry"),
            id="an empty enum",
        ),
        pytest.param(
            "3.0",
            {"url": "/{a}", "variables": {"a": {"default": "b", "enum": []}}},
            ("warning", "server", "/servers/0/variables/a/enum", "the enum of server variable a is empty"),
            id="which 3.0 only advises against too",
        ),
        pytest.param(
            "3.1",
            {"url": "/{a}", "variables": {"a": {"default": 8080}}},
            ("error", "structure", "/servers/0/variables/a/default",
             "default of server variable a must be a string, not 8080"),
            id="a default that is a number",
        ),
    ],
)  # fmt: skip
def test_a_flaw_of_a_server(version, server, expected):
    assert found(version, document(version, servers=[server])) == [expected]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"host": "https://a.example"},
         ("error", "server", "/host", 'host must be a host name with an optional port, not "https://a.example"')),
        ({"basePath": "v1"},
         ("error", "server", "/basePath", 'basePath must be a path that begins with "/", not "v1"')),
        ({"schemes": ["ftp"]},
         ("error", "structure", "/schemes/0", 'schemes[0] must be one of http, https, ws, wss, not "ftp"')),
        ({"consumes": "application/json"},
         ("error", "structure", "/consumes", 'consumes must be a list, not "application/json"')),
        ({"produces": ["json"]},
         ("warning", "media-type", "/produces/0", 'produces[0] must be a media type, not "json"')),
        ({"produces": ["a/b", "a/b"]}, ("error", "structure", "/produces/1", 'produces[1] repeats "a/b"')),
    ],
)  # fmt: skip
def test_where_a_document_of_2_0_is_served(parts, expected):
    assert found("2.0", document("2.0", **parts)) == [expected]


@pytest.mark.parametrize(
    ("version", "tree", "fix"),
    [
        ("3.0", {**document("3.0"), "info": {"title": "Pets"}}, 'add version: "1.0.0"'),
        ("3.0", document("3.0", info={**INFO, "version": 1.0}), 'put it in quotes: version: "1.0"'),
        ("3.1", {**document("3.1"), "openapi": 3.1}, 'write openapi: "3.1.0", for example'),
        ("3.1", operation("3.1", operationid="a"), "rename it to operationId"),
        ("3.1", document("3.1", overlays={}), "remove it, or name it x-overlays"),
        ("3.0", document("3.0", definitions={}), "move it to components.schemas"),
        ("3.0", document("3.0", servers={}), 'write servers: [{"url": "https://example.com"}], for example'),
        ("3.0", document("3.0", paths={"pets": {}}), "write /pets"),
        ("3.0", schema("3.0", required=True),
         "list the names of the required properties in the schema around it: required: [name]"),
        ("3.0", schema("3.0", type=["string", "null"]),
         "write the one type, and nullable: true for null; several types need OpenAPI 3.1"),
        ("3.0", schema("3.0", exclusiveMinimum=5), "write minimum: 5 and exclusiveMinimum: true"),
        ("3.1", schema("3.1", exclusiveMinimum=True),
         "write the bound itself: exclusiveMinimum: 0 in place of minimum: 0"),
        ("3.1", schema("3.1", items=[]),
         "write one schema for all items, or prefixItems (from OpenAPI 3.1) for one schema each"),
        ("3.1", schema("3.1", nullable=True), 'add "null" to the types: type: [string, "null"]'),
        ("3.0", schema("3.0", type="null"), "write the type and nullable: true, or use OpenAPI 3.1"),
        ("3.1", schema("3.1", examples={}), "write the values themselves as a list: examples: [...]"),
        ("3.0", components("3.0", securitySchemes={"a": {"type": "apikey"}}), "write type: apiKey, for example"),
        ("3.0", operation("3.0", "/pets/{id}", parameters=[]),
         "add to its parameters: {name: id, in: path, required: true, schema: {type: string}}"),
        ("3.0", {**document("3.0"), "info": {**INFO, "version": 10**400}}, 'write version: "1.0.0", for example'),
        ("3.0", document("3.0", info={**INFO, "description": {}}), 'write description: "what it is for", for example'),
        ("3.1", document("3.1", tags=["pets"]), "write {}, for example"),
        ("3.0", {**operation("3.0", security=[{"api_kye": []}]),
                 "components": {"securitySchemes": {"api_key": {"type": "http", "scheme": "basic"}}}},
         "write api_key"),
    ],
)  # fmt: skip
def test_the_fix_is_the_next_thing_to_type(version, tree, fix):
    assert [flaw.fix for flaw in flaws(tree, version)] == [fix]


def test_among_very_many_names_none_is_proposed():
    schemes = {f"get{name}": {"type": "http", "scheme": "basic"} for name in range(301)}
    tree = document("3.1", security=[{"getA": []}], components={"securitySchemes": schemes})
    assert [flaw.fix for flaw in flaws(tree, "3.1")] == ["add getA to components.securitySchemes"]


def test_a_node_that_aliases_repeat_is_told_once():
    shared = {"type": 5}
    tree = components("3.1", schemas={"a": shared, "b": {"properties": {"c": shared}}})
    assert [flaw[2] for flaw in found("3.1", tree)] == ["/components/schemas/a/type"]


def test_a_tree_that_contains_itself_comes_to_an_end():
    loop = {}
    loop["properties"] = {"again": loop}
    assert found("3.1", components("3.1", schemas={"a": loop})) == []


def test_a_tree_deeper_than_python_is_judged():
    deep = {"type": 5}
    for _ in range(20_000):
        deep = {"items": deep}
    (flaw,) = flaws(components("3.1", schemas={"a": deep}), "3.1")
    assert flaw.pointer.endswith("/items/type")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_that_a_table_names_has_a_table(version):
    tables = (
        compiled(TABLES_2, "2.0", ALIASES_2)
        if version == "2.0"
        else compiled(TABLES_3[version], version, ALIASES_3[version])
    )
    named = deque([tables.root])
    for shape in tables.shapes.values():
        named += (
            [Expected("", shape=name) for name in (*shape.shapes.values(), shape.otherwise)]
            if isinstance(shape, Choice)
            else [*shape.fields.values(), *([shape.patterned] if shape.patterned else [])]
        )
    missing = set()
    while named:
        expected = named.popleft()
        named += [inner for inner in (expected.items, expected.values) if inner is not None]
        missing |= {expected.shape} - {"", *tables.shapes}
    assert missing == set()
