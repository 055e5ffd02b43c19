"""Structure: components, security and schemas."""

import pytest
from structure_documents import GET, VERSIONS, components, document, found, operation, schema

PET = "/components/schemas/Pet"


@pytest.mark.parametrize(
    ("version", "parts", "expected"),
    [
        pytest.param(
            "3.1", {"headers": {"X": {"name": "X", "schema": {}}}},
            ("structure", "/components/headers/X/name", "header X has the unknown field name"),
            id="a header names itself",
        ),
        pytest.param(
            "3.1", {"headers": {"X": {}}},
            ("structure", "/components/headers/X", "header X has neither schema nor content"),
            id="an untyped header",
        ),
        pytest.param(
            "3.1", {"responses": {"a": {"description": "b", "headers": {"Bad=Name": {"schema": {}}}}}},
            ("structure", "/components/responses/a/headers/Bad=Name",
             "the header name Bad=Name holds characters that HTTP does not allow there"),
            id="a header that cannot be sent",
        ),
        pytest.param(
            "3.0", {"responses": {"a": {}}},
            ("structure", "/components/responses/a", "response a has no description"),
            id="a response without a description",
        ),
        pytest.param(
            "3.0", {"responses": {"a": {"description": "b", "content": {"$ref": "#/c"}}}},
            ("structure", "/components/responses/a/content/$ref",
             "content of response a may not be a reference, only its entries may"),
            id="a reference for a map",
        ),
        pytest.param(
            "3.0", {"responses": {"a": {"description": "b", "schema": {}}}},
            ("structure", "/components/responses/a/schema",
             "response a has the field schema, which exists only until OpenAPI 2.0"),
            id="a schema where content belongs",
        ),
        pytest.param(
            "3.0", {"requestBodies": {"a": {}}},
            ("structure", "/components/requestBodies/a", "request body a has no content"),
            id="a request body without content",
        ),
        pytest.param(
            "3.0", {"examples": {"a": {"value": 1, "externalValue": "b"}}},
            ("structure", "/components/examples/a",
             "example a has both value and externalValue, which exclude each other"),
            id="an example here and elsewhere",
        ),
        *(
            pytest.param(
                "3.2", {"examples": {"a": {first: "b", second: "c"}}},
                ("structure", "/components/examples/a",
                 f"example a has both {first} and {second}, which exclude each other"),
                id=f"{first} and {second}",
            )
            for first, second in (("value", "dataValue"), ("value", "serializedValue"),
                                  ("serializedValue", "externalValue"))
        ),
        *(
            pytest.param(
                "3.2", {"mediaTypes": {"a": {"encoding": {}, other: empty}}},
                ("structure", "/components/mediaTypes/a",
                 f"media type a has both encoding and {other}, which exclude each other"),
                id=f"encoding and {other}",
            )
            for other, empty in (("prefixEncoding", []), ("itemEncoding", {}))
        ),
        pytest.param(
            "3.2", {"mediaTypes": {"a": {"itemEncoding": {"encoding": {}, "itemEncoding": {}}}}},
            ("structure", "/components/mediaTypes/a/itemEncoding",
             "encoding has both encoding and itemEncoding, which exclude each other"),
            id="an encoding within",
        ),
        pytest.param(
            "3.0", {"requestBodies": {"a": {"content": {"a/b": {"encoding": {"c": {"style": "simple"}}}}}}},
            ("structure", "/components/requestBodies/a/content/a~1b/encoding/c/style",
             'style of encoding c must be one of form, spaceDelimited, pipeDelimited, deepObject, not "simple"'),
            id="an encoding of another style",
        ),
        pytest.param(
            "3.1", {"links": {"a": {}}},
            ("structure", "/components/links/a", "link a has neither operationId nor operationRef"),
            id="a link to nothing",
        ),
        pytest.param(
            "3.1", {"links": {"a": {"operationId": "b", "operationRef": "c"}}},
            ("structure", "/components/links/a",
             "link a has both operationRef and operationId, which exclude each other"),
            id="a link to two",
        ),
        pytest.param(
            "3.1", {"links": {"a": {"operationId": "b", "body": {}}}},
            ("structure", "/components/links/a/body", "link a has the unknown field body"),
            id="a link with a body",
        ),
        pytest.param(
            "3.1", {"schemas": {"a b": {}}},
            ("component-name", "/components/schemas/a b",
             "the component name a b has other characters than letters, digits, . _ and -"),
            id="a name that a reference cannot spell",
        ),
        pytest.param(
            "3.0", {"pathItems": {}},
            ("structure", "/components/pathItems",
             "components has the field pathItems, which exists only since OpenAPI 3.1"),
            id="components of later",
        ),
        pytest.param(
            "3.1", {"mediaTypes": {}},
            ("structure", "/components/mediaTypes",
             "components has the field mediaTypes, which exists only since OpenAPI 3.2"),
            id="components of the latest version",
        ),
        pytest.param(
            "3.1", {"links": {"a": {"operationId": "b", "server": {"$ref": "#/s"}}}},
            ("structure", "/components/links/a/server/$ref", "server may not be a reference"),
            id="a server is written where it is used",
        ),
        pytest.param(
            "3.1", {"responses": {"a": {"$ref": 5}}},
            ("structure", "/components/responses/a/$ref", "$ref of responses.a of components must be a string, not 5"),
            id="a reference that is a number",
        ),
        pytest.param(
            "3.1", {"responses": {"a": {"$ref": "#/b", "summary": 1}}},
            ("structure", "/components/responses/a/summary",
             "summary of responses.a of components must be a string, not 1"),
            id="a reference with a number for its summary",
        ),
    ],
)  # fmt: skip
def test_a_flaw_of_a_component(version, parts, expected):
    assert found(version, components(version, **parts)) == [("error", *expected)]


