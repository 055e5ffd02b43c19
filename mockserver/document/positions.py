"""Where a node is written: pointer to line, column and byte span.

Knows both notations and encodings; walks to the node and skips the rest, because a message about one place should not
cost the reading of megabytes. Does not check the document: it was read before (read.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left

from mockserver.document.json_places import JsonPlaces, Span
from mockserver.document.pointer import split
from mockserver.document.read import encoding, utf8
from mockserver.document.yaml_places import YamlPlaces
from mockserver.values import Struct

_END = re.compile(rb"\n")


class Position(Struct, frozen=True):
    """Where a node is written, with its key.

    Lines and columns count from 1, columns in characters; `start` and `end` are bytes of the file, end excluded.
    """

    line: int
    column: int
    end_line: int
    start: int
    end: int


class Places:
    r"""The places of one document that can be read; a second question is answered quicker than the first.

    It remembers what it has skipped, so it belongs to one thread: make one for one report.

    >>> Places(b"info:\n  title: Pets\n").locate("/info/title")
    Position(line=2, column=3, end_line=2, start=8, end=19)
    """

    def __init__(self, data: bytes, uri: str = "") -> None:
        self._codec, self._mark = encoding(data)
        self._written = utf8(data, uri)
        self._json = JsonPlaces(self._written) if self._written.lstrip()[:1] in (b"{", b"[") else None
        self._yaml = YamlPlaces(self._written, uri)
        self._ends: list[int] | None = None

    def locate(self, pointer: str) -> Position:
        """Give the place of a node (of its key, in a map), or of its nearest ancestor that exists."""
        span = self._span(split(pointer))
        line = self._line(span.start)
        line_start = self._written.rfind(b"\n", 0, span.start) + 1
        return Position(
            line=line,
            column=len(self._written[line_start : span.start].decode()) + 1,
            end_line=self._line(span.end),
            start=self._byte(span.start),
            end=self._byte(span.end),
        )

    def line(self, pointer: str) -> int:
        """Give the line of a node, or of its nearest ancestor that exists: quicker than its whole place."""
        return self._line(self._span(split(pointer)).start)

    def text(self, line: int, *, width: int = 100) -> str:
        r"""Give the text of a line (from 1) for a message: without indentation, cut to a width; empty if there is none.

        >>> Places(b"a: 1\n  b: 2\n").text(2)
        'b: 2'
        """
        ends = self._line_ends()
        if not 0 < line <= len(ends) + 1:
            return ""
        start = ends[line - 2] + 1 if line > 1 else 0
        end = ends[line - 1] if line <= len(ends) else len(self._written)
        text = self._written[start:end].decode(errors="replace").strip()
        return text if len(text) <= width else text[: width - 1] + "…"

    def _line_ends(self) -> list[int]:
        if self._ends is None:
            self._ends = [found.start() for found in _END.finditer(self._written)]
        return self._ends

    def _line(self, offset: int) -> int:
        return bisect_left(self._line_ends(), offset) + 1

    def _span(self, parts: tuple[str, ...]) -> Span:
        if self._json:
            try:
                return self._json.span(parts)
            except ValueError:
                self._json = None  # it was YAML in flow style
        return self._yaml.span(parts)

    def _byte(self, offset: int) -> int:
        if self._codec == "utf-8":
            return len(self._mark) + offset
        return len(self._mark) + len(self._written[:offset].decode().encode(self._codec))


def locate(data: bytes, pointer: str) -> Position:
    """Give the place of one node; ask `Places` for several."""
    return Places(data).locate(pointer)
