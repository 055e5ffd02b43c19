"""`mockserver serve`."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.options import PORT, SECONDS, Loaded, allow_remote_option, contracts_option, load_services
from mockserver.edges import settings
from mockserver.edges.clock import SystemClock
from mockserver.edges.console import RequestLog
from mockserver.edges.flask_app import MockApp
from mockserver.edges.memory import settle
from mockserver.edges.runner import Server
from mockserver.edges.watch import Watch
from mockserver.errors import MockserverError, UsageError
from mockserver.exchange import Request
from mockserver.jobs.sample import Sampler, curl
from mockserver.jobs.serve import Session, overlaps
from mockserver.jobs.service import Answer, OnViolation, Service, Settings
from mockserver.redact import redact_text, redact_violation
from mockserver.report.model import many
from mockserver.schema.compile import Validators
from mockserver.values import Struct

if TYPE_CHECKING:
    from mockserver.jobs.coverage import Coverage
    from mockserver.jobs.replay import Recordings

_LISTED = 40
_COMMAND = "mockserver.command"


class _Asked(Struct, frozen=True):
    """What was asked for on the command line."""

    services: tuple[str, ...]
    contracts: str | None
    allow_remote: bool
    lenient: bool

    def load(self, validators: Validators) -> tuple[tuple[Service, ...], tuple[Loaded, ...]]:
        loaded = tuple(load_services(self.services, self.contracts, allow_remote=self.allow_remote))
        return tuple(Service(one.contract, validators, lenient=self.lenient) for one in loaded), loaded


class _WithCommand(click.Command):
    """A command that ends at `--`: what stands behind is another program's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the other program's words away before click reads the rest."""
        if "--" in args:
            split = args.index("--")
            ctx.meta[_COMMAND] = tuple(args[split + 1 :])
            args = args[:split]
            if not ctx.meta[_COMMAND]:
                raise UsageError("there is no command after --", fix="mockserver serve -- python -m shop")
        return super().parse_args(ctx, args)


@click.command(
    cls=_WithCommand,
    epilog="\b\nExamples:\n  mockserver serve\n  mockserver serve shipping --port 4011 --delay 0.2\n"
    "  mockserver serve shipping -- python -m shop\n  mockserver serve shipping --cassettes\n"
    "  mockserver serve shipping --coverage seen.json -- npm test\n"
    "  mockserver serve vendor/openapi.yaml --lenient --no-security",
)
@click.argument("service", nargs=-1, metavar="[SERVICE]... [-- COMMAND]")
@contracts_option
@allow_remote_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=4010, show_default=True, type=PORT, help="Where to listen; 0 takes a free one.")
@click.option(
    "--strict/--lenient",
    default=True,
    help="Reject every violation, or only missing, mistyped and unlisted values.  [default: strict]",
)
@click.option(
    "--on-violation",
    type=click.Choice(["reject", "report"]),
    default="reject",
    show_default=True,
    help="Answer a wrong request with an error, or answer anyway and only tell.",
)
@click.option(
    "--cassettes",
    is_flag=False,
    flag_value="",
    metavar="[DIR]",
    help="Answer what was recorded first: from this folder, or from the configured one.",
)
@click.option("--nearest", is_flag=True, help="With --cassettes: the nearest recording of an operation answers too.")
@click.option("--no-security", is_flag=True, help="Let everybody in.")
@click.option("--seed", default=0, show_default=True, help="Another seed, other imagined answers.")
@click.option(
    "--delay", default=0.0, show_default=True, type=SECONDS, metavar="SECONDS", help="Wait before every answer."
)
@click.option("--coverage", metavar="FILE", help="Write what clients were shown and have sent, when the mock stops.")
@click.option("--watch", is_flag=True, help="Reload when a contract or a file it refers to changes.")
@click.option("--workers", default=1, show_default=True, help="Processes; more than one is refused.")
@click.option("--quiet", "-q", is_flag=True, help="No line for each request.")
@click.pass_context
def serve(
    context: click.Context,
    service: tuple[str, ...],
    contracts: str | None,
    *,
    allow_remote: bool,
    host: str,
    port: int,
    strict: bool,
    on_violation: OnViolation,
    cassettes: str | None,
    nearest: bool,
    no_security: bool,
    seed: int,
    delay: float,
    coverage: str | None,
    watch: bool,
    workers: int,
    quiet: bool,
) -> int:
    """Answer like the API, from its contract alone.

    With a COMMAND after --, the mock runs as long as the command does, and <NAME>_SERVICE is set for it (and what
    the configuration names as env).
    """
    begun = time.perf_counter()
    if workers != 1:
        raise UsageError(
            f"--workers {workers}: journal and state live in one process",
            fix="leave --workers out; one process answers some thousand requests a second",
        )
    if nearest and cassettes is None:
        raise UsageError("--nearest says which recordings answer", fix="add --cassettes")
    command: tuple[str, ...] = context.meta.get(_COMMAND, ())
    asked = _Asked(service, contracts, allow_remote=allow_remote, lenient=not strict)
    validators = Validators()
    ready, loaded = asked.load(validators)
    settings = Settings(strict=strict, on_violation=on_violation, security=not no_security, seed=seed, delay_s=delay)
    recorded = None if cassettes is None else _recorded(ready, cassettes, nearest=nearest)
    session = Session(ready, settings, SystemClock(), recorded)
    app = MockApp(session)
    settle()  # contracts stay for as long as the process does
    server = Server(app, host=host, port=port)
    measured = _measured(app) if coverage is not None else None
    log = None if quiet else RequestLog(lambda request, answer: explained(app.session, request, answer))
    app.listener = log
    watcher = _watch(app, asked, loaded, validators, measured) if watch else None
    try:
        if command:
            server.start()
            _banner(app.session, loaded, server.url, begun)
            return _run(command, app.session, server.url)
        server.run(on_ready=lambda: _banner(app.session, loaded, server.url, begun))
        return 0
    finally:
        server.stop()
        if watcher is not None:
            watcher.stop()
        if log is not None:
            log.close()
        if measured is not None and coverage is not None:
            _save(coverage, measured)


def _recorded(services: Sequence[Service], folder: str, *, nearest: bool) -> Recordings:
    """Read the cassettes that are to answer first."""
    from mockserver.api.recorded import recordings  # noqa: PLC0415 - most mocks have no cassettes

    found = recordings(services, folder, nearest=nearest)
    click.echo(f"  {len(found)} recorded answers come first")
    return found


def _run(command: Sequence[str], session: Session, url: str) -> int:
    said = settings.read()
    pointed = {name: one.name for one in session.services for name in said.service(one.name).variables}
    # a mock lets every credential in: the program need not have one
    secret = {name for one in session.services for name in said.service(one.name).secret_variables}
    usual = dict.fromkeys(secret, "any")
    env = {**usual, **os.environ, **{variable: f"{url}/{name}" for variable, name in pointed.items()}}
    try:
        return subprocess.run(command, env=env, check=False).returncode  # noqa: S603 - it is the user's own command
    except OSError as refused:
        raise UsageError(
            f"{command[0]} cannot be run: {refused.strerror}", where=" ".join(command), fix="mend the command"
        ) from refused


def _measured(app: MockApp) -> Coverage:
    """Measure what is shown to clients and what they send; `/_mockserver/coverage` tells it at any time."""
    from mockserver.coverage.stored import plain  # noqa: PLC0415 - only where it is measured
    from mockserver.jobs.coverage import Coverage  # noqa: PLC0415 - as above

    found = Coverage()
    app.session.observer = found.observer(app.session.services)
    app.coverage = lambda: plain(found.seen())
    return found


def _save(file: str, measured: Coverage) -> None:
    from mockserver.api.coverage import save_seen  # noqa: PLC0415 - as above

    save_seen(file, measured.seen())
    click.echo(f"  wrote {file}: mockserver coverage report {file}")


def _watch(
    app: MockApp, asked: _Asked, loaded: Sequence[Loaded], validators: Validators, measured: Coverage | None
) -> Watch:
    current = list(loaded)

    def files() -> list[Path]:
        said = settings.read()
        folder = Path(said.contracts if asked.contracts is None else asked.contracts)
        listed = sorted(folder.iterdir()) if folder.is_dir() and not asked.services else []
        configured = [Path(said.file)] if said.file else []
        return [*listed, *configured, *(path for one in current for path in one.files)]

    def changed() -> None:
        try:
            services, now = asked.load(validators)
        except MockserverError as broken:
            click.echo(f"  not reloaded, the last good contract goes on: {broken}", err=True)
            return
        current[:] = now
        app.session.replace_services(services)
        if measured is not None:
            app.session.observer = measured.observer(services)
        click.echo(f"  reloaded {', '.join(service.name for service in services)}")

    watcher = Watch(files, changed)
    watcher.start()
    return watcher


def _banner(session: Session, loaded: Sequence[Loaded], url: str, begun: float) -> None:
    width = max(len(service.name) for service in session.services)
    for service in session.services:
        flaws = sum(violation.level == "error" for violation in service.contract.flaws)
        told = f"   {flaws} broken: mockserver lint {service.name}" if flaws else ""
        count = len(service.contract.operations)
        click.echo(f"  {service.name:<{width}}  {url}/{service.name}   {many(count, 'operation')}{told}")
        for operation in service.contract.operations[:_LISTED]:
            click.echo(f"  {'':<{width}}    {operation.method:<7} {operation.template}")
        if count > _LISTED:
            click.echo(f"  {'':<{width}}    and {count - _LISTED} more: {url}/_mockserver/contract")
    for one in loaded:
        for note in one.notes:
            click.echo(f"  overlay of {one.contract.name}: {note}")
    for base, names in overlaps(session.services):
        click.echo(f"  {base} is claimed by {' and '.join(names)}: use {' or '.join(f'/{name}' for name in names)}")
    click.echo(f"  health  {url}/_mockserver/health")
    click.echo(f"  ready in {time.perf_counter() - begun:.1f} s\n")
    for line in tries(session, url):
        click.echo(f"  try     {line}")
    click.echo('  point   eval "$(mockserver env)"\n')


def tries(session: Session, url: str) -> list[str]:
    """Return up to three requests to try: a list, a thing, something new."""
    lines: list[str] = []
    for service in session.services:
        sampler = Sampler(service.plans, Validators())
        ranked = sorted(
            service.contract.operations, key=lambda one: (one.method not in {"GET", "POST"}, len(one.template))
        )
        wanted = [
            next((one for one in ranked if one.method == "GET" and "{" in one.template), None),
            next((one for one in ranked if one.method == "GET" and "{" not in one.template), None),
            next((one for one in ranked if one.method == "POST"), None),
        ]
        for operation in wanted:
            if operation is None or len(lines) == 3:
                continue
            try:
                request = sampler.request(operation)
            except MockserverError:
                continue  # a broken operation is none to try; lint tells it
            if b"\x00" not in request.body and len(request.body) < 400:
                lines.append(curl(request, f"{url}/{service.name}"))
    return lines


def explained(session: Session, request: Request, answer: Answer) -> tuple[str, str]:
    """Return the path, and in one line who did what and where the contract says so; secrets taken out."""
    service = next((service for service in session.services if service.name == answer.service), None)
    if service is None:
        return request.path, answer.source
    secrets = service.secrets().seen_in(request)
    path = redact_text(request.path, secrets)
    errors = [violation for violation in answer.violations if violation.level == "error"]
    if not errors:
        return path, answer.source
    first = redact_violation(errors[0], secrets)
    who = {"consumer": "your client", "provider": "the mock", "contract": "the contract"}[first.side]
    where = service.contract.documents.line_of(first.document, first.pointer)
    return path, f"{who}: {first.message}   {where}"