@pytest.mark.parametrize(
    ("version", "tree", "expected"),
    [
        pytest.param(
            "3.0", components("3.0", schemas={"Page«Pet»": {}}),
            ("component-name", "/components/schemas/Page«Pet»",
             "the component name Page«Pet» has other characters than letters, digits, . _ and -"),
            id="3.0 lives with the names of generics",
        ),
        pytest.param(
            "3.0", operation("3.0", responses={"200": {"description": "a", "content": {"json": {}}}}),
            ("media-type", f"{GET}/responses/200/content/json", "the media type json is not written type/subtype"),
            id="a media type that no message has",
        ),
        pytest.param(
            "3.0", operation("3.0", responses={"200": {"description": "a", "content": {"a/b, a/c": {}}}}),
            ("media-type", f"{GET}/responses/200/content/a~1b, a~1c",
             "the media type a/b, a/c is not written type/subtype"),
            id="two media types in one",
        ),
        pytest.param(
            "3.0",
            components("3.0", requestBodies={"a": {"content": {"a/b": {"encoding": {"c": {"contentType": "d"}}}}}}),
            ("media-type", "/components/requestBodies/a/content/a~1b/encoding/c/contentType",
             'contentType of encoding c must be a media type, or several with commas, not "d"'),
            id="an encoding of no media type",
        ),
        pytest.param(
            "2.0", operation("2.0", responses={"200": {"description": "a", "examples": {"cat": 1}}}),
            ("media-type", f"{GET}/responses/200/examples/cat",
             "the example cat of response 200 is not named after a media type"),
            id="an example of no media type",
        ),
        pytest.param(
            "3.0", components("3.0", requestBodies={"a": {"content": {}}}),
            ("structure", "/components/requestBodies/a/content", "the content of the request body is empty"),
            id="a request body of no kind",
        ),
        pytest.param(
            "3.0", operation("3.0", responses={"404": {"description": "a"}, "5XX": {"description": "b"}}),
            ("no-success-response", f"{GET}/responses",
             "operation GET /pets has no response for success, only 404, 5XX"),
            id="an operation that cannot succeed",
        ),
        pytest.param(
            "3.0", operation("3.0", responses={"200": {"$ref": "#/a", "headers": {}}}),
            ("structure", f"{GET}/responses/200",
             "headers beside the $ref of 200 of responses is ignored"),
            id="what stands beside a reference",
        ),
    ],
)  # fmt: skip
def test_what_is_worth_a_warning_only(version, tree, expected):
    assert found(version, tree) == [("warning", *expected)]


