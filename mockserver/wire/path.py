"""Path parameters, both directions: simple, label and matrix (RFC 6570 §3.2.2, §3.2.5, §3.2.7).

Takes and gives the raw text that stands for the parameter in its segment. Knows neither templates nor segments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mockserver.values import JSON
from mockserver.wire import percent
from mockserver.wire.coerce import read, reader, to_text
from mockserver.wire.content import read_content, write_content
from mockserver.wire.delimited import (
    DELIMITERS,
    SPLITS,
    Cut,
    array_of,
    commas,
    cut_text,
    item_fits,
    object_of,
    other_list,
    pieces_of,
)
from mockserver.wire.reading import Decoded, Reading, SpellingError, Undecodable, also, noted
from mockserver.wire.shape import Shape
from mockserver.wire.specs import ParameterSpec

PathDecoder = Callable[[str], Reading]


def path_decoder(spec: ParameterSpec, *, lenient: bool = False) -> PathDecoder:
    """Return the function that decodes the raw text of a path parameter.

    >>> from mockserver.wire.suggest import shape_of
    >>> shape = shape_of({"type": "array", "items": {"type": "integer"}})
    >>> path_decoder(ParameterSpec("ids", "path", "label", False, True, shape))(".1,2")
    Decoded(value=[1, 2], alternatives=(), notes=())
    """
    decode = _decoder(spec, lenient=lenient)

    def decoded(raw: str) -> Reading:
        try:
            return decode(raw)
        except SpellingError as error:
            return Undecodable(str(error))

    return decoded


def encode_path(spec: ParameterSpec, value: JSON) -> str:
    """Return the raw text of a path parameter.

    An empty array or object is nothing at all (RFC 6570 §2.3). Lossy where the style is: `simple` spells `[]` as it
    spells `[""]`; arrays in arrays and objects in objects are JSON text, which no style defines.
    """
    encode = _encoder(spec)
    if spec.media_type:
        return percent.encode(write_content(value, spec.media_type, spec.shape))
    if spec.style == "matrix":
        return _matrix(spec, value, encode)
    if not isinstance(value, (list, dict)):
        return ("." if spec.style == "label" else "") + encode(to_text(value))
    if spec.style == "label":
        pieces = pieces_of(value, lambda text: encode(text).replace(".", "%2E"), assigned=spec.explode)
        return "." + ("." if spec.explode else ",").join(pieces) if pieces else ""
    delimiter = percent.encode(DELIMITERS.get(spec.style, "")) or ","
    return delimiter.join(pieces_of(value, encode, assigned=spec.explode))


def _decoder(spec: ParameterSpec, *, lenient: bool) -> Callable[[str], Decoded]:
    shape = spec.shape
    if spec.media_type:
        return lambda raw: read_content(percent.decode(raw), spec.media_type, shape, lenient=lenient)
    if spec.style in _STYLES:
        return _STYLES[spec.style](spec, lenient=lenient)
    if shape.suggests_array or shape.suggests_object:
        cut = _cut(spec, SPLITS.get(spec.style, commas), lenient=lenient)
        return lambda raw: cut_text(raw, shape, cut)
    read_text = reader(shape, lenient=lenient)
    return lambda raw: read_text(percent.decode(raw))


def _label(spec: ParameterSpec, *, lenient: bool) -> Callable[[str], Decoded]:
    shape, at_dots = spec.shape, _cut(spec, _dots, lenient=lenient)
    at_commas = _cut(spec, commas, lenient=lenient)
    composite = shape.suggests_array or shape.suggests_object

    def label(raw: str) -> Decoded:
        if composite and not raw:
            return _nothing(shape)
        if raw[:1] != ".":
            raise SpellingError(f"{raw:.60} has no dot in front; the contract spells it {documented_path(spec)}")
        rest = raw[1:]
        if spec.explode:
            return cut_text(rest, shape, at_dots)
        if composite and "," not in rest and "." in rest:
            # OAS 3.0.0 to 3.0.3 and 3.1.0 print dots here, later ones and RFC 6570 commas
            return also(cut_text(rest, shape, at_dots), *_one_item(rest, shape, at_commas))
        return cut_text(rest, shape, at_commas)

    return label


def _one_item(rest: str, shape: Shape, cut: Cut) -> list[Decoded]:
    return [array_of([rest], shape, cut)] if shape.suggests_array and item_fits(rest, shape, cut) else []


def _matrix_decoder(spec: ParameterSpec, *, lenient: bool) -> Callable[[str], Decoded]:
    shape, cut = spec.shape, _cut(spec, commas, lenient=lenient)
    composite = shape.suggests_array or shape.suggests_object

    def matrix(raw: str) -> Decoded:
        if composite and not raw:
            return _nothing(shape)
        if raw[:1] != ";":
            raise SpellingError(f"{raw:.60} has no semicolon in front; the contract spells it {documented_path(spec)}")
        pairs = [(name, value) for name, _, value in (part.partition("=") for part in raw[1:].split(";"))]
        own = all(percent.decode(name) == spec.name for name, _ in pairs)
        if own and not (spec.explode and shape.declares(spec.name)):
            return _matrix_values([value for _, value in pairs], spec, cut)
        if shape.suggests_object:
            members = object_of(pairs, shape, cut)
            return members if spec.explode else noted(members, cut.note(raw))
        raise SpellingError(f"{raw:.60} does not name {spec.name}; the contract spells it {documented_path(spec)}")

    return matrix


def _matrix_values(values: Sequence[str], spec: ParameterSpec, cut: Cut) -> Decoded:
    """Return what one or more `;name=value` spell."""
    shape = spec.shape
    if len(values) == 1:
        if not spec.explode or not shape.suggests_array:
            return cut_text(values[0], shape, cut)
        one = None if item_fits(values[0], shape, cut) else other_list(values[0], shape, cut, commas)
        one = one or array_of(values, shape, cut)
        return also(read(cut.decode(values[0]), shape, lenient=cut.lenient), one) if shape.suggests_scalar else one
    if not shape.suggests_array:
        raise SpellingError(f"{spec.name} was sent {len(values)} times; it is a single value")
    several = array_of(values, shape, cut)
    if spec.explode:
        return several
    if any("," in value for value in values):
        raise SpellingError(f"{spec.name} was sent {len(values)} times and with commas; it is one or the other")
    return noted(several, cut.note(f";{spec.name}={values[0]};{spec.name}={values[1]}"))


_STYLES: Final = {"label": _label, "matrix": _matrix_decoder}


def _matrix(spec: ParameterSpec, value: JSON, encode: Callable[[str], str]) -> str:
    name = percent.encode(spec.name)
    if isinstance(value, dict) and spec.explode:
        return "".join(_parameter(encode(key), encode(to_text(member))) for key, member in value.items())
    if isinstance(value, list) and spec.explode:
        return "".join(_parameter(name, encode(to_text(item))) for item in value)
    if isinstance(value, (list, dict)):
        pieces = pieces_of(value, encode, assigned=False)
        return _parameter(name, ",".join(pieces)) if pieces else ""
    return _parameter(name, encode(to_text(value)))


def _parameter(name: str, value: str) -> str:
    return f";{name}={value}" if value else f";{name}"  # RFC 6570 §3.2.7: no equals sign before nothing


def _nothing(shape: Shape) -> Decoded:
    return Decoded([]) if shape.suggests_array else Decoded({})


def _cut(spec: ParameterSpec, split: Callable[[str], list[str]], *, lenient: bool) -> Cut:
    return Cut(split, percent.decode, spec.explode, lambda: documented_path(spec), lenient)


def _encoder(spec: ParameterSpec) -> Callable[[str], str]:
    keep = ""
    if spec.allow_reserved:
        ends = {"label": ".,=", "matrix": ";,="}.get(spec.style, ",=")
        keep = "".join(character for character in percent.RESERVED_IN_PATH if character not in ends)
    return lambda text: percent.encode(text, keep)


def documented_path(spec: ParameterSpec) -> str:
    """Return an example of the documented spelling."""
    if spec.shape.suggests_array:
        return encode_path(spec, ["a", "b"])
    if spec.shape.suggests_object:
        return encode_path(spec, {next(iter(spec.shape.property_names), "name"): "value"})
    return encode_path(spec, "value")


def _dots(raw: str) -> list[str]:
    return raw.split(".")
