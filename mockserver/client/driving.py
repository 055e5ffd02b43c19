"""The two drivers: do what a conversation asks for, blocking or awaiting, until it ends.

Knows waiting and nothing else; how to send is an argument.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias, TypeVar

from mockserver.client.conversation import Step
from mockserver.client.ports import Clock
from mockserver.resilience.actions import Wait

End = TypeVar("End")

Steps: TypeAlias = Callable[[Callable[[], None]], Generator[Step, Any, End]]


def drive(steps: Steps[End], done: Callable[[Step], Any], clock: Clock, *, queues: bool) -> End:
    """Do step after step, blocking."""
    woken = threading.Event() if queues else None
    asked = steps(woken.set if woken is not None else _nobody)
    try:
        step = next(asked)
        while True:
            if not isinstance(step, Wait):
                step = asked.send(done(step))
                continue
            if step.why == "bulkhead" and woken is not None:
                woken.wait(step.seconds)
                woken.clear()
            else:
                clock.sleep(step.seconds)
            step = next(asked)
    except StopIteration as end:
        ended: End = end.value
        return ended
    finally:
        asked.close()


async def drive_awaiting(
    steps: Steps[End], done: Callable[[Step], Awaitable[Any]], clock: Clock, *, queues: bool
) -> End:
    """Do step after step, awaiting."""
    woken = _Woken() if queues else None
    asked = steps(woken.wake if woken is not None else _nobody)
    try:
        step = next(asked)
        while True:
            if not isinstance(step, Wait):
                step = asked.send(await done(step))
                continue
            if step.why == "bulkhead" and woken is not None:
                await woken.wait(step.seconds)
            else:
                await clock.asleep(step.seconds)
            step = next(asked)
    except StopIteration as end:
        ended: End = end.value
        return ended
    finally:
        asked.close()


class _Woken:
    """Wakes a task, from any thread."""

    def __init__(self) -> None:
        import asyncio  # noqa: PLC0415 - who blocks need not load it

        self._asyncio = asyncio
        self._event = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """Wake the task."""
        self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float) -> None:
        """Wait to be woken, or for so long."""
        try:
            async with self._asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()


def _nobody() -> None:
    """Wake nobody."""
