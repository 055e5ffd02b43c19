"""Replies: what the application said, judged and framed, without I/O (RFC 9112 §6)."""

from __future__ import annotations

import re
from functools import lru_cache

from mockserver.edges.runner.requests import FIELD_NAME, LENGTH
from mockserver.values import Struct

_STATUS = re.compile(r"[1-9][0-9]{2}(?: [^\x00-\x1f\x7f]*)?")


class Reply(Struct, frozen=True):
    """What the application said to start_response, judged before a byte of it leaves."""

    text: bytes
    length: int | None
    bare: bool
    closes: bool
    dated: bool

    def head(self, date: bytes, framing: bytes) -> bytes:
        """Write the head of the answer, with the fields that frame its body."""
        return b"%b%b%b\r\n" % (self.text, b"" if self.dated else date, framing)


@lru_cache(maxsize=512)
def judge(status: str, headers: tuple[tuple[str, str], ...]) -> Reply:
    """Read status and fields; framing is the server's, so that what the application says of it is heard, not repeated.

    Raises ValueError or TypeError for what cannot be sent. Cached, for answers repeat their fields.
    """
    if not _STATUS.fullmatch(status):
        raise ValueError(f"{status!r} is no status: three digits, a space and a reason on one line.")
    interim = status[0] == "1"  # RFC 9110 §15.2: nothing may follow it here, so the connection ends
    lines = [f"HTTP/1.1 {status}{'' if ' ' in status else ' '}\r\n"]
    length, closes, dated, served = None, interim, False, False
    for name, value in headers:
        if not FIELD_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header field.")
        if not isinstance(value, str):
            raise TypeError(f"The value of {name} is {value!r}; it must be a str.")
        match name.lower():
            case "content-length":
                if not LENGTH.fullmatch(value):
                    raise ValueError(f"Content-Length is {value!r}; it must be a decimal number.")
                length = int(value)
                continue
            case "connection":
                options = {option.strip().lower() for option in value.split(",")}
                closes = closes or "close" in options
                if options <= {"close", "keep-alive"}:
                    continue
            case "transfer-encoding":
                continue
            case "date":
                dated = True
            case "server":
                served = True
        lines.append(f"{name}: {value}\r\n")
    text = "".join(lines)
    if text.count("\n") != len(lines) or text.count("\r") != len(lines) or "\0" in text:
        raise ValueError("A header field of the answer holds CR, LF or NUL.")
    bare = interim or status[:3] in {"204", "304"}  # RFC 9112 §6.3
    text += "" if served else "Server: mockserver\r\n"
    return Reply(text=text.encode("latin-1"), length=length, bare=bare, closes=closes, dated=dated)


class Pieces:
    """How a body that comes in pieces is framed: by its length, in chunks, or by the end of the connection."""

    __slots__ = ("_chunked", "_left", "_mute", "framing", "until_close")

    def __init__(self, reply: Reply, *, mute: bool, chunks: bool) -> None:
        self._mute = mute or reply.bare
        self._left = reply.length
        self._chunked = chunks and self._left is None and not self._mute
        self.until_close = not self._mute and self._left is None and not chunks
        self.framing = b"Transfer-Encoding: chunked\r\n" if self._chunked else b""
        if self._left is not None and not reply.bare:
            self.framing = b"Content-Length: %d\r\n" % self._left

    def frame(self, piece: bytes) -> bytes:
        """Frame one piece; an empty one says nothing."""
        if self._mute or not piece:
            return b""
        if self._chunked:
            return b"%x\r\n%b\r\n" % (len(piece), piece)
        if self._left is not None:
            self._left -= len(piece)
            if self._left < 0:
                raise ValueError("The body is longer than the Content-Length of its answer.")
        return piece

    def end(self) -> bytes:
        """Return the bytes after the last piece."""
        if self._left and not self._mute:
            raise ValueError(f"The body is {self._left} bytes shorter than the Content-Length of its answer.")
        return b"0\r\n\r\n" if self._chunked else b""
