"""Where services live and what is secret there: by contracts, configuration and environment together."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from mockserver.cassette.scrub import Rules
from mockserver.edges import settings
from mockserver.edges.known_secrets import known_secrets
from mockserver.jobs.cassettes import rules_of
from mockserver.jobs.homes import Homes
from mockserver.jobs.service import Service


def addresses_of(name: str) -> tuple[str, ...]:
    """Return the addresses of a service that its contract does not name."""
    return settings.read().service(name).addresses(os.environ)


def homes_of(services: Sequence[Service], instead: Mapping[str, Sequence[str]] | None = None) -> Homes:
    """Return where services live; `instead` are addresses by service that go before what is configured."""
    return Homes(services, {one.name: addresses_of(one.name) for one in services} | dict(instead or {}))


def secrets_of(services: Sequence[Service], public: Sequence[str] = (), secret: Sequence[str] = ()) -> Rules:
    """Return what is secret: by the contracts, by the configuration, and as it is said now."""
    said = settings.read()
    return rules_of(
        services,
        values=known_secrets(said.services.values()),
        public=(*said.public, *public),
        secret=(*said.secret, *secret),
    )
