"""application/x-www-form-urlencoded, both directions (WHATWG URL §5; OAS 3.1 §4.8.14.4, §4.8.15).

A form is a query whose parameters are the properties of a schema; what the Encoding Object does not style is spelled
by content type, one text for each item of an array. Names that the schema does not declare are properties too: whether
they are allowed is for the checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from mockserver.values import JSON, Struct
from mockserver.wire import percent
from mockserver.wire.brackets import split_name
from mockserver.wire.content import write_content
from mockserver.wire.delimited import Text
from mockserver.wire.fields import Field, field_of, spell
from mockserver.wire.media_type import MediaRange
from mockserver.wire.query import gather, member_spec, members_of, pairs_in
from mockserver.wire.reading import Absent, Decoded, SpellingError, Undecodable, UnspellableError, keyed
from mockserver.wire.shape import Shape
from mockserver.wire.specs import PLAIN, BodySpec, Encoding, ParameterSpec
from mockserver.wire.whole import utf8

_JSON: Final = "application/json"


def decode_form(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode a form into an object, or into its text where the shape wants a string."""
    del media  # WHATWG URL §5.1: UTF-8, whatever the charset parameter says
    try:
        raw = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SpellingError(f"the form is not UTF-8 from octet {error.start} on") from error
    return read_form(raw, spec.shape, spec.encodings, lenient=lenient)


