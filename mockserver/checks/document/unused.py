"""Which components does nothing use?

Knows what leads to a component: a `$ref` wherever it stands, the names of a discriminator, inheritance from what has
one, a security requirement. Judges nothing else, and nothing at all in a document without operations: that is a
library, and others use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.contract.model import Contract
from mockserver.document import pointer as pointers
from mockserver.document.documents import Node, base_below
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.values import JSON
from mockserver.violation import Violation

_RULE: Final = "document-unused"
_NOUNS: Final[Mapping[str, str]] = {
    "schemas": "schema",
    "definitions": "schema",
    "responses": "response",
    "parameters": "parameter",
    "examples": "example",
    "requestBodies": "request body",
    "headers": "header",
    "securitySchemes": "security scheme",
    "securityDefinitions": "security scheme",
    "links": "link",
    "callbacks": "callback",
    "pathItems": "path item",
    "mediaTypes": "media type",
}
_SCHEMES: Final = ("securitySchemes", "securityDefinitions")


def unused(contract: Contract) -> Iterator[Violation]:
    """Yield a finding for each component of the root document that nothing uses."""
    if not contract.operations and not contract.webhooks:
        return
    search = _Search(contract)
    search.run()
    for pointer in (one for one in search.components if one not in search.used):
        *_, kind, name = pointers.split(pointer)
        message = f"nothing uses the {_NOUNS[kind]} {name}"
        at = (contract.root.uri, pointer)
        yield Violation(_RULE, "contract", BY_ID[_RULE].level, "", *at, "", message, "refer to it, or take it out")


class _Search:
    """One search from all that is no component, on through what it refers to."""

    def __init__(self, contract: Contract) -> None:
        self._documents = contract.documents
        self._root = contract.root.uri
        tree = contract.root.tree
        self._is_2 = contract.dialect.version == "2.0"
        holder, above = (tree, "") if self._is_2 else (tree.get("components"), "/components")
        self.components: dict[str, JSON] = {
            f"{above}{pointers.join((kind, name))}": component
            for kind, named in (holder.items() if isinstance(holder, dict) else ())
            if kind in _NOUNS and isinstance(named, dict)
            for name, component in named.items()
            if not str(name).startswith("x-")
        }
        self.used: set[str] = set()
        self._seen: set[tuple[int, str, str]] = set()
        kept = {key: part for key, part in tree.items() if key != "components" and not (self._is_2 and key in _NOUNS)}
        self._base = contract.root.base
        self._kept = kept  # what was seen is known by its id, so it stays
        self._todo: list[tuple[JSON, str, str]] = [(kept, self._root, self._base)]

    def run(self) -> None:
        """Follow everything to its end."""
        while self._todo:
            while self._todo:
                self._look(*self._todo.pop())
            self._inherit()

    def _look(self, tree: JSON, uri: str, base: str) -> None:
        if (id(tree), uri, base) in self._seen:
            return
        self._seen.add((id(tree), uri, base))
        if isinstance(tree, list):
            self._todo.extend((item, uri, base) for item in tree if isinstance(item, dict | list))
            return
        if "$id" in tree:
            base = base_below(base, tree)
        for key, value in tree.items():
            if isinstance(value, str) and key in ("$ref", "$dynamicRef", "defaultMapping", "operationRef"):
                self._follow(value, uri, base)
            elif isinstance(value, dict | list):
                self._todo.append((value, uri, base))
                if key == "mapping" and isinstance(value, dict):
                    for named in value.values():
                        self._follow(named, uri, base)
                elif key == "security" and isinstance(value, list):
                    self._require(value)

    def _follow(self, reference: JSON, uri: str, base: str) -> None:
        if not isinstance(reference, str):
            return
        if "/" not in reference and "#" not in reference:  # OAS 3.1 §4.8.25: a name of a schema, or a file
            self._use(f"/definitions/{reference}" if self._is_2 else f"/components/schemas/{reference}")
        try:
            target = self._documents.resolve(Node(uri, "", None, base), reference)
        except UnreadableDocument:
            return  # a finding of another rule
        if target.uri == self._root:
            steps = pointers.split(target.pointer)
            self._use(pointers.join(steps[: 2 if self._is_2 else 3]))
        elif isinstance(target.tree, dict | list):
            self._todo.append((target.tree, target.uri, target.base))

    def _use(self, pointer: str) -> None:
        if pointer in self.components and pointer not in self.used:
            self.used.add(pointer)
            component = self.components[pointer]
            if isinstance(component, dict | list):
                self._todo.append((component, self._root, self._base))

    def _require(self, requirements: list[JSON]) -> None:
        for requirement in requirements:
            for name in requirement if isinstance(requirement, dict) else ():
                for kind in _SCHEMES:
                    self._use(("" if self._is_2 else "/components") + pointers.join((kind, name)))

    def _inherit(self) -> None:
        """Use what inherits from a schema with a discriminator: values name it, and no reference does."""
        families = {pointer for pointer in self.used if _has(self.components[pointer], "discriminator")}
        grown = True
        while grown:
            grown = False
            for pointer, component in self.components.items():
                if pointer not in families and families & set(_parents(component)):
                    families.add(pointer)
                    self._use(pointer)
                    grown = True


def _has(component: JSON, keyword: str) -> bool:
    return isinstance(component, dict) and keyword in component


def _parents(component: JSON) -> Iterator[str]:
    parts = component.get("allOf") if isinstance(component, dict) else None
    for part in parts if isinstance(parts, list) else ():
        reference = part.get("$ref") if isinstance(part, dict) else None
        if isinstance(reference, str) and reference.startswith("#/"):
            yield reference[1:]
