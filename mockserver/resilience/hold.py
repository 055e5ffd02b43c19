"""Who asked for silence, and until when?

An answer that says "not before" is meant for all calls to that server, not only for the one that got it. Firm is what
a refusal asked for (429, 503); gentle is what a good answer foretold (`RateLimit: remaining=0`), which a call that
cannot wait so long may ignore: the server will tell it better. Knows no answers.
"""

from __future__ import annotations

from threading import Lock


class Hold:
    """The moments until which one server is left alone. Thread-safe."""

    __slots__ = ("__weakref__", "_firm", "_gentle", "_lock", "over")

    def __init__(self) -> None:
        self._lock = Lock()
        self._firm = float("-inf")
        self._gentle = float("-inf")
        self.over = float("-inf")  # from then on there is nothing to heed; read without the lock

    def until(self, then: float, *, firm: bool) -> None:
        """Hold calls back until then; what holds longer stays."""
        with self._lock:
            if firm:
                self._firm = max(self._firm, then)
            else:
                self._gentle = max(self._gentle, then)
            self.over = max(self._firm, self._gentle)

    def firm_s(self, now: float) -> float:
        """Return the seconds for which no call may be made; 0 if it may."""
        with self._lock:
            return max(0.0, self._firm - now)

    def gentle_s(self, now: float) -> float:
        """Return the seconds for which a call had better wait; 0 if it need not."""
        with self._lock:
            return max(0.0, self._gentle - now)
