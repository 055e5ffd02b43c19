"""Answers to what a contract has nothing to say about, and the bodies of its errors."""

from __future__ import annotations

from contextlib import suppress

from mockserver.answers.cors import preflight_headers
from mockserver.answers.explain import phrase, problem
from mockserver.answers.headers import told_violations
from mockserver.answers.imagine import Imagined
from mockserver.checks.request import unrouted
from mockserver.contract.model import MediaType
from mockserver.contract.route import Routed, WrongMethod
from mockserver.errors import MockserverError
from mockserver.exchange import Headers, Request, Response, Streamed
from mockserver.jobs.service import Answer, Service
from mockserver.redact import redact_violation
from mockserver.violation import Violations
from mockserver.wire.json import dumps
from mockserver.wire.media_type import concrete


def cleaned(service: Service, request: Request, violations: Violations) -> Violations:
    """Return findings with the secrets of the request taken out."""
    known = service.secrets().seen_in(request)
    return tuple(redact_violation(violation, known) for violation in violations)


def error_body(service: Service, status: int, violations: Violations, seed: int) -> Imagined:
    """Return the error that the contract mostly answers with, or problem details where it has none."""
    usual = service.errors.of(status)
    if usual is not None:
        with suppress(MockserverError):  # its schema cannot be read or admits nothing: the next best answer counts
            return told_error(service, status, usual.media, concrete(usual.media.name), violations, seed)
    return _problem(status, violations)


def told_error(
    service: Service, status: int, documented: MediaType, content_type: str, violations: Violations, seed: int
) -> Imagined:
    """Return the contract's own error with our explanation in it."""
    media = service.plans.media(documented, "response")
    return service.explainer.refusal(media, content_type, status, violations, seed)


def _problem(status: int, violations: Violations) -> Imagined:
    value = problem(status, phrase(status), violations)
    return Imagined("application/problem+json", dumps(value), value, "generated")


def refused(service: Service, request: Request, status: int, violations: Violations, headers: Headers = ()) -> Answer:
    """Answer with the contract's usual error: it has nothing to say about this request."""
    clean = cleaned(service, request, violations)
    body = error_body(service, status, clean, status)
    told = (("Content-Type", body.content_type), *headers, ("X-Mockserver-Source", "refused"))
    told = (*told, ("X-Mockserver-Violations", told_violations(clean)))
    response = Response(status, told, body.body)
    return Answer(
        to_head(response) if request.method == "HEAD" else response, service=service.name, violations=violations
    )


def wrong_method(service: Service, request: Request, route: WrongMethod) -> Answer:
    """Answer 405 with Allow (RFC 9110 §15.5.6), or what OPTIONS asks for (§9.3.7)."""
    allow = ("Allow", ", ".join(route.allow))
    if request.method == "OPTIONS":
        return Answer(Response(204, (allow,)), service=service.name, source="generated")
    violation = unrouted(route, request.method, service.contract.documents.root)
    return refused(service, request, 405, (violation,), (allow,))


def preflight(service: Service, request: Request, route: Routed | WrongMethod) -> Answer:
    """Answer a browser that asks what it may send."""
    allow = route.allow if isinstance(route, WrongMethod) else (route.operation.method,)
    wanted = request.header("access-control-request-method") or ""
    methods = tuple(dict.fromkeys((*allow, wanted)))
    headers = (("Allow", ", ".join(allow)), *preflight_headers(request, methods))
    return Answer(Response(204, headers), service=service.name, source="generated")


def to_head(response: Response | Streamed) -> Response:
    """Return the answer to a HEAD: without its content, with the length that GET would have (RFC 9110 §9.3.2)."""
    if isinstance(response, Streamed):  # its length is not known before it has ended
        return Response(response.status, response.headers)
    return Response(response.status, (*response.headers, ("Content-Length", str(len(response.body)))))
