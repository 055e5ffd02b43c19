"""What stands at a place of a YAML text, by its layout alone.

Knows indentation, brackets, quotes and comments (YAML 1.2 §6-8), of a text that is known to be sound. Never guesses:
`UnsureError` where only a parser can tell. Does not follow aliases nor merge keys (yaml_places.py).
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final, assert_never

from mockserver.document import yaml_flow, yaml_nodes
from mockserver.document.yaml12 import key, plain
from mockserver.document.yaml_flow import QUOTED, UnsureError
from mockserver.values import Struct

_GAP: Final = re.compile(rb"(?:[ \t\r\n]+(?:#[^\n]*)?)*")
_HEAD: Final = re.compile(rb"(?:[ \t]*(?:[#%][^\n]*)?\r?\n)*(?:---(?=\s|\Z))?")
_PROPERTIES: Final = re.compile(rb"(?:(?P<last>&[\w-]+|![^\s,\[\]{}]*)(?=\s|\Z)(?:[ \t\r\n]+(?:#[^\n]*)?)*)+")
_KEY: Final = re.compile(
    rb"""(?P<name>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\n]|'')*'"""
    rb"""|(?:[^\s#&*!|>'"%@`,\[\]{}?:-]|[?:-](?=\S))(?:[^:#\n]|:(?=\S)|(?<=\S)\#)*)[ \t]*:(?=\s|\Z)"""
)
_EXPLICIT: Final = re.compile(
    rb"""\?[ ]+(?P<name>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\n]|'')*'|[\w/$.<][^\n:#]*)[ \t\r]*(?=\n)"""
)
_INDICATOR: Final = re.compile(rb"[-?:](?=\s|\Z)")
_ALIAS: Final = re.compile(rb"\*([\w-]+)(?P<key>[ \t]*:(?=\s))?")
_BLOCK_TEXT: Final = re.compile(rb"[|>][-+]?([0-9]?)[-+]?[ \t]*(?:#[^\n]*)?\r?(?=\n|\Z)")
_LEADING: Final = re.compile(rb"(?:[ \t]*\r?\n)* *")
_BLANK: Final = re.compile(rb"\n( *)")
_COMMENT: Final = re.compile(rb"\s#")


class Kind(Enum):
    """What a node is written as."""

    EMPTY = auto()
    TEXT = auto()
    ALIAS = auto()
    FLOW = auto()
    MAP = auto()
    LIST = auto()


class Slot(Struct, frozen=True):
    """Where one value stands: from behind its colon or dash to the next member of its parent.

    `indent` is the column of the parent; `compact` says that a map or list may begin behind the dash on the same line.
    """

    begin: int
    stop: int
    indent: int
    compact: bool = False
    flow: bool = False


class Node(Struct, frozen=True):
    """A node: where it starts, anchor and tag included, and where its content does."""

    kind: Kind
    start: int
    content: int
    slot: Slot


class Member(Struct, frozen=True):
    """A value and, in a map, where its key starts."""

    key: int | None
    slot: Slot


def root(text: bytes) -> Slot:
    """Return the slot of the whole document, behind directives and the first `---`."""
    if b"\n..." in text or text.count(b"\r") != text.count(b"\r\n"):
        raise UnsureError
    head = _HEAD.match(text)
    begin = head.end() if head else 0
    return Slot(begin, len(text), -1, compact=text[max(begin - 3, 0) : begin] != b"---")


def node(text: bytes, slot: Slot) -> Node:
    """Tell what stands in a slot."""
    content = start = _after_gap(text, slot.begin, slot.stop)
    if properties := _PROPERTIES.match(text, start, slot.stop):
        content = properties.end()
    if content >= slot.stop:
        start, content = (start, properties.end("last")) if properties else (slot.begin, slot.begin)
        return Node(Kind.EMPTY, start, content, slot)
    kind = _kind(text, content, slot)
    if properties and kind in (Kind.MAP, Kind.LIST) and b"\n" not in text[properties.end("last") : content]:
        raise UnsureError  # the anchor or tag belongs to the first key, not to the map
    return Node(kind, start, content, slot)


