"""Cassettes of a folder as answers: behind a mock, and for a client of httpx."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.api.homes import homes_of
from mockserver.cassette.index import Index, Played
from mockserver.cassette.model import Interaction, split_url
from mockserver.cassette.scrub import Rules, masked, readably
from mockserver.edges import cassette_files, settings
from mockserver.errors import CouldNotCheck, MissingExtra, UsageError
from mockserver.exchange import Request
from mockserver.jobs.cassettes import rules_of
from mockserver.jobs.replay import Recordings
from mockserver.jobs.service import Service

if TYPE_CHECKING:
    import httpx


def _load(place: str) -> Iterator[tuple[Interaction, str]]:
    """Yield the interactions of a folder or a file, each with the service that its folder names."""
    folder = Path(settings.read().cassettes)
    path = Path(place) if place else folder
    if not path.exists():
        raise UsageError(
            f"there is no folder of cassettes {path}",
            where=str(path),
            fix="record some, or name the service first: mockserver serve shipping --cassettes",
        )
    for file in cassette_files.find([str(path)], folder):
        tape = cassette_files.load(file, path if path.is_dir() else folder)
        yield from ((one, tape.service) for one in tape.cassette.interactions)


def recordings(services: Sequence[Service], place: str, *, nearest: bool = False) -> Recordings:
    """Return the recorded answers of services; raise CouldNotCheck where there are none."""
    found = Recordings(homes_of(services), _load(place), rules_of(services), nearest=nearest)
    if not len(found):
        raise CouldNotCheck(
            "no recorded interaction belongs to a service that is served",
            where=place or settings.read().cassettes,
            fix="put cassettes into cassettes/<service>/, or leave --cassettes out",
        )
    return found


def httpx_transport(cassette: str | os.PathLike[str], *, library: Any = None) -> httpx.MockTransport:
    """Return a transport of httpx (or of `library`, such as httpx2) that answers from a cassette.

    >>> import httpx
    >>> client = httpx.Client(transport=httpx_transport("cassettes/shipping/refused.yaml"))
    >>> client.get("https://api.shipping.example/v2/shipments/none", headers={"X-Api-Key": "any"}).status_code
    404
    """
    if library is None:
        try:
            import httpx as library  # noqa: PLC0415 - asked for by who has it
        except ImportError as missing:
            raise MissingExtra(
                "httpx_transport needs httpx", fix="pip install httpx, or say library=httpx2"
            ) from missing
    index = Index([readably(one) for one, _ in _load(os.fspath(cassette))], repeats=True, seen=masked(Rules()))
    transport: httpx.MockTransport = library.MockTransport(_handler(index, library))
    return transport


def _handler(index: Index, library: Any) -> Callable[[Any], Any]:
    def handle(request: Any) -> Any:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        origin, target = split_url(str(request.url))
        found = index.play(origin, Request(request.method, target or "/", headers, request.read()))
        if not isinstance(found, Played):
            differs = "; ".join(found.differs) or "nothing is like it"
            raise library.ConnectError(f"{request.method} {request.url} is not recorded: {differs}", request=request)
        response = found.interaction.response
        return library.Response(response.status, headers=list(response.headers), content=response.body)

    return handle
