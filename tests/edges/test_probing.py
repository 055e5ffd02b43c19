"""The one who asks live APIs: nothing that was not allowed leaves, and never more or faster than was said."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mockserver.edges.by_requests.probing import Manners, Prober
from mockserver.errors import CouldNotCheck
from mockserver.exchange import NoResponse, Request, Response
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


def test_a_pause_too_long_to_wait_for_ends_the_watch(api: Api) -> None:
    api.statuses = [(429, {"Retry-After": "3600"})]
    asks = prober(api, FAST)
    first = asks.ask(Request("GET", "/a"), signed=False)
    assert isinstance(first, Response)
    assert first.status == 429
    assert asks.ask(Request("GET", "/b"), signed=False) is None
    assert len(api.asked) == 1
    assert "no request for 3600 seconds" in asks.why


def test_a_rate_limit_that_is_used_up_is_kept_before_anything_is_refused(api: Api) -> None:
    api.statuses = [(200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"})]
    asks = prober(api, FAST)
    begun = time.monotonic()
    for path in ("/a", "/b"):
        assert isinstance(asks.ask(Request("GET", path), signed=False), Response)
    assert time.monotonic() - begun >= 1


BODY = b'{"id": "a"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BROKEN = {
    "shorter than it says": HEAD + b"Content-Length: 50\r\n\r\n" + BODY,
    "longer than it says": HEAD + b"Content-Length: 4\r\n\r\n" + BODY,
    "no gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 11\r\n\r\n" + BODY,
    "cut gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + gzip.compress(BODY)[:20],
    "brotli": HEAD + b"Content-Encoding: br\r\nContent-Length: 11\r\n\r\n" + BODY,
    "broken chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "broken head": b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n" + BODY,
    "endless": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"100000\r\n" + b"[" * 0x100000 + b"\r\n") * 9,
}


@pytest.mark.parametrize("how", BROKEN)
def test_an_answer_that_is_not_whole_is_no_answer(how: str) -> None:
    with answering(lambda connection: connection.sendall(BROKEN[how])) as url:
        answer = Prober(url, FAST, lambda request: request, lambda _: False).ask(Request("GET", "/a"), signed=False)
    assert isinstance(answer, NoResponse)


@pytest.mark.parametrize("drop", [b" ", b"X-A: b\r\n"])
def test_an_answer_that_drips_is_given_up(drop: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(HEAD + (b"Content-Length: 9999\r\n\r\n" if drop == b" " else b""))
        for _ in range(60):
            connection.sendall(drop)
            time.sleep(0.05)

    begun = time.monotonic()
    with answering(drip) as url:
        asks = Prober(url, replace(FAST, timeout_s=0.3), lambda request: request, lambda _: False)
        assert isinstance(asks.ask(Request("GET", "/a"), signed=False), NoResponse)
    assert time.monotonic() - begun < 2.5


def test_a_connection_that_was_closed_meanwhile_is_no_failure() -> None:
    whole = HEAD + b"Content-Length: 11\r\n\r\n" + BODY

    def once_and_not_again(connection: socket.socket) -> None:
        connection.sendall(whole)
        connection.recv(65536)  # the next request comes, and nothing is said

    with answering(once_and_not_again) as url:
        asks = Prober(url, FAST, lambda request: request, lambda _: False)
        answers = [asks.ask(Request("GET", f"/{number}"), signed=False) for number in range(3)]
    assert all(isinstance(answer, Response) for answer in answers)


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that answers the first request of each connection in its own way, and closes it."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # the other side may have gone
                connection.recv(65536)
                answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
