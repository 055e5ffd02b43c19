"""What is the same in both editions, letter by letter, with all that it refers to.

Nearly everything is: this is what makes a diff of megabytes cost what its changes cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from mockserver.contract.model import Contract
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.schema.edition import Edition
from mockserver.schema.terms import exactly
from mockserver.values import JSON

_Pair: TypeAlias = tuple[str, str, str, str]


class Sameness:
    """Answers for one old and one new contract; remembers its answers."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self._old = old.documents
        self._new = new.documents
        # The same letters mean something else in another version of OpenAPI, or below another dynamic scope.
        self._comparable = old.dialect.version == new.dialect.version and not any(
            b"$dynamicAnchor" in data for contract in (old, new) for data in contract.documents.data.values()
        )
        self._known: dict[_Pair, bool] = {}
        self._own: dict[_Pair, bool] = {}
        self._references: dict[int, tuple[JSON, tuple[str, ...]]] = {}

    def definition(self, one: Edition, other: Edition, name: str) -> bool:
        """Tell whether a definition is the same in two editions, whichever of them is the old one."""
        first, second = one.target(name), other.target(name)
        return self.of(first, second) if one.documents is self._old else self.of(second, first)

    def of(self, old: Node, new: Node) -> bool:
        """Tell whether two places say the same."""
        if not self._comparable:
            return False
        root = _pair(old, new)
        if root in self._known:
            return self._known[root]
        seen: set[_Pair] = set()
        todo = [(old, new)]
        while todo:
            one, other = todo.pop()
            pair = _pair(one, other)
            if pair in seen or self._known.get(pair):
                continue
            seen.add(pair)
            if self._known.get(pair) is False or not self.itself(one, other):
                self._known[root] = False
                return False
            todo.extend(self.followed(one, other))
        self._known.update(dict.fromkeys(seen, True))
        return True

    def itself(self, old: Node, new: Node) -> bool:
        """Tell whether two places are written the same, whatever they refer to."""
        pair = _pair(old, new)
        if pair not in self._own:
            self._own[pair] = exactly(old.tree, new.tree)
        return self._own[pair]

    def followed(self, old: Node, new: Node) -> Iterator[tuple[Node, Node]]:
        """Yield what the references of two places, written the same, lead to."""
        for reference in self.references(old.tree):
            try:
                yield _resolved(self._old, old, reference), _resolved(self._new, new, reference)
            except UnreadableDocument:
                continue  # lint tells it; it leads nowhere on at least one side

    def references(self, tree: JSON) -> tuple[str, ...]:
        """Return what a tree refers to, each once."""
        found = self._references.get(id(tree))
        if found is None:
            found = self._references[id(tree)] = (tree, tuple(dict.fromkeys(_references(tree))))
        return found[1]


def _resolved(documents: Documents, at: Node, reference: str) -> Node:
    if "/" not in reference and "#" not in reference:  # a discriminator's mapping by name
        reference = f"#/components/schemas/{reference}"
    return documents.resolve(at, reference)


def _pair(old: Node, new: Node) -> _Pair:
    return old.uri, old.pointer, new.uri, new.pointer


def _references(tree: JSON) -> Iterator[str]:
    todo = [tree]
    while todo:
        at = todo.pop()
        if isinstance(at, list):
            todo.extend(item for item in at if isinstance(item, dict | list))
        elif isinstance(at, dict):
            reference = at.get("$ref")
            if isinstance(reference, str):
                yield reference
            discriminator = at.get("discriminator")
            if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
                yield from (target for target in discriminator["mapping"].values() if isinstance(target, str))
            todo.extend(value for value in at.values() if isinstance(value, dict | list))
