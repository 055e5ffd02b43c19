"""Bodies, both directions: the media type chooses the codec, the shape tells the types.

`CODECS` is the list of what can be read and written; a further one is a line in it. Whatever the octets are, decoding
does not raise: what has no reading is `Undecodable`, and its message names the place.
"""

from __future__ import annotations

from typing import Final

from mockserver.values import JSON
from mockserver.wire import json
from mockserver.wire.content import WHOLE, Codec, codec_for
from mockserver.wire.forms import decode_form, encode_form
from mockserver.wire.media_type import MediaRange, concrete, parse
from mockserver.wire.reading import Decoded, SpellingError, Undecodable
from mockserver.wire.specs import BodySpec, Encoding
from mockserver.wire.streams import (
    decode_events,
    decode_lines,
    decode_sequence,
    encode_events,
    encode_lines,
    encode_sequence,
    is_per_item,
)
from mockserver.wire.whole import decode_octets, json_of

__all__ = ["CODECS", "BodySpec", "Encoding", "decode_body", "encode_body", "is_per_item", "is_sequential"]


def _decode_multipart(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    from mockserver.wire.multipart import decode_multipart  # noqa: PLC0415 - loaded by the first who needs it

    return decode_multipart(spec, media, body, lenient=lenient)


def _encode_multipart(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    from mockserver.wire.multipart import encode_multipart  # noqa: PLC0415 - as above

    return encode_multipart(spec, media, value)


_FORMS: Final = (
    Codec("application/x-www-form-urlencoded", decode_form, encode_form),
    Codec("multipart/*", _decode_multipart, _encode_multipart),
)
_STREAMS: Final = (
    Codec("text/event-stream", decode_events, encode_events),
    Codec("application/x-ndjson", decode_lines, encode_lines),
    Codec("application/ndjson", decode_lines, encode_lines),
    Codec("application/jsonl", decode_lines, encode_lines),
    Codec("application/x-jsonlines", decode_lines, encode_lines),
    Codec("application/jsonlines", decode_lines, encode_lines),
    Codec("application/json-seq", decode_sequence, encode_sequence),
    Codec("application/*+json-seq", decode_sequence, encode_sequence),
)
CODECS: Final = (*_FORMS, *_STREAMS, *WHOLE)

_PLAIN_JSON: Final = frozenset(
    {"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"}
)
_DEEPEST: Final = 200  # the engine that judges values stops at 255
_OCTETS: Final = MediaRange("application", "octet-stream")


def decode_body(spec: BodySpec, content_type: str, body: bytes, *, lenient: bool = False) -> Decoded | Undecodable:
    """Return what the octets spell.

    `content_type` is what the message says of itself, parameters included; where it says nothing, the contract does.

    >>> from mockserver.wire.suggest import shape_of
    >>> spec = BodySpec("application/json", shape_of({"type": "object"}))
    >>> decode_body(spec, "application/json", b'{"id": 1}')
    Decoded(value={'id': 1}, alternatives=(), notes=())
    >>> decode_body(spec, "application/json", b'{"id": 1')
    Undecodable(message='it is not JSON: unexpected end of data at line 1, column 9 (offset 8)')
    """
    try:
        if content_type in _PLAIN_JSON and "*" not in spec.media_type:  # nine of ten
            decoded = Decoded(json_of(body))
        else:
            media = parse(content_type) or _usual(spec)
            decode = decode_octets if _is_file(spec, media) else codec_for(media, CODECS).decode
            decoded = decode(spec, media, body, lenient=lenient)
    except SpellingError as error:
        if "*" not in spec.media_type or not spec.shape.unconstrained:
            return Undecodable(str(error))
        decoded = decode_octets(spec, _OCTETS, body, lenient=lenient)
    if len(body) > _DEEPEST and sum(map(body.count, (b"[", b"{", b"<"))) > _DEEPEST and _is_deep(decoded.value):
        return Undecodable(f"it is nested more than {_DEEPEST} levels deep")
    return decoded


def _is_file(spec: BodySpec, media: MediaRange) -> bool:
    """Tell whether any octets are a value, whatever type of a range they are said to be of, or of which text."""
    if spec.shape.sole != "string" or spec.shape.annotations.format != "binary":
        return False
    return "*" in spec.media_type or media.type == "text"


def _is_deep(value: JSON) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            below
            for item in level
            if isinstance(item, dict | list)
            for below in (item.values() if isinstance(item, dict) else item)
            if isinstance(below, dict | list)
        ]
        if not level:
            return False
    return True


def encode_body(spec: BodySpec, value: JSON) -> tuple[str, bytes]:
    r"""Return the whole Content-Type and the octets that spell the value; of a range, in a usual type of that range.

    Raises UnspellableError for a value that the media type cannot carry, such as a control character in XML.

    >>> from mockserver.wire.suggest import shape_of
    >>> encode_body(BodySpec("text/*", shape_of({"type": "string"})), "Zoë")
    ('text/plain; charset=utf-8', b'Zo\xc3\xab')
    """
    if spec.media_type == "application/json":  # nine of ten
        return spec.media_type, json.dumps(value)
    media = _usual(spec)
    return codec_for(media, CODECS).encode(spec, media, value)


def is_sequential(media_type: str) -> bool:
    """Tell whether a body of that type is a list of items that may be sent one by one (OAS 3.2 §4.14.2.1)."""
    media = parse(media_type)
    return media is not None and any(codec.takes(media) for codec in _STREAMS)


def _usual(spec: BodySpec) -> MediaRange:
    """Return the documented media type, or a usual one of the documented range."""
    media = parse(spec.media_type)
    if media is not None and media.type == "*" and spec.shape.annotations.format == "binary":
        return _OCTETS
    return parse(concrete(spec.media_type)) or _OCTETS
