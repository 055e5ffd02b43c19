"""One call of the application: what it was asked and what it said (PEP 3333)."""

from __future__ import annotations

import contextlib
import sys
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from mockserver.edges.runner.faults import Pace
from mockserver.edges.runner.replies import Pieces, Reply, judge
from mockserver.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from types import TracebackType
    from wsgiref.types import WSGIApplication

    from mockserver.edges.runner.requests import Block, Environ, Line
    from mockserver.exchange import Headers, Request

    AtOnce: TypeAlias = Callable[[Request, str], tuple[str, Headers, bytes] | WSGIApplication | None]
    """An application's short way past WSGI: from a request and its decoded path to the whole answer (status, fields,
    body), or what is to be called for it; None where only the application itself can tell."""

    ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

_WHOLE = 1 << 20  # a body of known length up to this many bytes is sent in one write
_SAMPLE = 64 << 10


class Errors:
    """`wsgi.errors`: standard error as it is when written to, for tests and daemons exchange it."""

    def write(self, text: str) -> int:
        """Write."""
        return sys.stderr.write(text)

    def writelines(self, lines: list[str]) -> None:
        """Write all."""
        sys.stderr.writelines(lines)

    def flush(self) -> None:
        """Flush."""
        sys.stderr.flush()


class Call:
    """One call of the application (PEP 3333): what it was asked and what it said."""

    __slots__ = ("_asked", "_headers", "_status", "_written", "frames", "iterable", "line", "pace", "reply")

    def __init__(self, line: Line, block: Block, body: bytes, peer: tuple[str, str]) -> None:
        self.line = line
        self._asked = (block, body, peer)
        self.pace = Pace()
        self.iterable: Iterable[bytes] | None = None
        self.reply: Reply | None = None
        self.frames: Pieces | None = None  # once a part of the body has left
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._written: list[bytes] = []

    def _environ(self) -> Environ:
        block, body, peer = self._asked
        environ = block.environ.copy()
        environ.update(self.line.environ)
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = peer
        environ["mockserver.pace"] = self.pace
        environ["wsgi.input"] = BytesIO(body)
        if body and "CONTENT_LENGTH" not in environ:
            environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        if exc_info is None:
            if self._status:
                raise RuntimeError("The application called start_response twice without exc_info.")
        elif self.reply is not None and exc_info[1] is not None:
            raise exc_info[1].with_traceback(exc_info[2])  # too late to say something else
        self._status, self._headers = status, headers
        return self._written.append

    def run(self, app: WSGIApplication) -> bytes | None:
        """Call the application; return its whole body, or None where the body comes in pieces."""
        iterable = app(self._environ(), self._start_response)
        if type(iterable) is list or type(iterable) is tuple:
            self.judge()
            return iterable[0] if len(iterable) == 1 and not self._written else b"".join((*self._written, *iterable))
        self.iterable = iterable
        if self.pace.fault:
            return self._sample()
        if not self._status or hasattr(iterable, "paced"):  # a generator may start its response with its first piece
            return None
        length = self.judge().length
        return None if length is None or length > _WHOLE else b"".join((*self._written, *iterable))

    def judge(self) -> Reply:
        """Return what start_response was told; once this is asked, it cannot be told anything else."""
        if self.reply is None:
            if not self._status:
                raise RuntimeError("The application returned before it called start_response.")
            self.reply = judge(self._status, tuple(self._headers))
        return self.reply

    def pieces(self) -> Generator[bytes, None, None]:
        """Yield the body as the application makes it; who iterates owns it, and it is closed at the end."""
        iterable, self.iterable = self.iterable, None
        try:
            yield from self._written
            for piece in iterable or ():  # noqa: UP028 - `yield from` would close the body before us
                yield piece
        finally:
            _close_body(iterable)

    def paces(self) -> Iterable[tuple[float, bytes]] | None:
        """Return the pieces with their pauses, if the body has its own pace."""
        paced: Callable[[], Iterable[tuple[float, bytes]]] | None = getattr(self.iterable, "paced", None)
        return None if paced is None else paced()

    def _sample(self) -> bytes:
        """Return enough of a body to be cut: a fault needs no more, and the body may have no end."""
        paces = self.paces()
        sample = b""
        with contextlib.closing(self.pieces()) as pieces:
            for piece in pieces if paces is None else (piece for _, piece in paces):
                sample += piece
                if len(sample) > _SAMPLE:
                    self.reply = replace(self.judge(), length=len(sample))
                    break
        return sample

    def close(self) -> None:
        """Tell the body that nobody wants more of it."""
        iterable, self.iterable = self.iterable, None
        _close_body(iterable)


def _close_body(iterable: Iterable[bytes] | None) -> None:
    close = getattr(iterable, "close", None)
    if close is not None:
        close()
