"""What was asked and answered: the last exchanges of a session, bounded in number and in bytes.

A line holds what cannot be had again and nothing else. How a request was read is most of what an answer weighs, and to
let go of it costs more than to answer; it can be read again.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, TypeAlias

from mockserver.exchange import Request, Response, Streamed
from mockserver.jobs.service import Answer
from mockserver.values import Struct

_Line: TypeAlias = tuple[int, Request, tuple[Any, ...], float, float]

HELD = 64 << 20
"""Bytes of bodies that are kept at most, beside the last exchange."""


class Entry(Struct, frozen=True):
    """One exchange: `at_s` seconds since the epoch, `took_s` seconds spent on the answer, which has no `reading`."""

    request: Request
    answer: Answer
    at_s: float
    took_s: float


class Journal:
    """The last exchanges, oldest first. Safe for threads."""

    def __init__(self, limit: int, *, held: int = HELD) -> None:
        self._limit = limit
        self._most = held
        self._held = 0
        self._lines: deque[_Line] = deque()
        self._lock = threading.Lock()

    def note(self, request: Request, answer: Answer, at_s: float, took_s: float) -> None:
        """Keep an exchange, and let go of the oldest where there is no room."""
        response = answer.response
        weight = len(request.body) + (len(response.body) if isinstance(response, Response) else _length(response))
        line = (weight, request, _kept(answer), at_s, took_s)
        lines = self._lines
        with self._lock:
            lines.append(line)
            self._held += weight
            while len(lines) > self._limit or (self._held > self._most and len(lines) > 1):
                self._held -= lines.popleft()[0]

    def entries(self) -> tuple[Entry, ...]:
        """Return what is kept, oldest first."""
        with self._lock:
            lines = tuple(self._lines)
        return tuple(Entry(request, Answer(*kept), at_s, took_s) for _, request, kept, at_s, took_s in lines)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._lines.clear()
            self._held = 0


def _kept(answer: Answer) -> tuple[Any, ...]:
    """Return all but how the request was read, which is the last of the fields."""
    return (
        answer.response,
        answer.wait_s,
        answer.fault,
        answer.service,
        answer.operation,
        answer.source,
        answer.violations,
    )


def _length(streamed: Streamed) -> int:
    return sum(len(piece) for _, piece in streamed.chunks)
