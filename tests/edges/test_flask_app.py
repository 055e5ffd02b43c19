import json
from contextlib import closing
from pathlib import Path
from socket import create_connection

import pytest
from flask import Blueprint, g, jsonify, request, signals
from flask import Response as FlaskResponse

from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.edges.clock import SystemClock
from mockserver.edges.flask_app import MockApp
from mockserver.edges.runner import Server
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Service, Settings
from mockserver.schema.compile import Validators

PETSTORE = (Path(__file__).parent.parent / "cases" / "petstore.yaml").read_bytes()


def mock() -> MockApp:
    contract = load("pets", Documents("pets.yaml", {"pets.yaml": PETSTORE}))
    return MockApp(Session([Service(contract, Validators())], Settings(), SystemClock()))


REQUESTS = [
    ("GET", "/v1/pets/42", {}),
    ("GET", "/v1/pets/tom", {}),
    ("GET", "/v1/pets?limit=x", {}),
    ("POST", "/v1/pets", {"json": {"name": "Mia"}}),
    ("POST", "/v1/pets", {"data": "(", "content_type": "application/json"}),
    ("PUT", "/v1/pets/42", {}),
    ("OPTIONS", "/v1/pets/42", {}),
    ("HEAD", "/v1/pets/42", {}),
    ("DELETE", "/v1/pets/42", {"headers": {"X-Key": "any"}}),
    ("QUERY", "/v1/pets", {}),
    ("GET", "/nowhere", {}),
    ("GET", "/", {}),
    ("GET", "/static/app.js", {}),
    ("GET", "/v1//pets", {}),
]


@pytest.mark.parametrize(("method", "path", "sent"), REQUESTS)
def test_the_short_way_and_the_long_way_answer_alike(method: str, path: str, sent: dict[str, object]) -> None:
    short, long = mock(), mock()
    seen: list[str] = []
    long.before_request(lambda: seen.append(request.path))
    one = short.test_client().open(path, method=method, **sent)
    two = long.test_client().open(path, method=method, **sent)
    assert seen == [path.partition("?")[0]]
    assert (one.status, one.data, sorted(one.headers)) == (two.status, two.data, sorted(two.headers))


RAW = [
    b"GET /v1/pets/42 HTTP/1.1\r\nHost: x\r\n",
    b"GET /v1/pets?limit=x HTTP/1.1\r\nHost: x\r\n",
    b"HEAD /v1/pets/42 HTTP/1.1\r\nHost: x\r\n",
    b"GET /v1/pets/42 HTTP/1.1\r\nHost: x\r\nPrefer: code=404, delay=0.01\r\n",
    b"OPTIONS /v1/pets/42 HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\nAccess-Control-Request-Method: GET\r\n",
    b"DELETE /v1/pets/a%2Fb HTTP/1.1\r\nHost: x\r\nX-Key: any\r\n",
    b'POST /v1/pets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"name":"Mia"}',
    b"GET /%5Fmockserver/health HTTP/1.1\r\nHost: x\r\n",
    b"GET /nowhere HTTP/1.0\r\n",
]


def answers(app: object) -> list[bytes]:
    """Return the answers of a server to raw requests, but for the field that tells the time."""
    found = []
    with Server(app) as server:  # type: ignore[arg-type]
        for sent in RAW:
            with closing(create_connection((server.host, server.port), timeout=10)) as wire:
                head, _, body = sent.partition(b"\r\n\r\n")
                wire.sendall(head.rstrip() + b"\r\nConnection: close\r\n\r\n" + body)
                lines = b"".join(iter(lambda wire=wire: wire.recv(65536), b"")).split(b"\r\n")
                found.append(b"\r\n".join(line for line in lines if not line.startswith(b"Date: ")))
    return found


def test_a_server_is_told_at_once_what_wsgi_would_tell() -> None:
    short, by_wsgi = mock(), mock()
    assert answers(short) == answers(by_wsgi.wsgi_app)
    asked = [[entry.request for entry in app.session.entries()] for app in (short, by_wsgi)]
    assert asked[0] == asked[1]


def test_what_somebody_puts_around_the_application_sees_every_request() -> None:
    app, seen = mock(), []
    inner = app.wsgi_app
    app.wsgi_app = lambda environ, start: (seen.append(environ["REQUEST_METHOD"]), inner(environ, start))[1]  # type: ignore[method-assign]
    assert answers(app) == answers(mock().wsgi_app)
    assert len(seen) == len(RAW)


def test_a_hook_sees_what_comes_over_a_socket() -> None:
    app, seen = mock(), []
    app.before_request(lambda: seen.append(request.path))
    answers(app)
    assert len(seen) == len(RAW)


def test_a_hook_sees_the_operations_of_the_contract() -> None:
    app = mock()

    @app.after_request
    def stamp(response: FlaskResponse) -> FlaskResponse:
        response.headers["X-Stamp"] = "1"
        return response

    assert app.test_client().get("/v1/pets/42").headers["X-Stamp"] == "1"


