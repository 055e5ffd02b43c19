"""Which service lives at an address?

A contract says so by its servers, the configuration and the environment by their addresses. Other addresses of a
service (a test deployment, a mock) mean the same as its first server, so that a cassette that was recorded at one of
them plays at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mockserver.cassette.model import split_url
from mockserver.contract.model import Contract
from mockserver.contract.route import Route, Unrouted
from mockserver.jobs.service import Service
from mockserver.values import Struct

_VARIABLE = re.compile(r"\{[^{}]*\}")


class Home(Struct, frozen=True):
    """An address of a service: everything below what `base` matches, wrong paths at what `host` matches.

    `official` is set for a contract's own.
    """

    service: Service
    base: re.Pattern[str]
    host: re.Pattern[str]
    official: bool


class Located(Struct, frozen=True):
    """A service, and the raw target below its address."""

    service: Service
    target: str


class Homes:
    """The addresses of all services."""

    def __init__(self, services: Sequence[Service], addresses: Mapping[str, Sequence[str]] | None = None) -> None:
        """`addresses` are those that no contract names, by service."""
        self.services = {service.name: service for service in services}
        homes = [_home(service, url, official=True) for service in services for url in _servers(service.contract)]
        for name, urls in (addresses or {}).items():
            if name in self.services:
                homes += [_home(self.services[name], url, official=False) for url in urls]
        self._homes = sorted(homes, key=lambda home: -len(home.base.pattern))
        self._tokens = {service.name: tuple(_token_urls(service)) for service in services}

    def is_token_endpoint(self, url: str) -> bool:
        """Tell whether an address is where a contract lets tokens be given (OAS 3.1 §4.8.29)."""
        return any(self.canonical(url).partition("?")[0] in urls for urls in self._tokens.values())

    def locate(self, url: str, named: str = "") -> Located | None:
        """Return the service at an address; for an address of nobody the one that is `named`, if there is one.

        A wrong path at the host of a service is that service's finding; where tokens are given, no contract speaks.
        """
        if self.is_token_endpoint(url):
            return None
        for home in self._homes:
            found = home.base.match(url)
            if found is not None:
                return Located(home.service, _rest(url, found.end()))
        origin, target = split_url(url)
        for home in self._homes:
            if home.host.fullmatch(origin) is not None:
                return Located(home.service, target)
        service = self.services.get(named)
        return Located(service, _below(service.contract, target)) if service is not None else None

    def canonical(self, url: str) -> str:
        """Return the address at the service's first server, for one that only configuration knows."""
        origin, target = split_url(url)
        for home in self._homes:
            if not home.official and home.host.fullmatch(origin) is not None:
                for token_url in self._tokens[home.service.name]:
                    if split_url(token_url)[1] == target.partition("?")[0]:
                        return token_url
        for home in self._homes:
            found = home.base.match(url)
            if found is None:
                continue
            first = next((server for server in home.service.contract.servers if "://" in server), "")
            return url if home.official or not first else first.rstrip("/") + _rest(url, found.end())
        return url


def _rest(url: str, end: int) -> str:
    rest = url[end:].partition("#")[0]
    return rest if rest.startswith("/") else f"/{rest}"


def _token_urls(service: Service) -> Iterator[str]:
    for scheme in service.plans.security_schemes().values():
        flows = scheme.node.tree.get("flows")
        written = list(flows.values()) if isinstance(flows, dict) else [scheme.node.tree]  # 2.0 has one flow, bare
        yield from (
            flow["tokenUrl"] for flow in written if isinstance(flow, dict) and isinstance(flow.get("tokenUrl"), str)
        )


def _servers(contract: Contract) -> Iterator[str]:
    """Yield the servers as they are written, variables open (OAS 3.1 §4.8.5), and those that were put together."""
    written = contract.root.tree.get("servers")
    for server in written if isinstance(written, list) else ():
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str) and "://" in url:
            yield url
    yield from (url for url in contract.servers if "://" in url)


def _home(service: Service, url: str, *, official: bool) -> Home:
    scheme, _, rest = url.rstrip("/").partition("://")
    host = f"{scheme}://{rest.partition('/')[0]}"
    base = re.compile(_pattern(url.rstrip("/")) + r"(?=[/?#]|$)", re.IGNORECASE)
    return Home(service, base, re.compile(_pattern(host), re.IGNORECASE), official)


def _pattern(template: str) -> str:
    return "[^/]+".join(re.escape(part) for part in _VARIABLE.split(template))


def _below(contract: Contract, target: str) -> str:
    path = target.partition("?")[0]
    bases = sorted(contract.base_paths, key=len, reverse=True)
    base = next((base for base in bases if path == base or path.startswith(f"{base}/")), "")
    return target[len(base) :] or "/"


def route_of(located: Located, method: str) -> Route:
    """Return the operation that is meant."""
    path, _, query = located.target.partition("?")
    route = located.service.router.route(method, path, query)
    if isinstance(route, Unrouted):
        below = _below(located.service.contract, located.target).partition("?")[0]
        return located.service.router.route(method, below, query) if below != path else route
    return route
