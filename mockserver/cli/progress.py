"""How far long work is, told to whoever watches: on a terminal, and not where a log is kept."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from typing import Any, Final

import click

_BAR: Final = 62
"""Columns that stand before the name: the bar, how much of it, how long it will take."""
_SHORTEST: Final = 12


def is_watched() -> bool:
    """Tell whether somebody sees what is written over again: a terminal that can, and no CI."""
    in_ci = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
    return sys.stderr.isatty() and not in_ci and os.environ.get("TERM") != "dumb"


class Progress:
    """A line that says how far it is, where it is watched: so many parts, each told by its name."""

    def __init__(self, count: int) -> None:
        self._bar: Any = click.progressbar(length=count, file=sys.stderr, item_show_func=_cut)
        self._shows = is_watched()
        self._told: set[str] = set()

    def __enter__(self) -> Callable[[str], None] | None:
        if not self._shows:
            return None
        self._bar.__enter__()
        return self._tell

    def _tell(self, name: str) -> None:
        self._bar.update(int(name not in self._told), name)
        self._told.add(name)

    def __exit__(self, *_: object) -> None:
        if self._shows:
            self._bar.__exit__(None, None, None)


def _cut(name: str | None) -> str:
    """Return as much of a name as one line has room for: what is wrapped cannot be written over."""
    room = max(_SHORTEST, shutil.get_terminal_size().columns - _BAR)
    return "" if name is None else name if len(name) <= room else f"{name[: room - 3]}..."
