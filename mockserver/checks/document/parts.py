"""The documents that one contract consists of, each walked from where the contract enters it.

Knows references between documents. Does not know what is judged: that is the walk's business, and the rules'.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from mockserver.checks.document.flaw import Flaw, Place, pointer_of
from mockserver.checks.document.rules_whole import Met, judged_part
from mockserver.checks.document.structure import Outward, Walk, flaws
from mockserver.contract.model import Contract
from mockserver.document import pointer as pointers
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument

Mets: TypeAlias = dict[str, Met]
"""The objects that the walks met, by the document that they stand in; the root comes first."""


def all_flaws(contract: Contract, mets: Mets) -> Iterator[tuple[str, Flaw]]:
    """Find what is structurally wrong with the documents of a contract; yield each flaw with its document."""
    root, version = contract.root, contract.dialect.version
    names: dict[str, str] = {}
    walks = {root.uri: Walk(root.tree, version)}
    mets[root.uri] = walks[root.uri].met
    for flaw in flaws(root.tree, version, walks[root.uri], names):
        yield root.uri, flaw
    for target, outward in _entered(contract, walks):
        walk = walks.get(target.uri)
        if walk is None:
            tree = contract.documents.tree(target.uri)
            walk = walks[target.uri] = Walk(tree, version, part=True)
            mets[target.uri] = walk.met
        for flaw in walk.flaws(target.tree, outward[1], _place(target.pointer)):
            yield target.uri, flaw
    for uri, met in list(mets.items())[1:]:
        for flaw in judged_part(contract.documents.tree(uri), version, met, root.tree, names):
            yield uri, flaw


def _entered(contract: Contract, walks: dict[str, Walk]) -> Iterator[tuple[Node, Outward]]:
    """Yield each place of another document that a reference leads to, once for each kind of object."""
    seen: set[tuple[str, str, str, str]] = set()
    done = dict.fromkeys(walks, 0)
    todo = deque(walks)
    while todo:
        uri = todo.popleft()
        for outward in walks[uri].outward[done.get(uri, 0) :]:
            done[uri] = done.get(uri, 0) + 1
            try:
                target = contract.documents.resolve(contract.documents.node(uri, pointer_of(outward[2])), outward[0])
            except UnreadableDocument:
                continue  # a finding of references
            key = (target.uri, target.pointer, outward[1].shape, outward[1].phrase)
            if target.uri != contract.root.uri and key not in seen:
                seen.add(key)
                yield target, outward
                todo.append(target.uri)


def _place(pointer: str) -> Place:
    place: Place = None
    for token in pointers.split(pointer):
        place = (place, token, False)
    return place
