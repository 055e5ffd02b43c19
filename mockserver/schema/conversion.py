"""One schema in the words of 2020-12, by its dialect and direction (`readOnly`, `writeOnly`); references become names.

Nodes keep their relative place wherever possible, so that a place in the bundle can be told as a place in the
contract. Does not follow what it refers to: that is for the bundle.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TypeAlias

from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.schema.dialects import LISTS, MAPS, SINGLE, WELL_FORMED, Dialect, Direction
from mockserver.schema.narrow import narrow, nullable
from mockserver.schema.patterns import without_word_edges
from mockserver.values import JSON

_METASCHEMAS = frozenset(
    {"https://json-schema.org/draft/2020-12/schema", "https://spec.openapis.org/oas/3.1/dialect/base"}
)
_PLAIN_NAME = re.compile(r"^/(?:components/schemas|definitions)/([A-Za-z0-9._-]+)$")
EXPANDING = frozenset({"x-expansionResources", "x-expandable"})
EXPANDABLE = "x-expandable"
"""Marks what is a reference by id unless a request asks for the thing itself, as vendors write it."""
Scope: TypeAlias = tuple[tuple[str, Node], ...]
"""The dynamic anchors that count at a place: the outermost of each name on the way there (2020-12 §8.2.3.2)."""


def entered(documents: Documents, scope: Scope, node: Node) -> Scope:
    """Return the scope inside the resource of a place: what was met first keeps its name."""
    anchors = documents.dynamic_anchors(node.base)
    known = {name for name, _ in scope}
    return (*scope, *((name, anchor) for name, anchor in anchors.items() if name not in known)) if anchors else scope


def spelled(scope: Scope) -> Iterator[str]:
    """Tell a scope in texts that can be compared."""
    return (f"{name}={node.uri}#{node.pointer}" for name, node in scope)


class Conversion:
    """One walk through one schema; collects what it refers to."""

    def __init__(self, documents: Documents, dialect: Dialect, direction: Direction, scope: Scope) -> None:
        self._documents = documents
        self._dialect = dialect
        self._scope = scope
        self._hidden = "writeOnly" if direction == "response" else "readOnly"
        self._direction = direction
        self.references: dict[str, tuple[Node, Scope]] = {}

    def schema(self, node: Node, inherited: frozenset[str] = frozenset()) -> JSON:
        """Convert the schema at a place; `inherited` are property names that siblings of an allOf hide."""
        tree = node.tree
        if isinstance(tree, bool):
            return tree
        if not isinstance(tree, dict):
            raise UnreadableDocument(
                f"a schema is an object, not {tree!r:.60}", where=node.where, fix="write a schema object here"
            )
        if not isinstance(tree.get("$id"), str):
            return self._object(node, tree, inherited)
        outer, self._scope = self._scope, entered(self._documents, self._scope, node)
        try:
            return self._object(node, tree, inherited)
        finally:
            self._scope = outer

    def _object(self, node: Node, tree: dict[str, JSON], inherited: frozenset[str]) -> JSON:
        references = [self._reference(node, tree["$ref"])] if isinstance(tree.get("$ref"), str) else []
        if not self._dialect.reference_siblings:
            return references[0] if references else self._keywords(node, inherited)
        if isinstance(tree.get("$dynamicRef"), str):
            references.append(self._dynamic_reference(node, tree["$dynamicRef"]))
        if len(tree) == 1 and references:
            return references[0]
        schema = self._keywords(node, inherited)
        if len(references) > 1:
            schema["allOf"] = [*schema.get("allOf", []), references.pop()]
        return {**schema, **(references[0] if references else {})}

    def _dynamic_reference(self, node: Node, reference: str) -> dict[str, JSON]:
        """Follow a reference whose target may be anchored anew on the way here (JSON Schema 2020-12 §8.2.3.2)."""
        target = self._documents.resolve(node, reference)
        name = reference.partition("#")[2]
        if isinstance(target.tree, dict) and target.tree.get("$dynamicAnchor") == name and name:
            scope = entered(self._documents, self._scope, target)
            target = dict(scope).get(name, target)
        return {"$ref": f"#/$defs/{self._name(target)}"}

    def _reference(self, node: Node, reference: str) -> dict[str, JSON]:
        if reference.rstrip("#") in _METASCHEMAS:
            return {"type": ["object", "boolean"]}  # a value that is a schema itself: nobody judges more of it here
        target = self._documents.resolve(node, reference)
        seen = {(target.uri, target.pointer)}
        while isinstance(target.tree, dict) and len(target.tree) == 1 and isinstance(target.tree.get("$ref"), str):
            target = self._documents.resolve(target, target.tree["$ref"])
            if (target.uri, target.pointer) in seen:
                raise UnreadableDocument(
                    f"$ref {reference} leads back to itself",
                    where=node.where,
                    fix="let one of the schemas say something",
                )
            seen.add((target.uri, target.pointer))
        return {"$ref": f"#/$defs/{self._name(target)}"}

    def _name(self, target: Node) -> str:
        scope = self._scope
        if self._documents.dynamic_anchors(target.base):
            scope = entered(self._documents, scope, target)
        plain = _PLAIN_NAME.match(target.pointer)
        name = plain[1] if plain else re.sub(r"[^A-Za-z0-9._-]", "_", target.pointer.rpartition("/")[2]) or "root"
        if not plain or target.uri != self._documents.root or scope:
            place = " ".join((f"{self._documents.beside_root(target.uri)}#{target.pointer}", *spelled(scope)))
            name += "-" + hashlib.blake2b(place.encode(), digest_size=4).hexdigest()
        self.references[name] = (target, scope)
        return name

    def _keywords(self, node: Node, inherited: frozenset[str]) -> dict[str, JSON]:
        tree = node.tree
        hidden = inherited | self._hidden_names(node)
        out: dict[str, JSON] = {}
        for keyword, value in tree.items():
            if keyword not in self._dialect.keywords or not _means_something(keyword, value):
                continue
            if keyword in SINGLE:
                out[keyword] = self.schema(node.child(keyword))
            elif keyword in LISTS:
                below = hidden if keyword == "allOf" else frozenset[str]()
                out[keyword] = [self.schema(node.child(keyword, index), below) for index in range(len(value))]
            elif keyword in MAPS:
                out[keyword] = {name: self._property(node.child(keyword, name), keyword) for name in value}
            elif keyword == "required":
                out[keyword] = [name for name in dict.fromkeys(value) if name not in hidden]
            elif keyword == "pattern":
                out[keyword] = without_word_edges(value)
            elif keyword == "discriminator":
                out[keyword] = self._discriminator(node, value)
            else:
                out[keyword] = value
        narrow(out)
        if not EXPANDING.isdisjoint(tree):
            out[EXPANDABLE] = True
        if self._dialect.nullable and tree.get(self._dialect.nullable) is True:
            return nullable(out, self._direction)
        return out

    def _property(self, node: Node, keyword: str) -> JSON:
        # OAS 3.0.3 §4.7.24.2: a writeOnly property is no part of a response. A readOnly one in a request is only
        # ignored (JSON Schema validation §9.4), so it stays.
        if keyword == "properties" and self._direction == "response" and self._is_hidden(node):
            return False
        return self.schema(node)

    def _is_hidden(self, node: Node) -> bool:
        seen: set[str] = set()
        while isinstance(node.tree, dict):
            if node.tree.get(self._hidden) is True:
                return True
            reference = node.tree.get("$ref")
            if not isinstance(reference, str) or reference in seen:
                return False
            seen.add(reference)
            node = self._documents.resolve(node, reference)
        return False

    def _hidden_names(self, node: Node, depth: int = 0) -> frozenset[str]:
        """Return the properties that do not count in this direction, those of the siblings in an allOf included."""
        tree = node.tree
        if not isinstance(tree, dict) or depth > 8:
            return frozenset()
        if isinstance(tree.get("$ref"), str) and depth:
            return self._hidden_names(self._documents.resolve(node, tree["$ref"]), depth + 1)
        properties = tree.get("properties")
        names = (
            {name for name in properties if self._is_hidden(node.child("properties", name))}
            if isinstance(properties, dict)
            else set[str]()
        )
        branches = tree.get("allOf")
        for index in range(len(branches)) if isinstance(branches, list) else ():
            names |= self._hidden_names(node.child("allOf", index), depth + 1)
        return frozenset(names)

    def _component_reference(self, node: Node, target: JSON) -> str:
        """Return the reference that a mapping means, by name or by URI; nothing where it leads nowhere."""
        if not isinstance(target, str):
            return ""
        try:
            written = target if "/" in target or "#" in target else f"#/components/schemas/{target}"
            return str(self._reference(node, written).get("$ref", ""))
        except UnreadableDocument:
            return ""  # lint tells it; the branches still judge the value

    def _discriminator(self, node: Node, value: JSON) -> JSON:
        """Keep the discriminator with its mapping told in names of this bundle (OAS 3.1.1 §4.8.25)."""
        if not isinstance(value, dict) or not isinstance(value.get("propertyName"), str):
            return {}
        kept: dict[str, JSON] = {"propertyName": value["propertyName"], "mapping": {}}
        mapping = value.get("mapping")
        for name, target in mapping.items() if isinstance(mapping, dict) else ():
            reference = self._component_reference(node, target)
            if reference:
                kept["mapping"][name] = reference
        default = self._component_reference(node, value.get("defaultMapping"))  # OAS 3.2 §4.25
        if default:
            kept["defaultMapping"] = default
        return kept


def _means_something(keyword: str, value: JSON) -> bool:
    well_formed = WELL_FORMED.get(keyword)
    return well_formed is None or well_formed(value)
