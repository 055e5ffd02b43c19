"""`mockserver verify`: client, mock, provider."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.clients import Target, show_bindings, show_faults, show_grade, suite_of, targets
from mockserver.cli.options import COUNT, contracts_option
from mockserver.cli.progress import Progress
from mockserver.cli.reports import report_option, verdict, write_reports
from mockserver.cli.verify_server import mock, provider, seed_option
from mockserver.errors import UsageError
from mockserver.report.model import Report

if TYPE_CHECKING:
    from mockserver.api.clients.suite import ClientSuite

examples_option = click.option(
    "--max-examples",
    default=0,
    show_default=True,
    type=COUNT,
    help="Random cases after the boundary set, for each documented answer.",
)
budget_option = click.option(
    "--time-budget",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long random cases may take, all methods together; alone, as many cases as there is time for.",
)


@click.group(
    epilog="\b\nExamples:\n  mockserver verify client shop.shipping:Client           your client against the contract\n"
    "  mockserver verify mock                                  the mock against the contract\n"
    "  mockserver verify provider --url http://127.0.0.1:8000  a test deployment against the contract"
)
def verify() -> None:
    """Prove that a client, a mock or a provider keeps the contract."""


@verify.command(
    epilog="\b\nExamples:\n  mockserver verify client shop.shipping:ShippingClient\n"
    "  mockserver verify client shop.shipping:ShippingClient --raises shop.shipping:ShippingError\n"
    "  mockserver verify client shop.shipping:ShippingClient --write tests/test_shipping_client.py\n"
    "  mockserver verify client shipping            the client that the configuration names\n"
    "  mockserver verify client tests.test_client:suite --only createShipment\n"
    "  mockserver verify client shipping --faults   what it makes of broken connections\n"
    "  mockserver verify client shipping --coverage client.json && mockserver coverage report client.json"
)
@click.argument("target", required=False)
@click.option("--service", help="The service the client talks to, where it is not the only one.")
@click.option("--raises", multiple=True, metavar="MODULE:ERROR", help="An error that the client declares. Repeatable.")
@click.option("--only", multiple=True, metavar="OPERATION", help="Only what calls this operation. Repeatable.")
@click.option("--write", type=click.Path(dir_okay=False), metavar="FILE", help="Write the bindings as a pytest file.")
@click.option("--faults", is_flag=True, help="Break connections, and tell how each call ends; nothing else is asked.")
@click.option("--grade", is_flag=True, help="Count how it takes answers that break the contract; fails nothing.")
@click.option("--coverage", metavar="FILE", help="Write what the client was shown and has sent.")
@examples_option
@seed_option
@budget_option
@contracts_option
@report_option
def client(
    target: str | None,
    service: str | None,
    *,
    raises: tuple[str, ...],
    only: tuple[str, ...],
    write: str | None,
    faults: bool,
    grade: bool,
    coverage: str | None,
    max_examples: int,
    seed: int,
    time_budget: float | None,
    contracts: str | None,
    report: tuple[str, ...],
) -> int:
    """Drive your real client with everything that its contract allows, in both directions.

    TARGET is package.module:Class, a factory that takes api, a module, a suite, or a service whose client the
    configuration names. Methods are bound by name, then by watching. Exit 1 when something is wrong, 3 when no method
    could be bound.
    """
    sys.path.insert(0, str(Path.cwd()))
    from mockserver.api.clients.report import report_of  # noqa: PLC0415 - a client is not what `serve` waits for
    from mockserver.api.clients.suite import BROKEN, DIRECTIONS  # noqa: PLC0415 - as below
    from mockserver.jobs.coverage import Coverage  # noqa: PLC0415 - as above

    reports: list[Report] = []
    measured = Coverage()
    for found in targets(target, service, raises, contracts):
        begun = time.perf_counter()
        suite, name = suite_of(found, contracts)
        if coverage is not None:
            suite.measure(measured)
        show_bindings(suite, name)
        if write is not None:
            _write(suite, name, found, write)
        bindings = [one for one in suite.bindings if not only or set(only) & set(one.names)]
        if only and not bindings:
            raise UsageError(f"nothing calls {', '.join(only)}", fix=f"bound are {', '.join(sorted(_bound(suite)))}")
        draws = not faults and bool(max_examples or time_budget)
        with Progress(len(bindings) * (1 + draws)) as shown:
            result = suite.check(
                bindings,
                BROKEN if faults else DIRECTIONS,
                max_examples=0 if faults else max_examples,
                time_budget_s=None if faults else time_budget,
                seed=seed,
                progress=shown,
            )
        if faults:
            show_faults(result.faults)
        if grade:
            show_grade(suite.grade(bindings))
        more = "".join(f" --raises {one}" for one in raises) + (f" --service {service}" if service else "")
        told = report_of(suite, result, f"mockserver verify client {name}{more}")
        reports.append(told)
        methods = f"{len(bindings)} method{'s'[: len(bindings) != 1]}"
        click.echo(f"{methods}, {result.cases} cases, {time.perf_counter() - begun:.1f} s\n", err=bool(report))
    reports = write_reports(reports, report, contracts, whole=not only)
    if coverage is not None:
        from mockserver.api.coverage import save_seen  # noqa: PLC0415 - as above

        save_seen(coverage, measured.seen())
    return verdict(reports)


def _bound(suite: ClientSuite) -> set[str]:
    return {name for one in suite.bindings for name in one.names}


def _write(suite: ClientSuite, name: str, target: Target, file: str) -> None:
    from mockserver.api.clients.file import written  # noqa: PLC0415 - only for --write

    path = Path(file)
    if path.exists():
        raise UsageError(f"{file} exists", where=file, fix="name another file, or take it away")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(suite, name, target.raises), encoding="utf-8")
    click.echo(f"  wrote {file}: python -m pytest {file}", err=True)


verify.add_command(mock)
verify.add_command(provider)
