"""Two judges of one exchange, their verdicts in the same words.

A verdict names the parts of an exchange that a judge rejects, each with its reasons: `path.id`, `query.limit`,
`header.X-Key`, `cookie.session`, `security`, `media-type`, `body`, and for answers `status`, `response-media-type`,
`response-body`, `response-header.X-Total`. A part that is not named is accepted. Knows how to ask, not what is right.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import (
    MissingRequestBody,
    MissingRequiredRequestBody,
    ParameterValidationError,
    RequestBodyValidationError,
    SecurityValidationError,
)
from openapi_core.validation.request.validators import (
    V30RequestBodyValidator,
    V30RequestParametersValidator,
    V30RequestSecurityValidator,
    V31RequestBodyValidator,
    V31RequestParametersValidator,
    V31RequestSecurityValidator,
)
from openapi_core.validation.response.exceptions import DataValidationError, HeaderValidationError
from openapi_core.validation.response.validators import (
    V30ResponseDataValidator,
    V30ResponseHeadersValidator,
    V31ResponseDataValidator,
    V31ResponseHeadersValidator,
)
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.http import parse_cookie

from mockserver.checks.response import check_response
from mockserver.contract.plan import Plan, Plans
from mockserver.edges.second_opinion import Readers
from mockserver.exchange import Request, Response
from mockserver.violation import Violation, Violations

HOST = "http://api.example"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a part is rejected: ours a rule, theirs a keyword of JSON Schema or the name of an error."""

    word: str
    detail: str
    text: str


Verdict: TypeAlias = Mapping[str, tuple[Reason, ...]]

RAISES = "raises"
"""The word of a judge that gave no verdict but a traceback."""


def ours_of_request(violations: Violations) -> Verdict:
    """Return our verdict on a request."""
    return _ours(violations, "consumer", _request_part)


def ours_of_response(plans: Plans, plan: Plan, request: Request, response: Response) -> Verdict:
    """Return our verdict on an answer."""
    return _ours(check_response(plans, plan, request, response), "provider", _response_part)


def _ours(violations: Violations, side: str, part_of: Callable[[Violation], str]) -> Verdict:
    found: dict[str, tuple[Reason, ...]] = {}
    for violation in violations:
        if violation.level == "error" and violation.side in {side, "contract"}:
            part = part_of(violation)
            reason = Reason(violation.rule, violation.pointer.rpartition("/")[2], violation.message)
            found[part] = (*found.get(part, ()), reason)
    return found


def _request_part(violation: Violation) -> str:
    if violation.rule in {"request-path", "request-method"}:
        return "route"
    if violation.rule == "request-security":
        return "security"
    if violation.rule == "request-media-type":
        return "media-type"
    return violation.at.partition("#")[0]


def _response_part(violation: Violation) -> str:
    if violation.rule in {"response-media-type", "response-status"}:
        return {"response-media-type": "response-media-type", "response-status": "status"}[violation.rule]
    return f"response-{violation.at.partition('#')[0]}"


@dataclass(slots=True)
class TheirRequest:
    """A request as openapi-core's protocol asks for it, filled as a WSGI server would, a slash in a segment kept."""

    host_url: str
    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes


@dataclass(slots=True)
class TheirResponse:
    """An answer as openapi-core's protocol asks for it."""

    status_code: int
    headers: Headers
    content_type: str
    data: bytes


