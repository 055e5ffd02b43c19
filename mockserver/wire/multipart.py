"""multipart bodies by schema, both directions (OAS 3.1 §4.8.14.5, OAS 3.2 §4.14.5, RFC 7578).

Parts by name for an object, by position for an array. A part says itself what it is, or else the Encoding Object, or
else the schema; binary parts are strings of octets (see `whole.py`). Does not know how parts are parted.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.values import JSON, Struct, replace
from mockserver.wire.brackets import assemble
from mockserver.wire.coerce import fits, read, to_text
from mockserver.wire.content import Codec, codec_for
from mockserver.wire.fields import field_of, spell
from mockserver.wire.forms import Names, exploded_members, first_type, styled_spec
from mockserver.wire.media_type import MediaRange, concrete, parse
from mockserver.wire.parts import Part, join_parts, split_parts
from mockserver.wire.query import Gathered, gather, members_of
from mockserver.wire.reading import (
    Decoded,
    Reading,
    SpellingError,
    Undecodable,
    UnspellableError,
    also,
    keyed,
    listed,
    noted,
)
from mockserver.wire.shape import Shape
from mockserver.wire.specs import PLAIN, BodySpec, Encoding, Positions
from mockserver.wire.whole import utf8

_JSON = MediaRange("application", "json")
_OCTETS = MediaRange("application", "octet-stream")
_TEXT = MediaRange("text", "plain")


def decode_multipart(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode the parts into an object or an array, as the shape suggests, or the octets where it wants a string."""
    if spec.shape.sole == "string" and not spec.item:
        return Decoded(body.decode("latin-1"))
    parts = split_parts(body, media.parameter("boundary"))
    reader = _Reader(spec, lenient)
    if spec.item or (spec.shape.suggests_array and not spec.shape.suggests_object):
        return reader.by_position(parts, named=media.subtype == "form-data")
    return reader.by_name(parts)


