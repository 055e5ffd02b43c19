"""The proxy between a socket and the API: a WSGI callable that sends with a session of requests.

Streams pass through piece by piece; every other answer is read whole, so that it can be judged before it is handed on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

import requests

from mockserver.errors import CouldNotCheck
from mockserver.exchange import Request, Response
from mockserver.jobs.proxy import Proxy, refusal
from mockserver.violation import Violations

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Listener: TypeAlias = Callable[[Proxy, Request, int, Violations], None]
_PIECE = 1 << 16


def new_session() -> requests.Session:
    """Return a session that adds nothing of its own to what it sends."""
    session = requests.Session()
    session.headers.clear()
    session.trust_env = False
    return session


class ProxyApp:
    """One service's proxy. `listener` is told every exchange; `own_url` is where this proxy listens."""

    def __init__(
        self,
        proxy: Proxy,
        session: requests.Session,
        read: Callable[[WSGIEnvironment], Request],
        listener: Listener | None = None,
    ) -> None:
        self.proxy = proxy
        self.own_url = ""
        self._session = session
        self._read = read
        self._listener = listener

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on (PEP 3333)."""
        request = self._read(environ)
        wrong = self.proxy.wrong_request(request)
        if wrong:
            self._tell(request, 400, wrong)
            return _send(refusal(400, "your client broke the contract", wrong), start_response)
        begun, at = time.perf_counter(), datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            real = _sent(self._session, self.proxy.url, self.proxy.outgoing(request))
        except requests.RequestException as failed:
            self._tell(request, 502, ())
            return _send(refusal(502, f"the API cannot be reached: {_plain(failed)}", ()), start_response)
        head = Response(real.status_code, tuple(real.raw.headers.items()))
        if self.proxy.is_stream(head):
            return self._streamed(request, head, real, start_response, at)
        with real:
            response = Response(head.status, head.headers, real.raw.read(decode_content=False))
        return self._whole(request, response, real.reason or "", start_response, at, time.perf_counter() - begun)

    def _whole(
        self, request: Request, response: Response, reason: str, start_response: StartResponse, at: str, took_s: float
    ) -> Iterable[bytes]:
        operation, violations = self.proxy.judge(request, response)
        self.proxy.heard(request, response, reason=reason, at=at, took_s=took_s)
        self._tell(request, response.status, violations)
        return _send(self.proxy.incoming(response, self.own_url, operation, violations), start_response)

    def _streamed(
        self, request: Request, head: Response, real: Any, start_response: StartResponse, at: str
    ) -> Iterable[bytes]:
        """Hand pieces on as they come; what they make together is judged and recorded when they have ended."""
        passed = self.proxy.incoming(head, self.own_url, "", ())
        start_response(_status(passed.status), list(passed.headers))
        return self._pieces(request, head, real, at)

    def _pieces(self, request: Request, head: Response, real: Any, at: str) -> Iterator[bytes]:
        begun = time.perf_counter()
        seen = bytearray()
        with real:
            for piece in _arriving(real.raw):
                seen += piece
                yield piece
        response = Response(head.status, head.headers, bytes(seen))
        _, violations = self.proxy.judge(request, response)
        took_s = time.perf_counter() - begun
        self.proxy.heard(request, response, reason=real.reason or "", at=at, took_s=took_s)
        self._tell(request, head.status, violations)

    def _tell(self, request: Request, status: int, violations: Violations) -> None:
        if self._listener is not None:
            self._listener(self.proxy, request, status, violations)


def _sent(session: requests.Session, url: str, request: Request) -> Any:
    """Send; the target goes out as it came in."""
    plain = requests.Request(request.method, url, headers=dict(_joined(request)), data=request.body or None)
    made = session.prepare_request(plain)
    made.url = f"{url}{request.target}"
    return session.send(made, stream=True, allow_redirects=False)


def forward(session: requests.Session, url: str, request: Request) -> tuple[Response, str]:
    """Return what an API answers to a request, whole, and its reason phrase; raise CouldNotCheck without an answer."""
    try:
        with _sent(session, url.rstrip("/"), request) as real:
            body = real.raw.read(decode_content=False)
    except requests.RequestException as failed:
        raise CouldNotCheck(
            f"the API cannot be reached: {_plain(failed)}", where=url, fix="give its address: --url"
        ) from failed
    return Response(real.status_code, tuple(real.raw.headers.items()), body), real.reason or ""


def _arriving(raw: Any) -> Iterator[bytes]:
    """Yield what has arrived, as soon as something has."""
    while True:
        piece: bytes = raw.read1(_PIECE, decode_content=False) if hasattr(raw, "read1") else raw.read(1)
        if not piece:
            return
        yield piece


def _joined(request: Request) -> Iterator[tuple[str, str]]:
    """Yield fields, repeated ones in one line (RFC 9110 §5.3), cookies as RFC 6265 joins them."""
    found: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for name, value in request.headers:
        found.setdefault(names.setdefault(name.lower(), name), []).append(value)
    for name, values in found.items():
        yield name, ("; " if name.lower() == "cookie" else ", ").join(values)


def _plain(failed: Exception) -> str:
    text = str(failed)
    return text if len(text) <= 200 else f"{text[:197]}..."


def _send(response: Response, start_response: StartResponse) -> Iterable[bytes]:
    headers = list(response.headers)
    if response.status not in {204, 304}:
        headers.append(("Content-Length", str(len(response.body))))
    start_response(_status(response.status), headers)
    return (response.body,)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"
