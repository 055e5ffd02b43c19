"""`mockserver verify mock` and `mockserver verify provider`: a server driven with its contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from mockserver.api.contract import places
from mockserver.cli.options import COUNT, contracts_option, header_option, url_option
from mockserver.cli.progress import Progress
from mockserver.cli.reports import report_option, verdict, write_reports
from mockserver.edges import settings
from mockserver.errors import UsageError
from mockserver.report.model import Report

seed_option = click.option("--seed", default=0, show_default=True, help="Another seed, other random cases.")
workers_option = click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(min=1), help="How many requests at once."
)
_Function = TypeVar("_Function", bound=Callable[..., int])


def _driven(most: int) -> Callable[[_Function], _Function]:
    """Return what adds the parameters that the commands share; `most` random requests are sent where nobody says."""
    examples = click.option(
        "--max-examples", default=most, show_default=True, type=COUNT, help="Random requests for each operation."
    )

    def added(function: _Function) -> _Function:
        for option in (report_option, contracts_option, workers_option, seed_option, examples):
            function = option(function)
        return function

    return added


@click.command(
    epilog="\b\nExamples:\n  mockserver verify mock\n"
    "  mockserver verify mock shipping --max-examples 20 --report json=mock.json"
)
@click.argument("service", nargs=-1)
@_driven(5)
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
    from mockserver.api.contract import load_contract  # noqa: PLC0415 - flask and schemathesis cost 500 ms
    from mockserver.api.provider_run import Probing, probed_mock  # noqa: PLC0415 - as above

    reports: list[Report] = []
    for name, place in places(service, contracts).items():
        with Progress(len(load_contract(place, contracts=contracts).operations)) as shown:
            reports.append(probed_mock(name, place, Probing(max_examples, seed, workers), shown))
    reports = write_reports(reports, report, contracts)
    return verdict(reports)


@click.command(
    epilog="\b\nExamples:\n  mockserver verify provider shipping --url http://127.0.0.1:8000/v2\n"
    "  mockserver verify provider --max-examples 20 --header 'X-Api-Key: test'"
)
@click.argument("service", nargs=-1)
@url_option("Where a TEST deployment answers; the configuration's url where it is left out.")
@header_option
@_driven(10)
def provider(
    service: tuple[str, ...],
    *,
    url: str,
    header: tuple[tuple[str, str], ...],
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
    from mockserver.api.provider_run import Probing, probed  # noqa: PLC0415 - as above
    from mockserver.edges.by_requests.fetching import reach  # noqa: PLC0415 - as above

    chosen = places(service, contracts)
    if url and len(chosen) != 1:
        raise UsageError("--url is the address of one service", fix="name the service before it")
    reports: list[Report] = []
    for name, place in chosen.items():
        headers = {name: settings.secret(value).get_secret_value() for name, value in header}
        where = url or settings.address(settings.read().service(name))
        headers = {**_credentials(name, where), **headers}
        contract = load_contract(place, contracts=contracts)
        reach(where)
        with Progress(len(contract.operations)) as shown:
            reports.append(
                probed(
                    "verify provider",
                    contract,
                    where.rstrip("/"),
                    headers,
                    target=where,
                    how=Probing(max_examples, seed, workers),
                    progress=shown,
                )
            )
    reports = write_reports(reports, report, contracts)
    return verdict(reports)


def _credentials(name: str, url: str) -> dict[str, str]:
    """Return the headers by which the configuration says who is asking."""
    if not settings.read().service(name).auth:
        return {}
    from mockserver.client.discovery import connection  # noqa: PLC0415 - only where there are credentials
    from mockserver.resilience.transfer import Outgoing  # noqa: PLC0415 - as above

    auth = connection(name, at=url).auth
    return dict(auth.authorize(Outgoing("GET", url)).headers) if auth is not None else {}
