"""Where the nodes of a JSON text stand.

Knows the grammar of JSON (RFC 8259) and skips what is not asked for at the speed of the C scanner. Does not check the
text: it was read before.
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_BRACKET: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]')
_FEW: Final = 2
"""Questions after which an object is skipped to its end: cheaper than to search the rest of the text for each name."""
_DECODER: Final = json.JSONDecoder()


class Span(NamedTuple):
    """A node, in bytes: where it begins, with its key if it has one, and where it ends."""

    start: int
    end: int


class JsonPlaces:
    """Find spans in one text; what has been skipped once is remembered.

    The text is the UTF-8 bytes read as Latin-1: one character per byte, quick to make, and every offset is that of
    the byte.
    """

    def __init__(self, written: bytes) -> None:
        self._text = written.decode("latin-1")
        self._members: dict[int, _Members] = {}

    def span(self, parts: tuple[str, ...]) -> Span:
        """Find the node of these pointer tokens, or its nearest ancestor that exists; ValueError on what is no JSON."""
        start = value = _after_space(self._text, 0)
        for part in parts:
            if self._text[value : value + 1] not in ("{", "["):
                break
            if value not in self._members:
                self._members[value] = _Members(self._text, value)
            place = self._members[value].find(part)
            if not place:
                break
            start, value = place
        known = self._members.get(value)
        return Span(start, (known and known.end) or _skip(self._text, value))


class _Members:
    """The members of one object or array, skipped as far as was needed."""

    def __init__(self, text: str, opening: int) -> None:
        self._text = text
        self._named = text[opening] == "{"
        self._found: dict[str, tuple[int, int]] = {}
        self._asked = 0
        self._unskipped: int | None = None  # the value that was found last, unless it was skipped
        self._next = _after_space(text, opening + 1)
        self.end = self._next + 1 if text[self._next : self._next + 1] in ("}", "]") else 0

    def find(self, name: str) -> tuple[int, int] | None:
        """Give the start of a member and of its value; of equal names the last counts, as for the reader."""
        self._asked += 1
        while (name not in self._found or self._asked > _FEW) and not self.end:
            self._advance()
        if name in self._found and self._named and not self.end:
            # A name that never comes again in the text, as most do, spares skipping the rest.
            last = self._text.rfind(f'"{_latin(name)}"', self._found[name][1])
            while self._next <= last and not self.end:
                self._advance()
        return self._found.get(name)

    def _advance(self) -> None:
        if self._unskipped is not None:
            self._next = _after_space(self._text, _skip(self._text, self._unskipped))
            self._unskipped = None
            match self._text[self._next : self._next + 1]:
                case "}" | "]":
                    self.end = self._next + 1
                    return
                case ",":
                    pass
                case _:
                    raise ValueError(self._next)
            self._next = _after_space(self._text, self._next + 1)
        start = self._next
        name, value = self._name(start) if self._named else (str(len(self._found)), start)
        self._found[name] = start, value
        self._unskipped = self._next = value

    def _name(self, start: int) -> tuple[str, int]:
        if self._text[start : start + 1] != '"':
            raise ValueError(start)
        end = _skip(self._text, start)
        written = self._text[start:end].encode("latin-1")
        name = json.loads(written) if b"\\" in written else written[1:-1].decode()
        colon = _after_space(self._text, end)
        if self._text[colon : colon + 1] != ":":
            raise ValueError(colon)
        return name, _after_space(self._text, colon + 1)


def _after_space(text: str, index: int) -> int:
    found = _SPACE.match(text, index)
    return found.end() if found else index


def _latin(name: str) -> str:
    return name.encode("utf-8", "surrogatepass").decode("latin-1")


def _skip(text: str, index: int) -> int:
    try:
        return _DECODER.raw_decode(text, index)[1]
    except RecursionError:
        return _skip_deep(text, index)


def _skip_deep(text: str, index: int) -> int:
    depth = 0
    for token in _BRACKET.finditer(text, index):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    raise ValueError(index)
