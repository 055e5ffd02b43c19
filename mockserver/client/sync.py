"""The client that blocks: over requests."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from mockserver.client.answer import Answer
from mockserver.client.caller import Ask, Caller, Options
from mockserver.client.conversation import Authorize, Conversation, Refused, Send, Step
from mockserver.client.ports import Auth, Clock, Hook, Validate
from mockserver.exchange import Headers
from mockserver.resilience.actions import Wait
from mockserver.resilience.guards import Guards
from mockserver.resilience.policies import Policies
from mockserver.resilience.policy import Policy
from mockserver.resilience.transfer import Transport

if TYPE_CHECKING:
    from collections.abc import Iterable

    import requests

    from mockserver.contract.model import Contract


class APIClient:
    """Calls one API; thread-safe, pooled, a context manager.

    >>> with APIClient("https://api.example.com/v1", policy={"retry": {"attempts": 2}}) as api:
    ...     api.base_url
    'https://api.example.com/v1'

    `policy` is a `Policy`, `Policies` or words by name. `auth` adds credentials, and is never asked for another origin.
    `session` is a `requests.Session` of yours, with its headers, cookies and certificates. `contract` is a path or a
    `Contract`. `hooks` are told of every attempt.
    """

    def __init__(  # noqa: PLR0913 - each is a word of the configuration
        self,
        base_url: str,
        *,
        service: str = "",
        policy: Policies | Policy | Mapping[str, Any] | None = None,
        auth: Auth | None = None,
        session: requests.Session | None = None,
        contract: Contract | str | None = None,
        validate: Validate = "strict",
        hooks: Iterable[Hook] = (),
        headers: Mapping[str, str] | Headers = (),
        clock: Clock | None = None,
        guards: Guards | None = None,
    ) -> None:
        self._caller = Caller(
            base_url, service=service, policy=policy, auth=auth, contract=contract, validate=validate, hooks=hooks,
            headers=headers, clock=clock, guards=guards,
        )  # fmt: skip
        self._transport = _transport(session, self._caller)

    @classmethod
    def from_service(cls, name: str, **settings: Any) -> Self:
        """Make the client of a configured service; `settings` are those of the class, and go over the configuration."""
        from mockserver.client.services import connection  # noqa: PLC0415 - configuration loads when it is asked for

        found = connection(name)
        given: dict[str, Any] = {
            "service": found.name, "policy": found.policies, "auth": found.auth, "contract": found.contract,
            "validate": found.validate, "headers": found.headers, "hooks": found.hooks,
        }  # fmt: skip
        return cls(settings.pop("base_url", found.base_url), **{**given, **settings})

    @property
    def base_url(self) -> str:
        """The URL that all paths are below of, without a trailing slash."""
        return self._caller.base_url

    @property
    def service(self) -> str:
        """The name of the service: the host, where none was given."""
        return self._caller.service

    def request(self, method: str, url: str, **options: Unpack[Options]) -> Answer:
        """Send a request and return its answer; raises `APIError` unless it is a good one."""
        return self._run(self._caller.ask(method, url, options))

    def get(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a GET."""
        return self.request("GET", url, **options)

    def head(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a HEAD."""
        return self.request("HEAD", url, **options)

    def post(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a POST: once, unless it has a key or is known not to have arrived."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a PUT."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a PATCH: once, as `post`."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a DELETE."""
        return self.request("DELETE", url, **options)

    def _run(self, ask: Ask) -> Answer:
        queueing = ask.policy.bulkhead is not None and ask.policy.bulkhead.wait_s > 0
        woken = threading.Event() if queueing else None
        steps = Conversation(self._caller, ask).steps(woken.set if woken is not None else _nobody)
        try:
            step = next(steps)
            while True:
                step = steps.send(self._done(step, woken))
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        finally:
            steps.close()

    def _done(self, step: Step, woken: threading.Event | None) -> Any:
        match step:
            case Send():
                return self._transport.send(step.outgoing, step.timeouts, step.body)
            case Wait(why="bulkhead") if woken is not None:
                woken.wait(step.seconds)
                woken.clear()
                return None
            case Wait():
                return self._caller.clock.sleep(step.seconds)
            case Authorize():
                return self._caller.auth.authorize(step.outgoing)
            case Refused():
                return self._caller.auth.refused(step.outgoing, step.answer)

    def close(self) -> None:
        """Close pooled connections; a session that was given is its owner's."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.service} at {self.base_url}>"


def _nobody() -> None:
    """Wake nobody."""


def _transport(session: requests.Session | None, caller: Caller) -> Transport:
    from mockserver.edges.by_requests.transport import RequestsTransport  # noqa: PLC0415 - loads requests

    bulkhead = caller.policies.service.bulkhead
    return RequestsTransport(session, connections=bulkhead.concurrent if bulkhead is not None else 20)
