"""`mockserver usage`: what a client depends on, as a file that can be reviewed and as a Pact."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from mockserver.cli.clients import show_bindings, suite_of, targets
from mockserver.cli.options import contracts_option
from mockserver.cli.progress import Progress
from mockserver.errors import UsageError
from mockserver.jobs.usage_facts import Usage, read, written

_FOLDER = "usage"
_LISTED = 20


@click.command(
    epilog="\b\nExamples:\n  mockserver usage shop.shipping:ShippingClient     writes usage/shipping.json\n"
    "  mockserver usage                                  every client of the configuration\n"
    "  mockserver usage shipping --check                 in CI: does the file still tell the truth?\n"
    "  mockserver usage shipping --pact pacts/shop-shipping.json"
)
@click.argument("target", required=False)
@click.option("--service", help="The service the client talks to, where it is not the only one.")
@click.option("--file", type=click.Path(dir_okay=False), metavar="FILE", help="Not usage/<service>.json.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the file says something else.")
@click.option("--pact", type=click.Path(dir_okay=False), metavar="FILE", help="Write it as a Pact (v3), too.")
@contracts_option
def usage(
    target: str | None, service: str | None, *, file: str | None, check: bool, pact: str | None, contracts: str | None
) -> int:
    """Find out what your client depends on, by running it: operations, parameters, fields of answers.

    Every answer that the contract documents is changed in one place at a time; where the client returns, raises or
    asks for something else, that place is used, and the file holds the run that proves it. TARGET is as for
    `verify client`. Exit 3 when no method could be bound.
    """
    sys.path.insert(0, str(Path.cwd()))
    from mockserver.api.clients.usage import usage_of  # noqa: PLC0415 - a client is not what `serve` waits for

    chosen = list(targets(target, service, (), contracts))
    if len(chosen) > 1 and (file or pact):
        raise UsageError("--file and --pact are for one client", fix="name it")
    exit_code = 0
    for one in chosen:
        suite, name = suite_of(one, contracts)
        show_bindings(suite, name)
        with Progress(len(suite.bindings)) as shown:
            found, examples = usage_of(suite, (lambda one: shown(one.label)) if shown is not None else None)
        click.echo("\n".join(_told(found)))
        path = Path(file or f"{_FOLDER}/{found.service}.json")
        if check:
            exit_code = max(exit_code, _compared(path, found))
        else:
            _write(path, written(found))
        if pact is not None:
            from mockserver.jobs.pact import pact as as_pact  # noqa: PLC0415 - only for --pact

            page, left = as_pact(name, found.service, examples)
            _write(Path(pact), json.dumps(page, indent=2, ensure_ascii=False) + "\n")
            for sentence in left:
                click.echo(f"not in the Pact: {sentence}", err=True)
    return exit_code


def _told(found: Usage) -> Iterator[str]:
    width = max(map(len, found.operations), default=0)
    for name in sorted(found.operations):
        one = found.operations[name]
        uses = [use.use for answers in one.reads.values() for use in answers.values()]
        passed = f", {uses.count('passed')} only passed on" if "passed" in uses else ""
        yield f"  {name:<{width}}  sends {len(one.sends)}, reads {uses.count('read')}{passed}"
    yield from (f"not checked: {sentence}" for sentence in found.unchecked)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as refused:
        raise UsageError(f"{path} cannot be written: {refused.strerror}", fix="name a writable file") from refused
    click.echo(f"  wrote {path}", err=True)


def _compared(path: Path, found: Usage) -> int:
    """Tell what a file says otherwise; the runs that prove it are no part of that."""
    if not path.is_file():
        raise UsageError(f"there is no file {path}", fix="write it: mockserver usage")
    before, now = dict(_facts(read(path.read_bytes(), str(path)))), dict(_facts(found))
    lines = [f"- {fact}  {before[fact]}" for fact in before if now.get(fact) != before[fact]]
    lines += [f"+ {fact}  {now[fact]}" for fact in now if now[fact] != before.get(fact)]
    for line in lines[:_LISTED]:
        click.echo(line)
    if len(lines) > _LISTED:
        click.echo(f"and {len(lines) - _LISTED} more")
    told = f"{len(lines)} facts differ: mockserver usage writes it anew" if lines else "the client does what it says"
    click.echo(f"{path}: {told}")
    return 1 if lines else 0


def _facts(usage: Usage) -> Iterator[tuple[str, str]]:
    for name, one in usage.operations.items():
        yield name, "called"
        yield from ((f"{name} sends {place}", "sent") for place in one.sends)
        for answer, uses in one.reads.items():
            yield from ((f"{name} {answer} {place}", use.use) for place, use in uses.items())
