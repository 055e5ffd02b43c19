"""The mock as a Flask application.

A whole one: blueprints, hooks, error handlers and the test client work as in any other. Operations of the contract
take a short way past werkzeug's routing, but only while nothing is registered that would have to see them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from flask import Blueprint, Flask, current_app, jsonify, request, signals
from flask import Response as FlaskResponse
from werkzeug.routing import Map, Rule, RuleFactory

from mockserver.exchange import Fields, Headers, Request, Response, Streamed
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Answer
from mockserver.jobs.show import contract_page, exchange_page, health_page
from mockserver.values import JSON

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Listener: TypeAlias = Callable[[Request, Answer], None]

OWN_PATH = "/_mockserver"
_REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_HEARD = tuple(
    signal.receivers
    for signal in (
        signals.appcontext_popped,
        signals.appcontext_pushed,
        signals.appcontext_tearing_down,
        signals.got_request_exception,
        signals.request_finished,
        signals.request_started,
        signals.request_tearing_down,
    )
)
_CONTRACT_ENDPOINT = "mockserver_contract"


class _CountingMap(Map):
    """A map that knows how often something was added to it: this is asked at every request."""

    added = 0

    def add(self, rulefactory: RuleFactory) -> None:
        """Add a rule."""
        super().add(rulefactory)
        self.added += 1


class MockApp(Flask):
    """A Flask application that answers for the contracts of a session.

    `listener` is told every answer; it must be quick and may not raise. `coverage` tells what was seen of the
    contracts, where somebody measures it.
    """

    url_map_class = _CountingMap

    def __init__(self, session: Session, listener: Listener | None = None) -> None:
        super().__init__("mockserver", static_folder=None)
        self._map: _CountingMap = self.url_map  # type: ignore[assignment]  # made by `url_map_class`
        self.session = session
        self.listener = listener
        self.coverage: Callable[[], JSON] | None = None
        self.url_map.merge_slashes = False
        self.url_map.strict_slashes = False
        self.json.sort_keys = False  # type: ignore[attr-defined]  # DefaultJSONProvider has it, its base has not
        self.register_blueprint(_own_pages())
        for rule in ("/", "/<path:anything>"):
            # methods=None: every method there is, QUERY and those of tomorrow
            self.url_map.add(Rule(rule, endpoint=_CONTRACT_ENDPOINT, methods=None))
        self.view_functions[_CONTRACT_ENDPOINT] = _contract_view
        self._own_rules = self._map.added

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        if environ["PATH_INFO"].startswith(OWN_PATH) or not self._nobody_listens():
            return super().wsgi_app(environ, start_response)
        return _sent(self._answer(read_environ(environ)), environ, start_response)

    def at_once(self, request: Request, path: str) -> tuple[str, Headers, bytes] | WSGIApplication | None:
        """Answer one request without WSGI; None where Flask has to see it, or what somebody put around it."""
        if path.startswith(OWN_PATH) or "wsgi_app" in self.__dict__ or not self._nobody_listens():
            return None
        answer = self.session.serve(request)
        if self.listener is not None:
            self.listener(request, answer)
        response = answer.response
        if answer.wait_s or answer.fault or type(response) is not Response:
            return partial(_sent, answer)
        return _status(response), response.headers, response.body

    def _answer(self, asked: Request) -> Answer:
        answer = self.session.serve(asked)
        if self.listener is not None:
            self.listener(asked, answer)
        return answer

    def _nobody_listens(self) -> bool:
        """Tell whether nothing is registered that would have to see a contract's operation."""
        return not (
            self.before_request_funcs
            or self.after_request_funcs
            or self.teardown_request_funcs
            or self.teardown_appcontext_funcs
            or self.url_value_preprocessors
            or self.error_handler_spec
            or any(_HEARD)
            or self._map.added != self._own_rules
        )


