"""The text of a document with a small change, which keeps all the rest.

A text is changed at one place, as bytes: comments, order, quotes, references and line ends stay. Whoever changes a
text reads it again: it must come to the tree that was wanted; what cannot be changed so is refused, never written
wrongly.
"""

from __future__ import annotations

import re

from mockserver.document import pointer as pointers
from mockserver.document.edits import Append, Drop, Edit, Put, Rename, Wrap, changed
from mockserver.document.positions import Places
from mockserver.document.read import read
from mockserver.document.spelling import JsonSpelling, Spelling, YamlSpelling
from mockserver.errors import UnreadableDocument
from mockserver.values import JSON

_TRIES = 4
_KEY = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|(?:[^:]|:(?!\s|$))*?)\s*:(?=\s|$)")
_JSON_KEY = re.compile(r"\"(?:[^\"\\]|\\.)*\"\s*:")


def edited(data: bytes, edit: Edit, uri: str) -> bytes:
    """Return the text with an edit; raise UnreadableDocument where it cannot be made without touching the rest."""
    has_crlf = b"\r\n" in data and data.count(b"\r\n") == data.count(b"\n")
    plain = data.replace(b"\r\n", b"\n") if has_crlf else data
    tree = read(plain, uri)
    wanted = changed(tree, edit)
    for one in _ways(edit, wanted):
        text = _tried(plain, tree, one, uri)
        if text is not None and read(text, uri) == wanted:
            return text.replace(b"\n", b"\r\n") if has_crlf else text
    raise UnreadableDocument(
        "this place cannot be changed without touching the rest", where=f"{uri}#{edit.pointer}", fix="change it by hand"
    )


def _ways(edit: Edit, wanted: JSON) -> list[Edit]:
    """Return an edit, and the same by writing a node above it anew: where an alias stands, that is the only way."""
    place = pointers.parent(edit.pointer) if isinstance(edit, Drop | Rename) else edit.pointer
    found: list[Edit] = [edit]
    while place and len(found) < _TRIES:
        found.append(Put(place, pointers.look_up(wanted, place)))
        place = pointers.parent(place)
    return found


def _tried(data: bytes, tree: JSON, edit: Edit, uri: str) -> bytes | None:
    try:
        text = _Text(data, tree, uri).edited(edit)
        read(text, uri)
    except (UnreadableDocument, LookupError):
        return None
    return text


