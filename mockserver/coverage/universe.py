"""All that a contract admits, as points, and which operations reach each.

Nothing is compiled here: a contract of a thousand operations is listed in the time that reading it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.contract.model import Contract, MediaType, Operation, Parameter, RequestBody, ResponseSpec
from mockserver.contract.plan import READERS
from mockserver.coverage.graph import Shape, own
from mockserver.coverage.points import Kind, Point, Said
from mockserver.coverage.shapes import Shapes
from mockserver.document import pointer as pointers
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument
from mockserver.values import Struct


class Universe(Struct, frozen=True):
    """The points of a contract by key, what each operation reaches, and what could not be read.

    An operation (by name) has points of its own, and reaches schemas: `schemas` holds the keys of each, and `reach` by
    number which of them. Where all things lead to all others, that is a thousandth of what each reaches.
    """

    points: Mapping[str, Point]
    own: Mapping[str, frozenset[str]]
    schemas: tuple[frozenset[str], ...]
    reach: Mapping[str, frozenset[int]]
    broken: tuple[str, ...]

    def of(self, operations: Iterable[str]) -> frozenset[str]:
        """Return the keys that some operations reach."""
        names = [name for name in operations if name in self.own]
        reached = frozenset().union(*(self.reach[name] for name in names))
        return frozenset().union(*(self.own[name] for name in names), *(self.schemas[index] for index in reached))

    def reached_by(self, key: str) -> tuple[str, ...]:
        """Return the operations that reach a point, in the order of the document."""
        held = {index for index, keys in enumerate(self.schemas) if key in keys}
        return tuple(name for name, keys in self.own.items() if key in keys or held & self.reach[name])


class _Schemas:
    """The schemas that operations reach, each listed once."""

    def __init__(self) -> None:
        self.points: dict[str, Point] = {}
        self.keys: list[frozenset[str]] = []
        self._numbers: dict[int, int] = {}
        self._shapes: list[tuple[Shape, ...]] = []

    def reach(self, shapes: Iterable[Shape]) -> frozenset[int]:
        """Return the numbers of all schemas that some shapes lead to."""
        todo = list(shapes)
        found: set[int] = set()
        while todo:
            number = self._number(todo.pop())
            if number not in found:
                found.add(number)
                todo.extend(self._shapes[number])
        return frozenset(found)

    def _number(self, shape: Shape) -> int:
        number = self._numbers.get(id(shape))
        if number is None:
            number = self._numbers[id(shape)] = len(self.keys)
            points, below = own(shape)
            self.points.update((point.key, point) for point in points)
            self.keys.append(frozenset(point.key for point in points))
            self._shapes.append(below)
        return number


def universe(contract: Contract, shapes: Shapes) -> Universe:
    """Return everything that a contract admits; webhooks are said by the API, and are not its operations."""
    points: dict[str, Point] = {}
    listed = _Schemas()
    holds: dict[str, frozenset[str]] = {}
    reach: dict[str, frozenset[int]] = {}
    broken: list[str] = []
    for operation in contract.operations:
        try:
            found = list(_of_operation(contract, operation, shapes))
        except UnreadableDocument as flaw:
            broken.append(f"{operation.name}: {flaw.what}")
            continue
        points.update((one.key, one) for one in found if isinstance(one, Point))
        holds[operation.name] = frozenset(one.key for one in found if isinstance(one, Point))
        reach[operation.name] = listed.reach(one for one in found if isinstance(one, Shape))
    return Universe({**points, **listed.points}, holds, tuple(listed.keys), reach, tuple(broken))


def _of_operation(contract: Contract, operation: Operation, shapes: Shapes) -> Iterator[Point | Shape]:
    """Yield the points of an operation, and the shapes of what it sends and is shown."""
    reader = READERS[contract.dialect.version]
    node = operation.node
    yield Point(operation_key(operation), "operation", "sent", node.uri, node.pointer, operation.name)
    for parameter in reader.parameters(contract.documents, operation):
        yield from _of_parameter(operation, parameter)
        yield from _of_schema(parameter.schema, "sent", shapes)
    body = reader.request_body(contract.documents, operation)
    if body is not None:
        yield from _of_body(operation, body, shapes)
    for response in reader.responses(contract.documents, operation)[0]:
        yield from _of_response(operation, response, shapes)


def _of_parameter(operation: Operation, parameter: Parameter) -> Iterator[Point]:
    for there in (True,) if parameter.required else (True, False):
        key = parameter_key(operation, parameter, there=there)
        what = f"{operation.name}: {parameter.location} {parameter.name} {'sent' if there else 'left out'}"
        yield Point(key, "parameter", "sent", parameter.node.uri, parameter.node.pointer, what)


def _of_body(operation: Operation, body: RequestBody, shapes: Shapes) -> Iterator[Point | Shape]:
    if not body.required:
        key, what = body_key(operation, ""), f"{operation.name}: no body"
        yield Point(key, "media type", "sent", body.node.uri, body.node.pointer, what)
    for media in body.content:
        yield _media(body_key(operation, media.name), "sent", media, f"{operation.name}: {media.name}")
        yield from _of_media(media, "sent", shapes)


def _of_response(operation: Operation, response: ResponseSpec, shapes: Shapes) -> Iterator[Point | Shape]:
    place = pointers.child(operation.node.pointer, "responses", response.status)
    told = f"{operation.name}: {response.status}"
    yield Point(status_key(operation, response), "status", "shown", operation.node.uri, place, told)
    for media in response.content:
        yield _media(answer_key(operation, response, media.name), "shown", media, f"{told} {media.name}")
        yield from _of_media(media, "shown", shapes)


def _media(key: str, said: Said, media: MediaType, what: str) -> Point:
    kind: Kind = "media type"
    return Point(key, kind, said, media.node.uri, media.node.pointer, what)


def _of_media(media: MediaType, said: Said, shapes: Shapes) -> Iterator[Shape]:
    yield from _of_schema(media.item_schema if media.schema is None else media.schema, said, shapes)


def _of_schema(schema: Node | None, said: Said, shapes: Shapes) -> Iterator[Shape]:
    if schema is not None:
        yield shapes.of(schema, said)


def operation_key(operation: Operation) -> str:
    """Return the key of an operation: it was asked for."""
    return operation.label


def parameter_key(operation: Operation, parameter: Parameter, *, there: bool) -> str:
    """Return the key of a parameter that was sent, or was left out."""
    return f"{operation.label} {parameter.location}.{parameter.name} {'sent' if there else 'left out'}"


def body_key(operation: Operation, media: str) -> str:
    """Return the key of a media type of a request; of no body for an empty one."""
    return f"{operation.label} sends {media or 'no body'}"


def status_key(operation: Operation, response: ResponseSpec) -> str:
    """Return the key of a documented answer."""
    return f"{operation.label} answers {response.status}"


def answer_key(operation: Operation, response: ResponseSpec, media: str) -> str:
    """Return the key of a media type of an answer."""
    return f"{operation.label} answers {response.status} {media}"
