"""Contracts for Python code."""

from __future__ import annotations

import os
from pathlib import Path

from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.edges import files

CONTRACTS = Path("contracts")


def load_contract(
    service: str | os.PathLike[str], *, contracts: str | os.PathLike[str] = CONTRACTS, allow_remote: bool = False
) -> Contract:
    """Read the contract of a service: a name in `contracts`, a path, or an address.

    Raises UnknownService when there is none, UnreadableDocument when it is no OpenAPI document.
    """
    ((name, place),) = files.choose([os.fspath(service)], Path(contracts)).items()
    return load(name, files.collect(name, place, fetch=_fetch, allow_remote=allow_remote).documents)


def _fetch(url: str) -> bytes:
    from mockserver.edges.fetch import fetch  # noqa: PLC0415 - requests costs 100 ms, and most contracts are files

    return fetch(url)
