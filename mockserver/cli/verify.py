"""`mockserver verify`: client, mock, provider."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.api.contract import places
from mockserver.cli.clients import Progress, Target, show_bindings, show_faults, show_grade, suite_of, targets
from mockserver.cli.options import contracts_option
from mockserver.cli.reports import report_option, write_reports
from mockserver.edges import settings
from mockserver.errors import UsageError
from mockserver.report.model import Report

if TYPE_CHECKING:
    from mockserver.api.client_suite import ClientSuite

examples_option = click.option(
    "--max-examples", default=0, show_default=True, help="Random cases after the boundary set, for each part."
)
seed_option = click.option("--seed", default=0, show_default=True, help="Another seed, other random cases.")
budget_option = click.option(
    "--time-budget", type=float, metavar="SECONDS", help="How long random cases may take, for each method."
)


@click.group()
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
    from mockserver.api.client_report import report_of  # noqa: PLC0415 - a client is not what `serve` waits for
    from mockserver.api.client_suite import BROKEN, DIRECTIONS  # noqa: PLC0415 - as below
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
        with Progress(bindings) as shown:
            result = suite.check(
                bindings,
                BROKEN if faults else DIRECTIONS,
                max_examples=0 if faults else max_examples,
                time_budget_s=time_budget,
                seed=seed,
                progress=shown,
            )
        if faults:
            show_faults(result.faults)
        if grade:
            show_grade(suite.grade(bindings))
        told = report_of(suite, result, f"mockserver verify client {name}")
        reports.append(told)
        click.echo(
            f"{len(bindings)} methods, {result.cases} cases, {time.perf_counter() - begun:.1f} s\n", err=bool(report)
        )
    reports = write_reports(reports, report, contracts, whole=not only)
    if coverage is not None:
        from mockserver.api.coverage import save_seen  # noqa: PLC0415 - as above

        save_seen(coverage, measured.seen())
    return _verdict(reports)


def _bound(suite: ClientSuite) -> set[str]:
    return {name for one in suite.bindings for name in one.names}


def _verdict(reports: Sequence[Report]) -> int:
    if any(one.count("error") for one in reports):
        return 1
    return 0 if reports and all(one.checked for one in reports) else 3


def _write(suite: ClientSuite, name: str, target: Target, file: str) -> None:
    from mockserver.api.client_file import written  # noqa: PLC0415 - only for --write

    path = Path(file)
    if path.exists():
        raise UsageError(f"{file} exists", where=file, fix="name another file, or take it away")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(suite, name, target.raises), encoding="utf-8")
    click.echo(f"  wrote {file}", err=True)


workers_option = click.option("--workers", default=1, show_default=True, help="How many requests at once.")


@verify.command(
    epilog="\b\nExamples:\n  mockserver verify mock\n"
    "  mockserver verify mock shipping --max-examples 20 --report json=mock.json"
)
@click.argument("service", nargs=-1)
@click.option("--max-examples", default=5, show_default=True, help="Random requests for each operation.")
@seed_option
@workers_option
@contracts_option
@report_option
def mock(
    service: tuple[str, ...],
    *,
    max_examples: int,
    seed: int,
    workers: int,
    contracts: str | None,
    report: tuple[str, ...],
) -> int:
    """Prove that the mock keeps the contract: schemathesis drives it, our own checks judge.

    Examples, boundary values and random requests, right ones and wrong ones. Exit 1 when something is wrong.
    """
    from mockserver.api.provider_run import probed_mock  # noqa: PLC0415 - schemathesis costs 400 ms

    reports: list[Report] = [
        probed_mock(name, place, most=max_examples, seed=seed, workers=workers)
        for name, place in places(service, contracts).items()
    ]
    reports = write_reports(reports, report, contracts)
    return _verdict(reports)


@verify.command(
    epilog="\b\nExamples:\n  mockserver verify provider shipping --url http://127.0.0.1:8000/v2\n"
    "  mockserver verify provider --max-examples 20 --header 'X-Api-Key: test'"
)
@click.argument("service", nargs=-1)
@click.option("--url", help="Where a TEST deployment answers; the configuration's url where it is left out.")
@click.option("--header", multiple=True, metavar="'NAME: VALUE'", help="Send this header. Repeatable.")
@click.option("--max-examples", default=10, show_default=True, help="Random requests for each operation.")
@seed_option
@workers_option
@contracts_option
@report_option
def provider(
    service: tuple[str, ...],
    *,
    url: str | None,
    header: tuple[str, ...],
    max_examples: int,
    seed: int,
    workers: int,
    contracts: str | None,
    report: tuple[str, ...],
) -> int:
    """Prove that a test deployment keeps the contract. It sends POST, PUT and DELETE: never name a live API.

    Credentials come from `auth` of the service in the configuration, or from --header. Exit 1 when something is wrong,
    3 when nothing could be checked.
    """
    from mockserver.api.contract import load_contract  # noqa: PLC0415 - as above
    from mockserver.api.provider_run import probed  # noqa: PLC0415 - as above

    chosen = places(service, contracts)
    if url is not None and len(chosen) != 1:
        raise UsageError("--url is the address of one service", fix="name the service before it")
    reports: list[Report] = []
    for name, place in chosen.items():
        headers = dict(_header(one) for one in header)
        where = url or settings.address(settings.read().service(name))
        headers = {**_credentials(name, where), **headers}
        contract = load_contract(place, contracts=contracts)
        reports.append(
            probed(
                "verify provider",
                contract,
                where.rstrip("/"),
                headers,
                target=where,
                most=max_examples,
                seed=seed,
                workers=workers,
            )
        )
    reports = write_reports(reports, report, contracts)
    return _verdict(reports)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise UsageError(f"{text} is no header", fix="write it as 'X-Api-Key: test'")
    return name.strip(), value.strip()


def _credentials(name: str, url: str) -> dict[str, str]:
    """Return the headers by which the configuration says who is asking."""
    if not settings.read().service(name).auth:
        return {}
    from mockserver.client.discovery import connection  # noqa: PLC0415 - only where there are credentials
    from mockserver.resilience.transfer import Outgoing  # noqa: PLC0415 - as above

    auth = connection(name).auth
    return dict(auth.authorize(Outgoing("GET", url)).headers) if auth is not None else {}