HOOKS = (
    "before_request", "after_request", "teardown_request", "teardown_appcontext", "url_value_preprocessor",
)  # fmt: skip
SIGNALS = (
    "appcontext_popped", "appcontext_pushed", "appcontext_tearing_down", "request_finished", "request_started",
    "request_tearing_down",
)  # fmt: skip


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_of_any_kind_is_a_reason_for_the_long_way(hook: str) -> None:
    app, called = mock(), []

    def note(*given: object) -> object:
        called.append(hook)
        return given[0] if hook == "after_request" else None

    getattr(app, hook)(note)
    plain, hooked = mock().test_client().get("/v1/pets/42"), app.test_client().get("/v1/pets/42")
    assert (hooked.status, hooked.data, list(hooked.headers)) == (plain.status, plain.data, list(plain.headers))
    assert called == [hook]


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_of_any_kind_is_a_reason_for_the_long_way(name: str) -> None:
    told = []

    def note(_sender: object, **_extra: object) -> None:
        told.append(name)

    with getattr(signals, name).connected_to(note):
        assert mock().test_client().get("/v1/pets/42").status_code == 200
    assert told == [name]


def test_a_hook_of_a_blueprint_sees_its_own_views_and_leaves_the_contract_alone() -> None:
    app, seen = mock(), []
    pages = Blueprint("pages", __name__)
    pages.before_request(lambda: seen.append(request.path))
    pages.add_url_rule("/own", view_func=lambda: "mine")
    app.register_blueprint(pages)
    client = app.test_client()
    assert (client.get("/own").text, client.get("/v1/pets/42").status_code) == ("mine", 200)
    assert seen == ["/own"]


def test_middleware_stands_before_both_ways() -> None:
    app, seen = mock(), []
    inner = app.wsgi_app

    def outer(environ: dict[str, object], start_response: object) -> object:
        seen.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    app.wsgi_app = outer
    assert app.test_client().get("/v1/pets/42").status_code == 200
    app.before_request(lambda: None)
    assert app.test_client().get("/v1/pets/42").status_code == 200
    assert seen == ["/v1/pets/42", "/v1/pets/42"]


def test_a_view_of_the_user_wins_over_the_contract() -> None:
    app = mock()

    @app.get("/v1/pets/7")
    def seventh() -> FlaskResponse:
        g.seen = True
        return jsonify(name="mine")

    client = app.test_client()
    assert client.get("/v1/pets/7").json == {"name": "mine"}
    assert client.get("/v1/pets/42").json["id"] == 42


def test_an_error_handler_of_the_user_is_asked() -> None:
    app = mock()
    app.register_error_handler(ZeroDivisionError, lambda _error: ("divided", 500))
    app.add_url_rule("/boom", view_func=lambda: str(1 // 0))
    assert app.test_client().get("/boom").text == "divided"


def test_the_pages_of_the_mock() -> None:
    client = mock().test_client()
    client.get("/v1/pets/42")
    assert client.get("/_mockserver/health").json == {"status": "ok", "services": {"pets": 4}}
    assert client.get("/_mockserver/contract").json["services"][0]["prefixes"] == ["/v1", "", "/pets/v1", "/pets"]
    assert client.get("/_mockserver/contract/pets").json["info"]["title"] == "Pets"
    assert client.get("/_mockserver/contract/cats").status_code == 404
    (exchange,) = client.get("/_mockserver/exchanges").json["exchanges"]
    assert (exchange["operation"], exchange["source"], exchange["response"]["status"]) == ("getPet", "example", 200)
    assert client.post("/_mockserver/reset").status_code == 204
    assert client.get("/_mockserver/exchanges").json["exchanges"] == []
    assert client.get("/_mockserver/nothing").status_code == 404


def test_browsers_are_let_in() -> None:
    # Fetch standard §3.2
    client = mock().test_client()
    asked = client.get("/v1/pets/42", headers={"Origin": "http://localhost:3000"})
    assert asked.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "X-Mockserver-Source" in asked.headers["Access-Control-Expose-Headers"]
    preflight = client.options(
        "/v1/pets/42",
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "DELETE",
            "Access-Control-Request-Headers": "X-Key",
        },
    )
    assert (preflight.status_code, preflight.data) == (204, b"")
    assert "DELETE" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "X-Key"
    assert "Access-Control-Allow-Origin" not in client.get("/v1/pets/42").headers


def test_the_raw_target_reaches_the_contract() -> None:
    answered = mock().test_client().get("/v1/pets/4%32")
    assert json.loads(answered.data)["id"] == 42


STREAMS = b"""
openapi: 3.2.0
info: {title: t, version: '1'}
paths:
  /lines: {get: {responses: {'200': {description: ok, content: {application/jsonl: {itemSchema: {const: {id: 1}}}}}}}}
"""


def streaming() -> MockApp:
    contract = load("api", Documents("api.yaml", {"api.yaml": STREAMS}))
    return MockApp(Session([Service(contract, Validators())], Settings(), SystemClock()))


def test_a_stream_is_sent_item_by_item_on_both_ways() -> None:
    short, long = streaming(), streaming()
    long.before_request(lambda: None)
    for app in (short, long):
        sent = app.test_client().get("/lines", buffered=False)
        assert list(sent.response) == [b'{"id":1}\n'] * 3
        assert "Content-Length" not in sent.headers
        assert app.test_client().head("/lines").data == b""


def test_a_real_server_frames_each_item_as_a_chunk() -> None:
    with Server(streaming()) as server, closing(create_connection((server.host, server.port), timeout=10)) as wire:
        wire.sendall(b"GET /lines HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head, _, body = b"".join(iter(lambda: wire.recv(65536), b"")).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body == b'9\r\n{"id":1}\n\r\n' * 3 + b"0\r\n\r\n"


def test_the_journal_shows_a_stream_whole() -> None:
    client = streaming().test_client()
    client.get("/lines")
    (shown,) = client.get("/_mockserver/exchanges").json["exchanges"]
    assert shown["response"]["body"] == '{"id":1}\n' * 3
