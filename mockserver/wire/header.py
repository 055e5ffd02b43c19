"""Header parameters and the headers of answers, both directions: style simple, and `content`.

Values pass as they are: nothing is percent-encoded, quoted or escaped, and nothing of that is undone (OAS 3.2
§4.12.2.2). So a header cannot spell everything, and an item with a comma comes back as two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from mockserver.exchange import Headers
from mockserver.values import JSON
from mockserver.wire import json
from mockserver.wire.coerce import read, to_text
from mockserver.wire.content import read_content
from mockserver.wire.delimited import DELIMITERS, Cut, array_of, cut_text, pieces_of
from mockserver.wire.media_type import is_json
from mockserver.wire.reading import ABSENT, Decoded, Reading, SpellingError, Undecodable, UnspellableError, noted
from mockserver.wire.specs import ParameterSpec

_OWS: Final = " \t"
_FIELD_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # RFC 9110 §5.5


class HeaderDecoder:
    """Decodes the header parameters of one operation, or the headers of one answer; made once, then only read.

    >>> from mockserver.wire.suggest import shape_of
    >>> ids = shape_of({"type": "array", "items": {"type": "integer"}})
    >>> HeaderDecoder([ParameterSpec("X-Ids", "header", "simple", False, False, ids)]).decode((("x-ids", "1, 2"),))
    {'X-Ids': Decoded(value=[1, 2], alternatives=(), notes=())}
    """

    def __init__(self, specs: Iterable[ParameterSpec], *, lenient: bool = False) -> None:
        self._decoders = {spec.name.lower(): (spec.name, _decoder(spec, lenient=lenient)) for spec in specs}

    def decode(self, headers: Headers) -> Mapping[str, Reading]:
        """Return what each header spells, by its documented name."""
        if not self._decoders:
            return {}
        lines: dict[str, list[str]] = {}
        for name, line in headers:
            lower = name.lower()
            if lower in self._decoders:
                lines.setdefault(lower, []).append(line.strip(_OWS))
        readings: dict[str, Reading] = {}
        for lower, (name, decode) in self._decoders.items():
            readings[name] = _guarded(decode, lines[lower]) if lower in lines else ABSENT
        return readings


def encode_header(spec: ParameterSpec, value: JSON) -> tuple[str, ...]:
    """Return the field lines that spell the value: one, but for an array in `Set-Cookie` (OAS 3.2 §4.21.3).

    Raises UnspellableError for what no header can carry: line breaks, other controls, characters beyond ISO 8859-1,
    spaces at the ends. Lossy: items with commas or spaces at their ends, and `[]`, which is spelled as `[""]` is.
    """
    if spec.media_type:
        text = json.ascii_dumps(value) if is_json(spec.media_type) else to_text(value)
        return (_spelled(text),)
    if not isinstance(value, (list, dict)):
        return (_spelled(to_text(value)),)
    pieces = pieces_of(value, _spelled, assigned=spec.explode)
    return tuple(pieces) if _is_set_cookie(spec) else (DELIMITERS.get(spec.style, ",").join(pieces),)


def _decoder(spec: ParameterSpec, *, lenient: bool) -> Callable[[list[str]], Decoded]:
    shape = spec.shape
    delimiter = DELIMITERS.get(spec.style, ",")
    cut = Cut(lambda raw: _items(raw, delimiter), str, spec.explode, lambda: _documented(spec), lenient)
    if _is_set_cookie(spec):
        return lambda lines: _set_cookie(lines, spec, cut)
    if spec.media_type:
        return lambda lines: read_content(", ".join(lines), spec.media_type, shape, lenient=lenient)
    if shape.suggests_array or shape.suggests_object:
        return lambda lines: cut_text(delimiter.join(lines), shape, cut)
    # RFC 9110 §5.3: lines of one name are one value, joined by commas
    return lambda lines: read(", ".join(lines), shape, lenient=lenient)


def _guarded(decode: Callable[[list[str]], Decoded], lines: list[str]) -> Reading:
    try:
        return decode(lines)
    except SpellingError as error:
        return Undecodable(str(error))


def _set_cookie(lines: list[str], spec: ParameterSpec, cut: Cut) -> Decoded:
    """Return the lines of the one header that must not be joined (RFC 9110 §5.3)."""
    if spec.shape.suggests_array:
        return array_of(lines, spec.shape, cut)
    first = read(lines[0], spec.shape, lenient=cut.lenient)
    return first if len(lines) == 1 else noted(first, f"of {len(lines)} Set-Cookie lines the first was read")


def _is_set_cookie(spec: ParameterSpec) -> bool:
    return spec.name.lower() == "set-cookie"


def _items(raw: str, delimiter: str) -> list[str]:
    return [item.strip(_OWS) for item in raw.split(delimiter)]


def _spelled(text: str) -> str:
    if not _FIELD_VALUE.fullmatch(text):
        raise UnspellableError(f"{text!a:.60} holds a character that no header can carry")
    if text.strip(_OWS) != text:
        raise UnspellableError(f"{text!a:.60} starts or ends with a space, which no header keeps")
    return text


def _documented(spec: ParameterSpec) -> str:
    if spec.shape.suggests_array:
        return "a,b"
    return ",".join(encode_header(spec, {next(iter(spec.shape.property_names), "name"): "value"}))
