"""Stubs for the library `responses`, whose answers somebody else gives.

Knows `responses` and requests; no contract. A stub stands for everything below an address, so that a wrong path is
answered as the API would answer it, and is no refused connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import requests

from mockserver.errors import MissingExtra
from mockserver.exchange import Request, Response

try:
    import responses
except ImportError as missing:
    raise MissingExtra("stubs need responses", fix='pip install "mockserver[test]"') from missing

Ask: TypeAlias = Callable[[str, Request], Response | str]
"""From the URL and a request to its answer, or to the name of a fault."""

_METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
_FAULTS: Final[dict[str, type[requests.RequestException]]] = {
    "hang": requests.ReadTimeout,
    "timeout": requests.ReadTimeout,
    "connect-timeout": requests.ConnectTimeout,
    "truncate": requests.exceptions.ChunkedEncodingError,
    "cut-chunk": requests.exceptions.ChunkedEncodingError,
}


def stub(mock: Any, addresses: Iterable[str], ask: Ask) -> None:
    """Register stubs for all that stands below the addresses; `mock` is a RequestsMock, None the default one."""

    def answered(request: requests.PreparedRequest) -> Any:  # pairs of headers, which its types do not know
        url = request.url or ""
        got = ask(url, _read(request))
        if isinstance(got, str):
            return _FAULTS.get(got, requests.ConnectionError)(f"{request.method} {url}: {got}")
        return got.status, list(got.headers), got.body

    registry = responses.mock if mock is None else mock
    for address in addresses:
        below = re.compile(rf"{re.escape(address)}(?:[/?].*)?\Z")
        for method in _METHODS:
            registry.add_callback(method, below, callback=answered, content_type=None)


def _read(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(request.url or "")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
    return Request(request.method or "GET", target, headers, _octets(request.body))


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _octets(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, bytes | str):
        return body.encode() if isinstance(body, str) else body
    return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in body or ())
