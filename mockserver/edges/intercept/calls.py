"""What all libraries have in common: who answers, how long that takes, and whose turn it is.

Hooks stay where they were put and ask here at each call: a library that took one of them along (as `responses` does
when it is imported late) is not misled by it afterwards.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any, TypeAlias

from mockserver.exchange import Request, Response, whole
from mockserver.jobs.interception import Blocked, Passed, Received, Unheard, Watched
from mockserver.jobs.service import Answer
from mockserver.values import Struct

Receive: TypeAlias = Callable[[str, Request], Received]


class Failed(Struct, frozen=True):
    """There is no answer, and why: refused, reset, hang, or another fault; `text` is for people."""

    fault: str
    text: str


class Waited(Struct, frozen=True):
    """An answer and how many seconds to wait for it."""

    response: Response
    wait_s: float


class _Receivers:
    """Who receives, the latest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stack: list[Receive] = []

    def push(self, receive: Receive, *, last: bool = False) -> None:
        """Let somebody receive, before all others or behind them: what those let pass."""
        with self._lock:
            self._stack = [receive, *self._stack] if last else [*self._stack, receive]

    def remove(self, receive: Receive) -> None:
        with self._lock:
            self._stack = [one for one in self._stack if one is not receive]

    @property
    def latest(self) -> Receive | None:
        """The first to be asked; nobody, for what a library sends on behalf of one above it."""
        stack = self._stack
        return stack[-1] if stack and not getattr(_SENDING, "depth", 0) else None

    def below(self, receive: Receive) -> Receive | None:
        """Return who is asked for what a receiver has let pass."""
        stack = self._stack
        place = next((index for index, one in enumerate(stack) if one is receive), 0)
        return stack[place - 1] if place else None


_SENDING = threading.local()


@contextmanager
def sending() -> Iterator[None]:
    """Let what this thread sends now reach the network: a library above has asked already."""
    _SENDING.depth = getattr(_SENDING, "depth", 0) + 1
    try:
        yield
    finally:
        _SENDING.depth -= 1


RECEIVERS = _Receivers()


def outcome(receive: Receive, url: str, request: Request, patience_s: float | None) -> Waited | Failed | Watched | None:
    """Return what a library has to do: answer, fail, or go to the network: watched, or (None) on its own."""
    received = receive(url, request)
    if isinstance(received, Passed):
        below = RECEIVERS.below(receive)
        received = below(url, request) if below is not None else received
    match received:
        case Passed():
            return None
        case Watched():
            return received
        case Blocked():
            return Failed("refused", str(received))
        case Unheard(text=text):
            return Failed("refused", text)
        case Answer(fault=fault) if fault:
            return Failed(fault, f"{request.method} {url}: {fault} (asked for by the test)")
        case Answer(response=response, wait_s=wait_s):
            if patience_s is not None and wait_s > patience_s:
                return Failed("hang", f"{request.method} {url}: no answer within {patience_s} s")
            return Waited(whole(response), wait_s)


class _Original:
    """What http.client would have left behind: cookies are read from its message."""

    def __init__(self, message: Message) -> None:
        self.msg = message

    def isclosed(self) -> bool:
        """Tell that nothing is left to read (http.client)."""
        return True

    def close(self) -> None:
        """Close (http.client)."""


def original(response: Response) -> Any:
    """Return the answer as http.client has it, for libraries that look for cookies there."""
    message = Message()
    for name, value in response.headers:
        message[name] = value
    return _Original(message)


def somebody_else_stubs(library: str) -> bool:
    """Tell whether a library of stubs that patches below us is active in this process: its answers come first."""
    respx = sys.modules.get("respx.mocks")
    if respx is None or not library.startswith("httpx"):
        return False
    return any(getattr(mocker, "routers", None) for mocker in respx.Mocker.registry.values())
