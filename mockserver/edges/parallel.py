"""Parts of a long job side by side, each in a process of its own, and none longer than its time.

A part is a function of a module with plain arguments; what it returns comes back whole. A part that breaks takes no
other with it. What a part prints goes to the standard error, so that reports stay clean.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, TypeAlias

from mockserver.values import Struct

Task: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]
_ENDS_S: Final = 5.0


class Done(Struct, frozen=True):
    """What a part returned, and the seconds that it took."""

    value: Any
    took_s: float


class Overdue(Struct, frozen=True):
    """A part was stopped, as its time was over."""

    limit_s: float


class Broken(Struct, frozen=True):
    """A part ended without a word: killed, or out of memory."""

    exit_code: int


Outcome: TypeAlias = Done | Overdue | Broken


class _Running(Struct):
    process: BaseProcess
    begun: float


def run(
    tasks: Mapping[str, Task], *, workers: int, limit_s: float, done: Callable[[str, Outcome], object]
) -> dict[str, Outcome]:
    """Run tasks, `workers` at once; return what came of each by its name, in the order of the tasks."""
    context = multiprocessing.get_context("spawn")
    waiting, running, found = list(tasks.items()), dict[Any, tuple[str, _Running]](), dict[str, Outcome]()
    try:
        while waiting or running:
            while waiting and len(running) < max(1, workers):
                name, (function, arguments) = waiting.pop(0)
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(theirs, function, arguments, sys.path), daemon=False)
                process.start()
                theirs.close()
                running[ours] = (name, _Running(process, time.monotonic()))
            for connection, outcome in _ended(running, limit_s):
                name, one = running.pop(connection)
                found[name] = outcome
                connection.close()
                one.process.join(_ENDS_S)
                done(name, outcome)
    finally:
        for connection, (_, one) in running.items():
            one.process.terminate()
            connection.close()
    return {name: found[name] for name in tasks}


def _ended(running: Mapping[Any, tuple[str, _Running]], limit_s: float) -> list[tuple[Any, Outcome]]:
    """Return the connections of parts that are over, as soon as there is one."""
    left = min(limit_s - (time.monotonic() - one.begun) for _, one in running.values())
    ready = wait(list(running), timeout=max(0.0, left))
    ended: list[tuple[Any, Outcome]] = []
    for connection, (_, one) in running.items():
        took = time.monotonic() - one.begun
        if connection in ready:
            try:
                ended.append((connection, Done(connection.recv(), took)))
            except EOFError:
                one.process.join(_ENDS_S)
                ended.append((connection, Broken(one.process.exitcode or 0)))
        elif took >= limit_s:
            one.process.terminate()
            ended.append((connection, Overdue(limit_s)))
    return ended


def _work(connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...], path: list[str]) -> None:
    """Do one part, in its own process."""
    sys.path[:] = path
    sys.stdout.flush()
    os.dup2(2, 1)
    connection.send(function(*arguments))
    connection.close()
