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
    return AttemptTimeouts(
        _shorter(policy.connect_s, left_s),
        _shorter(policy.read_s, left_s),
        _shorter(policy.write_s, left_s),
        _shorter(policy.pool_s, left_s),
        None if math.isinf(left_s) else left_s,
    )


def _shorter(length: Limit, left_s: float) -> float | None:
    shorter = left_s if isinstance(length, NoTimeout) else min(length, left_s)
    return None if math.isinf(shorter) else shorter
