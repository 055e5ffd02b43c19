"""Who answers an address that a client asks for, when there is no network.

Knows addresses and services; what is answered is each service's own session's affair. An address of nobody is blocked:
a test that reaches the real world is a test of the weather.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from mockserver.exchange import Request, Response
from mockserver.jobs.service import Answer
from mockserver.values import Struct, replace

Serve: TypeAlias = Callable[[Request], Answer]

MOCK_ORIGIN = "http://mockserver.test"
"""Nobody's host (RFC 6761 §6.2): where a service without an address of its own answers in process."""

_PORTS = {"http": "80", "https": "443"}


class Passed(Struct, frozen=True):
    """The request may leave for the network."""


class Blocked(Struct, frozen=True):
    """No service has this host; or a service has it, and not this `path`, or not for whoever opens sockets itself."""

    host: str
    known: tuple[str, ...]
    path: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether a service answers there, for clients whose library is known."""
        return self.host.removesuffix(":443").removesuffix(":80") in self.known

    def __str__(self) -> str:
        if self.is_ours and self.path:
            return f"{self.host} answers nothing at {self.path}: keep the path of the address that the client is given"
        if self.is_ours:
            return (
                f"{self.host} is answered in process, and this client asks by a library for which that is not known. "
                "Point it at a real socket: the fixture mock_server"
            )
        known = f"known hosts are {', '.join(self.known)}" if self.known else "no contract names a host"
        return (
            f"{self.host} is blocked: no contract answers there ({known}). "
            f'Point the client at one of them, or let it pass: mockserver_passthrough = "{self.host}"'
        )


class Watched(Struct, frozen=True):
    """The request leaves for the network, and what comes back is told: the answer, its reason, how many seconds."""

    heard: Callable[[Response, str, float], None]


class Unheard(Struct, frozen=True):
    """There is no answer to this request, and why."""

    text: str


Received: TypeAlias = Answer | Passed | Blocked | Watched | Unheard


class Address(Struct, frozen=True):
    """Where a service answers: everything of an origin below a path. `below`: what the mock calls that path."""

    origin: str
    path: str
    service: str
    below: str | None = None


class Interception(Struct, frozen=True):
    """The addresses of all services, the longest path first, and the hosts that may be asked for real."""

    addresses: tuple[Address, ...]
    sessions: Mapping[str, Serve]
    passthrough: tuple[str, ...] = ()

    def receive(self, url: str, request: Request) -> Received:
        """Answer what was sent to the origin of an address; the target is the request's own."""
        origin = origin_of(url)
        path = request.path
        for address in self.addresses:
            if address.origin != origin or not _is_below(path, address.path):
                continue
            if address.below is not None:
                target = (address.below + request.target[len(address.path) :]) or "/"
                request = replace(request, target=target if target.startswith("/") else f"/{target}")
            return self.sessions[address.service](request)
        host = origin.partition("://")[2]
        if host in self.passthrough or host.rpartition(":")[0] in self.passthrough:
            return Passed()
        return self.blocked(host, path)

    def blocked(self, host: str, path: str = "") -> Blocked:
        """Return why a host is out of reach."""
        return Blocked(host, tuple(sorted({address.origin.partition("://")[2] for address in self.addresses})), path)


def addresses(service: str, servers: Sequence[str], urls: Sequence[str]) -> tuple[Address, ...]:
    """Return where a service answers: its contract's servers as they are, other addresses as if they were one."""
    found = [Address(f"{MOCK_ORIGIN}", f"/{service}", service, below="")]
    for url in servers:
        if "://" in url:
            found.append(Address(origin_of(url), urlsplit(url).path.rstrip("/"), service))
            found.append(Address(origin_of(url), "", service))  # a wrong path of the right host is a finding
    for url in urls:
        path = urlsplit(url).path.rstrip("/")
        found.append(Address(origin_of(url), path, service, below=""))
    return tuple(dict.fromkeys(found))


def ordered(found: Sequence[Address]) -> tuple[Address, ...]:
    """Return addresses so that the more exact one is asked first."""
    return tuple(sorted(found, key=lambda address: -len(address.path)))


def origin_of(url: str) -> str:
    """Return scheme, host and port, the usual port left out (RFC 6454 §4).

    >>> origin_of("HTTPS://Api.Example:443/v1?a=b")
    'https://api.example'
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = "" if parts.port is None or str(parts.port) == _PORTS.get(parts.scheme) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _is_below(path: str, prefix: str) -> bool:
    return not prefix or path == prefix or path.startswith((f"{prefix}/", f"{prefix}?"))
