"""The command `mockserver`."""

from __future__ import annotations

import sys

import click

from mockserver.cli.environment import env
from mockserver.cli.explain import explain
from mockserver.cli.lint import lint
from mockserver.cli.serve import serve
from mockserver.errors import MockserverError

EXAMPLES = """\b
Examples:
  mockserver serve                                  every contract in contracts/
  mockserver serve shipping -- python -m shop       your program, with SHIPPING_SERVICE set
  mockserver serve https://api.example/openapi.yaml
  mockserver lint                                   is the document sound and testable?
  mockserver explain request-required
"""


@click.group(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mockserver", message="%(prog)s %(version)s")
def cli() -> None:
    r"""Keep contract, client, mocks and live API true to one another.

    SERVICE is a name in contracts/, a path, or an address.

    \b
    Exit codes: 0 clean, 1 violations, 2 usage or unreadable input, 3 nothing could be checked.
    """


for command in (serve, lint, explain, env):
    cli.add_command(command)


def run() -> None:
    """Run the command; an error of ours is three lines and an exit code, never a traceback."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as over:
        sys.exit(over.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except MockserverError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(141)
