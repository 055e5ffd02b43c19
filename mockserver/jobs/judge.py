"""Does a recorded exchange keep the contract? Both directions, with the places that scrubbing has changed excused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from mockserver.cassette.model import Interaction
from mockserver.cassette.scrub import readably
from mockserver.checks.received import Received
from mockserver.checks.request import check_request, unrouted
from mockserver.checks.response import bodiless, check_response
from mockserver.checks.undocumented import undocumented
from mockserver.contract.model import Contract
from mockserver.contract.plan import Plan, response_for
from mockserver.contract.reading import choose_media, fitting, read_request
from mockserver.contract.route import Routed
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Request, Response
from mockserver.jobs.homes import Homes, Located, route_of
from mockserver.jobs.ports import Opinion, SecondOpinion
from mockserver.jobs.service import Service
from mockserver.values import Struct, replace
from mockserver.violation import Violation, Violations
from mockserver.wire.bodies import decode_body
from mockserver.wire.json import dumps
from mockserver.wire.reading import Decoded


class Judged(Struct, frozen=True):
    """What the contract says of one interaction; without a service it says nothing."""

    service: str = ""
    operation: str = ""
    violations: Violations = ()
    request: Request | None = None
    """The request as it stands below the service's address."""
    plan: Plan | None = None

    def style(self, violation: Violation) -> str:
        """Return the style of the parameter that a finding is about, if it is about one."""
        name = violation.at.partition("#")[0]
        found = (
            one.spec.style
            for one in (self.plan.parameters() if self.plan is not None else ())
            if f"{one.parameter.location}.{one.parameter.name}" == name
        )
        return next(found, "")

    def opinion(self, second: SecondOpinion, violation: Violation, response: Response) -> Opinion:
        """Return what another judge says of a finding."""
        if self.request is None:
            return "no-opinion"
        answered = response if violation.side == "provider" else None
        return second.of(violation, self.request, answered, self.style(violation))


def judge(interaction: Interaction, homes: Homes, named: str = "") -> Judged:
    """Judge one interaction by the contract of its host, or by that of the service that is `named`."""
    located = homes.locate(interaction.url, named)
    if located is None:
        return Judged()
    one = readably(interaction)
    judged = judge_exchange(located, one.request, one.response, with_security=bool(one.recorded.at))
    left = (excused(violation, one) for violation in judged.violations)
    return replace(judged, violations=tuple(violation for violation in left if violation is not None))


def judge_exchange(located: Located, request: Request, response: Response, *, with_security: bool = True) -> Judged:
    """Judge a request and its answer by the contract of a service."""
    service = located.service
    request = replace(request, target=located.target)
    route = route_of(located, request.method)
    if not isinstance(route, Routed):
        operation = f"{request.method} {request.path}"
        return Judged(
            service.name, operation, (unrouted(route, request.method, service.contract.documents.root),), request
        )
    if route.rivals:
        route = fitting(service.plans, route, request)
    plan = service.plans.of(route.operation)
    if not isinstance(plan, Plan):
        return Judged(service.name, route.operation.name, (plan.violation,))
    found = tuple(_both(service, plan, route, request, response, with_security))
    return Judged(service.name, plan.operation.name, found, request, plan)


def _both(
    service: Service,
    plan: Plan,
    route: Routed,
    request: Request,
    response: Response,
    with_security: bool,  # noqa: FBT001 - handed on as it came
) -> Iterator[Violation]:
    try:
        reading = read_request(service.plans, plan, request, route.captures)
        for violation in check_request(Received(request, plan, reading, with_security)):
            # an API that has refused the request has seen the same as we
            yield replace(violation, level="info") if 400 <= response.status < 500 else violation
        yield from check_response(service.plans, plan, request, response)
        yield from _unnamed(service, plan, request, response)
    except UnreadableDocument as broken:
        node = plan.operation.node
        yield Violation(
            "document-reference", "contract", "error", plan.operation.name, node.uri, node.pointer, "", broken.what,
            broken.fix,
        )  # fmt: skip


def _unnamed(service: Service, plan: Plan, request: Request, response: Response) -> Iterator[Violation]:
    documented = response_for(plan.responses, response.status)
    if documented is None or not documented.content or bodiless(request, response):
        return
    content_type = response.header("content-type")
    media = choose_media(documented.content, content_type)
    if media is None:
        return
    media_plan = service.plans.media(media, "response")
    outcome = decode_body(media_plan.spec, content_type or media.name, response.body)
    if isinstance(outcome, Decoded):
        yield from undocumented(outcome.value, media_plan, plan.operation.name)


def excused(violation: Violation, one: Interaction) -> Violation | None:
    """Return the finding, unless it is about a value that scrubbing has exchanged or a field that it has left out."""
    location, _, name = violation.at.partition(".")
    left_out = location == "header" and name.lower() in one.recorded.dropped
    return None if left_out or place_of(violation) in one.recorded.redacted else violation


def place_of(violation: Violation) -> str:
    """Return the place of a finding in an interaction, as scrubbing names places."""
    side = "response" if violation.side == "provider" else "request"
    location, dot, name = violation.at.partition(".")
    match location:
        case "header" if dot:
            return f"/{side}/headers/{name}"
        case "cookie" if dot:
            return f"/{side}/headers/Cookie/{name}"
        case "query" if dot:
            return f"/{side}/uri?{name}"
        case "path" | "method":
            return f"/{side}/uri" if location == "path" else f"/{side}/method"
        case "status":
            return f"/{side}/status"
        case _:
            return f"/{side}/{violation.at}" if violation.at else f"/{side}"


def digest(contract: Contract) -> str:
    """Return by what a contract is known: what its document says with its overlay, and all others that it leads to."""
    content = hashlib.blake2b(dumps(contract.root.tree), digest_size=8)
    for uri in sorted(contract.documents.data):
        if uri != contract.root.uri:
            content.update(contract.documents.data[uri])
    return content.hexdigest()
