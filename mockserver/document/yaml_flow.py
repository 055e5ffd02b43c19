"""The members of a bracket in YAML (flow style, YAML 1.2 §7.4).

Knows the tokens between brackets. Does not know indentation, which counts for nothing there.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from mockserver.document.yaml12 import DEEPEST

QUOTED: Final = re.compile(rb"""(?s:"(?:[^"\\]|\\.)*")|'(?:[^']|'')*'""")
_TOKEN: Final = re.compile(
    rb"""(?P<gap>\s+(?:\#[^\n]*)?)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)"""
    rb"""|(?P<property>&[\w-]+(?=[\s,\]}])|!(?!<)[^\s,\[\]{}]*)|(?P<alias>\*[\w-]+(?=[\s,\]}]))|(?P<quoted>"""
    + QUOTED.pattern
    + rb""")"""
    rb"""|(?P<plain>(?:[^\s,\[\]{}\#&*!|>'"%@`?:-]|[?:-](?=[^\s,\[\]{}]))"""
    rb"""(?:[^\s,\[\]{}:]|:(?=[^\s,\[\]{}])|\s+(?=[^\s\#,\[\]{}:]|:(?=[^\s,\[\]{}])))*)"""
)


class UnsureError(Exception):
    """Only a parser can tell what stands here."""


class Entry(NamedTuple):
    """The span of a key, where there is one, and the span of its value."""

    key: tuple[int, int] | None
    begin: int
    end: int


def collection(text: bytes, opening: int, stop: int, *, depth: int = 1) -> tuple[list[Entry], int]:
    """Find the entries of the bracket that opens at an offset, and where it ends."""
    if depth > DEEPEST:
        raise UnsureError
    named = text[opening : opening + 1] == b"{"
    found: list[Entry] = []
    reading = _Reading(named=named)
    index = opening + 1
    while True:
        if reading.complete and text[index : index + 1] == b":":
            index += 1
            reading.colon(index)
            continue
        token = _TOKEN.match(text, index, stop)
        if not token:
            raise UnsureError
        start, index = token.span()
        match token.lastgroup:
            case "gap":
                pass
            case "property":
                reading.prefix(start, index)
            case "open":
                index = collection(text, start, stop, depth=depth + 1)[1]
                reading.node(start, index)
            case "comma" | "close":
                if entry := reading.entry():
                    found.append(entry)
                if token.lastgroup == "close":
                    return found, index
                reading = _Reading(named=named)
            case _:
                reading.node(start, index)


class _Reading:
    """The entry that is being read."""

    def __init__(self, *, named: bool) -> None:
        self._named = named
        self._key: tuple[int, int] | None = None
        self._span: tuple[int, int] | None = None
        self._bare = True  # nothing yet, or an anchor or tag alone

    @property
    def complete(self) -> bool:
        """Tell whether a colon would end a key here."""
        return not self._bare and self._key is None

    def prefix(self, start: int, end: int) -> None:
        if not self._bare:
            raise UnsureError
        self._span = (self._span[0] if self._span and self._span[0] != self._span[1] else start, end)

    def node(self, start: int, end: int) -> None:
        self.prefix(start, end)
        self._bare = False

    def colon(self, end: int) -> None:
        if not self._named:
            raise UnsureError  # a pair in a list makes a map of its own
        self._key, self._span, self._bare = self._span, (end, end), True

    def entry(self) -> Entry | None:
        if not self._span:
            return None
        if self._named and not self._key:
            return Entry(self._span, self._span[1], self._span[1])
        return Entry(self._key, *self._span)
