"""Clients that words or the configuration name, as suites: what `verify client`, `usage` and `check` have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from mockserver.api.contract import places
from mockserver.edges import settings
from mockserver.errors import CouldNotCheck, UsageError
from mockserver.jobs.verify.faults import Faulted
from mockserver.values import Struct

if TYPE_CHECKING:
    from mockserver.api.clients.suite import ClientSuite


class Target(Struct, frozen=True):
    """A client to verify: its name in Python, its service, the errors it declares."""

    name: str
    service: str
    raises: tuple[str, ...]


def targets(
    target: str | None, service: str | None, raises: tuple[str, ...], contracts: str | None
) -> Iterator[Target]:
    """Yield what is to be verified: what was named, or every client of the configuration."""
    said = settings.read()
    configured = {name: one for name, one in said.services.items() if one.client}
    if target is None or target in configured:
        chosen = configured if target is None else {target: configured[target]}
        if not chosen:
            raise UsageError(
                "no client is named",
                fix="name it, as shop.shipping:ShippingClient, or write client = under the service",
            )
        for name, one in chosen.items():
            yield Target(one.client, name, raises or one.raises)
        return
    by_client = next((name for name, one in configured.items() if one.client == target), None)
    if service is None and by_client is not None:
        yield Target(target, by_client, raises or configured[by_client].raises)
        return
    yield Target(target, service or _guessed(target, contracts), raises)


def _guessed(target: str, contracts: str | None) -> str:
    """Return the service that a target's name speaks of, or the only one."""
    names = list(places((), contracts))
    spoken = [name for name in names if name.lower() in target.lower()]
    if len(names) == 1 or len(spoken) == 1:
        return (spoken or names)[0]
    raise UsageError(f"{target}: which service does it talk to?", fix=f"add --service {' or --service '.join(names)}")


def suite_of(target: Target, contracts: str | None) -> tuple[ClientSuite, str]:
    """Return the suite of a client, and the name that it goes by."""
    from mockserver.api.clients.subject import errors_named, imported  # noqa: PLC0415 - as above
    from mockserver.api.clients.suite import ClientSuite  # noqa: PLC0415 - a client is not what `serve` waits for

    found: Any = imported(target.name, target.service)
    if isinstance(found, ClientSuite):
        return found, target.name
    raises = errors_named(target.raises)
    return ClientSuite(target.service, found, raises=raises, contracts=contracts), target.name


def show_bindings(suite: ClientSuite, name: str) -> None:
    """Print what is bound; raise CouldNotCheck when nothing is."""
    bindings = suite.bindings
    total = len(bindings) + len(suite.unbound)
    click.echo(f"{suite.service.name}: {len(bindings)} of {total} public methods of {name} bound", err=True)
    width = max((len(_short(one.spelled)) for one in bindings), default=0)
    for one in bindings:
        operations = ", ".join(f"{operation.name}  {operation.label}" for operation in one.operations)
        click.echo(f"  {_short(one.spelled):<{width}}  {operations}  {one.how}", err=True)
    for method, why in suite.unbound:
        click.echo(f"? {_short(method):<{width}}  {why}", err=True)
    if not bindings and not suite.strays:
        raise CouldNotCheck(
            f"no method of {name} is bound to an operation of {suite.service.name}",
            fix="say which operations they call: @suite.calls(...) in a suite, see docs/verify.md",
        )


def _short(spelled: str) -> str:
    return spelled if len(spelled) <= 70 else f"{spelled[:67]}..."


def show_faults(faults: Sequence[Faulted]) -> None:
    """Print how the calls of each method ended, fault by fault."""
    rows = dict.fromkeys((one.label, one.operation) for one in faults)
    named = {row: f"{row[1]} ({row[0]})" for row in rows}
    columns = list(dict.fromkeys(one.fault for one in faults))
    cells = {(one.label, one.operation, one.fault): _ended(one) for one in faults}
    first = max(map(len, named.values()), default=0)
    width = {fault: max(len(fault), *(len(cells[*row, fault]) for row in rows)) for fault in columns}
    click.echo(f"{'':<{first}}  " + "  ".join(f"{fault:<{width[fault]}}" for fault in columns).rstrip())
    for row, name in named.items():
        told = "  ".join(f"{cells[*row, fault]:<{width[fault]}}" for fault in columns)
        click.echo(f"{name:<{first}}  {told.rstrip()}")


def _ended(faulted: Faulted) -> str:
    words = {"sent twice": "SENT TWICE", "hung": "HUNG", "swallowed": "SWALLOWED", "crashed": "CRASHED"}
    return words.get(faulted.end, faulted.end)


def show_grade(grade: Mapping[str, int]) -> None:
    """Print how a client takes answers that break the contract."""
    total = sum(grade.values())
    told = ", ".join(f"{name} {count} ({100 * count // total} %)" for name, count in grade.items())
    click.echo(f"of {total} answers that break the contract: {told}" if total else "no answer could be broken")
