"""Did the request say who sends it?

Alternatives in a list, all schemes of one alternative together, an empty one lets everybody in (OAS 3.1 §4.8.30).
Which credential is right no contract says: every well-formed one is let in.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import parse_qsl

from mockserver.checks.received import Received
from mockserver.contract.model import Requirement, SecurityScheme
from mockserver.exchange import Request
from mockserver.violation import Violation


def security(received: Received) -> Iterator[Violation]:
    """Yield one finding when none of the alternatives is satisfied."""
    if not received.with_security:
        return
    alternatives = received.plan.security
    if not alternatives or any(_satisfied(requirement, received.request) for requirement in alternatives):
        return
    scheme = next(scheme for requirement in alternatives for scheme in requirement)
    wanted = " or ".join(" and ".join(spelled(scheme) for scheme in requirement) for requirement in alternatives)
    operation = received.plan.operation
    yield Violation(
        rule="request-security",
        side="consumer",
        level="error",
        operation=operation.name,
        document=scheme.node.uri,
        pointer=scheme.node.pointer,
        at=_place(scheme),
        message=f"{operation.name} needs {wanted}",
        fix=f"send {wanted}",
    )


def _satisfied(requirement: Requirement, request: Request) -> bool:
    return all(_present(scheme, request) for scheme in requirement)


def _present(scheme: SecurityScheme, request: Request) -> bool:
    match scheme.kind:
        case "apiKey":
            return bool(_api_key(scheme, request))
        case "mutualTLS":
            return True  # not to be seen in a request
        case "http" if scheme.scheme == "basic":
            return _is_basic(_credentials(request, "basic"))
        case "http" if scheme.scheme != "bearer":
            return bool(_credentials(request, scheme.scheme))
        case _:
            return bool(_credentials(request, "bearer"))


def _credentials(request: Request, wanted: str) -> str:
    """Return what follows the scheme in Authorization (RFC 9110 §11.4: schemes are case-insensitive)."""
    scheme, _, credentials = (request.header("authorization") or "").strip().partition(" ")
    return credentials.strip() if scheme.lower() == wanted else ""


def _is_basic(credentials: str) -> bool:
    try:
        return b":" in base64.b64decode(credentials, validate=True)  # RFC 7617 §2
    except (binascii.Error, ValueError):
        return False


def _api_key(scheme: SecurityScheme, request: Request) -> str:
    match scheme.location:
        case "header":
            return (request.header(scheme.parameter) or "").strip()
        case "query":
            return dict(parse_qsl(request.query, keep_blank_values=True)).get(scheme.parameter, "")
        case _:
            for pair in (request.header("cookie") or "").split(";"):
                name, _, value = pair.strip().partition("=")
                if name == scheme.parameter:
                    return value.strip('"')
            return ""


def _place(scheme: SecurityScheme) -> str:
    return f"{scheme.location}.{scheme.parameter}" if scheme.kind == "apiKey" else "header.Authorization"


def spelled(scheme: SecurityScheme) -> str:
    """Tell people what a scheme asks for."""
    match scheme.kind:
        case "apiKey":
            return f"{scheme.location} {scheme.parameter}"
        case "http" if scheme.scheme == "basic":
            return "Authorization: Basic"
        case "http" if scheme.scheme != "bearer":
            return f"Authorization: {scheme.scheme}"
        case _:
            return "Authorization: Bearer"


def challenge(requirements: tuple[Requirement, ...], realm: str) -> str:
    """Return WWW-Authenticate for a 401 (RFC 9110 §11.6.1).

    An API key has no registered scheme; the one here names where the key belongs.
    """
    realm = _quotable(realm)
    found: dict[str, None] = {}
    for requirement in requirements:
        for scheme in requirement:
            match scheme.kind:
                case "apiKey":
                    where, name = _quotable(scheme.location), _quotable(scheme.parameter)
                    found[f'ApiKey realm="{realm}", in="{where}", name="{name}"'] = None
                case "http" if scheme.scheme == "basic":
                    found[f'Basic realm="{realm}", charset="UTF-8"'] = None
                case "http" if scheme.scheme != "bearer":
                    found[f'{scheme.scheme.title()} realm="{realm}"'] = None
                case "mutualTLS":
                    continue
                case _:
                    found[f'Bearer realm="{realm}"'] = None
    return ", ".join(found) or f'Bearer realm="{realm}"'


def _quotable(text: str) -> str:
    """Spell a text so that it can stand in quotes in a header (RFC 9110 §5.6.4)."""
    return text.encode("unicode_escape").decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
