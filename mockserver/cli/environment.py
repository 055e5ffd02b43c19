"""`mockserver env`."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mockserver.cli.options import contracts_option
from mockserver.edges import files


@click.command(epilog='\b\nExamples:\n  eval "$(mockserver env)"\n  mockserver env shipping --port 4011')
@click.argument("service", nargs=-1)
@contracts_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the mock listens.")
@click.option("--port", default=4010, show_default=True, help="Where the mock listens.")
def env(service: tuple[str, ...], contracts: str, host: str, port: int) -> None:
    """Print the variables that point a program at the running mock."""
    for name in files.choose(service, Path(contracts)):
        click.echo(f"export {variable(name)}=http://{host}:{port}/{name}")


def variable(name: str) -> str:
    """Return the variable that holds the address of a service.

    >>> variable("shipping-eu")
    'SHIPPING_EU_SERVICE'
    """
    return f"{re.sub(r'[^A-Za-z0-9]+', '_', name).strip('_').upper()}_SERVICE"
