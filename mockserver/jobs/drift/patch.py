"""What would make the contract true again: small edits, each with the drift that asks for it, the safe ones first.

An edit only ever lets more be answered, so that what was true stays true; it is made where the schema stands, in the
component where there is one. A proposal that does not end its drift, or that a recorded exchange contradicts, is
dropped and said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mockserver.cassette.model import Interaction
from mockserver.cassette.shapes import schema_of
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.contract.plan import Plan
from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents
from mockserver.document.edits import Append, Drop, Edit, Put, changed
from mockserver.errors import MockserverError
from mockserver.jobs.drift.gather import Drift
from mockserver.jobs.drift.sight import Kind, Sight, sight
from mockserver.jobs.homes import Located
from mockserver.jobs.judge import judge_exchange
from mockserver.jobs.service import Service
from mockserver.jobs.verify.places import schema_place
from mockserver.report.model import many
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct
from mockserver.violation import errors_in
from mockserver.wire.json import JSONSyntaxError, loads

_RANKS: Final[Mapping[Kind, int]] = {
    "undocumented field": 0, "undocumented header": 0, "deprecated": 0, "new enum value": 1, "undocumented status": 1,
    "undocumented media type": 1, "null": 2, "required field absent": 2, "header missing": 2, "changed format": 3,
    "changed pattern": 3, "changed bound": 3, "changed header": 3, "widened type": 4, "changed type": 5,
}  # fmt: skip
SAFE_RANK: Final = 1
"""Up to here an edit only adds what was not there; above it loosens what clients may rely on."""

_LOOSE: Final[Mapping[str, str]] = {"changed format": "format", "changed pattern": "pattern"}


class Proposal(Struct, frozen=True):
    """Edits that end one drift; `rank` grows with what is given up."""

    drift: Drift
    edits: tuple[Edit, ...]
    rank: int

    @property
    def is_safe(self) -> bool:
        """Whether it only adds."""
        return self.rank <= SAFE_RANK

    @property
    def sentence(self) -> str:
        """What it is for, with its evidence."""
        one = self.drift
        seen = f"{one.seen} of {one.asked} answers, {many(one.resources, 'thing')}"
        return f"{one.operations[0]} {one.place}: {one.kind}, in {seen}"


class Patch(Struct, frozen=True):
    """The proposals that hold, safe ones first, the tree with all of them, and why others were dropped."""

    proposals: tuple[Proposal, ...]
    tree: JSON
    dropped: tuple[str, ...]


def propose(
    drifts: Sequence[Drift],
    service: Service,
    recorded: Sequence[tuple[Interaction, Located]],
    *,
    safe_only: bool = False,
) -> Patch:
    """Return what mends the contract; each proposal is laid over those before it and proved."""
    tree = service.contract.root.tree
    kept: list[Proposal] = []
    dropped: list[str] = []
    trial = _Trial(service, recorded)
    for drift in sorted(drifts, key=lambda one: _RANKS.get(one.kind, 9)):
        rank = _RANKS.get(drift.kind)
        if rank is None:
            dropped.append(f"{drift.operations[0]} {drift.place}: {drift.kind}: no edit can say that")
            continue
        if safe_only and rank > SAFE_RANK:
            dropped.append(f"{drift.operations[0]} {drift.place}: {drift.kind}: not safe (--apply all)")
            continue
        why, found = "nothing that could be changed was found", None
        for edits in _edits(drift, service, tree):
            found, why = trial.laid(tree, edits, drift)
            if found is not None:
                tree = found
                kept.append(Proposal(drift, edits, rank))
                break
        if found is None:
            dropped.append(f"{drift.operations[0]} {drift.place}: {drift.kind}: {why}")
    return Patch(tuple(kept), tree, tuple(dropped))


class _Trial:
    """Tries edits: they must end the drift, and break no recording."""

    def __init__(self, service: Service, recorded: Sequence[tuple[Interaction, Located]]) -> None:
        self._service = service
        self._recorded = recorded
        self._sound = [_keeps(service, one, located) for one, located in recorded]

    def laid(self, tree: JSON, edits: Sequence[Edit], drift: Drift) -> tuple[JSON | None, str]:
        """Return the tree with edits, or None and why not."""
        try:
            for edit in edits:
                tree = changed(tree, edit)
            service = Service(_contract(self._service.contract, tree), Validators())
            if any(_still(drift, one, service) for one in drift.sights):
                return None, "the edit does not end it"
            for (one, located), sound in zip(self._recorded, self._sound, strict=True):
                if sound and not _keeps(service, one, located):
                    return None, f"a recorded exchange contradicts it: {one.request.method} {one.url}"
        except (MockserverError, LookupError, AttributeError) as impossible:
            return None, f"the place cannot be changed: {impossible}"
        return tree, ""


def _contract(contract: Contract, tree: JSON) -> Contract:
    documents = contract.documents
    trees = {uri: documents.tree(uri) for uri in documents.data if uri != documents.root}
    return load(contract.name, Documents(documents.root, documents.data, trees={**trees, documents.root: tree}))


def _keeps(service: Service, one: Interaction, located: Located) -> bool:
    return not errors_in(judge_exchange(Located(service, located.target), one.request, one.response).violations)


def _still(drift: Drift, seen: Sight, service: Service) -> bool:
    """Tell whether an answer shows the same drift still."""
    operation = next((one for one in service.contract.operations if one.label == seen.probe.operation.label), None)
    plan = service.plans.of(operation) if operation is not None else None
    if not isinstance(plan, Plan) or seen.response is None:
        return True
    again = sight(seen.probe, plan, seen.response, service)
    leaf = drift.place.rpartition("/")[2]
    return any(shown.kind == drift.kind and shown.place.rpartition("/")[2] == leaf for shown in again.shown)


def _edits(drift: Drift, service: Service, tree: JSON) -> Iterator[tuple[Edit, ...]]:
    """Yield ways to make a drift true, the narrowest first."""
    seen = drift.sights[0]
    root = service.contract.documents.root
    uri, pointer = drift.violation.document, drift.violation.pointer
    if uri != root or seen.response is None:
        return
    match drift.kind:
        case "undocumented field":
            yield from _property(drift, seen, service)
        case "new enum value":
            if pointer.endswith("/enum"):
                listed = [value for value in drift.values if value is not None]
                yield tuple(Append(pointer, value) for value in listed)
        case "null" | "changed type" | "widened type":
            yield from _wider(drift, seen, service, tree)
        case "required field absent":
            yield from _optional(drift, tree, pointer)
        case "changed format" | "changed pattern" | "changed bound" | "changed header":
            yield (Drop(pointer),)
        case "header missing":
            yield (Put(f"{pointer}/required", value=False),)
        case "undocumented header":
            name = drift.violation.at.removeprefix("header.")
            holder = pointers.look_up(tree, pointer)
            headers = {**holder.get("headers", {}), name: _header(service)}
            fresh = Put(f"{pointer}/headers", headers)
            yield (Put(pointers.child(pointer, "headers", name), headers[name]) if "headers" in holder else fresh,)
        case "deprecated":
            yield (Put(f"{pointer}/deprecated", value=True),)
        case "undocumented status":
            yield from _status(drift, seen, service, tree)
        case "undocumented media type":
            yield from _media(seen, service, tree, pointer)


def _header(service: Service) -> JSON:
    if service.contract.dialect.version == "2.0":
        return {"type": "string"}
    return {"schema": {"type": "string"}}


def _property(drift: Drift, seen: Sight, service: Service) -> Iterator[tuple[Edit, ...]]:
    inner = drift.violation.at.partition("#")[2]
    holder, name = pointers.parent(inner), pointers.split(inner)[-1]
    place = (
        schema_place(seen.media.bundle, holder) if seen.media is not None and seen.media.bundle is not None else None
    )
    if place is None:
        return
    values = [value for one in drift.sights for value in [_at(one.value, drift, one)] if value is not None]
    schema = _in_dialect(schema_of(values or [None]), service) if values else {}
    for target in _objects(service, place):
        properties = service.contract.documents.node(service.contract.documents.root, target).tree.get("properties")
        if isinstance(properties, dict):
            yield (Put(pointers.child(target, "properties", name), schema),)
        else:
            yield (Put(f"{target}/properties", {name: schema}),)


def _at(value: JSON, drift: Drift, seen: Sight) -> JSON:
    for shown in seen.shown:
        if shown.kind == drift.kind and shown.place.rpartition("/")[2] == drift.place.rpartition("/")[2]:
            try:
                return pointers.look_up(value, shown.violation.at.partition("#")[2])
            except LookupError:
                return None
    return None


def _objects(service: Service, place: tuple[str, str]) -> Iterator[str]:
    """Yield the schemas of the root document that describe the object at a place, references followed."""
    documents = service.contract.documents
    node = documents.node(*place)
    for _ in range(8):
        if not isinstance(node.tree, dict) or not isinstance(node.tree.get("$ref"), str):
            break
        node = documents.resolve(node, node.tree["$ref"])
    if node.uri != documents.root or not isinstance(node.tree, dict):
        return
    if "properties" in node.tree:
        yield node.pointer
    for index, part in reversed(list(enumerate(node.tree.get("allOf", ())))):
        if isinstance(part, dict) and "properties" in part:
            yield f"{node.pointer}/allOf/{index}"
    if "properties" not in node.tree:
        yield node.pointer


def _optional(drift: Drift, tree: JSON, pointer: str) -> Iterator[tuple[Edit, ...]]:
    listed = pointers.look_up(tree, pointer) if pointer.endswith("/required") else None
    name = pointers.split(drift.violation.at.partition("#")[2])[-1]
    if isinstance(listed, list) and name in listed:
        yield (Drop(pointer),) if len(listed) == 1 else (Drop(f"{pointer}/{listed.index(name)}"),)


def _wider(drift: Drift, seen: Sight, service: Service, tree: JSON) -> Iterator[tuple[Edit, ...]]:
    """Yield edits that let a place be of another type as well, at the place itself before its component."""
    inner = drift.violation.at.partition("#")[2]
    parent, last = pointers.parent(inner), pointers.split(inner)[-1] if inner else ""
    bundle = seen.media.bundle if seen.media is not None else None
    place = schema_place(bundle, parent) if bundle is not None and inner else None
    targets = [
        pointers.child(holder, "properties", last)
        for holder in (_objects(service, place) if place is not None else ())
        if last in pointers.look_up(tree, holder).get("properties", {})
    ]
    above = pointers.parent(drift.violation.pointer) if drift.violation.pointer.endswith("/type") else ""
    for target in dict.fromkeys([*targets, *([above] if above else [])]):
        yield from _typed(target, drift, service, tree)


def _typed(target: str, drift: Drift, service: Service, tree: JSON) -> Iterator[tuple[Edit, ...]]:
    written = pointers.look_up(tree, target)
    version = service.contract.dialect.version
    kind = schema_of([value for value in drift.values if value is not None] or [None]).get("type")
    inline = isinstance(written, dict) and isinstance(written.get("type"), str)
    if drift.kind == "null":
        yield from _nullable(target, written, version)
    elif drift.kind == "widened type" and inline:
        edits: list[Edit] = [Put(f"{target}/type", "number")]
        if str(written.get("format", "")).startswith(("int", "uint")):
            edits.append(Drop(f"{target}/format"))
        yield tuple(edits)
    elif inline and isinstance(kind, str) and version in {"3.1", "3.2"}:
        yield (Put(f"{target}/type", [written["type"], kind]),)
    if version != "2.0" and drift.kind != "null" and isinstance(written, dict):
        also = _in_dialect(schema_of(drift.values), service)
        if isinstance(written.get("anyOf"), list):
            yield (Append(f"{target}/anyOf", also),)
        yield (Put(target, {"anyOf": [written, also]}),)


def _nullable(target: str, written: JSON, version: str) -> Iterator[tuple[Edit, ...]]:
    if not isinstance(written, dict):
        return
    types = written.get("type")
    listed = [Append(f"{target}/enum", None)] if isinstance(written.get("enum"), list) else []
    if version in {"3.1", "3.2"}:
        if isinstance(types, str):
            yield (Put(f"{target}/type", [types, "null"]), *listed)
        elif isinstance(types, list):
            yield (Append(f"{target}/type", "null"), *listed)
        elif isinstance(written.get("anyOf"), list):
            yield (Append(f"{target}/anyOf", {"type": "null"}),)
        yield (Put(target, {"anyOf": [written, {"type": "null"}]}),)
    elif "$ref" in written:
        yield (Put(target, {"allOf": [written], "nullable": True}),)
        yield (Put(target, {"anyOf": [written, {"type": "object", "nullable": True, "enum": [None]}]}),)
    else:
        yield (Put(f"{target}/{'nullable' if version == '3.0' else 'x-nullable'}", value=True), *listed)


def _status(drift: Drift, seen: Sight, service: Service, tree: JSON) -> Iterator[tuple[Edit, ...]]:
    pointer, response = drift.violation.pointer, seen.response
    if response is None or service.contract.dialect.version == "2.0":
        return
    kind = (response.header("content-type") or "").partition(";")[0].strip()
    target = pointers.child(pointer, str(response.status))
    told = {"description": f"Seen on the live API, not described by its vendor ({drift.seen} times)."}
    documented = pointers.look_up(tree, pointer)
    for code, written in documented.items():
        if str(code)[:1] == str(response.status)[:1] and isinstance(written, dict) and response.body:
            yield (Put(target, written),)
    if not response.body:
        yield (Put(target, told),)
    elif kind:
        yield (Put(target, {**told, "content": {kind: _content(seen, service)}}),)


def _media(seen: Sight, service: Service, tree: JSON, pointer: str) -> Iterator[tuple[Edit, ...]]:
    response = seen.response
    content = pointers.look_up(tree, pointer).get("content")
    kind = (response.header("content-type") or "").partition(";")[0].strip() if response is not None else ""
    if not kind or not isinstance(content, dict):
        return
    target = pointers.child(pointer, "content", kind)
    for written in content.values():
        if isinstance(written, dict) and "schema" in written:
            yield (Put(target, {"schema": written["schema"]}),)
    yield (Put(target, _content(seen, service)),)


def _content(seen: Sight, service: Service) -> JSON:
    """Return a media type object for a body as it was seen."""
    try:
        value = loads(seen.response.body) if seen.response is not None else None
    except JSONSyntaxError:
        return {}
    return {"schema": _in_dialect(schema_of([value]), service)}


def _in_dialect(schema: JSON, service: Service) -> JSON:
    """Spell a schema of 2020-12 in the words of the contract's version: lists of types are those of 3.1."""
    if service.contract.dialect.version in {"3.1", "3.2"} or not isinstance(schema, dict):
        return schema
    out = {key: value for key, value in schema.items() if key not in {"type", "properties", "items"}}
    types = schema.get("type")
    names = [types] if isinstance(types, str) else [one for one in types or [] if one != "null"]
    if len(names) == 1:
        out["type"] = names[0]
    if types == "null":
        del out["type"]
    if types == "null" or (isinstance(types, list) and "null" in types):
        out["nullable" if service.contract.dialect.version == "3.0" else "x-nullable"] = True
    if "properties" in schema:
        out["properties"] = {name: _in_dialect(inner, service) for name, inner in schema["properties"].items()}
    if "items" in schema:
        out["items"] = _in_dialect(schema["items"], service)
    return out


def told(patch: Patch) -> Iterator[str]:
    """Yield a line for each proposal and each that was dropped."""
    for one in patch.proposals:
        yield f"{'safe ' if one.is_safe else 'risky'}  {one.sentence}"
    for reason in patch.dropped:
        yield f"left   {reason}"
