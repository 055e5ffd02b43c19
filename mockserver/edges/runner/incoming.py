"""What comes in on one connection: from bytes to whole requests, without I/O (RFC 9112 §2.2, §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mockserver.edges.runner.requests import (
    CHUNKED,
    Block,
    Chunked,
    Limits,
    Line,
    Refused,
    Sized,
    read_line,
    refuse_head,
    too_large,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Asked: TypeAlias = tuple[Line, Block, bytes]
"""A request: its line, its header section and its body."""

_CACHED_LINE = 1 << 10


class Incoming:
    """The requests of one connection in their order.

    `buffer` is what has not been read yet. `continues`: the client waits for 100 Continue before it sends a body.
    """

    __slots__ = ("_block", "_body", "_head", "_limits", "buffer", "continues")

    def __init__(self, limits: Limits, block: Callable[[bytes], Block]) -> None:
        self.buffer = b""
        self.continues = False
        self._limits = limits
        self._block = block
        self._head: tuple[Line, Block] | None = None  # of the request whose body is still coming
        self._body: Sized | Chunked | None = None

    @property
    def in_body(self) -> bool:
        """Whether a head has come, and not yet all of its body."""
        return self._head is not None

    @property
    def begun(self) -> bool:
        """Whether a part of a request has come."""
        return bool(self.buffer) or self._head is not None

    def take(self) -> Asked | None:
        """Return the next request if it has come as a whole; raise Refused for what can become none."""
        head = self._head or self._take_head()
        if head is None:
            return None
        line, block = head
        if self._body is None:
            body, self.buffer = self.buffer[: block.length], self.buffer[block.length :]
            return line, block, body
        self._head = head
        rest = self._body.feed(self.buffer)
        if rest is None:
            self.buffer = b""
            return None
        body, self.buffer = bytes(self._body.content), rest
        self._body = self._head = None
        return line, block, body

    def drop(self) -> None:
        """Forget all."""
        self.buffer = b""
        self._head = None

    def _take_head(self) -> tuple[Line, Block] | None:
        buffer = self.buffer
        end = buffer.find(b"\r\n\r\n") + 2
        line = None
        if 2 <= end <= self._limits.head:
            line_end = buffer.find(b"\r\n") + 2
            read = read_line if line_end <= _CACHED_LINE else read_line.__wrapped__
            line = read(buffer[:line_end])
        if line is None:
            if buffer[0] in b"\r\n":  # RFC 9112 §2.2: empty lines before a request line are no request
                self.buffer = buffer.lstrip(b"\r\n")
                return self._take_head() if self.buffer else None
            refuse_head(buffer[:end] if end >= 2 else buffer, self._limits.head, complete=end >= 2)
            return None
        block = self._block(buffer[line_end:end])
        self.buffer = buffer[end + 2 :]
        if block.hosts != 1 and (block.hosts or not line.old):  # RFC 9112 §3.2
            raise Refused("400 Bad Request", f"The request has {block.hosts} Host fields; HTTP/1.1 needs one.")
        if not 0 <= block.length <= min(len(self.buffer), self._limits.body):  # else it is here as a whole
            self._await_body(block, old=line.old)
        return line, block

    def _await_body(self, block: Block, *, old: bool) -> None:
        if block.length == CHUNKED:
            if old:
                raise Refused("400 Bad Request", "HTTP/1.0 has no Transfer-Encoding.")
            self._body = Chunked(self._limits)
        elif block.length > self._limits.body:
            raise too_large(self._limits)
        else:
            self._body = Sized(block.length)
        self.continues = block.expects and not old and not self.buffer  # RFC 9110 §10.1.1
