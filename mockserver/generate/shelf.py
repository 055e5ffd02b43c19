"""The texts of things from stock, as many as there is room for: what is gone is written again."""

from __future__ import annotations

import threading
from collections import deque


class Shelf:
    """Where texts from stock are kept, together no more than so many bytes: the oldest go first. Safe for threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._order: deque[tuple[list[bytes | None], int]] = deque()
        self._lock = threading.Lock()
        self.held = 0

    def keep(self, texts: list[bytes | None], number: int, text: bytes) -> None:
        """Keep a text in its place."""
        with self._lock:
            if texts[number] is not None:  # another thread was faster
                return
            texts[number] = text
            self._order.append((texts, number))
            self.held += len(text)
            while self.held > self._most:
                oldest, place = self._order.popleft()
                self.held -= len(oldest[place] or b"")
                oldest[place] = None


SHELF = Shelf(16 << 20)
