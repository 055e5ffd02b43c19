"""What a refused request has, and those that were taken have not: the parameter that is refused now.

A request that the contract documents is refused: the contract asks for less than the API. Which part of the request
is to blame is told by the others of its operation; where nothing tells, nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from mockserver.contract.plan import ParameterPlan, Plan
from mockserver.contract.reading import read_request
from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.document.edits import Drop, Put
from mockserver.errors import UnreadableDocument
from mockserver.jobs.drift.evidence import Evidence
from mockserver.jobs.drift.sight import Sight
from mockserver.jobs.drift.spots import Change
from mockserver.jobs.drift.widen import Ways
from mockserver.jobs.service import Service
from mockserver.values import JSON
from mockserver.wire.reading import Absent

_Sent: TypeAlias = Mapping[str, JSON]
_NUMBERS: Final = (int, float)


def refused(evidence: Evidence) -> Ways:
    """Narrow what may be asked: a value, a bound, or a whole parameter that is no longer taken; one that is needed."""
    operation = evidence.operation
    plan = evidence.service.plans.of(operation)
    if not isinstance(plan, Plan):
        return
    mine = [one for one in evidence.sights if one.probe.operation.label == operation.label and one.response is not None]
    against = [_sent(one, plan, evidence.service) for one, _ in evidence.showing]
    taken = [
        _sent(one, plan, evidence.service) for one in mine if one.response is not None and one.response.status < 300
    ]
    if not taken:
        return
    for name, parameter in ((f"{one.parameter.location}.{one.parameter.name}", one) for one in plan.parameters()):
        if parameter.parameter.location == "path":
            continue
        if all(name in sent for sent in against):
            yield from _narrowed(parameter, [one[name] for one in against], [one[name] for one in taken if name in one],
                                 evidence)  # fmt: skip
        elif not any(name in sent for sent in against) and all(name in sent for sent in taken):
            node = parameter.parameter.node
            yield (Change(node.uri, Put(f"{node.pointer}/required", value=True)),)


def _sent(one: Sight, plan: Plan, service: Service) -> _Sent:
    reading = read_request(service.plans, plan, one.probe.request, ())
    return {
        f"{value.plan.parameter.location}.{value.plan.parameter.name}": value.value
        for value in (*reading.query, *reading.headers, *reading.cookies)
        if not isinstance(value.outcome, Absent)
    }


def _narrowed(parameter: ParameterPlan, against: Sequence[JSON], taken: Sequence[JSON], evidence: Evidence) -> Ways:
    documents = evidence.service.contract.documents
    schema = parameter.parameter.schema
    if taken and schema is not None:
        yield from _by_value(_followed(documents, schema), against, taken)
    if not taken and not parameter.parameter.required:
        yield _dropped(evidence, parameter)


def _followed(documents: Documents, node: Node) -> Node:
    while isinstance(node.tree, dict) and isinstance(node.tree.get("$ref"), str):
        node = documents.resolve(node, node.tree["$ref"])
    return node


def _by_value(schema: Node, against: Sequence[JSON], taken: Sequence[JSON]) -> Ways:
    """Yield what rules out the values that were refused, and keeps those that were taken."""
    if not isinstance(schema.tree, dict):
        return
    if all(isinstance(value, list) for value in (*against, *taken)) and isinstance(schema.tree.get("items"), dict):
        inner = [item for value in against for item in value], [item for value in taken for item in value]
        yield from _by_value(schema.child("items"), *inner)
        return
    listed = schema.tree.get("enum")
    blamed = [value for value in against if value not in taken]
    if isinstance(listed, list) and blamed:
        kept = [value for value in listed if value not in blamed]
        if kept and len(kept) < len(listed):
            yield tuple(
                Change(schema.uri, Drop(pointers.child(schema.pointer, "enum", index)))
                for index in reversed(range(len(listed)))
                if listed[index] in blamed
            )
    numbers = all(isinstance(value, _NUMBERS) and not isinstance(value, bool) for value in (*against, *taken))
    if numbers and min(against) > max(taken):
        yield (Change(schema.uri, Put(f"{schema.pointer}/maximum", max(taken))),)
    elif numbers and max(against) < min(taken):
        yield (Change(schema.uri, Put(f"{schema.pointer}/minimum", min(taken))),)


def _dropped(evidence: Evidence, parameter: ParameterPlan) -> tuple[Change, ...]:
    """Take a parameter out of its operation, or of its path."""
    documents, operation = evidence.service.contract.documents, evidence.operation
    wanted = parameter.parameter.node
    for holder in (operation.node, operation.path_item):
        listed = holder.tree.get("parameters")
        for index in range(len(listed) if isinstance(listed, list) else 0):
            node = holder.child("parameters", index)
            try:
                found = _followed(documents, node)
            except UnreadableDocument:
                continue
            if (found.uri, found.pointer) == (wanted.uri, wanted.pointer):
                alone = isinstance(listed, list) and len(listed) == 1
                return (Change(node.uri, Drop(pointers.parent(node.pointer) if alone else node.pointer)),)
    return ()
