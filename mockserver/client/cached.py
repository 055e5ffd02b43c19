"""A call that a stored answer may spare: the cache stands before deadline, retries and breaker.

Which answers may be stored and used is RFC 9111, and decided in `edges/http_cache.py`. An answer tells where it came
from by `Cache-Status` (RFC 9211).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Final

from mockserver.client.answer import Answer
from mockserver.client.conversation import Conversation, Step
from mockserver.client.errors import APIError, CircuitOpen, ConnectionFailed, Overloaded, ServerError, TimedOut
from mockserver.exchange import Request, Response

if TYPE_CHECKING:
    from mockserver.client.asked import Ask
    from mockserver.client.caller import Caller
    from mockserver.edges.http_cache import HttpCache

_DOWN: Final = (ServerError, TimedOut, ConnectionFailed, CircuitOpen, Overloaded)
_STATUS: Final = {
    "fresh": "mockserver-client; hit",
    "confirmed": "mockserver-client; hit; fwd=stale; fwd-status=304",
    "stale": "mockserver-client; hit; detail=stale-if-error",
}


def conversation(caller: Caller, ask: Ask) -> Conversation | Cached:
    """Return the conversation for a call: by the cache, where the client has one and the call is one for it."""
    cache = caller.cache
    if cache is None or ask.outgoing.sink is not None or not isinstance(ask.outgoing.body, bytes | None):
        return Conversation(caller, ask)
    return Cached(caller, ask, cache)


class Cached:
    """One call through the cache; used by one thread or task."""

    def __init__(self, caller: Caller, ask: Ask, cache: HttpCache) -> None:
        self._caller = caller
        self._ask = ask
        self._cache = cache
        outgoing = ask.outgoing
        self._request = Request(outgoing.method, outgoing.url, outgoing.headers)

    def steps(self, wake: Callable[[], None]) -> Generator[Step, Any, Answer]:
        """Yield what to do until there is an answer; raises APIError."""
        clock, outgoing = self._caller.clock, self._ask.outgoing
        now = clock.epoch if self._cache.lasts else clock.monotonic  # a monotonic clock begins anew with each machine
        began = clock.monotonic()
        lookup = self._cache.steps(outgoing.url, self._request, now())
        answer: Answer | None = None
        try:
            headers = next(lookup)
            while True:
                known = {name.lower() for name, _ in outgoing.headers}
                added = tuple(pair for pair in headers if pair[0].lower() not in known)  # If-None-Match and the like
                ask = self._ask._replace(outgoing=outgoing._replace(headers=(*outgoing.headers, *added)))
                answer = yield from Conversation(self._caller, ask).steps(wake)
                got = Response(answer.status, answer.headers.pairs, answer.content)
                headers = lookup.send((got, now()))
        except StopIteration as end:
            if end.value.response is None:
                assert answer is not None  # noqa: S101 - what was sent for has come
                return answer
            return self._stored(end.value.response, end.value.how, clock.monotonic() - began)
        except _DOWN as failed:
            return self._standing_in(failed, now(), clock.monotonic() - began)

    def _standing_in(self, failed: APIError, now: float, took_s: float) -> Answer:
        stale = self._cache.stale(self._ask.outgoing.url, self._request, now)
        if stale is None or self._ask.outgoing.method not in {"GET", "HEAD"}:
            raise failed
        return self._stored(stale, "stale", took_s)

    def _stored(self, response: Response, how: str, took_s: float) -> Answer:
        outgoing = self._ask.outgoing
        fields = (*response.headers, ("Cache-Status", _STATUS[how]))
        answer = Answer(outgoing.method, outgoing.url, response.status, fields, response.body)
        answer.operation = self._ask.operation
        self._caller.judged(self._ask, outgoing, answer)  # reads its value; it was judged when it came
        answer.attempts = 0
        answer.took_s = took_s
        return answer
