"""requests: its adapter is the seam (`HTTPAdapter.send`), so that sessions, hooks and retries above it are real."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import ProtocolError

from mockserver.edges.intercept.calls import RECEIVERS, Failed, Waited, original, outcome, sending
from mockserver.exchange import Request, Response
from mockserver.jobs.interception import Watched

Send: TypeAlias = Callable[..., requests.Response]

_ERRORS: Mapping[str, type[requests.RequestException]] = {
    "hang": requests.ReadTimeout,
    "timeout": requests.ReadTimeout,
    "connect-timeout": requests.ConnectTimeout,
    "truncate": requests.exceptions.ChunkedEncodingError,
    "cut-chunk": requests.exceptions.ChunkedEncodingError,
}
_UNMATCHED = "Connection refused by Responses"


def _genuine() -> Send:
    """Return what requests itself does, even if stubs stood there before us."""
    send = HTTPAdapter.send
    if send.__module__ == "requests.adapters":
        return send
    stubs: Send = getattr(sys.modules.get("responses"), "_real_send", send)
    return stubs


_real_send = _genuine()
_below = _real_send


def put() -> None:
    """Stand in the way of all requests of this process."""
    global _below  # noqa: PLW0603 - what stood here before is one thing for the whole process
    if HTTPAdapter.send is not _send:
        _below = HTTPAdapter.send  # the library's own, or that of stubs that were put up before us
        HTTPAdapter.send = _send  # type: ignore[method-assign,assignment]  # the seam, whatever it is called with


def take_away() -> None:
    """Leave the way as it was found."""
    if HTTPAdapter.send is _send:
        HTTPAdapter.send = _below  # type: ignore[method-assign]  # the seam


def _send(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
    receive = RECEIVERS.latest
    if receive is None:
        return _real_send(adapter, request, *args, **more)
    if _below is not _real_send:
        try:
            with sending():  # what stubs let pass is asked for real, as their user said
                return _below(adapter, request, *args, **more)
        except requests.ConnectionError as unmatched:
            if _UNMATCHED not in str(unmatched):
                raise
    timeout = more.get("timeout") or (args[1] if len(args) > 1 else None)
    patience = timeout[1] if isinstance(timeout, tuple) else timeout
    found = outcome(receive, request.url or "", as_request(request), patience)
    match found:
        case None:
            return _sent(adapter, request, *args, **more)
        case Watched(heard=heard):
            return _watched(heard, adapter, request, *args, **more)
        case Failed(fault=fault, text=text):
            error = _ERRORS.get(fault, requests.ConnectionError)
            cause = ProtocolError(text, ConnectionResetError(104, text)) if fault == "reset" else text
            raise error(cause, request=request)
        case Waited(response=response, wait_s=wait_s):
            if wait_s:
                time.sleep(wait_s)
            return answered(adapter, request, response)


def _sent(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
    with sending():
        return _real_send(adapter, request, *args, **more)


def _watched(
    heard: Callable[[Response, str, float], None],
    adapter: HTTPAdapter,
    request: requests.PreparedRequest,
    *args: Any,
    **more: Any,
) -> requests.Response:
    """Send, take the whole answer off the wire, tell it, and hand it on as it came."""
    begun = time.perf_counter()
    real = _sent(adapter, request, *args, **more)
    with real:
        body = real.raw.read(decode_content=False)
    response = Response(real.status_code, tuple(real.raw.headers.items()), body)
    heard(response, real.reason or "", time.perf_counter() - begun)
    return answered(adapter, request, response)


def as_request(request: requests.PreparedRequest) -> Request:
    """Return a request as it would stand on the wire."""
    parts = urlsplit(request.url or "")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
    return Request(request.method or "GET", target, headers, _body(request.body))


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        read = body.read()
        return read.encode() if isinstance(read, str) else bytes(read)
    return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in body)


def answered(adapter: HTTPAdapter, request: requests.PreparedRequest, response: Response) -> requests.Response:
    """Return an answer as the library would have read it from the wire."""
    headers = HTTPHeaderDict()
    for name, value in response.headers:
        headers.add(name, value)
    raw = HTTPResponse(
        body=BytesIO(response.body),  # transfer codings are off, content codings are on
        headers=headers,
        status=response.status,
        preload_content=False,
        request_method=request.method,
        request_url=request.url,
        original_response=original(response),
    )
    return adapter.build_response(request, raw)


@contextmanager
def without_lookups() -> Iterator[None]:
    """Ask neither the environment for proxies nor the disk for passwords: both cost more than an answer."""
    proxies, netrc = requests.sessions.get_environ_proxies, requests.sessions.get_netrc_auth
    requests.sessions.get_environ_proxies = lambda *_args, **_more: {}
    requests.sessions.get_netrc_auth = lambda *_args, **_more: None
    try:
        yield
    finally:
        requests.sessions.get_environ_proxies, requests.sessions.get_netrc_auth = proxies, netrc
