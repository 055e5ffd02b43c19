"""Where the nodes of a YAML text stand.

Knows how pointers walk through maps, lists, aliases and merge keys. The quick search by layout (yaml_layout.py) comes
first; where it is unsure, the parsed nodes (yaml_nodes.py) decide, exactly and slowly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.document import yaml_layout, yaml_nodes
from mockserver.document.json_places import Span
from mockserver.document.yaml_flow import UnsureError
from mockserver.document.yaml_layout import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

_MERGE: Final = "<<"


class YamlPlaces:
    """Find spans in one text; tables of members, and parsed nodes once they were needed, are remembered."""

    def __init__(self, written: bytes, uri: str) -> None:
        self._written = written
        self._uri = uri
        self._top: yaml_layout.Node | None = None
        self._proved: dict[int, bool] = {}
        self._tables: dict[int, dict[str, yaml_layout.Member]] = {}
        self._orders: dict[int, tuple[list[str], dict[str, int]]] = {}
        self._parsed: _Parsed | None = None

    def span(self, parts: tuple[str, ...]) -> Span:
        """Find the node of these pointer tokens, or its nearest ancestor that exists."""
        if not self._parsed:
            try:
                return self._quick(parts)
            except UnsureError:
                pass
            self._parsed = _Parsed(self._written, self._uri)
        return self._parsed.span(parts)

    def _quick(self, parts: tuple[str, ...]) -> Span:
        node = self._root()
        start = node.start
        for part in parts:
            found = self._member(node, part)
            if not found:
                break
            start, node = found
        # The end is also the proof: a slot that was cut short ends within brackets or quotes, and is unsure.
        return Span(start, yaml_layout.end(self._written, node))

    def _root(self) -> yaml_layout.Node:
        if not self._top:
            self._top = yaml_layout.node(self._written, yaml_layout.root(self._written))
        return self._top

    def _table(self, node: yaml_layout.Node) -> dict[str, yaml_layout.Member]:
        if node.content not in self._tables:
            self._tables[node.content] = yaml_layout.members(self._written, node)
        return self._tables[node.content]

    def _member(self, node: yaml_layout.Node, part: str) -> tuple[int, yaml_layout.Node] | None:
        table = self._table(self._followed(node))
        if part in table:
            self._prove_before(table, part)
            value = yaml_layout.node(self._written, table[part].slot)
            key = table[part].key
            return value.start if key is None else key, value
        for source in self._merged(table):
            if found := self._member(source, part):
                return found
        return None

    def _prove_before(self, table: dict[str, yaml_layout.Member], part: str) -> None:
        # A line of a text may look like this member; then what stands before it is not closed (see yaml_layout.proved).
        names, places = self._order(table)
        for index in range(places[part] - 1, -1, -1):
            slot = table[names[index]].slot
            if slot.begin not in self._proved:
                self._proved[slot.begin] = yaml_layout.proved(self._written, yaml_layout.node(self._written, slot))
            if self._proved[slot.begin]:
                return

    def _order(self, table: dict[str, yaml_layout.Member]) -> tuple[list[str], dict[str, int]]:
        found = self._orders.get(id(table))
        if found is None:
            names = list(table)
            found = self._orders[id(table)] = names, {name: index for index, name in enumerate(names)}
        return found

    def _merged(self, table: dict[str, yaml_layout.Member]) -> Iterator[yaml_layout.Node]:
        if _MERGE not in table:
            return
        source = self._followed(yaml_layout.node(self._written, table[_MERGE].slot))
        members = self._table(source).values()
        if all(member.key is None for member in members):
            yield from (yaml_layout.node(self._written, member.slot) for member in members)
        else:
            yield source

    def _followed(self, node: yaml_layout.Node) -> yaml_layout.Node:
        """Follow an alias to the node of its anchor, from the root down to where the anchor stands."""
        if node.kind is not Kind.ALIAS:
            return node
        anchor = yaml_layout.anchor(self._written, node)
        found = self._root()
        while not found.start <= anchor < found.content:
            slots = (member.slot for member in self._table(found).values())
            inner = next((slot for slot in slots if slot.begin <= anchor < slot.stop), None)
            if not inner:
                raise UnsureError
            found = yaml_layout.node(self._written, inner)
        return found


class _Parsed:
    """The parsed nodes of one text."""

    def __init__(self, written: bytes, uri: str) -> None:
        self._text = written.decode()
        self._root = yaml_nodes.compose(self._text, uri)

    def span(self, parts: tuple[str, ...]) -> Span:
        node = self._root
        start = node.start
        for part in parts:
            found = _member(node, part)
            if not found:
                break
            start, node = found
        return Span(self._byte(start), self._byte(max(node.end, start)))

    def _byte(self, index: int) -> int:
        return len(self._text[:index].encode())


def _member(node: yaml_nodes.Node, part: str) -> tuple[int, yaml_nodes.Node] | None:
    match node:
        case yaml_nodes.Alias():
            return _member(node.target, part)
        case yaml_nodes.Sequence():
            found = node.items[int(part)] if part in map(str, range(len(node.items))) else None
            return (found.start, found) if found else None
        case yaml_nodes.Mapping():
            own = next((pair for pair in reversed(node.items) if yaml_nodes.name(pair[0]) == part), None)
            if own:
                return own[0].start, own[1]
            merged = (_member(source, part) for source in _sources(node))
            return next((found for found in merged if found), None)
        case _:
            return None


def _sources(node: yaml_nodes.Mapping) -> Iterator[yaml_nodes.Node]:
    for key, value in node.items:
        if yaml_nodes.name(key) == _MERGE:
            source = value.target if isinstance(value, yaml_nodes.Alias) else value
            yield from source.items if isinstance(source, yaml_nodes.Sequence) else (source,)
