"""OAuth2, client credentials (RFC 6749 §4.4): one token for all calls, fetched by one of them.

Twenty calls that find the token old ask for one new one, in threads and in tasks; a token that is refused (401) is
thrown away once, by whoever was refused first. The token endpoint is asked through a client of its own, with its own
circuit, within the deadline of the call that needs the token.
"""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import quote_plus
from weakref import WeakKeyDictionary

from mockserver.client.answer import Answer
from mockserver.client.asked import Options
from mockserver.client.asking import by_url
from mockserver.client.auth import Secret, reveal, with_header
from mockserver.client.caller import Caller
from mockserver.client.conversation import Conversation, Send
from mockserver.client.errors import About, BadAnswer, TimedOut
from mockserver.client.urls import origin_of
from mockserver.errors import UsageError
from mockserver.exchange import Response
from mockserver.resilience.actions import Wait
from mockserver.resilience.deadline import inherited
from mockserver.resilience.transfer import Outgoing

_POLICY: Final[Mapping[str, Any]] = {
    # another token harms nobody: it may be asked for again, whatever became of the first
    "retry": {"idempotent_methods": ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "POST"]},
    "redirect": {"limit": 0},
    "body": {"max_bytes": 1_048_576},
}


class _Token(NamedTuple):
    header: str
    until: float


class OAuth2:
    """Client credentials: `token_url`, `client_id` and `client_secret`, as the API's owner gave them.

    `client_auth` is how the client proves itself there (RFC 6749 §2.3.1): `basic`, or `body` where they ask for that.
    A token is renewed `leeway_s` before it expires, or in the last tenth of a short life. `extra` goes into the form.
    """

    def __init__(  # noqa: PLR0913 - each is a word of RFC 6749, or how it is used
        self,
        token_url: str,
        client_id: Secret,
        client_secret: Secret,
        *,
        scope: str = "",
        audience: str = "",
        client_auth: Literal["basic", "body"] = "basic",
        extra: Mapping[str, str] | None = None,
        leeway_s: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if client_auth not in {"basic", "body"}:
            raise UsageError(f"client_auth is {client_auth!r}", fix="say basic or body")
        self._url = token_url
        self._id = client_id
        self._secret = client_secret
        more = {"scope": scope, "audience": audience, **(extra or {})}
        self._form = {"grant_type": "client_credentials", **{name: value for name, value in more.items() if value}}
        self._client_auth = client_auth
        self._leeway_s = leeway_s
        self._clock = clock
        self._token: _Token | None = None
        self._lock = threading.Lock()
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
        self._caller = Caller(origin_of(token_url), policy=_POLICY, headers={"Accept": "application/json"})

    def authorize(self, request: Outgoing) -> Outgoing:
        """Return the request with a token, fetched if need be."""
        return with_header(request, "Authorization", (self._fresh() or self._shared()).header)

    async def aauthorize(self, request: Outgoing) -> Outgoing:
        """Do as `authorize`, awaiting: one thread fetches, however many tasks wait."""
        return with_header(request, "Authorization", (self._fresh() or await self._ashared()).header)

    def refused(self, request: Outgoing, answer: Response) -> bool:
        """Forget the token that was refused, unless another call did; either way there is another to try."""
        del answer
        used = next((value for name, value in request.headers if name.lower() == "authorization"), "")
        token = self._token
        if token is not None and token.header == used:
            self._token = None
        return True

    def _fresh(self) -> _Token | None:
        token = self._token
        return token if token is not None and self._clock() < token.until else None

    def _shared(self) -> _Token:
        left = inherited().left(time.monotonic())
        if not self._lock.acquire(timeout=min(left, threading.TIMEOUT_MAX)):
            raise TimedOut("the token was not fetched in time", about=About(service=self._url, retryable=True))
        try:
            return self._fresh() or self._kept(self._fetched())
        finally:
            self._lock.release()

    async def _ashared(self) -> _Token:
        async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            fresh = self._fresh()
            return fresh if fresh is not None else await asyncio.to_thread(self._shared)

    def _fetched(self) -> Answer:
        # what drives the clients would be a circle here: they ask for their credentials
        from mockserver.edges.by_requests.transport import RequestsTransport  # noqa: PLC0415 - loads requests

        caller = self._caller
        steps = Conversation(caller, by_url(caller, "POST", self._url, self._asked())).steps(_nobody)
        transport = RequestsTransport(connections=1)
        try:
            step = next(steps)
            while True:
                if isinstance(step, Send):
                    step = steps.send(transport.send(step.outgoing, step.timeouts, step.body))
                else:
                    assert isinstance(step, Wait)  # noqa: S101 - without credentials there is nothing else to do
                    caller.clock.sleep(step.seconds)
                    step = steps.send(None)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        finally:
            steps.close()
            transport.close()

    def _kept(self, answer: Answer) -> _Token:
        told = answer.data
        access = told.get("access_token") if isinstance(told, dict) else None
        kind = told.get("token_type", "Bearer") if isinstance(told, dict) else ""
        if not isinstance(access, str) or not access.isprintable() or " " in access or not isinstance(kind, str):
            raise BadAnswer(
                f"{self._url} gave no access token",
                fix="RFC 6749 §5.1: an object with access_token and token_type",
                about=About(service=self._url, status=answer.status),
            )
        # RFC 6749 §7.1: the type says how a token is used, in any case; "bearer" is spelled as people expect it
        scheme = "Bearer" if kind.lower() == "bearer" else kind
        self._token = _Token(f"{scheme} {access}", self._clock() + self._lasts_s(told.get("expires_in")))
        return self._token

    def _lasts_s(self, said: object) -> float:
        try:
            length = float(said) if isinstance(said, int | float | str) else 0.0  # some send it as a text
        except ValueError:
            length = 0.0
        if not 0 < length < 1e9:
            return 300.0  # RFC 6749 §5.1 only recommends expires_in: a refusal tells, if this is too long
        return max(length - self._leeway_s, length * 0.9 if length <= self._leeway_s * 2 else 0.0)

    def _asked(self) -> Options:
        identity, secret = reveal(self._id), reveal(self._secret)
        if self._client_auth == "body":
            return {"form": {**self._form, "client_id": identity, "client_secret": secret}}
        # RFC 6749 §2.3.1: both are form-encoded before they become user name and password
        pair = f"{quote_plus(identity)}:{quote_plus(secret)}".encode()
        return {"form": self._form, "headers": {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}}

    def __repr__(self) -> str:
        return f"<OAuth2 by {self._url.partition('?')[0]}>"


def _nobody() -> None:
    """Wake nobody."""
