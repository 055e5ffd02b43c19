"""Rules of oasdiff for one document (validate, commit 4553c69): each has a document here in which lint finds it."""

import pytest
from structure_documents import INFO, OK, PATH_ID, TEXT, components, document, found, operation, parameter, schema

SINCE_31 = (  # noqa: SIM905 - a list of words reads as one
    "$anchor $comment const contains contentEncoding contentMediaType contentSchema $defs dependentRequired "
    "dependentSchemas $dynamicAnchor $dynamicRef else examples $id if maxContains minContains patternProperties "
    "prefixItems propertyNames $schema then unevaluatedItems unevaluatedProperties"
).split()


def scheme(**parts):
    return components("3.1", securitySchemes={"one": parts})


def flow(kind, **parts):
    return scheme(type="oauth2", flows={kind: parts})


def link(**parts):
    return operation("3.1", responses={"200": {"description": "a", "links": {"next": parts}}})


def content(entries):
    return parameter("3.1", **{"in": "query", "content": entries})


DOCUMENTS = {
    "authorization-url-forbidden": flow("password", authorizationUrl="https://a", tokenUrl="https://a", scopes={}),
    "conflicting-paths": document(
        "3.1",
        paths={
            "/a/{b}": {"get": {"parameters": [{**PATH_ID, "name": "b"}], "responses": OK}},
            "/a/{c}": {"get": {"parameters": [{**PATH_ID, "name": "c"}], "responses": OK}},
        },
    ),
    "const-not-in-enum": schema("3.1", const=1, enum=[2]),
    "content-or-schema-exactly-one": parameter("3.1", **{"in": "query"}),
    "duplicate-enum-value": schema("3.1", enum=["a", "a"]),
    "duplicate-operation-id": document(
        "3.1", paths={"/a": {word: {"operationId": "same", "responses": OK} for word in ("get", "put")}}
    ),
    "duplicate-parameter": operation("3.1", parameters=[{"name": "a", "in": "query", "schema": TEXT}] * 2),
    "duplicate-required-field": schema("3.1", required=["a", "a"]),
    "duplicate-tag": document("3.1", tags=[{"name": "a"}, {"name": "a"}]),
    "enum-empty": schema("3.0", enum=[]),
    "example-examples-mutually-exclusive": parameter(
        "3.1", **{"in": "query", "schema": TEXT, "example": "a", "examples": {"b": {"value": "b"}}}
    ),
    "external-docs-url-required": document("3.1", externalDocs={}),
    "extra-sibling-fields": schema("3.0", **{"$ref": "#/components/schemas/Pet", "nullable": True}),
    "flows-required": scheme(type="oauth2"),
    "info-required": {"openapi": "3.1.0", "paths": {}},
    "info-title-required": document("3.1", info={"version": "1"}),
    "info-version-required": document("3.1", info={"title": "a"}),
    "license-name-required": document("3.1", info={**INFO, "license": {}}),
    "min-contains-exceeds-max-contains": schema("3.1", contains={}, minContains=2, maxContains=1),
    "min-items-exceeds-max-items": schema("3.1", minItems=2, maxItems=1),
    "min-length-exceeds-max-length": schema("3.1", minLength=2, maxLength=1),
    "min-properties-exceeds-max-properties": schema("3.1", minProperties=2, maxProperties=1),
    "minimum-exceeds-maximum": schema("3.1", minimum=2, maximum=1),
    "multiple-of-not-positive": schema("3.1", multipleOf=0),
    "oauth-flow-authorization-url-required": flow("implicit", scopes={}),
    "oauth-flow-scopes-required": flow("password", tokenUrl="https://a"),
    "oauth-flow-token-url-required": flow("password", scopes={}),
    "openapi-required": {"info": INFO, "paths": {}},
    "openid-connect-url-required": scheme(type="openIdConnect"),
    "operation-id-operation-ref-mutually-exclusive": link(operationId="a", operationRef="#/paths/~1pets/get"),
    "operation-id-or-operation-ref-required": link(description="a"),
    "operation-responses-required": document("3.0", paths={"/a": {"get": {}}}),
    "parameter-content-single-entry": content({"text/plain": {}, "text/html": {}}),
    "parameter-in-invalid": parameter("3.1", **{"in": "body", "schema": TEXT}),
    "parameter-name-required": operation("3.1", parameters=[{"in": "query", "schema": TEXT}]),
    "path-must-start-with-slash": operation("3.1", path="pets"),
    "path-parameter-required": operation("3.1", path="/{id}", parameters=[{**PATH_ID, "required": False}]),
    "path-parameters-mismatch": operation("3.1", path="/{id}"),
    "paths-required": {"openapi": "3.0.0", "info": INFO},
    "read-only-write-only-mutually-exclusive": schema("3.1", readOnly=True, writeOnly=True),
    "request-body-content-required": operation("3.1", requestBody={}),
    "response-description-required": operation("3.1", responses={"200": {}}),
    "schema-items-required": schema("3.0", type="array"),
    "schema-pattern-regex-invalid": schema("3.1", pattern="("),
    "schema-type-unsupported": schema("3.1", type="text"),
    "security-scheme-apikey-in-invalid": scheme(type="apiKey", name="a", **{"in": "body"}),
    "security-scheme-http-scheme-invalid": scheme(type="http"),
    "security-scheme-name-required": scheme(type="apiKey", **{"in": "query"}),
    "security-scheme-type-invalid": scheme(type="magic"),
    "server-url-required": document("3.1", servers=[{}]),
    "server-url-template-invalid": document("3.1", servers=[{"url": "https://{a}"}]),
    "subschemas-empty": schema("3.1", allOf=[]),
    "type-format-mismatch": schema("3.1", type="boolean", format="uuid"),
    "url-identifier-mutually-exclusive": document(
        "3.1", info={**INFO, "license": {"name": "a", "url": "https://a", "identifier": "MIT"}}
    ),
    "value-external-value-mutually-exclusive": components(
        "3.1", examples={"a": {"value": 1, "externalValue": "https://a"}}
    ),
    "webhooks-field-for-3-1-plus": document("3.0", webhooks={}),
    "bearer-format-forbidden": scheme(type="http", scheme="basic", bearerFormat="JWT"),
    "default-required": document("3.1", servers=[{"url": "https://{a}", "variables": {"a": {}}}]),
    "flows-forbidden": scheme(type="http", scheme="basic", flows={}),
    "header-content-single-entry": components("3.1", headers={"A": {"content": {}}}),
    "identifier-field-for-3-1-plus": document("3.0", info={**INFO, "license": {"name": "a", "identifier": "MIT"}}),
    "in-forbidden": components("3.1", headers={"A": {"in": "header", "schema": TEXT}}),
    "item-schema-field-for-3-2-plus": operation("3.1", requestBody={"content": {"text/plain": {"itemSchema": TEXT}}}),
    "json-schema-dialect-required": document("3.1", jsonSchemaDialect=None),
    "jsonschemadialect-field-for-3-1-plus": document("3.0", jsonSchemaDialect="https://a"),
    "name-forbidden": components("3.1", headers={"A": {"name": "A", "schema": TEXT}}),
    "responses-required": document("3.0", paths={"/a": {"get": {}}}),
    "serialization-method-invalid": parameter("3.1", **{"in": "query", "schema": TEXT, "style": "matrix"}),
    "summary-field-for-3-1-plus": document("3.0", info={**INFO, "summary": "a"}),
    "token-url-forbidden": flow("implicit", authorizationUrl="https://a", tokenUrl="https://a", scopes={}),
    "webhook-nil": document("3.1", webhooks={"a": None}),
    **{f"{name.removeprefix('$')}-field-for-3-1-plus": schema("3.0", **{name: {}}) for name in SINCE_31},
}


