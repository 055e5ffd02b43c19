"""What is the same in both editions, letter by letter, with all that it refers to.

Nearly everything is: this is what makes a diff of megabytes cost what its changes cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from mockserver.contract.model import Contract
from mockserver.document.documents import Documents, Node, base_below, joined
from mockserver.errors import UnreadableDocument
from mockserver.schema.edition import Edition
from mockserver.schema.terms import exactly
from mockserver.values import JSON, replace

_Pair: TypeAlias = tuple[str, str, str, str]
_Reference: TypeAlias = tuple[str, str]
"""A reference, and the base that holds where it is written, as seen from the place that was asked for."""


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
        self._references: dict[int, tuple[JSON, tuple[_Reference, ...]]] = {}

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
            followed = self._followed(one, other) if self._itself(one, other) else None
            if self._known.get(pair) is False or followed is None:
                self._known[root] = False
                return False
            todo.extend(followed)
        self._known.update(dict.fromkeys(seen, True))
        return True

    def _itself(self, old: Node, new: Node) -> bool:
        """Tell whether two places are written the same, whatever they refer to."""
        pair = _pair(old, new)
        if pair not in self._own:
            self._own[pair] = exactly(old.tree, new.tree)
        return self._own[pair]

    def _followed(self, old: Node, new: Node) -> list[tuple[Node, Node]] | None:
        """Return what the references of two places, written the same, lead to; None where only one leads somewhere."""
        found: list[tuple[Node, Node]] = []
        for reference in self._referred(old.tree):
            ours, theirs = _resolved(self._old, old, reference), _resolved(self._new, new, reference)
            if ours is not None and theirs is not None:
                found.append((ours, theirs))
            elif ours is not theirs:
                return None
        return found

    def _referred(self, tree: JSON) -> tuple[_Reference, ...]:
        """Return what a tree refers to, each once."""
        found = self._references.get(id(tree))
        if found is None:
            found = self._references[id(tree)] = (tree, tuple(dict.fromkeys(_references(tree))))
        return found[1]


def _resolved(documents: Documents, at: Node, reference: _Reference) -> Node | None:
    written, base = reference
    here = replace(at, base=joined(at.base, base)) if base else at
    try:
        return documents.resolve(here, written)
    except UnreadableDocument:
        return None  # lint tells it


def _pair(old: Node, new: Node) -> _Pair:
    return old.uri, old.pointer, new.uri, new.pointer


def _references(tree: JSON) -> Iterator[_Reference]:
    todo = [(tree, "")]
    while todo:
        at, base = todo.pop()
        if isinstance(at, list):
            todo.extend((item, base) for item in at if isinstance(item, dict | list))
        elif isinstance(at, dict):
            if at is not tree:  # the base of the place itself is known
                base = base_below(base, at)
            yield from ((reference, base) for reference in _written(at))
            todo.extend((value, base) for value in at.values() if isinstance(value, dict | list))


def _written(tree: JSON) -> Iterator[str]:
    for keyword in ("$ref", "$dynamicRef"):
        if isinstance(tree.get(keyword), str):
            yield tree[keyword]
    discriminator = tree.get("discriminator")
    if isinstance(discriminator, dict):
        mapping = discriminator.get("mapping")
        targets = list(mapping.values()) if isinstance(mapping, dict) else []
        for target in (*targets, discriminator.get("defaultMapping")):
            if isinstance(target, str):  # by name, or by URI (OAS 3.1.1 §4.8.25)
                yield target if "/" in target or "#" in target else f"#/components/schemas/{target}"
