"""The serving edge: HTTP/1.1 from a socket to a WSGI callable and back.

Knows bytes, sockets, threads and time. Does not know contracts, Flask, or what an answer means: the application is any
WSGI callable. What WSGI cannot say travels beside it: the raw target (`RAW_URI`), the fields as they were spelled
(`mockserver.headers`) and, on the way back, waits and faults (`mockserver.pace`, a body with `paced()`).

Four parts, each knowing only those above it: messages and the call of the application (no I/O), faults, one
connection, the server. Why this is no library: docs/decisions/0001-serving-edge.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import logging
import os
import re
import signal
import socket
import struct
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast
from urllib.parse import unquote

from mockserver.errors import AddressInUse, UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
    from contextvars import Context
    from types import FrameType, TracebackType
    from typing import Self
    from wsgiref.types import WSGIApplication

    ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

Environ: TypeAlias = "dict[str, object]"
_Told = TypeVar("_Told")

GRACE_S = 2.0
"""How long a stopping server lets answers in flight finish."""

_LOG = logging.getLogger("mockserver.server")
_TCHARS = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 §5.6.2
_FIELD_NAME = re.compile(_TCHARS)
# RFC 9112 §3. Bytes above 0x7F are no URI, but a client that sends them shall hear that from the application.
_REQUEST_LINE = re.compile(rb"(%s) ([^\x00-\x20\x7f]+) HTTP/1\.([0-9])\r\n" % _TCHARS.encode())
_OTHER_VERSION = re.compile(rb"[^\s]+ [^\s]+ HTTP/(?!1\.)[0-9](?:\.[0-9])?\r\n")
_ABSOLUTE_FORM = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://([^/?#]+)(.*)")
_STRAY = re.compile(rb"\x00|\r(?!\n)|(?<!\r)\n")
_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")
_STATUS = re.compile(r"[1-9][0-9]{2}(?: [^\x00-\x1f\x7f]*)?")
_FRAMING_FIELDS = frozenset({"connection", "content-length", "expect", "host", "transfer-encoding"})
_PLAIN = (("Content-Type", "text/plain; charset=utf-8"),)
_CHUNKED = -1
_MAX_LINE = 8 << 10  # of a chunk size with its extensions, or a trailer field
_WHOLE = 1 << 20  # a body of known length up to this many bytes is sent in one write
_CACHED_LINE = 1 << 10
_CACHED_BLOCK = 4 << 10
_CACHED_BLOCKS = 512
_PENDING = 64 << 10  # pipelined bytes that wait in memory behind a slow answer
_SAMPLE = 64 << 10
_LINGER_S = 1.0
_DRIP_S = 0.05
_BACKLOG = 1024
_STUCK_S = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may cost: sizes in bytes, times in seconds."""

    body: int = 64 << 20
    head: int = 64 << 10
    head_s: float = 20.0
    idle_s: float = 75.0


DEFAULT_LIMITS = Limits()


class Pace:
    """How an answer leaves, told by the application through `environ["mockserver.pace"]` before it returns."""

    __slots__ = ("_fault", "_wait_s")

    def __init__(self) -> None:
        self._wait_s = 0.0
        self._fault = ""

    def __bool__(self) -> bool:
        return self._wait_s > 0 or self._fault != ""

    @property
    def wait_s(self) -> float:
        """Seconds before the answer; nobody else waits. At most a day."""
        return self._wait_s

    @wait_s.setter
    def wait_s(self, seconds: float) -> None:
        if not 0 <= seconds <= 86_400:
            raise ValueError(f"wait_s is {seconds!r}; it must be between 0 and 86400 seconds.")
        self._wait_s = seconds

    @property
    def fault(self) -> str:
        """A name in FAULTS, or empty."""
        return self._fault

    @fault.setter
    def fault(self, name: str) -> None:
        if name and name not in FAULTS:
            raise ValueError(f"There is no fault {name!r}; there are {', '.join(FAULTS)}.")
        self._fault = name


# Messages: bytes to WSGI and back, without I/O.


class _Refused(Exception):
    """The bytes are no request that an application could be given."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class _Errors:
    """`wsgi.errors`: standard error as it is when written to, for tests and daemons exchange it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def writelines(self, lines: list[str]) -> None:
        sys.stderr.writelines(lines)

    def flush(self) -> None:
        sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class _Block:
    """A header section, read once: a client sends the same one with most of its requests."""

    environ: Environ
    hosts: int
    length: int
    closes: bool
    persists: bool
    expects: bool


