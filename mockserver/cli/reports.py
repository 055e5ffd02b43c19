"""The option `--report`, which the commands that find something share, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from mockserver.errors import UsageError
from mockserver.report.model import Report
from mockserver.report.renderers import RENDERERS

report_option = click.option(
    "--report",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"Write a report: {', '.join(RENDERERS)}. Repeatable; without it, text to the terminal.",
)


def asks_for(name: str, wanted: Sequence[str]) -> bool:
    """Tell whether a format is among those that were asked for."""
    return any(word.partition("=")[0] == name for word in wanted)


def write_reports(reports: Sequence[Report], wanted: Sequence[str]) -> None:
    """Write each report that was asked for: to its file, or to the terminal."""
    for word in wanted or ("text",):
        name, _, target = word.partition("=")
        if name not in RENDERERS:
            raise UsageError(f"there is no report format {name}", fix=f"formats: {', '.join(RENDERERS)}")
        text = RENDERERS[name](reports)
        if not target:
            click.echo(text, nl=False)
            continue
        try:
            Path(target).write_text(text, encoding="utf-8")
        except OSError as refused:
            raise UsageError(
                f"the report cannot be written: {refused.strerror}", where=target, fix="name a writable file"
            ) from refused
