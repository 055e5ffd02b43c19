"""All that a contract admits, as points, and which operations reach each.

Nothing is compiled here: a contract of a thousand operations is listed in the time that reading it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract.model import Contract, MediaType, Operation, Parameter, RequestBody, ResponseSpec
from mockserver.contract.plan import READERS
from mockserver.coverage.points import Kind, Point, Said
from mockserver.coverage.shapes import Shapes, reachable
from mockserver.document import pointer as pointers
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument
from mockserver.values import Struct


class Universe(Struct, frozen=True):
    """The points of a contract by key, the operations (by name) that reach each, and what could not be read."""

    points: Mapping[str, Point]
    reach: Mapping[str, frozenset[str]]
    broken: tuple[str, ...]

    def of(self, operations: frozenset[str]) -> frozenset[str]:
        """Return the keys that some operations reach."""
        return frozenset(key for key, names in self.reach.items() if names & operations)


def universe(contract: Contract, shapes: Shapes) -> Universe:
    """Return everything that a contract admits; webhooks are said by the API, and are not its operations."""
    points: dict[str, Point] = {}
    reach: dict[str, set[str]] = {}
    broken: list[str] = []
    for operation in contract.operations:
        try:
            found = list(_of_operation(contract, operation, shapes))
        except UnreadableDocument as flaw:
            broken.append(f"{operation.name}: {flaw.what}")
            continue
        for point in found:
            points[point.key] = point
            reach.setdefault(point.key, set()).add(operation.name)
    return Universe(points, {key: frozenset(names) for key, names in reach.items()}, tuple(broken))


def _of_operation(contract: Contract, operation: Operation, shapes: Shapes) -> Iterator[Point]:
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


def _of_body(operation: Operation, body: RequestBody, shapes: Shapes) -> Iterator[Point]:
    if not body.required:
        key, what = body_key(operation, ""), f"{operation.name}: no body"
        yield Point(key, "media type", "sent", body.node.uri, body.node.pointer, what)
    for media in body.content:
        yield _media(body_key(operation, media.name), "sent", media, f"{operation.name}: {media.name}")
        yield from _of_media(media, "sent", shapes)


def _of_response(operation: Operation, response: ResponseSpec, shapes: Shapes) -> Iterator[Point]:
    place = pointers.child(operation.node.pointer, "responses", response.status)
    told = f"{operation.name}: {response.status}"
    yield Point(status_key(operation, response), "status", "shown", operation.node.uri, place, told)
    for media in response.content:
        yield _media(answer_key(operation, response, media.name), "shown", media, f"{told} {media.name}")
        yield from _of_media(media, "shown", shapes)


def _media(key: str, said: Said, media: MediaType, what: str) -> Point:
    kind: Kind = "media type"
    return Point(key, kind, said, media.node.uri, media.node.pointer, what)


def _of_media(media: MediaType, said: Said, shapes: Shapes) -> Iterator[Point]:
    yield from _of_schema(media.item_schema if media.schema is None else media.schema, said, shapes)


def _of_schema(schema: Node | None, said: Said, shapes: Shapes) -> Iterator[Point]:
    if schema is not None:
        yield from reachable(shapes.of(schema, said))


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
