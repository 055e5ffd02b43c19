"""Which failure is it? An exception of httpx or httpx2, as a kind.

Their names are the same; their texts are those of h11, which knows more than the names do.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from socket import gaierror
from typing import Final

from mockserver.resilience.outcome import Failed, FailureKind

_NAMES: Final[dict[str, tuple[FailureKind, str]]] = {
    "ConnectTimeout": ("connect-timeout", "no connection within the connect time-out"),
    "ReadTimeout": ("read-timeout", "no answer within the read time-out"),
    "WriteTimeout": ("write-timeout", "the server stopped reading the request"),
    "PoolTimeout": ("pool-timeout", "no connection of the pool came free"),
    "ConnectError": ("connect", "the connection was refused, or the host cannot be reached"),
    "ProxyError": ("connect", "the proxy cannot be reached"),
    "ReadError": ("reset", "the connection was reset"),
    "WriteError": ("reset", "the connection was reset"),
    "CloseError": ("reset", "the connection was reset"),
    "NetworkError": ("reset", "the connection broke"),
    "RemoteProtocolError": ("protocol", "what came is no HTTP answer"),
    "DecodingError": ("unreadable", "the body of the answer cannot be decompressed"),
    "LocalProtocolError": ("local", "the URL or a header cannot be spelled"),
    "UnsupportedProtocol": ("local", "the URL or a header cannot be spelled"),
    "InvalidURL": ("local", "the URL or a header cannot be spelled"),
}
_DISCONNECTED: Final = ("disconnected without sending", "without sending a response")
_FRAMING: Final = ("content-length",)


def failure_of(error: Exception, *, in_body: bool = False) -> Failed | None:
    """Return the failure that an exception stands for, or None where no network can be blamed."""
    named = next((_NAMES[each.__name__] for each in type(error).__mro__ if each.__name__ in _NAMES), None)
    if named is None:
        if isinstance(error, ValueError | UnicodeError):
            return Failed("local", sent=False, detail="the URL or a header cannot be spelled")
        return None
    kind, said = named
    if kind == "connect":
        return _unconnected(error, said)
    if kind == "protocol":
        text = str(error).lower()
        if any(words in text for words in _DISCONNECTED):
            return Failed("reset", detail="the server closed the connection without an answer")
        if any(words in text for words in _FRAMING):
            return Failed("framing", detail="the answer has contradictory lengths")
    if in_body and kind in {"reset", "protocol"}:
        return Failed("body-cut", detail="the body of the answer broke off")
    return Failed(kind, sent=kind != "local", detail=said)


def _unconnected(error: Exception, said: str) -> Failed:
    for cause in _causes(error):
        if isinstance(cause, gaierror):
            return Failed("dns", detail="the name of the host has no address")
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason
            return Failed("tls", detail=f"TLS failed: {reason}" if reason else "TLS failed")
    return Failed("connect", detail=said)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
