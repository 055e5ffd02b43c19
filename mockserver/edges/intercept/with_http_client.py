"""http.client, and what is built on it (urllib.request): the connection is the seam (`HTTPConnection.connect`).

Everything above it is real: requests are written as bytes and answers are read from bytes. urllib3 connects in a way of
its own and has its own file.
"""

from __future__ import annotations

import time
from http.client import HTTPConnection, HTTPSConnection
from io import BytesIO
from typing import Any, Final

from mockserver.edges.intercept.calls import RECEIVERS, Failed, Receive, Waited, outcome
from mockserver.edges.intercept.spelling import BROKEN, read_request, spelled
from mockserver.jobs.interception import Watched

_REAL: Final = {HTTPConnection: HTTPConnection.connect, HTTPSConnection: HTTPSConnection.connect}
_PORTS: Final = {"http": 80, "https": 443}


def put() -> None:
    """Stand in the way of all connections of this process."""
    HTTPConnection.connect = _connect  # type: ignore[method-assign,assignment]  # the seam
    HTTPSConnection.connect = _connect_securely  # type: ignore[method-assign,assignment]  # the seam


def take_away() -> None:
    """Leave the way as it was found."""
    HTTPConnection.connect = _REAL[HTTPConnection]  # type: ignore[method-assign]  # the seam
    HTTPSConnection.connect = _REAL[HTTPSConnection]  # type: ignore[method-assign]  # the seam


def _connect(connection: HTTPConnection) -> None:
    _wired(connection, HTTPConnection)


def _connect_securely(connection: HTTPSConnection) -> None:
    _wired(connection, HTTPSConnection)


def _wired(connection: HTTPConnection, kind: type[HTTPConnection]) -> None:
    receive = RECEIVERS.latest
    if receive is None:
        _REAL[kind](connection)
    else:
        connection.sock = _Wire(connection, kind, receive)


class _Wire:
    """What stands in the place of a socket until it is known whether the request may leave."""

    def __init__(self, connection: Any, kind: type[HTTPConnection], receive: Receive) -> None:
        self._connection, self._kind, self._receive = connection, kind, receive
        self._sent = b""
        self._answer: bytes | Exception = b""

    def sendall(self, data: bytes) -> None:
        """Take bytes; when the request is whole it is decided what comes of it."""
        self._sent += bytes(data)
        request = read_request(self._sent)
        if request is None:
            return
        url = request.target if "://" in request.target else f"{self._origin()}{request.target}"
        found = outcome(self._receive, url, request, self._connection.timeout if self._has_patience() else None)
        match found:
            case None | Watched():  # whoever records stands above us
                _REAL[self._kind](self._connection)
                self._connection.sock.sendall(self._sent)
            case Failed(fault=fault, text=text):
                self._answer = _broken(fault, text)
            case Waited(response=response, wait_s=wait_s):
                if wait_s:  # a sleep of no time would still give the processor away
                    time.sleep(wait_s)
                self._answer = spelled(response, request.method)
        self._sent = b""

    def _has_patience(self) -> bool:
        return isinstance(self._connection.timeout, int | float)

    def _origin(self) -> str:
        scheme = "https" if self._kind is HTTPSConnection else "http"
        tunnel = getattr(self._connection, "_tunnel_host", None)
        host = tunnel or self._connection.host
        port = getattr(self._connection, "_tunnel_port", None) if tunnel else self._connection.port
        host = f"[{host}]" if ":" in host else host
        return f"{scheme}://{host}" + ("" if port in {None, _PORTS[scheme]} else f":{port}")

    def makefile(self, *_args: object, **_more: object) -> BytesIO:
        """Return the answer, to be read as from a socket."""
        answer, self._answer = self._answer, b""
        if isinstance(answer, Exception):
            raise answer
        return BytesIO(answer)

    def close(self) -> None:
        """Close (socket)."""

    def settimeout(self, _seconds: float | None) -> None:
        """Nothing here takes time (socket)."""

    def setsockopt(self, *_words: object) -> None:
        """Nothing here leaves this process (socket)."""

    def shutdown(self, _how: int) -> None:
        """Close (socket)."""


def _broken(fault: str, text: str) -> bytes | Exception:
    """Return what is read after a fault; raise what is known before anything can be read."""
    if fault in BROKEN:
        return BROKEN[fault]
    if fault in {"hang", "timeout"}:
        return TimeoutError(text)
    if fault == "reset":
        return ConnectionResetError(104, text)
    if fault == "connect-timeout":
        raise TimeoutError(text)
    raise ConnectionRefusedError(111, text)
