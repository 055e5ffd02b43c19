from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.load import load
from mockserver.contract.nearest import Signposts
from mockserver.contract.route import Routed, Router, Unrouted, WrongMethod
from mockserver.document.documents import Documents


def router(*operations: str) -> Router:
    paths: dict[str, Any] = {}
    for operation in operations:
        method, path = operation.split(" ", 1)
        paths.setdefault(path, {})[method.lower()] = {"operationId": operation}
    tree = {"openapi": "3.1.0", "info": {}, "paths": paths}
    return Router(load("api", Documents("api.json", {}, trees={"api.json": tree})))


def routed(router: Router, method: str, path: str, query: str = "") -> tuple[str, dict[str, str]]:
    found = router.route(method, path, query)
    assert isinstance(found, Routed)
    return found.operation.operation_id, dict(found.captures)


def test_a_template_captures_raw_segments() -> None:
    found = routed(router("GET /pets/{id}/photos/{photo}"), "GET", "/pets/a%2Fb/photos/1")
    assert found == ("GET /pets/{id}/photos/{photo}", {"id": "a%2Fb", "photo": "1"})


def test_a_concrete_path_wins_over_a_template() -> None:
    # OAS 3.1 §4.8.8.2
    pets = router("GET /pets/{id}", "GET /pets/mine")
    assert routed(pets, "GET", "/pets/mine") == ("GET /pets/mine", {})
    assert routed(pets, "GET", "/pets/yours")[0] == "GET /pets/{id}"


def test_a_concrete_path_wins_even_without_the_method() -> None:
    found = router("PATCH /pets/{id}", "GET /pets/featured").route("PATCH", "/pets/featured")
    assert isinstance(found, WrongMethod)
    assert found.allow == ("GET",)


def test_a_dead_end_goes_back_to_the_template() -> None:
    found = router("GET /a/b/c", "GET /a/{x}/d")
    assert routed(found, "GET", "/a/b/d") == ("GET /a/{x}/d", {"x": "b"})


@pytest.mark.parametrize(
    ("operation", "path", "captures"),
    [
        ("GET /files/{name}.{ext}", "/files/a.b.txt", {"name": "a", "ext": "b.txt"}),
        ("GET /files/{name}.json", "/files/x.json", {"name": "x"}),
        ("POST /users/{id}:cancel", "/users/7:cancel", {"id": "7"}),
        ("GET /range/{from}..{to}", "/range/1..2", {"from": "1", "to": "2"}),
        ("GET /rest/Train+Travel", "/rest/Train+Travel", {}),
        ("GET /a b/ü", "/a%20b/%C3%BC", {}),
        ("GET /a%20b", "/a%20b", {}),
        ("GET /", "/", {}),
    ],
)
def test_templates_of_all_kinds(operation: str, path: str, captures: dict[str, str]) -> None:
    assert routed(router(operation), operation.split(maxsplit=1)[0], path) == (operation, captures)


def test_a_segment_with_literal_text_wins_over_a_bare_parameter() -> None:
    files = router("GET /f/{name}", "GET /f/{name}.json")
    assert routed(files, "GET", "/f/x.json")[0] == "GET /f/{name}.json"
    assert routed(files, "GET", "/f/x.xml")[0] == "GET /f/{name}"


@pytest.mark.parametrize("path", ["/pets/", "/pets//", "//pets/1", "/pets/1/", "/PETS/1", "pets/1", "", "*"])
def test_an_empty_segment_is_no_value_and_a_trailing_slash_is_another_path(path: str) -> None:
    assert isinstance(router("GET /pets/{id}").route("GET", path), Unrouted)


def test_two_operations_may_name_one_parameter_differently() -> None:
    pets = router("GET /pets/{id}", "DELETE /pets/{pet}")
    assert routed(pets, "GET", "/pets/1")[1] == {"id": "1"}
    assert routed(pets, "DELETE", "/pets/1")[1] == {"pet": "1"}


def test_head_is_get_without_the_content() -> None:
    # RFC 9110 §9.3.2
    assert routed(router("GET /pets"), "HEAD", "/pets")[0] == "GET /pets"
    assert routed(router("GET /pets", "HEAD /pets"), "HEAD", "/pets")[0] == "HEAD /pets"


def test_a_wrong_method_names_exactly_those_of_the_path() -> None:
    # RFC 9110 §15.5.6
    found = router("GET /pets", "POST /pets", "GET /other").route("DELETE", "/pets")
    assert found == WrongMethod("/pets", ("GET", "POST"), found.operations)


def test_an_unknown_path_names_the_nearest() -> None:
    found = router("GET /shipments/{id}", "GET /shipments", "GET /rates").route("GET", "/shipment/42")
    assert isinstance(found, Unrouted)
    assert found.nearest[0] == "/shipments/{id}"


def test_a_template_with_a_query_part_wins_when_the_request_carries_it() -> None:
    messages = router("POST /v1/messages", "POST /v1/messages?beta=true", "GET /only?x=1")
    assert routed(messages, "POST", "/v1/messages")[0] == "POST /v1/messages"
    assert routed(messages, "POST", "/v1/messages", "a=1&beta=true")[0] == "POST /v1/messages?beta=true"
    assert routed(messages, "POST", "/v1/messages", "beta=false")[0] == "POST /v1/messages"
    assert isinstance(messages.route("GET", "/only"), Unrouted)


segments = st.text(alphabet="ab%/{}.:;=", max_size=8)


@given(st.lists(segments, max_size=4))
def test_any_path_at_all_finds_an_answer(parts: list[str]) -> None:
    found = router("GET /a/{b}", "GET /a/{b}.{c}", "GET /a/b/c").route("GET", "/" + "/".join(parts))
    assert isinstance(found, Routed | WrongMethod | Unrouted)


def test_the_nearest_differ_in_a_letter_or_in_a_value() -> None:
    templates = [
        "/v1/customers",
        "/v1/customers/{id}",
        "/v1/accounts/{id}",
        *(f"/v1/things{n}/{{id}}" for n in range(900)),
    ]
    nearest = Signposts(templates).nearest
    assert nearest("/v1/custmers/cus_1")[0] == "/v1/customers/{id}"
    assert nearest("/customers")[0] == "/v1/customers"
    assert nearest("/zzz") == ()
