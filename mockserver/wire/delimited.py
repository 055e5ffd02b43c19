"""One raw text to an array or an object, cut at a delimiter.

What `simple`, `label`, `form` and the delimited styles have in common: the text is cut first and decoded afterwards,
piece by piece, so that an encoded delimiter is a part of an item. Does not know names, prefixes or locations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from mockserver.values import JSON, Struct
from mockserver.wire.coerce import fits, read, to_text
from mockserver.wire.reading import Decoded, SpellingError, also, keyed, listed, noted
from mockserver.wire.shape import Shape, kind_of

Text = Callable[[str], str]

_ENCODED_COMMA: Final = re.compile("%2[Cc]")
_SPACE: Final = re.compile(r"%20|\+| ")
_TAB: Final = re.compile(r"%09|\t")
_ENCODED_PIPE: Final = re.compile("%7[Cc]")

DELIMITERS: Final[Mapping[str, str]] = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}
"""What parts items in the styles that are called after it; OAS 2.0 has them in every location."""


def _pipes(raw: str) -> list[str]:
    # where both stand, the encoded one is part of an item
    return raw.split("|") if "|" in raw else _ENCODED_PIPE.split(raw)


SPLITS: Final[Mapping[str, Callable[[str], list[str]]]] = {
    "spaceDelimited": _SPACE.split,
    "pipeDelimited": _pipes,
    "tabDelimited": _TAB.split,
}
"""How percent-encoded text is cut in these styles: at the delimiter, and at the encoded one, which all clients send."""


class Cut(Struct, frozen=True):
    """How one text is cut: `split` finds the raw pieces, `decode` their text.

    `assigned`: an object is spelled `k=v,k=v` and not `k,v,k,v`. `documented` is the spelling that the contract asks
    for, told in notes.
    """

    split: Callable[[str], list[str]]
    decode: Text
    assigned: bool
    documented: Callable[[], str]
    lenient: bool = False

    def note(self, sent: str) -> str:
        """Return the sentence about a spelling that is not the documented one."""
        return f"it was sent as {sent}; the contract spells it {self.documented()}"


def commas(raw: str) -> list[str]:
    """Cut at commas."""
    return raw.split(",")


def encoded_commas(raw: str) -> list[str]:
    """Cut at encoded commas, which a client sends that encodes the whole text, where there is no plain one."""
    return [raw] if "," in raw else _ENCODED_COMMA.split(raw)


def cut_text(raw: str, shape: Shape, cut: Cut) -> Decoded:
    """Return what the text spells: composite readings before the scalar one, unless nothing is there to be cut."""
    scalar = read(cut.decode(raw), shape, lenient=cut.lenient) if shape.suggests_scalar else None
    if not (shape.suggests_array or shape.suggests_object):
        return scalar or read(cut.decode(raw), shape, lenient=cut.lenient)
    pieces = cut.split(raw)
    composites: list[Decoded] = []
    if shape.suggests_object:
        composites += _objects(raw, pieces, shape, cut, required=not shape.suggests_array and scalar is None)
    if shape.suggests_array:
        composites += _arrays(raw, pieces, shape, cut)
    if scalar is None:
        return also(composites[0], *composites[1:])
    if not composites or (len(pieces) < 2 and kind_of(scalar.value) in shape.kinds):
        return also(scalar, *composites)
    return also(composites[0], *composites[1:], scalar)


def array_of(pieces: Sequence[str], shape: Shape, cut: Cut) -> Decoded:
    """Return the array of raw pieces."""
    return listed([read(cut.decode(p), shape.item(n), lenient=cut.lenient) for n, p in enumerate(pieces)])


def object_of(pairs: Sequence[tuple[str, str]], shape: Shape, cut: Cut) -> Decoded:
    """Return the object of raw names and values; a name may come once."""
    members: dict[str, Decoded] = {}
    for raw_name, raw_value in pairs:
        name = cut.decode(raw_name)
        if name in members:
            raise SpellingError(f"{name} comes twice in one object")
        members[name] = read(cut.decode(raw_value), shape.property(name), lenient=cut.lenient)
    return keyed(members)


def other_list(raw: str, shape: Shape, cut: Cut, split: Callable[[str], list[str]]) -> Decoded | None:
    """Return the array when the text can only be one that was cut elsewhere than documented."""
    pieces = split(raw)
    if len(pieces) < 2 or not all(fits(cut.decode(p), shape.item(n)) for n, p in enumerate(pieces)):
        return None
    return noted(array_of(pieces, shape, cut), cut.note(raw))


def item_fits(raw: str, shape: Shape, cut: Cut) -> bool:
    """Tell whether the text may be the one item of an array."""
    return fits(cut.decode(raw), shape.item(0))


def json_text(raw: str, shape: Shape, cut: Cut) -> Decoded | None:
    """Return the array or object that the text spells in JSON, which no style does and some clients do.

    An array only in lenient mode: each text is a list of one item already (OAS 3.0.3 §4.7.12.4).
    """
    text = cut.decode(raw)
    decoded = read(text, shape, lenient=cut.lenient) if text[:1] in (("{", "[") if cut.lenient else ("{",)) else None
    if decoded is None or not isinstance(decoded.value, (dict, list)):
        return None
    return Decoded(decoded.value, notes=(cut.note("JSON text"),))


def pairs_of(pieces: Sequence[str], *, assigned: bool) -> list[tuple[str, str]] | None:
    """Return raw names and values: of `k=v` pieces, or of pieces that take turns; None when they do neither."""
    if assigned:
        cut = [piece.partition("=") for piece in pieces]
        return [(name, value) for name, _, value in cut] if all(equals for _, equals, _ in cut) else None
    return list(zip(pieces[::2], pieces[1::2], strict=True)) if len(pieces) % 2 == 0 else None


def pieces_of(value: JSON, encode: Text, *, assigned: bool) -> list[str]:
    """Return the encoded pieces of an array or an object, the way back of `pairs_of`."""
    if not isinstance(value, dict):
        return [encode(to_text(item)) for item in value]
    pairs = [(encode(name), encode(to_text(member))) for name, member in value.items()]
    return [f"{k}={v}" for k, v in pairs] if assigned else [piece for pair in pairs for piece in pair]


def _arrays(raw: str, pieces: list[str], shape: Shape, cut: Cut) -> list[Decoded]:
    documented = array_of(pieces, shape, cut)
    if not raw:  # RFC 6570 spells [""] like this, many clients also []
        return [documented, Decoded([])] if item_fits(raw, shape, cut) else [Decoded([]), documented]
    if all(fits(cut.decode(piece), shape.item(index)) for index, piece in enumerate(pieces)):
        return [documented]
    other = json_text(raw, shape, cut) or other_list(raw, shape, cut, commas)
    other = other or other_list(raw, shape, cut, encoded_commas)
    return [other] if other is not None else [documented]


def _objects(raw: str, pieces: list[str], shape: Shape, cut: Cut, *, required: bool) -> list[Decoded]:
    """Return the object that the pieces spell, if they do; `required` says so when they do not."""
    if not raw:
        return [Decoded({})]
    spelled = json_text(raw, shape, cut)
    if spelled is not None:
        return [spelled]
    pairs = pairs_of(pieces, assigned=cut.assigned)
    other = pairs_of(pieces, assigned=not cut.assigned)
    if other is not None and (pairs is None or not _declared(pairs, shape, cut)) and _declared(other, shape, cut):
        return [noted(object_of(other, shape, cut), cut.note(raw))]
    if pairs is not None:
        return [object_of(pairs, shape, cut)]
    encoded = pairs_of(encoded_commas(raw), assigned=cut.assigned)
    if encoded is not None:
        return [noted(object_of(encoded, shape, cut), cut.note(raw))]
    if required:
        raise SpellingError(f"{raw:.60} is no object; the contract spells it {cut.documented()}")
    return []


def _declared(pairs: Sequence[tuple[str, str]], shape: Shape, cut: Cut) -> bool:
    return all(shape.declares(cut.decode(name)) for name, _ in pairs)