def _read_block(raw: bytes, base: Environ) -> _Block:
    if _STRAY.search(raw):
        raise _Refused("400 Bad Request", "The header section holds a NUL, or a CR or LF that is not part of a CRLF.")
    environ = dict(base)
    headers: list[tuple[str, str]] = []
    framing: dict[str, list[str]] = {}
    for line in raw.decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        if name == line or not _FIELD_NAME.fullmatch(
            name
        ):  # RFC 9112 §5.1, §5.2: no space before the colon, no folding
            raise _Refused("400 Bad Request", "A header field is not written `name: value` on one line.")
        value = value.strip(" \t")
        headers.append((name, value))
        lower = name.lower()
        if lower in _FRAMING_FIELDS:
            framing.setdefault(lower, []).append(value)
        key = _environ_key(name)
        if key in environ:  # RFC 9110 §5.3; RFC 6265 §5.4
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    length = _content_length(framing)
    if length == _CHUNKED:
        environ.pop("HTTP_TRANSFER_ENCODING")  # RFC 9112 §7.1.3: decoded here, CONTENT_LENGTH stands for it
    environ["mockserver.headers"] = tuple(headers)
    connection = {option.strip().lower() for option in ",".join(framing.get("connection", ())).split(",")}
    return _Block(
        environ=environ,
        hosts=len(framing.get("host", ())),
        length=length,
        closes="close" in connection,
        persists="keep-alive" in connection and "close" not in connection,
        expects=[value.lower() for value in framing.get("expect", ())] == ["100-continue"],
    )


@lru_cache(maxsize=1024)
def _environ_key(name: str) -> str:
    key = name.upper()
    return key.replace("-", "_") if key in {"CONTENT-TYPE", "CONTENT-LENGTH"} else "HTTP_" + key.replace("-", "_")


def _content_length(framing: Mapping[str, list[str]]) -> int:
    # RFC 9112 §6.3. What two parties could read differently is refused, not guessed.
    length, coding = framing.get("content-length"), framing.get("transfer-encoding")
    if coding is not None:
        if length is not None:
            raise _Refused("400 Bad Request", "Transfer-Encoding and Content-Length contradict each other.")
        if ",".join(coding).lower() != "chunked":
            raise _Refused("501 Not Implemented", "The only transfer coding understood here is `chunked`.")
        return _CHUNKED
    if length is None:
        return 0
    if len(length) > 1 or not _LENGTH.fullmatch(length[0]):
        raise _Refused("400 Bad Request", "Content-Length is not one decimal number.")
    return int(length[0])


@dataclass(frozen=True, slots=True)
class _Line:
    """A request line: what it adds to the environ, and whether it is HEAD, or HTTP/1.0."""

    environ: Environ
    mute: bool
    old: bool


@lru_cache(maxsize=1024)
def _read_line(line: bytes) -> _Line | None:
    """Read a request line, with its CRLF; None if it is none. Cached, for clients ask again."""
    parts = _REQUEST_LINE.fullmatch(line)
    if parts is None:
        return None
    method, raw, old = parts[1].decode(), parts[2].decode("latin-1"), parts[3] == b"0"
    raw, authority = (raw, "") if raw[0] == "/" else _origin_form(method, raw)
    path, _, query = raw.partition("?")
    environ: Environ = {
        "REQUEST_METHOD": method,
        "RAW_URI": raw,
        "REQUEST_URI": raw,
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.0" if old else "HTTP/1.1",
    }
    if authority:  # RFC 9112 §3.2.2: it replaces the Host field
        environ["HTTP_HOST"] = authority
    return _Line(environ=environ, mute=method == "HEAD", old=old)


def _origin_form(method: str, target: str) -> tuple[str, str]:
    """Return the target in origin form and the authority it named, or an empty one (RFC 9112 §3.2).

    >>> _origin_form("GET", "http://localhost:80?limit=1")
    ('/?limit=1', 'localhost:80')
    """
    if target == "*" and method == "OPTIONS":
        return target, ""
    if absolute := _ABSOLUTE_FORM.fullmatch(target):
        authority, rest = absolute.groups()
        if not rest:
            return ("*" if method == "OPTIONS" else "/"), authority
        return (rest if rest[0] == "/" else "/" + rest), authority
    if method == "CONNECT":
        raise _Refused("501 Not Implemented", "This server is no proxy: it opens no tunnels.")
    raise _Refused("400 Bad Request", "The request target does not begin with a slash.")


def _refuse_head(head: bytes, limit: int, *, complete: bool) -> None:
    """Refuse a head that is too large or can never become one; stay silent while more bytes may mend it."""
    line_end = head.find(b"\n") + 1
    if len(head) > limit:
        if not 0 < line_end <= limit:
            raise _Refused("414 URI Too Long", f"The request line is longer than {limit} bytes.")
        raise _Refused("431 Request Header Fields Too Large", f"The header section is longer than {limit} bytes.")
    if not 0x21 <= head[0] < 0x7F:
        raise _Refused("400 Bad Request", "This is no HTTP. Was https sent to an http port?")
    if (line_end or complete) and not _REQUEST_LINE.match(head):
        if _OTHER_VERSION.match(head):
            raise _Refused("505 HTTP Version Not Supported", "This server speaks HTTP/1.1.")
        raise _Refused("400 Bad Request", "The first line is not `METHOD TARGET HTTP/1.1`, ended by CRLF.")


