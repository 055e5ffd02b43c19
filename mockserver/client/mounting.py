"""Keep your client: the same policies around a session of requests, a client of httpx or httpx2, or an SDK over one.

    session = resilient(requests.Session(), service="shipping")
    stripe_like = SDK(http_client=resilient(httpx2.Client(), service="sdk"), max_retries=0)

What it returns, and which exceptions it raises, stays what its users know; an error of ours is one of theirs as well.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Generator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mockserver.client.asked import HARMLESS, Ask
from mockserver.client.caller import Caller
from mockserver.client.conversation import Conversation, Send, Step
from mockserver.client.driving import drive, drive_awaiting
from mockserver.client.ports import Clock, Connection, Hook
from mockserver.client.urls import origin_of
from mockserver.errors import MockserverError, UnknownService, UsageError
from mockserver.exchange import Headers, header
from mockserver.resilience.actions import Attempt, GiveUp, Succeed
from mockserver.resilience.guards import Guards
from mockserver.resilience.idempotency import CallFacts, repeatable
from mockserver.resilience.outcome import Answered, Failed, Outcome
from mockserver.resilience.policies import Policies
from mockserver.resilience.policy import Policy
from mockserver.resilience.redirects import Follow, redirect
from mockserver.resilience.transfer import Outgoing, Upload

if TYPE_CHECKING:
    from collections.abc import Iterable

Client = TypeVar("Client")

_INSIDE: Final = ("_client", "client", "_session", "session", "http_client", "_http_client")
_RETRIES: Final = ("max_retries", "max_network_retries", "_max_network_retries", "num_retries")
_KNOWN: Final = {"requests": ("Session",), "httpx2": ("Client", "AsyncClient"), "httpx": ("Client", "AsyncClient")}
_NOWHERE: Final = "http://localhost"


class RetriesTwice(UserWarning):
    """What was made resilient repeats requests by itself: attempts multiply."""


def resilient(
    client: Client,
    *,
    service: str = "",
    policy: Policies | Policy | Mapping[str, Any] | None = None,
    hooks: Iterable[Hook] = (),
    clock: Clock | None = None,
    guards: Guards | None = None,
) -> Client:
    """Give policies to a client that exists, and return it.

    Takes a `requests.Session`, a `Client` or `AsyncClient` of httpx or httpx2, and objects that hold one. `service`
    names it in errors and hooks; where it is configured, its policies count. Warns if it retries by itself.
    """
    inside, kind = _inside(client)
    judged(client, inside, kind)
    said = _configured(service)
    caller = Caller(
        _NOWHERE, service=service or type(client).__name__, policy=said.policies if policy is None else policy,
        hooks=(*said.hooks, *hooks), rate=said.rate, clock=clock, guards=guards,
    )  # fmt: skip
    wrapped = _Wrapped(caller)
    if kind == "requests":
        from mockserver.edges.by_requests.wrapped import mount as mount_requests  # noqa: PLC0415 - loads requests

        mount_requests(inside, wrapped.run, wrapped.allows, kept)
    else:
        from mockserver.edges.by_httpx.wrapped import mount as mount_httpx  # noqa: PLC0415 - loads an extra

        run = wrapped.await_run if hasattr(inside, "aclose") else wrapped.run
        mount_httpx(import_module(kind), inside, run, wrapped.allows, kept)
    return client


class _Wrapped:
    """What all calls of one wrapped client share."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def run(self, outgoing: Outgoing, once: Any) -> MockserverError | None:
        """Send until it is good or given up."""
        call = _WrappedCall(self._caller, self._ask(outgoing))

        def done(step: Step) -> Any:
            assert isinstance(step, Send)  # noqa: S101 - a wrapped call asks for nothing else
            return once(step.outgoing, step.timeouts, step.body)

        error: MockserverError | None = drive(call.steps, done, self._caller.clock, queues=call.ask.queues)
        return error

    async def await_run(self, outgoing: Outgoing, once: Any) -> MockserverError | None:
        """Send until it is good or given up, awaiting."""
        call = _WrappedCall(self._caller, self._ask(outgoing))

        async def done(step: Step) -> Any:
            assert isinstance(step, Send)  # noqa: S101 - a wrapped call asks for nothing else
            return await once(step.outgoing, step.timeouts, step.body)

        clock = self._caller.clock
        error: MockserverError | None = await drive_awaiting(call.steps, done, clock, queues=call.ask.queues)
        return error

    def allows(self, method: str, url: str, status: int, location: str, hops: int) -> bool:
        """Tell whether a redirect may be followed."""
        policy = self._caller.policies.service
        facts = CallFacts(method, origin_of(url))
        order = redirect(
            policy.redirect, repeatable(facts, policy, None), method=method, url=url, status=status,
            location=location, hops=hops,
        )  # fmt: skip
        return isinstance(order, Follow)

    def _ask(self, outgoing: Outgoing) -> Ask:
        policy = self._caller.policies.service
        # what is safe is repeated without a key
        safe = outgoing.method in policy.retry.safe_methods
        key = None if safe else header(outgoing.headers, policy.idempotency.header)
        replayable = not isinstance(outgoing.body, Upload) or outgoing.body.replayable
        facts = CallFacts(outgoing.method, origin_of(outgoing.url), key=key, replayable=replayable)
        return Ask(outgoing, policy, facts)


