"""What a job needs from the world: one method each, implemented by an edge."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Return seconds since the epoch, UTC."""
        ...
