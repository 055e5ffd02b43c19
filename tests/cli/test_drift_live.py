"""`mockserver drift` on small live APIs: what is asked, and what is no drift."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.cli.main import cli
from mockserver.errors import UnreadableDocument

Told = tuple[int, dict[str, str], Any]
HAL = "application/hal+json"
PROBLEM = "application/problem+json"

CONTRACT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "servers": [{"url": "https://orders.example/shop"}],
    "security": [{"key": []}],
    "paths": {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "parameters": [
                    {"name": "state", "in": "query", "schema": {"enum": ["open", "sent", "held"]}},
                    {"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50}},
                ],
                "responses": {"200": {"description": "some", "content": {HAL: {"schema": {
                    "type": "object", "properties": {
                        "_links": {"type": "object"},
                        "orders": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
                    },
                }}}}},
            }
        },
        "/people/{ref}": {
            "parameters": [{"name": "ref", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "getPerson",
                "responses": {
                    "200": {"description": "one", "content": {HAL: {"schema": {
                        "type": "object", "required": ["name"],
                        "properties": {"name": {"type": "string"}, "last": {"$ref": "#/components/schemas/Order"}},
                    }}}},
                    "default": {"description": "no", "content": {PROBLEM: {"schema": {"type": "object"}}}},
                },
            },
        },
        "/people/{ref}/photo": {
            "parameters": [{"name": "ref", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "getPhoto",
                "responses": {"302": {"description": "there", "headers": {"Location": {"schema": {"format": "uri"}}}},
                              "404": {"description": "not there"}},
            },
        },
    },
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key"}},
        "schemas": {"Order": {"type": "object", "properties": {"state": {"type": "string"}, "_links": {}}}},
    },
}  # fmt: skip


class Api:
    """Answers by path; whatever it was asked is in `asked`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.url = ""
        self.orders: list[dict[str, Any]] = [{"state": "open", "_links": {"placedBy": {"href": "/shop/people/p7"}}}]
        self.person: dict[str, Any] = {"name": "Mia"}
        self.photo = "https://files.example/p7.png"
        self.answers: dict[str, Callable[[str], Told]] = {
            "/shop/orders": lambda _: (200, {"Content-Type": HAL}, {"orders": self.orders}),
            "/shop/people/p7": lambda _: (200, {"Content-Type": HAL}, self.person),
            "/shop/people/p7/photo": lambda _: (302, {"Location": self.photo}, None),
        }
        self.nobody: Told = (404, {"Content-Type": PROBLEM}, {})

    def drift(self, *words: str) -> tuple[int, dict[str, Any]]:
        words = ("drift", "orders", "--url", self.url, "--rate", "10000", "--report", "json=told.json", *words)
        found = CliRunner().invoke(cli, words, standalone_mode=False)
        assert found.exception is None, found.output
        return found.return_value, json.loads(Path("told.json").read_text(encoding="utf-8"))


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    told = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            path, _, query = self.path.partition("?")
            answer = told.answers.get(path)
            status, headers, body = told.nobody if answer is None else answer(query)
            content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/shop"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORDERS_KEY", "sesame-42")
    Path("contracts").mkdir()
    Path("contracts", "orders.json").write_text(json.dumps(CONTRACT), encoding="utf-8")
    Path("mockserver.toml").write_text('[services.orders]\nauth = { key = "$ORDERS_KEY" }\n', encoding="utf-8")
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def shown(told: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one["kind"], one["at"], tuple(one["operations"])) for one in told["violations"]]


def test_addresses_in_answers_lead_to_things_and_credentials_need_no_configured_address(api: Api) -> None:
    code, told = api.drift()
    assert (code, told["violations"]) == (0, [])
    assert told["summary"]["checked"] == 3
    assert "/shop/people/p7?key=sesame-42" in api.asked
    assert "sesame-42" not in json.dumps(told)


