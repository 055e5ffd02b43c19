"""The option `--report`, which the commands that find something share, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from mockserver.api.accepting import considered, folder_of
from mockserver.api.reports import deliver, known_format
from mockserver.edges.accepted_file import remember
from mockserver.report.model import Report
from mockserver.report.renderers import RENDERERS

_Command = TypeVar("_Command", bound=Callable[..., Any])


def reporting(usual: str) -> Callable[[_Command], _Command]:
    """Return the option `--report` of a command that writes the `usual` format where nobody asks for another."""
    return click.option(
        "--report",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help=f"Write a report: {', '.join(RENDERERS)}. Repeatable; without it, {usual} to the terminal.",
    )


report_option = reporting("text")


def write_reports(
    reports: Sequence[Report], wanted: Sequence[str], contracts: str | None = None, *, whole: bool = True
) -> list[Report]:
    """Write each report that was asked for, to its file or to the terminal; return them with what is accepted.

    `contracts` is the folder with `accepted.toml`; `whole`: so much was checked that an acceptance may be stale.
    """
    for word in wanted:
        known_format(word)
    told = considered(reports, contracts, whole=whole)
    deliver(told, wanted or ("text",), lambda text: click.echo(text, nl=False))
    if folder_of(contracts).is_dir():
        trouble = remember(reports)
        if trouble:
            click.echo(trouble, err=True)
    return told


def verdict(reports: Sequence[Report]) -> int:
    """Return the exit code: 1 for errors, 3 where something could not be checked, else 0."""
    if any(one.count("error") for one in reports):
        return 1
    return 0 if reports and all(one.checked for one in reports) else 3
