"""Content codings: the bytes of a body before it was compressed (RFC 9110 §8.4)."""

from __future__ import annotations

import zlib
from typing import Final

from mockserver.wire.reading import SpellingError

LIMIT: Final = 64 << 20
"""Bytes of one decoded body; a compressed body of a few kilobytes can unfold to gigabytes."""

CODINGS: Final = ("gzip", "deflate", "identity")
_WINDOWS: Final = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def uncoded(body: bytes, content_encoding: str | None) -> bytes:
    """Take off the codings that Content-Encoding lists, the last one first; raise SpellingError when that fails.

    >>> uncoded(zlib.compress(b"{}"), "deflate")
    b'{}'
    """
    if content_encoding is None:
        return body
    for name in reversed([coding.strip().lower() for coding in content_encoding.split(",")]):
        if name not in {"", "identity"}:
            body = _inflated(body, name)
    return body


def _inflated(body: bytes, name: str) -> bytes:
    if name not in _WINDOWS:
        raise SpellingError(f"Content-Encoding {name!r} is none of {', '.join(CODINGS)}")
    found = b""
    while body:  # gzip: any number of members, one after the other (RFC 1952 §2.2)
        unpacked = zlib.decompressobj(_WINDOWS[name])
        try:
            found += unpacked.decompress(body, LIMIT - len(found) + 1)
        except zlib.error as error:
            raise SpellingError(f"the body is no {name}: {error}") from error
        if len(found) > LIMIT:
            raise SpellingError(f"the body has more than {LIMIT >> 20} MiB when decoded from {name}")
        if not unpacked.eof:
            raise SpellingError(f"the body is no {name}: it ends too early")
        body = unpacked.unused_data
    return found
