"""One value by its media type, both directions: a small body, a part, a parameter that `content` spells.

`WHOLE` lists the codecs in the order in which they are asked; the last one takes everything. Streams and forms, which
hold several values, are added above, in `bodies.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from mockserver.values import JSON, Struct
from mockserver.wire import json
from mockserver.wire.coerce import read, to_text
from mockserver.wire.media_type import MediaRange, parse
from mockserver.wire.reading import Decoded
from mockserver.wire.shape import Shape
from mockserver.wire.specs import BodySpec
from mockserver.wire.whole import (
    decode_json,
    decode_octets,
    decode_text,
    decode_yaml,
    encode_json,
    encode_octets,
    encode_text,
    json_of,
)


class Decode(Protocol):
    """Octets of a media type to a value; raises SpellingError."""

    def __call__(self, spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
        """Return the value."""
        ...


Encode = Callable[[BodySpec, MediaRange, JSON], tuple[str, bytes]]


class Codec(Struct, frozen=True):
    """How bodies of some media types are read and written; `covers` is a range, or a suffix (RFC 6838 §4.2.8)."""

    covers: str
    decode: Decode
    encode: Encode

    def takes(self, media: MediaRange) -> bool:
        """Tell whether it is the codec for that media type."""
        kind, _, subtype = self.covers.partition("/")
        if kind not in ("*", media.type):
            return False
        return subtype in ("*", media.subtype) or (subtype[:1] == "*" and media.subtype.endswith(subtype[1:]))


# XML, like forms in parts, is loaded by the first who needs it: most contracts are JSON, and a start should be quick.
# ruff: noqa: PLC0415


def _decode_xml(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    from mockserver.wire.xml_read import decode_xml

    return decode_xml(spec, media, body, lenient=lenient)


def _encode_xml(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    from mockserver.wire.xml_write import encode_xml

    return encode_xml(spec, media, value)


_YAML: Final = ("*/yaml", "*/x-yaml", "*/vnd.yaml", "*/yml", "*/*+yaml")  # RFC 9512 §2.1, aliases included
WHOLE: Final = (
    Codec("*/json", decode_json, encode_json),
    Codec("*/*+json", decode_json, encode_json),
    Codec("*/xml", _decode_xml, _encode_xml),
    Codec("*/*+xml", _decode_xml, _encode_xml),
    *(Codec(name, decode_yaml, encode_json) for name in _YAML),  # JSON is YAML
    Codec("text/*", decode_text, encode_text),
    Codec("*/*", decode_octets, encode_octets),
)


def codec_for(media: MediaRange, codecs: Sequence[Codec] = WHOLE) -> Codec:
    """Return the first codec that takes the media type; the last one takes all."""
    return next(codec for codec in codecs if codec.takes(media))


def read_content(text: str, media_type: str, shape: Shape, *, lenient: bool) -> Decoded:
    """Return the value of a text that `content` spells (OAS 3.1 §4.8.12.2.3); what is no JSON or XML is text."""
    media = parse(media_type)
    if media is not None and media.is_json:
        return Decoded(json_of(text.encode("utf-8")))
    if media is not None and media.is_xml:
        from mockserver.wire.xml_read import read_xml

        return read_xml(text.encode("utf-8"), shape, lenient=lenient)
    return read(text, shape, lenient=lenient)


def write_content(value: JSON, media_type: str, shape: Shape) -> str:
    """Return the text of a value that `content` spells."""
    media = parse(media_type)
    if media is not None and media.is_json:
        return json.dumps(value).decode("utf-8")
    if media is not None and media.is_xml:
        from mockserver.wire.xml_write import write_xml

        return write_xml(value, shape)
    return to_text(value)
