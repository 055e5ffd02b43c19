"""What a call answers its driver: send it, wait, give up, or it is done.

Known to every driver. Nothing is decided here: see `call`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from mockserver.exchange import Headers
from mockserver.resilience.deadline import AttemptTimeouts, Deadline
from mockserver.resilience.outcome import Outcome
from mockserver.resilience.retry import StopReason

GiveUpReason: TypeAlias = Literal[
    StopReason,
    "budget",  # the traffic to this host has no repeats left
    "circuit-open",  # the breaker lets nothing through
    "held",  # the server asked everybody to wait, longer than this call can
    "bulkhead",  # too many attempts to this host are in flight
]
WaitReason: TypeAlias = Literal["backoff", "retry-after", "held", "circuit-open", "bulkhead", "rate"]


class Attempt(NamedTuple):
    """Send the request, with these headers added, and tell how it ended.

    `number` counts from 1 (`http.request.resend_count` is one less); `deadline` is for all that happens inside.
    """

    number: int
    timeouts: AttemptTimeouts
    deadline: Deadline
    headers: Headers = ()
    probe: bool = False


class Wait(NamedTuple):
    """Sleep so many seconds (less, if woken), then ask `next`."""

    seconds: float
    why: WaitReason


class Succeed(NamedTuple):
    """Hand the answer to the caller."""

    attempts: int


class GiveUp(NamedTuple):
    """Tell the caller what happened last, `last`, or that no attempt was made: None.

    `retryable`: the caller may try later, and no harm comes of it. `outcome_unknown`: something may have been done for
    which no answer came. `retry_after_s`: not before so many seconds, where that is known.
    """

    reason: GiveUpReason
    attempts: int
    retryable: bool
    outcome_unknown: bool
    retry_after_s: float | None = None
    last: Outcome | None = None


Action: TypeAlias = Attempt | Wait | GiveUp | Succeed
