"""Files that change on this disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

_EVERY_S = 0.4


class Watch:
    """Looks at files every now and then, in a thread, and calls back when one has changed, come or gone.

    `files` is asked anew at each look, because an edit may bring a new reference.
    """

    def __init__(self, files: Callable[[], Iterable[Path]], changed: Callable[[], None]) -> None:
        self._files = files
        self._changed = changed
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="mockserver-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        seen = self._state()
        while not self._over.wait(_EVERY_S):
            now = self._state()
            if now != seen:
                self._changed()
                seen = self._state()

    def _state(self) -> dict[Path, tuple[int, int]]:
        found: dict[Path, tuple[int, int]] = {}
        for path in self._files():
            try:
                facts = path.stat()
            except OSError:
                continue
            found[path] = (facts.st_mtime_ns, facts.st_size)
        return found