class _Sized:
    """A body whose length was announced."""

    __slots__ = ("_missing", "content")

    def __init__(self, length: int) -> None:
        self.content = bytearray()
        self._missing = length

    def feed(self, received: bytes) -> bytes | None:
        """Take what belongs to the body; return what follows it, or None while some is missing."""
        self.content += received[: self._missing]
        rest = received[self._missing :]
        self._missing -= len(received) - len(rest)
        return None if self._missing else rest


class _Chunked:
    """A body in chunks (RFC 9112 §7.1); extensions are ignored, trailer fields dropped."""

    __slots__ = ("_expected", "_left", "_limits", "_rest", "_trailers", "content")

    def __init__(self, limits: Limits) -> None:
        self.content = bytearray()
        self._limits = limits
        self._rest = b""
        self._left = 0
        self._trailers = 0
        self._expected = "size"

    def feed(self, received: bytes) -> bytes | None:
        """Take what belongs to the body; return what follows it, or None while some is missing."""
        buffer, at = self._rest + received, 0
        while True:
            if self._left:
                piece = buffer[at : at + self._left]
                self.content += piece
                at += len(piece)
                self._left -= len(piece)
            end = buffer.find(b"\r\n", at)
            if self._left or end < 0:
                self._rest = buffer[at:]
                if len(self._rest) > _MAX_LINE:
                    raise _Refused("400 Bad Request", "A line of the chunked body has no end.")
                return None
            line, at = buffer[at:end], end + 2
            if self._line(line):
                return buffer[at:]

    def _line(self, line: bytes) -> bool:
        """Read one line between the pieces; say whether it is the last of the message."""
        if self._expected == "trailer":
            self._trailers += len(line)
            if self._trailers > self._limits.head:
                raise _Refused("431 Request Header Fields Too Large", "The trailer section is too long.")
            return not line
        if self._expected == "end of chunk":
            if line:
                raise _Refused("400 Bad Request", "A chunk is longer than its size says.")
            self._expected = "size"
            return False
        size = _CHUNK_SIZE.fullmatch(line)
        if size is None:
            raise _Refused("400 Bad Request", "A chunk of the body has no size in hexadecimal digits.")
        self._left = int(size[1], 16)
        if len(self.content) + self._left > self._limits.body:
            raise _too_large(self._limits)
        self._expected = "end of chunk" if self._left else "trailer"
        return False


def _too_large(limits: Limits) -> _Refused:
    return _Refused("413 Content Too Large", f"The body is longer than {limits.body} bytes.")


@dataclass(frozen=True, slots=True)
class _Reply:
    """What the application said to start_response, judged before a byte of it leaves."""

    text: str
    length: int | None
    bare: bool
    closes: bool
    dated: bool

    def head(self, date: str, framing: str) -> bytes:
        """Write the head of the answer, with the fields that frame its body."""
        return f"{self.text}{'' if self.dated else date}{framing}\r\n".encode("latin-1")


@lru_cache(maxsize=512)
def _judge(status: str, headers: tuple[tuple[str, str], ...]) -> _Reply:
    """Read status and fields; framing is the server's, so that what the application says of it is heard, not repeated.

    Raises ValueError or TypeError for what cannot be sent. Cached, for answers repeat their fields.
    """
    if not _STATUS.fullmatch(status):
        raise ValueError(f"{status!r} is no status: three digits, a space and a reason on one line.")
    interim = status[0] == "1"  # RFC 9110 §15.2: nothing may follow it here, so the connection ends
    lines = [f"HTTP/1.1 {status}{'' if ' ' in status else ' '}\r\n"]
    length, closes, dated, served = None, interim, False, False
    for name, value in headers:
        if not _FIELD_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header field.")
        if not isinstance(value, str):
            raise TypeError(f"The value of {name} is {value!r}; it must be a str.")
        match name.lower():
            case "content-length":
                if not _LENGTH.fullmatch(value):
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
    return _Reply(text=text, length=length, bare=bare, closes=closes, dated=dated)


class _Pieces:
    """How a body that comes in pieces is framed: by its length, in chunks, or by the end of the connection."""

    __slots__ = ("_chunked", "_left", "_mute", "framing", "until_close")

    def __init__(self, reply: _Reply, *, mute: bool, chunks: bool) -> None:
        self._mute = mute or reply.bare
        self._left = reply.length
        self._chunked = chunks and self._left is None and not self._mute
        self.until_close = not self._mute and self._left is None and not chunks
        self.framing = "Transfer-Encoding: chunked\r\n" if self._chunked else ""
        if self._left is not None and not reply.bare:
            self.framing = f"Content-Length: {self._left}\r\n"

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


