"""What one request costs in this process, without a socket: above a bare callable, beside the least Flask view.

Each row is timed in short turns with all others, and its best turn counts: what else the machine does is left out.
"""

from __future__ import annotations

import gc
import importlib.util
import io
import json
import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import requests
import responses
from harness import DRAWN, table
from subjects import subjects
from yardsticks import bare, flask

from mockserver import MockServer
from mockserver.api.mock_api import MockApi
from mockserver.exchange import Fields, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Make = Callable[[int], object]

_TURN = 250
PET = "http://pets.example/pets/1"
STATIC, MOCKED = "GET, responses with one static answer through requests", "GET, mock_api through requests"
_SENT = (("Host", "localhost:4010"), ("User-Agent", "benchmark/1"), ("Accept-Encoding", "gzip"), ("Accept", "*/*"))
_BASE = {
    "SCRIPT_NAME": "", "SERVER_NAME": "localhost", "SERVER_PORT": "4010", "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.multithread": False, "wsgi.multiprocess": False,
    "wsgi.run_once": False, "wsgi.input_terminated": True, "HTTP_HOST": "localhost:4010", "HTTP_ACCEPT": "*/*",
    "HTTP_USER_AGENT": "benchmark/1", "HTTP_ACCEPT_ENCODING": "gzip", "QUERY_STRING": "",
}  # fmt: skip


def _body(number: int) -> bytes:
    return json.dumps({"name": f"Rex {number}", "tag": "dog"}).encode()


def _wsgi(app: Any, method: str) -> Make:
    fields = Fields((*_SENT, ("Content-Type", "application/json")) if method == "POST" else _SENT)

    def told(status: str, _headers: list[tuple[str, str]], _error: object = None) -> None:
        if status[0] != "2":
            raise SystemExit(f"a benchmark was answered {status}")

    def make(number: int) -> None:
        body = _body(number) if method == "POST" else b""
        path = "/pets" if method == "POST" else f"/pets/{number}"
        environ = {
            **_BASE,
            "REQUEST_METHOD": method,
            "RAW_URI": path,
            "PATH_INFO": path,
            "mockserver.headers": fields,
            "wsgi.input": io.BytesIO(body),
        }
        if body:
            environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
        b"".join(app(environ, told))

    return make


class _Static:
    """One static answer of `responses`, put up again as it was."""

    def __init__(self) -> None:
        self._stubs = responses.RequestsMock(assert_all_requests_are_fired=False)
        self._stubs.add(responses.GET, PET, json={"id": 1, "name": "Rex"})

    def __enter__(self) -> None:
        self._stubs.start()

    def __exit__(self, *_error: object) -> None:
        self._stubs.stop(allow_assert=False)
        self._stubs.calls.reset()


def _rows() -> Iterator[tuple[str, Make, AbstractContextManager[object]]]:
    """Yield what is timed: its name, one request, and what has to be in force while it is made."""
    contract = subjects(["petstore"])[0].file
    server, fields, free = MockServer(contract), Fields(_SENT), nullcontext()
    for method in ("GET", "POST"):
        yield f"{method}, bare WSGI callable", _wsgi(bare, method), free
        yield f"{method}, Flask view", _wsgi(flask.wsgi_app, method), free
        yield f"{method}, ours", _wsgi(server.app.wsgi_app, method), free
    yield "GET, ours without WSGI", lambda n: server.session.serve(Request("GET", f"/pets/{n}", fields)), free
    view, ours = flask.test_client(), server.app.test_client()
    yield "GET, Flask view, test client", lambda n: view.get(f"/pets/{n}"), free
    yield "GET, ours, test client", lambda n: ours.get(f"/pets/{n}"), free
    session = requests.Session()
    session.trust_env = False
    mock = MockApi(contract)
    yield STATIC, lambda _n: session.get(PET), _Static()
    yield MOCKED, lambda n: session.get(f"{mock.url}/pets/{n}"), mock
    if importlib.util.find_spec("httpx"):
        import httpx  # noqa: PLC0415 - a row that is there where its library is

        client, another = httpx.Client(trust_env=False), MockApi(contract)
        yield "GET, mock_api through httpx", lambda n: client.get(f"{another.url}/pets/{n}"), another


def measure(rounds: int = 40) -> dict[str, Any]:
    """Return the least microseconds of each row."""
    rows = list(_rows())
    gc.collect()
    gc.freeze()
    best = {name: float("inf") for name, _, _ in rows}
    for number in range(rounds):
        print(f"\rin process: turn {number + 1} of {rounds}", end="", file=sys.stderr)
        for name, make, in_force in rows:
            with in_force:
                begun = time.process_time()
                for drawn in range(_TURN):
                    make(1 + (drawn * 7) % DRAWN)
                best[name] = min(best[name], (time.process_time() - begun) / _TURN * 1e6)
    print(file=sys.stderr)
    return best


def told(best: dict[str, float]) -> str:
    """Return the table."""
    lines = [[name, f"{cost:.1f}"] for name, cost in best.items()]
    above = []
    for method in ("GET", "POST"):
        base = best[f"{method}, bare WSGI callable"]
        mine, view = best[f"{method}, ours"] - base, best[f"{method}, Flask view"] - base
        above.append([method, f"{mine:.1f}", f"{view:.1f}", f"{mine / view:.2f}"])
    return "\n".join(
        [
            "## In process",
            "",
            table(["request", "us, least"], lines),
            "",
            table(["above a bare callable", "ours", "Flask view", "ratio"], above),
            "",
            f"mock_api through requests: {best[MOCKED] / best[STATIC]:.2f} of responses with one static answer.",
            "",
        ]
    )
