"""The last calls, as rates.

A window is bounded twice: so many calls, and none older than so many seconds. Knows no states and no thresholds.
"""

from __future__ import annotations

from collections import deque
from typing import Final

WHOLE: Final = 1000  # a failure weighs so much: parts of it are whole numbers, and sums do not drift


class Window:
    """Calls with their moment, their weight as a failure (0 to `WHOLE`) and whether they were slow. Not thread-safe."""

    __slots__ = ("_calls", "_failed", "_length_s", "_most", "_slow")

    def __init__(self, most: int, length_s: float) -> None:
        self._most = most
        self._length_s = length_s
        self._calls: deque[tuple[float, int, bool]] = deque()
        self._failed = 0
        self._slow = 0

    def add(self, at: float, weight: int, *, slow: bool) -> None:
        """Note a call that ended now; moments never go back."""
        self.forget(at)
        if len(self._calls) == self._most:
            self._drop()
        self._calls.append((at, weight, slow))
        self._failed += weight
        self._slow += slow

    def forget(self, now: float) -> None:
        """Drop what is older than the window."""
        while self._calls and now - self._calls[0][0] >= self._length_s:
            self._drop()

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def failure_rate(self) -> float:
        """From 0 to 1; 0 without calls."""
        # one division of whole numbers: 3 of 10 is exactly the 0.3 that somebody wrote
        return self._failed / (WHOLE * len(self._calls)) if self._calls else 0.0

    @property
    def slow_rate(self) -> float:
        """From 0 to 1; 0 without calls."""
        return self._slow / len(self._calls) if self._calls else 0.0

    def _drop(self) -> None:
        _, weight, slow = self._calls.popleft()
        self._failed -= weight
        self._slow -= slow
