"""One name that may come once, several times, or with brackets, and what its texts spell.

A query parameter, a field of a form, a parameter in a cookie. The documented spelling is read first; another one is
read when nothing else can be meant, and told in a note. Does not know where the texts come from.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.values import JSON, Struct
from mockserver.wire.brackets import Path, assemble
from mockserver.wire.coerce import read, to_text
from mockserver.wire.content import read_content, write_content
from mockserver.wire.delimited import (
    DELIMITERS,
    SPLITS,
    Cut,
    Text,
    array_of,
    commas,
    cut_text,
    item_fits,
    json_text,
    object_of,
    other_list,
    pairs_of,
    pieces_of,
)
from mockserver.wire.reading import ABSENT, Decoded, Reading, SpellingError, Undecodable, also, noted
from mockserver.wire.shape import Shape, kind_of
from mockserver.wire.specs import ParameterSpec


class Field(Struct, frozen=True):
    """How one name is read.

    `per_item`: `content` spells each item of an array, and not the whole array. `is_plain`: a scalar that one text
    spells, which is what most parameters are and what is read without further questions.
    """

    spec: ParameterSpec
    cut: Cut
    is_plain: bool
    per_item: bool = False

    def read(self, values: Sequence[str], nested: Sequence[tuple[Path, str]] = (), *, sent: str = "") -> Reading:
        """Return what the texts of the name spell, and those of names with brackets; `sent` is one of the latter."""
        try:
            if self.is_plain and len(values) == 1 and not nested:
                return read(self.cut.decode(values[0]), self.spec.shape, lenient=self.cut.lenient)
            if nested:
                return self._nested([*(((), value) for value in values), *nested], sent)
            if self.spec.media_type:
                return self._content(values)
            if len(values) > 1:
                return self._several(values, self.spec.shape)
            if self.spec.allow_empty and not values[0]:
                return ABSENT  # OAS 3.1 §4.8.12.2.1: as if it had not been sent
            return self._one(values[0])
        except SpellingError as error:
            return Undecodable(str(error))

    def _one(self, raw: str) -> Decoded:
        shape, cut = self.spec.shape, self.cut
        if self.spec.style != "deepObject" and not self.spec.explode:
            return cut_text(raw, shape, cut)
        return self._item(raw, shape)

    def _item(self, raw: str, shape: Shape) -> Decoded:
        """Return what one text spells whose name may come again: a scalar, the one item of an array, something else."""
        cut = self.cut
        found: list[Decoded] = []
        if shape.suggests_array:
            found.append(self._list_of_one(raw, shape))
        elif shape.suggests_object:
            found += _object(raw, shape, cut) if raw else [Decoded({})]
        if not shape.suggests_scalar:
            if not found:
                raise SpellingError(f"{raw:.60} is no object; the contract spells it {cut.documented()}")
            return found[0]
        scalar = read(cut.decode(raw), shape, lenient=cut.lenient)
        if found and kind_of(scalar.value) not in shape.kinds:
            return also(found[0], scalar)
        return also(scalar, *found)

    def _list_of_one(self, raw: str, shape: Shape) -> Decoded:
        cut = self.cut
        if self.spec.style in SPLITS and len(cut.split(raw)) > 1:
            # exploded delimited styles are undefined (OAS 3.1 §4.8.12.4); the delimiter tells what was meant
            return also(noted(array_of(cut.split(raw), shape, cut), cut.note(raw)), array_of([raw], shape, cut))
        if item_fits(raw, shape, cut):
            return array_of([raw], shape, cut)
        return json_text(raw, shape, cut) or other_list(raw, shape, cut, commas) or array_of([raw], shape, cut)

    def _several(self, values: Sequence[str], shape: Shape) -> Decoded:
        if not (shape.suggests_array or shape.unconstrained):
            raise SpellingError(f"it was sent {len(values)} times and is a single value")
        documented = self.spec.explode or self.spec.style == "deepObject" or shape.unconstrained
        several = array_of(values, shape, self.cut)
        if documented:
            return several
        if any(len(self.cut.split(value)) > 1 for value in values):
            raise SpellingError(f"it was sent {len(values)} times and with delimiters; it is one or the other")
        return noted(several, self.cut.note(f"{self.spec.name}={values[0]}&{self.spec.name}={values[1]}"))

    def _nested(self, entries: Sequence[tuple[Path, str]], sent: str) -> Decoded:
        decoded = assemble(entries, self.spec.shape, self._leaves)
        return decoded if self.spec.style == "deepObject" else noted(decoded, self.cut.note(f"{sent}=..."))

    def _leaves(self, values: list[str], shape: Shape) -> Decoded:
        return self._item(values[0], shape) if len(values) == 1 else self._several(values, shape)

    def _content(self, values: Sequence[str]) -> Decoded:
        shape, media_type, cut = self.spec.shape, self.spec.media_type, self.cut
        if not (self.per_item and shape.suggests_array):
            if len(values) > 1:
                raise SpellingError(f"it was sent {len(values)} times and is a single value")
            return read_content(cut.decode(values[0]), media_type, shape, lenient=cut.lenient)
        items = [
            read_content(cut.decode(value), media_type, shape.item(index), lenient=cut.lenient)
            for index, value in enumerate(values)
        ]
        if len(items) == 1 and isinstance(items[0].value, list) and not shape.item(0).suggests_array:
            return items[0]  # the whole array in one text
        return Decoded([item.value for item in items])


def field_of(spec: ParameterSpec, decode: Text, *, lenient: bool = False, per_item: bool = False) -> Field:
    """Return the field of a name; `decode` is how its texts are decoded once they are cut."""
    shape, split = spec.shape, SPLITS.get(spec.style, commas)
    cut = Cut(split, decode, assigned=False, documented=lambda: documented(spec), lenient=lenient)
    is_plain = not (spec.media_type or spec.allow_empty or shape.suggests_array or shape.suggests_object)
    return Field(spec, cut, is_plain, per_item)


def spell(spec: ParameterSpec, value: JSON, encode: Text) -> list[tuple[str, str]]:
    """Return the names (as they are) and the encoded texts that spell a value, the way back of `Field.read`.

    Lossy where the style is: an exploded empty array or object is nothing, a delimited one is the empty text; items
    that hold the delimiter of spaceDelimited, pipeDelimited or tabDelimited, which has to be encoded itself; empty
    arrays and objects below others, and names with brackets, in deepObject. Composites that no style spells are JSON.
    """
    if spec.media_type:
        return [(spec.name, encode(write_content(value, spec.media_type, spec.shape)))]
    if not isinstance(value, (list, dict)):
        return [(spec.name, encode(to_text(value)))]
    if spec.style == "deepObject":
        return [(name, encode(text)) for name, text in _flat(spec.name, value)]
    if not spec.explode:
        delimiter = DELIMITERS.get(spec.style)
        pieces = pieces_of(value, encode, assigned=False)
        return [(spec.name, (encode(delimiter) if delimiter else ",").join(pieces))]
    if isinstance(value, list):
        return [(spec.name, encode(to_text(item))) for item in value]
    return [
        (name, encode(to_text(item)))
        for name, member in value.items()
        for item in (member if isinstance(member, list) else [member])
    ]


def documented(spec: ParameterSpec) -> str:
    """Return an example of the documented spelling, not encoded."""
    value: JSON = "value"
    if spec.shape.suggests_array:
        value = ["a", "b"]
    elif spec.shape.suggests_object:
        value = {next(iter(spec.shape.property_names), "name"): "value"}
    return "&".join(f"{name}={text}" for name, text in spell(spec, value, str))


def _object(raw: str, shape: Shape, cut: Cut) -> list[Decoded]:
    """Return the object that one text can only be, though the contract spells it with several names."""
    parsed = json_text(raw, shape, cut)
    if parsed is not None:
        return [parsed]
    for assigned in (False, True):
        pairs = pairs_of(commas(raw), assigned=assigned) or []
        if pairs and all(shape.declares(cut.decode(name)) for name, _ in pairs):
            return [noted(object_of(pairs, shape, cut), cut.note(raw))]
    return []


def _flat(name: str, value: JSON) -> list[tuple[str, str]]:
    """Return the names with brackets and the texts of a nested value."""
    if isinstance(value, dict):
        return [pair for key, member in value.items() for pair in _flat(f"{name}[{key}]", member)]
    if isinstance(value, list):
        return [pair for index, item in enumerate(value) for pair in _flat(f"{name}[{index}]", item)]
    return [(name, to_text(value))]
