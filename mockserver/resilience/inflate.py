"""Take the content coding off an answer, piece by piece, within caps; and notice that it was cut off.

HTTP libraries hand out what a truncated gzip holds so far, without a word. Here the end must be the end (RFC 1952
§2.3.1), and what unfolds is bounded before it is in memory. Knows gzip and deflate (RFC 9110 §8.4.1).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

from mockserver.resilience.body_limits import BodyMeter
from mockserver.resilience.outcome import Failed
from mockserver.resilience.policy import BodyPolicy

_GZIP: Final = zlib.MAX_WBITS | 16
_WINDOWS: Final = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}
_PIECE: Final = 1 << 18
READABLE: Final = frozenset({"", "identity", *_WINDOWS})
"""Codings that can be taken off."""


class Inflater:
    """Gathers the octets of one body, or hands them on `into`; used by one thread or task.

    >>> inflater = Inflater("deflate", BodyPolicy())
    >>> inflater.feed(zlib.compress(b"{}")), inflater.ended()
    (None, b'{}')
    """

    __slots__ = ("_coding", "_keep", "_meter", "_parts", "_unpacked")

    def __init__(self, coding: str, policy: BodyPolicy, into: Callable[[bytes], None] | None = None) -> None:
        self._coding = coding
        self._meter = BodyMeter(policy)
        self._parts: list[bytes] = []
        self._keep = into if into is not None else self._parts.append
        self._unpacked: zlib._Decompress | None = None

    def expects(self, length: str) -> Failed | None:
        """Judge a `Content-Length` before an octet is read."""
        if length.isascii() and length.isdigit() and self._meter.declared(int(length)) is not None:
            return _too_large("is larger than body.max_bytes")
        return None

    def feed(self, piece: bytes) -> Failed | None:
        """Take octets as they came; tell why no more should be read, if so."""
        if self._coding not in _WINDOWS:
            self._keep(piece)
            return self._judged(len(piece), len(piece))
        return self._inflate(piece)

    def ended(self) -> bytes | Failed:
        """Return the whole body: nothing more will come."""
        unpacked = self._unpacked
        if unpacked is not None and not unpacked.eof:
            return Failed("body-cut", detail=f"the {self._coding} of the answer ends too early")
        parts = self._parts
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _inflate(self, piece: bytes) -> Failed | None:
        received = len(piece)
        while piece:
            if self._unpacked is None or self._unpacked.eof:
                if self._unpacked is not None and not piece.strip(b"\0"):
                    return None  # RFC 1952 says nothing of padding, and tape archives have it
                self._unpacked = zlib.decompressobj(self._window(piece))
            try:
                found = self._unpacked.decompress(piece, _PIECE)
            except zlib.error as error:
                return Failed("unreadable", detail=f"the answer is no {self._coding}: {error}")
            excess = self._judged(received, len(found))
            if excess is not None:
                return excess
            received = 0
            self._keep(found)
            piece = self._unpacked.unconsumed_tail or self._unpacked.unused_data
        return None

    def _window(self, piece: bytes) -> int:
        # RFC 9110 §8.4.1.2: deflate is the zlib format, and some send it bare; its first octet says which it is
        if self._coding == "deflate" and piece[0] & 0x0F != 8:
            return -zlib.MAX_WBITS
        return _WINDOWS[self._coding]

    def _judged(self, received: int, decoded: int) -> Failed | None:
        excess = self._meter.took(received, decoded)
        if excess is None:
            return None
        said = "is larger than body.max_bytes" if excess == "size" else "unfolds more than body.max_ratio allows"
        return _too_large(said)


def _too_large(said: str) -> Failed:
    return Failed("too-large", detail=f"the answer {said}")
