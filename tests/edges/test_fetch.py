"""Documents over HTTP, from a real server that does not always give one."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mockserver.edges.by_requests.fetching import fetch
from mockserver.errors import CouldNotCheck

PAGES = {
    "/api.yaml": (200, b"openapi: 3.1.0\n", ""),
    "/moved": (302, b"", "/api.yaml"),
    "/for-ever": (302, b"", "/for-ever"),
    "/elsewhere": (302, b"", "file:///etc/hosts"),
    "/login": (200, b"\n<!doctype html><title>Log in</title>", ""),
    "/locked": (401, b"no", ""),
    "/gone": (404, b"no", ""),
}


class Host(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body, location = PAGES[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/api.yaml", "/moved"])
def test_a_document_is_fetched_where_it_is(host: str, path: str) -> None:
    assert fetch(f"http://{host}{path}") == b"openapi: 3.1.0\n"


@pytest.mark.parametrize(
    ("path", "what", "fix"),
    [
        ("/login", "a page of HTML", "login"),
        ("/locked", "401", "log in"),
        ("/gone", "404", "by hand"),
        ("/for-ever", "redirects", "by hand"),
        ("/elsewhere", "file:///etc/hosts", "by hand"),
    ],
)
def test_what_is_no_document_is_told(host: str, path: str, what: str, fix: str) -> None:
    with pytest.raises(CouldNotCheck) as told:
        fetch(f"http://{host}{path}")
    assert what in told.value.what
    assert fix in told.value.fix


def test_a_password_in_an_address_is_not_told(host: str) -> None:
    with pytest.raises(CouldNotCheck) as told:
        fetch(f"http://me:secret@{host}/locked")
    assert "secret" not in f"{told.value.what} {told.value.where}"
    assert f"http://{host}/locked" in told.value.where
