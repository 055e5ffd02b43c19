"""Does a request keep the contract?

One function for each subject, listed in `REQUEST_CHECKS` in the order in which an API would look: who you are, what
you ask for, what you carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.checks.mismatches import Place, findings, media_findings, shown
from mockserver.checks.received import Received, finding
from mockserver.checks.security import security
from mockserver.contract.model import Operation
from mockserver.contract.reading import NO_BODY, Body, NoBody, OtherCoding, OtherMedia, Value
from mockserver.contract.route import Unrouted, WrongMethod
from mockserver.violation import Violation, Violations
from mockserver.wire.coding import CODINGS
from mockserver.wire.reading import Absent, Decoded, Undecodable


def parameters(received: Received) -> Iterator[Violation]:
    """Yield what is wrong with parameters of all locations."""
    for value in received.reading.parameters():
        if not value.valid:
            yield from _parameter(received.plan.operation, value)


def _parameter(operation: Operation, value: Value) -> Iterator[Violation]:
    parameter = value.plan.parameter
    at = f"{parameter.location}.{parameter.name}"
    match value.outcome:
        case Absent():
            yield finding(
                "request-required",
                operation,
                at,
                f"{parameter.location} parameter {parameter.name} is missing",
                f"send {parameter.name}",
                node=(parameter.node.uri, parameter.node.pointer),
            )
        case Undecodable(message=message):
            yield finding(
                "request-spelling",
                operation,
                at,
                f"{parameter.name}: {message}",
                f"spell it with style {parameter.style}, explode {str(parameter.explode).lower()}",
                node=(parameter.node.uri, parameter.node.pointer),
            )
        case Decoded():
            if value.plan.validator is not None and value.plan.bundle is not None:
                place = Place("consumer", operation.name, at, parameter.name)
                yield from findings(value.value, value.plan.validator, value.plan.bundle, place)


def body(received: Received) -> Iterator[Violation]:
    """Yield what is wrong with the body."""
    operation, documented = received.plan.operation, received.plan.body
    if documented is None:
        return
    place = (documented.node.uri, documented.node.pointer)
    match received.reading.body:
        case NoBody():
            if documented.required:
                yield finding("request-required", operation, "body", "the body is missing", "send a body", node=place)
        case OtherMedia(content_type=content_type):
            names = ", ".join(media.name for media in documented.content)
            yield finding(
                "request-media-type",
                operation,
                "header.Content-Type",
                f"Content-Type is {shown(content_type)}; the contract has {names}",
                f"send {names}",
                node=place,
                witness=content_type,
            )
        case OtherCoding(content_encoding=coding, message=message):
            yield finding(
                "request-media-type",
                operation,
                "header.Content-Encoding",
                message,
                f"send {', '.join(CODINGS)}",
                node=place,
                witness=coding,
            )
        case Body(outcome=Undecodable(message=message), plan=plan):
            yield finding(
                "request-body",
                operation,
                "body",
                f"the body is no {plan.media.name}: {message}",
                f"send {plan.media.name}",
                node=(plan.media.node.uri, plan.media.node.pointer),
            )
        case Body(valid=False, plan=plan, value=value):
            yield from media_findings(value, plan, Place("consumer", operation.name, "body", ""))


def notes(received: Received) -> Iterator[Violation]:
    """Yield what is understood, and worth knowing all the same."""
    plan, reading = received.plan, received.reading
    keys = {scheme.parameter for requirement in plan.security for scheme in requirement if scheme.location == "query"}
    for name in reading.undeclared:
        if name in keys:
            continue
        yield finding(
            "request-undeclared",
            plan.operation,
            f"query.{name}",
            f"query parameter {name} is not in the contract",
            "leave it out, or look how it is spelt",
        )
    if plan.deprecated:
        yield finding(
            "request-deprecated",
            plan.operation,
            "",
            f"{plan.operation.name} is deprecated",
            "look for what replaces it",
            node=(plan.operation.node.uri, f"{plan.operation.node.pointer}/deprecated"),
        )
    for value in reading.parameters():
        parameter = value.plan.parameter
        at = f"{parameter.location}.{parameter.name}"
        if isinstance(value.outcome, Decoded):
            node = (parameter.node.uri, parameter.node.pointer)
            for note in value.outcome.notes:
                yield finding("request-note", plan.operation, at, f"{parameter.name}: {note}", "spell it so", node=node)
            if parameter.deprecated:
                yield finding(
                    "request-deprecated",
                    plan.operation,
                    at,
                    f"{parameter.name} is deprecated",
                    "leave it out",
                    node=node,
                )
    if isinstance(reading.body, Body) and isinstance(reading.body.outcome, Decoded):
        media = reading.body.plan.media
        for note in reading.body.outcome.notes:
            yield finding(
                "request-note", plan.operation, "body", note, "spell it so", node=(media.node.uri, media.node.pointer)
            )


REQUEST_CHECKS: tuple[Callable[[Received], Iterator[Violation]], ...] = (security, parameters, body, notes)


def check_request(received: Received) -> Violations:
    """Return all findings about a request."""
    plan = received.plan
    if received.reading.is_plain and not plan.deprecated and not _lacks_body(received):  # nearly always
        return tuple(security(received)) if plan.security and received.with_security else ()
    return tuple(violation for check in REQUEST_CHECKS for violation in check(received))


def _lacks_body(received: Received) -> bool:
    return received.reading.body is NO_BODY and received.plan.body is not None and received.plan.body.required


def unrouted(route: Unrouted | WrongMethod, method: str, document: str) -> Violation:
    """Tell that a request found no operation."""
    match route:
        case WrongMethod():
            pointer = route.operations[0].path_item.pointer
            return Violation(
                "request-method",
                "consumer",
                "error",
                f"{method} {route.template}",
                document,
                pointer,
                "method",
                f"{route.template} has no {method}",
                f"use {', '.join(route.allow)}",
                method,
            )
        case Unrouted():
            nearest = f"the nearest is {', '.join(route.nearest)}" if route.nearest else "mend it, or document it"
            return Violation(
                "request-path",
                "consumer",
                "error",
                f"{method} {route.path}",
                document,
                "/paths",
                "path",
                f"{route.path} is not in the contract",
                nearest,
                route.path,
            )
