"""Contracts for Python code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.edges import files, settings


def load_contract(
    service: str | os.PathLike[str], *, contracts: str | os.PathLike[str] | None = None, allow_remote: bool = False
) -> Contract:
    """Read the contract of a service: a name in the folder of contracts or the configuration, a path, or an address.

    Raises UnknownService when there is none, UnreadableDocument when it is no OpenAPI document.
    """
    ((name, place),) = places([os.fspath(service)], contracts).items()
    return load(name, files.collect(name, place, fetch=_fetch, allow_remote=allow_remote).documents)


def places(words: Sequence[str], contracts: str | os.PathLike[str] | None = None) -> dict[str, str]:
    """Return name and place of each contract that words name; of all services for no words.

    `contracts` is the folder; None is the configured one.
    """
    said = settings.read()
    return files.choose(words, Path(said.contracts if contracts is None else contracts), said.placed)


def _fetch(url: str) -> bytes:
    from mockserver.edges.by_requests.fetching import fetch  # noqa: PLC0415 - requests costs 100 ms, and most contracts are files

    return fetch(url)
