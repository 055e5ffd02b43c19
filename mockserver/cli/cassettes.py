"""`mockserver cassettes`: what stands on the cassettes of a repository, and bringing them in and out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from mockserver.api.contract import places
from mockserver.api.homes import homes_of, secrets_of
from mockserver.api.second_opinion import second_opinion
from mockserver.cassette.age import days_old, expired, moment_of
from mockserver.cassette.leaks import leaks
from mockserver.cassette.model import Cassette, Interaction
from mockserver.cassette.scrub import Rules, Scrubber
from mockserver.cli.cassette_exchange import export, import_, refresh
from mockserver.cli.options import (
    COUNT,
    allow_remote_option,
    contracts_option,
    load_services,
    public_option,
    secret_option,
)
from mockserver.cli.reports import report_option, write_reports
from mockserver.edges import cassette_files, settings
from mockserver.errors import UnreadableDocument, UsageError
from mockserver.jobs.cassettes import Check, Tape
from mockserver.jobs.homes import Homes
from mockserver.jobs.service import Service
from mockserver.report.model import many
from mockserver.schema.compile import Validators
from mockserver.values import replace


@click.group(
    epilog="\b\nExamples:\n  mockserver cassettes check                 contract, secrets, age of your files\n"
    "  mockserver cassettes scan tests/cassettes  secrets only, as in a pre-commit hook\n"
    "  mockserver cassettes age --older-than 90\n"
    "  mockserver cassettes import session.har shipping/session\n"
    "  mockserver cassettes export shipping/create --to create.har\n"
    "  mockserver cassettes refresh shipping --url https://test.shipping.example/v2"
)
def cassettes() -> None:
    """Look after recorded exchanges: cassettes/, and every folder called cassettes, as pytest-recording has them."""


def services_of(contracts: str | None, *, allow_remote: bool = False) -> tuple[Service, ...]:
    """Return all services of the folder and the configuration; none where there is no contract."""
    try:
        places((), contracts)
    except UsageError:
        return ()
    validators = Validators()
    loaded = load_services((), contracts, allow_remote=allow_remote)
    return tuple(Service(one.contract, validators) for one in loaded)


def folder() -> Path:
    """Return the folder of cassettes."""
    return Path(settings.read().cassettes)


def _each(paths: Sequence[str], check: Check) -> Iterator[Tape]:
    """Yield the cassettes that words name; a file that is none is noted."""
    for path in cassette_files.found(paths, folder()):
        try:
            yield cassette_files.load(path, folder())
        except UnreadableDocument as broken:
            check.unreadable(broken.what, broken.where, broken.fix)


@cassettes.command(
    epilog="\b\nExamples:\n  mockserver cassettes check\n  mockserver cassettes check --report json=c.json"
)
@click.argument("path", nargs=-1)
@contracts_option
@allow_remote_option
@click.option(
    "--older-than", default=180, show_default=True, type=COUNT, metavar="DAYS", help="Count recordings older than this."
)
@public_option
@secret_option
@report_option
def check(
    path: tuple[str, ...],
    contracts: str | None,
    *,
    allow_remote: bool,
    older_than: int,
    public: tuple[str, ...],
    secret: tuple[str, ...],
    report: tuple[str, ...],
) -> int:
    """Tell whether cassettes keep their contracts, hold secrets, or have grown old.

    Contracts are found by the host of each request, or by the folder: cassettes/<service>/. Both directions are judged.
    Exit 1 when something is an error, 3 when no contract has any of the hosts.
    """
    services = services_of(contracts, allow_remote=allow_remote)
    known = secrets_of(services, public, secret)
    work = Check(homes_of(services), known, datetime.now(UTC), older_than=older_than, second=second_opinion)
    for tape in _each(path, work):
        work.add(tape)
    total = work.finish()
    reports = write_reports(total.reports, report, contracts, whole=not path)
    click.echo(total.told(older_than), err=bool(report))
    if any(one.count("error") for one in reports):
        return 1
    return 3 if total.cassettes == total.homeless else 0


@cassettes.command(
    epilog="\b\nExamples:\n  mockserver cassettes scan\n  mockserver cassettes scan cassettes/a.yaml --fix"
)
@click.argument("path", nargs=-1)
@contracts_option
@public_option
@secret_option
@click.option("--fix", is_flag=True, help="Scrub what was found, and write the files again.")
@report_option
def scan(
    path: tuple[str, ...],
    contracts: str | None,
    *,
    public: tuple[str, ...],
    secret: tuple[str, ...],
    fix: bool,
    report: tuple[str, ...],
) -> int:
    """Look for secrets on cassettes, old ones too; made for a pre-commit hook.

    Every value is looked at with its name, in both directions and within base64. Exit 1 when something looks like one.
    """
    services = services_of(contracts)
    known = secrets_of(services, public, secret)
    work = Check(Homes(services), known, datetime.now(UTC))
    for tape in _each(path, work):
        work.add(_scrubbed(tape, known) if fix else tape, contract=False)
    total = work.finish()
    reports = write_reports(total.reports, report, contracts, whole=False)
    click.echo(total.told(0), err=bool(report))
    return 1 if any(one.count("error") for one in reports) else 0


def _scrubbed(tape: Tape, known: Rules) -> Tape:
    """Return a cassette without its secrets, written back if it had any."""
    if not any(leak for one in tape.cassette.interactions for leak in leaks(one, known)):
        return tape
    clean = replace(tape.cassette, interactions=scrub(tape.cassette, known))
    path = Path(tape.name)
    if path.suffix == ".har":
        raise UsageError(
            "an archive is not scrubbed in its place",
            where=tape.name,
            fix="import it, then delete it",
        )
    cassette_files.save(path, clean)
    return cassette_files.load(path, folder())


def scrub(cassette: Cassette, known: Rules) -> tuple[Interaction, ...]:
    """Return the interactions of a cassette without their secrets."""
    return Scrubber(known, cassette_files.key()).scrub(cassette.interactions)


@cassettes.command(
    epilog="\b\nExamples:\n  mockserver cassettes age\n  mockserver cassettes age cassettes/shipping --older-than 30"
)
@click.argument("path", nargs=-1)
@click.option(
    "--older-than", default="180d", show_default=True, metavar="AGE", help="Fail above this: 90 (days), 90d, 12w, 6m."
)
def age(path: tuple[str, ...], older_than: str) -> int:
    """Tell how old cassettes are, the oldest first, and which have expired.

    The age is that of the oldest interaction: when we recorded it, else the Date of its answer.
    """
    now = datetime.now(UTC)
    try:
        limit = (moment_of(f"{older_than}d" if older_than.isdecimal() else older_than, now) or now) - now
    except ValueError as wrong:
        raise UsageError(f"--older-than {older_than} is no age", fix="write 90d, 12w, 6m or 1y") from wrong
    lines: list[tuple[int, str, bool]] = []
    unreadable = 0
    for file in cassette_files.found(path, folder()):
        try:
            cassette = cassette_files.load(file, folder()).cassette
        except UnreadableDocument as broken:
            click.echo(f"error: {broken}", err=True)
            unreadable += 1
            continue
        lines.append(_aged(file, cassette, now, limit.days))
    for _, line, _ in sorted(lines, reverse=True):
        click.echo(line)
    late = sum(one for _, _, one in lines)
    verdict = f"{late} expired or older than {older_than}" if late else "clean"
    click.echo(f"{many(len(lines), 'cassette')}: {f'{unreadable} could not be read' if unreadable else verdict}")
    return 2 if unreadable else 1 if late else 0


def _aged(file: Path, cassette: Cassette, now: datetime, limit: int) -> tuple[int, str, bool]:
    """Return the age of a cassette in days, the line that tells it, and whether it is too old."""
    oldest = max((days for one in cassette.interactions if (days := days_old(one, now)) is not None), default=-1)
    over = next((why for one in cassette.interactions if (why := expired(one, cassette, now))), "")
    told = "age unknown" if oldest < 0 else f"{oldest} days"
    return oldest, f"{told:>12}  {file}{f'  {over}' if over else ''}", bool(over) or oldest > limit


for command in (import_, export, refresh):
    cassettes.add_command(command)
