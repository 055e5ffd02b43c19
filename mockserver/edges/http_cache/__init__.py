"""RFC 9111 by hishel (extra `[cache]`): which stored answer may be used, which must be asked for again.

hishel decides; what is kept stands on a shelf. A cache is private: it belongs to one identity, that of its client, or
the one that was named where it is a file. Sends nothing: it says what to send, and is told what came.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator
from typing import Final, Literal, NamedTuple, TypeAlias

from mockserver.errors import MissingExtra, UsageError
from mockserver.exchange import Headers, Request, Response, header
from mockserver.jobs.configuration import Cache

try:
    import hishel
except ImportError as missing:
    raise MissingExtra("a cache needs hishel", fix='pip install "mockserver[cache]"') from missing

from mockserver.edges.http_cache.shelf import Kept, Memory, Shelf, pairs_of

_OPTIONS: Final = hishel.CacheOptions(shared=False)
_IDENTITY: Final = frozenset({"authorization", "cookie"})

How: TypeAlias = Literal["sent", "fresh", "confirmed"]


class Found(NamedTuple):
    """An answer: the one that was just sent for (None), a stored one that is fresh, or one that was confirmed."""

    how: How
    response: Response | None = None


class HttpCache:
    """The stored answers of one client, or of all that share a file. Thread-safe.

    `now` is of a monotonic clock, or of the wall clock where it `lasts`.
    """

    def __init__(self, settings: Cache) -> None:
        self._settings = settings
        self._shelf = _shelf(settings)

    @property
    def lasts(self) -> bool:
        """Whether it outlives its client."""
        return self._shelf.lasts

    def steps(self, url: str, request: Request, now: float) -> Generator[Headers, tuple[Response, float], Found]:
        """Yield the header fields to send it with, for each time it must be sent; return what is to be handed out."""
        key = _key(url, request)
        asked = hishel.Request(request.method, url, _headers(request.headers))
        held = {kept.entry.id: kept for kept in self._shelf.of(key)}
        state: hishel.AnyState = hishel.IdleClient(options=_OPTIONS)
        got: Response | None = None
        how: How = "fresh"
        while True:
            match state:
                case hishel.IdleClient():
                    state = state.next(asked, [kept.entry for kept in held.values()])
                case hishel.CacheMiss() | hishel.NeedRevalidation():
                    how = "confirmed" if isinstance(state, hishel.NeedRevalidation) else "sent"
                    got, now = yield tuple((name, state.request.headers[name]) for name in state.request.headers)
                    state = state.next(hishel.Response(got.status, _headers(got.headers)))
                case hishel.StoreAndUse():
                    if got is not None:
                        entry = hishel.Entry(uuid.uuid4(), asked, state.response)
                        plain = Response(got.status, pairs_of(_headers(got.headers)), got.body)
                        self._shelf.put(Kept(entry, plain, now, key))
                    return Found("sent")
                case hishel.CouldNotBeStored():
                    return Found("sent")
                case hishel.FromCache():
                    kept = held.get(state.entry.id)
                    self._shelf.used(state.entry.id)
                    return Found(how, _aged(kept, state.entry)) if kept is not None else Found("sent")
                case hishel.NeedToBeUpdated():
                    for each in state.updating_entries:
                        if each.id in held:
                            held[each.id] = held[each.id].confirmed(each, now)
                            self._shelf.confirm(held[each.id])
                    state = state.next()
                case hishel.InvalidateEntries():
                    self._shelf.remove(state.entry_ids)
                    state = state.next()
                case _:
                    raise AssertionError(f"hishel knows another state: {state!r}")

    def close(self) -> None:
        """Give back what it holds open."""
        self._shelf.close()

    def stale(self, url: str, request: Request, now: float) -> Response | None:
        """Return the answer that may stand in while the service is down: stored or confirmed not too long ago."""
        for kept in reversed(self._shelf.of(_key(url, request))):
            said = (kept.response.header("cache-control") or "").lower()
            # RFC 9111 §4.2.4, §5.2.2: these forbid it, whatever the client would like
            forbidden = any(word in said for word in ("no-cache", "must-revalidate"))
            if not forbidden and now - kept.at <= self._settings.stale_if_error_s and _varies_not(kept, request):
                return kept.response
        return None


def _shelf(settings: Cache) -> Shelf:
    if not settings.file:
        return Memory(settings.max_bytes)
    if not settings.identity:
        raise UsageError(
            "a cache in a file needs an identity: another user of the file must not get your answers",
            where=settings.file,
            fix='write identity = "public" where everybody gets the same answers, else who asks',
        )
    from mockserver.edges.http_cache.file import File  # noqa: PLC0415 - loads SQLite, for who has a file

    return File(settings.file, settings.identity, settings.max_bytes)


def _key(url: str, request: Request) -> str:
    # who gives credentials with a single request is somebody else than who gave others
    own = "\n".join(f"{name.lower()}:{value}" for name, value in request.headers if name.lower() in _IDENTITY)
    return f"{url}\n{own}"


def _headers(pairs: Headers) -> hishel.Headers:
    by_name: dict[str, list[str]] = {}
    for name, value in pairs:
        by_name.setdefault(name.lower(), []).append(value)
    return hishel.Headers(by_name)


def _aged(kept: Kept, entry: hishel.Entry) -> Response:
    age = entry.response.headers.get("age")
    others = tuple(pair for pair in kept.response.headers if pair[0].lower() != "age")
    return Response(kept.response.status, others + ((("Age", age),) if age else ()), kept.response.body)


def _varies_not(kept: Kept, request: Request) -> bool:
    named = [name.strip().lower() for name in (kept.response.header("vary") or "").split(",") if name.strip()]
    stored = kept.entry.request.headers
    return "*" not in named and all(stored.get(name) == header(request.headers, name) for name in named)
