"""Again, or not? And after which wait?

Counts the attempts of one logical call. Knows the call's method and key by what they allow (`Repeatable`); not the
budget, the breaker or the traffic of others.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from mockserver.resilience.advice import Advice
from mockserver.resilience.classify import Verdict
from mockserver.resilience.idempotency import Random, Repeatable
from mockserver.resilience.outcome import Answered, Failed, FailureKind, Outcome
from mockserver.resilience.policy import DeadlinePolicy, RetryPolicy

StopReason: TypeAlias = Literal[
    "final",  # an answer or a failure that a repeat does not change
    "veto",  # the server said not to repeat it
    "method",  # it may have been carried out, and twice is not as once
    "body",  # its body can be read only once, and was
    "attempts",  # all attempts are used up
    "retry-after",  # the server asks for a longer wait than is allowed or left
    "deadline",  # no time is left for another attempt
]


class Again(NamedTuple):
    """Wait so many seconds, then send it once more; `asked` tells whether the server set the time."""

    wait_s: float
    asked: bool


class Stop(NamedTuple):
    """Not again."""

    reason: StopReason


def backoff_s(policy: RetryPolicy, retry: int, chance: float, *, throttled: bool = False) -> float:
    """Return the wait before a retry, counted from 0: full jitter, U(0, min(cap, base * 2^retry)).

    Spreading over the whole interval is what keeps the clients of a service that fell over from coming back together
    (M. Brooker, AWS Architecture Blog, 2015). `chance` is from 0 to 1.

    >>> backoff_s(RetryPolicy(), 0, 1.0), backoff_s(RetryPolicy(), 3, 0.5), backoff_s(RetryPolicy(), 9, 1.0)
    (0.25, 1.0, 8.0)
    """
    base = policy.throttled_base_s if throttled else policy.base_s
    # 2^63 times any sensible base is past any cap, and an int that large is no float
    return float(min(policy.cap_s, base * 2 ** min(retry, 63)) * chance)


class Retries:
    """The retries of one logical call; used by one thread or task."""

    __slots__ = ("_deadline", "_policy", "_random", "_request", "_spent", "attempts")

    def __init__(self, policy: RetryPolicy, deadline: DeadlinePolicy, request: Repeatable, random: Random) -> None:
        self._policy = policy
        self._deadline = deadline
        self._request = request
        self._random = random
        self._spent: set[FailureKind] = set()
        self.attempts = 0

    def is_harmless(self, outcome: Outcome) -> bool:
        """Tell whether sending it again after this outcome cannot do a thing twice.

        RFC 9110 §9.2.2: a request that is not idempotent is repeated only if it is known that it was never applied.
        """
        return self._request.repeatable or not outcome.may_have_arrived

    def after(self, outcome: Outcome, verdict: Verdict, advice: Advice, left_s: float) -> Again | Stop:
        """Decide what follows an attempt that was no success, with so many seconds left of the deadline."""
        refused = self._refused(outcome, verdict, advice)
        if refused is not None:
            return Stop(refused)
        if self.attempts >= self._policy.attempts or (isinstance(outcome, Failed) and outcome.kind in self._spent):
            return Stop("attempts")
        latest = left_s - self._deadline.least_attempt_s
        asked = self._asked_s(outcome, verdict, advice)
        if asked is not None and asked > min(self._policy.retry_after_max_s, max(latest, 0.0)):
            return Stop("retry-after")
        if latest <= 0:
            return Stop("deadline")
        if isinstance(outcome, Failed) and outcome.kind in self._policy.failures_once:
            self._spent.add(outcome.kind)
        return self._wait(asked, latest, throttled=verdict.throttled)

    def _refused(self, outcome: Outcome, verdict: Verdict, advice: Advice) -> StopReason | None:
        if advice.should_retry is False:
            return "veto"
        if not verdict.transient:
            return "final"
        if not self.is_harmless(outcome):
            return "method"
        half_done = isinstance(outcome, Answered) and outcome.status in self._policy.safe_only_statuses
        if half_done and not (self._request.safe or self._request.keyed):
            return "method"
        if outcome.may_have_arrived and not self._request.replayable:
            return "body"
        return None

    def _asked_s(self, outcome: Outcome, verdict: Verdict, advice: Advice) -> float | None:
        if advice.retry_after_s is not None or not isinstance(outcome, Answered):
            return advice.retry_after_s
        # the beginning of a new rate limit concerns only who has met the limit
        return advice.wait_s if verdict.throttled else None

    def _wait(self, asked: float | None, latest: float, *, throttled: bool) -> Again:
        chance = self._random.random()
        retry = self.attempts - 1
        if asked is None:
            # a shorter interval near the deadline leaves the repeat its chance
            return Again(min(backoff_s(self._policy, retry, 1.0, throttled=throttled), latest) * chance, asked=False)
        # never before the server said, and not all of its clients at that very moment
        return Again(min(asked + backoff_s(self._policy, retry, chance), latest), asked=True)
