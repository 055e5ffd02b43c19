"""What came of decoding: a value, nothing, or a spelling that cannot be read.

Also the two errors of this floor. `SpellingError` is raised inside and becomes an `Undecodable` at the surface:
whatever came over the wire, no decoder raises. `UnspellableError` does leave the floor: nobody could write that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from mockserver.values import JSON, Struct


class Decoded(Struct, frozen=True):
    """A value; `alternatives` are further readings of the same text, for whoever can tell which one is meant.

    `notes` are sentences: a spelling that is not the documented one and yet beyond doubt, the name of a file.
    """

    value: JSON
    alternatives: tuple[JSON, ...] = ()
    notes: tuple[str, ...] = ()


class Absent(Struct, frozen=True):
    """Nothing was sent."""


class Undecodable(Struct, frozen=True):
    """Something was sent that has no reading, or more than one. The message names the place."""

    message: str


Reading: TypeAlias = Decoded | Absent | Undecodable

ABSENT: Final = Absent()


class SpellingError(ValueError):
    """The text has no reading, or more than one."""


class UnspellableError(ValueError):
    """The value cannot be written in this place, such as a line break in a header."""


def listed(items: Sequence[Decoded]) -> Decoded:
    """Return the array of the items: with the first reading of each, and with the last reading of each.

    >>> listed([Decoded(1, ("1",)), Decoded("a")])
    Decoded(value=[1, 'a'], alternatives=(['1', 'a'],), notes=())
    """
    values = [item.value for item in items]
    if not any(item.alternatives for item in items):
        return Decoded(values, (), _notes(items))
    others = [item.alternatives[-1] if item.alternatives else item.value for item in items]
    return Decoded(values, (others,), _notes(items))


def keyed(members: Mapping[str, Decoded]) -> Decoded:
    """Return the object of the members: with the first reading of each, and with the last reading of each."""
    values = {name: member.value for name, member in members.items()}
    if not any(member.alternatives for member in members.values()):
        return Decoded(values, (), _notes(members.values()))
    others = {name: m.alternatives[-1] if m.alternatives else m.value for name, m in members.items()}
    return Decoded(values, (others,), _notes(members.values()))


def noted(decoded: Decoded, *notes: str) -> Decoded:
    """Return the reading with further notes."""
    return Decoded(decoded.value, decoded.alternatives, tuple(dict.fromkeys((*decoded.notes, *notes))))


def also(decoded: Decoded, *others: Decoded) -> Decoded:
    """Return the reading with the values of other readings as alternatives, each value once."""
    alternatives = list(decoded.alternatives)
    for other in others:
        for value in (other.value, *other.alternatives):
            if not any(_same(value, known) for known in (decoded.value, *alternatives)):
                alternatives.append(value)
    return Decoded(decoded.value, tuple(alternatives), decoded.notes)


def _same(one: JSON, other: JSON) -> bool:
    return type(one) is type(other) and bool(one == other)


def _notes(items: Iterable[Decoded]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for item in items for note in item.notes))
