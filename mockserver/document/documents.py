"""Documents by URI, read on first use, and the references between them.

Knows `$ref`, `$id` and anchors; knows neither OpenAPI nor where the bytes came from: an edge collects the closure of
referenced documents and hands down `{uri: bytes}`. Reading stays lazy and pure, so one value may serve many threads:
two threads that read the same document at once read the same thing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote, urldefrag, urljoin

from mockserver.document import pointer as pointers
from mockserver.document.read import read
from mockserver.errors import UnresolvedReference
from mockserver.values import JSON, Struct

_USER: Final = re.compile(r"(?<=:)//[^/@\s]*@")


def joined(base: str, reference: str) -> str:
    """Return the URI that a reference means where `base` holds (RFC 3986 §5), also where base is a relative path.

    >>> joined("../contracts/api.yaml", "../parts/pet.yaml#/Pet")
    '../parts/pet.yaml#/Pet'
    """
    if "://" in base or "://" in reference or not reference:
        return urljoin(base, reference)
    place, mark, fragment = reference.partition("#")
    if not place:
        return base + mark + fragment
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), place)) + mark + fragment


def name_of(uri: str) -> str:
    """Return the name of a document for people: a path as it would be typed, or its address without a password.

    >>> name_of("https://me:secret@api.example/openapi.yaml")
    'https://api.example/openapi.yaml'
    """
    return _USER.sub("//", uri) if "://" in uri else unquote(uri)


def base_below(base: str, tree: JSON) -> str:
    """Return the base that holds inside a schema: its own `$id`, or the one around it (JSON Schema 2020-12 §8.2.1)."""
    identifier = tree.get("$id") if isinstance(tree, dict) else None
    return urldefrag(joined(base, identifier))[0] if isinstance(identifier, str) else base


class Node(Struct, frozen=True):
    """A place in a document: `base` is the URI against which its references resolve (it differs below an `$id`)."""

    uri: str
    pointer: str
    tree: JSON
    base: str

    def child(self, *parts: str | int) -> Node:
        """Return the place below; raise LookupError when it is not there."""
        tree, base = self.tree, self.base
        for part in parts:
            tree = tree[int(part)] if isinstance(tree, list) else tree[part]
            base = base_below(base, tree)
        return Node(self.uri, pointers.child(self.pointer, *parts), tree, base)

    def at(self, pointer: str) -> Node:
        """Return the place at a pointer below; raise LookupError, naming the first missing token, if it is none."""
        node = self
        for part in pointers.split(pointer):
            below = pointers.look_up(node.tree, pointers.join((part,)))
            node = Node(self.uri, "", below, base_below(node.base, below))
        return Node(self.uri, self.pointer + pointer, node.tree, node.base)

    @property
    def where(self) -> str:
        """The place for a message."""
        return f"{self.uri}#{self.pointer}"


class Documents:
    """All documents that one contract consists of; `root` is the URI of the first."""

    def __init__(self, root: str, data: Mapping[str, bytes], *, trees: Mapping[str, JSON] | None = None) -> None:
        self.root = root
        self.data = data
        self._trees: dict[str, JSON] = dict(trees or {})
        self._identifiers: dict[str, dict[str, Node]] = {}
        self._dynamic: dict[str, dict[str, Node]] | None = None

    def tree(self, uri: str) -> JSON:
        """Return the parsed document; raise UnresolvedReference when its bytes were never collected."""
        if uri not in self._trees:
            if uri not in self.data:
                raise UnresolvedReference(f"{uri} is not there", where=uri, fix="put the file there or mend the $ref")
            self._trees[uri] = read(self.data[uri], uri)
        return self._trees[uri]

    def beside_root(self, uri: str) -> str:
        """Return the URI of a document as it looks from the first one, so that a copy elsewhere has the same names."""
        if uri == self.root:
            return ""
        return uri if "://" in uri + self.root else posixpath.relpath(uri, posixpath.dirname(self.root))

    def where(self, node: Node) -> str:
        """Tell a place for people: `contracts/shipping.yaml:142`."""
        return self.line_of(node.uri, node.pointer)

    def line_of(self, uri: str, pointer: str) -> str:
        """Tell a place for people, by document and pointer; the nearest that is written, if it is not."""
        from mockserver.document.positions import locate  # noqa: PLC0415 - a third of a start, and few ask for a line

        data = self.data.get(uri)
        return f"{name_of(uri)}:{locate(data, pointer).line}" if data is not None else f"{name_of(uri)}#{pointer}"

    def root_node(self) -> Node:
        """Return the first document."""
        return self._document(self.root)

    def _document(self, uri: str) -> Node:
        tree = self.tree(uri)
        return Node(uri, "", tree, base_below(uri, tree))

    def node(self, uri: str, pointer: str) -> Node:
        """Return a place by document and pointer; raise UnresolvedReference when it is not there."""
        try:
            return self._document(uri).at(pointer)
        except LookupError as missing:
            raise UnresolvedReference(
                f"{pointer or '/'} is not there: no {missing.args[0]!r}", where=f"{uri}#{pointer}", fix="mend the $ref"
            ) from missing

    def resolve(self, at: Node, reference: str) -> Node:
        """Return the place that `reference`, written at `at`, leads to (RFC 3986 §5, RFC 6901 §6)."""
        if reference.startswith("#/") and at.base == at.uri:
            return self._local(at, at.uri, reference)
        absolute, fragment = urldefrag(joined(at.base, reference))
        if absolute not in self.data and absolute not in self._trees:
            return self._identified(at, absolute, fragment, reference)
        if not fragment or fragment.startswith("/"):
            return self._local(at, absolute, f"#{fragment}")
        return self._identified(at, absolute, fragment, reference)

    def _local(self, at: Node, uri: str, reference: str) -> Node:
        pointer = pointers.from_fragment(reference[1:]) if "%" in reference else reference[1:]
        try:
            return self._document(uri).at(pointer)
        except LookupError as missing:
            raise UnresolvedReference(
                f"$ref {reference} leads nowhere: {missing.args[0]!r} is not there",
                where=at.where,
                fix="mend the $ref, or add what it names",
            ) from missing

    def _identified(self, at: Node, absolute: str, fragment: str, reference: str) -> Node:
        for uri in dict.fromkeys((at.uri, *self._trees, *self.data)):
            found = self._identifiers_of(uri).get(absolute)
            if found is None:
                continue
            if not fragment:
                return found
            if fragment.startswith("/"):
                pointer = pointers.from_fragment(fragment)
                try:
                    return found.at(pointer)
                except LookupError:
                    break
            anchored = self._identifiers_of(uri).get(f"{absolute}#{fragment}")
            if anchored is not None:
                return anchored
        raise UnresolvedReference(
            f"$ref {reference} leads nowhere", where=at.where, fix="mend the $ref, or put the file it names beside"
        )

    def dynamic_anchors(self, base: str) -> Mapping[str, Node]:
        """Return the `$dynamicAnchor`s of the resource with a base, by name (JSON Schema 2020-12 §8.2.2)."""
        if self._dynamic is None:
            self._dynamic = {}
            for uri in dict.fromkeys((*self._trees, *self.data)):
                data = self.data.get(uri)
                for node in _walk(self._document(uri)) if data is None or b"$dynamicAnchor" in data else ():
                    anchor = node.tree.get("$dynamicAnchor")
                    if isinstance(anchor, str):
                        self._dynamic.setdefault(node.base, {}).setdefault(anchor, node)
        return self._dynamic.get(base, {})

    def _identifiers_of(self, uri: str) -> dict[str, Node]:
        """Index `$id`, `$anchor` and `$dynamicAnchor` of one document (JSON Schema 2020-12 §8.2)."""
        if uri not in self._identifiers:
            found = {uri: self._document(uri)}
            for node in _walk(self._document(uri)):
                if isinstance(node.tree.get("$id"), str) and node.base not in found:
                    found[node.base] = node
                for keyword in ("$anchor", "$dynamicAnchor"):
                    if isinstance(node.tree.get(keyword), str):
                        found.setdefault(f"{node.base}#{node.tree[keyword]}", node)
            self._identifiers[uri] = found
        return self._identifiers[uri]


def _walk(node: Node) -> Iterator[Node]:
    """Yield every object with the base that holds inside it."""
    todo = [node]
    while todo:
        at = todo.pop()
        if isinstance(at.tree, list):
            todo.extend(at.child(index) for index in range(len(at.tree)))
        elif isinstance(at.tree, dict):
            yield at
            todo.extend(at.child(key) for key, value in at.tree.items() if isinstance(value, dict | list))


# Two patterns: one that begins with a text is searched for eight times as quickly as one that begins with a choice.
_OUTWARD = tuple(
    re.compile(keyword + rb"""["']?\s*:\s*["']?(?!["'\s#])""") for keyword in (rb"\$ref", rb"operationRef")
)


