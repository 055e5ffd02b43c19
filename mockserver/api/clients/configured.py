"""The client that the configuration names for a service, ready to be run on changes of its contract."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mockserver.api.clients.impact import ClientRuns
from mockserver.api.clients.subject import errors_named, imported
from mockserver.api.clients.suite import ClientSuite
from mockserver.contract.model import Contract
from mockserver.edges import settings
from mockserver.errors import CouldNotCheck


def client_of(contract: Contract, service: str = "") -> ClientRuns | None:
    """Return the client of a service, bound to an edition of its contract; None where none is named.

    Raises CouldNotCheck where there is one, and none of its methods can be bound.
    """
    said = settings.read().service(service or contract.name)
    if not said.client:
        return None
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    found: Any = imported(said.client, service or contract.name)
    if isinstance(found, ClientSuite):
        suite = found.on(contract)
    else:
        suite = ClientSuite(contract, found, raises=errors_named(said.raises))
    suite.target = said.client
    if not suite.bindings:
        raise CouldNotCheck(
            f"no method of {said.client} is bound to an operation of {contract.name}",
            where=said.where,
            fix="say which operations its methods call (docs/verify.md), or leave it out: --no-client",
        )
    return ClientRuns(suite)