@pytest.mark.parametrize(
    ("version", "scheme", "expected"),
    [
        ("3.0", {}, ("", "security scheme a has no type")),
        ("3.0", {"type": "basic"},
         ("/type", 'type of security scheme a must be one of apiKey, http, oauth2, openIdConnect, not "basic"')),
        ("3.0", {"type": "mutualTLS"},
         ("/type", 'type of security scheme a must be one of apiKey, http, oauth2, openIdConnect, not "mutualTLS"')),
        ("3.0", {"type": "apiKey", "name": "b"}, ("", "security scheme a has no in")),
        ("3.0", {"type": "apiKey", "in": "query"}, ("", "security scheme a has no name")),
        ("3.0", {"type": "apiKey", "in": "path", "name": "b"},
         ("/in", 'in of security scheme a must be one of query, header, cookie, not "path"')),
        ("3.0", {"type": "http"}, ("", "security scheme a has no scheme")),
        ("3.0", {"type": "http", "scheme": "basic", "bearerFormat": "JWT"},
         ("/bearerFormat", "security scheme a has a bearerFormat but is not of the scheme bearer")),
        ("3.0", {"type": "http", "scheme": "basic", "name": "b"},
         ("/name", "security scheme a has the unknown field name")),
        ("3.0", {"type": "openIdConnect"}, ("", "security scheme a has no openIdConnectUrl")),
        ("3.0", {"type": "oauth2"}, ("", "security scheme a has no flows")),
        ("3.0", {"type": "oauth2", "flows": {"implicit": {"scopes": {}}}},
         ("/flows/implicit", "flow has no authorizationUrl")),
        ("3.0", {"type": "oauth2", "flows": {"password": {"tokenUrl": "/"}}},
         ("/flows/password", "flow has no scopes")),
        ("3.0", {"type": "oauth2", "flows": {"accessCode": {}}},
         ("/flows/accessCode", "flows has the field accessCode, which exists only until OpenAPI 2.0")),
        ("3.1", {"type": "oauth2", "flows": {"deviceAuthorization": {}}},
         ("/flows/deviceAuthorization",
          "flows has the field deviceAuthorization, which exists only since OpenAPI 3.2")),
        ("3.2", {"type": "oauth2", "flows": {"deviceAuthorization": {"tokenUrl": "/", "scopes": {}}}},
         ("/flows/deviceAuthorization", "flow has no deviceAuthorizationUrl")),
        ("2.0", {"type": "http"},
         ("/type", 'type of security scheme a must be one of basic, apiKey, oauth2, not "http"')),
        ("2.0", {"type": "oauth2", "flow": "implicit"}, ("", "security scheme a has no authorizationUrl")),
        ("2.0", {"type": "oauth2"}, ("", "security scheme a has no flow")),
    ],
)  # fmt: skip
def test_a_flaw_of_a_security_scheme(version, scheme, expected):
    tree = (
        document("2.0", securityDefinitions={"a": scheme})
        if version == "2.0"
        else components(version, securitySchemes={"a": scheme})
    )
    holder = "/securityDefinitions/a" if version == "2.0" else "/components/securitySchemes/a"
    assert found(version, tree) == [("error", "structure", holder + expected[0], expected[1])]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_requirement_names_a_scheme(version):
    assert found(version, operation(version, security=[{}, {"api_key": []}])) == [
        (
            "warning",
            "unknown-security-scheme",
            f"{GET}/security/1/api_key",
            "the security scheme api_key is not defined",
        )
    ]


def test_schemes_that_lie_elsewhere_are_not_missed():
    tree = {**operation("3.0", security=[{"api_key": []}]), "components": {"securitySchemes": {"$ref": "s.yaml"}}}
    assert [flaw[1] for flaw in found("3.0", tree)] == ["structure"]


