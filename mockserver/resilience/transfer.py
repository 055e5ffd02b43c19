"""What goes out in one attempt, and who can send it: the words between a driver and its transport.

Nothing is sent here, and no HTTP library is known. Time-outs are lengths, so that a transport may keep its own clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable
from typing import NamedTuple, Protocol, TypeAlias

from mockserver.exchange import Headers, Response
from mockserver.resilience.deadline import AttemptTimeouts
from mockserver.resilience.outcome import Failed
from mockserver.resilience.policy import BodyPolicy


class Upload(NamedTuple):
    """A body that is sent in pieces. Each call of `open` begins anew where `replayable`; `length` may be unknown."""

    open: Callable[[], Iterable[bytes] | AsyncIterable[bytes]]
    length: int | None = None
    replayable: bool = False


class Sink(Protocol):
    """Takes a good answer piece by piece, in place of memory."""

    def begin(self, total: int | None) -> None:
        """Begin anew: an attempt before this one may have come some way. `total` is its length, where known."""
        ...

    def write(self, piece: bytes) -> None:
        """Take a piece, its coding taken off."""
        ...


class Outgoing(NamedTuple):
    """A request as it will be sent, on an absolute URL; no body is None. With a `sink` the answer's body goes there."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes | Upload | None = None
    sink: Sink | None = None

    def __repr__(self) -> str:
        # tools that show the variables of a traceback would show credentials
        return f"<{self.method} {self.url.partition('?')[0]}>"


Got: TypeAlias = Response | Failed
"""A whole answer with its codings taken off, or why there is none."""


class Transport(Protocol):
    """Sends once; never raises for what a network or a server can do."""

    def send(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy) -> Got:
        """Send, and read the whole answer within `timeouts.total_s` and the caps of `body`."""
        ...

    def close(self) -> None:
        """Close pooled connections."""
        ...
