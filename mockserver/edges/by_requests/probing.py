"""Sends what a watch on a live API wants to know: slowly, and nothing that was not allowed.

The one place that enforces it: whatever a plan asks for, only GET and HEAD leave this process, and operations that were
allowed by name. One request at a time; `Retry-After` and a rate limit that is used up are kept; after a few failures in
a row nothing is sent any more. An answer that drips, breaks off or never ends is no answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from mockserver.edges.by_requests.attempt import Broken, Connect, body_of, headers_of, opened
from mockserver.edges.by_requests.paced import PACE
from mockserver.edges.by_requests.transport import joined, pace
from mockserver.errors import CouldNotCheck
from mockserver.exchange import Headers, NoResponse, Outcome, Request, Response
from mockserver.resilience.advice import advice
from mockserver.resilience.deadline import AttemptTimeouts
from mockserver.resilience.inflate import READABLE
from mockserver.resilience.outcome import Failed
from mockserver.resilience.policy import BodyPolicy
from mockserver.values import Struct

SAFE: Final = frozenset({"GET", "HEAD"})
_AGENT: Final = "mockserver-drift/1"
_LONGEST_WAIT_S: Final = 30.0
_TOO_LARGE: Final = "the answer is larger than 8 MB, or unfolds a hundredfold"
_BODY: Final = BodyPolicy(max_bytes=8 * 1024 * 1024)
_SET_HERE: Final = frozenset({"user-agent", "accept-encoding"})


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
        self._answered = False
        self._adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
        pace(self._adapter)
        with requests.Session() as session:
            found = session.merge_environment_settings(url, {}, None, None, None)
        self._connect = Connect(found["verify"], found["cert"], found["proxies"])

    def ask(self, request: Request, *, signed: bool) -> Outcome | None:
        """Send one request; None when nothing is sent any more, and `why` says why."""
        if request.method not in SAFE and not self._allowed(request):
            raise CouldNotCheck(
                f"{request.method} {request.target} is not safe and was not allowed", fix="allow its operation by name"
            )
        outcome = self._once(request, signed=signed)
        is_told_to_wait = (
            isinstance(outcome, Response) and outcome.status in {429, 503} and _pause_s(outcome) is not None
        )
        return self._once(request, signed=signed) or outcome if is_told_to_wait else outcome

    def _left(self) -> float:
        return self._manners.max_time_s - (time.monotonic() - self._begun)

    def _once(self, request: Request, *, signed: bool) -> Outcome | None:
        if not self._waited():
            return None
        outcome = self._sent(self._sign(request) if signed else request)
        if isinstance(outcome, Failed) and outcome.kind == "reset" and self._answered and request.method in SAFE:
            # the server may have closed a connection that it has kept open until now (RFC 9112 §9.3.1)
            self._answered = False
            return self._once(request, signed=signed)
        self._answered = not isinstance(outcome, Failed)
        failed = (
            isinstance(outcome, Failed) or outcome.status == 429 or (outcome.status >= 500 and outcome.status != 501)
        )
        self._failed = self._failed + 1 if failed else 0
        if isinstance(outcome, Failed):
            return NoResponse(f"no answer: {outcome.detail or outcome.kind}")
        self._heed(outcome)
        return outcome

    def _waited(self) -> bool:
        """Wait for the turn of the next request; False when there is none any more."""
        if not self.why and self._failed >= self._manners.failures:
            self.why = f"{self._failed} requests in a row failed: the rest was not asked"
        if not self.why and self.sent >= self._manners.max_requests:
            self.why = f"{self.sent} requests were sent, and no more may be (--max-requests)"
        pause = max(self._next - time.monotonic(), 0)
        if not self.why and self._left() <= pause:
            self.why = f"the time is over (--max-time {self._manners.max_time_s:g}): the rest was not asked"
        if self.why:
            return False
        time.sleep(pause)
        self._next = time.monotonic() + 1 / self._manners.rate
        self.sent += 1
        return True

    def _heed(self, response: Response) -> None:
        """Keep the pause that an answer asks for; end the watch where it is too long to wait."""
        pause = _pause_s(response)
        if pause is None:
            return
        self._next = max(self._next, time.monotonic() + pause)
        if pause > min(_LONGEST_WAIT_S, self._left()):
            self.why = f"it wants no request for {pause:.0f} seconds: the rest was not asked"

    def _sent(self, request: Request) -> Response | Failed:
        made = requests.PreparedRequest()
        made.method, made.url = request.method, f"{self._url}{request.target}"
        made.headers = CaseInsensitiveDict(joined(self._headers(request)))
        made.body = request.body or None
        limit = max(min(self._manners.timeout_s, self._left()), 0.1)
        answer = opened(self._adapter, made, AttemptTimeouts(limit, limit, limit, limit, limit), self._connect)
        if isinstance(answer, Broken):
            return answer.failed
        head = headers_of(answer)
        coding = answer.headers.get("Content-Encoding", "").strip().lower()
        if coding not in READABLE:
            answer.close()
            return Failed("unreadable", detail=f"the body is coded in {coding}, which was not asked for")
        body = body_of(answer, _BODY)
        if isinstance(body, Broken):
            failed = body.failed
            return failed._replace(detail=_TOO_LARGE) if failed.kind == "too-large" else failed
        if PACE.paced is not None and PACE.paced.excess:
            return Failed("protocol", detail="more came than the head of the answer says")
        return Response(answer.status_code, tuple(pair for pair in head if pair[0].lower() != "content-encoding"), body)

    def _headers(self, request: Request) -> Headers:
        own = (("User-Agent", f"{_AGENT} (run {self._manners.run})"), ("Accept-Encoding", "gzip"))
        length = (("Content-Length", str(len(request.body))),) if request.body else ()
        return (*(pair for pair in request.headers if pair[0].lower() not in _SET_HERE), *own, *length)


def _pause_s(response: Response) -> float | None:
    """Return the seconds for which an answer asks to be left alone."""
    said = advice(response.headers, epoch_s=time.time())
    return said.wait_s if response.status in {429, 503} else said.exhausted_s
