"""One logical call: what to do next?

Told what happened and when, answers one of `Attempt`, `Wait`, `GiveUp`, `Succeed`. Used by one thread or task at a
time, sync or async alike; what it shares with other calls has its own locks. Knows no HTTP library.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple

from mockserver.errors import UsageError
from mockserver.exchange import Headers
from mockserver.resilience.actions import Attempt, GiveUp, GiveUpReason, Succeed, Wait, WaitReason
from mockserver.resilience.advice import SILENCE, Advice, advice
from mockserver.resilience.bounds import NoTimeout
from mockserver.resilience.breaker import CircuitBreaker, Permit, Transition
from mockserver.resilience.budget import RetryBudget
from mockserver.resilience.bulkhead import Bulkhead, Place
from mockserver.resilience.classify import TIMED_OUT, Verdict, classify, is_known
from mockserver.resilience.deadline import Deadline, attempt_timeouts
from mockserver.resilience.hold import Hold
from mockserver.resilience.idempotency import CallFacts, Random, key_for, repeatable
from mockserver.resilience.outcome import Answered, Failed, Outcome
from mockserver.resilience.policy import Policy
from mockserver.resilience.retry import Again, Retries, backoff_s


class Shared(NamedTuple):
    """What this call shares with others to the same host (`group`: of the same operations there)."""

    budget: RetryBudget | None
    bulkhead: Bulkhead | None
    breaker: CircuitBreaker | None
    host: Hold
    group: Hold


class _Flight(NamedTuple):
    began: float
    left_s: float
    permit: Permit | None
    place: Place | None


class Call:
    """A logical call; made by `Guards.call`.

    `key` is its idempotency key, the same for every attempt, or None.
    """

    __slots__ = (
        "_deadline", "_flight", "_headers", "_is_over", "_is_safe", "_last", "_not_before", "_place", "_policy",
        "_random", "_retries", "_shared", "_transitions", "_unknown", "_wake", "_why", "key",
    )  # fmt: skip

    def __init__(
        self,
        facts: CallFacts,
        policy: Policy,
        shared: Shared,
        random: Random,
        deadline: Deadline,
        wake: Callable[[], None],
    ) -> None:
        self._policy = policy
        self._shared = shared
        self._random = random
        self._deadline = deadline
        self._wake = wake
        self.key = key_for(facts, policy, random)
        self._headers: Headers = () if self.key is None else ((policy.idempotency.header, self.key),)
        request = repeatable(facts, policy, self.key)
        self._is_safe = request.safe
        self._retries = Retries(policy.retry, policy.deadline, request, random)
        self._not_before = float("-inf")
        self._why: WaitReason = "backoff"
        self._place: Place | None = None
        self._flight: _Flight | None = None
        self._last: Outcome | None = None
        self._unknown = False
        self._is_over = False
        self._transitions: list[Transition] = []

    @property
    def deadline(self) -> Deadline:
        """The moment until which all of it may take."""
        return self._deadline

    @property
    def attempts(self) -> int:
        """How many attempts have begun."""
        return self._retries.attempts

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """The changes of state of its circuit that this call brought about, so far."""
        return tuple(self._transitions)

    def next(self, now: float) -> Attempt | Wait | GiveUp:
        """Ask what to do: at the beginning, and after each wait."""
        if self._flight is not None or self._is_over:
            state = "the call is over" if self._is_over else "an attempt is in flight"
            raise UsageError(f"next() was asked while {state}", fix="tell ended() of each attempt; begin a new call")
        left = self._deadline.left(now)
        if left <= 0:
            return self._give_up("deadline")
        if now < self._not_before:
            return Wait(self._not_before - now, self._why)
        held = self._held(now, left) if self._place is None else None
        return held if held is not None else self._admitted(now, left)

    def ended(self, outcome: Outcome, now: float) -> Wait | GiveUp | Succeed:
        """Tell how the attempt ended, and ask what to do."""
        flight = self._flight
        if flight is None:
            raise UsageError("an attempt ended that was not begun", fix="ask next() for it first")
        self._flight = None
        words = self._words(outcome)
        verdict = classify(outcome, self._policy, words)
        self._count(flight, outcome, verdict, now)
        self._note_hold(outcome, verdict, words, now)
        if verdict.success:
            self._is_over = True
            return Succeed(self.attempts)
        self._last = outcome
        self._unknown |= not (self._is_safe or is_known(outcome))
        again = self._retries.after(outcome, verdict, words, self._deadline.left(now))
        if isinstance(again, Again):
            return self._again(again, now)
        asked = words.wait_s if verdict.throttled else words.retry_after_s
        harmless = verdict.transient and self._retries.is_harmless(outcome)
        return self._give_up(again.reason, retryable=harmless, retry_after_s=asked)

    def abandon(self) -> None:
        """Give back what the call holds, as if its attempt had not been: it was cancelled. May be called always."""
        if self._flight is not None:
            self._release(self._flight.permit)
            self._leave(self._flight.place)
            self._flight = None
        self._leave(self._place)
        self._place = None
        self._is_over = True

    def _admitted(self, now: float, left: float) -> Attempt | Wait | GiveUp:
        # the breaker first: who may not ask needs no place. No probe is kept while queueing for one
        permit = self._permit(now, left)
        if isinstance(permit, Wait):
            self._leave(self._place)
            self._place = None
        if isinstance(permit, Wait | GiveUp):
            return permit
        place = self._placed(now, left)
        if place is not None and place.standing != "inside":
            self._release(permit)
            if place.standing == "out":
                return self._give_up("bulkhead")
            self._place = place
            return Wait(place.until - now, "bulkhead")
        self._place = None
        if not self.attempts and self._shared.budget is not None:
            self._shared.budget.earn(now)
        self._retries.attempts += 1
        self._flight = _Flight(now, left, permit, place)
        timeouts = attempt_timeouts(self._policy.timeout, left)
        return Attempt(self.attempts, timeouts, self._deadline, self._headers, permit is not None and permit.probe)

    def _permit(self, now: float, left: float) -> Permit | Wait | GiveUp | None:
        breaker = self._shared.breaker
        if breaker is None or self._policy.breaker is None:
            return None
        permit, transitions = breaker.admit(now)
        self._transitions += transitions
        if isinstance(permit, Permit):
            return permit
        latest = min(self._policy.breaker.patience_s, left - self._policy.deadline.least_attempt_s)
        if permit.retry_after_s is not None and permit.retry_after_s <= latest:
            return self._wait(now, permit.retry_after_s, "circuit-open")
        return self._give_up("circuit-open", retry_after_s=permit.retry_after_s)

    def _placed(self, now: float, left: float) -> Place | None:
        bulkhead = self._shared.bulkhead
        if bulkhead is None:
            return None
        if self._place is None:
            return bulkhead.enter(now, longest_s=left, wake=self._wake)
        bulkhead.settle(self._place, now)
        return self._place

    def _held(self, now: float, left: float) -> Wait | GiveUp | None:
        holds = (self._shared.host, self._shared.group)
        if self._policy.rate_limit is None or (now >= holds[0].over and now >= holds[1].over):
            return None
        latest = left - self._policy.deadline.least_attempt_s
        firm = max(hold.firm_s(now) for hold in holds)
        if firm > max(latest, 0.0):
            return self._give_up("held", retry_after_s=firm)
        gentle = max(hold.gentle_s(now) for hold in holds)
        # a foretold refusal is worth half of the time; to wait longer is worse than to be refused
        held = max(firm, gentle if gentle <= min(left / 2, latest) else 0.0)
        if held <= 0:
            return None
        spread = backoff_s(self._policy.retry, 0, self._random.random())  # not all that were held at one moment
        return self._wait(now, min(held + spread, latest), "held")

    def _again(self, again: Again, now: float) -> Wait | GiveUp:
        breaker, budget = self._shared.breaker, self._shared.budget
        if breaker is not None and self._policy.breaker is not None:
            still_open = breaker.refuses_until(now + again.wait_s)
            # it would be refused after the wait: the caller should know now, and the repeat not be paid for
            if still_open is not None and still_open > self._policy.breaker.patience_s:
                return self._give_up("circuit-open", retry_after_s=again.wait_s + still_open)
        if budget is not None and not budget.take(now):
            return self._give_up("budget")
        return self._wait(now, again.wait_s, "retry-after" if again.asked else "backoff")

    def _wait(self, now: float, seconds: float, why: WaitReason) -> Wait:
        self._not_before, self._why = now + seconds, why
        return Wait(seconds, why)

    def _count(self, flight: _Flight, outcome: Outcome, verdict: Verdict, now: float) -> None:
        self._leave(flight.place)
        breaker, policy = self._shared.breaker, self._policy.breaker
        if breaker is None or policy is None or flight.permit is None:
            return
        if verdict.mark == "ignored" or not self._was_fair(flight, outcome):
            breaker.release(flight.permit)
            return
        weight = policy.contract_weight if verdict.mark == "contract" else float(verdict.mark == "failure")
        slow_s = self._policy.slow_s
        slow = slow_s is not None and now - flight.began > slow_s
        self._transitions += breaker.record(flight.permit, now, weight=weight, slow=slow)

    def _was_fair(self, flight: _Flight, outcome: Outcome) -> bool:
        # callers in a hurry must not open the circuit of a healthy host: a time-out counts if the attempt had the
        # time that its policy grants for the step, or half of a whole call
        if not isinstance(outcome, Failed) or outcome.kind not in TIMED_OUT:
            return True
        timeout, total = self._policy.timeout, self._policy.deadline.total_s
        steps = {"connect-timeout": timeout.connect_s, "write-timeout": timeout.write_s}
        granted = (steps.get(outcome.kind, timeout.read_s), total if isinstance(total, NoTimeout) else total / 2)
        return flight.left_s >= min(inf if isinstance(length, NoTimeout) else length for length in granted)

    def _note_hold(self, outcome: Outcome, verdict: Verdict, words: Advice, now: float) -> None:
        policy = self._policy.rate_limit
        if policy is None or not isinstance(outcome, Answered):
            return
        asked = words.wait_s if verdict.throttled else None
        if asked is not None:
            # RFC 6585 §4: 429 is about the client; RFC 9110 §10.2.3: with 503 it is how long a service will be down
            hold = self._shared.host if outcome.status == 429 else self._shared.group
            hold.until(now + min(asked, policy.hold_max_s), firm=True)
        elif policy.slow_down and words.exhausted_s is not None:
            self._shared.host.until(now + min(words.exhausted_s, policy.hold_max_s), firm=False)

    def _words(self, outcome: Outcome) -> Advice:
        if isinstance(outcome, Failed):
            return SILENCE
        return advice(outcome.headers, veto_headers=self._policy.retry.veto_headers, epoch_s=outcome.epoch_s)

    def _give_up(self, reason: GiveUpReason, *, retryable: bool = True, retry_after_s: float | None = None) -> GiveUp:
        self.abandon()
        return GiveUp(reason, self.attempts, retryable, self._unknown, retry_after_s, self._last)

    def _release(self, permit: Permit | None) -> None:
        if permit is not None and self._shared.breaker is not None:
            self._shared.breaker.release(permit)

    def _leave(self, place: Place | None) -> None:
        if place is not None and self._shared.bulkhead is not None:
            self._shared.bulkhead.leave(place)
