"""One logical call: what to do next?

Told what happened and when, answers one of `Attempt`, `Wait`, `GiveUp`, `Succeed`. Used by one thread or task at a
time, sync or async alike; what it shares with other calls has its own locks. Knows no HTTP library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mockserver.errors import UsageError
from mockserver.exchange import Headers
from mockserver.resilience.advice import SILENCE, Advice, advice
from mockserver.resilience.breaker import CircuitBreaker, Permit, Refused, Transition
from mockserver.resilience.budget import RetryBudget
from mockserver.resilience.bulkhead import Bulkhead, Place
from mockserver.resilience.classify import TIMED_OUT, Verdict, classify, is_known
from mockserver.resilience.deadline import AttemptTimeouts, Deadline, attempt_timeouts
from mockserver.resilience.hold import Hold
from mockserver.resilience.idempotency import CallFacts, Random, key_for, repeatable
from mockserver.resilience.outcome import Answered, Failed, Outcome
from mockserver.resilience.policy import Policy
from mockserver.resilience.retry import Again, Retries, Stop, StopReason, backoff_s

GiveUpReason: TypeAlias = Literal[
    StopReason,
    "budget",  # the traffic to this host has no repeats left
    "circuit-open",  # the breaker lets nothing through
    "held",  # the server asked everybody to wait, longer than this call can
    "bulkhead",  # too many attempts to this host are in flight
]
WaitReason: TypeAlias = Literal["backoff", "retry-after", "held", "circuit-open", "bulkhead"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Send the request, with these headers added, and tell how it ended.

    `number` counts from 1 (`http.request.resend_count` is one less); `deadline` is for all that happens inside.
    """

    number: int
    timeouts: AttemptTimeouts
    deadline: Deadline
    headers: Headers = ()
    probe: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Sleep so many seconds (less, if woken), then ask `next`."""

    seconds: float
    why: WaitReason


@dataclass(frozen=True, slots=True)
class Succeed:
    """Hand the answer to the caller."""

    attempts: int


@dataclass(frozen=True, slots=True)
class GiveUp:
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


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What this call shares with others to the same host (`group`: of the same operations there)."""

    budget: RetryBudget | None
    bulkhead: Bulkhead | None
    breaker: CircuitBreaker | None
    host: Hold
    group: Hold


@dataclass(slots=True)
class _InFlight:
    number: int
    began: float
    fair: bool
    permit: Permit | None
    place: Place | None


class Call:
    """A logical call; made by `Guards.call`. Transitions of its circuit that it caused stand in `transitions`."""

    __slots__ = (
        "_again", "_deadline", "_facts", "_flight", "_headers", "_is_over", "_last", "_not_before", "_place", "_policy",
        "_random", "_request", "_retries", "_shared", "_unknown", "_wake", "_why", "key", "transitions",
    )  # fmt: skip