class _Text:
    """One text that is changed at one place."""

    def __init__(self, data: bytes, tree: JSON, uri: str) -> None:
        self._data = data
        self._tree = tree
        self._places = Places(data, uri)
        is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
        self._spelling: Spelling = JsonSpelling(data) if is_json else YamlSpelling()
        self._key = _JSON_KEY if is_json else _KEY

    def edited(self, edit: Edit) -> bytes:
        match edit:
            case Append(pointer=pointer, value=value):
                return self._appended(pointer, value)
            case Put(pointer=pointer, value=value):
                parent, last = pointers.parent(pointer), pointers.split(pointer)[-1]
                holder = pointers.look_up(self._tree, parent)
                is_there = isinstance(holder, list) or last in holder
                return self._replaced(pointer, value) if is_there else self._added(parent, last, value)
            case Drop(pointer=pointer):
                return self._dropped(pointer)
            case Wrap(pointer=pointer, keyword=keyword, others=others):
                return self._wrapped(pointer, keyword, others)
            case Rename(pointer=pointer, name=name):
                start, end = self._span(pointer)
                return self._cut(start, start + self._key_length(start, end), self._spelling.key(name))

    def _span(self, pointer: str) -> tuple[int, int]:
        place = self._places.locate(pointer)
        return place.start, place.end

    def _line(self, offset: int) -> tuple[int, int]:
        """Return where the line of an offset begins, and where the next one does."""
        end = self._data.find(b"\n", offset)
        return self._data.rfind(b"\n", 0, offset) + 1, len(self._data) if end < 0 else end + 1

    def _before(self, offset: int) -> str:
        """Return what stands on the line before an offset."""
        return self._data[self._line(offset)[0] : offset].decode()

    def _cut(self, start: int, end: int, new: str) -> bytes:
        return self._data[:start] + new.encode() + self._data[end:]

    def _after_line(self, offset: int, lines: str) -> bytes:
        end = self._line(offset)[1]
        gap = "" if self._data[:end].endswith(b"\n") else "\n"
        return self._cut(end, end, f"{gap}{lines}")

    def _children(self, pointer: str) -> list[tuple[int, int]]:
        node = pointers.look_up(self._tree, pointer)
        keys = range(len(node)) if isinstance(node, list) else node
        return sorted(self._span(pointers.child(pointer, key)) for key in keys)

    def _key_length(self, start: int, end: int) -> int:
        """Return how many bytes the key of a member takes, with its colon; 0 for an item of a list."""
        key = self._key.match(self._data[start:end].decode())
        return len(key[0].encode()) if key is not None else 0

    def _value(self, pointer: str) -> tuple[int, int, bool]:
        """Return where the value of a member, or an item, starts and ends, and whether a key stands before it."""
        start, end = self._span(pointer)
        if isinstance(pointers.look_up(self._tree, pointers.parent(pointer)), list):
            return start, end, False
        return start + self._key_length(start, end), end, True

    def _added(self, parent: str, name: str, value: JSON) -> bytes:
        children = self._children(parent)
        if not children:
            return self._replaced(parent, {name: value})
        first, last = children[0], children[-1]
        before, key = self._before(first[0]), self._spelling.key(name)
        if isinstance(self._spelling, YamlSpelling):
            if before.strip(" -") == "":
                return self._after_line(last[1] - 1, self._spelling.block({name: value}, " " * len(before)))
        elif not before.strip():
            return self._cut(last[1], last[1], f",\n{before}{key} {self._spelling.value(value, before)}")
        return self._cut(last[1], last[1], f", {key} {self._spelling.flow(value)}")

    def _replaced(self, pointer: str, value: JSON) -> bytes:
        start, end, has_key = self._value(pointer)
        before = self._before(self._span(pointer)[0])
        is_deep = isinstance(value, dict) and any(isinstance(one, dict | list) and one for one in value.values())
        if isinstance(self._spelling, YamlSpelling) and has_key and not before.strip(" -") and is_deep:
            return self._cut(start, end, "\n" + self._spelling.block(value, " " * (len(before) + 2)).rstrip("\n"))
        indent = self._before(start)
        new = self._spelling.value(value, indent[: len(indent) - len(indent.lstrip())])
        return self._cut(start, end, f" {new}" if has_key else new)

    def _appended(self, pointer: str, value: JSON) -> bytes:
        items = self._children(pointer)
        if not items:
            return self._replaced(pointer, [value])
        (first, _), (start, end) = items[0], items[-1]
        before = self._before(start)
        if isinstance(self._spelling, YamlSpelling):
            if re.fullmatch(r"[\s-]*-\s+", self._before(first)):
                return self._after_line(end - 1, self._spelling.item(value, re.sub(r"\S(?=.*-)", " ", before)))
        elif not before.strip():
            return self._cut(end, end, f",\n{before}{self._spelling.value(value, before)}")
        return self._cut(end, end, f", {self._spelling.flow(value)}")

    def _dropped(self, pointer: str) -> bytes:
        parent = pointers.parent(pointer)
        if isinstance(pointers.look_up(self._tree, parent), list) and len(self._children(parent)) == 1:
            return self._dropped(parent)  # an empty list says nothing, and `required: []` is no OpenAPI 3.0
        start, end = self._span(pointer)
        if isinstance(self._spelling, YamlSpelling) and re.fullmatch(r"\s*(?:-\s+)?", self._before(start)):
            return self._cut(self._line(start)[0], self._line(end - 1)[1], "")
        comma = re.match(rb"\s*,\s*", self._data[end:])
        if comma is not None:
            return self._cut(start, end + comma.end(), "")
        left = re.search(rb"\s*,\s*$", self._data[:start])
        return self._cut(left.start() if left is not None else start, end, "")

    def _wrapped(self, pointer: str, keyword: str, others: tuple[JSON, ...]) -> bytes:
        """Put a node into a list; its lines are moved to the right, and not written anew."""
        start, end, has_key = self._value(pointer)
        written = self._data[start:end].decode()
        gap = " " if has_key else ""
        if isinstance(self._spelling, JsonSpelling):
            line = self._before(self._span(pointer)[0])
            indent = line[: len(line) - len(line.lstrip())]
            return self._cut(start, end, gap + self._spelling.wrapped(written.strip(), keyword, others, indent))
        if _is_flow(written, has_key=has_key):
            inner = ", ".join([written.strip(), *map(self._spelling.flow, others)])
            return self._cut(start, end, f"{gap}{{{keyword}: [{inner}]}}")
        head, _, body = written.partition("\n") if has_key else ("", "", " " * len(self._before(start)) + written)
        return self._cut(
            start,
            end,
            (f"{head}\n" if has_key else "") + self._moved(body, keyword, others, self._spelling, has_key=has_key),
        )

    def _moved(
        self, body: str, keyword: str, others: tuple[JSON, ...], spelling: YamlSpelling, *, has_key: bool
    ) -> str:
        lines = body.split("\n")
        first = next(index for index, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        dash = f"{indent}  - "
        moved = [f"    {line}" if line.strip() else line for line in lines]
        moved[first] = f"{dash}{lines[first].lstrip()}"
        added = [spelling.item(other, dash).removesuffix("\n") for other in others]
        return "\n".join([f"{indent if has_key else ''}{keyword}:", *moved, *added])


def _is_flow(written: str, *, has_key: bool) -> bool:
    """Tell whether a value is written behind its key, and not as a block below it."""
    return "\n" not in written or (has_key and not re.match(r" *(?:#[^\n]*)?\n", written))
