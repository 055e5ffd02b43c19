"""A call of a client: sync or async, to its end, and never longer than patience allows.

What a call gives back is read to its end, so that a client that asks for pages as they are needed asks for them.
"""

from __future__ import annotations

import asyncio
import ctypes
import inspect
import signal
import threading
import types
import weakref
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from mockserver.edges.consumer.pauses import CALL, HungError, calling

_MOST_ITEMS = 200


class EndlessError(BaseException):
    """The client asks on and on. No Exception, so that no client catches it."""


class Running:
    """Runs calls, async ones on one event loop for the whole suite."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self.way: Literal["plain", "awaited", "read on", "awaited on"] = "plain"

    def call(self, function: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Call, wait, read to the end; raise what the call raises, or HungError."""
        with calling(), _limited(self._patience_s):
            self.way = "plain"
            returned = function(*args, **more)
            if inspect.isawaitable(returned):
                self.way = "awaited"
                returned = self._wait(returned)
            if hasattr(returned, "__aiter__") and not hasattr(returned, "__iter__"):
                self.way = "awaited on"
                return self._wait(_all(returned))
            if isinstance(returned, types.GeneratorType) or _is_pager(returned):
                self.way = "read on"
                return _first(returned)
            return returned

    def _wait(self, awaitable: Awaitable[Any]) -> Any:
        if self._loop is None:
            self._loop = asyncio.SelectorEventLoop()  # whatever the client has set: its clock must be the process's
            weakref.finalize(self, self._loop.close)
        return self._loop.run_until_complete(_waited(awaitable))


async def _waited(awaitable: Awaitable[Any]) -> Any:
    CALL.task = asyncio.current_task()
    return await awaitable


async def _all(source: Any) -> list[Any]:
    CALL.task = asyncio.current_task()
    found: list[Any] = []
    async for item in source:
        found.append(item)
        if len(found) >= _MOST_ITEMS:
            break
    return found


def _is_pager(returned: Any) -> bool:
    """Tell whether this is an iterator of its own making, that may ask for more as it is read."""
    return hasattr(returned, "__next__") and hasattr(returned, "__iter__")


def _first(source: Any) -> list[Any]:
    found: list[Any] = []
    for item in source:
        found.append(item)
        if len(found) >= _MOST_ITEMS:
            break
    return found


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        before = signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        return
    timer = threading.Timer(seconds, _interrupt, [threading.get_ident()])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _ring(_number: int, _frame: types.FrameType | None) -> None:
    raise HungError


def _interrupt(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(HungError))