@pytest.mark.parametrize("rule", DOCUMENTS)
def test_what_oasdiff_finds_in_one_document_is_found(rule) -> None:
    tree = DOCUMENTS[rule]
    version = str(tree.get("openapi", "3.1"))[:3]
    assert found(version, tree) != []


ELSEWHERE = {
    "default-violates-schema": "document-default, of all schemas (checks/document/values.py)",
    "example-violates-schema": "document-example, of operations and of all schemas (schemas.py and values.py there)",
    "unresolved-ref": "document-reference (checks/document/references.py)",
    "spec-validation-error": "whatever has no rule of its own is document-structure",
}
LEFT_OUT = {
    "additional-properties-both-forms-exclusive": "a boolean and a schema cannot both stand under one key of JSON",
    "unevaluated-items-both-forms-exclusive": "the same",
    "unevaluated-properties-both-forms-exclusive": "the same",
    "ambiguous-parameter-serialization": "the spelling of a union is decided by the value, and a test can send each",
    "required-with-default": "harmless, and found on most schemas that people write",
    "value-or-external-value-required": "OAS 3.1 §4.8.19 asks for neither: an example may be a summary only",
}


def test_each_of_the_rules_is_found_here_or_elsewhere_or_left_out_with_a_reason() -> None:
    assert len({*DOCUMENTS, *ELSEWHERE, *LEFT_OUT}) == len(DOCUMENTS) + len(ELSEWHERE) + len(LEFT_OUT) == 106
