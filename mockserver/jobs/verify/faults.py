"""What a client makes of a broken connection: it recovers, fails well, hangs, or does a thing twice.

Knows what was sent and how the call ended; how a fault was made is other people's affair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

from mockserver.exchange import Request
from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.judge import IDEMPOTENT
from mockserver.jobs.verify.observed import Called, Shown, Wanted, on_request
from mockserver.values import Struct

End: TypeAlias = Literal["recovered", "unharmed", "failed well", "failed", "crashed", "hung", "sent twice", "swallowed"]

FAULTS: Final = (
    "refused",
    "connect-timeout",
    "hang",
    "reset",
    "empty",
    "malformed",
    "truncate",
    "cut-chunk",
)
"""What happens to the first request of a call; the second would be answered."""
UNSENT: Final = frozenset({"refused", "connect-timeout"})
_IN_BODY: Final = frozenset({"truncate", "cut-chunk"})
_WORDS: Final = {
    "refused": "the connection was refused",
    "connect-timeout": "the connection was never made",
    "hang": "no answer came",
    "reset": "the connection was reset",
    "empty": "the connection ended without an answer",
    "malformed": "the answer was no HTTP",
    "truncate": "the answer was cut short",
    "cut-chunk": "the answer ended within a chunk",
}


class Faulted(Struct, frozen=True):
    """How a call ended when a fault happened to its first request; `error` is what it raised."""

    label: str
    operation: str
    fault: str
    end: End
    error: str = ""


def end_of(fault: str, called: Called, requests: Sequence[Request], *, reads_body: bool, is_bug: bool) -> End:
    """Return how a call ended. `reads_body`: its success has a body; `is_bug`: it raised what any slip raises."""
    if fault not in UNSENT and any(_is_again(first, later) for first, later in _pairs(requests)):
        return "sent twice"
    if called.ending != "over":
        return "hung"
    if called.raised is not None:
        if is_bug:
            return "crashed"
        return "failed well" if called.raised.declared else "failed"
    if len(requests) > 1 or fault in UNSENT:
        return "recovered"
    return "unharmed" if fault in _IN_BODY and not reads_body else "swallowed"


def _pairs(requests: Sequence[Request]) -> Iterator[tuple[Request, Request]]:
    for index, first in enumerate(requests):
        yield from ((first, later) for later in requests[index + 1 :])


def _is_again(first: Request, later: Request) -> bool:
    """Tell whether something that may have been done was asked for again, with no key to tell it (RFC 9110 §9.2.2)."""
    if first.method in IDEMPOTENT or (first.method, first.target, first.body) != (
        later.method,
        later.target,
        later.body,
    ):
        return False
    key = first.header("idempotency-key")
    return key is None or key != later.header("idempotency-key")


def faults_shown(faulted: Faulted, wanted: Wanted, case: Case, called: Called) -> Iterator[Shown]:
    """Yield what is wrong with how a call ended."""
    words, at = _WORDS[faulted.fault], faulted.fault
    match faulted.end:
        case "sent twice":
            message = f"{words}, and your client sent {faulted.operation} again without an idempotency key"
            fix = "do not repeat it, or send the same Idempotency-Key: it may have been done"
            yield on_request("client-sent-twice", wanted, case, called, message, fix, at=at)
        case "hung":
            message = f"{words}, and your client did not come back"
            yield on_request("client-hung", wanted, case, called, message, "give it a time-out", at=at)
        case "crashed":
            message = f"{words}, and your client raised {called.raised}"
            yield on_request("error-undeclared", wanted, case, called, message, "raise what you declare", at=at)
        case "swallowed":
            message = f"{words}, and your client returned as if all was well"
            yield on_request("error-swallowed", wanted, case, called, message, "raise what you declare", at=at)
        case _:
            return