@pytest.mark.parametrize(
    ("version", "keywords", "expected"),
    [
        ("3.0", {"type": "strng"},
         ("/type", 'type of schema Pet must be one of array, boolean, integer, number, object, string, not "strng"')),
        ("3.0", {"type": "null"},
         ("/type", 'type of schema Pet must be one of array, boolean, integer, number, object, string, not "null"')),
        ("3.0", {"type": ["string", "null"]},
         ("/type", "type of schema Pet must be one of array, boolean, integer, number, object, string, not a list")),
        ("3.1", {"type": ["string", "string"]}, ("/type/1", 'type[1] of schema Pet repeats "string"')),
        ("3.1", {"type": []}, ("/type", "type of schema Pet must have at least one entry")),
        ("3.0", {"required": []}, ("/required", "required of schema Pet must have at least one entry")),
        ("3.0", {"required": ["a", "a"]}, ("/required/1", 'required[1] of schema Pet repeats "a"')),
        ("3.1", {"required": [1]}, ("/required/0", "required[0] of schema Pet must be a string, not 1")),
        ("3.0", {"required": True}, ("/required", "required of schema Pet must be a list, not true")),
        ("3.1", {"enum": "a"}, ("/enum", 'enum of schema Pet must be a list, not "a"')),
        ("3.0", {"enum": []}, ("/enum", "enum of schema Pet must have at least one entry")),
        ("2.0", {"enum": [1, 1.0]}, ("/enum/1", "enum[1] of schema Pet repeats 1.0")),
        ("3.1", {"properties": []}, ("/properties", "properties of schema Pet must be an object, not an empty list")),
        ("3.0", {"properties": {"a": True}},
         ("/properties/a", "properties.a of schema Pet must be an object, not true")),
        ("3.1", {"properties": {"$ref": "#/a"}},
         ("/properties/$ref", "properties of schema Pet may not be a reference, only its entries may")),
        ("3.1", {"minimum": "1"}, ("/minimum", 'minimum of schema Pet must be a number, not "1"')),
        ("3.1", {"exclusiveMinimum": True},
         ("/exclusiveMinimum", "exclusiveMinimum of schema Pet must be a number, not true")),
        ("3.0", {"exclusiveMinimum": 1},
         ("/exclusiveMinimum", "exclusiveMinimum of schema Pet must be true or false, not 1")),
        ("3.1", {"multipleOf": 0}, ("/multipleOf", "multipleOf of schema Pet must be a number greater than 0, not 0")),
        ("3.1", {"maxLength": 1.5},
         ("/maxLength", "maxLength of schema Pet must be an integer of at least 0, not 1.5")),
        ("3.1", {"minItems": -1}, ("/minItems", "minItems of schema Pet must be an integer of at least 0, not -1")),
        ("3.1", {"pattern": 5}, ("/pattern", "pattern of schema Pet must be a string, not 5")),
        ("3.1", {"$ref": {}}, ("/$ref", "$ref of schema Pet must be a string, not an object")),
        ("3.1", {"items": [{}]}, ("/items", "items of schema Pet must be an object or true or false, not a list")),
        ("3.1", {"allOf": []}, ("/allOf", "allOf of schema Pet must have at least one entry")),
        ("3.1", {"examples": {"a": 1}}, ("/examples", "examples of schema Pet must be a list, not an object")),
        ("3.0", {"const": 1}, ("/const", "schema Pet has the field const, which exists only since OpenAPI 3.1")),
        ("3.0", {"propertys": {}}, ("/propertys", "schema Pet has the unknown field propertys")),
        ("2.0", {"oneOf": []}, ("/oneOf", "schema Pet has the field oneOf, which exists only since OpenAPI 3.0")),
        ("2.0", {"discriminator": {}},
         ("/discriminator", "discriminator of schema Pet must be a string, not an object")),
        ("3.0", {"discriminator": "kind"},
         ("/discriminator", 'discriminator of schema Pet must be an object, not "kind"')),
        ("3.0", {"discriminator": {}}, ("/discriminator", "discriminator has no propertyName")),
        ("3.1", {"discriminator": {"propertyName": "a", "mapping": {"b": 1}}},
         ("/discriminator/mapping/b", "mapping.b of discriminator must be a string, not 1")),
        ("3.2", {"xml": {"nodeType": "text", "attribute": True}},
         ("/xml", "xml has both nodeType and attribute, which exclude each other")),
        ("3.2", {"xml": {"nodeType": "element", "wrapped": True}},
         ("/xml", "xml has both nodeType and wrapped, which exclude each other")),
        ("3.0", {"properties": {"a": {"items": {"type": 1}}}},
         ("/properties/a/items/type",
          "type of schema items must be one of array, boolean, integer, number, object, string, not 1")),
    ],
)  # fmt: skip
def test_a_flaw_of_a_schema(version, keywords, expected):
    base = "/definitions/Pet" if version == "2.0" else PET
    assert found(version, schema(version, **keywords)) == [("error", "structure", base + expected[0], expected[1])]


@pytest.mark.parametrize(
    ("version", "keywords", "expected"),
    [
        ("3.0", {"type": "array"}, ("", "schema Pet is an array without items")),
        ("2.0", {"type": "array"}, ("", "schema Pet is an array without items")),
        ("3.1", {"nullable": True}, ("/nullable", "nullable has no meaning in schema Pet")),
        ("2.0", {"nullable": True}, ("/nullable", "nullable has no meaning in schema Pet")),
        ("3.1", {"required": ["a", "a"]}, ("/required/1", "required of schema Pet repeats a")),
        ("3.0", {"readOnly": True, "writeOnly": True}, ("", "schema Pet is both readOnly and writeOnly")),
        ("3.0", {"$ref": "#/a", "nullable": True},
         ("", "nullable beside the $ref of schemas.Pet of components is ignored")),
        ("2.0", {"$ref": "#/a", "enum": [1], "minimum": 1},
         ("", "enum, minimum beside the $ref of schema Pet are ignored")),
        ("3.0", {"discriminator": {"propertyName": "a", "other": 1}},
         ("/discriminator/other", "discriminator has the unknown field other")),
    ],
)  # fmt: skip
def test_a_schema_that_means_less_than_it_says(version, keywords, expected):
    base = "/definitions/Pet" if version == "2.0" else PET
    assert found(version, schema(version, **keywords)) == [("warning", "structure", base + expected[0], expected[1])]
