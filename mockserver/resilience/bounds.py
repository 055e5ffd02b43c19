"""Is a number of a policy one that makes sense?

Says which field is wrong and what would be right. Knows no policy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum
from typing import Final, TypeAlias

from mockserver.errors import UsageError


class NoTimeout(Enum):
    """The explicit word for waiting without end: None is what one gets by accident."""

    NO_TIMEOUT = "no-timeout"

    def __repr__(self) -> str:
        return "NO_TIMEOUT"


NO_TIMEOUT: Final = NoTimeout.NO_TIMEOUT

Limit: TypeAlias = float | NoTimeout
"""Seconds above 0, or `NO_TIMEOUT`."""


def number(name: str, value: object, *, least: float = 0.0, most: float = math.inf, above: bool = False) -> None:
    """Raise UsageError unless `value` is a finite number from `least` (`above`: greater than it) to `most`."""
    # bool is an int to Python and never one to a reader
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise UsageError(f"{name} is {value!r}, which is no number", fix=_range(least, most, above=above))
    if value < least or value > most or (above and value == least):
        raise UsageError(f"{name} is {value!r}", fix=_range(least, most, above=above))


def whole(name: str, value: object, *, least: int = 0) -> None:
    """Raise UsageError unless `value` is a whole number of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise UsageError(f"{name} is {value!r}", fix=f"give a whole number of at least {least}")


def limit(name: str, value: object) -> None:
    """Raise UsageError unless `value` is a number of seconds above 0 or `NO_TIMEOUT`."""
    if value is None:
        raise UsageError(
            f"{name} is None, which would wait for ever",
            fix="give seconds, or say NO_TIMEOUT ('no-timeout' in a file) if you mean it",
        )
    if not isinstance(value, NoTimeout):
        number(name, value, above=True)


def statuses(name: str, values: object) -> None:
    """Raise UsageError unless it is a frozenset of error statuses (RFC 9110 §15.5, §15.6)."""
    for value in _members(name, values):
        if not isinstance(value, int) or isinstance(value, bool) or not 400 <= value <= 599:
            raise UsageError(f"{name} holds {value!r}", fix="only error statuses, 400 to 599, can be listed")


def words(name: str, values: object, *, known: Iterable[str] | None = None, known_as: str = "") -> None:
    """Raise UsageError unless it is a frozenset of words, each among `known` (None: all are)."""
    listed = None if known is None else frozenset(known)
    for value in _members(name, values):
        if not isinstance(value, str) or not value:
            raise UsageError(f"{name} holds {value!r}, which is no word", fix="list words only")
        if listed is not None and value not in listed:
            raise UsageError(
                f"{name} holds {value!r}, which is not in {known_as}", fix=f"use {', '.join(sorted(listed))}"
            )


def _members(name: str, values: object) -> list[object]:
    # a list makes its policy unhashable, and frozenset("GET") holds G, E and T
    if not isinstance(values, frozenset):
        raise UsageError(f"{name} is {values!r}, which is no frozenset", fix=f"write {name}=frozenset({{...}})")
    return sorted(values, key=repr)


def not_above(name: str, value: float, other_name: str, other: float) -> None:
    """Raise UsageError if `value` is greater than `other`."""
    if value > other:
        raise UsageError(
            f"{name} ({value!r}) is greater than {other_name} ({other!r})", fix=f"lower {name} or raise {other_name}"
        )


def _range(least: float, most: float, *, above: bool) -> str:
    low = f"above {least:g}" if above else f"of at least {least:g}"
    return f"give a number {low}" if math.isinf(most) else f"give a number {low} and at most {most:g}"
