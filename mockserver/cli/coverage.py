"""`mockserver coverage`: report, merge."""

from __future__ import annotations

import click

from mockserver.api.coverage import COVERAGE_FILE, coverage_reports, load_seen, save_seen
from mockserver.api.reports import asks_for
from mockserver.cli.options import contracts_option
from mockserver.cli.reports import report_option, write_reports


@click.group(
    epilog="\b\nExamples:\n  pytest --contract-coverage                         writes .mockserver-coverage.json\n"
    "  mockserver coverage report --report html=coverage.html\n"
    "  mockserver coverage merge shard-1.json shard-2.json"
)
def coverage() -> None:
    """Tell how much of each contract your client was shown, and has sent."""


@coverage.command(
    epilog="\b\nExamples:\n  mockserver coverage report\n  mockserver coverage report --fail-under 80\n"
    "  mockserver coverage report shard-1.json shard-2.json --report html=coverage.html\n"
    "  mockserver coverage report --against main.json --report markdown"
)
@click.argument("file", nargs=-1)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 1 when less of what your client uses was seen.",
)
@click.option("--against", metavar="FILE", help="Tell what this coverage had seen, and this time was not.")
@contracts_option
@report_option
def report(
    file: tuple[str, ...],
    *,
    fail_under: float | None,
    against: str | None,
    contracts: str | None,
    report: tuple[str, ...],
) -> int:
    """Tell what was seen: operations, parameters, statuses, nulls, enum values, branches, optional properties.

    FILE is what pytest --contract-coverage, verify client --coverage or serve --coverage have written; several are
    joined. Exit 3 when nothing was seen.
    """
    before = load_seen([against]) if against is not None else ()
    found = coverage_reports(
        load_seen(file or (COVERAGE_FILE,)),
        contracts=contracts,
        against=before,
        fail_under=fail_under,
        annotate=asks_for("html", report),
    )
    told = write_reports(found, report, contracts, whole=False)
    if any(one.count("error") for one in told):
        return 1
    return 0 if any(one.checked for one in found) else 3


@coverage.command(
    epilog="\b\nExamples:\n  mockserver coverage merge shard-1.json shard-2.json\n"
    "  mockserver coverage merge shards/*.json --output coverage.json"
)
@click.argument("file", nargs=-1, required=True)
@click.option("--output", default=COVERAGE_FILE, show_default=True, metavar="FILE", help="Where to write.")
def merge(file: tuple[str, ...], *, output: str) -> int:
    """Join what several runs have seen: shards of CI, unit tests and end-to-end tests."""
    seen = load_seen(file)
    save_seen(output, seen)
    told = ", ".join(f"{one.service} {len(one.keys)} points" for one in seen)
    click.echo(f"  wrote {output}: {told or 'nothing was seen'}")
    return 0
