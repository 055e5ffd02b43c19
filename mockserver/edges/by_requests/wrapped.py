"""An existing session of requests, with policies: an adapter around each of its adapters.

Whatever the session does stays as it was: headers, cookies, auth, proxies, `raise_for_status`. Errors are those of
requests as well, so that who caught them still does. Decides nothing: `drive` does.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Final, TypeAlias

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import rewind_body
from urllib3.util.timeout import Timeout

from mockserver.edges.by_requests.attempt import Broken, Connect, body_of, headers_of, opened
from mockserver.edges.by_requests.paced import PACE
from mockserver.edges.by_requests.transport import pace
from mockserver.errors import MockserverError
from mockserver.exchange import Headers, Response
from mockserver.resilience.deadline import AttemptTimeouts
from mockserver.resilience.policy import BodyPolicy
from mockserver.resilience.transfer import Got, Outgoing, Upload

SendOnce: TypeAlias = Callable[[Outgoing, AttemptTimeouts, BodyPolicy], Got]
Drive: TypeAlias = Callable[[Outgoing, SendOnce], MockserverError | None]
"""Sends until it is good or given up; returns what to raise, or None where the last answer is to be handed on."""
Allows: TypeAlias = Callable[[str, str, int, str, int], bool]
"""Tells whether a redirect may be followed: method, URL, status, location, hops."""
Kept: TypeAlias = Callable[[str, str, Headers], Headers]
"""Returns the fields that may go from one URL to another."""

_KINDS: Final[dict[str, type[requests.RequestException]]] = {
    "TimedOut": requests.Timeout,
    "BadAnswer": requests.exceptions.ContentDecodingError,
    "ContractViolation": requests.exceptions.ContentDecodingError,
    "RedirectRefused": requests.TooManyRedirects,
}


class ResilientAdapter(BaseAdapter):
    """Sends by another adapter, as often as its policy says."""

    def __init__(self, inner: BaseAdapter, drive: Drive) -> None:
        super().__init__()
        self.inner = inner
        self._drive = drive

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - as BaseAdapter has it
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002 - as BaseAdapter has it
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send a request."""
        outgoing = _outgoing(request)
        sending = _Sending(
            self.inner, request, outgoing.headers, Connect(verify, cert, proxies), timeout, stream=stream
        )
        error = self._drive(outgoing, sending.once)
        if error is not None:
            raise as_requests(error, request)
        assert sending.answer is not None  # noqa: S101 - what is not raised was answered
        return sending.answer

    def close(self) -> None:
        """Close the adapter inside."""
        self.inner.close()


class _Sending:
    """One call of a session: its request, and the newest answer."""

    def __init__(
        self,
        inner: BaseAdapter,
        request: requests.PreparedRequest,
        fields: Headers,
        connect: Connect,
        timeout: Any,
        *,
        stream: bool,
    ) -> None:
        self._inner = inner
        self._request = request
        self._fields = fields
        self._connect = connect
        self._timeout = timeout
        self._stream = stream
        self._times = 0
        self.answer: requests.Response | None = None

    def once(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy) -> Got:
        """Send once."""
        request = self._request
        if outgoing.headers is not self._fields:
            request = copy(request)
            request.headers = CaseInsensitiveDict(outgoing.headers)
        if self._times and not isinstance(request.body, bytes | str | None):
            rewind_body(request)
        self._times += 1
        if self.answer is not None:
            self.answer.close()
        answer = opened(self._inner, request, _asked(self._timeout, timeouts), self._connect)
        if isinstance(answer, Broken):
            return answer.failed
        self.answer = answer
        fields = headers_of(answer)
        if self._stream:  # who reads it piece by piece has all the time that each piece takes
            if PACE.paced is not None:
                PACE.paced.until = float("inf")
            return Response(answer.status_code, fields)
        read = body_of(answer, body)
        if isinstance(read, Broken):
            if answer.status_code < 400:
                return read.failed
            read = b""
        answer._content = read  # noqa: SLF001 - where requests keeps what was read
        answer._content_consumed = True  # type: ignore[attr-defined] # noqa: SLF001 - the same
        return Response(answer.status_code, fields, read)


