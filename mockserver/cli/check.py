"""`mockserver check`: everything that can be known offline, in one command."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import click

from mockserver.api.check_parts import Came, Part, done, parts_of
from mockserver.api.contract import places
from mockserver.cli.options import COUNT, contracts_option
from mockserver.cli.progress import is_watched
from mockserver.cli.reports import reporting, write_reports
from mockserver.edges import parallel
from mockserver.edges.parallel import Broken, Done, Outcome, Overdue
from mockserver.report.model import Report

_NO_CLIENT = (
    'the configuration names no client: write client = "shop.{name}:Client" under [tool.mockserver.services.{name}]'
)


@click.command(
    epilog="\b\nExamples:\n  mockserver check\n  mockserver check shipping --max-examples 20\n"
    "  mockserver check --report github --report sarif=contracts.sarif     in GitHub Actions\n"
    "  mockserver check --report overview --report json=check.json"
)
@click.argument("service", nargs=-1)
@click.option(
    "--max-examples", default=1, show_default=True, type=COUNT, help="Random cases after the boundary sets, each part."
)
@click.option("--seed", default=0, show_default=True, help="Another seed, other random cases.")
@click.option(
    "--time-budget", default=300.0, show_default=True, metavar="SECONDS", type=click.FloatRange(min=1),
    help="What takes longer, each job on each service, is stopped and told as not checked.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), show_default="processors", help="How many parts run at once.")
@contracts_option
@reporting("overview")
def check(
    service: tuple[str, ...],
    *,
    max_examples: int,
    seed: int,
    time_budget: float,
    workers: int | None,
    contracts: str | None,
    report: tuple[str, ...],
) -> int:
    """Check contracts, mocks, clients and cassettes: everything offline, the one command for CI.

    Is each contract sound, does the mock keep it, does your client (the configuration names it), do your recordings?
    The verdict stands first, then what was not checked, then what was found, by operation. Exit 1 when something is
    wrong, 2 when something cannot be read, 3 when something that was asked for could not be checked.
    """
    names = list(places(service, contracts))
    parts = {part.name: part for part in parts_of(names)}
    tasks: dict[str, parallel.Task] = {
        name: (done, (part, contracts, max_examples, seed)) for name, part in parts.items()
    }
    outcomes = parallel.run(
        tasks, workers=workers or os.cpu_count() or 1, limit_s=time_budget, done=_Progress(len(tasks))
    )
    came = {name: _came(outcome) for name, outcome in outcomes.items()}
    reports = write_reports(_reports(names, parts, came), report or ("overview",), contracts)
    return _exit_code(reports, came)


class _Progress:
    """Says which parts are over, on a terminal only."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._over = 0
        self._shows = is_watched()

    def __call__(self, name: str, outcome: Outcome) -> None:
        self._over += 1
        if self._shows:
            took = f"{outcome.took_s:.1f} s" if isinstance(outcome, Done) else "stopped"
            click.echo(f"\r\x1b[K  {self._over}/{self._total}  {name}  {took}", err=True, nl=False)
            if self._over == self._total:
                click.echo("\r\x1b[K", err=True, nl=False)


def _came(outcome: Outcome) -> Came:
    match outcome:
        case Done(value=Came() as came):
            return came
        case Overdue(limit_s=limit):
            return Came((), f"it took longer than {limit:g} s: give it more with --time-budget", 3)
        case Broken(exit_code=code):
            return Came((), f"its process ended with {code} and said nothing", 3)
        case _:
            return Came((), "it said nothing that can be understood", 3)


def _reports(names: Sequence[str], parts: Mapping[str, Part], came: Mapping[str, Came]) -> list[Report]:
    """Return the reports, by service and then by job; of what could not be done the one that says why."""
    found: list[Report] = []
    for name, part in parts.items():
        found.extend(one for one in came[name].reports if one.contract in {*names, "all"})
        if came[name].trouble:
            found.append(Report(part.kind, part.service or "all", "", 0, (came[name].trouble,), (), failed=True))
    for name in names:
        if not any(part.kind == "verify client" and part.service == name for part in parts.values()):
            found.append(Report("verify client", name, "", 0, (_NO_CLIENT.format(name=name),), ()))
        if not any(one.job == "cassettes" for one in found if one.contract in {name, "all"}):
            found.append(Report("cassettes", name, "", 0, ("there is no recording of it",), ()))
    jobs = ("lint", "verify mock", "verify client", "cassettes", "coverage")
    return sorted(found, key=lambda one: ([*names, "all"].index(one.contract), jobs.index(one.job)))


def _exit_code(reports: Sequence[Report], came: Mapping[str, Came]) -> int:
    """Return 2 for what cannot be read, 1 for errors, 3 for what could not be done: never 0 for nothing."""
    troubles = {one.exit_code for one in came.values() if one.trouble}
    if 2 in troubles:
        return 2
    if any(one.count("error") for one in reports):
        return 1
    return 3 if troubles or not any(one.checked for one in reports) else 0
