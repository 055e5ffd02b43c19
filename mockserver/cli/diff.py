"""`mockserver diff`."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from mockserver.change.model import Comparison
from mockserver.cli.options import Loaded, allow_remote_option, contracts_option, fetch, load_services
from mockserver.cli.reports import report_option, write_reports
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents, name_of
from mockserver.edges import files, git, settings
from mockserver.errors import UnknownService, UsageError
from mockserver.jobs import diff as job
from mockserver.jobs.impact import with_client
from mockserver.jobs.usage_changes import UsedChanges
from mockserver.jobs.usage_facts import read as read_usage
from mockserver.report.model import Report
from mockserver.values import replace

_USAGE = "usage"
_FAILS = {"error": ("error",), "warning": ("error", "warning"), "info": ("error", "warning", "info"), "never": ()}


@click.command(
    epilog="\b\nExamples:\n  mockserver diff old.yaml new.yaml\n  mockserver diff --against origin/main\n"
    "  mockserver diff shipping --against https://api.example/openapi.yaml\n"
    "  mockserver diff old.yaml new.yaml --report markdown=CHANGES.md --report html=changes.html\n"
    "  mockserver diff old.yaml new.yaml --fail-on warning"
)
@click.argument("words", nargs=-1, metavar="OLD NEW | [SERVICE]...")
@click.option("--against", metavar="REV|FILE|URL", help="The old edition: a git revision, a file, or an address.")
@click.option(
    "--fail-on",
    type=click.Choice(list(_FAILS)),
    default="error",
    show_default=True,
    help="Exit 1 when a change has this level, or a worse one.",
)
@click.option(
    "--notice", type=click.IntRange(min=0), default=0, metavar="DAYS",
    help="How many days before its sunset something must be deprecated.",
)  # fmt: skip
@click.option("--no-client", is_flag=True, help="Judge by direction and level only.")
@contracts_option
@allow_remote_option
@report_option
def diff(
    words: tuple[str, ...],
    against: str | None,
    fail_on: str,
    notice: int,
    contracts: str,
    *,
    allow_remote: bool,
    no_client: bool,
    report: tuple[str, ...],
) -> int:
    """Tell what a new edition of a contract changes, and what it breaks.

    A request may only be widened, an answer only be narrowed. Every breaking change comes with a witness: a request
    that was accepted and now is not, or an answer that could not come and now can. Where the configuration names a
    client it is run on each change, and only what breaks it is an error; where there are usage facts instead
    (usage/SERVICE.json), what the client does not use is none.
    """
    reports: list[Report] = []
    for old, new, notes in _pairs(words, against, contracts, allow_remote=allow_remote):
        today = dt.datetime.now(tz=dt.UTC).date()
        found = job.diff(old, new, today=today, notice_days=notice)
        target = f"{name_of(old.documents.root)} -> {name_of(new.documents.root)}"
        told = job.report(found, old, new, target, notes)
        reports.append(told if no_client else _with_client(told, found, old, new))
    reports = write_reports(reports, report, contracts)
    if any(one.count(level) for one in reports for level in ("error", "warning", "info") if level in _FAILS[fail_on]):
        return 1
    return 0 if any(one.checked for one in reports) else 3


def _with_client(told: Report, found: Comparison, old: Contract, new: Contract) -> Report:
    """Return a report with what the configured client makes of each change; else with what is known of its usage."""
    said = settings.read()
    service = next((name for name in (new.name, old.name) if said.service(name).client), "")
    if not service:
        return _with_usage(told, found, old, new)
    from mockserver.api.clients.configured import client_of  # noqa: PLC0415 - only who has a client waits for it
    from mockserver.api.diff_impact import Impacts  # noqa: PLC0415 - as above

    runs = client_of(old, service)
    return with_client(told, Impacts(runs, new).of(found)) if runs is not None else told


def _with_usage(told: Report, found: Comparison, old: Contract, new: Contract) -> Report:
    files_ = [Path(_USAGE, f"{name}.json") for name in dict.fromkeys((new.name, old.name))]
    file = next((one for one in files_ if one.is_file()), None)
    if file is None:
        return told
    usage = read_usage(file.read_bytes(), file.as_posix())
    notes = tuple(f"{file.as_posix()} does not know all that your client does: {one}" for one in usage.unchecked)
    judged = with_client(told, UsedChanges(usage, file.as_posix(), old, new).of(found))
    return replace(judged, unchecked=(*judged.unchecked, *notes))


def _pairs(
    words: Sequence[str], against: str | None, contracts: str, *, allow_remote: bool
) -> Iterator[tuple[Contract, Contract, tuple[str, ...]]]:
    if against is None:
        if len(words) != 2:
            raise UsageError(
                "diff compares two editions",
                fix="mockserver diff OLD NEW, or mockserver diff [SERVICE]... --against REV|FILE|URL",
            )
        old, new = (next(load_services([word], contracts, allow_remote=allow_remote)) for word in words)
        yield old.contract, new.contract, (*old.notes, *new.notes)
        return
    if not Path(against).is_file() and not files.is_address(against) and git.is_revision(against):
        yield from _since(against, words, contracts, allow_remote=allow_remote)
        return
    old = _named(against, contracts, allow_remote=allow_remote)
    services = list(load_services(words, contracts, allow_remote=allow_remote))
    if len(services) != 1:
        raise UsageError(
            f"{against} is one contract, and {len(services)} services are to be compared with it",
            fix=f"mockserver diff SERVICE --against {against}",
        )
    yield old.contract, services[0].contract, (*old.notes, *services[0].notes)


def _named(against: str, contracts: str, *, allow_remote: bool) -> Loaded:
    try:
        return next(load_services([against], contracts, allow_remote=allow_remote))
    except UnknownService as unknown:
        raise UnknownService(
            f"there is no revision, no file and no service {against}",
            where=unknown.where,
            fix="name a git revision of this repository, a file or an address",
        ) from unknown


def _since(
    revision: str, words: Sequence[str], contracts: str, *, allow_remote: bool
) -> Iterator[tuple[Contract, Contract, tuple[str, ...]]]:
    """Yield the services as they were at a revision, and as they are."""
    services = list(load_services(words, contracts, allow_remote=allow_remote))
    with tempfile.TemporaryDirectory() as folder:
        git.export(revision, Path(folder))
        for new in services:
            place = Path(folder, git.place_in_repository(Path(name_of(new.contract.documents.root))))
            if not place.is_file():
                click.echo(f"{new.contract.name} is new since {revision}", err=True)
                continue
            found = files.collect(new.contract.name, str(place), fetch=fetch, allow_remote=allow_remote)
            documents = _at(revision, found.documents, files.uri_of(Path(folder)))
            yield load(new.contract.name, documents), new.contract, (*found.notes, *new.notes)


def _at(revision: str, documents: Documents, folder: str) -> Documents:
    """Return documents under their names in the revision, as paths from the root: references may lead up to it."""
    names = {uri: uri.replace(f"{folder}/", f"{revision}:/", 1) for uri in documents.data}
    data = {names[uri]: held for uri, held in documents.data.items()}
    trees = {names[uri]: documents.tree(uri) for uri in documents.data}
    return Documents(names[documents.root], data, trees=trees)
