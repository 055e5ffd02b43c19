"""Judge whether a document is what OpenAPI says a document is.

Walks the tree beside the tables of its version, and asks the rules about what no table can say. Resolves no reference,
judges no value by a schema and knows no HTTP. Takes any JSON value, and never raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, TypeAlias

from mockserver.checks.document import complaints
from mockserver.checks.document.complaints import Owner
from mockserver.checks.document.flaw import Flaw, Place
from mockserver.checks.document.rules_2 import RULES_2
from mockserver.checks.document.rules_3 import RULES_3
from mockserver.checks.document.rules_whole import COLLECTED, Met, judged_whole
from mockserver.checks.document.shapes import Choice, Expected, Shape, Tables, compiled
from mockserver.checks.document.shapes_2 import ALIASES_2, TABLES_2
from mockserver.checks.document.shapes_3 import ALIASES_3, TABLES_3
from mockserver.schema.dialects import Version
from mockserver.values import JSON

__all__ = ["Flaw", "flaws"]

_Task: TypeAlias = tuple[JSON, Expected, Place, Owner]
Outward: TypeAlias = tuple[str, Expected, Place]
"""A reference that the walk does not follow, what must stand at its end, and the object that holds it."""

# OAS 3.1 §4.8.24.6: a schema of another dialect has other keywords, and is not ours to judge
_JUDGED_DIALECTS: Final = ("https://spec.openapis.org/oas/", "https://json-schema.org/draft/2020-12/")


def flaws(
    tree: JSON, version: Version, walk: Walk | None = None, names: dict[str, str] | None = None
) -> Iterator[Flaw]:
    """Find what is structurally wrong with a document, in its order, and then what is wrong between its parts.

    The walk keeps what it met; `names` is filled with the operationIds and the operations that have them.

    >>> [flaw.message for flaw in flaws({"openapi": "3.1.0", "info": {"title": "Pets"}, "paths": {}}, "3.1")]
    ['info has no version']
    """
    walk = Walk(tree, version) if walk is None else walk
    yield from walk.flaws(tree, tables(version).root, None)
    yield from judged_whole(tree, version, walk.met, {} if names is None else names)


@cache
def tables(version: Version) -> Tables:
    """Return the tables of a version."""
    if version == "2.0":
        return compiled(TABLES_2, version, ALIASES_2)
    return compiled(TABLES_3[version], version, ALIASES_3[version])


class Walk:
    """One walk over one tree: an explicit stack, since a document may be deeper than Python's.

    `outward` is what it does not follow: references to other documents, and in a `part` of a contract all of them.
    """

    __slots__ = ("_foreign", "_nested", "_part", "_rules", "_seen", "_tables", "met", "outward")

    def __init__(self, tree: JSON, version: Version, *, part: bool = False) -> None:
        self._tables = tables(version)
        self._rules = RULES_2 if version == "2.0" else RULES_3
        self._part = part
        self.met: Met = {kind: [] for kind in COLLECTED}
        self.outward: list[Outward] = []
        self._nested: list[_Task] = []
        # A node that YAML aliases repeat is judged once; this also ends a walk over a tree that contains itself.
        self._seen: set[tuple[int, str]] = set()
        dialect = tree.get("jsonSchemaDialect") if isinstance(tree, dict) else None
        self._foreign = isinstance(dialect, str) and not dialect.startswith(_JUDGED_DIALECTS)

    def flaws(self, tree: JSON, expected: Expected, place: Place) -> Iterator[Flaw]:
        """Find what is wrong at a place and below it."""
        stack: list[_Task] = [(tree, expected, place, ("document", tree, place))]
        while stack:
            value, expected, place, owner = stack.pop()
            self._nested = []
            if expected.ignored:
                yield complaints.ignored(place, owner, self._tables.version)
            if expected.anything:
                continue
            if isinstance(value, dict):
                yield from self._dict(value, expected, place, owner)
            elif isinstance(value, list) and expected.items is not None:
                yield from self._list(value, expected, expected.items, place, owner)
            elif not _is_leaf(value, expected):
                yield complaints.mistyped(value, expected, place, owner)
            self._nested.reverse()
            stack += self._nested

    def _dict(self, value: dict[str, JSON], expected: Expected, place: Place, owner: Owner) -> Iterator[Flaw]:
        if expected.reference and "$ref" in value:
            yield from complaints.reference(value, place, owner, self._tables)
            self._refer(value, expected, place)
        elif expected.shape:
            yield from self._object(value, self._tables.shapes[expected.shape], place)
        elif expected.values is not None:
            yield from self._map(value, expected, expected.values, place, owner)
        else:
            yield complaints.mistyped(value, expected, place, owner)

    def _object(self, value: dict[str, JSON], shape: Shape | Choice, place: Place) -> Iterator[Flaw]:
        if (id(value), shape.noun) in self._seen:
            return
        self._seen.add((id(value), shape.noun))
        owner: Owner = (shape.noun, value, place)
        while isinstance(shape, Choice):
            chosen = value.get(shape.by)
            name = shape.shapes.get(chosen, shape.otherwise) if isinstance(chosen, str) else shape.otherwise
            if not name:
                yield complaints.undecided(shape, owner)
                return
            shape = self._tables.shapes[name]
        if shape.name == "SchemaObject" and self._is_foreign(value):
            return
        if shape.name in self.met:
            self.met[shape.name].append((value, place))
        if "$ref" in value and shape.name in ("SchemaObject", "PathItem"):
            self._refer(value, Expected("", shape=shape.name), place)
        yield from self._fields(value, shape, place, (shape.noun, value, place))
        rule = self._rules.get(shape.name)
        if rule is not None:
            yield from rule(value, place, self._tables.version)

    def _refer(self, value: dict[str, JSON], expected: Expected, place: Place) -> None:
        reference = value["$ref"]
        if isinstance(reference, str) and (self._part or not reference.startswith("#")):
            self.outward.append((reference, expected, place))

    def _fields(self, value: dict[str, JSON], shape: Shape, place: Place, owner: Owner) -> Iterator[Flaw]:
        fields, nested = shape.fields, self._nested
        for key, child in value.items():
            expected = fields.get(key)
            if expected is None:
                yield from self._other(key, child, shape, owner)
            elif type(child) is not expected.plain and (not expected.anything or expected.ignored):
                nested.append((child, expected, (place, key, False), owner))
        replaced = "$ref" in value and "$ref" not in fields  # said already, and what is missing may be there
        for name in shape.required:
            if name not in value and not replaced:
                yield complaints.missing(name, shape, owner)

    def _other(self, key: JSON, child: JSON, shape: Shape, owner: Owner) -> Iterator[Flaw]:
        """Judge a field that the table does not name. What begins with `x-` is the author's own: OAS 3.1 §4.9."""
        if str(key).startswith("x-"):
            return
        expected = shape.patterned
        if expected is not None and expected.keys is not None:
            place = (owner[2], key, True)
            if expected.keys.pattern.match(str(key)):
                self._nested.append((child, expected, place, owner))
            else:
                yield complaints.misnamed(key, expected.keys, place, self._tables.version)
        elif shape.unknown is not None:
            yield complaints.unknown(key, shape, owner)

    def _map(
        self, value: dict[str, JSON], expected: Expected, values: Expected, place: Place, owner: Owner
    ) -> Iterator[Flaw]:
        texts = values.anything or (values.leaf is not None and str in values.leaf.types)
        if isinstance(value.get("$ref"), str) and not texts:
            yield complaints.referenced_map(place, owner)
            return
        if expected.single and not value:
            yield complaints.too_few(place, owner)
        elif expected.single and len(value) > 1:
            yield complaints.too_many(len(value), place, owner)
        for key, child in value.items():
            below = (place, key, True)
            if expected.keys is not None and not expected.keys.pattern.match(str(key)):
                yield complaints.misnamed(key, expected.keys, below, self._tables.version)
            if type(child) is not values.plain and not values.anything:
                self._nested.append((child, values, below, owner))

    def _list(
        self, value: list[JSON], expected: Expected, items: Expected, place: Place, owner: Owner
    ) -> Iterator[Flaw]:
        if expected.filled and not value:
            yield complaints.too_few(place, owner)
        kept: set[tuple[bool, JSON]] = set()
        for index, item in enumerate(value):
            if expected.distinct and not isinstance(item, dict | list):
                identity = (isinstance(item, bool), item)  # 1 and 1.0 are one number in JSON, and true is none
                if identity in kept:
                    yield complaints.repeated(item, (place, index, False), owner)
                kept.add(identity)
            if type(item) is not items.plain and not items.anything:
                self._nested.append((item, items, (place, index, False), owner))

    def _is_foreign(self, schema: dict[str, JSON]) -> bool:
        if self._tables.version < "3.1":
            return False
        dialect = schema.get("$schema")
        return not dialect.startswith(_JUDGED_DIALECTS) if isinstance(dialect, str) else self._foreign


def _is_leaf(value: JSON, expected: Expected) -> bool:
    leaf = expected.leaf
    if leaf is None or not isinstance(value, leaf.types):
        return False
    if isinstance(value, bool) and bool not in leaf.types:
        return False
    return leaf.accepts(value)
