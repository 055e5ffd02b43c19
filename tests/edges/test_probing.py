"""The one who asks live APIs: nothing that was not allowed leaves, and never more or faster than was said."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mockserver.edges.by_requests.probing import Manners, Prober
from mockserver.errors import CouldNotCheck
from mockserver.exchange import Request, Response
from mockserver.values import replace


class Api:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.statuses: list[tuple[int, dict[str, str]]] = []
        self.url = ""


@pytest.fixture
def api() -> Iterator[Api]:
    told = Api()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            told.asked.append((self.command, self.path, self.headers.get("User-Agent", "")))
            status, headers = told.statuses.pop(0) if told.statuses else (200, {})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_HEAD = do_POST = do_DELETE = answer  # noqa: N815 - the names of http.server

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def prober(api: Api, manners: Manners, *allowed: str) -> Prober:
    def sign(request: Request) -> Request:
        return replace(request, headers=(*request.headers, ("Authorization", "Bearer any")))

    return Prober(api.url, manners, sign, lambda request: request.target in allowed)


FAST = Manners(rate=10_000, run="r1")


def test_only_what_is_safe_or_allowed_leaves(api: Api) -> None:
    asks = prober(api, FAST, "/made")
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        with pytest.raises(CouldNotCheck, match="not safe"):
            asks.ask(Request(method, "/things"), signed=False)
    assert isinstance(asks.ask(Request("GET", "/a%2Fb?q=1"), signed=False), Response)
    assert isinstance(asks.ask(Request("POST", "/made"), signed=False), Response)
    assert [(method, path) for method, path, _ in api.asked] == [("GET", "/v1/a%2Fb?q=1"), ("POST", "/v1/made")]
    assert {agent for _, _, agent in api.asked} == {"mockserver-drift/1 (run r1)"}


def test_no_more_requests_are_sent_than_were_allowed(api: Api) -> None:
    asks = prober(api, replace(FAST, max_requests=2))
    answers = [asks.ask(Request("GET", f"/{number}"), signed=False) for number in range(4)]
    assert [answer is None for answer in answers] == [False, False, True, True]
    assert len(api.asked) == 2
    assert "--max-requests" in asks.why


def test_failures_in_a_row_end_the_watch(api: Api) -> None:
    api.statuses = [(503, {}), (200, {}), *[(502, {})] * 9]
    asks = prober(api, replace(FAST, failures=3))
    answers = [asks.ask(Request("GET", f"/{number}"), signed=False) for number in range(8)]
    assert len(api.asked) == 5
    assert answers[5:] == [None, None, None]
    assert "in a row failed" in asks.why


def test_a_pause_that_is_asked_for_is_kept_and_then_it_is_asked_again(api: Api) -> None:
    api.statuses = [(429, {"Retry-After": "1"})]
    begun = time.monotonic()
    answer = prober(api, FAST).ask(Request("GET", "/a"), signed=False)
    assert isinstance(answer, Response)
    assert answer.status == 200
    assert time.monotonic() - begun >= 1
    assert len(api.asked) == 2
