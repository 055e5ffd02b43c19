"""One accepted connection: requests are read from it, bytes are sent into it, and it ends in one of several ways."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

from mockserver.exchange import Headers, Request

LARGEST: Final = 4 * 2**20
IDLE_S: Final = 30.0
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing drops what is unsent and sends RST


class Wire:
    """One accepted connection."""

    def __init__(self, sock: socket.socket, number: int, stopping: threading.Event) -> None:
        self.number = number
        self.is_open = True
        self._sock = sock
        self._stopping = stopping
        self._held = b""
        self.request = Request("", "")

    def send(self, data: bytes) -> bool:
        """Send bytes; tell whether anybody was there to take them."""
        try:
            self._sock.sendall(data)
        except OSError:  # the client has left, which is its right
            self.is_open = False
        return self.is_open

    def wait(self, seconds: float) -> bool:
        """Wait; tell whether the gate still stands and the client too."""
        until = time.monotonic() + seconds
        while self.is_open and not self._stopping.is_set():
            left = until - time.monotonic()
            if left <= 0:
                return True
            self._stopping.wait(min(left, 0.05))
            self.is_open = self.is_open and not self._has_left()
        return False

    def _has_left(self) -> bool:
        try:
            self._sock.setblocking(False)  # noqa: FBT003 - its only argument
            return self._sock.recv(1, socket.MSG_PEEK) == b""
        except (BlockingIOError, ssl.SSLError, ValueError):  # ValueError: TLS cannot be peeked into
            return False
        except OSError:
            return True
        finally:
            with suppress(OSError):
                self._sock.settimeout(IDLE_S)

    def close(self) -> None:
        """End it in order (FIN)."""
        self.is_open = False
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def reset(self) -> None:
        """End it by a reset (RST)."""
        self.is_open = False
        with suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._sock.close()

    def read(self) -> tuple[Request, bool] | None:
        """Return the next request, and whether its body was whole; None when there is none to come."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = first.partition(" ")
        headers: Headers = tuple(
            (name, value.strip()) for name, _, value in (line.partition(":") for line in lines if line)
        )
        self.request = request = Request(method, rest.rpartition(" ")[0], headers)
        if (request.header("expect") or "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._chunks() if "chunked" in (request.header("transfer-encoding") or "") else self._length(request)
        self.request = Request(method, request.target, headers, body or b"")
        return self.request, body is not None

    def _length(self, request: Request) -> bytes | None:
        text = request.header("content-length") or "0"
        return self._exactly(int(text)) if text.isdecimal() else None

    def _chunks(self) -> bytes | None:
        body = b""
        while (size := self._until(b"\r\n")) is not None:
            chunk = self._exactly(int(size.partition(b";")[0], 16))
            if chunk is None or self._until(b"\r\n") is None:
                return None
            if not chunk:
                return body
            body += chunk
        return None

    def _until(self, end: bytes) -> bytes | None:
        while end not in self._held:
            if len(self._held) > LARGEST or not self._more():
                return None
        found, _, self._held = self._held.partition(end)
        return found

    def _exactly(self, count: int) -> bytes | None:
        while len(self._held) < count:
            if count > LARGEST or not self._more():
                return None
        found, self._held = self._held[:count], self._held[count:]
        return found

    def _more(self) -> bool:
        try:
            piece = self._sock.recv(65_536)
        except OSError:
            return False
        self._held += piece
        return bool(piece)


Play: TypeAlias = Callable[[Wire], None]
"""What is done to one request's connection."""