class _Call:
    """One call of the application (PEP 3333): what it was asked and what it said."""

    __slots__ = ("_headers", "_status", "_written", "environ", "frames", "iterable", "pace", "reply")

    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.pace = Pace()
        self.iterable: Iterable[bytes] | None = None
        self.reply: _Reply | None = None
        self.frames: _Pieces | None = None  # once a part of the body has left
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._written: list[bytes] = []
        environ["mockserver.pace"] = self.pace

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
        iterable = app(self.environ, self._start_response)
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

    def judge(self) -> _Reply:
        """Return what start_response was told; once this is asked, it cannot be told anything else."""
        if self.reply is None:
            if not self._status:
                raise RuntimeError("The application returned before it called start_response.")
            self.reply = _judge(self._status, tuple(self._headers))
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


# Faults: what a network does to an answer.


@dataclass(frozen=True, slots=True)
class _Answer:
    """The answer as it would have been: `whole` is its head and `body`; `chunked_head` announces chunks instead."""

    whole: bytes
    chunked_head: bytes
    body: bytes


async def _reset(transport: asyncio.Transport, _answer: _Answer) -> None:
    _set_reset(transport)
    transport.abort()


def _set_reset(transport: asyncio.Transport) -> None:
    wire: socket.socket = transport.get_extra_info("socket")
    linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # closing drops what is unsent and sends RST
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


async def _empty(transport: asyncio.Transport, _answer: _Answer) -> None:
    transport.close()


async def _hang(_transport: asyncio.Transport, _answer: _Answer) -> None:
    await asyncio.get_running_loop().create_future()  # cancelled when the client leaves or the server stops


async def _truncate(transport: asyncio.Transport, answer: _Answer) -> None:
    withheld = (len(answer.body) + 1) // 2 or len(b"\r\n")  # without a body the head itself is cut
    transport.write(answer.whole[:-withheld])
    transport.close()


async def _malformed(transport: asyncio.Transport, _answer: _Answer) -> None:
    transport.write(b"\x00\x7f~ this is no HTTP \xff\r\n\r\n")
    transport.close()


async def _drip(transport: asyncio.Transport, answer: _Answer) -> None:
    for at in range(len(answer.whole)):
        transport.write(answer.whole[at : at + 1])
        await asyncio.sleep(_DRIP_S)


