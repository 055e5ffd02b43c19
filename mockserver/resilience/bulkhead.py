"""How many attempts to one host at a time?

A slow server must not take every thread of its clients with it. Who finds no place may queue for a bounded time, first
come first served; it is woken by the callback that it gave, because nothing here can wait. Knows no reasons.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Literal, TypeAlias

from mockserver.resilience.policy import BulkheadPolicy

Standing: TypeAlias = Literal["inside", "waiting", "out"]


class Place:
    """One attempt's place; `until` is the moment at which it stops waiting."""

    __slots__ = ("standing", "until", "wake")

    def __init__(self, standing: Standing, until: float, wake: Callable[[], None]) -> None:
        self.standing = standing
        self.until = until
        self.wake = wake


class Bulkhead:
    """The places of one host. Thread-safe; `wake` callbacks are called outside of the lock, from any thread."""

    __slots__ = ("__weakref__", "_free", "_lock", "_policy", "_queue")

    def __init__(self, policy: BulkheadPolicy) -> None:
        self._policy = policy
        self._lock = Lock()
        self._free = policy.concurrent
        self._queue: deque[Place] = deque()

    def enter(self, now: float, *, longest_s: float, wake: Callable[[], None]) -> Place:
        """Take a place, or queue for one up to `longest_s`; out at once where the policy or `longest_s` allows none."""
        until = now + min(self._policy.wait_s, longest_s)
        with self._lock:
            # a free place with a queue cannot be: who leaves hands it on
            if self._free:
                self._free -= 1
                return Place("inside", until, wake)
            if until <= now:
                return Place("out", until, wake)
            place = Place("waiting", until, wake)
            self._queue.append(place)
            return place

    def settle(self, place: Place, now: float) -> Standing:
        """Tell how a place stands now; who has waited long enough is out."""
        with self._lock:
            if place.standing == "waiting" and now >= place.until:
                self._queue.remove(place)
                place.standing = "out"
            return place.standing

    def leave(self, place: Place) -> None:
        """Give a place back, or stop queueing; who is out already stays so."""
        with self._lock:
            woken = self._left(place)
        if woken is not None:
            woken.wake()

    def in_flight(self) -> int:
        """Return how many are inside."""
        with self._lock:
            return self._policy.concurrent - self._free

    def _left(self, place: Place) -> Place | None:
        before, place.standing = place.standing, "out"
        if before == "waiting":
            self._queue.remove(place)
        if before != "inside":
            return None
        if not self._queue:
            self._free += 1
            return None
        following = self._queue.popleft()
        following.standing = "inside"
        return following
