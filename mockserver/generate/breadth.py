"""Texts and numbers in all their breadth, read off a tape.

Where `strings` and `numbers` draw what would be believed, this draws what is allowed: letters of all alphabets, other
spellings of a format, numbers near nought, at their bounds and far out. What nothing here can spell is left to those.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Final, TypeAlias

from mockserver.generate.dice import HIGH, MASK, Draw
from mockserver.generate.facts import Facts
from mockserver.generate.formats import FORMATS
from mockserver.generate.merge import Book
from mockserver.generate.numbers import REGISTERED, common_step, number_draw
from mockserver.generate.patterns import writer
from mockserver.generate.place import Place
from mockserver.generate.strings import fitting, string_draw, trees_of
from mockserver.generate.tape import Tape
from mockserver.schema.kinds import Kind
from mockserver.values import JSON

Pick: TypeAlias = Callable[[Tape], JSON]
"""From a tape to a value."""

_PLAIN: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_ALPHABETS: Final = (
    *(_PLAIN,) * 7,
    *("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.",) * 2,
    *("".join(map(chr, range(32, 127))),) * 2,
    "ßàáâäåæçèéêëìíîïñòóôöøùúûüýþÿÀÄÉÖØÜ¡£§°µ½",
    *("αβγδΩЖщъяאבعربदيहि日本語中文한국어ｱ\u0301ﬁ", "😀👍🏽🇨🇭𝄞🜁\U00020bb7é日a"),
    " \t\n\r\u00a0\u2028\u200b\u0001\u007f\u0085\"'\\/<>&%;:,|=+",
)
_USUAL: Final = len(_ALPHABETS)
_OFTEN, _SELDOM = 25, 3
_RUN, _LONG = 12, 200
_SPREAD: Final = 0xD1342543DE82EF95  # of a congruential generator without an increment: of nought comes nought
_NEAR: Final = 100
_FAR: Final = 2**53
_LARGEST: Final = 2**63 - 1
_SPECIAL: Final = (0, 1, -1, 255, 2**31 - 1, 2**31, -(2**31) - 1, _FAR + 1, _LARGEST)
_SPECIAL_FRACTIONS: Final = (0.1 + 0.2, 1e-7, -0.5, 1e21, 123456789.123456789)


def text_pick(book: Book, facts: Facts, place: Place) -> Pick | None:
    """Return a pick of texts that fit; None when none was found."""
    usual = string_draw(book, facts, place)
    if usual is None:
        return None
    if facts.holds_json or facts.encodings or facts.contents:
        return seeded(usual)
    trees = trees_of(facts)
    if not trees and any(name in FORMATS for name in facts.formats):
        return seeded(usual)
    fits = fitting(book, facts)
    if not trees:
        return _free(facts, usual, fits)
    writers = [writer(tree) for tree in trees]
    shortest, longest = facts.shortest, facts.longest

    def spelled(tape: Tape) -> JSON:
        if not tape.chance(_OFTEN):
            text = writers[tape.below(len(writers))].draw(tape, shortest, longest)
            if fits(text):
                return text
        return usual(tape.next())

    return spelled


def seeded(draw: Draw) -> Pick:
    """Return a pick of what is drawn by a seed."""
    return lambda tape: draw(tape.next())


def _free(facts: Facts, usual: Draw, fits: Callable[[str], bool]) -> Pick:
    """Return a pick of texts of any letters."""
    shortest, longest = facts.shortest, facts.longest

    def free(tape: Tape) -> JSON:
        text = _lettered(tape, shortest, longest)
        return text if text is not None and fits(text) else usual(tape.next())

    return free


def _lettered(tape: Tape, shortest: int, longest: int | None) -> str | None:
    """Return a text of letters of one alphabet; None where a believable one is meant."""
    which = tape.below(_USUAL + 1)
    if which == _USUAL:
        return None
    alphabet = _ALPHABETS[which]
    size = len(alphabet)
    length = shortest + tape.below(_LONG if tape.chance(_SELDOM) else _RUN)
    number = tape.next()  # one for all letters: what comes after a text does not depend on how long it is
    out = ""
    for _ in range(length if longest is None else min(length, longest)):
        number = number * _SPREAD & MASK
        out += alphabet[(number >> HIGH) % size]
    return out


def any_text(tape: Tape) -> str:
    """Return a text of which nothing is asked."""
    return _lettered(tape, 0, None) or "x"


def number_pick(book: Book, facts: Facts, kind: Kind, place: Place) -> Pick | None:
    """Return a pick of numbers that fit; None when none was found."""
    usual = number_draw(book, facts, kind, place)
    if usual is None:
        return None
    if any(name in REGISTERED for name in facts.formats):
        return seeded(usual)
    if facts.multiples:
        step = common_step(facts.multiples)
        steps = _whole(_bound(facts.low, step, math.ceil), _bound(facts.high, step, math.floor))
        return lambda tape: _plain(steps(tape) * step)
    whole = _whole(_bound(facts.low, Fraction(1), math.ceil), _bound(facts.high, Fraction(1), math.floor))
    if kind == "integer":
        return whole
    return _fractions(facts, usual, whole if "integer" in facts.kinds else None)


def _bound(bound: float | None, step: Fraction, rounded: Callable[[Fraction], int]) -> int | None:
    return None if bound is None else rounded(Fraction(bound) / step)


def _plain(value: Fraction) -> float:
    return value.numerator if value.denominator == 1 else float(value)


def _whole(low: int | None, high: int | None) -> Callable[[Tape], int]:
    """Return a pick of whole numbers between bounds, those near nought most often."""
    least = -_LARGEST if low is None else low
    most = _LARGEST if high is None else high
    near = min(max(0, least), most)
    up, down = min(_NEAR, most - near), min(_NEAR, near - least)
    specials = tuple(value for value in _SPECIAL if least <= value <= most) or (near,)
    from_, to = max(least, -_FAR), min(most, _FAR)
    span = max(1, to - from_ + 1)

    def pick(tape: Tape) -> int:
        match tape.below(8):
            case 0 | 1 | 2:
                return near + tape.below(up + 1)
            case 3:
                return near - tape.below(down + 1)
            case 4:
                return low if low is not None else tape.choice(specials)
            case 5:
                return high if high is not None else tape.choice(specials)
            case 6:
                return tape.choice(specials)
            case _:
                return from_ + tape.below(span) if from_ <= to else near

    return pick


def _fractions(facts: Facts, usual: Draw, whole: Callable[[Tape], int] | None) -> Pick:
    low, high = facts.low, facts.high

    def within(value: float) -> bool:
        above = low is None or value > low or (value == low and not facts.low_open)
        return above and (high is None or value < high or (value == high and not facts.high_open))

    start = low if low is not None else high - 1000 if high is not None else -1000
    width = (high if high is not None else start + 2000) - start

    def pick(tape: Tape) -> JSON:
        which = tape.below(8)
        if which < 3 and whole is not None:
            return whole(tape)
        if which == 7:
            value = tape.choice(_SPECIAL_FRACTIONS)
        elif which == 6:
            value = start + width * (tape.below(1 << 48) / (1 << 48))
        else:
            value = (math.ceil(start) if low is not None else 0) + tape.below(1 << 16) / 100
        return value if within(value) and not value.is_integer() else usual(tape.next())

    return pick
