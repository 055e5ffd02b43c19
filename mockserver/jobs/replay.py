"""Cassettes behind a mock: what was recorded for a request answers first, then what the contract lets one imagine.

A request is the same when it asks for the same operation with the same parameters and body; at which address it was
recorded does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote

from mockserver.answers.headers import told_violations
from mockserver.cassette.header_names import FRAMING
from mockserver.cassette.index import Index, Played
from mockserver.cassette.model import Interaction
from mockserver.cassette.readable import with_length
from mockserver.cassette.scrub import Rules, masked, readably
from mockserver.contract.route import Routed
from mockserver.exchange import Headers, Request, Response
from mockserver.jobs.answer import Answering
from mockserver.jobs.homes import Homes, route_of
from mockserver.jobs.refuse import cleaned
from mockserver.jobs.service import Answer, Service
from mockserver.values import replace


class Recordings:
    """The interactions of many cassettes by operation and parameters. Safe for threads.

    `nearest` lets the one that looks most like the request answer where none is the same.
    """

    def __init__(
        self, homes: Homes, recorded: Iterable[tuple[Interaction, str]], rules: Rules, *, nearest: bool = False
    ) -> None:
        """Take interactions, each with the service that its folder names."""
        self._nearest = nearest
        self._by_operation: dict[str, list[Interaction]] = {}
        known: list[Interaction] = []
        for one, named in recorded:
            located = homes.locate(one.url, named)
            route = route_of(located, one.request.method) if located is not None else None
            if located is None or not isinstance(route, Routed):
                continue
            request = replace(readably(one).request, target=located.target)
            origin, same = _same(located.service, route, request)
            kept = replace(readably(one), origin=origin, request=same)
            known.append(kept)
            self._by_operation.setdefault(origin, []).append(kept)
        self._index = Index(known, repeats=True, seen=masked(rules))

    def __len__(self) -> int:
        return len(self._index)

    def answer(self, answering: Answering, route: Routed) -> Answer:
        """Answer a request: recorded, or imagined; what is wrong with it is told either way."""
        origin, request = _same(answering.service, route, answering.request)
        found = self._index.play(origin, request)
        imagined = answering.answer(route)
        if isinstance(found, Played):
            return _recorded(answering, imagined, found.interaction.response)
        if self._nearest and imagined.source != "refused":
            candidates = self._by_operation.get(origin, ())
            if candidates:
                best = max(candidates, key=lambda one: (_likeness(one.request, request), one.response.status < 400))
                return _recorded(answering, imagined, best.response)
        return imagined


def _same(service: Service, route: Routed, request: Request) -> tuple[str, Request]:
    """Return a request by what makes it the same as another: operation, values of path and query, body."""
    path = "/".join(unquote(value).replace("/", "%2F") for _, value in route.captures)
    return f"mock://{service.name}/{route.operation.name}", replace(request, target=f"/{path}?{request.query}")


def _likeness(recorded: Request, asked: Request) -> float:
    """Return how many values of path and query two requests share."""
    path = sum(one == other for one, other in zip(recorded.path.split("/"), asked.path.split("/"), strict=False))
    query = set(parse_qsl(recorded.query)) & set(parse_qsl(asked.query))
    return path + len(query) + (0.5 if recorded.body == asked.body else 0)


def _recorded(answering: Answering, imagined: Answer, response: Response) -> Answer:
    ours: Headers = (("X-Mockserver-Operation", imagined.operation), ("X-Mockserver-Source", "recorded"))
    if imagined.violations:
        told = told_violations(cleaned(answering.service, answering.request, imagined.violations))
        ours = (*ours, ("X-Mockserver-Violations", told))
    kept = tuple((name, value) for name, value in response.headers if name.lower() not in FRAMING)
    body = b"" if answering.request.method == "HEAD" else response.body
    headers = (*(with_length(kept, len(body)) if body else kept), *ours)
    return replace(imagined, response=Response(response.status, headers, body), source="recorded")
