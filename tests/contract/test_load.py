import json
from typing import Any

import pytest

from mockserver.contract.load import base_path, load
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents
from mockserver.errors import UnreadableDocument


def contract(tree: Any, **others: Any) -> Contract:
    data = {"api.json": json.dumps(tree).encode()}
    data.update((f"{name}.json", json.dumps(other).encode()) for name, other in others.items())
    return load("pets", Documents("api.json", data))


def document(version: str = "3.1.1", **fields: Any) -> dict[str, Any]:
    key = "swagger" if version.startswith("2") else "openapi"
    return {key: version, "info": {"title": "Pets", "version": "1"}, "paths": {}, **fields}


@pytest.mark.parametrize(
    ("written", "version"),
    [("2.0", "2.0"), ("3.0.0", "3.0"), ("3.0.4", "3.0"), ("3.0.0-RC1", "3.0"), ("3.1.1", "3.1"), ("3.2.0", "3.2")],
)
def test_every_version_is_read_in_its_dialect(written: str, version: str) -> None:
    assert contract(document(written)).dialect.version == version


@pytest.mark.parametrize("tree", [[], "text", {}, {"openapi": "4.0.0"}, {"swagger": "1.2"}, {"openapi": None}])
def test_what_is_no_openapi_is_an_error_with_place_and_fix(tree: Any) -> None:
    with pytest.raises(UnreadableDocument) as error:
        contract(tree)
    assert error.value.where.startswith("api.json:1")
    assert error.value.fix


def test_an_unknown_schema_dialect_is_an_error_and_not_a_silence() -> None:
    # OAS 3.1 §4.8.24.5
    with pytest.raises(UnreadableDocument, match="jsonSchemaDialect"):
        contract(document(jsonSchemaDialect="http://json-schema.org/draft-04/schema#"))


@pytest.mark.parametrize(
    "known",
    ["https://spec.openapis.org/oas/3.1/dialect/base", "https://json-schema.org/draft/2020-12/schema"],
)
def test_the_dialects_of_openapi_are_known(known: str) -> None:
    assert contract(document(jsonSchemaDialect=known)).dialect.version == "3.1"


def test_base_paths_come_from_servers_with_variables_at_their_defaults() -> None:
    # OAS 3.1 §4.8.5, §4.8.6
    servers = [
        {"url": "https://{region}.example.com/{version}/", "variables": {"version": {"default": "v2"}, "region": {}}},
        {"url": "/relative"},
        {"url": "https://example.com"},
    ]
    assert contract(document(servers=servers)).base_paths == ("/v2", "/relative", "")


def test_servers_of_path_items_and_operations_count() -> None:
    paths = {"/a": {"servers": [{"url": "/x"}], "get": {"servers": [{"url": "/y"}], "responses": {}}}}
    assert contract(document(paths=paths, servers=[{"url": "/v1"}])).base_paths == ("/v1", "/x", "/y")


def test_swagger_2_has_a_host_and_a_base_path() -> None:
    found = contract(document("2.0", host="api.example.com", basePath="/v1", schemes=["http", "https"]))
    assert (found.servers, found.base_paths) == (("http://api.example.com/v1", "https://api.example.com/v1"), ("/v1",))


@pytest.mark.parametrize("url", ["http://[broken", "", "https://example.com/a b/"])
def test_a_strange_address_is_no_crash(url: str) -> None:
    assert base_path(url) in {"", "/a b"}


def test_operations_are_listed_in_the_order_of_the_document() -> None:
    paths = {"/b": {"post": {}, "get": {"operationId": "listB"}}, "/a": {"get": {}}, "x-not": {"get": {}}}
    assert [operation.name for operation in contract(document(paths=paths)).operations] == [
        "POST /b",
        "listB",
        "GET /a",
    ]


def test_a_path_item_may_be_a_reference_into_another_file() -> None:
    found = contract(document(paths={"/a": {"$ref": "paths.json#/a"}}), paths={"a": {"get": {"operationId": "getA"}}})
    assert [(operation.name, operation.node.uri) for operation in found.operations] == [("getA", "paths.json")]


def test_a_lost_path_item_takes_only_its_own_operations() -> None:
    found = contract(document(paths={"/a": {"$ref": "#/nowhere"}, "/b": {"get": {}}}))
    assert [operation.name for operation in found.operations] == ["GET /b"]
    (flaw,) = found.flaws
    assert (flaw.rule, flaw.side, flaw.pointer) == ("document-reference", "contract", "/paths/~1a/$ref")


def test_3_2_has_query_and_additional_operations() -> None:
    paths = {"/a": {"query": {}, "additionalOperations": {"COPY": {}}}}
    assert [one.method for one in contract(document("3.2.0", paths=paths)).operations] == ["QUERY", "COPY"]
    assert contract(document("3.1.0", paths=paths)).operations == ()


def test_webhooks_are_operations_of_their_own() -> None:
    found = contract(document(webhooks={"moved": {"post": {"operationId": "moved"}}}))
    assert ([one.name for one in found.webhooks], found.operations) == (["moved"], ())


@pytest.mark.parametrize("paths", [None, [], {"/a": None}, {"/a": []}, {"/a": {"get": None}}, {"/a": {"get": 3}}])
def test_malformed_paths_are_no_operations_and_no_crash(paths: Any) -> None:
    assert contract(document(paths=paths)).operations == ()
