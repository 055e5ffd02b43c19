"""Requests and answers as bytes (RFC 9112): for libraries whose seam is the connection itself.

Knows one connection's bytes; who answers is asked elsewhere.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from mockserver.exchange import Headers, Request, Response

_NO_BODY: Final = frozenset({204, 304})


def read_request(sent: bytes) -> Request | None:
    r"""Return the request that these bytes spell, or None while it is not whole.

    >>> read_request(b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}").body
    b'{}'
    >>> read_request(b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{") is None
    True
    """
    head, found, rest = sent.partition(b"\r\n\r\n")
    if not found:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, more = first.partition(" ")
    headers: Headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    request = Request(method, more.rpartition(" ")[0], headers)
    if "chunked" in (request.header("transfer-encoding") or "").lower():
        body = _unchunked(rest)
    else:
        length = int(request.header("content-length") or 0)
        body = rest[:length] if len(rest) >= length else None
    return None if body is None else Request(method, request.target, headers, body)


def _unchunked(rest: bytes) -> bytes | None:
    """Return the body that chunks make (RFC 9112 §7.1), or None while the last one is missing."""
    body = b""
    while True:
        line, found, rest = rest.partition(b"\r\n")
        if not found:
            return None
        size = int(line.partition(b";")[0], 16)
        if size == 0:
            return body
        if len(rest) < size + 2:
            return None
        body, rest = body + rest[:size], rest[size + 2 :]


def spelled(response: Response, method: str) -> bytes:
    """Return an answer as a server would spell it, with the length of its body."""
    framed = {"content-length", "transfer-encoding"}
    headers = [pair for pair in response.headers if pair[0].lower() not in framed]
    body = b"" if method == "HEAD" or response.status in _NO_BODY else response.body
    if response.status not in _NO_BODY and method != "HEAD":
        headers.append(("Content-Length", str(len(body))))
    reason = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else "Unknown"
    lines = (f"HTTP/1.1 {response.status} {reason}", *(f"{name}: {value}" for name, value in headers), "", "")
    return "\r\n".join(lines).encode("latin-1") + body


BROKEN: Final = {
    "empty": b"",
    "truncate": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
    "malformed": b"\x00\x7f this is no HTTP\r\n\r\n",
    "cut-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{",
}
"""What arrives before the connection ends, for each fault that sends anything."""
