"""Requests: from bytes to what WSGI calls an environ, without I/O (RFC 9112 §3, §5, §7)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import unquote

from mockserver.exchange import Fields
from mockserver.values import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

Environ: TypeAlias = "dict[str, object]"

CHUNKED: Final = -1
_TCHARS: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 §5.6.2
FIELD_NAME: Final = re.compile(_TCHARS)
LENGTH: Final = re.compile(r"[0-9]{1,18}")
# RFC 9112 §3. Bytes above 0x7F are no URI, but a client that sends them shall hear that from the application.
_REQUEST_LINE = re.compile(rb"(%s) ([^\x00-\x20\x7f]+) HTTP/1\.([0-9])\r\n" % _TCHARS.encode())
_OTHER_VERSION = re.compile(rb"[^\s]+ [^\s]+ HTTP/(?!1\.)[0-9](?:\.[0-9])?\r\n")
_ABSOLUTE_FORM = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://([^/?#]+)(.*)")
_STRAY = re.compile(rb"\x00|\r(?!\n)|(?<!\r)\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")
_FRAMING_FIELDS = frozenset({"connection", "content-length", "expect", "host", "transfer-encoding"})
_MAX_LINE = 8 << 10  # of a chunk size with its extensions, or a trailer field


class Limits(Struct, frozen=True):
    """What one client may cost: sizes in bytes, times in seconds."""

    body: int = 64 << 20
    head: int = 64 << 10
    head_s: float = 20.0
    idle_s: float = 75.0


DEFAULT_LIMITS = Limits()


class Refused(Exception):
    """The bytes are no request that an application could be given."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Block(Struct, frozen=True):
    """A header section, read once: a client sends the same one with most of its requests."""

    environ: Environ
    fields: Fields
    hosts: int
    length: int
    closes: bool
    persists: bool
    expects: bool


def read_block(raw: bytes, base: Environ) -> Block:
    """Read a header section on top of what all requests have in common; raise Refused."""
    if _STRAY.search(raw):
        raise Refused("400 Bad Request", "The header section holds a NUL, or a CR or LF that is not part of a CRLF.")
    environ = dict(base)
    headers: list[tuple[str, str]] = []
    framing: dict[str, list[str]] = {}
    for line in raw.decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        if name == line or not FIELD_NAME.fullmatch(name):  # RFC 9112 §5.1, §5.2: no space before the colon, no folding
            raise Refused("400 Bad Request", "A header field is not written `name: value` on one line.")
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
    if length == CHUNKED:
        environ.pop("HTTP_TRANSFER_ENCODING")  # RFC 9112 §7.1.3: decoded here, CONTENT_LENGTH stands for it
    environ["mockserver.headers"] = fields = Fields(headers)
    connection = {option.strip().lower() for option in ",".join(framing.get("connection", ())).split(",")}
    return Block(
        environ=environ,
        fields=fields,
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
            raise Refused("400 Bad Request", "Transfer-Encoding and Content-Length contradict each other.")
        if ",".join(coding).lower() != "chunked":
            raise Refused("501 Not Implemented", "The only transfer coding understood here is `chunked`.")
        return CHUNKED
    if length is None:
        return 0
    if len(length) > 1 or not LENGTH.fullmatch(length[0]):
        raise Refused("400 Bad Request", "Content-Length is not one decimal number.")
    return int(length[0])


class Line(Struct, frozen=True):
    """A request line: what it says, decoded path included, and adds to the environ; whether it is HEAD, or HTTP/1.0."""

    method: str
    target: str
    path: str
    environ: Environ
    mute: bool
    old: bool


@lru_cache(maxsize=1024)
def read_line(line: bytes) -> Line | None:
    """Read a request line, with its CRLF; None if it is none. Cached, for clients ask again."""
    parts = _REQUEST_LINE.fullmatch(line)
    if parts is None:
        return None
    method, raw, old = parts[1].decode(), parts[2].decode("latin-1"), parts[3] == b"0"
    raw, authority = (raw, "") if raw[0] == "/" else _origin_form(method, raw)
    path, _, query = raw.partition("?")
    path = unquote(path, "latin-1")
    environ: Environ = {
        "REQUEST_METHOD": method,
        "RAW_URI": raw,
        "REQUEST_URI": raw,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.0" if old else "HTTP/1.1",
    }
    if authority:  # RFC 9112 §3.2.2: it replaces the Host field
        environ["HTTP_HOST"] = authority
    return Line(method, raw, path, environ, mute=method == "HEAD", old=old)


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
        raise Refused("501 Not Implemented", "This server is no proxy: it opens no tunnels.")
    raise Refused("400 Bad Request", "The request target does not begin with a slash.")


def refuse_head(head: bytes, limit: int, *, complete: bool) -> None:
    """Refuse a head that is too large or can never become one; stay silent while more bytes may mend it."""
    line_end = head.find(b"\n") + 1
    if len(head) > limit:
        if not 0 < line_end <= limit:
            raise Refused("414 URI Too Long", f"The request line is longer than {limit} bytes.")
        raise Refused("431 Request Header Fields Too Large", f"The header section is longer than {limit} bytes.")
    if not 0x21 <= head[0] < 0x7F:
        raise Refused("400 Bad Request", "This is no HTTP. Was https sent to an http port?")
    if (line_end or complete) and not _REQUEST_LINE.match(head):
        if _OTHER_VERSION.match(head):
            raise Refused("505 HTTP Version Not Supported", "This server speaks HTTP/1.1.")
        raise Refused("400 Bad Request", "The first line is not `METHOD TARGET HTTP/1.1`, ended by CRLF.")


class Sized:
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


class Chunked:
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
                    raise Refused("400 Bad Request", "A line of the chunked body has no end.")
                return None
            line, at = buffer[at:end], end + 2
            if self._line(line):
                return buffer[at:]

    def _line(self, line: bytes) -> bool:
        """Read one line between the pieces; say whether it is the last of the message."""
        if self._expected == "trailer":
            self._trailers += len(line)
            if self._trailers > self._limits.head:
                raise Refused("431 Request Header Fields Too Large", "The trailer section is too long.")
            return not line
        if self._expected == "end of chunk":
            if line:
                raise Refused("400 Bad Request", "A chunk is longer than its size says.")
            self._expected = "size"
            return False
        size = _CHUNK_SIZE.fullmatch(line)
        if size is None:
            raise Refused("400 Bad Request", "A chunk of the body has no size in hexadecimal digits.")
        self._left = int(size[1], 16)
        if len(self.content) + self._left > self._limits.body:
            raise too_large(self._limits)
        self._expected = "end of chunk" if self._left else "trailer"
        return False


def too_large(limits: Limits) -> Refused:
    """Return the refusal of a body that is too long."""
    return Refused("413 Content Too Large", f"The body is longer than {limits.body} bytes.")
