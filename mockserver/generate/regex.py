r"""Regular expressions as trees (ECMA-262 §22.2.1, Annex B included).

Reads what documents write, also what only other engines understand (`\A`, `\Z`, `(?P<name>`, possessive quantifiers,
inline flags), because a string drawn from the tree is judged by the engine afterwards. Neither matches nor draws.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from mockserver.generate import charsets
from mockserver.generate.charsets import CONTROLS, DOT, ESCAPED_SETS, LAST, POSIX, Ranges, complement, ranges_of
from mockserver.values import Struct


class Chars(Struct, frozen=True):
    """One character of a set."""

    ranges: Ranges


class Sequence(Struct, frozen=True):
    """One after the other."""

    parts: tuple[Regex, ...]


class Either(Struct, frozen=True):
    """One of them."""

    options: tuple[Regex, ...]


class Repeat(Struct, frozen=True):
    """So many times; `high` is None where nothing limits it."""

    part: Regex
    low: int
    high: int | None


class Group(Struct, frozen=True):
    """What a back reference can repeat."""

    part: Regex
    number: int
    name: str


class Back(Struct, frozen=True):
    """What a group matched, again."""

    group: int | str


class Edge(Struct, frozen=True):
    """A place and not a character."""

    kind: Literal["^", "$", "b", "B"]


class Look(Struct, frozen=True):
    """What must, or must not, stand ahead or behind."""

    part: Regex
    ahead: bool
    negative: bool


Regex: TypeAlias = Chars | Sequence | Either | Repeat | Group | Back | Edge | Look


class Unreadable(ValueError):
    """The text is no regular expression that this reader knows."""


def parse(pattern: str) -> Regex:
    """Return the tree of a pattern; raise Unreadable."""
    reader = _Reader(pattern)
    try:
        tree = reader.either()
    except (IndexError, RecursionError) as unfinished:
        raise Unreadable(pattern) from unfinished
    if reader.at < len(pattern):
        raise Unreadable(pattern)
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.groups = 0

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def _until(self, end: str) -> str:
        stop = self.text.find(end, self.at)
        if stop < 0:
            raise Unreadable(self.text)
        inner = self.text[self.at : stop]
        self.at = stop + len(end)
        return inner

    def either(self) -> Regex:
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _sequence(self) -> Regex:
        parts: list[Regex] = []
        while self.at < len(self.text) and self._peek() not in "|)":
            parts.append(self._quantified(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self, part: Regex) -> Regex:
        low, high = 1, None
        if self._take("*"):
            low = 0
        elif self._take("+"):
            pass
        elif self._take("?"):
            low, high = 0, 1
        else:
            counts = self._counts()
            if counts is None:
                return part
            low, high = counts
        if not self._take("?"):
            self._take("+")
        return self._quantified(Repeat(part, low, high))

    def _counts(self) -> tuple[int, int | None] | None:
        if self._peek() != "{":
            return None
        stop = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : stop].partition(",")
        if stop < 0 or not (low + high).isdecimal() or not (low or comma):
            return None  # Annex B: a brace that opens no count is itself
        self.at = stop + 1
        least = int(low or 0)
        return (least, int(high) if high else None) if comma else (least, least)

    def _atom(self) -> Regex:
        character = self.text[self.at]
        self.at += 1
        match character:
            case "(":
                return self._group()
            case "[":
                return Chars(self._class())
            case "\\":
                return self._escape()
            case ".":
                return Chars(DOT)
            case "^":
                return Edge("^")
            case "$":
                return Edge("$")
            case "*" | "+" | "?":
                raise Unreadable(self.text)
            case _:
                return Chars(((ord(character), ord(character)),))

    def _group(self) -> Regex:
        if not self._take("?"):
            return self._captured("")
        for mark, ahead, negative in (("=", True, False), ("!", True, True), ("<=", False, False), ("<!", False, True)):
            if self._take(mark):
                return Look(self._closed(), ahead, negative)
        if self._take("P<") or self._take("<"):
            return self._captured(self._until(">"))
        if self._take("P="):
            return Back(self._until(")"))
        if self._take("#"):
            self._until(")")
            return Sequence(())
        if self._take(">"):
            return self._closed()
        while self._peek() and self._peek() in "imsuxnUJ-":
            self.at += 1
        if self._take(")"):
            return Sequence(())  # a flag for the rest: what is drawn without it is judged with it
        if self._take(":"):
            return self._closed()
        raise Unreadable(self.text)

    def _captured(self, name: str) -> Regex:
        self.groups += 1
        number = self.groups
        return Group(self._closed(), number, name)

    def _closed(self) -> Regex:
        part = self.either()
        if not self._take(")"):
            raise Unreadable(self.text)
        return part

    def _escape(self) -> Regex:
        character = self.text[self.at]
        if character in "bB":
            self.at += 1
            return Edge("b" if character == "b" else "B")
        if character in "AZzG":
            self.at += 1
            return Edge("^" if character in "AG" else "$")
        if character in "123456789":
            start = self.at
            while self._peek().isdecimal():
                self.at += 1
            return Back(int(self.text[start : self.at]))
        if character == "k" and self.text.startswith("k<", self.at):
            self.at += 2
            return Back(self._until(">"))
        return Chars(self._escaped_set())

    def _escaped_set(self) -> Ranges:
        """Read what follows a backslash, in a class or outside."""
        character = self.text[self.at]
        self.at += 1
        if character in ESCAPED_SETS:
            return ESCAPED_SETS[character]
        if character in "pP" and self._peek():
            name = self._until("}") if self._take("{") else self._one()
            found = charsets.named(name)
            return complement(found) if character == "P" else found
        point = self._code_point(character)
        return ((point, point),)

    def _one(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def _code_point(self, character: str) -> int:
        if character in CONTROLS:
            return CONTROLS[character]
        if character == "c" and self._peek().isalpha():
            return ord(self._one()) % 32
        if character == "u" and self._take("{"):
            return self._hexadecimal(self._until("}"))
        for letter, length in (("x", 2), ("u", 4), ("U", 8)):
            if character == letter and len(self.text) >= self.at + length:
                digits = self.text[self.at : self.at + length]
                if all(digit in "0123456789abcdefABCDEF" for digit in digits):
                    self.at += length
                    return self._with_low_surrogate(int(digits, 16))
        return ord(character)

    def _with_low_surrogate(self, point: int) -> int:
        low = self.text[self.at : self.at + 6]
        if 0xD800 <= point < 0xDC00 and low.startswith("\\u") and low[2:4].lower() in {"dc", "dd", "de", "df"}:
            self.at += 6
            return 0x10000 + ((point - 0xD800) << 10) + (self._hexadecimal(low[2:]) - 0xDC00)
        return point

    def _hexadecimal(self, digits: str) -> int:
        try:
            point = int(digits, 16)
        except ValueError as wrong:
            raise Unreadable(self.text) from wrong
        if point > LAST:
            raise Unreadable(self.text)
        return point

    def _class(self) -> Ranges:
        negated = self._take("^")
        pairs: list[tuple[int, int]] = []
        while not self._take("]"):
            first = self._class_atom()
            single = len(first) == 1 and first[0][0] == first[0][1]
            if single and self._peek() == "-" and self.text[self.at + 1] != "]":
                start = self.at
                self.at += 1
                last = self._class_atom()
                if len(last) == 1 and last[0][0] == last[0][1] and first[0][0] <= last[0][0]:
                    pairs.append((first[0][0], last[0][0]))
                    continue
                self.at = start  # `[\w-.]`: the dash is itself
            pairs.extend(first)
        ranges = ranges_of(pairs)
        return complement(ranges) if negated else ranges

    def _class_atom(self) -> Ranges:
        character = self.text[self.at]
        if character == "[" and self.text.startswith("[:", self.at):
            name, end, _ = self.text[self.at + 2 :].partition(":]")
            if end and name in POSIX:
                self.at += len(name) + 4
                return POSIX[name]
        self.at += 1
        if character == "\\":
            if self._take("b"):
                return ((8, 8),)
            return self._escaped_set()
        return ((ord(character), ord(character)),)
