"""Sets of characters, as ranges of code points.

What regular expressions call by name, and the arithmetic on them. Of a Unicode property only a part is here, to draw
from: whether a text fits is judged by the engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

LAST = 0x10FFFF
Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Code points from one to another, both included; in order, apart from one another."""


def ranges_of(pairs: Iterable[tuple[int, int]]) -> Ranges:
    """Return ranges in order, those that touch made one."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(pairs):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def complement(ranges: Ranges) -> Ranges:
    """Return all other characters.

    >>> complement(((0, 96), (123, LAST)))
    ((97, 122),)
    """
    out: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if low > start:
            out.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        out.append((start, LAST))
    return tuple(out)


def meet(one: Ranges, other: Ranges) -> Ranges:
    """Return the characters of both."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return ranges_of((low, high) for low, high in pairs if low <= high)


def _span(*texts: str) -> Ranges:
    return ranges_of((ord(text[0]), ord(text[-1])) for text in texts)


DIGITS = _span("09")
WORD = _span("09", "AZ", "__", "az")
SPACE = _span("\t\r", "  ", "\u00a0", "\u1680", "\u2000\u200a", "\u2028\u2029", "\u202f", "\u205f", "\u3000", "\ufeff")
NEWLINES = _span("\n", "\r", "\u2028\u2029")
DOT = complement(NEWLINES)
ANY: Ranges = ((0, LAST),)

ESCAPED_SETS = {
    "d": DIGITS,
    "D": complement(DIGITS),
    "w": WORD,
    "W": complement(WORD),
    "s": SPACE,
    "S": complement(SPACE),
}
CONTROLS = {"n": 10, "r": 13, "t": 9, "v": 11, "f": 12, "0": 0, "a": 7, "e": 27}
_UPPER, _LOWER = _span("AZ", "ÀÖ", "ØÞ"), _span("az", "ßö", "øÿ")
_PUNCTUATION = _span("!#", "%*", ",/", ":;", "?@", "[]", "__", "{{", "}}", "¡¡", "¿¿")
_PROPERTIES: dict[str, Ranges] = {
    "L": ranges_of(_UPPER + _LOWER), "Lu": _UPPER, "Ll": _LOWER, "M": _span("\u0300\u036f"), "N": DIGITS, "Nd": DIGITS,
    "P": _PUNCTUATION, "Pd": _span("--"), "S": _span("$$", "++", "<>", "^^", "``", "||", "~~"), "Sc": _span("$$", "€€"),
    "Z": _span("  "), "Zs": _span("  "), "C": _span("\0\x1f"), "Cc": _span("\0\x1f"), "ASCII": _span("\0\x7f"),
    "Any": ANY, "Alphabetic": ranges_of(_UPPER + _LOWER), "Latin": ranges_of(_UPPER + _LOWER), "Greek": _span("αω"),
    "Cyrillic": _span("ая"), "Han": _span("一丿"), "Hiragana": _span("ぁん"), "Katakana": _span("ァン"),
    "Emoji": _span("😀😏"), "White_Space": SPACE,
}  # fmt: skip
"""The part of each Unicode property that is drawn from; whether it fits is judged by the engine."""
_LONG_NAMES = {
    "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Uppercase": "Lu", "Lowercase": "Ll",
    "Mark": "M",
    "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Punctuation": "P", "Dash_Punctuation": "Pd", "Symbol": "S",
    "Currency_Symbol": "Sc", "Separator": "Z", "Space_Separator": "Zs", "Other": "C", "Control": "Cc", "alpha": "L",
    "upper": "Lu", "lower": "Ll", "space": "White_Space", "Alpha": "Alphabetic",
}  # fmt: skip
POSIX = {
    "alpha": _span("AZ", "az"), "digit": DIGITS, "alnum": _span("09", "AZ", "az"), "upper": _span("AZ"),
    "lower": _span("az"), "space": SPACE, "punct": _PUNCTUATION, "xdigit": _span("09", "AF", "af"), "word": WORD,
}  # fmt: skip


def named(name: str) -> Ranges:
    """Return the characters of a Unicode property, or letters where it is not known here."""
    negated = name.startswith("^")
    _, _, value = name.lstrip("^").rpartition("=")
    value = value.removeprefix("Is")
    value = _LONG_NAMES.get(value, value)
    ranges = _PROPERTIES.get(value) or _PROPERTIES.get(value[:1], _PROPERTIES["L"])
    return complement(ranges) if negated else ranges
