"""What both clients say: the methods, once, whatever is awaited.

`Reply` is an `Answer`, or what is awaited for one; `Value` is what its body spells, or what is awaited for it. Sends
nothing; see `sync` and `awaiting`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, Unpack

from mockserver.client.asked import Ask, Options
from mockserver.client.asking import by_operation, by_url
from mockserver.client.caller import Caller
from mockserver.client.ports import Auth, Clock, Hook
from mockserver.exchange import Headers
from mockserver.resilience.guards import Guards
from mockserver.resilience.policies import Policies
from mockserver.resilience.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.contract.model import Contract
    from mockserver.jobs.configuration import Cache, Rate, Validate
    from mockserver.resilience.breaker import CircuitReport

Reply = TypeVar("Reply")
Value = TypeVar("Value")


class Face(ABC, Generic[Reply, Value]):
    """Calls one API."""

    def __init__(  # noqa: PLR0913 - each is a word of the configuration
        self,
        base_url: str,
        *,
        service: str = "",
        policy: Policies | Policy | Mapping[str, Any] | None = None,
        auth: Auth | None = None,
        session: Any = None,
        contract: Contract | str | None = None,
        validate: Validate = "strict",
        hooks: Iterable[Hook] = (),
        headers: Mapping[str, str] | Headers = (),
        rate: Rate | None = None,
        cache: Cache | None = None,
        clock: Clock | None = None,
        guards: Guards | None = None,
    ) -> None:
        self._caller = Caller(
            base_url, service=service, policy=policy, auth=auth, contract=contract, validate=validate, hooks=hooks,
            headers=headers, rate=rate, cache=cache, clock=clock, guards=guards,
        )  # fmt: skip
        self._open(session)

    @classmethod
    def from_service(cls, name: str, **settings: Any) -> Self:
        """Make the client of a configured service; `settings` are those of the class, and go over the configuration."""
        from mockserver.client.discovery import connection  # noqa: PLC0415 - configuration loads when it is asked for

        found = connection(name)
        given: dict[str, Any] = {
            "service": found.name, "policy": found.policies, "auth": found.auth, "contract": found.contract,
            "validate": found.validate, "headers": found.headers, "hooks": found.hooks,
            "rate": found.rate, "cache": found.cache,
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

    def circuits(self) -> tuple[CircuitReport, ...]:
        """Tell how the circuits of this client stand."""
        return self._caller.guards.circuits(self._caller.clock.monotonic())

    def call(
        self,
        operation: str,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        options: Options | None = None,
        **named: Any,
    ) -> Value:
        """Call an operation of the contract by its operationId or label; return what the answer's body spells.

        Arguments go by the names of parameters, in any case style, and of the properties of the body; `body` is the
        whole body. Where a name is no Python word, or means something else here, give a mapping. Raises `APIError`.
        """
        return self._value(by_operation(self._caller, operation, {**(arguments or {}), **named}, options or {}))

    def answer(
        self,
        operation: str,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        options: Options | None = None,
        **named: Any,
    ) -> Reply:
        """Call an operation as `call` does, and return the whole answer."""
        return self._run(by_operation(self._caller, operation, {**(arguments or {}), **named}, options or {}))

    def request(self, method: str, url: str, **options: Unpack[Options]) -> Reply:
        """Send a request and return its answer; raises `APIError` unless it is a good one."""
        return self._run(by_url(self._caller, method, url, options))

    def get(self, url: str, **options: Unpack[Options]) -> Reply:
        """Send a GET."""
        return self.request("GET", url, **options)

    def head(self, url: str, **options: Unpack[Options]) -> Reply:
        """Send a HEAD."""
        return self.request("HEAD", url, **options)

    def post(self, url: str, **options: Unpack[Options]) -> Reply:
        """Send a POST: once, unless it has a key or is known not to have arrived."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Unpack[Options]) -> Reply:
        """Send a PUT."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Unpack[Options]) -> Reply:
        """Send a PATCH: once, as `post`."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Unpack[Options]) -> Reply:
        """Send a DELETE."""
        return self.request("DELETE", url, **options)

    @abstractmethod
    def _open(self, session: Any) -> None:
        """Take the session to send by, or make one."""

    @abstractmethod
    def _run(self, ask: Ask) -> Reply:
        """Carry a call out to its answer."""

    @abstractmethod
    def _value(self, ask: Ask) -> Value:
        """Carry a call out to what its body spells."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.service} at {self.base_url}>"