def _sent(answer: Answer, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Send an answer (PEP 3333)."""
    _pace(environ, answer)
    response = answer.response
    start_response(_status(response), _headers_of(response))
    return Paced(response) if isinstance(response, Streamed) else (response.body,)


def _contract_view(anything: str = "") -> FlaskResponse:
    """Answer an operation on the long way, where hooks see it."""
    del anything  # the raw target says more
    answer = app_of(current_app)._answer(read_environ(request.environ))  # noqa: SLF001 - one class in two halves
    _pace(request.environ, answer)
    response = answer.response
    body = Paced(response) if isinstance(response, Streamed) else response.body
    made = FlaskResponse(body, status=_status(response))
    made.headers.clear()
    made.headers.extend(_headers_of(response))
    return made


def app_of(flask_app: Flask) -> MockApp:
    """Return the mock application behind Flask's proxy."""
    found = flask_app._get_current_object() if hasattr(flask_app, "_get_current_object") else flask_app  # noqa: SLF001
    if not isinstance(found, MockApp):
        raise TypeError("this view belongs to a MockApp")
    return found


class Paced:
    """A body that is sent piece by piece: `paced` is for servers that can wait without blocking."""

    def __init__(self, streamed: Streamed) -> None:
        self._streamed = streamed

    def paced(self) -> Iterable[tuple[float, bytes]]:
        """Return the pieces with their pauses in seconds."""
        return self._streamed

    def __iter__(self) -> Iterator[bytes]:
        for pause_s, piece in self._streamed:
            if pause_s:
                time.sleep(pause_s)
            yield piece


def _status(response: Response | Streamed) -> str:
    return _REASONS.get(response.status) or f"{response.status} Unknown"


def _headers_of(response: Response | Streamed) -> list[tuple[str, str]]:
    listed = list(response.headers)
    # RFC 9110 §8.6: no Content-Length where there can be no content
    if isinstance(response, Streamed):
        return listed
    if response.status not in {204, 304} and not any(name == "Content-Length" for name, _ in listed):
        listed.append(("Content-Length", str(len(response.body))))
    return listed


def read_environ(environ: WSGIEnvironment) -> Request:
    """Read a request from a WSGI environ, its target raw where the server gives it."""
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if target is None:
        target = quote(environ.get("PATH_INFO", "").encode("latin-1"), safe="/;=,:@!$&'()*+~")
        query = environ.get("QUERY_STRING")
        target = f"{target}?{query}" if query else target
    headers = environ.get("mockserver.headers")
    return Request(environ["REQUEST_METHOD"], target, _headers(environ) if headers is None else headers, _body(environ))


def _headers(environ: WSGIEnvironment) -> Headers:
    found = [(key[5:].replace("_", "-").title(), value) for key, value in environ.items() if key.startswith("HTTP_")]
    for key, name in (("CONTENT_TYPE", "Content-Type"), ("CONTENT_LENGTH", "Content-Length")):
        if environ.get(key):
            found.append((name, environ[key]))
    return Fields(found)


def _body(environ: WSGIEnvironment) -> bytes:
    length = environ.get("CONTENT_LENGTH")
    if length:
        return bytes(environ["wsgi.input"].read(int(length)))
    return bytes(environ["wsgi.input"].read()) if environ.get("wsgi.input_terminated") else b""


def _pace(environ: WSGIEnvironment, answer: Answer) -> None:
    """Hand wait and fault to a server that knows how to do them without blocking; else wait here."""
    if not answer.wait_s and not answer.fault:
        return
    pace = environ.get("mockserver.pace")
    if pace is None:
        time.sleep(answer.wait_s)
        return
    pace.wait_s = answer.wait_s
    pace.fault = answer.fault


def _own_pages() -> Blueprint:
    pages = Blueprint(OWN_PATH.strip("/"), "mockserver", url_prefix=OWN_PATH)

    @pages.get("/health")
    def health() -> FlaskResponse:
        return jsonify(health_page(app_of(current_app).session))

    @pages.get("/contract")
    @pages.get("/contract/<name>")
    def contract(name: str = "") -> FlaskResponse:
        page = contract_page(app_of(current_app).session, name)
        return _lost(name) if page is None else jsonify(page)

    @pages.get("/exchanges")
    def exchanges() -> FlaskResponse:
        return jsonify(exchange_page(app_of(current_app).session))

    @pages.get("/coverage")
    def coverage() -> FlaskResponse:
        measured = app_of(current_app).coverage
        if measured is None:
            made = jsonify({"error": "coverage is not measured: start with mockserver serve --coverage FILE"})
            made.status_code = 404
            return made
        return jsonify(measured())

    @pages.route("/reset", methods=["POST"])
    def reset() -> FlaskResponse:
        app_of(current_app).session.reset()
        return FlaskResponse(status=204)

    return pages


def _lost(name: str) -> FlaskResponse:
    made = jsonify({"error": f"there is no service {name}"})
    made.status_code = 404
    return made
