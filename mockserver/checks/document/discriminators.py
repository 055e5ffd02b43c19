"""Does each name of a discriminator lead to an alternative that can have it?

OAS 3.1 §4.8.25, OAS 3.2 §4.25, OAS 2.0 "Schema Object". Knows what schemas declare, by reference and in their parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from mockserver.checks.document.flaw import Level, called, nearest, pointer_of
from mockserver.checks.document.parts import Mets
from mockserver.contract.openapi3 import follow
from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.values import JSON
from mockserver.violation import Violation

_RULE: Final = "document-discriminator"
_DEEPEST: Final = 30
_SHOWN: Final = 3
At: TypeAlias = tuple[str, str]


def discriminators(documents: Documents, version: str, mets: Mets) -> Iterator[Violation]:
    """Yield what is wrong with the discriminators of a contract."""
    heirs = _parents(documents, mets)
    for uri, met in mets.items():
        for schema, place in met["SchemaObject"]:
            written = schema.get("discriminator")
            if isinstance(written, str) and version == "2.0":
                yield from _of_2(documents.node(uri, pointer_of(place)), written, documents)
            elif isinstance(written, dict) and isinstance(written.get("propertyName"), str) and version != "2.0":
                node = documents.node(uri, pointer_of(place))
                judge = _Judge(documents, node, called("schema", schema, place))
                yield from judge.findings(has_heirs=_at(node) in heirs)


def _of_2(node: Node, name: str, documents: Documents) -> Iterator[Violation]:
    """OAS 2.0 "Schema Object": the property MUST be defined at this schema."""
    if not any(name in _properties(view) for view in _views(documents, node)):
        message = f"the discriminator {name} is no property of the schema that has it"
        yield _finding((node.uri, f"{node.pointer}/discriminator"), message, f"declare {name}, and require it")


class _Judge:
    """One schema with a discriminator."""

    def __init__(self, documents: Documents, node: Node, name: str) -> None:
        self._documents = documents
        self._node = node
        self._name = name
        self._property: str = node.tree["discriminator"]["propertyName"]
        mapping = node.tree["discriminator"].get("mapping")
        self._mapping: dict[str, JSON] = mapping if isinstance(mapping, dict) else {}
        self._union = next((word for word in ("oneOf", "anyOf") if isinstance(node.tree.get(word), list)), "")

    def findings(self, *, has_heirs: bool) -> Iterator[Violation]:
        """Yield what is wrong with it."""
        at = self._node.pointer
        if not self._union:
            if not has_heirs and not self._mapping:
                message = f"{self._name} has a discriminator, but neither alternatives nor heirs to tell apart"
                fix = "take it out, or let other schemas refer to this one in allOf"
                yield self._said("/discriminator", message, fix, "info")
            yield from self._names({}, closed=False)
            return
        alternatives: dict[At, Node] = {}
        for index, branch in enumerate(self._node.tree[self._union]):
            if not isinstance(branch, dict) or "$ref" in branch or _is_null(branch):
                alternatives.update(self._alternatives(self._node.child(self._union, index)))
            elif not any(word in branch for word in ("oneOf", "anyOf", "allOf")):
                message = (
                    f"alternative {index + 1} of {self._union} in {self._name} has no name, so no value leads to it"
                )
                yield self._said(f"/{self._union}/{index}", message, "make it a component, and refer to it")
        yield from self._names(alternatives, closed=True)
        if alternatives:
            yield from self._declared(alternatives, f"{at}/discriminator/propertyName")

    def _alternatives(self, node: Node, depth: int = 0) -> dict[At, Node]:
        """Return the schemas that a branch may lead to: a branch may be a union itself."""
        try:
            node = follow(self._documents, node)
        except UnreadableDocument:
            return {}
        if not isinstance(node.tree, dict) or _is_null(node.tree):
            return {}
        found = {_at(node): node}
        for union in ("oneOf", "anyOf"):
            branches = node.tree.get(union)
            for index in range(len(branches)) if isinstance(branches, list) and depth < _DEEPEST else ():
                found |= self._alternatives(node.child(union, index), depth + 1)
        return found

    def _names(self, alternatives: dict[At, Node], *, closed: bool) -> Iterator[Violation]:
        for name, target in self._mapping.items():
            if not isinstance(target, str):
                continue  # a finding of the structure
            below = f"/discriminator/mapping/{pointers.escape(str(name))}"
            node = self._target(target)
            if node is None:
                message = f"the name {name} in the discriminator of {self._name} leads nowhere: {target}"
                near = nearest(
                    target.rpartition("/")[2], tuple(pointers.split(at[1])[-1] for at in alternatives if at[1])
                )
                yield self._said(below, message, f"write {near}" if near else "let it name a schema that exists")
            elif closed and _at(node) not in alternatives:
                message = (
                    f"the name {name} in the discriminator of {self._name} leads to {target}, which is no alternative"
                )
                yield self._said(below, message, f"add it to {self._union}, or take the name out")
            elif not self._may_be(node, str(name)):
                message = f"{target} never has the {self._property} {name}, by which {self._name} finds it"
                yield self._said(below, message, f"let its {self._property} be {name}, or change the name")

    def _target(self, written: str) -> Node | None:
        """OAS 3.1 §4.8.25: a name of a component, or a URI."""
        references = [written] if "/" in written or "#" in written else [f"#/components/schemas/{written}", written]
        for reference in references:
            at = self._node if "/" in written or "#" in written else self._documents.root_node()
            try:
                return follow(self._documents, self._documents.resolve(at, reference))
            except UnreadableDocument:
                continue
        return None

    def _declared(self, alternatives: dict[At, Node], pointer: str) -> Iterator[Violation]:
        leaves = [node for node in alternatives.values() if not {"oneOf", "anyOf"} & node.tree.keys()]
        around = list(_views(self._documents, self._node))
        if any(self._property in _properties(view) for view in around):
            return
        bare = [node for node in leaves if not self._declares(node)]
        if leaves and len(bare) == len(leaves):
            message = (
                f"{self._property}, by which {self._name} tells its alternatives apart, is a property of none of them"
            )
            near = nearest(self._property, tuple({name for node in leaves for name in _properties(node)}))
            fix = f"write propertyName: {near}" if near else f"declare {self._property} in each, and require it"
            at = (self._node.uri, pointer)
            yield _finding(at, message, fix)
            return
        lax = [node for node in leaves if not self._requires(node)]
        if lax:
            names = [pointers.split(node.pointer)[-1] for node in lax]
            told = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
            message = f"{self._property}, by which {self._name} tells alternatives apart, may be missing in {told}"
            yield _finding((self._node.uri, pointer), message, f"add {self._property} to required there", "info")

    def _declares(self, node: Node) -> bool:
        return any(self._property in _properties(view) or _is_open(view) for view in _views(self._documents, node))

    def _requires(self, node: Node) -> bool:
        return any(
            isinstance(view.tree, dict) and self._property in _texts(view.tree.get("required"))
            for view in _views(self._documents, node)
        )

    def _may_be(self, node: Node, name: str) -> bool:
        """Tell whether the property may have a name, as far as its const and enum say."""
        for view in _views(self._documents, node):
            if self._property not in _properties(view):
                continue
            for inner in _views(self._documents, view.child("properties", self._property)):
                if not isinstance(inner.tree, dict):
                    continue
                values = inner.tree.get("enum")
                if isinstance(values, list) and name not in values:
                    return False
                if "const" in inner.tree and inner.tree["const"] != name:
                    return False
        return True

    def _said(self, below: str, message: str, fix: str, level: Level | None = None) -> Violation:
        return _finding((self._node.uri, self._node.pointer + below), message, fix, level)


def _parents(documents: Documents, mets: Mets) -> set[At]:
    """Return the schemas that others refer to in `allOf`, and theirs."""
    found: set[At] = set()
    for uri, met in mets.items():
        for schema, place in met["SchemaObject"]:
            for index, part in enumerate(schema["allOf"] if isinstance(schema.get("allOf"), list) else ()):
                if isinstance(part, dict) and isinstance(part.get("$ref"), str):
                    node = documents.node(uri, pointer_of(place)).child("allOf", index)
                    found.update(_at(view) for view in _views(documents, node))
    return found


def _views(documents: Documents, node: Node) -> Iterator[Node]:
    """Yield a schema and all that it is in any case: what it refers to, and its parts."""
    seen: set[At] = set()
    todo = [node]
    while todo and len(seen) < _DEEPEST:
        view = todo.pop()
        if _at(view) in seen or not isinstance(view.tree, dict):
            continue
        seen.add(_at(view))
        yield view
        if isinstance(view.tree.get("$ref"), str):
            try:
                todo.append(documents.resolve(view, view.tree["$ref"]))
            except UnreadableDocument:
                continue
        parts = view.tree.get("allOf")
        todo.extend(view.child("allOf", index) for index in range(len(parts) if isinstance(parts, list) else 0))


def _properties(view: Node) -> dict[str, JSON]:
    found = view.tree.get("properties") if isinstance(view.tree, dict) else None
    return found if isinstance(found, dict) else {}


def _is_open(view: Node) -> bool:
    return isinstance(view.tree, dict) and isinstance(view.tree.get("additionalProperties"), dict)


def _is_null(branch: JSON) -> bool:
    return isinstance(branch, dict) and (branch.get("type") == "null" or branch.get("enum") == [None])


def _texts(value: JSON) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _at(node: Node) -> At:
    return node.uri, node.pointer


def _finding(at: At, message: str, fix: str, level: Level | None = None) -> Violation:
    return Violation(_RULE, "contract", level or BY_ID[_RULE].level, "", *at, "", message, fix)
