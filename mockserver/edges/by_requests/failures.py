"""Which failure is it? An exception of requests, urllib3, http.client or the socket, as a kind.

requests wraps urllib3's exceptions, urllib3 those of http.client, and the text of the outermost holds the whole URL
with its secrets: the cause is looked for inside, and told in words of its own.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from typing import Final

from urllib3 import exceptions as urllib3

from mockserver.edges.by_requests.paced import DeadlinePassed
from mockserver.resilience.outcome import Failed, FailureKind

# the first that is met decides: the particular before the general
_KINDS: Final[tuple[tuple[type[BaseException], FailureKind, str], ...]] = (
    (DeadlinePassed, "deadline", "the deadline passed while the answer came"),
    (urllib3.NameResolutionError, "dns", "the name of the host has no address"),
    (urllib3.ProxyError, "connect", "the proxy cannot be reached"),
    (urllib3.NewConnectionError, "connect", "the connection was refused, or the host cannot be reached"),
    (urllib3.ConnectTimeoutError, "connect-timeout", "no connection within the connect time-out"),
    (urllib3.EmptyPoolError, "pool-timeout", "no connection of the pool came free"),
    (urllib3.InvalidHeader, "framing", "the answer has contradictory lengths"),
    (urllib3.ReadTimeoutError, "read-timeout", "no answer within the read time-out"),
    (urllib3.InvalidChunkLength, "body-cut", "a chunk of the answer's body is malformed"),
    (urllib3.IncompleteRead, "body-cut", "the body of the answer broke off"),
    (urllib3.DecodeError, "unreadable", "the body of the answer cannot be decompressed"),
    (ssl.SSLError, "tls", "TLS failed"),
    (urllib3.SSLError, "tls", "TLS failed"),
    (RemoteDisconnected, "reset", "the server closed the connection without an answer"),
    (BadStatusLine, "protocol", "what came is no HTTP answer"),
    (HTTPException, "protocol", "the head of the answer is broken"),
    (TimeoutError, "write-timeout", "the server stopped reading the request"),
    (ConnectionError, "reset", "the connection was reset"),
    (urllib3.ResponseError, "protocol", "the answer is broken"),
    (urllib3.HeaderParsingError, "protocol", "the head of the answer is broken"),
    (urllib3.ProtocolError, "reset", "the connection broke"),
    (OSError, "reset", "the connection broke"),
)


def failure_of(error: BaseException, *, begun: bool) -> Failed | None:
    """Return the failure that an exception stands for, or None where no network can be blamed.

    `begun` is False where a TLS handshake was not over, so that no byte of the request was sent.
    """
    causes = tuple(_causes(error))
    for kind_of_error, kind, said in _KINDS:
        for cause in causes:
            if isinstance(cause, kind_of_error):
                return _failed(kind, said, cause, begun=begun)
    return None


def _failed(kind: FailureKind, said: str, cause: BaseException, *, begun: bool) -> Failed:
    if kind == "tls":
        reason = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
        said = f"{said}: {reason}" if isinstance(reason, str) and reason else said
        if begun:
            return Failed("reset", detail=said)
    if kind == "reset" and not begun:
        return Failed("connect", sent=False, detail=said)
    return Failed(kind, detail=said)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything it wraps, the outermost first."""
    seen: set[int] = set()
    todo: list[object] = [error]
    while todo:
        cause = todo.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        todo += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
