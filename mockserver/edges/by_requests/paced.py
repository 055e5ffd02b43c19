"""Answers that are read within a deadline, octet by octet if need be, and heads that are whole.

A socket's time-out is per call of recv: a server that drips one octet at a time keeps a client for ever. Here each
read may take what is left until the deadline. And http.client takes a head that broke off for a short one, stops at a
line without a colon, and hands out 103 as the answer; `PacedResponse` does not. Knows http.client and urllib3's pools;
neither policies nor requests.
"""

from __future__ import annotations

import io
import time
from contextlib import suppress
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from http.client import HTTPException, HTTPMessage, HTTPResponse, parse_headers
from socket import SHUT_RDWR, socket
from threading import local
from typing import TYPE_CHECKING, Any, Final

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_NEVER: Final = float("inf")
_INTERIM_MOST: Final = 16
_BROKEN: Final = (MissingHeaderBodySeparatorDefect, FirstHeaderLineIsContinuationDefect)


class DeadlinePassed(TimeoutError):
    """The deadline of the attempt has come while its answer was read."""


class BrokenHead(HTTPException):
    """The head of the answer is not whole, or no head."""


class Pace(local):
    """The attempt that a thread makes: until when it may read, and how far it has come.

    `begun` unless it is known that a TLS handshake is not over; `paced` is the reader of the newest answer.
    """

    until: float = _NEVER
    begun: bool = True
    paced: PacedReader | None = None


PACE: Final = Pace()


class PacedReader(io.RawIOBase):
    """Reads a socket until a moment of the monotonic clock."""

    def __init__(self, sock: socket, until: float) -> None:
        self._file = sock.makefile("rb", buffering=0)  # as long as it is open, the socket is
        self._sock = sock
        self._silence_s = sock.gettimeout()
        self.until = until
        self.ended = False
        self.muted = False
        self.excess = False

    def readable(self) -> bool:
        """Say yes: it is a reader."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Read what is there, or wait for it; raises DeadlinePassed."""
        if self.muted:
            return None
        if self.until != _NEVER:
            left = self.until - time.monotonic()
            if left <= 0:
                raise DeadlinePassed("the deadline has passed")
            if self._silence_s is None or left < self._silence_s:
                self._sock.settimeout(left)
        try:
            count = self._sock.recv_into(buffer)
        except TimeoutError as silence:
            if time.monotonic() >= self.until:
                raise DeadlinePassed("the deadline has passed") from silence
            raise
        if count == 0:
            self.ended = True
        return count

    def spoil(self) -> None:
        """Shut the socket, so that its pool throws it away."""
        with suppress(OSError):  # the other side was faster
            self._sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Give the socket's file back."""
        if not self.closed:
            self._file.close()
        super().close()


class PacedResponse(HTTPResponse):
    """http.client's answer, read within the pace of the thread that asked for it."""

    def __init__(self, sock: socket, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        self._paced = PACE.paced = PacedReader(sock, PACE.until)
        super().__init__(_Made(self._paced), debuglevel, method, url)  # type: ignore[arg-type] # asks for makefile only

    def begin(self) -> None:
        """Read the head; raises BrokenHead for one that is not whole."""
        super().begin()
        if self._paced.ended:
            raise BrokenHead("the head of the answer broke off")
        message: HTTPMessage = self.headers
        if any(isinstance(defect, _BROKEN) for defect in message.defects):
            raise BrokenHead("a line of the answer's head has no colon")

    def _read_status(self) -> tuple[str, int, str]:
        # RFC 9110 §15.2: a client must be able to read any number of 1xx before the answer; 101 is one
        for _ in range(_INTERIM_MOST):
            version, status, reason = super()._read_status()  # type: ignore[misc] # typeshed has no private names
            if not 100 < status < 200 or status == 101:
                return version, status, reason
            parse_headers(self.fp)
        raise BrokenHead(f"more than {_INTERIM_MOST} interim answers came before the answer")

    def _close_conn(self) -> None:
        # what came behind the answer belongs to nobody: the connection must not be used again (RFC 9112 §6.3)
        self._paced.muted = True
        behind = self.fp.peek(1)
        if behind:
            self._paced.spoil()
            self._paced.excess = bool(behind.strip())  # a line end too many does nobody harm (RFC 9112 §2.2)
        super()._close_conn()  # type: ignore[misc] # typeshed has no private names


class _Made:
    """Stands for a socket whose file is made already."""

    def __init__(self, paced: PacedReader) -> None:
        self._paced = paced

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(self._paced, 65_536)


class _Paced:
    """What both kinds of pool do: give each connection the paced answer."""

    def _new_conn(self) -> Any:
        connection = super()._new_conn()  # type: ignore[misc] # mixed into a pool
        connection.response_class = PacedResponse
        return connection


class PacedPool(_Paced, HTTPConnectionPool):
    """Plain connections."""


class PacedSecurePool(_Paced, HTTPSConnectionPool):
    """Connections over TLS."""

    def _validate_conn(self, conn: Any) -> None:
        PACE.begun = False
        super()._validate_conn(conn)  # connects, and shakes hands
        PACE.begun = True


PACED_POOLS: Final = {"http": PacedPool, "https": PacedSecurePool}
