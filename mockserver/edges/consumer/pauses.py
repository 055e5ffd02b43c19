"""Time as a client under test knows it: its pauses pass at once, and its clocks are put on by as much.

A deadline of the client (`asyncio.timeout`, `wait_for`, a clock that it reads between attempts) comes as it would. Only
the call's own thread, and on our loop its own task, put the clocks on: what runs beside them may pause in a circle.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from mockserver.jobs.verify.director import NEVER_S

_PAUSE_S: Final = 0.0005
_TURNS: Final = 3
"""How many turns of a loop it takes until a deadline that has come ends what waits."""


class HungError(BaseException):
    """The call took longer than patience allows. No Exception, so that no client catches it."""


class _Call:
    """The call in work: its thread, its task on our loop, and whether it is over."""

    def __init__(self) -> None:
        self.thread = 0
        self.task: asyncio.Task[Any] | None = None
        self.over = threading.Event()
        self.passed_s = 0.0
        self.depth = 0

    def begin(self) -> None:
        """Start a call on this thread."""
        self.thread, self.task, self.over = threading.get_ident(), None, threading.Event()

    @property
    def is_here(self) -> bool:
        """Whether this is the thread of the call."""
        return self.thread == threading.get_ident()


CALL: Final = _Call()


@contextmanager
def calling() -> Iterator[None]:
    """Let this thread be that of the call."""
    CALL.begin()
    try:
        yield
    finally:
        CALL.over.set()


@contextmanager
def without_pauses() -> Iterator[None]:
    """Let `time.sleep` and `asyncio.sleep` return at once, and clocks tell that the time has passed.

    What a client logs and nobody asked for is not shown either: a thousand refusals would drown what was found.
    """
    if CALL.depth:  # an hour passes once
        yield
        return
    CALL.depth += 1
    sleep, asleep, monotonic, now = time.sleep, asyncio.sleep, time.monotonic, time.time
    shown = logging.lastResort

    async def at_once(delay: float, result: Any = None) -> Any:
        if delay >= NEVER_S:
            await _wait_for_deadlines(asleep)
        if CALL.is_here and asyncio.current_task() is CALL.task:
            CALL.passed_s += max(0.0, delay)
        await asleep(0)
        return result

    def pause(seconds: Any) -> None:
        if seconds >= NEVER_S:
            _wait_here()
        if CALL.is_here:
            CALL.passed_s += seconds
        sleep(_PAUSE_S if seconds else 0)  # not zero: other threads may poll with it

    time.sleep, asyncio.sleep = pause, at_once
    time.monotonic, time.time = (lambda: monotonic() + CALL.passed_s), (lambda: now() + CALL.passed_s)
    logging.lastResort = None
    try:
        yield
    finally:
        CALL.depth -= 1
        time.sleep, asyncio.sleep, time.monotonic, time.time = sleep, asleep, monotonic, now
        logging.lastResort = shown


def _wait_here() -> None:
    """Wait for ever: at once in the thread of the call, and in another as long as the call may wait for that one."""
    if not CALL.is_here:
        CALL.over.wait()
    raise HungError


async def _wait_for_deadlines(asleep: Any) -> None:
    """Wait for ever, and let the deadlines of this loop come, one after another; raise HungError after the last."""
    loop: Any = asyncio.get_running_loop()
    while CALL.is_here and (deadline := _next(loop)) is not None:
        CALL.passed_s += max(0.0, deadline - loop.time())
        for _ in range(_TURNS):
            await asleep(0)
    while not (CALL.over.is_set() or (CALL.is_here and hasattr(loop, "_scheduled"))):
        await asleep(0.01)  # another thread's loop, or one with a clock of its own
    raise HungError


def _next(loop: Any) -> float | None:
    """Return when the next timer of a loop is due; None where there is none, or where nobody can tell."""
    timers = getattr(loop, "_scheduled", ())
    return min((timer.when() for timer in timers if not timer.cancelled()), default=None)