def outward_references(data: bytes, tree: JSON, uri: str) -> frozenset[str]:
    """Return the absolute URIs of the other documents that a document may lead to.

    Some of them are data that only looks like a reference (below an extension, inside an example): who collects
    passes over what is not there, and a reference that is followed and leads nowhere is told when it is followed.
    """
    if not any(
        pattern.search(data) for pattern in _OUTWARD
    ):  # nearly all documents are one file, and some have a million nodes
        return frozenset()
    found: set[str] = set()
    identifiers: set[str] = set()
    for node in _walk(Node(uri, "", tree, base_below(uri, tree))):
        identifiers.add(node.base)
        reference = node.tree.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            found.add(urldefrag(joined(node.base, reference))[0])
        operation = node.tree.get("operationRef")  # of a link: OAS 3.1 §4.8.20; that of another host is not fetched
        if isinstance(operation, str) and not operation.startswith("#") and "://" not in operation:
            found.add(urldefrag(joined(node.base, operation))[0])
        if isinstance(node.tree.get("discriminator"), dict):
            mapping = node.tree["discriminator"].get("mapping")
            for target in mapping.values() if isinstance(mapping, dict) else ():
                if isinstance(target, str) and ("/" in target or target.endswith((".json", ".yaml", ".yml"))):
                    found.add(urldefrag(joined(node.base, target))[0])
    return frozenset(found - identifiers - {uri})
