"""urllib3, used without requests: one attempt on one connection is the seam (`HTTPConnectionPool._make_request`).

Pools, retries and redirects above it are real, and so are libraries that are built on it, as botocore is. What requests
sends passes by here: its adapter has asked already.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from urllib3 import HTTPHeaderDict, HTTPResponse, Timeout
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError, ReadTimeoutError

from mockserver.edges.intercept.calls import RECEIVERS, Failed, Waited, original, outcome, sending
from mockserver.exchange import Request, Response
from mockserver.jobs.interception import Watched

_real_request = HTTPConnectionPool._make_request  # noqa: SLF001 - the one place below retries and above sockets


def put() -> None:
    """Stand in the way of all requests of this process."""
    HTTPConnectionPool._make_request = _make_request  # type: ignore[method-assign,assignment]  # noqa: SLF001 - the seam


def take_away() -> None:
    """Leave the way as it was found."""
    HTTPConnectionPool._make_request = _real_request  # type: ignore[method-assign]  # noqa: SLF001 - the seam


def _make_request(pool: HTTPConnectionPool, conn: Any, method: str, url: str, *args: Any, **more: Any) -> Any:
    receive = RECEIVERS.latest
    if receive is None:
        return _real_request(pool, conn, method, url, *args, **more)
    body = more.get("body")
    if hasattr(body, "read") or (body is not None and not isinstance(body, str | bytes)):
        more["body"] = body = _whole(body)
    request = Request(method, _target(url), _fields(more.get("headers") or {}), _bytes(body))
    found = outcome(receive, _address(pool, url), request, _patience(pool, more.get("timeout")))
    match found:
        case None:
            with sending():
                return _real_request(pool, conn, method, url, *args, **more)
        case Watched(heard=heard):
            return _watched(heard, pool, conn, method, url, more)
        case Failed(fault=fault, text=text):
            raise _error(fault, text, pool, conn, url)
        case Waited(response=response, wait_s=wait_s):
            if wait_s:  # a sleep of no time would still give the processor away
                time.sleep(wait_s)
            return _answered(pool, method, url, response, more)


def _error(fault: str, text: str, pool: HTTPConnectionPool, conn: Any, url: str) -> Exception:
    match fault:
        case "hang" | "timeout":
            return ReadTimeoutError(pool, url, text)
        case "connect-timeout":
            return ConnectTimeoutError(conn, text)
        case "refused":
            return NewConnectionError(conn, text)
        case _:
            return ProtocolError("Connection aborted.", ConnectionResetError(104, text))


def _watched(
    heard: Callable[[Response, str, float], None],
    pool: HTTPConnectionPool,
    conn: Any,
    method: str,
    url: str,
    more: dict[str, Any],
) -> Any:
    begun = time.perf_counter()
    asked = {**more, "preload_content": False, "decode_content": False, "response_conn": None}
    with sending():
        real = _real_request(pool, conn, method, url, **asked)
    response = Response(real.status, tuple(real.headers.items()), real.read(decode_content=False))
    heard(response, real.reason or "", time.perf_counter() - begun)
    return _answered(pool, method, url, response, more)


def _answered(pool: HTTPConnectionPool, method: str, url: str, response: Response, more: dict[str, Any]) -> Any:
    headers = HTTPHeaderDict()
    for name, value in response.headers:
        if name.lower() != "transfer-encoding":  # the body is whole
            headers.add(name, value)
    made = HTTPResponse(
        body=BytesIO(response.body),
        headers=headers,
        status=response.status,
        preload_content=more.get("preload_content", True),
        decode_content=more.get("decode_content", True),
        original_response=original(response),
        request_method=method,
        request_url=url,
        retries=more.get("retries"),
    )
    made._connection = more.get("response_conn")  # noqa: SLF001 - as urllib3 sets it itself
    made._pool = pool  # noqa: SLF001 - as urllib3 sets it itself
    return made


def _patience(pool: HTTPConnectionPool, timeout: Any) -> float | None:
    read = timeout.read_timeout if isinstance(timeout, Timeout) else timeout if timeout is not None else pool.timeout
    read = read.read_timeout if isinstance(read, Timeout) else read
    return float(read) if isinstance(read, int | float) else None


def _address(pool: HTTPConnectionPool, url: str) -> str:
    if "://" in url:
        return url  # through a proxy, the target is the whole address
    host = f"[{pool.host}]" if ":" in pool.host else pool.host
    usual = {"http": 80, "https": 443}.get(pool.scheme or "http")
    port = "" if pool.port in {None, usual} else f":{pool.port}"
    return f"{pool.scheme}://{host}{port}{url}"


def _target(url: str) -> str:
    if "://" not in url:
        return url
    rest = url.partition("://")[2]
    return rest[rest.index("/") :] if "/" in rest else "/"


def _fields(headers: Any) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, value in headers.items())


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _whole(body: Any) -> bytes:
    read = body.read() if hasattr(body, "read") else b"".join(_bytes(piece) for piece in body)
    return _bytes(read)


def _bytes(body: Any) -> bytes:
    return b"" if body is None else body.encode() if isinstance(body, str) else bytes(body)