def mount(session: requests.Session, drive: Drive, allows: Allows, kept: Kept) -> None:
    """Put policies around every adapter of a session, and keep its redirects from leaking or repeating."""
    for prefix, adapter in list(session.adapters.items()):
        pace(adapter)
        session.adapters[prefix] = ResilientAdapter(adapter, drive)
    target, rebuild = session.get_redirect_target, session.rebuild_auth

    def get_redirect_target(answer: requests.Response) -> str | None:
        location = target(answer)
        request = answer.request
        method, url = request.method or "", request.url or ""
        if location is None or allows(method, url, answer.status_code, location, len(answer.history)):
            return location
        return None  # not followed: the caller gets the redirect itself

    def rebuild_auth(prepared: requests.PreparedRequest, answer: requests.Response) -> None:
        rebuild(prepared, answer)  # type: ignore[no-untyped-call]
        fields = kept(answer.request.url or "", prepared.url or "", tuple(prepared.headers.items()))
        prepared.headers = CaseInsensitiveDict(fields)

    session.get_redirect_target = get_redirect_target  # type: ignore[method-assign, assignment]
    session.rebuild_auth = rebuild_auth  # type: ignore[method-assign]


def is_mounted(session: requests.Session) -> bool:
    """Tell whether a session has policies already."""
    return any(isinstance(adapter, ResilientAdapter) for adapter in session.adapters.values())


def own_retries(session: requests.Session) -> int:
    """Return how often the adapters of a session repeat by themselves."""
    retries = (getattr(adapter, "max_retries", None) for adapter in session.adapters.values())
    return max((int(each.total or 0) for each in retries if each is not None), default=0)


def as_requests(error: MockserverError, request: requests.PreparedRequest) -> Exception:
    """Return an error that is one of requests as well."""
    kind = next((_KINDS[each.__name__] for each in type(error).__mro__ if each.__name__ in _KINDS), None)
    both = _paired(type(error), kind if kind is not None else requests.ConnectionError)
    raised = both.__new__(both)
    raised.args = error.args
    raised.__dict__.update(error.__dict__)
    raised.__dict__.update(request=request, response=None)
    return raised


_PAIRS: dict[tuple[type, type], type[Exception]] = {}


def _paired(ours: type[MockserverError], theirs: type[Exception]) -> type[Exception]:
    known = _PAIRS.get((ours, theirs))
    if known is None:
        known = _PAIRS[ours, theirs] = type(ours.__name__, (ours, theirs), {"__doc__": ours.__doc__})
    return known


def _outgoing(request: requests.PreparedRequest) -> Outgoing:
    body = request.body
    sent: bytes | Upload | None
    if isinstance(body, bytes | None):
        sent = body
    elif isinstance(body, str):
        sent = body.encode()
    else:
        position = getattr(request, "_body_position", None)
        sent = Upload(lambda: (), replayable=isinstance(position, int) and not isinstance(position, bool))
    fields = tuple((str(name), _text(value)) for name, value in request.headers.items())
    return Outgoing(request.method or "GET", request.url or "", fields, sent)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _asked(timeout: Any, policy: AttemptTimeouts) -> AttemptTimeouts:
    """Return the time-outs that a call was given, where it was, within what is left of the deadline."""
    if timeout is None:
        return policy
    if isinstance(timeout, Timeout):
        connect, read = timeout.connect_timeout, timeout.read_timeout
    else:
        connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return policy._replace(
        connect_s=_sooner(connect, policy.connect_s, policy.total_s),
        read_s=_sooner(read, policy.read_s, policy.total_s),
    )


def _sooner(given: Any, usual: float | None, total: float | None) -> float | None:
    if not isinstance(given, int | float):
        return usual
    return float(given) if total is None else min(float(given), total)