@pytest.mark.parametrize("href", ["https://orders.example/shop/people/p7", "/people/p7", "../shop/people/p7?x=1#y"])
def test_an_address_may_be_spelled_in_many_ways(href: str, api: Api) -> None:
    where = {"Content-Type": HAL, "Link": f'<{href}>; rel="author"'}
    api.answers["/shop/orders"] = lambda _: (200, where, {"orders": []})
    api.drift()
    assert "/shop/people/p7?key=sesame-42" in api.asked


def test_addresses_of_others_are_not_called(api: Api) -> None:
    api.orders = [{"_links": {"a": "https://files.example/shop/people/p7", "b": "http://[", "c": "/shop/people/{ref}"}}]
    api.drift()
    assert not any("p7" in path or "%7B" in path for path in api.asked)


def test_the_next_page_is_asked_for_as_the_api_names_it(api: Api) -> None:
    links = {"next": {"href": "/shop/orders?after=x1"}, "self": {"href": "/shop/orders?key=sesame-42"}}
    api.answers["/shop/orders"] = lambda query: (
        200, {"Content-Type": HAL}, {"_links": links, "orders": [{"state": 5 if "after=x1" in query else "open"}]},
    )  # fmt: skip
    _, told = api.drift()
    assert shown(told) == [("changed type", "200 body#/orders/*/state", ("listOrders",))]


def test_a_documented_value_that_is_refused_is_a_warning(api: Api) -> None:
    usual = api.answers["/shop/orders"]
    api.answers["/shop/orders"] = lambda query: (
        (400, {"Content-Type": HAL}, {}) if "state=held" in query or "size=50" in query else usual(query)
    )
    code, told = api.drift()
    refused = [one for one in told["violations"] if one["kind"] == "request rejected"]
    assert sorted(one["witness"] for one in refused) == ["/orders?size=50", "/orders?state=held"]
    assert {one["level"] for one in told["violations"]} == {"warning"}
    assert code == 0


def test_what_shows_only_with_a_parameter_that_nobody_else_may_set_is_a_warning(api: Api) -> None:
    api.answers["/shop/orders"] = lambda query: (200, {"Content-Type": HAL}, {"orders": 5 if "state" in query else []})
    code, told = api.drift()
    assert [(one["kind"], one["level"]) for one in told["violations"]] == [("changed type", "warning")]
    assert code == 0


def test_where_everything_is_refused_no_value_is_to_blame(api: Api) -> None:
    api.answers["/shop/orders"] = lambda _: (400, {"Content-Type": HAL}, {})
    assert {kind for kind, _, _ in shown(api.drift()[1])} == {"undocumented status"}


def test_a_thing_that_nobody_has_is_not_called_gone_when_it_is_asked_for_again(api: Api) -> None:
    api.nobody = (404, {"Content-Type": "text/plain"}, b"no")
    assert shown(api.drift()[1]) == [("undocumented media type", "404 header.Content-Type", ("getPerson",))]


def test_a_new_field_of_a_component_is_told_once(api: Api) -> None:
    order = {"state": "open", "co2": 5, "_links": {"x": "/shop/people/p7"}}
    api.orders, api.person = [order], {"name": "Mia", "last": order}
    (only,) = api.drift()[1]["violations"]
    assert (only["kind"], only["operations"]) == ("undocumented field", ["listOrders", "getPerson"])
    assert only["pointer"] == "/components/schemas/Order"


def test_a_documented_redirect_is_judged_and_another_leads_elsewhere(api: Api) -> None:
    api.photo = "http://files.example/p 7"
    api.answers["/shop/people/p7"] = lambda _: (308, {"Location": "https://orders.example/shop/people/p7"}, None)
    _, told = api.drift()
    assert shown(told) == [("changed header", "302 header.Location", ("getPhoto",))]
    assert any("getPerson: could not check: it answered 308, and leads to" in one for one in told["unchecked"])


