"""The mock in this process: what tests ask for answers, and what they learn about the requests of their client.

No socket and no thread: clients are answered at the transports of their libraries, everything above is real.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from mockserver.api.contract import load_contract, places
from mockserver.api.overrides import unknown_operation
from mockserver.api.service_mock import Seen, ServiceMock
from mockserver.edges import settings as configuration
from mockserver.edges.intercept.all import intercepted
from mockserver.edges.intercept.network_block import blocked
from mockserver.edges.source_lines import SourceLine, calling_line
from mockserver.errors import UsageError
from mockserver.exchange import Request
from mockserver.jobs.configuration import ServiceSettings
from mockserver.jobs.interception import MOCK_ORIGIN, Blocked, Interception, Received, addresses, ordered
from mockserver.jobs.script import Step
from mockserver.jobs.service import Service, Settings
from mockserver.schema.compile import Validators
from mockserver.violation import Violations


class Loaded:
    """Contracts that are read once and asked in many tests."""

    def __init__(self, contracts: str | os.PathLike[str] | None = None) -> None:
        self._contracts = contracts
        self._validators = Validators()
        self._services: dict[tuple[str, bool], Service] = {}

    def names(self) -> tuple[str, ...]:
        """Return the services of the folder."""
        return tuple(places((), self._contracts))

    def service(self, name: str, *, lenient: bool) -> Service:
        """Return a service, ready to be asked."""
        found = self._services.get((name, lenient))
        if found is None:
            contract = load_contract(name, contracts=self._contracts)
            found = self._services[name, lenient] = Service(contract, self._validators, lenient=lenient)
        return found


def _configured(service: ServiceSettings) -> tuple[str, ...]:
    held = (os.environ.get(name, "") for name in service.variables)
    return tuple(url for url in (*held, service.url) if url)


class MockApi:
    """Answers like the APIs of one or more services, in this process; what `cassettes` hold (a place) answers first.

    >>> import requests
    >>> with MockApi("contracts/shipping.yaml") as mock_api:
    ...     mock_api.answer("getShipment", {"state": "delivered"})
    ...     requests.get(mock_api.url + "/shipments/42", headers={"X-Api-Key": "any"}, timeout=5).json()["state"]
    'delivered'
    """

    def __init__(
        self,
        *services: str | os.PathLike[str],
        contracts: str | os.PathLike[str] | None = None,
        lenient: bool = False,
        security: bool = True,
        seed: int = 0,
        passthrough: Sequence[str] = (),
        cassettes: str | os.PathLike[str] | None = None,
        urls: Mapping[str, Sequence[str]] | None = None,
        loaded: Loaded | None = None,
    ) -> None:
        known = loaded or Loaded(contracts)
        said = configuration.read()
        names = [os.fspath(service) for service in services] or list(known.names())
        settings = Settings(strict=not lenient, security=security, seed=seed)
        chosen = [known.service(name, lenient=lenient) for name in names]
        recorded = None
        if cassettes is not None:
            from mockserver.api.recorded import recordings  # noqa: PLC0415 - most mocks have no cassettes

            recorded = recordings(chosen, os.fspath(cassettes))
        mocks = [ServiceMock(service, settings, recorded) for service in chosen]
        self._mocks = {mock.service.name: mock for mock in mocks}
        self.blocked: list[tuple[Blocked, SourceLine | None]] = []
        self._interception = Interception(
            ordered(
                [
                    address
                    for mock in mocks
                    for address in addresses(
                        mock.service.name,
                        mock.service.contract.servers,
                        (*(urls or {}).get(mock.service.name, ()), *_configured(said.service(mock.service.name))),
                    )
                ]
            ),
            {name: mock.serve for name, mock in self._mocks.items()},
            (*passthrough, *said.passthrough),
        )
        self._stack = ExitStack()

    def receive(self, url: str, request: Request) -> Received:
        """Answer what a client sends to an address."""
        received = self._interception.receive(url, request)
        if isinstance(received, Blocked):
            self.blocked.append((received, calling_line()))
        return received

    def _refuse(self, place: str) -> str:
        """Tell why a socket of a library that asks by itself may not be opened."""
        refused = self._interception.blocked(place)
        self.blocked.append((refused, calling_line()))
        return str(refused)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that are answered, the longest path first."""
        return tuple(dict.fromkeys(f"{each.origin}{each.path}" for each in self._interception.addresses))

    @property
    def url(self) -> str:
        """An address that is answered in this process: of the only service, or the one below which all stand."""
        return next(iter(self._mocks.values())).url if len(self._mocks) == 1 else MOCK_ORIGIN

    @property
    def services(self) -> tuple[ServiceMock, ...]:
        """All services."""
        return tuple(self._mocks.values())

    def __getitem__(self, service: str) -> ServiceMock:
        if service not in self._mocks:
            raise UsageError(f"there is no service {service} here", fix=f"services are {', '.join(self._mocks)}")
        return self._mocks[service]

    def answer(self, operation: str, answer: object = None, /, **more: Any) -> None:
        """Let an operation answer something else; see `ServiceMock.answer`."""
        self._of(operation).answer(operation, answer, **more)

    def fail(self, operation: str, fault: str = "reset", **more: Any) -> None:
        """Let an operation fail below HTTP; see `ServiceMock.fail`."""
        self._of(operation).fail(operation, fault, **more)

    def exchange(self, operation: str) -> Seen:
        """Return the one exchange of an operation."""
        return self._of(operation).exchange(operation)

    def exchanges(self, operation: str | None = None) -> tuple[Seen, ...]:
        """Return what was asked, of one operation or of all, service by service."""
        if operation is not None:
            return self._of(operation).exchanges(operation)
        return tuple(seen for mock in self._mocks.values() for seen in mock.exchanges())

    @property
    def violations(self) -> Violations:
        """What is wrong with the requests of the client."""
        return tuple(violation for mock in self._mocks.values() for violation in mock.violations)

    def unused(self) -> tuple[Step, ...]:
        """Return the overrides that nobody asked for."""
        return tuple(step for mock in self._mocks.values() for step in mock.script.unused())

    def _of(self, operation: str) -> ServiceMock:
        if len(self._mocks) == 1:
            return next(iter(self._mocks.values()))
        holders = [
            mock
            for mock in self._mocks.values()
            if any(operation in {one.operation_id, one.label} for one in mock.service.contract.operations)
        ]
        if len(holders) == 1:
            return holders[0]
        if holders:
            names = " and ".join(mock.service.name for mock in holders)
            raise UsageError(f"{names} both have {operation}", fix=f'say which: mock_api["{holders[0].service.name}"]')
        every = [one for mock in self._mocks.values() for one in mock.service.contract.operations]
        raise unknown_operation(operation, every)

    def __enter__(self) -> Self:
        self._stack.enter_context(intercepted(self.receive))
        self._stack.enter_context(blocked(self._refuse, self._interception.passthrough))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()
