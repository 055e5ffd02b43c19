"""YAML text to nodes with their places, and nodes to tree.

Slow and exact: for the rare documents that the quick reader refuses, and for places that the quick search is unsure
of. Knows tags, aliases and their limits. Does not know what a document is about.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, assert_never

import yaml

from mockserver.document.yaml12 import DEEPEST, key, merged, plain
from mockserver.errors import UnreadableDocument
from mockserver.values import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.values import JSON

_COPIES: Final = 100
"""Nodes that aliases may make of one written node, on average. Above it stands only an attack."""

_TYPED: Final = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLON: Final = re.compile(r"\s*:")
_PARSER: Final = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

_FIXES: Final = (  # the first words that stand in the parser's complaint, and what mends it
    ("found character that cannot start any token", "put this text in quotes"),
    ("mapping values are not allowed", "put text that holds `: ` in quotes, and line up the keys of a map"),
    ("did not find expected key", "line up the keys of this map in one column"),
    ("did not find expected '-'", "line up the items of this list in one column"),
    ("could not find expected ':'", "write `:` after this key, or put the text in quotes"),
    ("found undefined alias", "name the anchor with `&` before the alias uses it"),
    ("did not find expected ',' or", "close the bracket, or put a comma between the items"),
    ("did not find expected node content", "close the bracket"),
    ("found unexpected end of stream", "close the quote"),
    ("found unknown escape character", "double the backslash, or use single quotes"),
    ("found invalid Unicode character escape", "write the character itself: YAML knows no pairs of \\u escapes"),
    ("control characters are not allowed", "write the character as an escape in double quotes"),
)


class Scalar(Struct, frozen=True):
    """Text; `plain` when neither quotes nor a tag say that it is a text."""

    start: int
    end: int
    text: str
    plain: bool
    tag: str | None
    size: int = 1


class Sequence(Struct, frozen=True):
    """A list of nodes."""

    start: int
    end: int
    items: tuple[Node, ...]
    size: int


class Mapping(Struct, frozen=True):
    """A map, as its pairs were written: names may be repeated and merge keys stand unmerged."""

    start: int
    end: int
    items: tuple[tuple[Scalar, Node], ...]
    size: int


class Alias(Struct, frozen=True):
    """A second mention of a node."""

    start: int
    end: int
    target: Node
    size: int


Node: TypeAlias = Scalar | Sequence | Mapping | Alias
"""Places count characters from 0, the end is behind the last one; `size` counts what it makes, aliases expanded."""


def name(node: Scalar) -> str:
    """Give the name that a key node has in the tree."""
    return key(plain(node.text)) if node.plain or node.tag in _TYPED else node.text


def compose(text: str, uri: str) -> Node:
    """Parse one document into nodes; `UnreadableDocument` where it is none."""
    try:
        return _Composer(text, uri).document()
    except yaml.MarkedYAMLError as exc:
        problem, index, context = exc.problem or "", _index(exc.problem_mark), exc.context or ""
        if exc.context_mark and exc.problem_mark and exc.context_mark.line < exc.problem_mark.line:
            context += f" that begins on line {exc.context_mark.line + 1}"
    except yaml.reader.ReaderError as exc:
        found = _UNPRINTABLE.search(text)  # the parsers count bytes or characters, as they are made
        problem, index, context = exc.reason, found.start() if found else 0, ""
    raise UnreadableDocument(
        f"this is no YAML: {problem}{f' {context}' if context else ''}",
        where=f"{uri}:{place(text, index)}",
        fix=_fix(problem, text[index : index + 1]),
    )


class _Mark(Protocol):
    @property
    def index(self) -> int: ...


def _index(mark: _Mark | None) -> int:
    return mark.index if mark else 0  # the parsers always set it; the annotations of PyYAML do not say so


def place(text: str, index: int) -> str:
    """Give line and column of a character, as `line:column`, both from 1."""
    return f"{text.count(chr(10), 0, index) + 1}:{index - text.rfind(chr(10), 0, index)}"


def _fix(problem: str, character: str) -> str:
    if character == "\t":
        return "indent with spaces: YAML forbids tabs there"
    return next(
        (fix for words, fix in _FIXES if words in problem), "mend the syntax at this place, or the line above it"
    )


class _Composer:
    """Turn the parser's events into nodes without recursion, so that depth is an error and no crash."""

    def __init__(self, text: str, uri: str) -> None:
        self._text = text
        self._uri = uri
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_PARSER)
        self._anchors: dict[str, Node] = {}
        self._open: list[tuple[yaml.CollectionStartEvent, list[Node]]] = []
        self._written = 0

    def document(self) -> Node:
        """Read the whole stream, which must hold one document."""
        root: Node = Scalar(len(self._text), len(self._text), "", plain=True, tag=None)
        documents = 0
        for event in self._events:
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise self._error(
                    _index(event.start_mark),
                    "a second document begins in this file",
                    "keep one document per file, and no `---` after the first line",
                )
            root = self._node(event) or root
        if root.size > _COPIES * self._written:
            raise self._error(
                root.start,
                f"the aliases of this document would make {root.size} values of {self._written} written ones",
                "write fewer aliases of aliases",
            )
        return root

    def _node(self, event: yaml.Event) -> Node | None:
        """Take one event; return the node that it completes."""
        node: Node
        match event:
            case yaml.CollectionStartEvent():
                self._open.append((event, []))
                if len(self._open) > DEEPEST:
                    raise self._error(
                        _index(event.start_mark),
                        f"values are nested deeper than {DEEPEST} levels",
                        "move parts behind a `$ref`",
                    )
                return None
            case yaml.CollectionEndEvent():
                opened, children = self._open.pop()
                node, anchor = self._collection(opened, children, _index(event.end_mark)), opened.anchor
            case yaml.AliasEvent():
                node, anchor = self._alias(event), None
            case yaml.ScalarEvent():
                start, end = _index(event.start_mark), self._trimmed(_index(event.end_mark))
                node, anchor = Scalar(start, end, event.value, plain=event.implicit[0], tag=event.tag), event.anchor
            case _:  # the stream and the document begin and end
                return None
        self._written += 1
        if anchor:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1][1].append(node)
        return node

    def _collection(self, opened: yaml.CollectionStartEvent, children: list[Node], end: int) -> Node:
        start, size = _index(opened.start_mark), 1 + sum(child.size for child in children)
        if not opened.flow_style and children:
            end = children[-1].end  # the parser's own mark stands before the next token, behind comments
        if isinstance(opened, yaml.SequenceStartEvent):
            return Sequence(start, end, tuple(children), size)
        pairs = tuple(map(self._pair, children[::2], children[1::2]))
        return Mapping(start, pairs[-1][1].end if pairs and not opened.flow_style else end, pairs, size)

    def _trimmed(self, end: int) -> int:
        while end and self._text[end - 1] in " \t\r\n":
            end -= 1
        return end

    def _pair(self, key: Node, value: Node) -> tuple[Scalar, Node]:
        if isinstance(value, Scalar) and value.end <= value.start:
            # The parser places what is not written before the next token, behind comments.
            colon = _COLON.match(self._text, key.end)
            value = replace(value, end=colon.end() if colon else key.end)
        return self._key(key), value

    def _key(self, node: Node) -> Scalar:
        target = node.target if isinstance(node, Alias) else node
        if not isinstance(target, Scalar):
            raise self._error(node.start, "a key of this map is a list or a map", "use a text as key")
        return Scalar(node.start, node.end, target.text, target.plain, target.tag)

    def _alias(self, event: yaml.AliasEvent) -> Alias:
        start, end, anchor = _index(event.start_mark), _index(event.end_mark), event.anchor or ""
        if anchor in self._anchors:
            target = self._anchors[anchor]
            return Alias(start, end, target.target if isinstance(target, Alias) else target, target.size)
        if any(opened.anchor == anchor for opened, _ in self._open):
            raise self._error(start, f"the value &{anchor} contains itself", "use a `$ref` for recursion")
        raise self._error(start, f"nothing is named &{anchor}", "name the anchor with `&` before the alias uses it")

    def _error(self, index: int, what: str, fix: str) -> UnreadableDocument:
        return UnreadableDocument(what, where=f"{self._uri}:{place(self._text, index)}", fix=fix)