def test_what_fails_again_and_again_is_left_alone(api: Api) -> None:
    api.orders = [{"_links": {"a": f"/shop/people/p{number}"}} for number in range(9)]
    for number in range(9):
        api.answers[f"/shop/people/p{number}"] = lambda _: (500, {}, {})
    _, told = api.drift()
    assert sum("/people/p" in path and "photo" not in path for path in api.asked) == 3
    assert any("getPerson: could not check: it answered 500" in one for one in told["unchecked"])


def test_a_drift_under_another_key_of_a_map_is_the_same_drift(api: Api) -> None:
    contract = json.loads(json.dumps(CONTRACT))
    contract["components"]["schemas"]["Order"]["properties"]["counts"] = {"additionalProperties": {"type": "integer"}}
    Path("contracts", "orders.json").write_text(json.dumps(contract), encoding="utf-8")
    api.orders = [{"counts": {"monday": "1", "friday": "2"}}, {"counts": {"sunday": 3}}]
    (first,) = api.drift()[1]["violations"]
    api.orders = [{"counts": {"tuesday": "1"}}]
    (second,) = api.drift()[1]["violations"]
    assert first["at"] == second["at"] == "200 body#/orders/*/counts/*"
    assert (second["fingerprint"], second["runs"]) == (first["fingerprint"], 2)


def test_a_drift_of_a_component_is_known_whichever_operation_shows_it(api: Api) -> None:
    api.orders = [{"state": 1, "_links": {"a": "/shop/people/p7"}}]
    (first,) = api.drift()[1]["violations"]
    api.orders, api.person = [{"_links": {"a": "/shop/people/p7"}}], {"name": "Mia", "last": {"state": 2}}
    (second,) = api.drift()[1]["violations"]
    assert (first["operations"], second["operations"]) == (["listOrders"], ["getPerson"])
    assert (second["fingerprint"], second["runs"]) == (first["fingerprint"], 2)


@pytest.mark.parametrize("line", ["{", '{"service": "orders"}', '{"service": "orders", "runs": "x"}', "[]"])
def test_observations_that_cannot_be_read_are_told_before_anything_is_asked(line: str, api: Api) -> None:
    Path("seen.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    words = ("drift", "orders", "--url", api.url, "--observations", "seen.jsonl")
    found = CliRunner().invoke(cli, words, standalone_mode=False)
    assert isinstance(found.exception, UnreadableDocument)
    assert found.exception.where.startswith("seen.jsonl:2")
    assert api.asked == []


def test_what_another_run_has_seen_meanwhile_stays_known(api: Api) -> None:
    api.orders = [{"state": 1}]
    api.drift()
    seen = Path(".mockserver", "observations.jsonl")
    (ours,) = seen.read_text(encoding="utf-8").splitlines()
    theirs = json.dumps({**json.loads(ours), "service": "payments"})
    usual = api.answers["/shop/orders"]

    def written_meanwhile(query: str) -> Told:
        seen.write_text(f"{ours}\n{theirs}\n", encoding="utf-8")
        return usual(query)

    api.answers["/shop/orders"] = written_meanwhile
    api.drift()
    kept = [json.loads(line) for line in seen.read_text(encoding="utf-8").splitlines()]
    assert [(one["service"], one["runs"]) for one in kept] == [("orders", 2), ("payments", 1)]


def test_where_nothing_is_there_the_address_is_doubted_and_nothing_is_gone(api: Api) -> None:
    contract = json.loads(json.dumps(CONTRACT))
    contract["paths"]["/states"] = {"get": {"operationId": "listStates", "responses": {"200": {"description": "all"}}}}
    Path("contracts", "orders.json").write_text(json.dumps(contract), encoding="utf-8")
    api.url = api.url.removesuffix("/shop")
    code, told = api.drift()
    assert (code, told["violations"]) == (3, [])
    assert any(one.startswith("listOrders") and "is this the address of the API" in one for one in told["unchecked"])
