"""How many repeats does the traffic to a host allow?

Without a budget every layer multiplies the load of a service that is already down. The budget is Finagle's: each call
earns a part of a repeat, which is forgotten after `ttl_s`, and a floor lets quiet clients repeat too. Knows no reasons.
"""

from __future__ import annotations

import sys
from collections import deque
from threading import Lock
from typing import Final

from mockserver.resilience.policy import BudgetPolicy

_REPEAT: Final = 1000  # accounts are in thousandths of a repeat: whole numbers do not drift
_SLOTS: Final = 10  # as in Finagle, what is earned or taken is forgotten a tenth of the time at a time


class RetryBudget:
    """The repeats that one host's traffic has earned. Thread-safe.

    What a call earns (`ratio`) lives for `ttl_s` and is spent oldest first. When it is spent, the floor gives
    `floor_per_s * ttl_s` repeats in any stretch of `ttl_s`.
    """

    __slots__ = ("__weakref__", "_earned", "_floor", "_gain", "_latest", "_length", "_lock", "_taken")

    def __init__(self, policy: BudgetPolicy) -> None:
        self._gain = round(policy.ratio * _REPEAT)
        self._floor = round(policy.floor_per_s * policy.ttl_s * _REPEAT)
        self._length = policy.ttl_s / _SLOTS
        self._earned: deque[list[int]] = deque()  # [slot, what is left of its earnings], oldest first
        self._taken: deque[list[int]] = deque()  # [slot, what was taken from the floor], oldest first
        self._latest = -sys.maxsize
        self._lock = Lock()

    def earn(self, now: float) -> None:
        """Note a call: a first attempt, not a repeat."""
        if self._gain:
            with self._lock:
                _add(self._earned, self._slot(now), self._gain)

    def take(self, now: float) -> bool:
        """Take one repeat, or tell that there is none."""
        with self._lock:
            slot = self._slot(now)
            if self._left() < _REPEAT:
                return False
            owed = _REPEAT
            while owed and self._earned:
                oldest = self._earned[0]
                paid = min(owed, oldest[1])
                owed -= paid
                oldest[1] -= paid
                if not oldest[1]:
                    self._earned.popleft()
            if owed:
                _add(self._taken, slot, owed)
            return True

    def left(self, now: float) -> float:
        """Return how many repeats could be taken now."""
        with self._lock:
            self._slot(now)
            return self._left() / _REPEAT

    def _slot(self, now: float) -> int:
        # threads read the clock before they come to the lock: a moment before the latest is the latest
        self._latest = max(self._latest, int(now // self._length))
        for account in (self._earned, self._taken):
            while account and account[0][0] <= self._latest - _SLOTS:
                account.popleft()
        return self._latest

    def _left(self) -> int:
        return sum(each[1] for each in self._earned) + self._floor - sum(each[1] for each in self._taken)


def _add(account: deque[list[int]], slot: int, amount: int) -> None:
    if account and account[-1][0] == slot:
        account[-1][1] += amount
    else:
        account.append([slot, amount])
