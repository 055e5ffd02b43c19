"""Edits of an operation and its answers: statuses, media types, headers, and operations that are no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from mockserver.cassette.shapes import schema_of
from mockserver.contract.model import Operation
from mockserver.document import pointer as pointers
from mockserver.document.edits import Append, Drop, Put
from mockserver.exchange import Response
from mockserver.jobs.drift.evidence import Evidence
from mockserver.jobs.drift.inferred import in_dialect, schemas_for
from mockserver.jobs.drift.sight import Kind
from mockserver.jobs.drift.spots import Change, spots
from mockserver.jobs.drift.ways import header_ways
from mockserver.jobs.drift.widen import Ways
from mockserver.report.model import many
from mockserver.values import JSON
from mockserver.wire.json import JSONSyntaxError, loads
from mockserver.wire.media_type import is_json

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

_OF_NUMBERS: Final = ("format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def _changes(evidence: Evidence, *edits: Put | Append | Drop) -> tuple[Change, ...]:
    return tuple(Change(evidence.violation.document, edit) for edit in edits)


def status(evidence: Evidence) -> Ways:
    """Document a status: as another of its class, else as it was seen."""
    response, pointer = evidence.response, evidence.violation.pointer
    target = pointers.child(pointer, str(response.status))
    said = {
        "description": f"Seen on the live API, not described in its contract ({many(evidence.drift.seen, 'time')})."
    }
    documented = evidence.written(pointer)
    for code, written in documented.items():
        if str(code)[:1] == str(response.status)[:1] and isinstance(written, dict) and response.body:
            yield _changes(evidence, Put(target, written))
    kind = _media_type(response)
    if not response.body:
        yield _changes(evidence, Put(target, said))
    elif evidence.version == "2.0":
        for schema in schemas_for(_bodies(evidence), evidence.service) if is_json(kind) else ():
            yield _changes(evidence, Put(target, {**said, "schema": schema}))
        yield _changes(evidence, Put(target, said))
    elif kind:
        for content in _contents(evidence, kind):
            yield _changes(evidence, Put(target, {**said, "content": {kind: content}}))


def media_type(evidence: Evidence) -> Ways:
    """Document a media type: as another of the answer, else as it was seen."""
    pointer, kind = evidence.violation.pointer, _media_type(evidence.response)
    if evidence.version == "2.0":
        node = evidence.operation.node
        produces = "produces" in node.tree
        listed = node.tree.get("produces", evidence.service.contract.root.tree.get("produces", []))
        place = f"{node.pointer}/produces"
        yield (Change(node.uri, Append(place, kind) if produces else Put(place, [*listed, kind])),)
        return
    content = evidence.written(pointer).get("content")
    if not kind or not isinstance(content, dict):
        return
    target = pointers.child(pointer, "content", kind)
    for written in content.values():
        if isinstance(written, dict) and "schema" in written:
            yield _changes(evidence, Put(target, {"schema": written["schema"]}))
    for new in _contents(evidence, kind):
        yield _changes(evidence, Put(target, new))


def _media_type(response: Response) -> str:
    return (response.header("content-type") or "").partition(";")[0].strip()


def _bodies(evidence: Evidence) -> list[JSON]:
    found = []
    for sight, _ in evidence.showing:
        try:
            found.append(loads(sight.response.body) if sight.response is not None else None)
        except JSONSyntaxError:
            continue
    return found


def _contents(evidence: Evidence, kind: str) -> Iterator[JSON]:
    """Yield media type objects for bodies as they were seen."""
    values = _bodies(evidence) if is_json(kind) else []
    for schema in schemas_for(values, evidence.service) if values else ():
        yield {"schema": schema}
    yield {}


def header_missing(evidence: Evidence) -> Ways:
    """Let a header be absent, everywhere or in this answer."""
    name = evidence.violation.at.removeprefix("header.")
    for way in header_ways(evidence.sight.documented):
        if pointers.split(way[0].pointer)[-1].lower() != name.lower() or way[-1].pointer != evidence.violation.pointer:
            continue
        documents = evidence.service.contract.documents
        for spot in spots(way, documents, evidence.editable, evidence.contradicting(way[-1])):
            if not spot.is_reference:
                yield spot.changed(Put(f"{spot.pointer}/required", value=False))


def header_changed(evidence: Evidence) -> Ways:
    """Take away what a header no longer keeps."""
    violation = evidence.violation
    holder, keyword = pointers.parent(violation.pointer), pointers.split(violation.pointer)[-1]
    for way in header_ways(evidence.sight.documented):
        if (way[-1].uri, way[-1].pointer) != (violation.document, holder):
            continue
        documents = evidence.service.contract.documents
        for spot in spots(way, documents, evidence.editable, evidence.contradicting(way[-1])):
            if keyword == "type":  # whatever a header says is text
                more = [Drop(pointers.child(spot.pointer, name)) for name in _OF_NUMBERS if name in spot.tree]
                yield spot.changed(Put(f"{spot.pointer}/type", "string"), *more)
            elif keyword in spot.tree:
                yield spot.changed(Drop(pointers.child(spot.pointer, keyword)))
    yield _changes(evidence, Drop(violation.pointer))


def header_new(evidence: Evidence) -> Ways:
    """Describe a header, as text or number, or as the component of its name."""
    name, pointer = evidence.violation.at.removeprefix("header."), evidence.violation.pointer
    values = [one.response.header(name) for one, _ in evidence.showing if one.response is not None]
    are_numbers = all(value is not None and value.isdecimal() and len(value) < 16 for value in values)
    schema = in_dialect(schema_of([int(value or 0) if are_numbers else value for value in values]), evidence.version)
    header = schema if evidence.version == "2.0" else {"schema": schema}
    if "headers" in evidence.written(pointer):
        yield _changes(evidence, Put(pointers.child(pointer, "headers", name), header))
    else:
        yield _changes(evidence, Put(f"{pointer}/headers", {name: header}))


def deprecated(evidence: Evidence) -> Ways:
    """Say that an operation is."""
    yield _changes(evidence, Put(f"{evidence.violation.pointer}/deprecated", value=True))


def gone(evidence: Evidence) -> Ways:
    """Take an operation out, with the links that lead to it; its path as well, where nothing else is left there."""
    operation = evidence.operation
    node, item = operation.node, operation.path_item
    others = [name for name in item.tree if name in _METHODS and f"{item.pointer}/{name}" != node.pointer]
    links = list(_links(evidence, operation))
    whole = item.uri == node.uri and not others and item.pointer.startswith("/paths/")
    yield (*links, Change(node.uri, Drop(item.pointer if whole else node.pointer)))


def _links(evidence: Evidence, operation: Operation) -> Iterator[Change]:
    for uri in sorted(evidence.editable):
        for pointer, holder in _link_maps(evidence.service.contract.documents.tree(uri), ""):
            names = [name for name, link in holder.items() if _leads_to(link, operation)]
            if not names:
                continue
            whole = len(names) == len(holder)
            yield from (Change(uri, Drop(place)) for place in (
                [pointer] if whole else [pointers.child(pointer, name) for name in names]
            ))  # fmt: skip


def _leads_to(link: JSON, operation: Operation) -> bool:
    if not isinstance(link, dict):
        return False
    named = operation.operation_id and link.get("operationId") == operation.operation_id
    return bool(named) or link.get("operationRef") == f"#{operation.node.pointer}"


def _link_maps(tree: JSON, pointer: str) -> Iterator[tuple[str, Mapping[str, JSON]]]:
    members: Sequence[tuple[str, JSON]] = ()
    if isinstance(tree, dict):
        members = [(str(name), inner) for name, inner in tree.items()]
    elif isinstance(tree, list):
        members = [(str(index), inner) for index, inner in enumerate(tree)]
    for name, inner in members:
        place = pointers.child(pointer, name)
        if name == "links" and isinstance(inner, dict):
            yield place, inner
        yield from _link_maps(inner, place)


ANSWERS: Final[Mapping[Kind, Callable[[Evidence], Ways]]] = {
    "undocumented status": status,
    "undocumented media type": media_type,
    "undocumented header": header_new,
    "header missing": header_missing,
    "changed header": header_changed,
    "deprecated": deprecated,
    "operation gone": gone,
}