def build(root: Node, text: str, uri: str) -> JSON:
    """Make the tree of composed nodes, an aliased node once; raise at a number that JSON has no word for."""
    aliased: dict[int, JSON] = {}

    def value(node: Node) -> JSON:
        match node:
            case Scalar():
                return _scalar(node, text, uri)
            case Sequence():
                return [value(item) for item in node.items]
            case Mapping():
                return mapping(node)
            case Alias():
                if id(node.target) not in aliased:
                    aliased[id(node.target)] = value(node.target)
                return aliased[id(node.target)]
            case _:
                assert_never(node)

    def mapping(node: Mapping) -> JSON:
        own: dict[str, JSON] = {}
        for key_node, value_node in node.items:
            named = name(key_node)
            child = value(value_node)
            if named == "<<" and "<<" in own:
                child = [part for one in (own["<<"], child) for part in (one if isinstance(one, list) else [one])]
            own[named] = child
        return merged(own) if "<<" in own else own

    return value(root)


def _scalar(node: Scalar, text: str, uri: str) -> JSON:
    if not node.plain and node.tag not in _TYPED:
        return node.text
    value = plain(node.text)
    if isinstance(value, float) and not math.isfinite(value):
        raise UnreadableDocument(
            f"{node.text[:40]} is no number of JSON",
            where=f"{uri}:{place(text, node.start)}",
            fix="write a finite number, or put the text in quotes",
        )
    return float(value) if node.tag == "tag:yaml.org,2002:float" and type(value) is int else value
