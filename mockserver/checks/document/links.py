"""Do links lead to an operation, with parameters that it has, and is there what links and callbacks read?

Knows Link Objects and the keys of Callback Objects (OAS 3.1 §4.8.18, §4.8.20), where they are used and, if nothing uses
them, where they stand.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Final, TypeAlias

from mockserver.checks.document.expressions import expressions, is_expression, lack
from mockserver.checks.document.flaw import Level, nearest, pointer_of
from mockserver.checks.document.parts import Mets
from mockserver.contract.load import METHODS
from mockserver.contract.model import Operation, Parameter, ResponseSpec
from mockserver.contract.openapi3 import follow
from mockserver.contract.plan import READERS, Plan, Plans
from mockserver.document import pointer as pointers
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.values import JSON
from mockserver.violation import Violation

_LINK: Final = "document-link"
_EXPRESSION: Final = "document-expression"
Looked: TypeAlias = Generator[Violation, None, "tuple[str, str] | None"]
"""Findings on the way to the place of an operation."""


def links(plans: Plans, mets: Mets) -> Iterator[Violation]:
    """Yield what is wrong with the links and the callbacks of a contract."""
    judge = _Links(plans, mets)
    for operation in (*plans.contract.operations, *plans.contract.webhooks):
        plan = plans.of(operation)
        if isinstance(plan, Plan):
            for response in plan.responses:
                for name, node in response.links.items():
                    yield from judge.link(name, node, plan, response)
            yield from judge.callbacks(plan)
    for uri, met in mets.items():
        for _, place in met["Link"]:
            node = plans.contract.documents.node(uri, pointer_of(place))
            if (node.uri, node.pointer) not in judge.seen:
                yield from judge.link(pointers.split(node.pointer)[-1], node, None, None)


class _Links:
    """Judges links, and remembers which ones."""

    def __init__(self, plans: Plans, mets: Mets) -> None:
        self._plans = plans
        self._documents = plans.contract.documents
        self.seen: set[tuple[str, str]] = set()
        operations = (*plans.contract.operations, *plans.contract.webhooks)
        self._by_place = {(one.node.uri, one.node.pointer): one for one in operations}
        self._by_id: dict[str, tuple[str, str]] = {}
        for uri, met in mets.items():
            for value, place in met["Operation"]:
                if isinstance(value.get("operationId"), str):
                    self._by_id.setdefault(value["operationId"], (uri, pointer_of(place)))

    def link(self, name: str, node: Node, plan: Plan | None, response: ResponseSpec | None) -> Iterator[Violation]:
        """Yield what is wrong with one link of an answer; of a link that nothing uses, what is wrong with it alone."""
        try:
            node = follow(self._documents, node)
        except UnreadableDocument:
            return  # a finding of references
        if not isinstance(node.tree, dict):
            return
        self.seen.add((node.uri, node.pointer))
        said = (plan.operation.name if plan is not None else "", f"link {name}")
        if ("operationId" in node.tree) == ("operationRef" in node.tree):
            return  # a finding of the structure
        target = yield from self._target(node, said)
        if target is not None:
            yield from self._passed(node, target, said)
        for below, value in _passed_values(node.tree):
            for text in expressions(value):
                yield from self._expression(text, (node, below), said, plan, response)

    def callbacks(self, plan: Plan) -> Iterator[Violation]:
        """Yield what is wrong with the addresses that an operation calls back."""
        written = plan.operation.node.tree.get("callbacks")
        for name in written if isinstance(written, dict) else ():
            try:
                node = follow(self._documents, plan.operation.node.child("callbacks", name))
            except UnreadableDocument:
                continue
            for key in node.tree if isinstance(node.tree, dict) else ():
                said = (plan.operation.name, f"callback {name}")
                found = list(expressions(key))
                if not found and "{" in key and not key.startswith("x-"):
                    fix = "write it as an expression: {$request.body#/url}"
                    yield _finding(_EXPRESSION, said, (node, (key,)), f"{said[1]} calls {key}, which is none", fix)
                for text in found:
                    yield from self._expression(text, (node, (key,)), said, plan, None)

    def _target(self, node: Node, said: tuple[str, str]) -> Looked:
        """Return the operation of a link by its place, or None."""
        if "operationId" in node.tree:
            return (yield from self._named(node, node.tree["operationId"], said))
        reference = node.tree["operationRef"]
        at = (node, ("operationRef",))
        if not isinstance(reference, str):
            return None
        if "://" in reference:
            message = f"{said[1]} leads to another host, and is not followed: {reference}"
            yield _finding(_LINK, said, at, message, "nothing to do, if the reference is right", "info")
            return None
        try:
            target = self._documents.resolve(node, reference)
        except UnreadableDocument as broken:
            yield _finding(_LINK, said, at, f"{said[1]} leads nowhere: {broken.what}", "mend the operationRef")
            return None
        *_, above, last = ("", "", *pointers.split(target.pointer))
        is_method = last in (*METHODS, "query") or above == "additionalOperations"
        if not isinstance(target.tree, dict) or not is_method:
            message = f"{said[1]} leads to {reference}, which is no operation"
            yield _finding(_LINK, said, at, message, "let it end at the method: '#/paths/~1pets~1{id}/get'")
            return None
        return target.uri, target.pointer

    def _named(self, node: Node, name: JSON, said: tuple[str, str]) -> Looked:
        if not isinstance(name, str) or name in self._by_id:
            return self._by_id.get(name) if isinstance(name, str) else None
        near = nearest(name, tuple(self._by_id))
        fix = f"write operationId: {near}" if near else "write the operationId of an operation of this document"
        message = f"{said[1]} names the operation {name}, which does not exist"
        yield _finding(_LINK, said, (node, ("operationId",)), message, fix)
        return None

    def _passed(self, node: Node, place: tuple[str, str], said: tuple[str, str]) -> Iterator[Violation]:
        """Yield what a link passes and its operation does not take."""
        operation = self._operation(*place)
        try:
            read = READERS[self._plans.contract.dialect.version]
            parameters = read.parameters(self._documents, operation)
            body = read.request_body(self._documents, operation)
        except UnreadableDocument:
            return  # a finding of the operation
        written = node.tree.get("parameters")
        for name in written if isinstance(written, dict) else ():
            if not any(_is_meant(name, parameter) for parameter in parameters):
                near = nearest(name, tuple(one.name for one in parameters))
                fix = f"write {near}" if near else f"pass what {operation.name} takes, or leave it out"
                message = f"{said[1]} passes {name}, and {operation.name} has no such parameter"
                yield _finding(_LINK, said, (node, ("parameters", name)), message, fix)
        if "requestBody" in node.tree and body is None:
            message = f"{said[1]} passes a body, and {operation.name} takes none"
            yield _finding(_LINK, said, (node, ("requestBody",)), message, "leave it out, or let it be a parameter")

    def _operation(self, uri: str, pointer: str) -> Operation:
        known = self._by_place.get((uri, pointer))
        if known is not None:
            return known
        node, item = (self._documents.node(uri, at) for at in (pointer, pointers.parent(pointer)))
        *_, template, method = ("", *pointers.split(pointer))
        name = node.tree.get("operationId")
        return Operation(method.upper(), template, name if isinstance(name, str) else "", node, item)

    def _expression(
        self,
        text: str,
        at: tuple[Node, tuple[str, ...]],
        said: tuple[str, str],
        plan: Plan | None,
        response: ResponseSpec | None,
    ) -> Iterator[Violation]:
        if not is_expression(text):
            fix = "write $request or $response, then .body#/field, .header.name, .query.name or .path.name"
            yield _finding(_EXPRESSION, said, at, f"{said[1]} reads {text}, which is no runtime expression", fix)
            return
        why = lack(text, plan, response, self._documents) if plan is not None else ""
        if why:
            fix = "name what is there, or document what is meant"
            yield _finding(_EXPRESSION, said, at, f"{said[1]} reads {text}: {why}", fix)


def _is_meant(name: str, parameter: Parameter) -> bool:
    """OAS 3.1 §4.8.20.1: the name, or its location and the name."""
    names = (parameter.name, f"{parameter.location}.{parameter.name}")
    if parameter.location == "header":
        return name.lower() in (names[0].lower(), names[1].lower())
    return name in names


def _passed_values(link: dict[str, JSON]) -> Iterator[tuple[tuple[str, ...], JSON]]:
    parameters = link.get("parameters")
    for name, value in parameters.items() if isinstance(parameters, dict) else ():
        yield ("parameters", name), value
    if "requestBody" in link:
        yield ("requestBody",), link["requestBody"]


def _finding(
    rule: str,
    said: tuple[str, str],
    at: tuple[Node, tuple[str, ...]],
    message: str,
    fix: str,
    level: Level | None = None,
) -> Violation:
    node, below = at
    place = (node.uri, pointers.child(node.pointer, *below))
    return Violation(rule, "contract", level or BY_ID[rule].level, said[0], *place, "", message, fix)
