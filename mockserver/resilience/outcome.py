"""What became of one attempt, in the words that a driver tells it.

Whether a repeat helps or harms is not known here: see `classify` and `retry`.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from mockserver.exchange import Headers

FailureKind: TypeAlias = Literal[
    "connect",  # refused, unreachable, reset in the handshake: not a byte of the request was sent
    "connect-timeout",  # the same, after the connect time-out
    "dns",  # the name has no address
    "tls",  # certificate expired, wrong host, self-signed, too old a version: a repeat meets the same certificate
    "pool-timeout",  # no connection of our own pool came free: the server knows nothing of it
    "write-timeout",  # the server stopped reading
    "read-timeout",  # the server stopped writing
    "deadline",  # the total deadline cut the attempt off
    "reset",  # the connection ended before an answer (RFC 9112 §9.3.1)
    "protocol",  # what came is no HTTP message, or only an interim (1xx) one
    "framing",  # contradictory lengths (RFC 9112 §6.3): an attack or a broken proxy
    "body-cut",  # the body ended before its length, its last chunk or the end of its compression
    "too-large",  # the body passed the caps of `BodyPolicy`
    "unreadable",  # the body is not of its own media type: cut JSON, wrong charset, HTML for JSON
    "contract",  # the body is readable, and breaks the contract
    "redirect",  # a redirect that may not be followed
    "cancelled",  # the caller lost interest
    "local",  # a fault of this program: an encoder, a hook
]

FAILURE_KINDS: Final[frozenset[str]] = frozenset(get_args(FailureKind))

_BEFORE_SENDING: Final[frozenset[FailureKind]] = frozenset({"connect", "connect-timeout", "dns", "tls", "pool-timeout"})


class Answered(NamedTuple):
    """A whole answer came; a driver tells an error status so even if its body was cut.

    `epoch_s` is the time of day at its arrival (seconds since 1970), needed only to read dates in an answer that has
    no `Date` field.
    """

    status: int
    headers: Headers = ()
    epoch_s: float | None = None

    @property
    def may_have_arrived(self) -> bool:
        """Always: who answers has seen the request."""
        return True


class Failed(NamedTuple):
    """No answer came that could be handed on.

    `sent` is False where the driver knows that not a byte of the request left (a stale connection that was closed
    before it was used); for kinds that fail before sending it need not be said. `detail` is for people.
    """

    kind: FailureKind
    sent: bool = True
    detail: str = ""

    @property
    def may_have_arrived(self) -> bool:
        """Whether the server may have seen, and done, what was asked.

        >>> [failed.may_have_arrived for failed in (Failed("dns"), Failed("reset"), Failed("reset", sent=False))]
        [False, True, False]
        """
        return self.sent and self.kind not in _BEFORE_SENDING


Outcome: TypeAlias = Answered | Failed
