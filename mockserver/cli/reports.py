"""The option `--report`, which the commands that find something share, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mockserver.api.reports import deliver, known_format
from mockserver.report.model import Report
from mockserver.report.renderers import RENDERERS

report_option = click.option(
    "--report",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"Write a report: {', '.join(RENDERERS)}. Repeatable; without it, text to the terminal.",
)


def write_reports(reports: Sequence[Report], wanted: Sequence[str]) -> None:
    """Write each report that was asked for: to its file, or to the terminal."""
    for word in wanted:
        known_format(word)
    deliver(reports, wanted or ("text",), lambda text: click.echo(text, nl=False))
