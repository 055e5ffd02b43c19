"""How much work a long job may still do, in steps and not in seconds, so that it ends alike on every machine."""

from __future__ import annotations


class Purse:
    """Work for many questions: each may take a share of what is left, and always a little.

    So one hard question cannot eat all, and a thousand hard ones end.
    """

    def __init__(self, whole: int, *, most: int, least: int, parts: int = 20) -> None:
        self._left = whole
        self._most = most
        self._least = least
        self._parts = parts

    def share(self) -> int:
        """Return how many steps the next question may take.

        >>> purse = Purse(1000, most=100, least=5)
        >>> purse.share()
        50
        """
        return max(self._least, min(self._most, self._left // self._parts))

    def spend(self, steps: int) -> None:
        """Note what a question took."""
        self._left -= steps
