"""`mockserver infer`."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver.cassette.model import Interaction, host_of
from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.edges import cassette_files, settings
from mockserver.edges.yaml_text import write_yaml_text
from mockserver.errors import UsageError
from mockserver.jobs import infer as job
from mockserver.jobs.homes import Homes
from mockserver.jobs.judge import judge
from mockserver.jobs.service import Service
from mockserver.report.model import many
from mockserver.schema.compile import Validators
from mockserver.violation import Violation, errors_in


@click.command(
    epilog="\b\nExamples:\n  mockserver infer session.har --output contracts/shop.yaml\n"
    "  mockserver infer cassettes/shipping --host api.shipping.example",
)
@click.argument("file", nargs=-1, required=True)
@click.option("--host", default="", help="Which host's traffic; needed where there are several.")
@click.option("--output", "-o", default="", metavar="FILE", help="Where to write the contract; else it is printed.")
def infer(file: tuple[str, ...], *, host: str, output: str) -> int:
    """Write a first contract (OpenAPI 3.1) from cassettes or HTTP archives.

    It describes what was seen, and keeps the traffic that it came from; exit 1 if something of it does not.
    """
    folder = Path(settings.read().cassettes)
    tapes = [cassette_files.load(path, folder) for path in cassette_files.find(file, folder)]
    interactions = [one for tape in tapes for one in tape.cassette.interactions]
    known = job.hosts(interactions)
    if len(known) > 1 and not host:
        others = ", ".join(known[1:6])
        raise UsageError(f"there is traffic with {len(known)} hosts", fix=f"choose: --host {known[0]}, or {others}")
    wanted = [one for one in interactions if host_of(one.origin) == (host.lower() or known[0])] if known else []
    tree = job.infer(wanted, title=host or (known[0] if known else ""))
    text = write_yaml_text(tree)
    broken = [one for each in _broken(wanted, text) for one in each]
    if output:
        cassette_files.replace_file(Path(output), text.encode())
        count = sum(len(item) for item in tree["paths"].values())
        click.echo(f"wrote {output}: {many(count, 'operation')} from {many(len(wanted), 'exchange')}", err=True)
    else:
        click.echo(text, nl=False)
    for one in broken[:10]:
        click.echo(f"not kept: {one.operation}: {one.message} ({one.rule})", err=True)
    return 1 if broken else 0


def _broken(interactions: list[Interaction], text: str) -> list[tuple[Violation, ...]]:
    """Return what of the traffic the contract does not admit."""
    documents = Documents("inferred.yaml", {"inferred.yaml": text.encode()})
    homes = Homes([Service(load("inferred", documents), Validators())])
    return [errors_in(judge(one, homes).violations) for one in interactions]
