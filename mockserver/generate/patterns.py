"""Strings from regular expressions.

A tree becomes a writer, once; the writer aims at a length whenever it writes. Edges, look-arounds and flags are not
obeyed but allowed for: who asks judges what comes. `intersection` finds strings where this does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeAlias

from mockserver.generate import words
from mockserver.generate.charsets import DOT, LAST, Ranges, meet
from mockserver.generate.dice import Chances
from mockserver.generate.regex import Back, Chars, Edge, Either, Group, Look, Regex, Repeat, Sequence
from mockserver.values import Struct

ENDLESS = 1 << 20
_NATURAL = 8  # how much longer than it must be a string is where nothing says how long
_MOST_LISTED = 256
_WORDS = range(3, 41)
_WORD = range(3, 17)

_ALPHANUMERIC: Ranges = ((48, 57), (65, 90), (97, 122))
_LETTERS: Ranges = ((97, 122),)
_DIGITS: Ranges = ((48, 57),)
_HEXADECIMAL: Ranges = ((48, 57), (65, 70), (97, 102))
_LOWER_HEXADECIMAL: Ranges = ((48, 57), (97, 102))
_PRINTABLE: Ranges = ((32, 126),)
_READABLE: tuple[Ranges, ...] = (_ALPHANUMERIC, ((45, 46), (95, 95)), _PRINTABLE, ((0xA1, 0x17F),))

Groups: TypeAlias = dict[int | str, str]
Write: TypeAlias = Callable[[Chances, int, Groups], str]


class Writer(Struct, frozen=True):
    """Writes texts from `low` to `high` characters (`ENDLESS`: no limit), or always the same `text`."""

    low: int
    high: int
    write: Write
    text: str | None = None

    def draw(self, roll: Chances, shortest: int = 0, longest: int | None = None) -> str:
        """Return a text, as long as asked for where it can be so long."""
        least = max(self.low, min(shortest, self.high))
        most = min(self.high, least + _NATURAL if longest is None else max(least, min(longest, least + _NATURAL)))
        usual = min(least + _NATURAL // 2 - 1, most) if roll.chance(80) else least
        return self.write(roll, usual + roll.below(most - usual + 1), {})


def writer(regex: Regex) -> Writer:
    """Return the writer of a tree."""
    match regex:
        case Chars(ranges):
            return _character_writer(ranges)
        case Sequence(parts):
            return _sequence_writer(parts)
        case Either(options):
            return _either_writer([writer(option) for option in options])
        case Repeat():
            return _repeat_writer(regex)
        case Group(part, number, name):
            return _group_writer(writer(part), number, name)
        case Back(group):
            return Writer(0, ENDLESS, lambda _roll, _length, groups: groups.get(group, ""))
        case Edge() | Look():
            return _constant("")


def draw_string(regex: Regex, roll: Chances, shortest: int = 0, longest: int | None = None) -> str:
    """Return one text that a tree spells."""
    return writer(regex).draw(roll, shortest, longest)


def _constant(text: str) -> Writer:
    return Writer(len(text), len(text), lambda _roll, _length, _groups: text, text)


def _character_writer(ranges: Ranges) -> Writer:
    alphabet = _alphabet(ranges)
    if ranges == DOT or len(alphabet) == 1:
        return _constant("." if ranges == DOT else alphabet)
    if alphabet:
        count = len(alphabet)
        return Writer(1, 1, lambda roll, _length, _groups: alphabet[roll.next() % count])
    return Writer(1, 1, lambda roll, _length, _groups: draw_character(ranges, roll))


def _sequence_writer(parts: tuple[Regex, ...]) -> Writer:
    """Write parts one after the other; what is longer than it must be is shared out among those that can be longer."""
    writers = _joined([writer(part) for part in parts])
    if len(writers) == 1:
        return writers[0]
    lows = [part.low for part in writers]
    least = sum(lows)
    most = min(sum(part.high for part in writers), ENDLESS)
    elastic = [index for index, part in enumerate(writers) if part.high > part.low]
    writes = [part.write for part in writers]

    def write(roll: Chances, length: int, groups: Groups) -> str:
        shares = _shares(roll, length - least, lows, elastic, writers) if length > least else lows
        return "".join([part(roll, share, groups) for part, share in zip(writes, shares, strict=True)])

    return Writer(least, most, write)


def _joined(writers: list[Writer]) -> list[Writer]:
    """Make constants that stand side by side one."""
    out: list[Writer] = []
    text = ""
    for part in writers:
        if part.text is not None:
            text += part.text
            continue
        if text:
            out.append(_constant(text))
            text = ""
        out.append(part)
    return [*out, _constant(text)] if text or not out else out


def _shares(roll: Chances, rest: int, lows: list[int], elastic: list[int], writers: list[Writer]) -> list[int]:
    shares = list(lows)
    open_ = list(elastic)
    while rest > 0 and open_:
        index = open_[roll.next() % len(open_)]
        room = writers[index].high - shares[index]
        more = min(rest, room, 1 + roll.next() % rest)
        shares[index] += more
        rest -= more
        if more == room:
            open_.remove(index)
    return shares


def _either_writer(writers: list[Writer]) -> Writer:
    def write(roll: Chances, length: int, groups: Groups) -> str:
        distances = [max(option.low - length, length - option.high, 0) for option in writers]
        nearest = min(distances)
        fitting = [option for option, far in zip(writers, distances, strict=True) if far == nearest]
        return fitting[roll.next() % len(fitting)].write(roll, length, groups)

    return Writer(min(option.low for option in writers), max(option.high for option in writers), write)


def _group_writer(inner: Writer, number: int, name: str) -> Writer:
    def write(roll: Chances, length: int, groups: Groups) -> str:
        text = groups[number] = groups[name] = inner.write(roll, length, groups)
        return text

    return Writer(inner.low, inner.high, write)


def _repeat_writer(regex: Repeat) -> Writer:
    most = ENDLESS if regex.high is None else regex.high
    if isinstance(regex.part, Chars):
        return Writer(regex.low, most, _run_write(regex.part.ranges, regex.low, most))
    inner = writer(regex.part)
    low, high, least = inner.low, inner.high, regex.low

    def write(roll: Chances, length: int, groups: Groups) -> str:
        count = max(least, min(most, -(-length // high))) if high else least
        if low < high and length > 0:
            upper = max(count, min(most, length // max(low, 1)))
            count += roll.below(min(upper - count, _NATURAL) + 1)
        if length <= low * count:
            return "".join([inner.write(roll, low, groups) for _ in range(count)])
        shares = _shares(roll, length - low * count, [low] * count, list(range(count)), [inner] * count)
        return "".join([inner.write(roll, share, groups) for share in shares])

    return Writer(low * least, min(high * most, ENDLESS), write)


def _run_write(ranges: Ranges, least: int, most: int) -> Write:
    """Write a run of one set: words where it takes letters and something that stands between them."""
    alphabet = _alphabet(ranges)
    between = next((mark for mark in "-_ " if _holds(ranges, ord(mark))), "")
    wordy = meet(ranges, _LETTERS) == _LETTERS and bool(between or not meet(ranges, _DIGITS))
    usual = _WORDS if between else _WORD
    size = len(alphabet)

    def write(roll: Chances, length: int, _groups: Groups) -> str:
        count = max(least, min(most, length))
        if wordy and count in usual:
            return _words(roll, between, count)
        if not alphabet:
            return "".join([draw_character(ranges, roll) for _ in range(count)])
        return "".join([alphabet[roll.next() % size] for _ in range(count)])

    return write


def _words(roll: Chances, between: str, count: int) -> str:
    text = roll.choice(words.THINGS)
    while len(text) < count:
        text += between + roll.choice(words.THINGS)
    text = text[:count]
    return text[:-1] + chr(97 + roll.below(26)) if between and text.endswith(between) else text


def _holds(ranges: Ranges, point: int) -> bool:
    return any(low <= point <= high for low, high in ranges)


def _alphabet(ranges: Ranges) -> str:
    """Return the characters that are drawn of a set, or nothing when they are too many to list."""
    readable = _readable(ranges)
    if sum(high - low + 1 for low, high in readable) > _MOST_LISTED:
        return ""
    return "".join(chr(point) for low, high in readable for point in range(low, high + 1))


def draw_character(ranges: Ranges, roll: Chances) -> str:
    """Return one character of a set: a letter or a digit where it can be, else a readable one."""
    readable = _readable(ranges)
    index = roll.below(sum(high - low + 1 for low, high in readable) or 1)
    for low, high in readable:
        if index <= high - low:
            return chr(low + index)
        index -= high - low + 1
    return ""


@lru_cache(maxsize=512)
def _readable(ranges: Ranges) -> Ranges:
    for preferred in _READABLE:
        common = meet(ranges, preferred)
        if common:
            return _LOWER_HEXADECIMAL if common == _HEXADECIMAL else common
    return meet(ranges, ((0, 0xD7FF), (0xE000, LAST)))  # a lone surrogate is no text


def looks_ahead(regex: Regex) -> Iterator[Regex]:
    """Yield what must stand somewhere ahead."""
    match regex:
        case Look(part, ahead=True, negative=False):
            yield part
        case Sequence(parts):
            for part in parts:
                yield from looks_ahead(part)
        case Either(options):
            for option in options:
                yield from looks_ahead(option)
        case Repeat(part) | Group(part):
            yield from looks_ahead(part)
        case _:
            return


def drop_open_ends(regex: Regex) -> Regex:
    """Return the tree without its `.*` at both ends, so that only what is asked for is left of a look-ahead."""
    if isinstance(regex, Sequence):
        parts = list(regex.parts)
        while parts and isinstance(parts[0], Repeat) and parts[0].low == 0:
            parts.pop(0)
        while parts and isinstance(parts[-1], Repeat) and parts[-1].low == 0:
            parts.pop()
        return Sequence(tuple(parts))
    return regex
