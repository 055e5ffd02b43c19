"""One line for each request, on the terminal.

Lines are gathered and written by a thread, so that a request never waits for a terminal.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

from mockserver.exchange import Request
from mockserver.jobs.service import Answer

_EVERY_S = 0.1
_COLOURS = {2: "32", 3: "36", 4: "33", 5: "31"}


class RequestLog:
    """Writes `12:03:11  GET  /shipments/42  200  generated`; `explain` tells path and remark, secrets out."""

    def __init__(self, explain: Callable[[Request, Answer], tuple[str, str]], stream: TextIO | None = None) -> None:
        self._explain = explain
        self._stream = stream or sys.stdout
        self._colours = self._stream.isatty()
        self._waiting: list[tuple[float, Request, Answer]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, name="mockserver-log", daemon=True)
        self._thread.start()

    def __call__(self, request: Request, answer: Answer) -> None:
        """Take note of an answer."""
        self._waiting.append((time.time(), request, answer))

    def close(self) -> None:
        """Write what is left."""
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._over.wait(_EVERY_S):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._stream.write("".join(self._line(*noted) for noted in waiting))
            self._stream.flush()

    def _line(self, at: float, request: Request, answer: Answer) -> str:
        status = str(answer.response.status)
        if self._colours:
            status = f"\x1b[{_COLOURS.get(answer.response.status // 100, '0')}m{status}\x1b[0m"
        clock = time.strftime("%H:%M:%S", time.localtime(at))
        path, said = self._explain(request, answer)
        return f"  {clock}  {request.method:<6} {path}  {status}  {said}\n"
