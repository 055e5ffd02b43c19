"""Decisions read off a row of bytes, which whoever looks for cases draws, and makes smaller.

Nought decides for the least: where the row ends, all that is still to be decided is the least of its kind. So a row
bounds the size of a value, and a smaller row makes a simpler one. Knows no schemas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Tape:
    """A row of bytes, read from its start; a drop-in for `dice.Roll`."""

    __slots__ = ("_at", "_row")

    def __init__(self, row: bytes) -> None:
        self._row = row
        self._at = 0

    @property
    def read(self) -> int:
        """How many bytes were asked for."""
        return self._at

    def next(self) -> int:
        """Return 24 bits."""
        at = self._at
        self._at = at + 3
        return int.from_bytes(self._row[at : at + 3], "little")

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1."""
        at = self._at
        if limit <= 256:
            self._at = at + 1
            return self._row[at] % limit if at < len(self._row) else 0
        width = (limit.bit_length() + 15) // 8
        self._at = at + width
        return int.from_bytes(self._row[at : at + width], "little") % limit

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options, the first of them at nought."""
        return options[self.below(len(options))]

    def chance(self, in_hundred: int) -> bool:
        """Tell true so many times in a hundred, and false at nought."""
        return self.below(256) * 100 >= 256 * (100 - in_hundred)
