"""VCR.py under our direction: its patches for the clients that we do not hook ourselves.

requests, urllib3, httpx, httpx2 and what is built on them are answered at their transports (edges/intercept), which
threads may share. VCR.py has aiohttp, http.client, httplib2 and tornado; its patches swap classes of the whole process,
so what several threads do there cannot be trusted, and is told.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol
from unittest import mock
from urllib.parse import urlencode

from mockserver.cassette.model import Interaction, split_url
from mockserver.errors import MissingExtra
from mockserver.exchange import Request, Response

try:
    from vcr.patch import CassettePatcherBuilder
    from vcr.record_mode import RecordMode
except ImportError as missing:
    raise MissingExtra("cassettes in tests need VCR.py", fix='pip install "mockserver[test]"') from missing

HOOKED: Final = ("requests", "urllib3", "boto3", "httpx", "httpx2")
"""What VCR.py leaves to us."""


class Player(Protocol):
    """What a cassette has to do for a client."""

    def ask(self, url: str, request: Request) -> Interaction | None:
        """Return the recorded answer, or None for a request that goes to the API; raise where neither may be."""
        ...

    def heard(self, url: str, request: Request, response: Response, reason: str) -> None:
        """Take note of what the API answered."""
        ...


class VcrCassette:
    """A cassette as VCR.py's stubs use it."""

    record_mode = RecordMode.NEW_EPISODES
    write_protected = False
    custom_patches = ()
    skip_patchers = HOOKED

    def __init__(self, path: str, player: Player) -> None:
        self._path = path
        self._player = player
        self._found: dict[int, tuple[Any, Interaction | None]] = {}
        self.threads: set[int] = set()

    def can_play_response_for(self, request: Any) -> bool:
        """Ask for an answer (VCR.py); stubs ask more than once for the same request."""
        known = self._found.get(id(request))
        if known is None or known[0] is not request:
            self.threads.add(threading.get_ident())
            known = self._found[id(request)] = (request, self._player.ask(request.uri, _request(request)))
        return known[1] is not None

    def play_response(self, request: Any) -> dict[str, Any]:
        """Return the answer (VCR.py)."""
        self.can_play_response_for(request)
        _, one = self._found.pop(id(request))
        assert one is not None  # noqa: S101 - the stubs have asked
        grouped: dict[str, list[str]] = {}
        for name, value in one.response.headers:
            grouped.setdefault(name, []).append(value)
        return {
            "status": {"code": one.response.status, "message": one.reason},
            "headers": grouped,
            "body": {"string": one.response.body},
        }

    def append(self, request: Any, response: dict[str, Any]) -> None:
        """Take note of an answer (VCR.py)."""
        self._found.pop(id(request), None)
        headers = tuple(
            (str(name), str(value))
            for name, values in response["headers"].items()
            for value in (values if isinstance(values, list) else [values])
        )
        answered = Response(response["status"]["code"], headers, response["body"].get("string") or b"")
        self._player.heard(request.uri, _request(request), answered, response["status"].get("message") or "")

    def filter_request(self, request: Any) -> Any:
        """Leave a request as it is (VCR.py): scrubbing comes before writing."""
        return request

    def find_requests_with_most_matches(self, request: Any) -> list[tuple[Any, list[str], list[str]]]:
        """Return the request itself (VCR.py): aiohttp's stub follows recorded redirects so."""
        return [(request, [], [])]


def _request(request: Any) -> Request:
    _, target = split_url(request.uri)
    headers = tuple((_text(name), _text(value)) for name, value in request.headers.items())
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
    elif body is not None and not isinstance(body, str | bytes | bytearray):
        body = b"".join(body)
    return Request(
        request.method, target or "/", headers, body.encode() if isinstance(body, str) else bytes(body or b"")
    )


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


@contextlib.contextmanager
def patched(path: str, player: Player) -> Iterator[VcrCassette]:
    """Let VCR.py stand in the way of the clients that it knows and we do not."""
    cassette = VcrCassette(path, player)
    with contextlib.ExitStack() as stack:
        for patcher in CassettePatcherBuilder(cassette).build():
            stack.enter_context(patcher)
        aiohttp = sys.modules.get("aiohttp")
        if aiohttp is not None:
            spelling = _spelling(aiohttp.ClientSession._request)  # noqa: SLF001 - where VCR.py stands
            stack.enter_context(mock.patch.object(aiohttp.ClientSession, "_request", spelling))
        yield cassette


def _spelling(stub: Callable[..., Any]) -> Callable[..., Any]:
    """Spell what aiohttp would spell only when it sends, so that VCR.py sees the bytes and the whole address."""

    @functools.wraps(stub)
    async def request(session: Any, method: str, url: Any, **more: Any) -> Any:
        content, kind = None, ""
        if more.get("json") is not None and more.get("data") is None:
            content, kind = session.json_serialize(more.pop("json")).encode(), "application/json"
        elif isinstance(more.get("data"), dict) and all(isinstance(one, str) for one in more["data"].values()):
            content, kind = urlencode(more.pop("data")).encode(), "application/x-www-form-urlencoded"
        if content is not None:
            fields = dict(more.get("headers") or {})
            if not any(str(name).lower() == "content-type" for name in fields):
                fields["Content-Type"] = kind
            more = {**more, "data": content, "headers": fields}
        return await stub(session, method, session._build_url(url), **more)  # noqa: SLF001 - base_url is known there only

    return request
