"""How long may all of it take?

A deadline is a moment, not a length: it can be handed on without growing. Moments are those of the one monotonic clock
that every caller uses (`time.monotonic`, which `asyncio` loops share with it).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

from mockserver.resilience.bounds import Limit, NoTimeout
from mockserver.resilience.policy import TimeoutPolicy


class Deadline(NamedTuple):
    """The moment `at`, in seconds of the monotonic clock; infinity is never."""

    at: float

    @classmethod
    def after(cls, length: Limit, now: float) -> Deadline:
        """Return the deadline that many seconds from now."""
        return NEVER if isinstance(length, NoTimeout) else cls(now + length)

    def left(self, now: float) -> float:
        """Return the seconds that are left, never below 0.

        >>> Deadline(10.0).left(7.5), Deadline(10.0).left(11.0)
        (2.5, 0.0)
        """
        return max(0.0, self.at - now)

    def sooner(self, other: Deadline) -> Deadline:
        """Return the earlier of two: a call within a call has no more time than its caller."""
        return self if self.at <= other.at else other


NEVER: Final = Deadline(math.inf)

_INHERITED: Final[ContextVar[Deadline]] = ContextVar("mockserver_deadline", default=NEVER)


def inherited() -> Deadline:
    """Return the deadline of the code around: `NEVER`, unless `within` says otherwise."""
    return _INHERITED.get()


@contextmanager
def within(deadline: Deadline) -> Iterator[Deadline]:
    """Give a deadline to all calls inside of the block; an earlier one that stands already is kept.

    Tasks that start inside inherit it (PEP 567); threads do not, unless their starter copies the context.
    """
    kept = deadline.sooner(_INHERITED.get())
    token = _INHERITED.set(kept)
    try:
        yield kept
    finally:
        _INHERITED.reset(token)


class AttemptTimeouts(NamedTuple):
    """What one attempt may take, in seconds; None is no limit. `total_s` is for the whole attempt, body included."""

    connect_s: float | None
    read_s: float | None
    write_s: float | None
    pool_s: float | None
    total_s: float | None


def attempt_timeouts(policy: TimeoutPolicy, left_s: float) -> AttemptTimeouts:
    """Shrink each time-out to what is left of the deadline.

    >>> attempt_timeouts(TimeoutPolicy(), 4.0)
    AttemptTimeouts(connect_s=3.0, read_s=4.0, write_s=4.0, pool_s=4.0, total_s=4.0)
    """
    total = None if left_s == math.inf else left_s
    steps = (policy.connect_s, policy.read_s, policy.write_s, policy.pool_s)
    connect, read, write, pool = [total if isinstance(s, NoTimeout) or s > left_s else s for s in steps]
    return AttemptTimeouts(connect, read, write, pool, total)
