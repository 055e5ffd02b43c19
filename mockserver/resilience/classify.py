"""What an outcome means: for the retry, for the breaker, for the caller.

Knows the policy and one outcome; not the method, nor what happened before.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

from mockserver.resilience.advice import SILENCE, Advice
from mockserver.resilience.outcome import Answered, Failed, FailureKind, Outcome
from mockserver.resilience.policy import BreakerPolicy, Policy, RetryPolicy

BreakerMark: TypeAlias = Literal["success", "failure", "contract", "ignored"]
"""How the breaker counts it; `contract` weighs `BreakerPolicy.contract_weight`, `ignored` is not counted at all."""

TIMED_OUT: Final[frozenset[FailureKind]] = frozenset({"connect-timeout", "read-timeout", "write-timeout", "deadline"})

_MARKS: Final[dict[FailureKind, BreakerMark]] = {
    "connect": "failure",
    "connect-timeout": "failure",
    "dns": "failure",
    "tls": "failure",
    "write-timeout": "failure",
    "read-timeout": "failure",
    "deadline": "failure",
    "reset": "failure",
    "protocol": "failure",
    "framing": "failure",
    "body-cut": "failure",
    "unreadable": "contract",
    "contract": "contract",
    # these tell about this program or its caller, not about the health of the server
    "pool-timeout": "ignored",
    "too-large": "ignored",
    "redirect": "ignored",
    "cancelled": "ignored",
    "local": "ignored",
}


class Verdict(NamedTuple):
    """`success`: hand it to the caller. `transient`: the same request may do better later.

    `throttled`: the server has too much to do. `mark`: see `BreakerMark`.
    """

    success: bool
    transient: bool
    throttled: bool
    mark: BreakerMark


_GOOD: Final = Verdict(success=True, transient=False, throttled=False, mark="success")


def classify(outcome: Outcome, policy: Policy, advice: Advice = SILENCE) -> Verdict:
    """Judge one outcome.

    >>> classify(Answered(503), Policy())
    Verdict(success=False, transient=True, throttled=True, mark='failure')
    >>> classify(Answered(404), Policy())
    Verdict(success=False, transient=False, throttled=False, mark='success')
    """
    if isinstance(outcome, Failed):
        return Verdict(
            success=False,
            transient=outcome.kind in policy.retry.failures,
            throttled=False,
            mark=_MARKS[outcome.kind],
        )
    if 100 <= outcome.status < 400:
        return _GOOD
    return Verdict(
        success=False,
        transient=_may_pass(outcome, policy.retry, advice),
        throttled=outcome.status in policy.retry.throttled_statuses,
        mark=_mark(outcome.status, policy.breaker),
    )


def is_known(outcome: Outcome) -> bool:
    """Tell whether it is known that nothing was done, or what was done.

    Unknown is what may have arrived and got no answer, and the answers of a server or gateway that broke off in the
    middle: of 5xx only 501, 503 and 505 say that the request was not carried out (RFC 9110 §15.6).
    """
    if isinstance(outcome, Failed):
        return not outcome.may_have_arrived
    return 100 <= outcome.status < 500 or outcome.status in {501, 503, 505}


def _may_pass(answered: Answered, retry: RetryPolicy, advice: Advice) -> bool:
    if advice.should_retry is not None:
        return advice.should_retry
    return answered.status in retry.statuses


def _mark(status: int, breaker: BreakerPolicy | None) -> BreakerMark:
    if breaker is not None and status in breaker.ignored_statuses:
        return "ignored"
    # RFC 9110 §15: a status outside of 100 to 599 is processed as if it were 5xx
    failed = not 100 <= status <= 599 or (breaker is not None and status in breaker.failure_statuses)
    return "failure" if failed else "success"
