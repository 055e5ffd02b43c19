"""Where a schema is used: the ways through the contract that lead to it, and what stood there in the answers.

Several places of several answers may be described by one component. Where one of them has changed and another, seen
often enough, never has, they contradict each other: the component is still true for one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from mockserver.cassette.shapes import looks_like_id
from mockserver.contract.model import ResponseSpec
from mockserver.contract.plan import MediaPlan
from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.jobs.drift.sight import Sight
from mockserver.schema.kinds import kind_of
from mockserver.values import JSON, Struct, field

Way: TypeAlias = tuple[Node, ...]
"""The schemas that lead to a place, references included, outermost first."""

Place: TypeAlias = tuple[str, str]
"""URI and pointer of a node."""

UNIONS: Final = ("oneOf", "anyOf")
_DEEPEST: Final = 40
_ITEMS: Final = 20
_ENOUGH: Final = 3


def schema_of_media(media: MediaPlan | None) -> Node | None:
    """Return the schema of a body, or of its items."""
    if media is None:
        return None
    return media.media.schema if media.media.schema is not None else media.media.item_schema


def ways(documents: Documents, start: Node, at: str) -> Iterator[Way]:
    """Yield the ways from a schema to those of a place below it (a JSON pointer into the value)."""
    yield from _ways(documents, (start,), pointers.split(at))


def _ways(documents: Documents, way: Way, parts: tuple[str, ...]) -> Iterator[Way]:
    node = way[-1]
    if len(way) > _DEEPEST or not isinstance(node.tree, dict):
        return
    if not parts:
        yield way
    for below in _same(documents, node):
        yield from _ways(documents, (*way, below), parts)
    if parts:
        for below in _below(node, parts[0]):
            yield from _ways(documents, (*way, below), parts[1:])


def _same(documents: Documents, node: Node) -> Iterator[Node]:
    """Yield the schemas that describe the same value: what a reference leads to, parts and alternatives."""
    if isinstance(node.tree.get("$ref"), str):
        try:
            yield documents.resolve(node, node.tree["$ref"])
        except UnreadableDocument:
            return  # lint tells it
    for keyword in ("allOf", *UNIONS):
        listed = node.tree.get(keyword)
        for index in range(len(listed) if isinstance(listed, list) else 0):
            yield node.child(keyword, index)


def _below(node: Node, part: str) -> Iterator[Node]:
    """Yield the schemas of a member, or an item."""
    tree = node.tree
    properties, prefix = tree.get("properties"), tree.get("prefixItems")
    if isinstance(properties, dict) and part in properties:
        yield node.child("properties", part)
    elif isinstance(tree.get("additionalProperties"), dict):
        yield node.child("additionalProperties")
    if part.isdigit() and isinstance(prefix, list) and int(part) < len(prefix):
        yield node.child("prefixItems", part)
    elif part.isdigit() and isinstance(tree.get("items"), dict):
        yield node.child("items")


class _Use(Struct):
    stood: int = 0
    passed: set[Place] = field(default_factory=set)


UseKey: TypeAlias = tuple[str, str]
"""Operation, and the place in its answers, as `place_of` spells it."""


class Uses:
    """What stood where in the answers, by the schemas that describe it."""

    def __init__(self, sights: Sequence[Sight], documents: Documents) -> None:
        self._documents = documents
        self._uses: dict[Place, dict[UseKey, _Use]] = {}
        for one in sights:
            if one.response is None or one.silent:
                continue
            operation, status = one.probe.operation.name, one.response.status
            schema = schema_of_media(one.media)
            if schema is not None:
                self._stand(one.value, (schema,), (operation, f"{status} body#"), 0)
            for way in header_ways(one.documented):
                name = pointers.split(way[0].pointer)[-1]
                if one.response.header(name) is not None:
                    self._note((operation, f"{status} header.{name}"), way)

    def _note(self, key: UseKey, way: Way) -> None:
        node = way[-1]
        use = self._uses.setdefault((node.uri, node.pointer), {}).setdefault(key, _Use())
        use.stood += 1
        use.passed.update((one.uri, one.pointer) for one in way)

    def _stand(self, value: JSON, way: Way, key: UseKey, depth: int) -> None:
        node = way[-1]
        if depth > _DEEPEST or not _plausible(value, node.tree):
            return
        self._note(key, way)
        for below in _same(self._documents, node):
            self._stand(value, (*way, below), key, depth + 1)
        members = value.items() if isinstance(value, dict) else ()
        items = enumerate(value[:_ITEMS]) if isinstance(value, list) else ()
        for name, inner in (*members, *items):
            part = str(name)
            further = (key[0], key[1] + pointers.join(["*" if looks_like_id(part) else part]))
            for below in _below(node, part):
                self._stand(inner, (*way, below), further, depth + 1)

    def contradicting(self, place: Place, showing: Mapping[UseKey, int]) -> frozenset[Place]:
        """Return what leads to the uses of a schema in which a change never shows; `showing` counts where it does.

        Only a change that shows in every value of its own uses can be contradicted: else another use may just not
        have had its turn.
        """
        uses = self._uses.get(place, {})
        if any(key in uses and count < uses[key].stood for key, count in showing.items()):
            return frozenset()
        against = [use for key, use in uses.items() if key not in showing and use.stood >= _ENOUGH]
        return frozenset(place for use in against for place in use.passed)


def _plausible(value: JSON, tree: JSON) -> bool:
    """Tell whether a schema may be meant for a value: an alternative of another type, or with another tag, is not."""
    if not isinstance(tree, dict):
        return False
    types = tree.get("type")
    kind = kind_of(value)
    if isinstance(types, str) and kind != types and not (kind == "integer" and types == "number"):
        return False
    properties = tree.get("properties")
    if not isinstance(value, dict) or not isinstance(properties, dict):
        return True
    tags = ((name, schema) for name, schema in properties.items() if isinstance(schema, dict) and name in value)
    return all("const" not in schema or schema["const"] == value[name] for name, schema in tags)


def header_ways(documented: ResponseSpec | None) -> Iterator[Way]:
    """Yield the ways to the headers of an answer, and to their schemas: as they stand in the response, first."""
    for header in documented.headers if documented is not None else ():
        if documented is None or "headers" not in documented.node.tree:
            continue
        written = documented.node.child("headers", header.name)
        way = (written,) if written.pointer == header.node.pointer else (written, header.node)
        yield way
        if header.schema is not None:
            yield (*way, header.schema)
