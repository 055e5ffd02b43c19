"""Small changes of a document: of its tree, as actions of an overlay, and of its text, which keeps all the rest.

A text is changed at one place, as bytes: comments, order, references and spelling stay. Whoever changes a text checks
that it reads as the tree does; what cannot be changed so is refused, never written wrongly.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Final, TypeAlias

from mockserver.document import pointer as pointers
from mockserver.document.positions import Places
from mockserver.document.read import read
from mockserver.errors import UnreadableDocument
from mockserver.values import JSON, Struct

_PLAIN: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
_QUOTABLE: Final = re.compile(r"[\x20-\x7e\xa0-\ud7ff]*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", "nan", "inf"})


class Put(Struct, frozen=True):
    """Let a member of a map have a value, new or other than before."""

    pointer: str
    value: JSON


class Append(Struct, frozen=True):
    """Add an item to the end of a list."""

    pointer: str
    value: JSON


class Drop(Struct, frozen=True):
    """Take a member of a map, or an item of a list, away."""

    pointer: str


Edit: TypeAlias = Put | Append | Drop


def changed(tree: JSON, edit: Edit) -> JSON:
    """Return the tree with an edit; raise LookupError where there is no such place.

    >>> changed({"a": {"b": [1]}}, Append("/a/b", 2))
    {'a': {'b': [1, 2]}}
    """
    copy = deepcopy(tree)
    match edit:
        case Append(pointer=pointer, value=value):
            pointers.look_up(copy, pointer).append(value)
        case Put(pointer=pointer, value=value):
            pointers.look_up(copy, pointers.parent(pointer))[pointers.split(pointer)[-1]] = value
        case Drop(pointer=pointer):
            holder, last = pointers.look_up(copy, pointers.parent(pointer)), pointers.split(pointer)[-1]
            pointers.look_up(copy, pointer)
            del holder[int(last) if isinstance(holder, list) else last]
    return copy


def actions_of(edit: Edit, tree: JSON) -> list[dict[str, JSON]]:
    """Return an edit as actions of an overlay (Overlay 1.1 §4.4.3), given the tree that it is laid over."""
    parent, last = pointers.parent(edit.pointer), pointers.split(edit.pointer)[-1]
    match edit:
        case Append(pointer=pointer, value=value):
            return [{"target": _path(pointer, tree), "update": [value] if isinstance(value, list) else value}]
        case Put(value=value):
            holder = pointers.look_up(tree, parent)
            update = {"target": _path(parent, tree), "update": {last: value}}
            simple = last not in holder or (
                not isinstance(holder[last], dict | list) and not isinstance(value, dict | list)
            )
            return [update] if simple else [{"target": _path(edit.pointer, tree), "remove": True}, update]
        case Drop(pointer=pointer):
            holder = pointers.look_up(tree, parent)
            if isinstance(holder, list) and isinstance(holder[int(last)], str):
                return [{"target": f"{_path(parent, tree)}[?@ == {_quoted(holder[int(last)])}]", "remove": True}]
            return [{"target": _path(pointer, tree), "remove": True}]


def _path(pointer: str, tree: JSON) -> str:
    """Spell a pointer as a JSONPath: items of lists by their number."""
    text, node = "$", tree
    for part in pointers.split(pointer):
        is_item = isinstance(node, list)
        text += f"[{part}]" if is_item else f"[{_quoted(part)}]"
        node = node[int(part)] if is_item else node[part]
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def edited(data: bytes, edit: Edit, uri: str) -> bytes:
    """Return the text with an edit; raise UnreadableDocument where it cannot be made without touching the rest."""
    tree = read(data, uri)
    wanted = changed(tree, edit)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _as_json(data, wanted)
    text = _Text(data, tree, uri).edited(edit)
    if read(text, uri) != wanted:
        raise _refused(edit, uri)
    return text


def _refused(edit: Edit, uri: str) -> UnreadableDocument:
    return UnreadableDocument(
        "this place cannot be changed without touching the rest", where=f"{uri}#{edit.pointer}", fix="change it by hand"
    )


def _as_json(data: bytes, tree: JSON) -> bytes:
    """Write JSON as it was indented; JSON has no comments that could be lost."""
    text = data.decode("utf-8-sig")
    indent = re.search(r"\n( +|\t+)\"", text)
    step = indent[1] if indent is not None else None
    end = "\n" if text.endswith("\n") else ""
    return (json.dumps(tree, indent=step, ensure_ascii=False) + end).encode()


class _Text:
    """One YAML text that is changed at one place."""

    def __init__(self, data: bytes, tree: JSON, uri: str) -> None:
        self._data = data
        self._tree = tree
        self._uri = uri
        self._places = Places(data, uri)

    def edited(self, edit: Edit) -> bytes:
        match edit:
            case Append(pointer=pointer, value=value):
                return self._appended(pointer, value, edit)
            case Put(pointer=pointer, value=value):
                parent, last = pointers.parent(pointer), pointers.split(pointer)[-1]
                holder = pointers.look_up(self._tree, parent)
                return self._replaced(pointer, value) if last in holder else self._added(parent, last, value)
            case Drop(pointer=pointer):
                return self._dropped(pointer)

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

    def _added(self, parent: str, name: str, value: JSON) -> bytes:
        children = self._children(parent)
        if not children:
            return self._replaced(parent, {name: value})
        first, last = children[0], children[-1]
        before = self._before(first[0])
        if before.strip(" -") == "":
            indent = " " * len(before)
            return self._after_line(last[1] - 1, _block({name: value}, indent))
        return self._cut(last[1], last[1], f", {_scalar(name)}: {_flow(value)}")

    def _replaced(self, pointer: str, value: JSON) -> bytes:
        start, end = self._span(pointer)
        written = self._data[start:end].decode()
        key = re.match(r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^:]|:(?!\s))*:", written)
        return self._cut(start, end, f"{key[0] if key is not None else ''} {_flow(value)}")

    def _appended(self, pointer: str, value: JSON, edit: Edit) -> bytes:
        items = self._children(pointer)
        if not items:
            raise _refused(edit, self._uri)
        before = self._before(items[-1][0])
        if re.fullmatch(r"\s*-\s+", before):
            return self._after_line(items[-1][1] - 1, _item(value, before))
        return self._cut(items[-1][1], items[-1][1], f", {_flow(value)}")

    def _dropped(self, pointer: str) -> bytes:
        parent = pointers.parent(pointer)
        if isinstance(pointers.look_up(self._tree, parent), list) and len(self._children(parent)) == 1:
            return self._dropped(parent)  # an empty list says nothing, and `required: []` is no OpenAPI 3.0
        start, end = self._span(pointer)
        if re.fullmatch(r"\s*(?:-\s+)?", self._before(start)):
            return self._cut(self._line(start)[0], self._line(end - 1)[1], "")
        comma = re.match(rb"\s*,\s*", self._data[end:])
        if comma is not None:
            return self._cut(start, end + comma.end(), "")
        left = re.search(rb",\s*$", self._data[:start])
        return self._cut(left.start() if left is not None else start, end, "")


def _scalar(value: JSON) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    if isinstance(value, str) and _QUOTABLE.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False)


def _flow(value: JSON) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _block(value: dict[str, JSON], indent: str) -> str:
    lines = []
    for key, item in value.items():
        if isinstance(item, dict) and item:
            lines.append(f"{indent}{_scalar(key)}:\n{_block(item, indent + '  ')}")
        else:
            lines.append(f"{indent}{_scalar(key)}: {_flow(item)}\n")
    return "".join(lines)


def _item(value: JSON, before: str) -> str:
    if not isinstance(value, dict) or not value:
        return f"{before}{_flow(value)}\n"
    written = _block(value, " " * len(before))
    return before + written[len(before) :]
