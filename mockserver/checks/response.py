"""Does an answer keep the contract?

One function for each subject, listed in `RESPONSE_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.checks.mismatches import Place, findings, media_findings, shown
from mockserver.contract.model import Operation, Parameter, ResponseSpec
from mockserver.contract.plan import Plan, Plans, response_for
from mockserver.contract.reading import choose_media
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Request, Response
from mockserver.messages import BY_ID
from mockserver.values import JSON, Struct
from mockserver.violation import Violation, Violations
from mockserver.wire.bodies import decode_body
from mockserver.wire.coding import uncoded
from mockserver.wire.parameters import HeaderDecoder
from mockserver.wire.reading import Absent, Decoded, SpellingError, Undecodable


class Answered(Struct, frozen=True):
    """An answer, the request it answers, and what the contract has for its status (None: nothing)."""

    request: Request
    response: Response
    plan: Plan
    plans: Plans
    documented: ResponseSpec | None


def status(answered: Answered) -> Iterator[Violation]:
    """Yield a finding when the status is not documented, where any is (OAS 3.1 §4.8.10: `responses` may be missing)."""
    if answered.documented is None and answered.plan.responses:
        known = ", ".join(response.status for response in answered.plan.responses)
        yield _finding(
            "response-status",
            answered.plan.operation,
            "status",
            f"{answered.plan.operation.name} answers {answered.response.status}; the contract has {known}",
            f"document {answered.response.status}, or answer what is documented",
            node=(answered.plan.operation.node.uri, f"{answered.plan.operation.node.pointer}/responses"),
            witness=answered.response.status,
        )


def bodiless(request: Request, response: Response) -> bool:
    """Tell whether an answer may carry no content (RFC 9110 §6.4.1)."""
    return request.method == "HEAD" or response.status in {204, 304} or response.status < 200


def content(answered: Answered) -> Iterator[Violation]:
    """Yield what is wrong with media type and body."""
    documented, response, operation = answered.documented, answered.response, answered.plan.operation
    if documented is None:
        return
    node = (documented.node.uri, documented.node.pointer)
    if bodiless(answered.request, response):
        if response.body:
            yield _finding(
                "response-body",
                operation,
                "body",
                f"an answer {response.status} to {answered.request.method} has a body",
                "send no content",
                node=node,
            )
        return
    if not documented.content:
        return
    content_type = response.header("content-type")
    media = choose_media(documented.content, content_type)
    names = ", ".join(item.name for item in documented.content)
    if media is None or (content_type is None and response.body):
        yield _finding(
            "response-media-type",
            operation,
            "header.Content-Type",
            f"Content-Type is {shown(content_type)}; the contract has {names}",
            f"answer {names}",
            node=node,
            witness=content_type,
        )
        return
    plan = answered.plans.media(media, "response")
    try:
        content = uncoded(response.body, response.header("content-encoding"))
    except SpellingError as error:
        outcome: Decoded | Undecodable = Undecodable(str(error))
    else:
        outcome = decode_body(plan.spec, content_type or media.name, content)
    match outcome:
        case Undecodable(message=message):
            yield _finding(
                "response-body",
                operation,
                "body",
                f"the body is no {media.name}: {message}",
                f"answer {media.name}",
                node=(media.node.uri, media.node.pointer),
            )
        case Decoded(value=value):
            if not plan.accepts(value):
                yield from media_findings(value, plan, Place("provider", operation.name, "body", ""))


def headers(answered: Answered) -> Iterator[Violation]:
    """Yield what is wrong with the documented headers."""
    for header in answered.documented.headers if answered.documented is not None else ():
        yield from _header(answered, header)


def _header(answered: Answered, header: Parameter) -> Iterator[Violation]:
    plan = answered.plans.header(header)
    operation, at = answered.plan.operation, f"header.{header.name}"
    node = (header.node.uri, header.node.pointer)
    match HeaderDecoder([plan.spec]).decode(answered.response.headers)[header.name]:
        case Absent():
            if header.required:
                yield _finding(
                    "response-header",
                    operation,
                    at,
                    f"header {header.name} is missing",
                    f"answer {header.name}",
                    node=node,
                )
        case Undecodable(message=message):
            yield _finding("response-header", operation, at, f"{header.name}: {message}", "spell it so", node=node)
        case Decoded(value=value, alternatives=alternatives):
            if (
                plan.validator is None
                or plan.bundle is None
                or any(map(plan.validator.is_valid, (value, *alternatives)))
            ):
                return
            place = Place("provider", operation.name, at, header.name)
            yield from findings(value, plan.validator, plan.bundle, place)


RESPONSE_CHECKS: tuple[Callable[[Answered], Iterator[Violation]], ...] = (status, content, headers)


def check_response(plans: Plans, plan: Plan, request: Request, response: Response) -> Violations:
    """Return all findings about an answer."""
    answered = Answered(request, response, plan, plans, response_for(plan.responses, response.status))
    found: list[Violation] = []
    for check in RESPONSE_CHECKS:
        try:
            found.extend(check(answered))
        except UnreadableDocument as broken:
            found.append(
                Violation(
                    "document-reference",
                    "contract",
                    "error",
                    plan.operation.name,
                    plan.operation.node.uri,
                    plan.operation.node.pointer,
                    "",
                    broken.what,
                    broken.fix,
                )
            )
    return tuple(found)


def _finding(
    rule: str, operation: Operation, at: str, message: str, fix: str, *, node: tuple[str, str], witness: JSON = None
) -> Violation:
    return Violation(rule, "provider", BY_ID[rule].level, operation.name, *node, at, message, fix, witness)
