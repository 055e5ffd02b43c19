"""Strings from regular expressions.

A string is built along the tree of a pattern and aims at a length. Edges, look-arounds and flags are not obeyed but
allowed for: who asks judges what comes. `intersection` finds strings where this does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mockserver.generate import words
from mockserver.generate.dice import Roll
from mockserver.generate.regex import (
    DOT,
    LAST,
    Back,
    Chars,
    Edge,
    Either,
    Group,
    Look,
    Ranges,
    Regex,
    Repeat,
    Sequence,
    meet,
)

ENDLESS = 1 << 20
_NATURAL = 8  # how much longer than it must be a string is where nothing says how long
_ALPHANUMERIC: Ranges = ((48, 57), (65, 90), (97, 122))
_LETTERS: Ranges = ((97, 122),)
_DIGITS: Ranges = ((48, 57),)
_HEXADECIMAL: Ranges = ((48, 57), (65, 70), (97, 102))
_LOWER_HEXADECIMAL: Ranges = ((48, 57), (97, 102))
_PRINTABLE: Ranges = ((32, 126),)
_READABLE: tuple[Ranges, ...] = (_ALPHANUMERIC, ((45, 46), (95, 95)), _PRINTABLE, ((0xA1, 0x17F),))


def span_of(regex: Regex) -> tuple[int, int]:
    """Return the least and the greatest length of what a tree spells (`ENDLESS` and above: no greatest)."""
    match regex:
        case Chars():
            return 1, 1
        case Sequence(parts):
            spans = [span_of(part) for part in parts]
            return sum(low for low, _ in spans), min(sum(high for _, high in spans), ENDLESS)
        case Either(options):
            spans = [span_of(option) for option in options]
            return min(low for low, _ in spans), max(high for _, high in spans)
        case Repeat(part, least, most):
            low, high = span_of(part)
            return low * least, min(high * (ENDLESS if most is None else most), ENDLESS)
        case Group(part):
            return span_of(part)
        case Back():
            return 0, ENDLESS
        case Edge() | Look():
            return 0, 0


def draw_string(regex: Regex, roll: Roll, shortest: int = 0, longest: int | None = None) -> str:
    """Return a string that the tree spells, as long as asked for where the tree can be so long."""
    low, high = span_of(regex)
    least = max(low, min(shortest, high))
    most = min(high, least + _NATURAL if longest is None else max(least, min(longest, least + _NATURAL)))
    usual = min(least + _NATURAL // 2 - 1, most) if roll.chance(80) else least
    return _Writer(roll).write(regex, usual + roll.below(most - usual + 1))


class _Writer:
    """Writes along a tree; remembers what groups spelled."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll
        self._groups: dict[int | str, str] = {}

    def write(self, regex: Regex, length: int) -> str:
        match regex:
            case Chars(ranges):
                return "." if ranges == DOT else draw_character(ranges, self._roll)
            case Sequence(parts):
                return "".join(
                    self.write(part, share) for part, share in zip(parts, self._shares(parts, length), strict=True)
                )
            case Either(options):
                return self.write(self._option(options, length), length)
            case Repeat():
                return self._repeat(regex, length)
            case Group(part, number, name):
                text = self._groups[number] = self._groups[name] = self.write(part, length)
                return text
            case Back(group):
                return self._groups.get(group, "")
            case Edge() | Look():
                return ""

    def _shares(self, parts: tuple[Regex, ...], length: int) -> list[int]:
        spans = [span_of(part) for part in parts]
        shares = [low for low, _ in spans]
        rest = length - sum(shares)
        elastic = [index for index, (low, high) in enumerate(spans) if high > low]
        while rest > 0 and elastic:
            index = self._roll.choice(elastic)
            more = min(rest, spans[index][1] - shares[index], 1 + self._roll.below(max(rest, 1)))
            shares[index] += more
            rest -= more
            if shares[index] >= spans[index][1]:
                elastic.remove(index)
        return shares

    def _option(self, options: tuple[Regex, ...], length: int) -> Regex:
        distances = [max(low - length, length - high, 0) for low, high in map(span_of, options)]
        nearest = min(distances)
        return self._roll.choice([option for option, far in zip(options, distances, strict=True) if far == nearest])

    def _repeat(self, regex: Repeat, length: int) -> str:
        low, high = span_of(regex.part)
        most = ENDLESS if regex.high is None else regex.high
        count = max(regex.low, min(most, length // high)) if high else regex.low
        if low < high:
            upper = max(count, min(most, length // max(low, 1)))
            count += self._roll.below(min(upper - count, _NATURAL) + 1)
        if count > 0 and low == 0 and high and length == 0:
            return "".join(self.write(regex.part, 0) for _ in range(min(count, regex.low)))
        if isinstance(regex.part, Chars):
            return self._characters(regex.part.ranges, count)
        return "".join(self.write(regex.part, share) for share in self._shares((regex.part,) * count, length))

    def _characters(self, ranges: Ranges, count: int) -> str:
        """Write words where the set takes letters and something that stands between them."""
        between = next((mark for mark in "-_ " if _holds(ranges, ord(mark))), "")
        wordy = between or not meet(ranges, _DIGITS)
        if 3 <= count <= 40 and wordy and meet(ranges, _LETTERS) == _LETTERS:
            return self._words(between, count)
        return "".join(draw_character(ranges, self._roll) for _ in range(count))

    def _words(self, between: str, count: int) -> str:
        text = self._roll.choice(words.THINGS)
        while len(text) < count:
            text += between + self._roll.choice(words.THINGS)
        text = text[:count]
        return text[:-1] + draw_character(_LETTERS, self._roll) if between and text.endswith(between) else text


def _holds(ranges: Ranges, point: int) -> bool:
    return any(low <= point <= high for low, high in ranges)


def draw_character(ranges: Ranges, roll: Roll) -> str:
    """Return one character of a set: a letter or a digit where it can be, else a readable one."""
    return _pick(_readable(ranges), roll)


@lru_cache(maxsize=512)
def _readable(ranges: Ranges) -> Ranges:
    for preferred in _READABLE:
        common = meet(ranges, preferred)
        if common:
            return _LOWER_HEXADECIMAL if common == _HEXADECIMAL else common
    return meet(ranges, ((0, 0xD7FF), (0xE000, LAST)))  # a lone surrogate is no text


def _pick(ranges: Ranges, roll: Roll) -> str:
    index = roll.below(sum(high - low + 1 for low, high in ranges) or 1)
    for low, high in ranges:
        if index <= high - low:
            return chr(low + index)
        index -= high - low + 1
    return ""


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
