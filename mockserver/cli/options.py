"""Options that several commands share, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from mockserver.api.contract import places
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.edges import files
from mockserver.errors import UsageError
from mockserver.jobs.configuration import checked_address
from mockserver.values import Struct

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2

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
PORT = click.IntRange(0, 65535)
COUNT = click.IntRange(min=0)
SECONDS = click.FloatRange(min=0)


def _address(_context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    return checked_address(value, option.opts[0]) if value else value


def url_option(text: str) -> Callable[[_Command], _Command]:
    """Return the option `--url`, an address that is looked at before anything is done."""
    return click.option("--url", default="", metavar="URL", callback=_address, help=text)


def _headers(_context: click.Context, _option: click.Parameter, lines: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = [line.partition(":") for line in lines]
    for line, (name, colon, value) in zip(lines, pairs, strict=True):
        if not colon or not _FIELD_NAME.fullmatch(name.strip()) or not value.isprintable():
            raise UsageError(f"{line} is no header", where="--header", fix="write it as 'X-Api-Key: $SHIPPING_KEY'")
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


header_option = click.option(
    "--header",
    multiple=True,
    metavar="'NAME: VALUE'",
    callback=_headers,
    help="Send this header; $NAMES are variables. Repeatable.",
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
