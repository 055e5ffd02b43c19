"""For tests of code that uses a client: no sleeping, and a clock that stands still.

    with no_sleeping() as slept:                   # all clients that use the system's clock
        with pytest.raises(ServerError):
            shipping.call("getShipment", id="42")
    assert len(slept) == 2                         # the pauses that there would have been, in seconds

    client = APIClient(url, clock=FrozenClock())   # time passes when somebody waits, or `advance` says so

Stubs of the library `responses` that come from a contract: `from mockserver import responses_for`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from mockserver.edges.clock import SystemClock


class FrozenClock:
    """A `Clock` that stands still: `sleep` returns at once and is how time passes. Thread-safe.

    `waits` are the pauses so far, in seconds. Sockets keep their own time.
    """

    def __init__(self, *, monotonic: float = 1000.0, epoch: float = 1_800_000_000.0) -> None:
        self._now = monotonic
        self._epoch = epoch
        self._lock = Lock()
        self.waits: list[float] = []

    def monotonic(self) -> float:
        """Return the seconds of this clock."""
        return self._now

    def epoch(self) -> float:
        """Return the seconds since 1970 of this clock."""
        return self._epoch

    def advance(self, seconds: float, *, epoch: float | None = None) -> None:
        """Let time pass; `epoch` is what a wall clock that jumps does meanwhile."""
        with self._lock:
            self._now += seconds
            self._epoch += seconds if epoch is None else epoch

    def sleep(self, seconds: float) -> None:
        """Let time pass, at once."""
        self.waits.append(seconds)
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Let time pass, at once."""
        self.sleep(seconds)


@contextmanager
def no_sleeping() -> Iterator[list[float]]:
    """Let every pause of every client take no time, inside of the block; yield the pauses, in seconds.

    To the policies the time has passed all the same: a circuit that opens for 15 s is half-open after such a pause.
    """
    waits: list[float] = []
    skipped = [0.0]

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        skipped[0] += seconds

    async def asleep(seconds: float) -> None:
        sleep(seconds)

    kept: dict[str, Any] = {name: SystemClock.__dict__[name] for name in ("monotonic", "epoch", "sleep", "asleep")}
    patched: dict[str, Any] = {
        "monotonic": lambda: time.monotonic() + skipped[0],
        "epoch": lambda: time.time() + skipped[0],
        "sleep": sleep,
        "asleep": asleep,
    }
    try:
        for name, function in patched.items():
            setattr(SystemClock, name, staticmethod(function))
        yield waits
    finally:
        for name, function in kept.items():
            setattr(SystemClock, name, function)