def _kind(text: bytes, content: int, slot: Slot) -> Kind:
    first = text[content : content + 1]
    if first in (b"&", b"!"):
        raise UnsureError  # a verbatim tag
    if first in (b"{", b"["):
        return Kind.FLOW
    if first == b"*":
        alias = _ALIAS.match(text, content, slot.stop)
        if not alias or alias["key"]:
            raise UnsureError
        return Kind.ALIAS
    if slot.flow or not (slot.compact or b"\n" in text[slot.begin : content]):
        return Kind.TEXT
    if indicator := _INDICATOR.match(text, content, slot.stop):
        return Kind.LIST if indicator[0] == b"-" else Kind.MAP
    return Kind.MAP if _KEY.match(text, content, slot.stop) else Kind.TEXT


def members(text: bytes, parent: Node) -> dict[str, Member]:
    """Find the members of a map by name, or those of a list by number; none where it is neither."""
    match parent.kind:
        case Kind.MAP:
            return _map(text, parent)
        case Kind.LIST:
            return _list(text, parent)
        case Kind.FLOW:
            return _flow(text, parent)
        case _:
            return {}


def _lines(text: bytes, parent: Node) -> list[tuple[int, int]]:
    """Find what stands in the column of a block: where the line before ends, and where the text begins."""
    beginnings = re.compile(rb"\n {%d}(?=[^ \t\r\n#])" % _column(text, parent.content))
    found = [(each.start(), each.end()) for each in beginnings.finditer(text, parent.content, parent.slot.stop)]
    return [(parent.content, parent.content), *found]


def _column(text: bytes, offset: int) -> int:
    return offset - text.rfind(b"\n", 0, offset) - 1


def _map(text: bytes, parent: Node) -> dict[str, Member]:
    keys: list[tuple[int, re.Match[bytes]]] = []
    values: dict[int, int] = {}  # where the value of an explicit key begins
    for before, line in _lines(text, parent):
        indicator = _INDICATOR.match(text, line, parent.slot.stop)
        match indicator[0] if indicator else text[line : line + 1]:
            case b"]" | b"}":
                continue  # closes a bracket of the value above
            case b"-" if indicator and keys:
                continue  # a list may stand in the column of its key (YAML 1.2 §8.2.1)
            case b":" if indicator and keys and not text[keys[-1][1].end() : line].strip():
                values[len(keys) - 1] = line + 1
                continue
        written = (_EXPLICIT if indicator else _KEY).match(text, line, parent.slot.stop)
        if not written:
            raise UnsureError
        keys.append((before, written))
    stops = [before for before, _ in keys[1:]] + [parent.slot.stop]
    column = _column(text, parent.content)
    found: dict[str, Member] = {}
    for number, ((_, written), stop) in enumerate(zip(keys, stops, strict=True)):
        explicit = text[written.start() : written.start() + 1] == b"?" and written.start("name") > written.start()
        name = _name(written["name"])
        if name in found or explicit is not (number in values):
            raise UnsureError  # a repeated key, perhaps a line of a text that looks like one; a key of several lines
        slot = Slot(values.get(number, written.end()), stop, column, compact=explicit)
        found[name] = Member(written.start("name"), slot)
    return found


def _list(text: bytes, parent: Node) -> dict[str, Member]:
    dashes: list[tuple[int, int]] = []
    for before, line in _lines(text, parent):
        if text[line : line + 1] in (b"]", b"}"):
            continue
        indicator = _INDICATOR.match(text, line, parent.slot.stop)
        if not indicator or indicator[0] != b"-":
            raise UnsureError
        dashes.append((before, line))
    column = _column(text, parent.content)
    stops = [before for before, _ in dashes[1:]] + [parent.slot.stop]
    slots = [Slot(line + 1, stop, column, compact=True) for (_, line), stop in zip(dashes, stops, strict=True)]
    for slot in slots[:-1]:
        proved(text, node(text, slot))  # a line of a text that looks like an item would shift the numbers
    return {str(number): Member(None, slot) for number, slot in enumerate(slots)}


def _flow(text: bytes, parent: Node) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for number, (named, begin, end) in enumerate(yaml_flow.collection(text, parent.content, parent.slot.stop)[0]):
        if named and text[named[0] : named[0] + 1] in (b"&", b"!", b"*"):
            raise UnsureError
        name = _name(text[slice(*named)]) if named else str(number)
        if name in found:
            raise UnsureError
        found[name] = Member(named[0] if named else None, Slot(begin, end, parent.slot.indent, flow=True))
    return found


