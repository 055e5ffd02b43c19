"""Options that several commands share, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from mockserver.api.contract import places
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.edges import files
from mockserver.values import Struct

contracts_option = click.option(
    "--contracts",
    show_default="contracts, or as configured",
    metavar="DIR",
    help="The folder of contracts.",
)
public_option = click.option(
    "--public", multiple=True, metavar="NAME", help="What goes by this name is no secret, whatever it looks like."
)
secret_option = click.option(
    "--secret", multiple=True, metavar="NAME", help="What goes by this name is a secret, besides those we know."
)
allow_remote_option = click.option(
    "--allow-remote", is_flag=True, help="Follow references to other hosts; without it they are refused."
)


class Loaded(Struct, frozen=True):
    """A contract, its files, and what its overlay had to say."""

    contract: Contract
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def load_services(words: Sequence[str], contracts: str | None, *, allow_remote: bool) -> Iterator[Loaded]:
    """Load the contracts that the words of a call name; all of the folder for no words."""
    for name, place in places(words, contracts).items():
        found = files.collect(name, place, fetch=fetch, allow_remote=allow_remote)
        yield Loaded(load(name, found.documents), found.files, found.notes)


def fetch(url: str) -> bytes:
    """Return what stands at an address."""
    from mockserver.edges.by_requests.fetching import fetch as over_http  # noqa: PLC0415 - requests costs 100 ms

    return over_http(url)
