"""Which values survive their own spelling: what does not is no client's fault."""

from __future__ import annotations

from mockserver.contract.plan import MediaPlan, ParameterPlan
from mockserver.values import JSON
from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.parameters import encode_cookie, encode_header, encode_path, encode_query
from mockserver.wire.reading import Decoded, UnspellableError


def is_spellable(entry: ParameterPlan, value: JSON) -> bool:
    """Tell whether a value of a parameter survives its own style: what does not is no client's fault."""
    spec = entry.spec
    if _is_odd(entry, value):
        return False
    try:
        match spec.location:
            case "path":
                spelled = encode_path(spec, value)
                # RFC 3986 §5.2.4: dot segments are taken away, and an empty one is no segment
                return spelled not in {"", ".", ".."} and _plain_text(value)
            case "query":
                encode_query(spec, value)
                return not (value in ([], {}) or _holds_delimiter(entry, value))
            case "header":
                lines = encode_header(spec, value)
                return all(_is_field(line) for line in lines) and bool("".join(lines))
            case "cookie":
                line = encode_cookie(spec, value)
                return _is_field(line) and not set(line) & set(' ;,"\\')
            case _:
                return True
    except UnspellableError:
        return False


def _is_odd(entry: ParameterPlan, value: JSON) -> bool:
    """Tell whether a value is spelled so that few read it: a number with an exponent, the text null for null."""
    if isinstance(value, float):
        return "e" in repr(value)
    return value == "null" and "null" in entry.spec.shape.kinds


def _plain_text(value: JSON) -> bool:
    return not isinstance(value, str) or value.isprintable()


def _holds_delimiter(entry: ParameterPlan, value: JSON) -> bool:
    """Tell whether an item holds what parts the items: most libraries cannot spell the difference."""
    if not isinstance(value, list) or entry.spec.explode:
        return False
    return any(isinstance(item, str) and set(item) & set(",| %") for item in value)


def _is_field(line: str) -> bool:
    """Tell whether a text can stand in a header as it is (RFC 9110 §5.5)."""
    return line.isascii() and line.isprintable() and line == line.strip()


def is_carried(media: MediaPlan, value: JSON) -> bool:
    """Tell whether a body survives its own media type."""
    try:
        content_type, body = encode_body(media.spec, value)
    except UnspellableError:
        return False
    decoded = decode_body(media.spec, content_type, body)
    return isinstance(decoded, Decoded) and (decoded.value == value or value in decoded.alternatives)
