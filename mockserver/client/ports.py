"""What a client needs from others: one method each, and the values that they are given.

`auth=` takes an `Auth`, `hooks=` takes `Hook`s, `clock=` a `Clock`. Nothing here does anything.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from mockserver.exchange import Headers
from mockserver.jobs.configuration import Cache, Rate, Validate
from mockserver.resilience.breaker import Transition
from mockserver.resilience.policies import Policies
from mockserver.resilience.transfer import Outgoing


class Auth(Protocol):
    """Adds credentials to a request.

    Three methods more are looked for, and used where they exist: `refused(request, answer) -> bool` is told of a 401
    and answers whether to send once more with what `authorize` then gives; `aauthorize` and `arefused` are the same
    for the async client, which else calls the first two. A plain function from request to request is an `Auth` as well.
    """

    def authorize(self, request: Outgoing) -> Outgoing:
        """Return the request with its credentials: `request._replace(headers=(*request.headers, (name, value)))`."""
        ...


class Began(NamedTuple):
    """An attempt is about to be sent. `number` counts from 1; `url` has no query."""

    service: str
    operation: str
    method: str
    url: str
    number: int
    group: str = ""


class AttemptEvent(NamedTuple):
    """An attempt ended: `status`, or the kind of failure and its words. `took_s` in seconds; `url` has no query.

    `at` is the moment of its begin (seconds since 1970). `began` is what `Hook.fields` was given, the same object.
    """

    began: Began
    status: int | None
    failure: str
    detail: str
    at: float
    took_s: float
    request_id: str
    received: int
    sent: int
    probe: bool = False

    @property
    def service(self) -> str:
        """The name of the service."""
        return self.began.service

    @property
    def operation(self) -> str:
        """The operationId or label, or empty."""
        return self.began.operation

    @property
    def method(self) -> str:
        """The method."""
        return self.began.method

    @property
    def url(self) -> str:
        """The URL, without its query."""
        return self.began.url

    @property
    def number(self) -> int:
        """Which attempt of its call it was, from 1."""
        return self.began.number


class WaitEvent(NamedTuple):
    """A call waits before its next attempt: why, and for how long."""

    service: str
    operation: str
    why: str
    seconds: float
    attempts: int


class CallEvent(NamedTuple):
    """A call ended after so many attempts; `gave_up` is why there is no answer, or empty."""

    service: str
    operation: str
    method: str
    attempts: int
    status: int | None
    gave_up: str
    took_s: float


class CircuitEvent(NamedTuple):
    """A circuit changed its state."""

    service: str
    transition: Transition


Kind: TypeAlias = Literal["deprecation", "sunset", "violation"]


class Notice(NamedTuple):
    """Worth knowing: `kind` is deprecation, sunset or violation."""

    service: str
    operation: str
    kind: Kind
    text: str
    value: Any = None


Event: TypeAlias = AttemptEvent | WaitEvent | CallEvent | CircuitEvent | Notice


class Hook(Protocol):
    """Is told what happens. Must not raise: what it raises reaches the caller.

    One method more is looked for: `fields(began: Began) -> Headers` adds header fields to an attempt (`traceparent`).
    """

    def observe(self, event: Event) -> None:
        """Take note."""
        ...


class Clock(Protocol):
    """Tells time and lets it pass; tests bring their own."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    def epoch(self) -> float:
        """Return seconds since 1970."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    async def asleep(self, seconds: float) -> None:
        """Wait, awaiting."""
        ...


class Turns(Protocol):
    """Says when the next attempt may be made; see `edges/turns.py`."""

    def wait_s(self, now: float) -> float:
        """Take a turn and return 0, or return in how many seconds to ask again."""
        ...


class Connection(NamedTuple):
    """What the configuration says of a service; see `services`."""

    name: str
    base_url: str
    policies: Policies = Policies()
    auth: Auth | None = None
    contract: str | None = None
    validate: Validate = "strict"
    headers: Headers = ()
    hooks: tuple[Hook, ...] = ()
    rate: Rate | None = None
    cache: Cache | None = None
