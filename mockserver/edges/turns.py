"""At most so many requests in so many seconds: pyrate-limiter (extra `[rate]`), asked without waiting.

Whoever asks says when it is; nothing here sleeps or reads a clock.
"""

from __future__ import annotations

from threading import Lock

from mockserver.errors import MissingExtra
from mockserver.jobs.configuration import Rate

try:
    from pyrate_limiter import InMemoryBucket, RateItem
    from pyrate_limiter import Rate as Limit
except ImportError as missing:
    raise MissingExtra("a rate needs pyrate-limiter", fix='pip install "mockserver[rate]"') from missing


class Turns:
    """The turns of one client. Thread-safe."""

    def __init__(self, rate: Rate) -> None:
        self._bucket = InMemoryBucket([Limit(rate.requests, max(1, round(rate.per_s * 1000)))])
        self._lock = Lock()

    def wait_s(self, now: float) -> float:
        """Take a turn and return 0, or return in how many seconds to ask again; `now` is of a monotonic clock."""
        at_ms = int(now * 1000)
        with self._lock:
            self._bucket.leak(at_ms)
            item = RateItem("turn", at_ms)
            if self._bucket.put(item):
                return 0.0
            waiting = self._bucket.waiting(item)
            assert isinstance(waiting, int)  # noqa: S101 - a bucket in memory does not await
            return max(waiting, 1) / 1000
