"""`mockserver accept`: a finding that we live with, for a reason and for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from mockserver.api.accepting import folder_of, today
from mockserver.cli.options import contracts_option
from mockserver.edges import accepted_file
from mockserver.errors import UsageError
from mockserver.jobs.accepted import Acceptance, Known, chosen


@click.command(
    epilog='\b\nExamples:\n  mockserver accept 7c1e --because "the vendor mends it in March" --until 2027-03-01\n'
    '  mockserver accept 7c1e0a --service shipping --because "we never send it"\n'
    '  mockserver accept 7c1e --from contracts.json --because "seen in CI"     ids of a JSON report'
)
@click.argument("id_", metavar="ID")
@click.option("--because", required=True, metavar="TEXT", help="Why we live with it.")
@click.option("--until", metavar="DATE", help="The last day, as 2027-03-01; from the next one on it fails again.")
@click.option("--service", default="", help="The service, where several have this finding.")
@click.option(
    "--from", "source", type=click.Path(dir_okay=False), metavar="FILE", help="A JSON report that has the id."
)
@contracts_option
def accept(
    id_: str, *, because: str, until: str | None, service: str, source: str | None, contracts: str | None
) -> int:
    """Accept a finding: it is told and counted, and fails nothing.

    ID is that of a report, or its beginning. What is accepted stands in contracts/accepted.toml, which every command
    reads. When its last day is over it is an error again; when it no longer occurs, that is told.
    """
    if not because.strip():
        raise UsageError("--because is empty", fix="say why: those who come after you will ask")
    folder = folder_of(contracts)
    known = chosen(id_, _known(folder, source), service)
    one = Acceptance(known.id, known.service, because.strip(), _day(until), known.rule, known.operation, known.job)
    file = accepted_file.add(folder, one)
    what = " ".join(filter(None, (known.service, known.rule, known.operation)))
    click.echo(f"accepted {known.id}  {what}{f' until {one.until}' if one.until else ''}\n  wrote {file}")
    return 0


def _known(folder: Path, source: str | None) -> Sequence[Known]:
    """Return what can be accepted: what was found, and what was accepted once and may be so for longer."""
    found = accepted_file.found() if source is None else accepted_file.found_in(Path(source))
    before = (Known(one.id, one.service, one.job, one.rule, one.operation, "") for one in accepted_file.read(folder))
    return tuple({(one.service, one.id): one for one in (*before, *found)}.values())


def _day(until: str | None) -> str:
    if until is None:
        return ""
    try:
        day = datetime.strptime(until, "%Y-%m-%d").astimezone().date()
    except ValueError as wrong:
        raise UsageError(f"--until {until} is no day", fix="write it as 2027-03-01") from wrong
    if day < today():
        raise UsageError(f"--until {until} is over", fix="name a day to come, or mend the finding")
    return day.isoformat()
