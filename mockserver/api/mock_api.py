"""The mock in this process: what tests ask for answers, and what they learn about the requests of their client.

No socket and no thread: clients are answered at the transports of their libraries, everything above is real.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mockserver.api.contract import load_contract, places
from mockserver.api.overrides import known_operation, steps_of, unknown_operation
from mockserver.contract.reading import Body, NoBody
from mockserver.edges import settings as configuration
from mockserver.edges.clock import SystemClock
from mockserver.edges.intercept.all import intercepted
from mockserver.edges.network_block import blocked
from mockserver.edges.source_lines import SourceLine, calling_line
from mockserver.errors import UsageError
from mockserver.exchange import Request, Response, whole
from mockserver.jobs.configuration import ServiceSettings
from mockserver.jobs.interception import MOCK_ORIGIN, Blocked, Interception, Received, addresses, ordered
from mockserver.jobs.script import UNSET, Script, Step
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Answer, Service, Settings
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct
from mockserver.violation import Violation, Violations, errors_in
from mockserver.wire.reading import Absent

if TYPE_CHECKING:
    from mockserver.jobs.replay import Recordings


class Seen(Struct, frozen=True):
    """One request of the client as the contract reads it, and what it was answered.

    `path`, `query`, `headers` and `cookies` hold the documented parameters that were sent, by name; `body` the value
    that was sent, or None.
    """

    operation: str
    path: Mapping[str, JSON]
    query: Mapping[str, JSON]
    headers: Mapping[str, JSON]
    cookies: Mapping[str, JSON]
    body: JSON
    request: Request
    response: Response
    violations: Violations
    source: SourceLine | None = None

    @property
    def status(self) -> int:
        """The status that was answered."""
        return self.response.status


class _Kept(Struct, frozen=True):
    answer: Answer
    request: Request
    source: SourceLine | None


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


class ServiceMock:
    """One service: overrides, and what was asked."""

    def __init__(self, service: Service, settings: Settings, recorded: Recordings | None = None) -> None:
        self.service = service
        self.script = Script(behind=recorded)
        self.session = Session([service], settings, SystemClock(), self.script)
        self._kept: list[_Kept] = []

    @property
    def url(self) -> str:
        """An address that is answered in this process."""
        return f"{MOCK_ORIGIN}/{self.service.name}"

    def serve(self, request: Request) -> Answer:
        """Answer a request, and remember which line of the client sent it."""
        answer = self.session.serve(request)
        line = calling_line() if errors_in(answer.violations) else None
        self._kept.append(_Kept(answer, request, line))
        return answer

    def answer(  # noqa: PLR0913 - one word for each thing that an answer can be
        self,
        operation: str,
        answer: object = None,
        /,
        *,
        json: JSON = UNSET,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        example: str | None = None,
        when: Callable[[Seen], bool] | Mapping[str, JSON] | None = None,
        times: int | None = None,
        undocumented: bool = False,
        optional: bool = False,
    ) -> None:
        """Let an operation answer something else than the mock would imagine.

        `answer` is a status, a dict that is merged into the generated body, a list of these in order, or a function
        of the exchange that returns one of these. `json` is the whole body. It is checked against the contract here
        and now (unless `undocumented`), and a test that never asks for it fails (unless `optional`).
        """
        where = known_operation(self.service.contract, operation)
        template = Step(
            where.name,
            source=str(calling_line() or ""),
            json=json,
            body=body.encode() if isinstance(body, str) else body,
            headers=tuple((headers or {}).items()),
            example=example,
            times=times,
            when=self._when(when),
            optional=optional,
        )
        steps = steps_of(template, answer, self._seen_of, self.service, undocumented=undocumented)
        self.script.add(*steps)

    def fail(self, operation: str, fault: str = "reset", *, times: int | None = None, optional: bool = False) -> None:
        """Let an operation fail below HTTP; the faults are in `FAULTS`, `hang` and `timeout` end as a time-out."""
        where = known_operation(self.service.contract, operation)
        if fault not in FAULTS:
            raise UsageError(f"there is no fault {fault}", fix=f"faults are {', '.join(FAULTS)}")
        line = str(calling_line() or "")
        self.script.add(Step(where.name, source=line, fault=fault, times=times, optional=optional))

    def exchanges(self, operation: str | None = None) -> tuple[Seen, ...]:
        """Return what was asked, of one operation or of all, oldest first."""
        name = known_operation(self.service.contract, operation).name if operation is not None else None
        return tuple(
            self._seen_of(one.answer, one.request, one.source)
            for one in self._kept
            if name is None or one.answer.operation == name
        )

    def exchange(self, operation: str) -> Seen:
        """Return the one exchange of an operation; an AssertionError tells if there is none, or more than one."""
        found = self.exchanges(operation)
        if len(found) != 1:
            asked = ", ".join(one.answer.operation or one.request.path for one in self._kept) or "nothing"
            raise AssertionError(f"{operation} was asked {len(found)} times, not once; asked was: {asked}")
        return found[0]

    @property
    def violations(self) -> Violations:
        """What is wrong with the requests of the client, errors only."""
        return tuple(violation for one in self._kept for violation in _consumer(one.answer.violations))

    def wrong(self) -> Iterator[tuple[Violation, Seen]]:
        """Yield each error of the client with its exchange."""
        for one in self._kept:
            for violation in _consumer(one.answer.violations):
                yield violation, self._seen_of(one.answer, one.request, one.source)

    def answers(self) -> Iterator[tuple[str, int]]:
        """Yield operation and status of each exchange."""
        for one in self._kept:
            if one.answer.operation and one.answer.source != "refused":
                yield one.answer.operation, one.answer.response.status

    def _when(self, when: Callable[[Seen], bool] | Mapping[str, JSON] | None) -> Callable[[Answer], bool] | None:
        if when is None:
            return None
        if callable(when):
            return lambda plain: bool(when(self._seen_of(plain)))
        return lambda plain: all(_said(self._seen_of(plain), name) == value for name, value in when.items())

    def _seen_of(self, answer: Answer, request: Request | None = None, source: SourceLine | None = None) -> Seen:
        reading = answer.reading
        asked = request or Request("", "")
        response = whole(answer.response)
        if reading is None:
            return Seen(answer.operation, {}, {}, {}, {}, None, asked, response, answer.violations, source)
        path, query, headers, cookies = (
            {value.plan.parameter.name: value.value for value in values if not isinstance(value.outcome, Absent)}
            for values in (reading.path, reading.query, reading.headers, reading.cookies)
        )
        body = reading.body.value if isinstance(reading.body, Body) and not isinstance(reading.body, NoBody) else None
        return Seen(
            answer.operation,
            path,
            query,
            headers,
            cookies,
            body,
            asked,
            whole(answer.response),
            answer.violations,
            source,
        )


FAULTS = ("refused", "reset", "hang", "timeout", "connect-timeout", "empty", "truncate", "malformed", "cut-chunk")


def _configured(service: ServiceSettings) -> tuple[str, ...]:
    held = (os.environ.get(name, "") for name in service.variables)
    return tuple(url for url in (*held, service.url) if url)


def _consumer(violations: Violations) -> Violations:
    return tuple(violation for violation in errors_in(violations) if violation.side == "consumer")


def _said(seen: Seen, name: str) -> JSON:
    """Return what a request says of a name: a parameter, or a property of the body."""
    for values in (seen.path, seen.query, seen.headers, seen.cookies, seen.body if isinstance(seen.body, dict) else {}):
        if name in values:
            return values[name]
    return UNSET


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
