"""A schema with all that it refers to, as one JSON Schema 2020-12 document.

Remembers what was converted, and tells a place in the bundle as a place in the contract. Does not compile and does not
judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.schema.conversion import Conversion, Scope, entered, spelled
from mockserver.schema.dialects import Dialect, Direction
from mockserver.schema.narrow import NULLABLE_WRAP, WRAP_MARK
from mockserver.values import JSON, Struct

_CHOICES = (("then",), ("else",))


class Bundle(Struct, frozen=True):
    """`schema` refers only to its own `$defs`; `places` tells where each of them (the root: "") is written."""

    schema: JSON
    places: Mapping[str, tuple[str, str]]

    def place(self, schema_path: Iterable[str | int]) -> tuple[str, str]:
        """Return document URI and JSON pointer of a place in the bundle."""
        parts = tuple(schema_path)
        name = ""
        if len(parts) >= 2 and parts[0] == "$defs":
            name, parts = str(parts[1]), parts[2:]
        uri, pointer = self.places[name]
        return uri, pointer + pointers.join(_unwrapped(self.schema, name, parts))


def _unwrapped(schema: JSON, name: str, parts: tuple[str | int, ...]) -> list[str | int]:
    """Leave out the steps that were added.

    A nullable union becomes `anyOf: [it, null]`, an exact type an `allOf`, and a discriminator a choice in an `allOf`.
    """
    node = schema["$defs"][name] if name else schema
    kept: list[str | int] = []
    index = 0
    while index < len(parts):
        if isinstance(node, list) and str(parts[index]).isdigit():  # a pointer spells an index as text
            parts = (*parts[:index], int(parts[index]), *parts[index + 1 :])
        if isinstance(node, dict) and WRAP_MARK in node and _is_step(parts[index : index + 2], NULLABLE_WRAP):
            node = node["anyOf"][0]
            index += 2
            continue
        if parts[index] == "allOf" and _is_added(node, parts[index + 1 : index + 2]):
            index += 2
            while parts[index : index + 1] in _CHOICES and isinstance(node, dict) and parts[index] not in node:
                index += 1
            continue
        kept.append(parts[index])
        try:
            node = node[parts[index]]
        except (KeyError, IndexError, TypeError):
            node = None
        index += 1
    return kept


def is_nullable_part(schema: JSON, pointer: str) -> bool:
    """Tell whether a place in a bundle is the part of a nullable schema that was written, beside the null."""
    parts = pointers.split(pointer)
    if not _is_step(parts[-2:], NULLABLE_WRAP):
        return False
    holder = pointers.look_up(schema, pointers.join(parts[:-2]))
    return isinstance(holder, dict) and WRAP_MARK in holder


def _is_added(node: JSON, step: tuple[str | int, ...]) -> bool:
    return isinstance(node, dict) and str(*step).isdigit() and int(step[0]) >= len(node.get("allOf", ()))


def _is_step(parts: tuple[str | int, ...], wanted: tuple[str | int, ...]) -> bool:
    """Tell whether parts are these; a pointer spells an index as text."""
    return tuple(map(str, parts)) == tuple(map(str, wanted))


References: TypeAlias = Mapping[str, tuple[Node, Scope]]
Closure: TypeAlias = tuple[Mapping[str, JSON], Mapping[str, tuple[str, str]]]
"""All that a schema refers to, by name, and where each is written."""


class Piece(Struct, frozen=True):
    """One schema in the words of 2020-12, without what it refers to: where each of its `$defs` names is written."""

    schema: JSON
    references: References


class Bundles:
    """Bundles of one contract. Remembers what it converted; the same question has the same answer for ever.

    Bundles that refer to the same share their `$defs`.
    """

    _LIMIT = 1024

    def __init__(self, documents: Documents, dialect: Dialect) -> None:
        self._documents = documents
        self._dialect = dialect
        self._components: dict[tuple[str, str, Direction, tuple[str, ...]], Piece] = {}
        self._closures: dict[tuple[Direction, frozenset[str]], Closure] = {}

    def of(self, node: Node, direction: Direction) -> Bundle:
        """Bundle the schema at a place; raise UnresolvedReference when a reference in its closure leads nowhere."""
        root = self._convert(node, direction, ())
        places = {"": (node.uri, node.pointer)}
        if not root.references:
            return Bundle(root.schema, places)
        definitions, further = self._closure(root.references, direction)
        schema = root.schema if isinstance(root.schema, dict) else {"not": {}} if root.schema is False else {}
        return Bundle({**schema, "$defs": definitions}, {**places, **further})

    def _closure(self, references: References, direction: Direction) -> Closure:
        key = (direction, frozenset(references))
        found = self._closures.get(key)
        if found is None:
            found = self._followed(references, direction)
            if len(self._closures) >= self._LIMIT:
                self._closures.clear()
            self._closures[key] = found
        return found

    def _followed(self, references: References, direction: Direction) -> Closure:
        definitions: dict[str, JSON] = {}
        places: dict[str, tuple[str, str]] = {}
        todo = dict(references)
        while todo:
            name, (target, scope) = todo.popitem()
            if name in definitions:
                continue
            converted = self._component(target, direction, scope)
            definitions[name] = converted.schema
            places[name] = (target.uri, target.pointer)
            todo.update((key, value) for key, value in converted.references.items() if key not in definitions)
        return dict(sorted(definitions.items())), places

    def piece(self, node: Node, direction: Direction, scope: Scope = ()) -> Piece:
        """Convert the schema at a place and nothing that it refers to; names mean the same in all pieces."""
        return self._component(node, direction, scope)

    def _component(self, node: Node, direction: Direction, scope: Scope) -> Piece:
        key = (node.uri, node.pointer, direction, tuple(spelled(scope)))
        found = self._components.get(key)
        if found is None:
            found = self._components[key] = self._convert(node, direction, scope)
        return found

    def _convert(self, node: Node, direction: Direction, scope: Scope) -> Piece:
        conversion = Conversion(self._documents, self._dialect, direction, entered(self._documents, scope, node))
        return Piece(conversion.schema(node), conversion.references)
