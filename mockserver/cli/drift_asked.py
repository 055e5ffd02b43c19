"""Who asks a live API for `mockserver drift`: the address, the pace, the credentials, and what may be told of them."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Sequence

from mockserver.contract.route import Routed
from mockserver.edges import settings
from mockserver.edges.known_secrets import known_secrets
from mockserver.errors import CouldNotCheck, UsageError
from mockserver.exchange import Headers, Outcome, Request
from mockserver.jobs.configuration import variables_in
from mockserver.jobs.drift.plan import Probe
from mockserver.jobs.service import Service
from mockserver.redact import MASK, Secrets
from mockserver.values import Struct, replace


class Limits(Struct, frozen=True):
    """How much is asked: requests a second, requests, seconds, and the labels of operations that are not safe."""

    rate: float
    max_requests: int
    max_time_s: float
    allowed: frozenset[str]


class Asked:
    """One live API: its address, who asks, and what became of it."""

    def __init__(self, name: str, service: Service, url: str, headers: Sequence[Header], limits: Limits) -> None:
        self.name = name
        self.address = url.rstrip("/")
        self.why = ""
        self._service = service
        self._headers = tuple((one.name, one.value) for one in headers)
        self._sign: Callable[[Request], Request] | None = None
        self._variables = [name for one in headers for name in one.variables]
        self._limits = limits
        self._allowed = limits.allowed
        self._values: frozenset[str] = frozenset()

    def secrets(self) -> Secrets:
        """Return what must not be told."""
        own = self._service.secrets()
        return replace(own, values=own.values | self._values | known_secrets(settings.read().services.values()))

    def ask(self) -> Callable[[Probe], Outcome | None]:
        """Return what sends probes."""
        from mockserver.edges.by_requests.probing import Manners, Prober  # noqa: PLC0415 - loads requests

        if not self.address:
            self.address = settings.address(settings.read().service(self.name))
        limits = self._limits
        manners = Manners(limits.rate, limits.max_requests, limits.max_time_s, run=randomness.token_hex(4))
        self._sign = self._signer()
        prober = Prober(self.address, manners, self._sign, self._may)

        def ask(probe: Probe) -> Outcome | None:
            outcome = prober.ask(probe.request, signed=probe.signed)
            self.why = prober.why
            return outcome

        return ask

    def credentials(self) -> Headers:
        """Return the headers that signed what was asked, with the names of variables instead of what they hold."""
        headers = self._sign(Request("GET", "/", (), b"")).headers if self._sign is not None else ()
        names = (*self._variables, *settings.read().service(self.name).secret_variables)
        return tuple((name, settings.unfilled(value, names) or MASK) for name, value in headers)

    def _may(self, request: Request) -> bool:
        """Tell whether a request that is not safe asks for an operation that was allowed by name."""
        route = self._service.router.route(request.method, request.path, request.query)
        return isinstance(route, Routed) and route.operation.label in self._allowed

    def _signer(self) -> Callable[[Request], Request]:
        """Return what adds the credentials: those of --header, else those of the configuration."""
        headers = self._headers
        self._values = frozenset(value for _, value in headers if len(value) > 3)
        if headers or not settings.read().service(self.name).auth:
            return lambda request: replace(request, headers=(*request.headers, *headers))
        from mockserver.client.discovery import connection  # noqa: PLC0415 - only where there are credentials
        from mockserver.resilience.transfer import Outgoing  # noqa: PLC0415 - as above

        auth = connection(self.name, at=self.address).auth
        if auth is None:
            raise CouldNotCheck(f"{self.name} has no credentials", fix="write auth = under the service")

        def sign(request: Request) -> Request:
            url = f"{self.address}{request.target}"
            signed = auth.authorize(Outgoing(request.method, url, request.headers, request.body or None))
            return replace(request, target=signed.url.removeprefix(self.address), headers=signed.headers)

        return sign


class Header(Struct, frozen=True):
    """What --header gives; `variables` are those that its value comes from."""

    name: str
    value: str
    variables: tuple[str, ...]


def header_of(line: str) -> Header:
    """Read what --header says; raise UsageError for what is none, or names a variable that is not set."""
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError(f"{line} is no header", fix="write it as 'X-Api-Key: $SHIPPING_KEY'")
    said = value.strip()
    return Header(name.strip(), settings.secret(said).get_secret_value(), variables_in(said))
