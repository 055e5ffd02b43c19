"""Answering like an API, from its contract alone.

`Session` owns what changes while a mock runs: the journal. It never raises: whatever a request holds, there is an
answer, and what is wrong is told in it. An `observer` is told of each exchange, with the request as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import unquote

from mockserver.answers.cors import cors_headers, is_preflight
from mockserver.answers.prefer import preferences
from mockserver.checks.request import unrouted
from mockserver.contract.route import Route, Routed, Unrouted, WrongMethod
from mockserver.exchange import Exchange, Request, Response
from mockserver.jobs.answer import Answering
from mockserver.jobs.journal import Entry, Journal
from mockserver.jobs.ports import Clock
from mockserver.jobs.refuse import preflight, refused, wrong_method
from mockserver.jobs.service import Answer, Service, Settings
from mockserver.redact import Secrets, redact_exchange, redact_violation
from mockserver.values import Struct, replace
from mockserver.violation import Violations


class Script(Protocol):
    """What somebody wants to be answered instead of what a mock would imagine."""

    def answer(self, answering: Answering, route: Routed) -> Answer:
        """Answer a request that asks for an operation."""
        ...


class Mount(Struct, frozen=True):
    """A path prefix under which a service answers."""

    prefix: str
    service: Service


class Session:
    """A running mock of one or more contracts. Safe for threads."""

    def __init__(
        self, services: Sequence[Service], settings: Settings, clock: Clock, script: Script | None = None
    ) -> None:
        self.settings = settings
        self._script = script
        self._clock = clock
        self._journal = Journal(settings.journal)
        self.observer: Callable[[Request, Answer], None] | None = None
        self.replace_services(services)

    def replace_services(self, services: Sequence[Service]) -> None:
        """Serve other contracts from now on; the journal stays."""
        self.services = tuple(services)
        self._mounts = tuple(mounts(self.services))

    def serve(self, request: Request) -> Answer:
        """Answer a request."""
        begun = self._clock.now()
        answer = self._answer(request)
        added = cors_headers(request, answer.response.headers)
        if added:
            answer = replace(answer, response=replace(answer.response, headers=(*answer.response.headers, *added)))
        self._journal.note(request, answer, begun, self._clock.now() - begun)
        if self.observer is not None:
            self.observer(request, answer)
        return answer

    def entries(self) -> tuple[Entry, ...]:
        """Return the journal as it is, oldest first: it may hold secrets and is for this process only."""
        return self._journal.entries()

    def exchanges(self) -> Iterator[tuple[Exchange, Answer, Violations]]:
        """Yield the journal for eyes: redacted."""
        secrets = {service.name: service.secrets() for service in self.services}
        for entry in self.entries():
            known = secrets.get(entry.answer.service, Secrets()).seen_in(entry.request)
            exchange = Exchange(entry.request, entry.answer.response, "mock", "", entry.took_s)
            found = tuple(redact_violation(violation, known) for violation in entry.answer.violations)
            yield replace(redact_exchange(exchange, known), at=_iso(entry.at_s)), entry.answer, found

    def reset(self) -> None:
        """Forget the journal."""
        self._journal.clear()

    def prefixes(self, service: Service) -> tuple[str, ...]:
        """Return the path prefixes under which a service answers, the first to be preferred."""
        return tuple(mount.prefix for mount in self._mounts if mount.service is service)

    def _answer(self, request: Request) -> Answer:
        if request.target == "*":  # RFC 9110 §9.3.7: about the server, not about a thing
            return Answer(Response(204), source="generated")
        wishes, asked = preferences(request)
        mount, route = self._route(asked)
        if request.method == "OPTIONS" and is_preflight(request) and not isinstance(route, Unrouted):
            return preflight(mount.service, request, route)
        wait = self.settings.delay_s if wishes.delay_s is None else wishes.delay_s
        match route:
            case Routed():
                answering = Answering(mount.service, self.settings, asked, wishes, wait)
                return answering.answer(route) if self._script is None else self._script.answer(answering, route)
            case WrongMethod():
                return replace(wrong_method(mount.service, asked, route), wait_s=wait)
            case Unrouted():
                violation = unrouted(route, asked.method, mount.service.contract.documents.root)
                return replace(refused(mount.service, asked, 404, (violation,)), wait_s=wait)

    def _route(self, request: Request) -> tuple[Mount, Route]:
        missed: tuple[Mount, Route] | None = None
        path, _, query = request.target.partition("?")
        for mount in self._mounts:
            below = _below(mount.prefix, path) if mount.prefix else path
            if below is None:
                continue
            route = mount.service.router.route(request.method, below, query)
            if isinstance(route, Routed):
                return mount, route
            if missed is None or (isinstance(route, WrongMethod) and isinstance(missed[1], Unrouted)):
                missed = mount, route
        if missed is not None and not self.settings.strict and len(path) > 1 and path.endswith("/"):
            slashed = isinstance(missed[1], Unrouted)
            return self._route(replace(request, target=_unslashed(request.target))) if slashed else missed
        if missed is not None:
            return missed
        first = Mount("", self.services[0])
        return first, Unrouted(path, tuple(mount.prefix for mount in self._mounts if mount.prefix)[:3])


def _unslashed(target: str) -> str:
    path, mark, query = target.partition("?")
    return path.rstrip("/") + mark + query


def _below(prefix: str, path: str) -> str | None:
    """Return the path below a prefix, or None; encoded letters are the letters (RFC 3986 §6.2.2.2)."""
    if path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in {"", "/"}:
        return path[len(prefix) :] or "/"
    if "%" not in path and "%" not in prefix and " " not in prefix:
        return None
    wanted, segments = prefix.split("/"), path.split("/")
    if list(map(unquote, segments[: len(wanted)])) != list(map(unquote, wanted)):
        return None
    return "/" + "/".join(segments[len(wanted) :])


def mounts(services: Sequence[Service]) -> Iterator[Mount]:
    """Yield where each service answers, the first to be tried first.

    Its base paths, the root where it is alone, and always `/<service>`, with and without base path.
    """
    under_base = [Mount(base, service) for service in services for base in service.contract.base_paths]
    yield from sorted(under_base, key=lambda mount: -len(mount.prefix))
    if len(services) == 1 and "" not in services[0].contract.base_paths:
        yield Mount("", services[0])
    for service in services:
        for base in service.contract.base_paths:
            if base:
                yield Mount(f"/{service.name}{base}", service)
        yield Mount(f"/{service.name}", service)


def overlaps(services: Sequence[Service]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield base paths that more than one service claims."""
    claimed: dict[str, list[str]] = {}
    for service in services:
        for base in service.contract.base_paths:
            claimed.setdefault(base, []).append(service.name)
    yield from ((base or "/", tuple(names)) for base, names in claimed.items() if len(names) > 1)


def _iso(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
