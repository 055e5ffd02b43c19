"""The command `mockserver`."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from mockserver.errors import MockserverError

_COMMANDS = {
    "init": "init",
    "add": "add",
    "update": "add",
    "serve": "serve",
    "check": "check",
    "lint": "lint",
    "verify": "verify",
    "usage": "usage",
    "diff": "diff",
    "drift": "drift",
    "cassettes": "cassettes",
    "record": "proxy",
    "proxy": "proxy",
    "infer": "infer",
    "coverage": "coverage",
    "accept": "accept",
    "explain": "explain",
    "env": "environment",
}
"""The module of each command, in the order of the help; a command is loaded when it is called."""

_CLOSED_PIPE = 141  # as a shell tells it: 128 and SIGPIPE

EXAMPLES = """\b
Examples:
  mockserver add shipping https://api.example/openapi.yaml     fetch a vendor's contract
  mockserver serve                                  every contract in contracts/
  mockserver serve shipping -- python -m shop       your program, with SHIPPING_SERVICE set
  mockserver serve https://api.example/openapi.yaml
  mockserver check                                  everything offline: the one command for CI
  mockserver lint                                   is the document sound and testable?
  mockserver verify client shop.shipping:Client     drive your real client with all that the contract allows
  mockserver usage shop.shipping:Client             what does your client depend on? proved by running it
  mockserver verify mock                            does the mock keep the contract?
  mockserver diff --against origin/main             what does this change break?
  mockserver drift                                  does the live API keep it? read-only
  mockserver record shipping/create -- python d.py  a cassette of what the live API says
  mockserver cassettes check                        do recordings keep the contract, hold secrets?
  mockserver coverage report                        what was your client shown, and what has it sent?
  mockserver explain request-required
"""


class _Commands(click.Group):
    """Commands that are loaded one by one: `serve` is up before `lint` would be read."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names (click)."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one (click)."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        gc.disable()  # what is loaded stays: to look at it again and again is a twentieth of the start
        try:
            found: click.Command = getattr(import_module(f"mockserver.cli.{_COMMANDS[cmd_name]}"), cmd_name)
        finally:
            gc.enable()
        return found


@click.group(
    cls=_Commands, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="mockserver", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep contract, client, mocks and live API true to one another.

    SERVICE is a name in contracts/, a path, or an address.

    Exit codes: 0 clean, 1 violations, 2 usage or unreadable input, 3 nothing could be checked.
    """


def run() -> None:
    """Run the command; an error of ours is three lines and an exit code, never a traceback."""
    shown = sys.stdout
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
        sys.exit(_CLOSED_PIPE)
    except SystemExit:
        if sys.stdout is not shown:  # click wraps it when it finds the pipe closed; its 1 would mean violations
            sys.exit(_CLOSED_PIPE)
        raise
