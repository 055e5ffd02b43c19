"""What all libraries have in common: who answers, how long that takes, and whose turn it is.

Hooks stay where they were put and ask here at each call: a library that took one of them along (as `responses` does
when it is imported late) is not misled by it afterwards.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from mockserver.exchange import Request, Response, whole
from mockserver.jobs.answer import Answer
from mockserver.jobs.interception import Blocked, Passed, Received

Receive: TypeAlias = Callable[[str, Request], Received]

DEFAULT_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no answer, and why: refused, reset, hang, or another fault; `text` is for people."""

    fault: str
    text: str


@dataclass(frozen=True, slots=True)
class Waited:
    """An answer and how many seconds to wait for it."""

    response: Response
    wait_s: float


class _Receivers:
    """Who receives, the latest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stack: list[Receive] = []

    def push(self, receive: Receive) -> None:
        with self._lock:
            self._stack = [*self._stack, receive]

    def remove(self, receive: Receive) -> None:
        with self._lock:
            self._stack = [one for one in self._stack if one is not receive]

    @property
    def latest(self) -> Receive | None:
        stack = self._stack
        return stack[-1] if stack else None


RECEIVERS = _Receivers()


def outcome(receive: Receive, url: str, request: Request, patience_s: float | None) -> Waited | Failed | None:
    """Return what a library has to do: answer, fail, or (None) go to the network."""
    received = receive(url, request)
    match received:
        case Passed():
            return None
        case Blocked():
            return Failed("refused", str(received))
        case Answer(fault=fault) if fault:
            return Failed(fault, f"{request.method} {url}: {fault} (asked for by the test)")
        case Answer(response=response, wait_s=wait_s):
            if patience_s is not None and wait_s > patience_s:
                return Failed("hang", f"{request.method} {url}: no answer within {patience_s} s")
            return Waited(whole(response), wait_s)


def somebody_else_stubs(library: str) -> bool:
    """Tell whether a library of stubs that patches below us is active in this process: its answers come first."""
    respx = sys.modules.get("respx.mocks")
    if respx is None or not library.startswith("httpx"):
        return False
    return any(getattr(mocker, "routers", None) for mocker in respx.Mocker.registry.values())
