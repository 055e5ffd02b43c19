"""openapi-core as second opinion on a finding: confirmed, disputed, or none.

Each aspect is asked for itself, so that no complaint hides another. Versions and styles that openapi-core is known not
to read are no opinion; what it raises instead of an answer is none either.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request import exceptions as of_requests
from openapi_core.validation.request import validators as request_validators
from openapi_core.validation.response import exceptions as of_responses
from openapi_core.validation.response import validators as response_validators
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.http import parse_cookie

from mockserver.exchange import Request, Response
from mockserver.jobs.ports import Opinion
from mockserver.values import JSON, Struct
from mockserver.violation import Violation

_HOST: Final = "http://api.example"
_UNREAD: Final = frozenset({"deepObject", "spaceDelimited", "pipeDelimited", "tabDelimited", "matrix", "label"})


class _TheirRequest(Struct):
    """A request as openapi-core's protocol asks for it."""

    host_url: str
    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes


class _TheirResponse(Struct):
    """An answer as openapi-core's protocol asks for it."""

    status_code: int
    headers: Headers
    content_type: str
    data: bytes


class Readers(dict[str, Callable[..., Any]]):
    """What openapi-core must be told: `+json` is JSON (RFC 6839 §3.1), `text/` is text."""

    def __contains__(self, name: object) -> bool:
        return str(name).endswith("+json") or str(name).startswith("text/")

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return _json if name.endswith("+json") else _text


def _json(value: bytes, **_parameters: str) -> Any:
    return json.loads(value)


def _text(value: bytes | str, **parameters: str) -> str:
    return value.decode(parameters.get("charset", "utf-8")) if isinstance(value, bytes) else value


class OpenAPICore:
    """openapi-core as judge of one document; requests stand at its root."""

    def __init__(self, tree: Mapping[str, JSON]) -> None:
        version = str(tree.get("openapi", ""))
        self._reads = version.startswith(("3.0", "3.1"))
        if not self._reads:
            return
        logging.getLogger("openapi_core").setLevel(logging.ERROR)
        prefix = "V30" if version.startswith("3.0") else "V31"
        spec = SchemaPath.from_dict(_at_the_root(tree))
        made = {"extra_media_type_deserializers": Readers()}
        self._request = [
            getattr(request_validators, f"{prefix}Request{aspect}Validator")(spec, **made)
            for aspect in ("Security", "Parameters", "Body")
        ]
        self._response = [
            getattr(response_validators, f"{prefix}Response{aspect}Validator")(spec, **made)
            for aspect in ("Data", "Headers")
        ]

    def of(self, violation: Violation, request: Request, response: Response | None, style: str = "") -> Opinion:
        """Return what openapi-core says of the part that a finding complains about."""
        if not self._reads or style in _UNREAD:
            return "no-opinion"
        asked = _their_request(request)
        if response is None:
            parts = self._parts(self._request, lambda judge: judge.iter_errors(asked))
            part = _request_part(violation)
        else:
            answered = _their_response(response)
            parts = self._parts(self._response, lambda judge: judge.iter_errors(asked, answered))
            part = _response_part(violation)
        if parts is None or not part:
            return "no-opinion"
        if "route" in parts:
            return "confirmed" if part == "route" else "no-opinion"
        return "confirmed" if part in parts else "disputed"

    def accepts(self, request: Request, response: Response) -> Opinion:
        """Return whether openapi-core finds that an answer keeps the contract, too."""
        if not self._reads:
            return "no-opinion"
        asked, answered = _their_request(request), _their_response(response)
        parts = self._parts(self._response, lambda judge: judge.iter_errors(asked, answered))
        if parts is None or "route" in parts:
            return "no-opinion"
        return "disputed" if parts else "confirmed"

    def _parts(self, judges: list[Any], ask: Callable[[Any], Iterator[Exception]]) -> frozenset[str] | None:
        """Return the parts that it complains about; None when it fell over."""
        found: set[str] = set()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecated parameters, unsupported security schemes
            for judge in judges:
                try:
                    found.update(filter(None, map(_part, ask(judge))))
                except Exception:  # noqa: BLE001 - whatever it raises, it has no opinion
                    return None
        return frozenset(found)


def _part(error: Exception) -> str:
    match error:
        case PathError():
            return "route"
        case of_requests.ParameterValidationError(name=name, location=location):
            return f"{location}.{name}"
        case of_requests.SecurityValidationError():
            return "security"
        case of_requests.MissingRequestBody() if not isinstance(error, of_requests.MissingRequiredRequestBody):
            return ""  # a body that need not be there
        case of_requests.RequestBodyValidationError():
            return "media-type" if isinstance(error.__cause__, MediaTypeNotFound) else "body"
        case ResponseNotFound():
            return "status"
        case of_responses.DataValidationError():
            return "media-type" if isinstance(error.__cause__, MediaTypeNotFound) else "body"
        case of_responses.HeaderValidationError(name=name):
            return f"header.{name}"
        case _:
            raise error


def _request_part(violation: Violation) -> str:
    match violation.rule:
        case "request-path" | "request-method":
            return "route"
        case "request-security":
            return "security"
        case "request-media-type":
            return "media-type"
        case "request-accept" | "request-note" | "request-preference":
            return ""
        case rule if rule.startswith("request-"):
            return violation.at.partition("#")[0]
        case _:
            return ""


def _response_part(violation: Violation) -> str:
    match violation.rule:
        case "response-status":
            return "status"
        case "response-media-type":
            return "media-type"
        case "response-crashed-client" | "response-undocumented":  # openapi-core knows neither
            return ""
        case rule if rule.startswith("response-"):
            return violation.at.partition("#")[0]
        case _:
            return ""


def _at_the_root(tree: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the document served at `/`: which server is asked is not the question."""
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


def _their_request(request: Request) -> _TheirRequest:
    path = "/".join(unquote(segment).replace("/", "%2F") for segment in request.path.split("/"))
    headers = Headers(list(request.headers))
    parameters = RequestParameters(
        query=ImmutableMultiDict(parse_qsl(request.query, keep_blank_values=True)),
        header=headers,
        cookie=ImmutableMultiDict(parse_cookie(headers.get("Cookie"))),
    )
    content_type = request.header("content-type") or ""
    return _TheirRequest(_HOST, path, request.method.lower(), parameters, content_type, request.body)


def _their_response(response: Response) -> _TheirResponse:
    headers = Headers(list(response.headers))
    return _TheirResponse(response.status, headers, response.header("content-type") or "", response.body)