def _name(written: bytes) -> str:
    if written[:1] == b"'" and b"\n" not in written:
        return written[1:-1].replace(b"''", b"'").decode()
    if written[:1] == b'"' and b"\n" not in written and b"\\" not in written:
        return written[1:-1].decode()
    if written[:1] in (b'"', b"'", b"*") or b"\n" in written:
        scalar = yaml_nodes.compose(written.decode(), "")
        return yaml_nodes.name(scalar) if isinstance(scalar, yaml_nodes.Scalar) else ""
    return key(plain(written.rstrip().decode()))


def end(text: bytes, written: Node) -> int:
    """Find where a node ends: behind its last character that is no comment."""
    stop = written.slot.stop
    match written.kind:
        case Kind.EMPTY:
            return written.content
        case Kind.MAP | Kind.LIST:
            return _block_end(text, written)
        case Kind.ALIAS:
            alias = _ALIAS.match(text, written.content, stop)
            return _closed(text, alias.end() if alias else stop, stop)
        case Kind.FLOW:
            return _closed(text, yaml_flow.collection(text, written.content, stop)[1], stop)
        case Kind.TEXT:
            return _text_end(text, written)
        case _:
            assert_never(written.kind)


def _block_end(text: bytes, written: Node) -> int:
    """Find where the last member ends.

    That is also the proof that the members were told apart rightly. Within brackets and quotes a parser does not mind
    indentation, so a line there may look like a key; what stands before it ends unclosed then. Bare words prove
    nothing, because such a line looks like them: the proof is the last member that is more.
    """
    values = (node(text, member.slot) for member in reversed(members(text, written).values()))
    last = next(values)
    if not proved(text, last):
        any(proved(text, value) for value in values)
    return end(text, last)


def proved(text: bytes, written: Node) -> bool:
    """Tell whether a node is more than bare words; `UnsureError` when it is not closed within its slot."""
    first = text[written.content : written.content + 1]
    if written.kind is Kind.EMPTY or (written.kind is Kind.TEXT and first not in (b'"', b"'", b"|", b">")):
        return False
    end(text, written)
    return True


def _text_end(text: bytes, written: Node) -> int:
    begin, stop = written.content, written.slot.stop
    if text[begin : begin + 1] in (b'"', b"'"):
        quoted = QUOTED.match(text, begin, stop)
        if not quoted:
            raise UnsureError  # a line that looks like a key ended the slot within the quotes
        return _closed(text, quoted.end(), stop)
    if not written.slot.flow and (header := _BLOCK_TEXT.match(text, begin, stop)):
        return _block_text_end(text, written, header)
    comment = _COMMENT.search(text, begin, stop)
    return begin + len(text[begin : comment.start() if comment else stop].rstrip())


def _block_text_end(text: bytes, written: Node, header: re.Match[bytes]) -> int:
    stop = written.slot.stop
    leading = _LEADING.match(text, header.end(), stop)
    column = max(written.slot.indent + 1, *(len(blank) for blank in _BLANK.findall(leading[0] if leading else b"")), 1)
    if header[1]:
        column = max(written.slot.indent, 0) + int(header[1])
    less = re.compile(rb"\n {0,%d}[^ \r\n]" % (column - 1)).search(text, header.end(), stop)
    return written.content + len(text[written.content : less.start() if less else stop].rstrip())


def anchor(text: bytes, alias: Node) -> int:
    """Find the place of the anchor that an alias names."""
    named = _ALIAS.match(text, alias.content, alias.slot.stop)
    written = re.compile(rb"&" + re.escape(named[1] if named else b"") + rb"(?=[\s,\]}])")
    places = [found.start() for found in written.finditer(text, 0, alias.start)]
    places = [place for place in places if text[place - 1 : place] in (b" ", b"\n", b"[", b"{", b",", b"\t")]
    if len(places) != 1:
        raise UnsureError  # a text may hold the same characters, and an anchor may be given anew
    return places[0]


def _closed(text: bytes, end: int, stop: int) -> int:
    if _after_gap(text, end, stop) < stop:
        raise UnsureError
    return end


def _after_gap(text: bytes, begin: int, stop: int) -> int:
    gap = _GAP.match(text, begin, stop)
    return gap.end() if gap else begin
