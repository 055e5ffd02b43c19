"""The parts of a multipart body, parted and joined (RFC 2046 §5.1, RFC 7578 §4).

Octets in, octets out: knows nothing of what a part means. The boundary is made of the content, so that the same parts
have the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final
from urllib.parse import unquote

from mockserver.values import Struct
from mockserver.wire.media_type import parameters_of
from mockserver.wire.reading import SpellingError, UnspellableError

_HEADER: Final = re.compile(rb"([!#-'*+\-.0-9A-Z^-z|~]+)[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t]+)*)\r?\n?")
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_ESCAPED: Final = re.compile("%(22|0[DdAa])")


class Part(Struct, frozen=True):
    """One part: its place from 1, its name and file name if it has them, its media type if it says so, its octets.

    `named`: it says its name, which may be empty.
    """

    number: int
    name: str
    filename: str
    content_type: str
    octets: bytes
    named: bool = True

    def __str__(self) -> str:
        return f"part {self.number}" + (f" ({self.name})" if self.name else "")

    @property
    def text(self) -> str:
        """The octets as text."""
        try:
            return self.octets.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SpellingError(f"{self} is not UTF-8 text from octet {error.start} on") from error


def split_parts(body: bytes, boundary: str) -> list[Part]:
    """Return the parts; raises SpellingError naming the one that is broken."""
    if not boundary:
        raise SpellingError("its Content-Type names no boundary")
    mark = re.escape(boundary.encode("utf-8", "replace"))
    delimiters = list(re.finditer(rb"(?:\A|\r?\n)--" + mark + rb"(--)?[ \t]*(?=\r?\n|\Z)", body))
    if not delimiters:
        raise SpellingError(f"its boundary --{boundary} does not stand in it")
    closing = next((index for index, found in enumerate(delimiters) if found[1]), None)
    if closing is None:
        raise SpellingError(f"it ends without the closing boundary --{boundary}--")
    spans = pairwise(delimiters[: closing + 1])
    return [_part(number, body[start.end() : end.start()]) for number, (start, end) in enumerate(spans, 1)]


def join_parts(parts: Sequence[Part]) -> tuple[str, bytes]:
    """Return the boundary and the body."""
    chunks = [_headers(part) + b"\r\n" + part.octets for part in parts]
    content = b"\r\n".join(chunks)
    boundary = hashlib.blake2b(content, digest_size=16).hexdigest()  # which nobody can have put into the content
    mark = b"--" + boundary.encode()
    return boundary, b"".join(mark + b"\r\n" + chunk + b"\r\n" for chunk in chunks) + mark + b"--\r\n"


def _part(number: int, chunk: bytes) -> Part:
    """Return the part of what stands between two boundaries, the line break after the first one included."""
    blank = _BLANK_LINE.search(chunk)
    if blank is None and not chunk.endswith(b"\n"):
        raise SpellingError(f"part {number} has no blank line after its headers")
    # without one, the line break of the boundary was the blank line, and nothing stands behind it
    head, octets = (chunk[: blank.start()], chunk[blank.end() :]) if blank else (chunk, b"")
    headers = {
        found[1].decode("ascii").lower(): re.sub(r"\r?\n[ \t]+", " ", _text(found[2]))
        for found in _HEADER.finditer(head.lstrip(b"\r\n"))
    }
    _, _, parameters = headers.get("content-disposition", "").partition(";")
    disposition = dict(parameters_of(";" + parameters)) if parameters else {}
    name = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), disposition.get("name", ""))
    name = name or headers.get("content-id", "").strip().strip("<>")  # RFC 2392: how multipart/related names parts
    content_type = headers.get("content-type", "").strip()
    return Part(number, name, _filename(disposition), content_type, octets, "name" in disposition or bool(name))


def _filename(disposition: Mapping[str, str]) -> str:
    charset, _, rest = disposition.get("filename*", "").partition("'")
    encoded = rest.partition("'")[2]
    if encoded:  # RFC 8187 §3.2
        try:
            return unquote(encoded, charset or "utf-8", "replace")
        except LookupError:
            return encoded
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), disposition.get("filename", ""))


def _headers(part: Part) -> bytes:
    lines: list[str] = []
    if part.name:
        file = f'; filename="{_quoted(part.filename)}"' if part.filename else ""
        lines.append(f'Content-Disposition: form-data; name="{_quoted(part.name)}"{file}')
    if part.content_type:
        lines.append(f"Content-Type: {part.content_type}")
    try:
        return "".join(f"{line}\r\n" for line in lines).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnspellableError(f"{part.name!a:.60} holds half of a surrogate pair") from error


def _quoted(text: str) -> str:
    """Escape as browsers do (HTML §4.10.21.8, RFC 7578 §5.1)."""
    return text.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
