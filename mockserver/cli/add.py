"""`mockserver add` and `update`: a vendor's contract, fetched, and later a newer one beneath your overlay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from mockserver.api.accepting import folder_of
from mockserver.api.contract import load_contract, places
from mockserver.api.vendor import Fetched, checked_name, configure, errors_of, fetched, keep, needs
from mockserver.cli.options import contracts_option
from mockserver.contract.model import Contract
from mockserver.edges import files, settings
from mockserver.errors import CouldNotCheck, MockserverError, UsageError
from mockserver.jobs import diff as job
from mockserver.report.model import counted, many
from mockserver.values import replace

_LISTED = 10


@click.command(
    epilog="\b\nExamples:\n  mockserver add shipping https://api.shipping.example/openapi.yaml\n"
    "  mockserver add shipping ~/Downloads/openapi.json"
)
@click.argument("name")
@click.argument("url", metavar="URL")
@contracts_option
def add(name: str, url: str, *, contracts: str | None) -> int:
    """Fetch a vendor's contract into contracts/NAME.yaml, and remember where it came from.

    A contract of several documents becomes a folder. What cannot be read is not kept.
    """
    folder = folder_of(contracts)
    known = _known(contracts)
    if checked_name(name) in known:
        raise UsageError(f"there is a contract {name}", where=known[name], fix=f"mockserver update {name}")
    with fetched(name, url, folder, None) as new:
        target = folder / new.root.relative_to(new.staged)
        keep(new, target)
        _told(new, target)
    words = {"contract": str(target)} if new.is_folder else {}
    if files.is_address(url):
        words["source"] = url
    if words:
        click.echo(f"  wrote {configure(name, words)}   {', '.join(words)} of {name}")
    click.echo(f"\n  try  mockserver serve {name}")
    return 0


def _known(contracts: str | None) -> dict[str, str]:
    try:
        return places((), contracts)
    except UsageError:  # there is none yet
        return {}


def _told(new: Fetched, target: Path) -> None:
    contract = new.contract
    asks = needs(contract)
    said = [f"OpenAPI {contract.version}", many(len(contract.operations), "operation")]
    said += [f"needs {' or '.join(asks)}"] if asks else []
    said += [f"{len(new.errors)} errors: mockserver lint {contract.name}"] if new.errors else []
    click.echo(f"  wrote {target}   {', '.join(said)}")
    for uri in new.elsewhere:
        click.echo(f"  refers to {uri}: follow it with --allow-remote")


@click.command(
    epilog="\b\nExamples:\n  mockserver update shipping\n  mockserver update                 all that have a source\n"
    "  mockserver update shipping --from ./openapi-v3.yaml"
)
@click.argument("name", nargs=-1)
@click.option("--from", "source", metavar="URL", help="Another place than the configuration's source.")
@click.option("--force", is_flag=True, help="Take it although lint finds errors that the old one did not have.")
@contracts_option
def update(name: tuple[str, ...], *, source: str | None, force: bool, contracts: str | None) -> int:
    """Fetch newer versions of contracts, and say what they change. Overlays stay, and are applied to the new version.

    A new version that cannot be read, on which the overlay no longer fits, or in which lint finds errors that the old
    one did not have, is refused: the old one stays, and that is exit 1.
    """
    sources = _sources(name, source, contracts)
    refused = 0
    for one, url in sources.items():
        try:
            _update(one, url, contracts, force=force)
        except CouldNotCheck:
            raise
        except MockserverError as broken:
            click.echo(f"{one}: refused, the old one stays\n{broken}", err=True)
            refused = 1
    return refused


def _sources(names: tuple[str, ...], source: str | None, contracts: str | None) -> dict[str, str]:
    """Return where to fetch what."""
    chosen = places(names, contracts)
    if source is not None:
        if len(names) != 1:
            raise UsageError("--from is the place of one contract", fix="name it before")
        return {names[0]: source}
    said = settings.read()
    found = {one: said.service(one).source for one in chosen if said.service(one).source}
    for one in names:
        if one not in found:
            raise UsageError(
                f"nobody knows where {one} comes from",
                fix=f'write source = "https://..." under [tool.mockserver.services.{one}], or give --from URL',
            )
    if not found:
        raise CouldNotCheck("no contract has a source", fix="mockserver update NAME --from URL")
    return found


def _update(name: str, url: str, contracts: str | None, *, force: bool) -> None:
    target = Path(places([name], contracts)[name])
    old = load_contract(name, contracts=contracts, allow_remote=True)
    folder = folder_of(contracts)
    overlay = next(iter(sorted(target.parent.glob(f"{target.stem}.overlay.*"))), None)
    with fetched(name, url, folder, overlay) as new:
        if new.is_folder != (target.parent.name == name):
            raise UsageError(
                "it was one document and is several now, or the other way round",
                where=str(target),
                fix=f"take {target} away, and add it anew: mockserver add {name} {url}",
            )
        worse = new.errors - errors_of(old)
        if worse and not force:
            raise UsageError(
                f"lint finds {len(worse)} errors that the old one does not have",
                where=url,
                fix=f"mockserver lint {url}; take it all the same: mockserver update {name} --force",
            )
        if not new.is_folder and new.root.read_bytes() == target.read_bytes():
            click.echo(f"{name}: as it was")
            return
        changes = list(_changes(old, new.contract))
        keep(new, target)
        click.echo(f"  wrote {target}   {_edition(old)} -> {_edition(new.contract)}")
        for note in new.notes:
            click.echo(f"  {note}")
        for line in changes:
            click.echo(line)


def _edition(contract: Contract) -> str:
    """Return the version that the owner gave the document; OpenAPI's own where there is none."""
    info = contract.root.tree.get("info") if isinstance(contract.root.tree, dict) else None
    said = info.get("version") if isinstance(info, dict) else None
    return said if isinstance(said, str) else contract.version


def _changes(old: Contract, new: Contract) -> Iterator[str]:
    """Yield what a new version changes, the worst first."""
    found = job.diff(old, new, today=datetime.now(UTC).date())
    report = job.report(found, old, new, "")
    yield f"{new.name}: {counted(replace(report, checked=1)) if report.findings else 'nothing that a client notices'}"
    for finding in report.findings[:_LISTED]:
        yield f"  {finding.level:<7}  {finding.operation}  {finding.message}"
    if len(report.findings) > _LISTED:
        yield f"  and {len(report.findings) - _LISTED} more: mockserver diff {new.name} --against HEAD"
