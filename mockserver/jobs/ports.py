"""What a job needs from the world: one method each, implemented by an edge."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from mockserver.exchange import Request, Response
from mockserver.violation import Violation


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Return seconds since the epoch, UTC."""
        ...


Opinion: TypeAlias = Literal["confirmed", "disputed", "no-opinion"]
"""What a second judge says of a finding: it complains about the same part, it accepts it, or it cannot read it."""


class SecondOpinion(Protocol):
    """Another judge of the same contract, asked where time allows."""

    def of(self, violation: Violation, request: Request, response: Response | None, style: str = "") -> Opinion:
        """Return what it says of the part that a finding complains about; the request stands at the contract's root."""
        ...

    def accepts(self, request: Request, response: Response) -> Opinion:
        """Return whether it finds that an answer keeps the contract, too."""
        ...
