"""The transport of a client that uses requests: pools, proxies and certificates of a session.

A session of our own has no cookies and reads no .netrc, so that threads share it and no credential comes from a file
nobody thought of. A session that was given keeps all its habits: headers, cookies, auth.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.cookies import extract_cookies_to_jar
from requests.structures import CaseInsensitiveDict

from mockserver.edges.by_requests.attempt import Broken, Connect, body_of, headers_of, opened
from mockserver.edges.by_requests.paced import PACED_POOLS, DeadlinePassed
from mockserver.errors import UsageError
from mockserver.exchange import Headers, Response
from mockserver.resilience.deadline import AttemptTimeouts
from mockserver.resilience.policy import BodyPolicy
from mockserver.resilience.transfer import Got, Outgoing, Upload

_WHOLE = 65_536  # up to here a body is one write


def pace(adapter: BaseAdapter) -> None:
    """Let a deadline hold for what comes drop by drop: new connections are made with paced answers."""
    if not isinstance(adapter, HTTPAdapter) or adapter.poolmanager.pool_classes_by_scheme is PACED_POOLS:
        return
    adapter.poolmanager.pool_classes_by_scheme = PACED_POOLS
    adapter.poolmanager.clear()
    manager_for = adapter.proxy_manager_for

    def proxy_manager_for(proxy: str, **settings: Any) -> Any:
        manager = manager_for(proxy, **settings)
        manager.pool_classes_by_scheme = PACED_POOLS
        return manager

    adapter.proxy_manager_for = proxy_manager_for  # type: ignore[method-assign]


class RequestsTransport:
    """Sends by requests. Thread-safe where its session is; one of our own is.

    What a session that was given adds (headers, auth) goes to the URLs that are `home`, and to no others.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        home: Callable[[str], bool] | None = None,
        *,
        connections: int = 20,
    ) -> None:
        self._home = home
        self._is_own = session is None
        self._session = session if session is not None else requests.Session()
        self._connect: dict[str, Connect] = {}
        if self._is_own:
            adapter = HTTPAdapter(pool_connections=10, pool_maxsize=connections, max_retries=0)
            self._session.mount("https://", adapter)
            self._session.mount("http://", adapter)
        for each in self._session.adapters.values():
            pace(each)

    def send(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy) -> Got:
        """Send, and read the whole answer."""
        ends = None if timeouts.total_s is None else time.monotonic() + timeouts.total_s
        given = not self._is_own and (self._home is None or self._home(outgoing.url))
        prepared = self._given(outgoing, ends) if given else self._own(outgoing, ends)
        adapter = self._session.get_adapter(outgoing.url)
        answer = opened(adapter, prepared, timeouts, self._connect_to(outgoing.url))
        if isinstance(answer, Broken):
            return answer.failed
        if not self._is_own:
            extract_cookies_to_jar(self._session.cookies, prepared, answer.raw)  # type: ignore[no-untyped-call]
        fields = headers_of(answer)
        read = body_of(answer, body, outgoing.sink)
        if isinstance(read, bytes):
            return Response(answer.status_code, fields, read)
        # an error status is known even where its body is not
        return Response(answer.status_code, fields) if answer.status_code >= 400 else read.failed

    def close(self) -> None:
        """Close the pools of an own session; a given one is its owner's."""
        if self._is_own:
            self._session.close()

    def _own(self, outgoing: Outgoing, ends: float | None) -> requests.PreparedRequest:
        prepared = requests.PreparedRequest()
        prepared.method = outgoing.method
        prepared.url = outgoing.url
        prepared.headers = CaseInsensitiveDict(joined(outgoing.headers))
        prepared.body = _body(outgoing.body, ends)
        _measure(prepared.headers, outgoing)
        return prepared

    def _given(self, outgoing: Outgoing, ends: float | None) -> requests.PreparedRequest:
        request = requests.Request(outgoing.method, outgoing.url, headers=joined(outgoing.headers))
        prepared = self._session.prepare_request(request)
        prepared.body = _body(outgoing.body, ends)
        prepared.headers.pop("Content-Length", None)
        _measure(prepared.headers, outgoing)
        return prepared

    def _connect_to(self, url: str) -> Connect:
        # reading the environment for proxies costs as much as a request: once for each origin
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._connect.get(origin)
        if known is None:
            found = self._session.merge_environment_settings(url, {}, None, None, None)
            known = self._connect[origin] = Connect(found["verify"], found["cert"], found["proxies"])
        return known


def joined(headers: Headers) -> dict[str, str]:
    """Return the fields as requests takes them: one line for each name (RFC 9110 §5.3)."""
    lines: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for name, value in headers:
        known = spelled.setdefault(name.lower(), name)
        lines[known] = f"{lines[known]}, {value}" if known in lines else value
    return lines


def _measure(headers: Any, outgoing: Outgoing) -> None:
    body = outgoing.body
    length = body.length if isinstance(body, Upload) else len(body) if body is not None else None
    if length is None and outgoing.method in {"POST", "PUT", "PATCH"} and body is None:
        length = 0  # RFC 9110 §8.6: these expect a body, so that none must be said
    if length is not None:
        headers["Content-Length"] = str(length)


def _body(body: bytes | Upload | None, ends: float | None) -> Any:
    if isinstance(body, Upload):
        pieces = body.open()
        if not isinstance(pieces, Iterable):
            raise UsageError("the body comes by awaiting, and this client blocks", fix="send it by AsyncAPIClient")
        return _within(pieces, ends)
    if body is not None and len(body) > _WHOLE:
        # one write has one time-out, that of connecting: a large body is many
        return _within((body[start : start + _WHOLE] for start in range(0, len(body), _WHOLE)), ends)
    return body


def _within(pieces: Any, ends: float | None) -> Iterator[bytes]:
    source = iter(pieces)
    while True:
        try:
            piece = next(source)
        except StopIteration:
            return
        except (OSError, ValueError) as unreadable:  # a file of the caller: no fault of the network
            raise UsageError(f"the body cannot be read: {unreadable}", fix="open it anew for each call") from unreadable
        if ends is not None and time.monotonic() > ends:
            raise DeadlinePassed("the deadline passed while the request was sent")
        yield piece
