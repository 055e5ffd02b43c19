"""Bodies, parts and parameters whose octets spell one value: JSON, text, and everything that is only octets.

A binary value is a string with one character for each octet (ISO 8859-1), so that it has a length, passes for
`type: string`, and can be shown. Does not know forms, streams or XML.
"""

from __future__ import annotations

import re
from typing import Final

from mockserver.document.read import read as read_document
from mockserver.errors import UnreadableDocument
from mockserver.values import JSON
from mockserver.wire import json
from mockserver.wire.coerce import read, to_text
from mockserver.wire.media_type import MediaRange
from mockserver.wire.reading import Decoded, SpellingError, UnspellableError, noted
from mockserver.wire.shape import Shape
from mockserver.wire.specs import BodySpec

_BINARY_TYPES: Final = frozenset({"image", "audio", "video", "font", "model"})
_BINARY: Final = re.compile(
    r"octet-stream|pdf|zip|gzip|zstd|x-(?:tar|7z-compressed|bzip2?|rar-compressed|protobuf)|protobuf|cbor|msgpack|wasm"
    r"|msword|grpc.*|vnd\.(?:ms-|openxmlformats-|google\.protobuf|rar|msgpack).*|.*\+(?:zip|gzip|cbor|protobuf)"
)


def decode_json(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode JSON text; another charset than UTF-8 is honoured if it is named (RFC 8259 §8.1 knows none)."""
    del spec, lenient  # JSON tells its types itself
    charset = media.parameter("charset")
    if charset and charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        return noted(Decoded(json_of(_text(body, charset).encode())), f"JSON was sent in {charset}; it is UTF-8")
    return Decoded(json_of(body))


def encode_json(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode as JSON text."""
    del spec
    return str(media), json.dumps(value)


def json_of(text: bytes) -> JSON:
    """Return the value of a JSON text; the error says what is wrong and where."""
    if not text:
        raise SpellingError("it is empty; JSON has at least a value")
    try:
        return json.loads(text)
    except ValueError as error:
        raise SpellingError(f"it is not JSON: {error}") from error


def decode_yaml(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode YAML (RFC 9512)."""
    del spec, media, lenient
    try:
        return Decoded(read_document(body, "line"))
    except UnreadableDocument as error:
        raise SpellingError(f"it is not YAML: {error.what} ({error.where})") from error


def decode_text(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode text in its charset (RFC 6657 §4), typed as the shape suggests."""
    return read(_text(body, media.parameter("charset") or "utf-8"), spec.shape, lenient=lenient)


def encode_text(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode as text; always in UTF-8, and saying so."""
    del spec
    kept = tuple(pair for pair in media.parameters if pair[0] != "charset")
    named = MediaRange(media.type, media.subtype, (*kept, ("charset", "utf-8")))
    return str(named), utf8(to_text(value))


def decode_octets(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode what is not known to be text: octets, or UTF-8 where type and shape leave it open and it fits."""
    del lenient
    if "string" not in spec.shape.kinds:
        try:
            return Decoded(json.loads(body))  # a schema that describes no octets can only mean what clients send: JSON
        except ValueError:
            pass  # then it is told as the text it is
    if not is_binary(media, spec.shape):
        try:
            return Decoded(body.decode("utf-8"))
        except UnicodeDecodeError:
            pass  # then it is no text
    return Decoded(body.decode("latin-1"))


def encode_octets(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode the octets of a string; anything but a string is written as JSON text."""
    return str(media), octets_of(value, binary=is_binary(media, spec.shape))


def octets_of(value: JSON, *, binary: bool) -> bytes:
    """Return the octets that a string stands for; characters that are no octets become UTF-8."""
    if not isinstance(value, str):
        return json.dumps(value)
    if binary:
        try:
            return value.encode("latin-1")
        except UnicodeEncodeError:
            pass  # made by someone who took `format: binary` for text
    return utf8(value)


def utf8(text: str) -> bytes:
    """Return the octets of a text, which must not hold half of a surrogate pair."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnspellableError(f"{text!a:.60} holds half of a surrogate pair; UTF-8 has no octets for it") from error


def is_binary(media: MediaRange, shape: Shape) -> bool:
    """Tell whether the value is octets and not text (OAS 3.0.3 `format: binary`; OAS 3.1 §4.8.24.3)."""
    if shape.annotations.format == "binary":
        return True
    return media.type in _BINARY_TYPES or (media.type == "application" and bool(_BINARY.fullmatch(media.subtype)))


def _text(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except LookupError as error:
        raise SpellingError(f"its charset {charset!r:.40} is not known") from error
    except UnicodeError as error:
        offset = getattr(error, "start", 0)
        raise SpellingError(f"it is not {charset} text from octet {offset} on") from error
    except ValueError as error:  # a NUL in the name
        raise SpellingError(f"its charset {charset!r:.40} is not known") from error
