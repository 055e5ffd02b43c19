"""Has an answer grown too large?

Counts octets as they come; knows neither their meaning nor how they were compressed.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from mockserver.resilience.policy import BodyPolicy

Excess: TypeAlias = Literal["size", "ratio"]


class BodyMeter:
    """The octets of one body; used by one thread or task."""

    __slots__ = ("_decoded", "_policy", "_received")

    def __init__(self, policy: BodyPolicy) -> None:
        self._policy = policy
        self._received = 0
        self._decoded = 0

    def took(self, received: int, decoded: int) -> Excess | None:
        """Note octets as they were received and what they decoded to; tell which cap is passed now, if one is.

        >>> meter = BodyMeter(BodyPolicy(max_bytes=100))
        >>> meter.took(90, 90), meter.took(20, 20)
        (None, 'size')
        """
        self._received += received
        self._decoded += decoded
        policy = self._policy
        if self._decoded > policy.max_bytes:
            return "size"
        if self._decoded > policy.ratio_from_bytes and self._decoded > policy.max_ratio * self._received:
            return "ratio"
        return None

    def declared(self, length: int) -> Excess | None:
        """Judge a `Content-Length` before a single octet is read."""
        return "size" if length > self._policy.max_bytes else None
