"""The raw request target reaches the application, on the real server (DESIGN.md §6)."""

from __future__ import annotations

import socket

import pytest

from mockserver.edges.runner import Server

KEYS = ("RAW_URI", "REQUEST_URI", "PATH_INFO", "QUERY_STRING", "HTTP_HOST")


@pytest.fixture(scope="module")
def server():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ["\n".join(str(environ[key]) for key in KEYS).encode("latin-1")]

    with Server(app) as server:
        yield server


def ask(server: Server, target: bytes, method: bytes = b"GET") -> tuple[str, ...]:
    """Return RAW_URI, PATH_INFO, QUERY_STRING and HTTP_HOST as the application saw them."""
    request = method + b" " + target + b" HTTP/1.1\r\nHost: field\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
        wire.sendall(request)
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n"), answer
    raw, uri, *others = body.decode("latin-1").split("\n")
    assert raw == uri
    return raw, *others


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/", "/", ""),
        (b"/a%2Fb", "/a/b", ""),
        (b"/a%2fb", "/a/b", ""),
        (b"/a//b", "/a//b", ""),
        (b"//host/path", "//host/path", ""),
        (b"/a/../b/./c", "/a/../b/./c", ""),
        (b"/%zz", "/%zz", ""),
        (b"/%", "/%", ""),
        (b"/%00%0D%0A", "/\x00\r", None),
        (b"/a?b=%26c", "/a", "b=%26c"),
        (b"/a?b=c?d", "/a", "b=c?d"),
        (b"/a?", "/a", ""),
        (b"/a+b;c=1,2", "/a+b;c=1,2", ""),
        (b"/a%3Fb?c", "/a?b", "c"),
        (b"/%E2%82%AC", "/\xe2\x82\xac", ""),
        (b"/\xe2\x82\xac?\xe2\x82\xac", "/\xe2\x82\xac", "\xe2\x82\xac"),
        (b'/{a}"<b>|^`\\#c', '/{a}"<b>|^`\\#c', ""),
    ],
)
def test_the_origin_form_arrives_as_it_was_written(server, target, path, query):
    raw, *decoded = ask(server, target)
    assert raw.encode("latin-1") == target
    if query is not None:  # the echo separates by newlines
        assert decoded == [path, query, "field"]


@pytest.mark.parametrize(
    ("target", "raw", "host"),
    [
        (b"http://example:80/a%2Fb?c=%26", "/a%2Fb?c=%26", "example:80"),
        (b"HTTP://example", "/", "example"),
        (b"http://example?a=b", "/?a=b", "example"),
        (b"https://[::1]:80//a", "//a", "[::1]:80"),
    ],
)
def test_the_absolute_form_loses_scheme_and_authority_which_replaces_the_host_field(server, target, raw, host):
    seen, _, _, authority = ask(server, target)
    assert (seen, authority) == (raw, host)


@pytest.mark.parametrize("target", [b"*", b"http://example"])
def test_options_may_ask_about_the_server_as_a_whole(server, target):
    assert ask(server, target, b"OPTIONS")[:2] == ("*", "*")


def test_a_client_library_cannot_make_the_server_decode(server):
    requests = pytest.importorskip("requests")
    with requests.Session() as session:
        session.trust_env = False
        body = session.get(f"{server.url}/a%2Fb?c=d%2Fe", timeout=10).text
    assert body.split("\n")[0] == "/a%2Fb?c=d%2Fe"