def encode_multipart(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode an object or an array in parts. Lossy: empty arrays are nothing; see `fields.spell` for styled ones."""
    kept = tuple(pair for pair in media.parameters if pair[0] not in ("boundary", "charset"))
    parts: list[Part] = []
    match value:
        case str():
            raise UnspellableError("a multipart body is an object or an array; its octets cannot be given as text")
        case list():
            for index, item in enumerate(value):
                parts += _positioned(spec, item, index, named=media.subtype == "form-data")
        case dict():
            for name, member in value.items():
                parts += _named(name, member, spec.shape, spec.encodings.get(name, PLAIN))
        case _:
            raise UnspellableError(f"a multipart body spells an object or an array, not {value!r:.40}")
    boundary, body = join_parts(parts)
    return str(replace(media, parameters=(*kept, ("boundary", boundary)))), body


class _Reader(Struct, frozen=True):
    """Reads the parts of one body."""

    spec: BodySpec
    lenient: bool

    def by_position(self, parts: Sequence[Part], *, named: bool) -> Decoded:
        """Return the array of the parts; of a form each is an object with its name (OAS 3.2 §4.14.4.2)."""
        items: list[Decoded] = []
        for index, part in enumerate(parts):
            shape = self.spec.shape if self.spec.item else self.spec.shape.item(index)
            encoding = self.spec.positions.at(index)
            if named:
                items.append(keyed({part.name: self._part(part, shape.property(part.name), encoding)}))
            else:
                items.append(self._part(part, shape, encoding))
        return listed(items)

    def by_name(self, parts: Sequence[Part]) -> Decoded:
        """Return the object of the parts."""
        shape, encodings = self.spec.shape, self.spec.encodings
        for part in parts:
            if not part.named:
                raise SpellingError(f"{part} has no name in its Content-Disposition")
        members = exploded_members(shape, encodings, str, lenient=self.lenient)
        owners = {name: owner for owner, below in members.items() for name in below}
        names = Names(shape, encodings, owners)
        gathered = gather([(part.name, part) for part in parts], names, names.roots, str)
        texts = Gathered(
            {name: [part.text for part in gathered.values[name]] for name in owners if name in gathered.values}
        )
        found: dict[str, Decoded] = {}
        for name in (*gathered.values, *gathered.nested):
            owner = owners.get(name, name)
            if owner not in found:
                reading = members_of(members[owner], texts) if name in owners else self._property(name, gathered)
                found[owner] = _certain(reading, owner)
        return keyed(found)

    def _property(self, name: str, gathered: Gathered[Part]) -> Reading:
        encoding = self.spec.encodings.get(name, PLAIN)
        shape = self.spec.shape.property(name)
        values, nested = gathered.values.get(name, []), gathered.nested.get(name, [])
        if encoding.is_styled:
            one = field_of(styled_spec(name, self.spec.shape, encoding), str, lenient=self.lenient)
            texts = [(path, part.text) for path, part in nested]
            return one.read([part.text for part in values], texts, sent=gathered.spelled.get(name, ""))
        if not nested:
            return self._parts(values, shape, encoding)
        entries = [*(((), part) for part in values), *nested]
        try:
            decoded = assemble(entries, shape, lambda parts, below: self._parts(parts, below, encoding))
        except SpellingError as error:
            raise SpellingError(f"parts {name}: {error}") from error
        return noted(decoded, f"it was sent as {gathered.spelled[name]}; the contract has parts called {name}")

    def _parts(self, parts: Sequence[Part], shape: Shape, encoding: Encoding) -> Decoded:
        """Return what the parts of one name spell."""
        if len(parts) > 1:
            if not (shape.suggests_array or shape.unconstrained):
                raise SpellingError(f"{parts[1]} comes again and is a single value")
            return listed([self._part(part, shape.item(index), encoding) for index, part in enumerate(parts)])
        if not shape.suggests_array:
            return self._part(parts[0], shape, encoding)
        whole = self._whole_array(parts[0], shape)
        if whole is not None:
            return whole
        one = listed([self._part(parts[0], shape.item(0), encoding)])
        return also(self._part(parts[0], shape, encoding), one) if shape.suggests_scalar else one

    def _whole_array(self, part: Part, shape: Shape) -> Decoded | None:
        """Return the array that one part holds in JSON, if it cannot be one of its items."""
        if part.octets[:1] != b"[" or shape.item(0).suggests_array or shape.item(0).unconstrained:
            return None
        text = part.octets.decode("utf-8", "replace")
        media = parse(part.content_type)
        if fits(text, shape.item(0)) and not (media and media.is_json):
            return None
        decoded = read(text, shape, lenient=self.lenient)
        note = f"{part} holds all items as JSON; the contract has a part for each"
        return Decoded(decoded.value, notes=(note,)) if isinstance(decoded.value, list) else None

    def _part(self, part: Part, shape: Shape, encoding: Encoding) -> Decoded:
        """Return the value of one part."""
        media = parse(part.content_type) or _documented(shape, encoding, is_file=bool(part.filename))
        if media == _OCTETS and not (shape.unconstrained or "string" in shape.kinds):
            media = _TEXT  # clients call anything so; a number in octets is still a number
        try:
            decoded = _codec(media, encoding).decode(
                _spec_below(media, shape, encoding), media, part.octets, lenient=self.lenient
            )
        except SpellingError as error:
            if shape.unconstrained and not part.content_type:
                return Decoded(part.octets.decode("latin-1"))
            raise SpellingError(f"{part}: {error}") from error
        return noted(decoded, f"{part} is the file {part.filename}") if part.filename else decoded


def _certain(reading: Reading, name: str) -> Decoded:
    match reading:
        case Decoded():
            return reading
        case Undecodable(message):
            raise SpellingError(f"part {name}: {message}")
        case _:
            return Decoded({})


def _documented(shape: Shape, encoding: Encoding, *, is_file: bool) -> MediaRange:
    """Return the media type of a part that does not name one (OAS 3.1 §4.8.15.1, OAS 3.2 §4.15.1.1)."""
    listed_type = parse(first_type(encoding))
    if listed_type is not None and listed_type.is_concrete:
        return listed_type
    if _is_binary(shape) or listed_type is not None or (is_file and (shape.unconstrained or shape.sole == "string")):
        return _OCTETS
    return _JSON if not shape.suggests_scalar else _TEXT


def _is_binary(shape: Shape) -> bool:
    annotations = shape.annotations
    return annotations.format == "binary" or bool(annotations.content_media_type and not annotations.content_encoding)


def _codec(media: MediaRange, encoding: Encoding) -> Codec:
    """Return what reads and writes a part; multipart again only as often as the contract has it, whoever sends more."""
    nested = media.type == "multipart" and first_type(encoding).startswith("multipart/")
    return _NESTED if nested else codec_for(media)


def _spec_below(media: MediaRange, shape: Shape, encoding: Encoding) -> BodySpec:
    """Return how the content of a part is spelled, which may be multipart again."""
    positions = encoding.positions or Positions()
    return BodySpec(media.essence, shape, encoding.encodings, positions=positions)


def _positioned(spec: BodySpec, item: JSON, index: int, *, named: bool) -> list[Part]:
    shape, encoding = spec.shape if spec.item else spec.shape.item(index), spec.positions.at(index)
    if not named:
        return [_part_of("", item, shape, encoding, says_type=True)]
    if not isinstance(item, dict):
        raise UnspellableError(f"item {index} of a form is an object with the name of its part, not {item!r:.40}")
    return [part for name, member in item.items() for part in _named(name, member, shape, encoding)]


def _named(name: str, member: JSON, shape: Shape, encoding: Encoding) -> list[Part]:
    if encoding.is_styled:  # OAS 3.2 Appendix C: names and values of the query, without percent-encoding
        pairs = spell(styled_spec(name, shape, encoding), member, str)
        return [Part(0, key, "", "", utf8(text)) for key, text in pairs]
    below = shape.property(name)
    if not isinstance(member, list) or not (below.suggests_array or below.unconstrained):
        return [_part_of(name, member, below, encoding)]
    return [_part_of(name, item, below.item(index), encoding) for index, item in enumerate(member)]


def _part_of(name: str, value: JSON, shape: Shape, encoding: Encoding, *, says_type: bool = False) -> Part:
    """Return the part of one value; a plain text in a form needs no Content-Type (RFC 7578 §4.4)."""
    documented = parse(concrete(first_type(encoding))) if encoding.content_type else None
    if documented is None and _is_binary(shape) and isinstance(value, str):
        documented = parse(concrete(shape.annotations.content_media_type)) or _OCTETS
    if documented is None and isinstance(value, (dict, list)):
        documented = _JSON
    if documented is None and not says_type:
        return Part(0, name, "", "", utf8(to_text(value)))
    media = documented or _TEXT
    content_type, octets = _codec(media, encoding).encode(_spec_below(media, shape, encoding), media, value)
    return Part(0, name, name if _is_binary(shape) else "", content_type, octets)


_NESTED = Codec("multipart/*", decode_multipart, encode_multipart)