def encode_form(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode an object as a form.

    Lossy: empty arrays are nothing, and so are styled empty objects; see `fields.spell`.
    """
    return str(media), utf8(write_form(value, spec.shape, spec.encodings))


def read_form(raw: str, shape: Shape, encodings: Mapping[str, Encoding], *, lenient: bool) -> Decoded:
    """Return the object that a form spells; raises SpellingError naming the field."""
    if shape.sole == "string":
        return Decoded(raw)
    pairs = [(percent.decode_plus(name), value) for name, value in pairs_in(raw)]
    members = exploded_members(shape, encodings, percent.decode_plus, lenient=lenient)
    owners = {name: owner for owner, below in members.items() for name in below}
    sent = {name for name, _ in pairs}
    unknown = {name for name in sent if "[" not in name and name not in owners and not shape.declares(name)}
    if unknown:
        members |= _usually_exploded(shape, encodings, sent, unknown, lenient=lenient)
        owners = {name: owner for owner, below in members.items() for name in below}
    names = Names(shape, encodings, owners)
    gathered = gather(pairs, names, names.roots, str)
    found: dict[str, Decoded] = {}
    for name in (*gathered.values, *gathered.nested):
        owner = owners.get(name, name)
        if owner in found:
            continue
        if name in owners:
            reading = members_of(members[owner], gathered)
        else:
            one = _field(name, shape, encodings.get(name, PLAIN), lenient=lenient)
            entries = gathered.nested.get(name, ())
            reading = one.read(gathered.values.get(name, ()), entries, sent=gathered.spelled.get(name, ""))
        match reading:
            case Decoded() as decoded:
                found[owner] = decoded
            case Undecodable(message):
                raise SpellingError(f"field {owner}: {message}")
            case Absent():
                pass
            case _:
                assert_never(reading)
    return keyed(found)


def write_form(value: JSON, shape: Shape, encodings: Mapping[str, Encoding]) -> str:
    """Return the form that spells an object; a string is the form itself."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise UnspellableError(f"a form spells an object, not {value!r:.40}")
    pairs = [
        pair for name, member in value.items() for pair in _spelled(name, member, shape, encodings.get(name, PLAIN))
    ]
    return "&".join(f"{percent.encode(name)}={text}" for name, text in pairs)


def _spelled(name: str, value: JSON, shape: Shape, encoding: Encoding) -> list[tuple[str, str]]:
    """Return the names and the encoded texts of one property."""
    if encoding.is_styled:
        encode = _reserved if encoding.allow_reserved else percent.encode
        return spell(styled_spec(name, shape, encoding), value, encode)
    below = shape.property(name)
    items = [(value, below)]
    if isinstance(value, list):
        items = [(item, below.item(index)) for index, item in enumerate(value)]
    return [(name, percent.encode(write_content(item, _content_type(item, encoding), inner))) for item, inner in items]


def _reserved(text: str) -> str:
    return percent.encode(text, percent.RESERVED_IN_QUERY.replace(",", ""))


def _field(name: str, shape: Shape, encoding: Encoding, *, lenient: bool) -> Field:
    """Return how one property of a form is read."""
    if encoding.is_styled:
        return field_of(styled_spec(name, shape, encoding), percent.decode_plus, lenient=lenient)
    below = shape.property(name)
    item = below.item(0) if below.suggests_array else below
    media_type = first_type(encoding)
    if not media_type and (item.suggests_object or item.suggests_array) and not item.suggests_scalar:
        media_type = _JSON  # OAS 3.1 §4.8.15.1: the default of composites
    spec = ParameterSpec(name, "query", "form", explode=True, required=False, shape=below, media_type=media_type)
    return field_of(spec, percent.decode_plus, lenient=lenient, per_item=True)


def styled_spec(name: str, shape: Shape, encoding: Encoding) -> ParameterSpec:
    """Return the parameter that a styled property is like (OAS 3.1 §4.8.15.1.2)."""
    style = encoding.style or "form"
    explode = style == "form" if encoding.explode is None else encoding.explode
    return ParameterSpec(
        name,
        "query",
        style,
        explode=explode,
        required=False,
        shape=shape.property(name),
        allow_reserved=encoding.allow_reserved,
    )


def first_type(encoding: Encoding) -> str:
    """Return the first of the listed media types, or nothing."""
    return encoding.content_type.partition(",")[0].strip()


def _content_type(value: JSON, encoding: Encoding) -> str:
    """Return the media type that one value is written in (OAS 3.1 §4.8.15.1)."""
    return first_type(encoding) or (_JSON if isinstance(value, (list, dict)) else "text/plain")


def exploded_members(
    shape: Shape, encodings: Mapping[str, Encoding], decode: Text, *, lenient: bool
) -> dict[str, Mapping[str, Field]]:
    """Return the properties of styled, exploded objects, which are fields of their own, by the object's name."""
    return {
        name: _members(styled_spec(name, shape, encoding), shape, decode, lenient=lenient)
        for name, encoding in encodings.items()
        if encoding.is_styled and _is_exploded(styled_spec(name, shape, encoding))
    }


def _is_exploded(spec: ParameterSpec) -> bool:
    return spec.style == "form" and spec.explode and spec.shape.suggests_object


def _members(spec: ParameterSpec, shape: Shape, decode: Text, *, lenient: bool) -> Mapping[str, Field]:
    return {
        key: field_of(member_spec(spec, key), decode, lenient=lenient)
        for key in spec.shape.property_names
        if not shape.declares(key)
    }


def _usually_exploded(
    shape: Shape, encodings: Mapping[str, Encoding], sent: Iterable[str], unknown: set[str], *, lenient: bool
) -> dict[str, Mapping[str, Field]]:
    """Return the members of objects that nobody styled, where their names were sent and the object's own was not.

    Until OAS 3.1.0 (§4.8.14.4) the default of such a property is style form; 3.1.1 has JSON, which is read as well. A
    name that two objects have is left alone.
    """
    roots = {name.partition("[")[0].partition(".")[0] for name in sent}
    found = {
        name: _members(styled_spec(name, shape, PLAIN), shape, percent.decode_plus, lenient=lenient)
        for name in shape.property_names
        if name not in roots and not encodings.get(name, PLAIN).is_styled and _is_sole_object(shape.property(name))
    }
    times = Counter(key for below in found.values() for key in below)
    kept = {name: {key: one for key, one in below.items() if times[key] == 1} for name, below in found.items()}
    return {name: below for name, below in kept.items() if not unknown.isdisjoint(below)}


def _is_sole_object(shape: Shape) -> bool:
    return shape.suggests_object and shape.kinds <= {"object", "null"}


class Roots(Struct, frozen=True):
    """The names of a form that brackets may follow: those of arrays and objects."""

    shape: Shape
    encodings: Mapping[str, Encoding]

    def __contains__(self, name: object) -> bool:
        below = self.shape.property(str(name))
        styled = self.encodings.get(str(name), PLAIN).style == "deepObject"
        return below.suggests_array or below.suggests_object or styled


class Names(Struct, frozen=True):
    """The names of a form that stand for themselves: all but those of a property with brackets behind it."""

    shape: Shape
    encodings: Mapping[str, Encoding]
    owners: Mapping[str, str]

    @property
    def roots(self) -> Roots:
        """The names that brackets may follow."""
        return Roots(self.shape, self.encodings)

    def __contains__(self, name: object) -> bool:
        text = str(name)
        return self.shape.declares(text) or text in self.owners or split_name(text, self.roots) is None
