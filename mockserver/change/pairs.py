"""Pairs of schemas that stand for one another in both editions, and how they lead to each other.

Each pair of components is walked once, whatever number of operations use it; what is written the same is passed over
without being converted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

from mockserver.change.edits import Walk
from mockserver.change.model import Paired
from mockserver.change.sameness import Sameness
from mockserver.change.spots import Edit, Spot, Step
from mockserver.document.documents import Node
from mockserver.schema.dialects import Direction
from mockserver.schema.edition import Edition
from mockserver.values import Struct, field

Key: TypeAlias = tuple[str, str, str, str]


class Site(Struct, frozen=True):
    """Where a message holds a schema: `place` is `body` or a parameter, `lexical` says that it is spelled as text."""

    paired: Paired
    direction: Direction
    place: str
    old: Node
    new: Node
    status: str = ""
    code: int = 0
    media_type: str = ""
    lexical: bool = False

    @property
    def at(self) -> str:
        """The place for people: that of an answer says its status."""
        return f"{self.status} {self.place}" if self.status else self.place

    @property
    def narrows(self) -> bool:
        """Whether new values break: what the consumer receives may only narrow, what it sends may only widen."""
        return (self.direction == "response") != self.paired.reversed


class Pair(Struct):
    """Two schemas that stand for one another, and what was edited in them.

    `delicate` are the places above a pair of references where more than each of them counts: see `delicate_step`.
    """

    old: Spot
    new: Spot
    edits: list[Edit] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    below: list[Key] = field(default_factory=list)
    delicate: list[tuple[Edit, Key]] = field(default_factory=list)


class Pairs:
    """The pairs of two editions."""

    def __init__(self, old: Edition, new: Edition, sameness: Sameness) -> None:
        self.old = old
        self.new = new
        self.sameness = sameness
        self.found: dict[Key, Pair] = {}
        self._parents: dict[Key, list[tuple[Key, tuple[Step, ...]]]] = {}

    def add(self, site: Site) -> None:
        """Compare the schemas of a site, and all that they lead to; raise UnreadableDocument when one is broken."""
        key = self._pair(site.old, site.new)
        self.found[key].sites.append(site)

    def _pair(self, old: Node, new: Node) -> Key:
        root = _key(old, new)
        todo = deque([(old, new)])
        while todo:
            left, right = todo.popleft()
            key = _key(left, right)
            if key in self.found:
                continue
            pair = self.found[key] = Pair(self._spot(self.old, left), self._spot(self.new, right))
            for one in Walk(self.sameness.definition).compare(pair.old, pair.new):
                if isinstance(one, Edit):
                    pair.edits.append(one)
                    continue
                below = self.old.target(one.old), self.new.target(one.new)
                pair.delicate.extend((edit, _key(*below)) for edit in _delicate(one.way))
                pair.below.append(_key(*below))
                todo.append(below)
                self._parents.setdefault(_key(*below), []).append((key, one.way))
        return root

    def parents(self, pair: Pair) -> list[tuple[Key, tuple[Step, ...]]]:
        """Return the pairs that refer to a pair, and the way from each."""
        return self._parents.get(_key(pair.old.node, pair.new.node), [])

    def _spot(self, edition: Edition, node: Node) -> Spot:
        schema = edition.written(node)
        return Spot(edition, node, schema, schema)

    def has(self, old: str, new: str) -> bool:
        """Tell whether two definitions are one of the pairs."""
        return _key(self.old.target(old), self.new.target(new)) in self.found

    def changed(self) -> Iterator[Pair]:
        """Yield the pairs that were edited themselves."""
        return (pair for pair in self.found.values() if pair.edits)

    def delicate(self, settled: Callable[[Pair], bool]) -> Iterator[tuple[Pair, Edit]]:
        """Yield the places that hold changed pairs and are more than their parts, once each.

        Where something below is not `settled`, it is told there, and the place is left out.
        """
        for pair in self.found.values():
            seen: set[int] = set()
            for edit, key in pair.delicate:
                if id(edit.old.schema) not in seen and all(map(settled, self._closure(key))):
                    seen.add(id(edit.old.schema))
                    yield pair, edit

    def _closure(self, key: Key) -> Iterator[Pair]:
        todo, seen = [key], {key}
        while todo:
            pair = self.found[todo.pop()]
            yield pair
            more = [other for other in pair.below if other not in seen]
            seen.update(more)
            todo.extend(more)

    def routes(self, pair: Pair) -> Iterator[tuple[Pair, tuple[Step, ...]]]:
        """Yield the pairs with sites from which a pair is reached, nearest first, and the way from there."""
        todo: deque[tuple[Pair, tuple[Step, ...]]] = deque([(pair, ())])
        seen = {id(pair)}
        while todo:
            at, way = todo.popleft()
            if at.sites:
                yield at, way
            for key, step in self.parents(at):
                above = self.found[key]
                if id(above) not in seen:
                    seen.add(id(above))
                    todo.append((above, (*step, *way)))


def _key(old: Node, new: Node) -> Key:
    return old.uri, old.pointer, new.uri, new.pointer


def delicate_step(way: tuple[Step, ...]) -> int | None:
    """Return the index of the outermost step where the whole is not what its parts are.

    A value that fits more than one alternative of oneOf fits none; unevaluated* depends on what its neighbours declare.
    """
    for index, step in enumerate(way):
        holders = step.old.schema, step.new.schema
        if step.kind == "same" and (
            step.name == "oneOf" or any("unevaluated" in word for holder in holders for word in holder)
        ):
            return index
    return None


def _delicate(way: tuple[Step, ...]) -> Iterator[Edit]:
    index = delicate_step(way)
    if index is not None:
        step = way[index]
        told = "what fits one alternative may fit another, or none, since they changed"
        yield Edit("alternatives-changed", way[:index], step.old, step.new, "whole", told, (), ())
