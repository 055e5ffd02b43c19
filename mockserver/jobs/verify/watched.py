"""What is wrong with a request that a method sent while it was watched, whatever its arguments mean."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Final

from mockserver.contract.reading import Body
from mockserver.document.documents import Node
from mockserver.generate.flat import flattened
from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.observed import Called, Observed, Shown
from mockserver.values import replace
from mockserver.violation import Violation

_WHATEVER: Final = frozenset({"request-media-type", "request-security"})
_ELSEWHERE: Final = frozenset({"request-path", "request-method"})
_UNKNOWN: Final = frozenset({"request-undeclared", "request-properties"})


def strays(observed: Observed, marks: Collection[str], made: str) -> Iterator[Shown]:
    """Yield what is wrong; `marks` are the values that nobody else uses, `made` a name that was made up for them."""
    for violation in observed.violations:
        if violation.side == "consumer" and _is_true(violation, observed, marks, made):
            yield _shown(replace(violation, level="error"), observed)
    body = observed.reading.body if observed.reading is not None else None
    if isinstance(body, Body):
        for name in _unheard_of(body, marks, made):
            message = f"{name} was sent in the body, and the contract has no such property"
            fix = "look how it is spelt, or add it to the contract"
            yield arrives_wrong(observed, body.plan.media.node, f"body#/{name}", message, fix)


def arrives_wrong(observed: Observed, node: Node, at: str, message: str, fix: str) -> Shown:
    """Return a finding that an argument does not arrive where it should."""
    violation = Violation(
        "client-round-trip", "consumer", "error", observed.operation, node.uri, node.pointer, at, message, fix
    )
    return _shown(violation, observed)


def _shown(violation: Violation, observed: Observed) -> Shown:
    case = Case("sent", {}, None, "watched")
    called = Called((observed,), {}, source=observed.source)
    return Shown(violation, case, called, observed.source, request=observed.request)


def _unheard_of(body: Body, marks: Collection[str], made: str) -> Iterator[str]:
    """Yield the members of a body with a value that was watched, of which the contract says nothing at all."""
    shape = body.plan.spec.shape
    if not isinstance(body.value, dict) or body.plan.bundle is None or not shape.members.properties:
        return
    flat, _ = flattened(body.plan.bundle.schema, body.plan.bundle.schema, ())
    if flat.get("additionalProperties") or flat.get("patternProperties"):
        return
    for name, value in body.value.items():
        if name != made and not shape.declares(name) and any(mark in json.dumps(value) for mark in marks):
            yield name


def _is_true(violation: Violation, observed: Observed, marks: Collection[str], made: str) -> bool:
    if violation.rule in _WHATEVER:
        return True
    if violation.rule in _ELSEWHERE:  # a method that takes the path itself is a door and no call of an operation
        start = observed.request.path.strip("/").partition("/")[0]
        return bool(start) and not any(mark in start or mark == observed.request.method for mark in marks)
    name = violation.at.rpartition(".")[2].rpartition("/")[2]
    told = f"{violation.message} {violation.witness!r}"
    return violation.rule in _UNKNOWN and made not in {name, *told.split()} and _arrives(observed, marks)


def _arrives(observed: Observed, marks: Collection[str]) -> bool:
    wire = observed.request.target + observed.request.body.decode("utf-8", "replace")
    return any(mark in wire for mark in marks)
