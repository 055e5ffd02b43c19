"""Where a schema can be changed: where it stands, or where it is referred to, so that its other users keep it.

A component is changed for all its users, unless they contradict each other: then the use that has changed gets its own.
What is large is not copied for that as long as anything else will do: two copies no longer are one thing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Final

from mockserver.document.documents import Documents, Node
from mockserver.document.edits import Edit, Put
from mockserver.errors import UnreadableDocument
from mockserver.jobs.drift.ways import UNIONS, Place, Way
from mockserver.values import JSON, Struct

_DEEPEST: Final = 64
_SMALL: Final = 8


class Change(Struct, frozen=True):
    """An edit of one of the contract's documents."""

    uri: str
    edit: Edit


class Spot(Struct, frozen=True):
    """A schema that can be changed, as it is written there once `before` is done."""

    uri: str
    pointer: str
    tree: JSON
    before: tuple[Change, ...] = ()

    def changed(self, *edits: Edit) -> tuple[Change, ...]:
        """Return edits of this place with what has to be done before."""
        return (*self.before, *(Change(self.uri, edit) for edit in edits))

    @property
    def copied(self) -> int:
        """How many objects are copied for it."""
        return sum(_size(change.edit.value) for change in self.before if isinstance(change.edit, Put))

    @property
    def is_reference(self) -> bool:
        """Whether the schema itself stands elsewhere."""
        return isinstance(self.tree, dict) and isinstance(self.tree.get("$ref"), str)


def spots(
    way: Way, documents: Documents, editable: Collection[str], contradicting: Collection[Place]
) -> Iterator[Spot]:
    """Yield the spots of a way's last schema, the best first: itself, then uses of it from the innermost outwards."""
    last = way[-1]
    here = Spot(last.uri, last.pointer, last.tree)
    is_contradicted = (last.uri, last.pointer) in contradicting
    if last.uri in editable and not is_contradicted:
        yield here
    uses = [
        spot
        for index in reversed(range(len(way) - 1))
        if _refers(way[index]) and way[index].uri in editable
        and (way[index].uri, way[index].pointer) not in contradicting
        for spot in _own(way, index, documents)
    ]  # fmt: skip
    yield from (spot for spot in uses if spot.copied <= _SMALL)
    if last.uri in editable and is_contradicted:
        yield here
    yield from (spot for spot in uses if spot.copied > _SMALL)


def _size(tree: JSON) -> int:
    if isinstance(tree, dict):
        return 1 + sum(map(_size, tree.values()))
    return sum(map(_size, tree)) if isinstance(tree, list) else 0


def _refers(node: Node) -> bool:
    return isinstance(node.tree, dict) and isinstance(node.tree.get("$ref"), str)


def _own(way: Way, index: int, documents: Documents) -> Iterator[Spot]:
    """Yield what takes the place of a reference: the last reference kept, or a copy of all that it leads to."""
    site, pointer = way[index], way[index].pointer
    before: list[Change] = []
    for step in range(index, len(way) - 1):
        node, below = way[step], way[step + 1]
        if not _refers(node) or below.pointer.startswith(f"{node.pointer}/"):
            pointer += below.pointer.removeprefix(node.pointer)
            continue
        if _is_same_value(way[step + 1 :]) and not any(_refers(one) for one in way[step + 1 :]):
            yield Spot(site.uri, pointer, relocated(node, documents, site.uri), tuple(before))
        before.append(Change(site.uri, Put(pointer, relocated(below, documents, site.uri))))
    yield Spot(site.uri, pointer, relocated(way[-1], documents, site.uri), tuple(before))


def _is_same_value(way: Way) -> bool:
    """Tell whether the schemas of a way all describe one value: parts and alternatives, no members."""
    steps = (below.pointer.removeprefix(f"{above.pointer}/") for above, below in pairwise(way))
    return all(step.partition("/")[0] in {"allOf", *UNIONS} for step in steps)


def relocated(node: Node, documents: Documents, uri: str) -> JSON:
    """Return a schema as it would be written in another document: its references lead where they led."""
    return node.tree if node.uri == uri else _relocated(node, documents, uri, 0)


def _relocated(node: Node, documents: Documents, uri: str, depth: int) -> JSON:
    tree = node.tree
    if depth > _DEEPEST:
        return tree
    if isinstance(tree, list):
        return [_relocated(node.child(index), documents, uri, depth + 1) for index in range(len(tree))]
    if not isinstance(tree, dict):
        return tree
    out = {name: _relocated(node.child(name), documents, uri, depth + 1) for name in tree}
    if isinstance(tree.get("$ref"), str):
        try:
            target = documents.resolve(node, tree["$ref"])
        except UnreadableDocument:
            return out
        out["$ref"] = reference(target.uri, target.pointer, uri)
    return out


def reference(uri: str, pointer: str, start: str) -> str:
    """Return how one document refers to a place in another.

    >>> reference("contracts/parts/pet.yaml", "/Pet", "contracts/api.yaml")
    'parts/pet.yaml#/Pet'
    """
    if uri == start:
        return f"#{pointer}"
    file = uri if "://" in uri + start else posixpath.relpath(uri, posixpath.dirname(start))
    return f"{file}#{pointer}" if pointer else file
