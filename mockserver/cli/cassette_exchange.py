"""`mockserver cassettes import`, `export` and `refresh`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from mockserver.api.cassette import Contracts, leaking
from mockserver.cassette.leaks import leaks_in
from mockserver.cassette.model import Cassette, Interaction, host_of
from mockserver.cassette.scrub import Scrubber
from mockserver.cli.options import COUNT, contracts_option, header_option, public_option, secret_option, url_option
from mockserver.edges import cassette_files, settings
from mockserver.errors import CouldNotCheck, UnreadableDocument, UsageError
from mockserver.exchange import Headers, Request
from mockserver.jobs import refresh as job
from mockserver.jobs.configuration import ServiceSettings
from mockserver.jobs.judge import digest, judge
from mockserver.values import replace
from mockserver.violation import errors_in

_LOCAL = "http://localhost"


def _path(folder: Path, name: str) -> Path:
    named = Path(name)
    if named.suffix.lower() in {*cassette_files.SUFFIXES, ".har"}:
        return named if named.parts[:1] == folder.parts[:1] or named.is_file() else folder / named
    return folder / f"{name}.yaml"


def _clean(path: Path, cassette: Cassette, known: Contracts) -> Cassette:
    """Return a cassette without secrets; raise where one would remain."""
    interactions = Scrubber(known.rules, cassette_files.key()).scrub(cassette.interactions)
    found = [leak for _, leak in leaks_in(interactions, known.rules)]
    if found:
        raise leaking(path, found)
    return replace(cassette, interactions=interactions, notes=(), at=())


@click.command(
    "import",
    epilog="\b\nExamples:\n  mockserver cassettes import session.har shipping/session --host api.shipping.example\n"
    "  mockserver cassettes import mappings.json shipping/stubs --url https://api.shipping.example/v2",
)
@click.argument("file")
@click.argument("name")
@contracts_option
@click.option("--host", multiple=True, help="Only what was exchanged with this host. Repeatable.")
@url_option("Where recordings without an address belong (WireMock).")
@click.option("--force", is_flag=True, help="Write over a cassette that is there.")
@public_option
@secret_option
def import_(
    file: str,
    name: str,
    contracts: str | None,
    *,
    host: tuple[str, ...],
    url: str,
    force: bool,
    public: tuple[str, ...],
    secret: tuple[str, ...],
) -> int:
    """Write cassettes/<NAME>.yaml from a HAR, VCR, Betamax, WireMock or Postman file, scrubbed.

    What cannot be taken over is told; a cassette that is there stays, but with --force. Exit 1 when what was imported
    does not keep its contract.
    """
    known = Contracts(contracts, public=public, secret=secret)
    path = _path(known.folder, name)
    if path.exists() and not force:
        raise UsageError(
            "there is such a cassette", where=str(path), fix="take another name, or write over it: --force"
        )
    tape = cassette_files.load(Path(file), known.folder)
    hosts = {one.lower() for one in host}
    wanted = [_at(one, url) for one in tape.cassette.interactions if not hosts or host_of(one.origin) in hosts]
    for note in tape.cassette.notes:
        click.echo(f"  left out: {note}", err=True)
    if not wanted:
        raise CouldNotCheck("nothing of this file can be imported", where=file, fix="look at what was left out")
    service = cassette_files.service_of(path, known.folder)
    cassette = _clean(path, replace(tape.cassette, interactions=tuple(wanted)), known)
    cassette_files.save(path, cassette)
    broken = [
        found for one in cassette.interactions for found in errors_in(judge(one, known.homes, service).violations)
    ]
    click.echo(f"wrote {path}: {len(wanted)} interactions", err=True)
    if broken:
        click.echo(f"  {len(broken)} errors by the contract: mockserver cassettes check {path}", err=True)
    return 1 if broken else 0


def _at(one: Interaction, url: str) -> Interaction:
    if not url or one.origin != _LOCAL:
        return one
    scheme, _, rest = url.rstrip("/").partition("://")
    authority, slash, base = rest.partition("/")
    target = f"{slash}{base}{one.request.target}"
    return replace(one, origin=f"{scheme}://{authority}", request=replace(one.request, target=target))


@click.command(epilog="\b\nExamples:\n  mockserver cassettes export shipping/create --to create.har")
@click.argument("name")
@contracts_option
@click.option("--to", "target", required=True, metavar="FILE", help="A .har, or VCR's form as .yaml or .json.")
@public_option
@secret_option
def export(name: str, contracts: str | None, *, target: str, public: tuple[str, ...], secret: tuple[str, ...]) -> int:
    """Write a cassette in the form of another tool, without its secrets."""
    known = Contracts(contracts, public=public, secret=secret)
    path = _path(known.folder, name)
    cassette = _clean(Path(target), cassette_files.load(path, known.folder).cassette, known)
    match Path(target).suffix.lower():
        case ".har":
            from mockserver.edges.harfile import write_har  # noqa: PLC0415 - only here

            cassette_files.replace_file(Path(target), write_har(cassette))
        case ".yaml" | ".yml" | ".json":
            cassette_files.save(Path(target), cassette)
        case other:
            raise UsageError(f"{other or target} is no form that is written", fix="name a .har, .yaml or .json file")
    click.echo(f"wrote {target}: {len(cassette.interactions)} interactions", err=True)
    return 0


@click.command(
    epilog="\b\nExamples:\n  mockserver cassettes refresh shipping --url https://test.shipping.example/v2\n"
    "  mockserver cassettes refresh cassettes/shipping/create.yaml --all --unsafe"
)
@click.argument("path", nargs=-1)
@contracts_option
@url_option("Where the API lives; else as configured.")
@header_option
@click.option(
    "--older-than", default=180, show_default=True, type=COUNT, metavar="DAYS", help="What is older is stale."
)
@click.option("--all", "everything", is_flag=True, help="Ask all again, not only what is stale.")
@click.option("--unsafe", is_flag=True, help="Send POST, PUT, PATCH and DELETE again, too.")
@public_option
@secret_option
def refresh(
    path: tuple[str, ...],
    contracts: str | None,
    *,
    url: str,
    header: tuple[tuple[str, str], ...],
    older_than: int,
    everything: bool,
    unsafe: bool,
    public: tuple[str, ...],
    secret: tuple[str, ...],
) -> int:
    """Record again what is stale: expired, too old, or no longer in keeping with its contract.

    PATH is a file, a folder or a service. Credentials are the configuration's, or --header. Exit 1 when what the API
    answers now does not keep its contract.
    """
    known = Contracts(contracts, public=public, secret=secret)
    words = [str(known.folder / word) if word in known.homes.services else word for word in path]
    wanted = job.Wanted(datetime.now(UTC), older_than, everything, unsafe)
    live = job.Live(
        lambda name: url or settings.address(_said(name)), lambda name: _credentials(_said(name), header), _sender()
    )
    files = cassette_files.found(words, known.folder)
    broken = asked = unreadable = 0
    for file in files:
        try:
            tape = cassette_files.load(file, known.folder)
        except UnreadableDocument as error:
            click.echo(f"error: {error}", err=True)
            unreadable += 1
            continue
        found = job.refresh(tape.cassette, known.homes, tape.service, wanted, live)
        for line in (*found.done, *(f"left: {line}" for line in found.left)):
            click.echo(f"  {line}")
        asked += len(found.done)
        if found.done:
            cassette = _stamped(_clean(file, found.cassette, known), known, tape.service)
            cassette_files.save(file, cassette)
            judged = [judge(one, known.homes, tape.service) for one in cassette.interactions]
            broken += sum(bool(errors_in(one.violations)) for one in judged)
    click.echo(f"{asked} recorded again" + (f", {broken} do not keep the contract" if broken else ""))
    return 2 if unreadable else 1 if broken else 0


def _said(name: str) -> ServiceSettings:
    return settings.read().service(name)


def _sender() -> job.Send:
    """Return what sends requests, all with one session."""
    from mockserver.edges.proxy import forward, new_session  # noqa: PLC0415 - loads requests

    session = new_session()

    def send(address: str, request: Request) -> job.Sent:
        begun = time.perf_counter()
        response, reason = forward(session, address, request)
        return response, reason, time.perf_counter() - begun

    return send


def _credentials(said: ServiceSettings, header: Headers) -> Headers:
    """Return the fields that say who asks: those given, else those of the configuration."""
    if header:
        return tuple((name, settings.secret(value).get_secret_value()) for name, value in header)
    found: list[tuple[str, str]] = []
    for one in said.auth:
        value = settings.secret(one.words.get("value", ""), said.where).get_secret_value()
        match one.place:
            case "header":
                found.append((one.name, value))
            case "bearer":
                found.append(("Authorization", f"Bearer {value}"))
            case other:
                raise UsageError(
                    f"refresh does not know how to sign with {other}", where=said.where, fix="give it: --header"
                )
    return tuple(found)


def _stamped(cassette: Cassette, known: Contracts, service: str) -> Cassette:
    """Return a cassette whose new recordings say which contract they were checked against."""
    stamped = []
    for one in cassette.interactions:
        judged = judge(one, known.homes, service)
        if judged.service and not one.recorded.contract:
            mark = digest(known.homes.services[judged.service].contract)
            one = replace(one, recorded=replace(one.recorded, operation=judged.operation, contract=mark))  # noqa: PLW2901
        stamped.append(one)
    return replace(cassette, interactions=tuple(stamped))