class _WrappedCall(Conversation):
    """A call whose answers belong to somebody else: nothing is read, judged or followed here."""

    __slots__ = ()

    def _hops(self, attempt: Attempt) -> Generator[Step, Any, Outcome]:
        self.sent = plain = self._plain(attempt)
        got = yield Send(plain, attempt.timeouts, self.ask.policy.body)
        if isinstance(got, Failed):
            return got
        self.got = got
        return Answered(got.status, got.headers, self._caller.clock.epoch())

    def _ended(self, action: Succeed | GiveUp, took_s: float) -> Any:
        del took_s
        if isinstance(action, Succeed) or isinstance(action.last, Answered):
            return None  # the newest answer is handed on, whatever its status
        return self._error(action)


def kept(source: str, target: str, headers: Headers) -> Headers:
    """Return the fields that may go from one URL to another: no credentials to another origin."""
    if source == target or origin_of(source) == origin_of(target):
        return headers
    harmless = HARMLESS | {"content-length", "host", "connection"}
    return tuple(pair for pair in headers if pair[0].lower() in harmless)


def _configured(service: str) -> Connection:
    from mockserver.client.discovery import habits  # noqa: PLC0415 - configuration loads when it is asked for

    try:
        return habits(service) if service else Connection("", "")
    except UnknownService:  # the session knows its URLs itself: the name is only a name then
        return Connection(service, "")


def _inside(client: Any) -> tuple[Any, str]:
    """Return the session or client of a known library, and which one."""
    for one in (client, *(getattr(client, name, None) for name in _INSIDE)):
        kind = _kind(one)
        if kind:
            return one, kind
    raise UsageError(
        f"a {type(client).__name__} cannot be made resilient",
        fix="give a requests.Session, an httpx or httpx2 Client or AsyncClient, or an SDK that holds one",
    )


def _kind(one: Any) -> str:
    for name, kinds in (
        ("requests", ("Session",)),
        ("httpx2", ("Client", "AsyncClient")),
        ("httpx", ("Client", "AsyncClient")),
    ):
        module = sys.modules.get(name)
        if module is not None and isinstance(one, tuple(getattr(module, kind) for kind in kinds)):
            return name
    return ""


def judged(client: Any, inside: Any, kind: str) -> None:
    """Warn of a session or client that repeats by itself; raises UsageError for one that is resilient already."""
    edge = import_module(f"mockserver.edges.by_{'requests' if kind == 'requests' else 'httpx'}.wrapped")
    if edge.is_mounted(inside):
        raise UsageError(f"this {type(inside).__name__} is resilient already", fix="wrap it once")
    found = [f"{name}={value}" for name in _RETRIES if isinstance(value := getattr(client, name, 0), int) and value > 0]
    own = edge.own_retries(inside)
    found += [f"max_retries={own} of its adapter"] if own else []
    if found:
        warnings.warn(
            f"{type(client).__name__} retries by itself ({', '.join(found)}): attempts multiply; turn it off there",
            RetriesTwice,
            stacklevel=3,
        )
