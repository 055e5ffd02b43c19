"""Sends what a watch on a live API wants to know: slowly, and nothing that was not allowed.

The one place that enforces it: whatever a plan asks for, only GET and HEAD leave this process, and operations that were
allowed by name. One request at a time; `Retry-After` is kept; after a few failures in a row nothing is sent any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from mockserver.errors import CouldNotCheck
from mockserver.exchange import NoResponse, Outcome, Request, Response
from mockserver.resilience.advice import advice
from mockserver.values import Struct

SAFE: Final = frozenset({"GET", "HEAD"})
_AGENT: Final = "mockserver-drift/1"
_LONGEST_WAIT_S: Final = 30.0
_LARGEST: Final = 8 * 1024 * 1024


class Manners(Struct, frozen=True):
    """How an API is asked: requests per second, how many and how long at most, and when it is given up.

    `timeout_s` is that of one answer; `failures` is how many in a row end the watch; `run` names it in User-Agent.
    """

    rate: float = 5.0
    max_requests: int = 200
    max_time_s: float = 120.0
    timeout_s: float = 15.0
    failures: int = 5
    run: str = ""


class Prober:
    """Asks one API. `sign` adds credentials; `allowed` tells whether a request that is not safe may be sent."""

    def __init__(
        self,
        url: str,
        manners: Manners,
        sign: Callable[[Request], Request],
        allowed: Callable[[Request], bool],
    ) -> None:
        self.sent = 0
        self.why = ""
        self._url = url.rstrip("/")
        self._manners = manners
        self._sign = sign
        self._allowed = allowed
        self._begun = time.monotonic()
        self._next = 0.0
        self._failed = 0
        self._session = requests.Session()
        self._session.headers.clear()
        self._session.trust_env = False
        self._session.proxies.update(get_environ_proxies(url))

    def ask(self, request: Request, *, signed: bool) -> Outcome | None:
        """Send one request; None when nothing is sent any more, and `why` says why."""
        if request.method not in SAFE and not self._allowed(request):
            raise CouldNotCheck(
                f"{request.method} {request.target} is not safe and was not allowed", fix="allow its operation by name"
            )
        outcome = self._once(request, signed=signed)
        if isinstance(outcome, Response) and outcome.status in {429, 503}:
            wait = advice(outcome.headers).wait_s
            if wait is not None and wait <= min(_LONGEST_WAIT_S, self._left()):
                time.sleep(wait)
                outcome = self._once(request, signed=signed)
        return outcome

    def _left(self) -> float:
        return self._manners.max_time_s - (time.monotonic() - self._begun)

    def _once(self, request: Request, *, signed: bool) -> Outcome | None:
        if self._failed >= self._manners.failures:
            self.why = f"{self._failed} requests in a row failed: the rest was not asked"
        elif self.sent >= self._manners.max_requests:
            self.why = f"{self.sent} requests were sent, and no more may be (--max-requests)"
        elif self._left() <= 0:
            self.why = f"{self._manners.max_time_s:g} seconds have passed, and no more may (--max-time)"
        if self.why:
            return None
        now = time.monotonic()
        if self._next > now:
            time.sleep(min(self._next - now, max(self._left(), 0)))
        self._next = max(self._next, now) + 1 / self._manners.rate
        self.sent += 1
        outcome = self._sent(self._sign(request) if signed else request)
        failed = isinstance(outcome, NoResponse) or outcome.status in {429, 502, 503, 504}
        self._failed = self._failed + 1 if failed else 0
        return outcome

    def _sent(self, request: Request) -> Response | NoResponse:
        headers = dict(request.headers) | {"User-Agent": f"{_AGENT} (run {self._manners.run})"}
        made = self._session.prepare_request(
            requests.Request(request.method, self._url, headers=headers, data=request.body or None)
        )
        made.url = f"{self._url}{request.target}"
        try:
            with self._session.send(
                made, stream=True, allow_redirects=False, timeout=min(self._manners.timeout_s, max(self._left(), 0.1))
            ) as real:
                body = real.raw.read(_LARGEST + 1, decode_content=False)
                head = tuple(real.raw.headers.items())
                status = real.status_code
        except (requests.RequestException, HTTPError, OSError) as failed:
            return NoResponse(f"no answer: {_plain(failed)}")
        return Response(status, head, body) if len(body) <= _LARGEST else NoResponse("the answer is larger than 8 MB")


def _plain(failed: Exception) -> str:
    text = f"{type(failed).__name__}: {failed}"
    return text if len(text) <= 160 else f"{text[:157]}..."
