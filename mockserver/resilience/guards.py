"""What the calls of a client share, by host and group of operations.

Calls to one origin under one policy share a budget, a bulkhead and a hold; those of one group share a breaker as well.
A call with another policy for a part has that part for itself, so that one operation's override cannot loosen the
limits of the others. Decides nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final
from weakref import WeakValueDictionary

from mockserver.resilience.breaker import CircuitBreaker, CircuitReport
from mockserver.resilience.budget import RetryBudget
from mockserver.resilience.bulkhead import Bulkhead
from mockserver.resilience.call import Call, Shared
from mockserver.resilience.deadline import NEVER, Deadline
from mockserver.resilience.hold import Hold
from mockserver.resilience.idempotency import CallFacts, Random
from mockserver.resilience.policy import BreakerPolicy, BudgetPolicy, BulkheadPolicy, Policy

_MOST: Final = 1024  # a crawler meets hosts without end: the longest unused are forgotten


def _nobody() -> None:
    """Wake nobody."""


class Guards:
    """The state that outlives a call. One for each client (or program); thread-safe."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._lock = Lock()
        self._shared: OrderedDict[tuple[str, str, int], tuple[Policy, Shared]] = OrderedDict()
        # parts live as long as somebody shares them
        self._budgets: WeakValueDictionary[tuple[str, BudgetPolicy], RetryBudget] = WeakValueDictionary()
        self._bulkheads: WeakValueDictionary[tuple[str, BulkheadPolicy], Bulkhead] = WeakValueDictionary()
        self._breakers: WeakValueDictionary[tuple[str, str, BreakerPolicy], CircuitBreaker] = WeakValueDictionary()
        self._holds: WeakValueDictionary[tuple[str, str | None], Hold] = WeakValueDictionary()

    def call(
        self,
        facts: CallFacts,
        policy: Policy,
        *,
        now: float,
        deadline: Deadline = NEVER,
        wake: Callable[[], None] = _nobody,
    ) -> Call:
        """Begin a logical call. Its deadline is its policy's, or the one given if that is sooner.

        `wake` is called, from any thread, when a place comes free for which the call waits; only a policy with
        `bulkhead.wait_s` needs it.
        """
        own = Deadline.after(policy.deadline.total_s, now).sooner(deadline)
        return Call(facts, policy, self._shared_by(facts, policy), self._random, own, wake)

    def circuits(self, now: float) -> tuple[CircuitReport, ...]:
        """Tell how every circuit stands, by name."""
        with self._lock:
            breakers = list(self._breakers.values())
        return tuple(sorted((breaker.report(now) for breaker in breakers), key=lambda report: report.circuit))

    def _shared_by(self, facts: CallFacts, policy: Policy) -> Shared:
        # by the identity of the policy, as its hash is that of fifty fields; equal ones find the same parts below
        key = (facts.origin, facts.group, id(policy))
        with self._lock:
            known = self._shared.get(key)
            if known is None:
                known = self._shared[key] = policy, self._made(facts.origin, facts.group, policy)
                if len(self._shared) > _MOST:
                    self._shared.popitem(last=False)
            else:
                self._shared.move_to_end(key)
            return known[1]

    def _made(self, origin: str, group: str, policy: Policy) -> Shared:
        budget = breaker = bulkhead = None
        if policy.budget is not None:
            budget = self._budgets.setdefault((origin, policy.budget), RetryBudget(policy.budget))
        if policy.bulkhead is not None:
            bulkhead = self._bulkheads.setdefault((origin, policy.bulkhead), Bulkhead(policy.bulkhead))
        if policy.breaker is not None:
            name = f"{origin} {group}" if group else origin
            breaker = self._breakers.setdefault(
                (origin, group, policy.breaker), CircuitBreaker(name, policy.breaker, self._random)
            )
        host = self._holds.setdefault((origin, None), Hold())
        return Shared(budget, bulkhead, breaker, host, self._holds.setdefault((origin, group), Hold()))