class OpenAPICore:
    """openapi-core as judge of one document: each aspect is asked for itself, so that none hides another."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        logging.getLogger("openapi_core").setLevel(logging.ERROR)
        spec = SchemaPath.from_dict(_at_the_root(tree))
        old = str(tree["openapi"]).startswith("3.0")
        request = (
            (V30RequestSecurityValidator, V30RequestParametersValidator, V30RequestBodyValidator)
            if old
            else (V31RequestSecurityValidator, V31RequestParametersValidator, V31RequestBodyValidator)
        )
        response = (
            (V30ResponseDataValidator, V30ResponseHeadersValidator)
            if old
            else (V31ResponseDataValidator, V31ResponseHeadersValidator)
        )
        readers = {"extra_media_type_deserializers": Readers()}
        self._request = [
            (name, made(spec, **readers))
            for name, made in zip(("security", "parameters", "body"), request, strict=True)
        ]
        self._response = [
            (name, made(spec, **readers))
            for name, made in zip(("response-body", "response-header"), response, strict=True)
        ]

    def of_request(self, request: Request) -> Verdict:
        """Return their verdict on a request."""
        return self._asked(self._request, lambda judge: judge.iter_errors(_their_request(request)))

    def of_response(self, request: Request, response: Response) -> Verdict:
        """Return their verdict on an answer."""
        asked, answered = _their_request(request), _their_response(response)
        return self._asked(self._response, lambda judge: judge.iter_errors(asked, answered))

    def _asked(self, judges: list[tuple[str, Any]], ask: Callable[[Any], Iterator[Exception]]) -> Verdict:
        found: dict[str, tuple[Reason, ...]] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecated parameters, unsupported security schemes
            for aspect, judge in judges:
                try:
                    errors = list(ask(judge))
                except Exception as error:  # noqa: BLE001 - that it raises is the finding, whatever it raises
                    found[aspect] = (Reason(RAISES, type(error).__name__, str(error)[:200]),)
                    continue
                for error in errors:
                    if isinstance(error, MissingRequestBody) and not isinstance(error, MissingRequiredRequestBody):
                        continue  # a body that need not be there; only their validator of whole requests forgives it
                    part = _their_part(error)
                    found[part] = (*found.get(part, ()), *_reasons(error))
        return found


def _at_the_root(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document served at `/`: which server is asked is not what is compared here."""
    paths = {
        template: {
            key: {name: part for name, part in value.items() if name != "servers"} if isinstance(value, dict) else value
            for key, value in item.items()
            if key != "servers"
        }
        for template, item in (tree.get("paths") or {}).items()
        if isinstance(item, dict)
    }
    return {**tree, "servers": [{"url": "/"}], "paths": paths}


def _their_request(request: Request) -> TheirRequest:
    path = "/".join(unquote(segment).replace("/", "%2F") for segment in request.path.split("/"))
    headers = Headers(list(request.headers))
    parameters = RequestParameters(
        query=ImmutableMultiDict(parse_qsl(request.query, keep_blank_values=True)),
        header=headers,
        cookie=ImmutableMultiDict(parse_cookie(headers.get("Cookie"))),
    )
    content_type = request.header("content-type") or ""
    return TheirRequest(HOST, path, request.method.lower(), parameters, content_type, request.body)


def _their_response(response: Response) -> TheirResponse:
    headers = Headers(list(response.headers))
    return TheirResponse(response.status, headers, response.header("content-type") or "", response.body)


def _their_part(error: Exception) -> str:
    match error:
        case PathError():
            return "route"
        case ParameterValidationError(name=name, location=location):
            return f"{location}.{name}"
        case SecurityValidationError():
            return "security"
        case RequestBodyValidationError():
            return "media-type" if isinstance(error.__cause__, MediaTypeNotFound) else "body"
        case ResponseNotFound():
            return "status"
        case DataValidationError():
            return "response-media-type" if isinstance(error.__cause__, MediaTypeNotFound) else "response-body"
        case HeaderValidationError(name=name):
            return f"response-header.{name}"
        case _:
            raise error


def _reasons(error: BaseException) -> Iterator[Reason]:
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    schema_errors = getattr(cause, "schema_errors", None)
    if schema_errors is None:
        yield Reason(type(cause).__name__, "", repr(cause)[:200])
        return
    for one in schema_errors:
        yield from _leaves(one)


def _leaves(error: Any) -> Iterator[Reason]:
    place = "/".join(map(str, error.absolute_path))
    yield Reason(str(error.validator), str(error.validator_value)[:200], f"{place}: {error.message}")
    for inner in error.context or ():
        yield from _leaves(inner)