async def _cut_chunk(transport: asyncio.Transport, answer: _Answer) -> None:
    promised = max(len(answer.body), 2)
    transport.write(b"%b%x\r\n%b" % (answer.chunked_head, promised, answer.body[: promised // 2]))
    transport.close()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a network does to an answer: a line for people, and the function that does it to the socket."""

    description: str
    play: Callable[[asyncio.Transport, _Answer], Awaitable[None]]


FAULTS: Mapping[str, Fault] = {
    "reset": Fault("the connection is reset (RST) instead of an answer", _reset),
    "empty": Fault("the connection is closed without one byte of an answer", _empty),
    "hang": Fault("the request is taken and never answered", _hang),
    "truncate": Fault("Content-Length promises more bytes than are sent, then the connection is closed", _truncate),
    "malformed": Fault("bytes that are no HTTP, then the connection is closed", _malformed),
    "drip": Fault("the right answer, one byte every 50 ms", _drip),
    "cut-chunk": Fault("a chunked body that ends in the middle of a chunk", _cut_chunk),
}


# One connection.


class _Connection(asyncio.Protocol):
    """One socket: requests in their order, each answered before the next is read."""

    def __init__(self, service: _Service) -> None:
        self.hangs = False  # the answer in work will never come
        self._service = service
        self._since = service.now
        self._buffer = b""
        self._environ: Environ | None = None  # of the request whose body is still coming
        self._body: _Sized | _Chunked | None = None
        self._task: asyncio.Task[None] | None = None  # an answer that takes its time
        self._room: Future[None] | None = None  # while the client does not read
        self._reading = False  # a part of a request has come
        self._last = False  # the connection ends with the answer in work
        self._mute = False  # the request is HEAD
        self._old = False  # the request is HTTP/1.0
        self._deaf = False  # what still comes is dropped
        self._half_closed = False  # nothing more will come
        self._gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin (asyncio.Protocol)."""
        self._transport = cast("asyncio.Transport", transport)
        wire: socket.socket = transport.get_extra_info("socket")
        with contextlib.suppress(OSError):  # the client may be gone already
            # asyncio does this only for sockets that were made with the number of the protocol; accepted ones have 0.
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host, port = (transport.get_extra_info("peername") or ("", 0))[:2]
        self._peer = (str(host), str(port))
        self._service.connections.add(self)
        if self._service.stopping:
            self._transport.abort()

    def connection_lost(self, _error: Exception | None) -> None:
        """End (asyncio.Protocol): nobody waits for an answer any more."""
        self._gone = True
        if self._task is not None:
            self._task.cancel()
        if self._room is not None:
            self._room.cancel()
        self._service.left(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes (asyncio.Protocol)."""
        if self._deaf:
            return
        self._buffer = self._buffer + data if self._buffer else data
        if self._task is None and self._room is None:
            self._advance()
        elif len(self._buffer) > _PENDING:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Let an answer in work reach a client that has only finished sending (asyncio.Protocol)."""
        self._half_closed = True
        if self._task is not None or self._room is not None:
            return not self.hangs
        self._hear_the_end()
        return False

    def pause_writing(self) -> None:
        """Stop answering while the client does not read (asyncio.Protocol)."""
        self._room = Future()

    def resume_writing(self) -> None:
        """Go on (asyncio.Protocol)."""
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)
        if self._task is None and not self._deaf:
            self._resume()

    def check(self, now: float) -> None:
        """End a connection that costs without asking."""
        if self._task is not None or self._deaf or self._transport.get_write_buffer_size():
            return
        limits = self._service.limits
        if self._reading and now - self._since > limits.head_s:
            self._refuse(_Refused("408 Request Timeout", f"The request did not come within {limits.head_s:g} s."))
        elif not self._reading and now - self._since > limits.idle_s:
            self._transport.close()

    def retire(self) -> None:
        """End now if nothing is in work, else with the answer."""
        self._last = True
        if self.hangs or self._deaf:
            self._transport.abort()
        elif self._task is None:
            self._transport.close()

    def abort(self) -> None:
        """End now."""
        self._transport.abort()

    def _resume(self) -> None:
        """Go on after an answer that took its time, or after a client that did not read."""
        if self._last or self._transport.is_closing():
            self._transport.close()
            return
        self._transport.resume_reading()
        self._advance()
        if self._half_closed and self._task is None and self._room is None:
            self._hear_the_end()

    def _hear_the_end(self) -> None:
        if self._reading and not self._deaf:
            self._refuse(_Refused("400 Bad Request", "The request ended in the middle."))
        self._transport.close()

    def _advance(self) -> None:
        """Read and answer what has come, as far as that goes without waiting."""
        try:
            while self._buffer and self._task is None and self._room is None:
                environ = self._environ or self._take_head()
                if environ is None:
                    self._wait_for_more(new=False)
                    return
                body = b"" if self._body is None else self._take_body(self._body)
                if body is None:
                    self._environ = environ
                    self._wait_for_more(new=True)
                    return
                self._environ = None
                self._reading = False
                self._serve(environ, body)
                if self._last and self._task is None:
                    self._transport.close()
                    return
        except _Refused as refused:
            self._refuse(refused)

    def _wait_for_more(self, *, new: bool) -> None:
        # A head has one deadline however it drips; a body has it anew with each piece.
        if new or not self._reading:
            self._since = self._service.now
        self._reading = bool(self._buffer) or self._environ is not None

    def _take_head(self) -> Environ | None:
        service, buffer = self._service, self._buffer
        end = buffer.find(b"\r\n\r\n") + 2
        line = None
        if 2 <= end <= service.limits.head:
            line_end = buffer.find(b"\r\n") + 2
            read = _read_line if line_end <= _CACHED_LINE else _read_line.__wrapped__
            line = read(buffer[:line_end])
        if line is None:
            if buffer[0] in b"\r\n":  # RFC 9112 §2.2: empty lines before a request line are no request
                self._buffer = buffer.lstrip(b"\r\n")
                return self._take_head() if self._buffer else None
            _refuse_head(buffer[:end] if end >= 2 else buffer, service.limits.head, complete=end >= 2)
            return None
        block = service.block(buffer[line_end:end])
        self._buffer = buffer[end + 2 :]
        self._mute = line.mute
        self._frame_request(block, old=line.old)
        environ = block.environ.copy()
        environ.update(line.environ)
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = self._peer
        return environ

    def _frame_request(self, block: _Block, *, old: bool) -> None:
        limits = self._service.limits
        self._old = old
        self._last = not block.persists if old else block.closes
        if block.hosts != 1 and (block.hosts or not old):  # RFC 9112 §3.2
            raise _Refused("400 Bad Request", f"The request has {block.hosts} Host fields; HTTP/1.1 needs one.")
        if not block.length:
            return
        if block.length == _CHUNKED:
            if old:
                raise _Refused("400 Bad Request", "HTTP/1.0 has no Transfer-Encoding.")
            self._body = _Chunked(limits)
        elif block.length > limits.body:
            raise _too_large(limits)
        else:
            self._body = _Sized(block.length)
        if block.expects and not old and not self._buffer:  # RFC 9110 §10.1.1
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _take_body(self, body: _Sized | _Chunked) -> bytes | None:
        rest = body.feed(self._buffer)
        if rest is None:
            self._buffer = b""
            return None
        self._buffer = rest
        self._body = None
        return bytes(body.content)

    def _refuse(self, refused: _Refused) -> None:
        """Say why, stop listening, and leave time for the words to arrive before the connection ends."""
        _LOG.info("request-refused status=%s peer=%s reason=%s", refused.status[:3], self._peer[0], refused)
        self._last = True
        self._mute = False
        self._answer(_judge(refused.status, _PLAIN), f"{refused.reason}\n".encode())
        self._deaf = True
        self._reading = False
        self._environ = None
        self._buffer = b""
        # Closing at once would answer unread bytes with RST, and RST destroys the answer on its way.
        with contextlib.suppress(OSError):  # the client may be gone already
            self._transport.write_eof()
        self._service.loop.call_later(_LINGER_S, self._transport.abort)

    # Answers.

    def _serve(self, environ: Environ, body: bytes) -> None:
        """Answer at once if the whole answer is there, else begin a task."""
        service = self._service
        environ["wsgi.input"] = BytesIO(body)
        if body and "CONTENT_LENGTH" not in environ:
            environ["CONTENT_LENGTH"] = str(len(body))
        call = _Call(environ)
        context = copy_context()  # what the application puts there ends with the request
        if service.pool is not None:
            self._task = service.loop.create_task(self._answer_later(call, None, context))
            return
        try:
            content = context.run(call.run, service.app)
            if content is None or call.pace:
                answer = self._answer_later(call, content, context)
                self._task = service.loop.create_task(answer, context=context)
                return
            self._answer(call.judge(), content)
        except BaseException as error:  # noqa: BLE001 - sys.exit() or pytest.fail() in a view must not end the server
            self._fail(call, error)
        if call.iterable is not None:
            self._close(call)
        self._since = service.now

    async def _answer_later(self, call: _Call, content: bytes | None, context: Context) -> None:
        service = self._service
        try:
            if service.pool is not None:
                content = await service.loop.run_in_executor(service.pool, context.run, self._run_in_pool, call)
            if call.pace.wait_s:
                await asyncio.sleep(call.pace.wait_s)
            if call.pace.fault:
                await self._spoil(call, content or b"")
            elif content is not None:
                self._answer(call.judge(), content)
            else:
                await self._stream(call, context)
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - as in _serve
            self._fail(call, error)
        finally:
            self._close(call)
        self._task = None
        self._since = service.now
        self._resume()

    def _run_in_pool(self, call: _Call) -> bytes | None:
        try:
            content = call.run(self._service.app)
        except StopIteration as error:
            raise RuntimeError("The application raised StopIteration.") from error  # which no Future can carry
        if content is not None or self._gone:
            self._close(call)
        return content

    def _answer(self, reply: _Reply, content: bytes) -> None:
        self._transport.write(self._whole(reply, content))

    def _whole(self, reply: _Reply, content: bytes) -> bytes:
        """Frame an answer that is there as a whole."""
        field, date, length = self._connection_field(reply), self._service.date, reply.length
        if reply.bare:
            return reply.head(date, field)
        if self._mute:  # RFC 9110 §9.3.2: the length that GET would have; an empty body tells none
            length = length if length is not None else len(content) or None
            return reply.head(date, field if length is None else f"Content-Length: {length}\r\n{field}")
        if length is not None and length != len(content):
            raise ValueError(f"Content-Length is {length}, but the body has {len(content)} bytes.")
        return reply.head(date, f"Content-Length: {len(content)}\r\n{field}") + content

    def _connection_field(self, reply: _Reply) -> str:
        if reply.closes or self._service.stopping:
            self._last = True
        if self._last:
            return "Connection: close\r\n"
        return "Connection: keep-alive\r\n" if self._old else ""

    async def _spoil(self, call: _Call, content: bytes) -> None:
        reply = call.judge()
        self.hangs = call.pace.fault == "hang"
        answer = _Answer(
            whole=self._whole(reply, content),
            chunked_head=reply.head(self._service.date, "Transfer-Encoding: chunked\r\n"),
            body=b"" if self._mute or reply.bare else content,
        )
        await FAULTS[call.pace.fault].play(self._transport, answer)

    async def _stream(self, call: _Call, context: Context) -> None:
        service, paces = self._service, call.paces()
        if paces is not None:
            await self._send(call, b"")
            for pause, piece in () if self._mute else paces:
                if pause > 0:
                    await asyncio.sleep(pause)
                await self._send(call, piece)
        elif service.pool is not None:
            await service.loop.run_in_executor(service.pool, context.run, self._stream_from_pool, call)
        else:
            with contextlib.closing(call.pieces()) as pieces:
                for piece in filter(None, pieces):
                    await self._send(call, piece)
                    if self._mute:
                        break
                    await asyncio.sleep(0)  # an endless body leaves the others their turn
        if call.frames is None:
            self._answer(call.judge(), b"")
        elif ending := call.frames.end():
            self._transport.write(ending)

    def _stream_from_pool(self, call: _Call) -> None:
        """Iterate where the application may block: in a thread, which then also closes the body."""
        with contextlib.closing(call.pieces()) as pieces:
            for piece in filter(None, pieces):
                put: Future[Future[None] | None] = Future()
                self._service.loop.call_soon_threadsafe(self._put_for_thread, call, piece, put)
                room = self._wait_in_thread(put)
                if room is not None:
                    self._wait_in_thread(room)
                if self._mute:
                    break

    def _put_for_thread(self, call: _Call, piece: bytes, put: Future[Future[None] | None]) -> None:
        try:
            self._put(call, piece)
        except (OSError, RuntimeError, TypeError, ValueError) as error:  # what judging and framing raise
            put.set_exception(error)
        else:
            put.set_result(self._room)

    def _wait_in_thread(self, future: Future[_Told]) -> _Told:
        while True:
            try:
                return future.result(timeout=1.0)
            except TimeoutError:
                if self._gone:  # the loop may have ended before it came to this
                    raise ConnectionResetError("The client left before the end of the body.") from None

    async def _send(self, call: _Call, piece: bytes) -> None:
        """Send one piece; wait while the client does not read."""
        self._put(call, piece)
        if self._room is not None:
            await asyncio.wrap_future(self._room)

    def _put(self, call: _Call, piece: bytes) -> None:
        """Write one piece, after the head if it is the first."""
        if self._gone:
            raise ConnectionResetError("The client left before the end of the body.")
        head = b""
        if call.frames is None:
            reply = call.judge()
            call.frames = _Pieces(reply, mute=self._mute, chunks=not self._old)
            self._last = self._last or call.frames.until_close
            head = reply.head(self._service.date, call.frames.framing + self._connection_field(reply))
        if framed := head + call.frames.frame(piece):
            self._transport.write(framed)

    def _fail(self, call: _Call, error: BaseException) -> None:
        """Answer 500, or cut what has begun: a broken body must not look complete."""
        if self._gone:
            return
        method, path = call.environ["REQUEST_METHOD"], call.environ["PATH_INFO"]
        _LOG.error("application-failed method=%s path=%r error=%s", method, path, type(error).__name__, exc_info=error)
        if call.frames is None:
            reason = f"The application raised {type(error).__name__}; the log of this server tells where.\n"
            self._answer(_judge("500 Internal Server Error", _PLAIN), reason.encode())
            return
        self._last = True
        if call.frames.until_close:  # RFC 9112 §8: its end would be taken for the end of the body
            _set_reset(self._transport)
        self._transport.close()

    def _close(self, call: _Call) -> None:
        try:
            call.close()
        except BaseException as error:  # noqa: BLE001 - as in _serve; the answer has left
            _LOG.error("application-failed in=close error=%s", type(error).__name__, exc_info=error)


# The server.


class _Service:
    """What the connections of one running server share; lives on its event loop."""

    def __init__(self, app: WSGIApplication, limits: Limits, threads: int, base: Environ) -> None:
        self.app = app
        self.limits = limits
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="mockserver") if threads else None
        self.connections: set[_Connection] = set()
        self.loop = _new_loop()
        self.thread = 0
        self.stopping = False
        self.now = 0.0  # a clock as coarse as the sweeps: reading the real one costs more than it tells
        self.date = ""
        self._base = base
        self._blocks: dict[bytes, _Block] = {}
        self._asked = self.loop.create_future()  # to stop, with the grace in seconds
        self._hurry = self.loop.create_future()  # to stop without grace
        self._settled = self.loop.create_future()

    def block(self, raw: bytes) -> _Block:
        """Return a header section, read."""
        block = self._blocks.get(raw)
        if block is None:
            block = _read_block(raw, self._base)
            if len(raw) <= _CACHED_BLOCK:
                if len(self._blocks) >= _CACHED_BLOCKS:
                    self._blocks.clear()
                self._blocks[raw] = block
        return block

    async def live(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        """Serve until asked to stop, then let answers in work finish within the grace."""
        self._sweep()
        server = await self.loop.create_server(lambda: _Connection(self), sock=listener, backlog=_BACKLOG)
        grace_s = 0.0
        try:
            ready()
            grace_s = await self._asked
        finally:
            self.stopping = True
            server.close()
            await self._retire(grace_s)
            if self.pool is not None:
                self.pool.shutdown(wait=False, cancel_futures=True)

    def ask_to_stop(self, grace_s: float) -> None:
        """Begin to stop."""
        if not self._asked.done():
            self._asked.set_result(grace_s)

    def hear_signal(self) -> None:
        """Begin to stop; at the second signal stop at once."""
        if not self._asked.done():
            self._asked.set_result(GRACE_S)
        elif not self._hurry.done():
            self._hurry.set_result(None)

    def left(self, connection: _Connection) -> None:
        """Forget a connection that has ended."""
        self.connections.discard(connection)
        if self.stopping and not self.connections and not self._settled.done():
            self._settled.set_result(None)

    async def _retire(self, grace_s: float) -> None:
        for connection in tuple(self.connections):
            connection.retire()
        if self.connections:
            await asyncio.wait((self._settled, self._hurry), timeout=grace_s, return_when=asyncio.FIRST_COMPLETED)
        for connection in tuple(self.connections):
            connection.abort()
        if self.connections:
            await self._settled

    def _sweep(self) -> None:
        self.now = self.loop.time()
        self.date = f"Date: {formatdate(usegmt=True)}\r\n"
        for connection in tuple(self.connections):
            connection.check(self.now)
        self.loop.call_later(min(1.0, self.limits.head_s / 4, self.limits.idle_s / 4), self._sweep)


def _new_loop() -> asyncio.AbstractEventLoop:
    """Take uvloop's where it is installed: about a tenth less CPU per request, the same behaviour (both are tested)."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


class Server:
    """A WSGI application on a port: in a thread (`start`, `stop`, or `with`), or in the main thread (`run`).

    `threads=0` calls the application on the event loop, which is right while its answers take microseconds;
    `threads=N` calls it in a pool of N threads, for views that block. Port 0 takes a free one: `port` tells which.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 0,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.host = host
        self.port = port
        self._wanted = port
        self._app = app
        self._threads = threads
        self._limits = limits
        self._service: _Service | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        """Where a client on this machine finds the server, without a slash at the end."""
        host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked for
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def start(self) -> None:
        """Serve in a daemon thread; return when the port is open.

        Raises AddressInUse, or UsageError for an address that cannot be listened on.
        """
        service, listener = self._open()
        ready = threading.Event()
        name = f"mockserver-{self.port}"
        self._thread = threading.Thread(target=self._live, args=(service, listener, ready.set), name=name, daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Take no more requests, let answers in work finish within the grace, and return when all is closed.

        Called by the application itself, on the event loop, it returns at once and the server ends afterwards.
        """
        service, thread = self._service, self._thread
        if service is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has just ended by itself
            service.loop.call_soon_threadsafe(service.ask_to_stop, grace_s)
        if service.thread == threading.get_ident():
            return
        if not self._ended.wait(grace_s + _STUCK_S):
            # A view that blocks the event loop cannot be interrupted; the thread is a daemon and ends with the process.
            _LOG.error("server-stuck port=%d waited_s=%g", self.port, grace_s + _STUCK_S)
        elif thread is not None:
            thread.join()

    def run(self, on_ready: Callable[[], None] | None = None) -> None:
        """Serve in the main thread until SIGINT or SIGTERM; a second signal ends answers in work at once.

        `on_ready` is called when the port is open. Raises as `start` does.
        """
        service, listener = self._open()
        self._thread = None

        def hear(_signal: int, _frame: FrameType | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has just ended
                service.loop.call_soon_threadsafe(service.hear_signal)

        before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._live(service, listener, on_ready or (lambda: None))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _open(self) -> tuple[_Service, socket.socket]:
        if self._service is not None:
            raise UsageError(
                "This server is running already.", where=self.url, fix="Stop it before it is started anew."
            )
        listener = _listen(self.host, self._wanted)
        self.port = listener.getsockname()[1]
        base: Environ = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": listener.getsockname()[0],
            "SERVER_PORT": str(self.port),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": _Errors(),
            "wsgi.multithread": self._threads > 1,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }
        self._service = _Service(self._app, self._limits, self._threads, base)
        self._ended.clear()
        return self._service, listener

    def _live(self, service: _Service, listener: socket.socket, ready: Callable[[], None]) -> None:
        service.thread = threading.get_ident()
        try:
            with asyncio.Runner(loop_factory=lambda: service.loop) as runner:
                runner.run(service.live(listener, ready))
        finally:
            self._service = None
            self._ended.set()


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody listened on a moment ago; `Server(port=0)` knows no such race."""
    with _listen(host, 0) as listener:
        port: int = listener.getsockname()[1]
        return port


def _listen(host: str, port: int) -> socket.socket:
    place = f"{host}:{port}"
    try:
        found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listener = socket.socket(family)
    except (OSError, ValueError) as error:  # ValueError: a name that cannot even be looked up
        raise _no_address(place, error) from error
    try:
        if os.name == "posix":  # elsewhere it would let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address[0], port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AddressInUse(
                f"Port {port} is taken: another program listens there.",
                where=place,
                fix="End that program, or choose another port; port 0 takes a free one.",
            ) from error
        raise _no_address(place, error) from error
    return listener


def _no_address(place: str, error: Exception) -> UsageError:
    return UsageError(
        f"This machine cannot listen on {place}: {error}.",
        where=place,
        fix="Give a name or address of this machine, and a port: 0 for a free one, else 1024 to 65535.",
    )
