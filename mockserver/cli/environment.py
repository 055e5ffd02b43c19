"""`mockserver env`."""

from __future__ import annotations

import click

from mockserver.api.contract import places
from mockserver.cli.options import PORT, contracts_option
from mockserver.edges import settings


@click.command(epilog='\b\nExamples:\n  eval "$(mockserver env)"\n  mockserver env shipping --port 4011')
@click.argument("service", nargs=-1)
@contracts_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the mock listens.")
@click.option("--port", default=4010, show_default=True, type=PORT, help="Where the mock listens.")
def env(service: tuple[str, ...], contracts: str | None, host: str, port: int) -> None:
    """Print the variables that point a program at the running mock."""
    said = settings.read()
    for name in places(service, contracts):
        for variable in said.service(name).variables:
            click.echo(f"export {variable}=http://{host}:{port}/{name}")
