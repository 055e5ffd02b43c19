"""RFC 9111 by hishel (extra `[cache]`): which stored answer may be used, which must be asked for again.

hishel decides; what is kept stands here, in memory, bounded. A cache is private: it belongs to one client, and so to
one identity. Sends nothing: it says what to send, and is told what came.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Generator
from threading import Lock
from typing import Final, Literal, NamedTuple, TypeAlias

from mockserver.errors import MissingExtra
from mockserver.exchange import Headers, Request, Response, header
from mockserver.jobs.configuration import Cache

try:
    import hishel
except ImportError as missing:
    raise MissingExtra("a cache needs hishel", fix='pip install "mockserver[cache]"') from missing

_OPTIONS: Final = hishel.CacheOptions(shared=False)
# of an answer whose coding is taken off
_OF_THE_WIRE: Final = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection"})
_IDENTITY: Final = frozenset({"authorization", "cookie"})

How: TypeAlias = Literal["sent", "fresh", "confirmed"]


class Found(NamedTuple):
    """An answer: the one that was just sent for (None), a stored one that is fresh, or one that was confirmed."""

    how: How
    response: Response | None = None


class _Kept(NamedTuple):
    entry: hishel.Entry
    response: Response
    at: float
    key: str

    @property
    def size(self) -> int:
        return len(self.response.body) + 1024


class HttpCache:
    """The stored answers of one client. Thread-safe. `now` is of a monotonic clock."""

    def __init__(self, settings: Cache) -> None:
        self._settings = settings
        self._lock = Lock()
        self._kept: OrderedDict[uuid.UUID, _Kept] = OrderedDict()
        self._size = 0

    def steps(self, url: str, request: Request, now: float) -> Generator[Headers, tuple[Response, float], Found]:
        """Yield the header fields to send it with, for each time it must be sent; return what is to be handed out."""
        key = _key(url, request)
        asked = hishel.Request(request.method, url, _headers(request.headers))
        state: hishel.AnyState = hishel.IdleClient(options=_OPTIONS)
        got: Response | None = None
        how: How = "fresh"
        while True:
            match state:
                case hishel.IdleClient():
                    state = state.next(asked, self._entries(key))
                case hishel.CacheMiss() | hishel.NeedRevalidation():
                    how = "confirmed" if isinstance(state, hishel.NeedRevalidation) else "sent"
                    got, now = yield tuple((name, state.request.headers[name]) for name in state.request.headers)
                    state = state.next(hishel.Response(got.status, _headers(got.headers)))
                case hishel.StoreAndUse():
                    if got is not None:
                        self._keep(_Kept(hishel.Entry(uuid.uuid4(), asked, state.response), _stripped(got), now, key))
                    return Found("sent")
                case hishel.CouldNotBeStored():
                    return Found("sent")
                case hishel.FromCache():
                    kept = self._touched(state.entry.id)
                    return Found(how, _aged(kept, state.entry)) if kept is not None else Found("sent")
                case hishel.NeedToBeUpdated():
                    self._confirm(state.updating_entries, now)
                    state = state.next()
                case hishel.InvalidateEntries():
                    self._forget(state.entry_ids)
                    state = state.next()
                case _:
                    raise AssertionError(f"hishel knows another state: {state!r}")

    def stale(self, url: str, request: Request, now: float) -> Response | None:
        """Return the answer that may stand in while the service is down: stored or confirmed not too long ago."""
        with self._lock:
            held = [kept for kept in self._kept.values() if kept.key == _key(url, request)]
        for kept in reversed(held):
            said = (kept.response.header("cache-control") or "").lower()
            # RFC 9111 §4.2.4, §5.2.2: these forbid it, whatever the client would like
            forbidden = any(word in said for word in ("no-cache", "must-revalidate"))
            if not forbidden and now - kept.at <= self._settings.stale_if_error_s and _varies_not(kept, request):
                return kept.response
        return None

    def _entries(self, key: str) -> list[hishel.Entry]:
        with self._lock:
            return [kept.entry for kept in self._kept.values() if kept.key == key]

    def _keep(self, kept: _Kept) -> None:
        with self._lock:
            self._kept[kept.entry.id] = kept
            self._size += kept.size
            while self._size > self._settings.max_bytes and self._kept:
                self._size -= self._kept.popitem(last=False)[1].size

    def _touched(self, entry_id: uuid.UUID) -> _Kept | None:
        with self._lock:
            if entry_id in self._kept:
                self._kept.move_to_end(entry_id)
            return self._kept.get(entry_id)

    def _confirm(self, entries: list[hishel.Entry], now: float) -> None:
        with self._lock:
            for entry in entries:
                kept = self._kept.get(entry.id)
                if kept is not None:
                    fields = tuple((name, entry.response.headers[name]) for name in entry.response.headers)
                    response = Response(kept.response.status, fields, kept.response.body)
                    self._kept[entry.id] = kept._replace(entry=entry, response=response, at=now)

    def _forget(self, ids: list[uuid.UUID]) -> None:
        with self._lock:
            for entry_id in ids:
                kept = self._kept.pop(entry_id, None)
                self._size -= kept.size if kept is not None else 0


def _key(url: str, request: Request) -> str:
    # who gives credentials with a single request is somebody else than who gave others
    own = "\n".join(f"{name.lower()}:{value}" for name, value in request.headers if name.lower() in _IDENTITY)
    return f"{url}\n{own}"


def _headers(pairs: Headers) -> hishel.Headers:
    by_name: dict[str, list[str]] = {}
    for name, value in pairs:
        by_name.setdefault(name.lower(), []).append(value)
    return hishel.Headers(by_name)


def _stripped(response: Response) -> Response:
    pairs = tuple(pair for pair in response.headers if pair[0].lower() not in _OF_THE_WIRE)
    return Response(response.status, pairs, response.body)


def _aged(kept: _Kept, entry: hishel.Entry) -> Response:
    age = entry.response.headers.get("age")
    others = tuple(pair for pair in kept.response.headers if pair[0].lower() != "age")
    return Response(kept.response.status, others + ((("Age", age),) if age else ()), kept.response.body)


def _varies_not(kept: _Kept, request: Request) -> bool:
    named = [name.strip().lower() for name in (kept.response.header("vary") or "").split(",") if name.strip()]
    stored = kept.entry.request.headers
    return "*" not in named and all(stored.get(name) == header(request.headers, name) for name in named)
