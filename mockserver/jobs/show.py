"""What a running mock shows of itself: pages under `/_mockserver/`. Redacted; never the environment of the process."""

from __future__ import annotations

import base64

from mockserver.exchange import Headers, Response, Streamed
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Answer, Service
from mockserver.values import JSON
from mockserver.violation import Violation


def health_page(session: Session) -> JSON:
    """Tell that the mock is ready, and for what."""
    return {
        "status": "ok",
        "services": {service.name: len(service.contract.operations) for service in session.services},
    }


def contract_page(session: Session, name: str) -> JSON:
    """Return one contract as it is served (overlay applied), the list of all for no name, None for an unknown one."""
    if not name:
        return {"services": [_summary(session, service) for service in session.services]}
    return next((service.contract.root.tree for service in session.services if service.name == name), None)


def _summary(session: Session, service: Service) -> JSON:
    contract = service.contract
    return {
        "name": service.name,
        "title": contract.title,
        "openapi": contract.version,
        "prefixes": list(session.prefixes(service)),
        "operations": [
            {"operation": operation.name, "method": operation.method, "path": operation.template}
            for operation in contract.operations
        ],
        "contract": f"/_mockserver/contract/{service.name}",
    }


def exchange_page(session: Session) -> JSON:
    """Return the journal, oldest first."""
    return {
        "exchanges": [
            {
                "at": exchange.at,
                "took_ms": round(exchange.took_s * 1000, 3),
                "service": answer.service,
                "operation": answer.operation,
                "source": answer.source,
                "request": {
                    "method": exchange.request.method,
                    "target": exchange.request.target,
                    "headers": _listed(exchange.request.headers),
                    "body": _readable(exchange.request.body),
                },
                "response": _response(
                    answer, exchange.outcome if isinstance(exchange.outcome, Response | Streamed) else None
                ),
                "violations": [violation_page(violation) for violation in violations],
            }
            for exchange, answer, violations in session.exchanges()
        ]
    }


def _response(answer: Answer, response: Response | Streamed | None) -> JSON:
    if response is None:
        return {"status": answer.response.status}
    return {
        "status": response.status,
        "headers": _listed(response.headers),
        "body": _readable(response.body),
    }


def _listed(headers: Headers) -> JSON:
    return [[name, value] for name, value in headers]


def _readable(body: bytes) -> JSON:
    """Return a body as text, or as base64 when it is none."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def violation_page(violation: Violation) -> JSON:
    """Return a finding as JSON."""
    return {
        "rule": violation.rule,
        "side": violation.side,
        "level": violation.level,
        "operation": violation.operation,
        "document": violation.document,
        "pointer": violation.pointer,
        "at": violation.at,
        "message": violation.message,
        "fix": violation.fix,
        "witness": violation.witness,
        "fingerprint": violation.fingerprint,
    }
