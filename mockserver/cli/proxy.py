"""`mockserver proxy` and `mockserver record`: a validating proxy before the live API, and what it writes down."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from mockserver.api.cassette import Contracts, leaking
from mockserver.api.homes import addresses_of, homes_of
from mockserver.cli.options import PORT, contracts_option, public_option, secret_option, url_option
from mockserver.client import resilient
from mockserver.edges import cassette_files, settings
from mockserver.edges.flask_app import read_environ
from mockserver.edges.proxy import ProxyApp, new_session
from mockserver.edges.runner import Server
from mockserver.errors import UnknownService, UsageError
from mockserver.exchange import Request
from mockserver.jobs.proxy import Proxy
from mockserver.jobs.recorder import Recorder, Written
from mockserver.jobs.service import OnViolation, Service
from mockserver.redact import redact_text
from mockserver.violation import Violations, errors_in

_on_violation = click.option(
    "--on-violation",
    type=click.Choice(["reject", "report"]),
    default="report",
    show_default=True,
    help="Only tell what breaks the contract, or refuse it: 400 to the client, 502 for the API.",
)


class Line:
    """Proxies that listen, and what they have heard."""

    def __init__(self, contracts: Contracts, on_violation: OnViolation) -> None:
        self._contracts = contracts
        self._on_violation = on_violation
        self.errors = 0
        self.exchanges = 0
        self.recorders: dict[Path, Recorder] = {}

    def server(self, service: Service, url: str, path: Path | None, *, host: str, port: int) -> Server:
        """Return a proxy for a service, which records onto a path."""
        recorder = None
        if path is not None:
            homes = homes_of(self._contracts.services, {service.name: (url,)})
            rules = self._contracts.rules
            recorder = Recorder(None, "rewrite", homes, rules, name=path.as_posix(), service=service.name)
            self.recorders[path] = recorder
        proxy = Proxy(service, url, on_violation=self._on_violation, recorder=recorder)
        app = ProxyApp(proxy, resilient(new_session(), service=service.name), read_environ, self._tell)
        server = Server(app, host=host, port=port)
        server.start()
        app.own_url = server.url
        return server

    def _tell(self, proxy: Proxy, request: Request, status: int, violations: Violations) -> None:
        self.exchanges += 1
        secrets = proxy.service.secrets().seen_in(request)
        broken = errors_in(violations)
        self.errors += len(broken)
        click.echo(
            f"  {request.method:<6} {redact_text(request.path, secrets)}  {status}  {proxy.service.name}", err=True
        )
        for one in broken:
            where = proxy.service.contract.documents.line_of(one.document, one.pointer)
            who = "your client" if one.side == "consumer" else "the API"
            click.echo(f"    error[{one.rule}]  {who}: {one.message}   {where}", err=True)

    def write(self) -> None:
        """Write what was heard; raise where a secret would reach the disk."""
        key = cassette_files.key()
        for path, recorder in self.recorders.items():
            found = recorder.result(key)
            if isinstance(found, Written):
                with cassette_files.locked(path):
                    cassette_files.save(path, found.cassette)
                click.echo(f"  wrote {path}: {len(found.cassette.interactions)} interactions", err=True)
            elif found:
                raise leaking(path, found)


def _address(service: Service, url: str) -> str:
    """Return where the API of a service lives: as asked for, configured, or as its contract says."""
    if url:
        return url.rstrip("/")
    known = addresses_of(service.name) or tuple(one for one in service.contract.servers if "://" in one)
    if not known:
        variable = settings.read().service(service.name).variables[0]
        raise UsageError(f"{service.name} has no address", fix=f"give --url, or set {variable}")
    return known[0].rstrip("/")


def _service(contracts: Contracts, name: str) -> Service:
    found = contracts.homes.services.get(name)
    if found is None:
        known = ", ".join(contracts.homes.services) or "none"
        raise UnknownService(f"there is no service {name}", fix=f"known services: {known}")
    return found


def _path(contracts: Contracts, service: str, name: str) -> Path:
    """Return the file of a recording: `<service>/<name>`, with the service as it is or said before."""
    named = contracts.folder / (name if name.startswith(f"{service}/") else f"{service}/{name}")
    return named if named.suffix in {".yaml", ".yml", ".json"} else named.with_name(f"{named.name}.yaml")


@click.command(
    epilog="\b\nExamples:\n  mockserver proxy shipping --url https://test.shipping.example/v2\n"
    "  mockserver proxy shipping --record shipping/session       Ctrl-C writes cassettes/shipping/session.yaml"
)
@click.argument("service")
@contracts_option
@url_option("Where the API lives; else as configured, or as the contract says.")
@click.option("--record", "name", default="", metavar="NAME", help="Write what passes to cassettes/<NAME>.yaml.")
@_on_violation
@public_option
@secret_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=4020, show_default=True, type=PORT, help="Where to listen; 0 takes a free one.")
def proxy(
    service: str,
    contracts: str | None,
    *,
    url: str,
    name: str,
    on_violation: OnViolation,
    public: tuple[str, ...],
    secret: tuple[str, ...],
    host: str,
    port: int,
) -> int:
    """Pass requests on to the live API, judge both directions, and record what was said.

    SERVICE is a name, or the path of a contract. Findings are logged, and stand in X-Mockserver-Violations. Time-outs
    and retries towards the API are those of mockserver.client, as the configuration has them for the service. Exit 1
    when something broke the contract.
    """
    known = Contracts(contracts, services=(service,), public=public, secret=secret)
    line = Line(known, on_violation)
    (wanted,) = known.services
    address = _address(wanted, url)
    path = _path(known, wanted.name, name) if name else None
    server = line.server(wanted, address, path, host=host, port=port)
    with contextlib.suppress(KeyboardInterrupt):
        for number in (signal.SIGINT, signal.SIGTERM):  # whoever started this may have ignored the first
            signal.signal(number, signal.default_int_handler)
        click.echo(f"  {wanted.name}  {server.url}  ->  {address}", err=True)
        threading.Event().wait()
    server.stop()
    line.write()
    return 1 if line.errors else 0


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog="\b\nExamples:\n  mockserver record shipping/create -- python demo.py\n"
    "  mockserver record checkout -- pytest tests/live     one cassette for each service that is asked",
)
@click.argument("name")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
@contracts_option
@url_option("Where the API lives, if one service is recorded.")
@_on_violation
@public_option
@secret_option
def record(
    name: str,
    command: tuple[str, ...],
    contracts: str | None,
    *,
    url: str,
    on_violation: OnViolation,
    public: tuple[str, ...],
    secret: tuple[str, ...],
) -> int:
    """Run a program against the live API through validating proxies, and write cassettes.

    <NAME>_SERVICE points the program at the proxies, one for each service on a free port. NAME is <service>/<name>, or
    a name that every service gets a cassette of. The program's exit code is kept.
    """
    known = Contracts(contracts, public=public, secret=secret)
    line = Line(known, on_violation)
    first = name.partition("/")[0]
    services = [_service(known, first)] if "/" in name else list(known.services)
    if not services:
        raise UsageError("there is no contract", fix="put one into contracts/: contracts/shipping.yaml")
    if url and len(services) > 1:
        raise UsageError(
            "--url is for one service", fix=f"mockserver record {services[0].name}/{name} --url {url} -- ..."
        )
    with contextlib.ExitStack() as stack:
        env = dict(os.environ)
        for service in services:
            env.update(_pointed(stack, line, known, service, _address(service, url), name))
        code = _run(command, env)
    line.write()
    if not line.exchanges:
        click.echo(f"  nothing was recorded: the program asked none of {', '.join(_variables(services))}", err=True)
    return code or (1 if line.errors else 0)


def _pointed(
    stack: contextlib.ExitStack, line: Line, known: Contracts, service: Service, address: str, name: str
) -> Iterator[tuple[str, str]]:
    server = line.server(service, address, _path(known, service.name, name), host="127.0.0.1", port=0)
    stack.callback(server.stop)
    click.echo(f"  {service.name}  {server.url}  ->  {address}", err=True)
    return ((variable, server.url) for variable in settings.read().service(service.name).variables)


def _variables(services: Sequence[Service]) -> Iterator[str]:
    said = settings.read()
    return (said.service(service.name).variables[0] for service in services)


def _run(command: Sequence[str], env: dict[str, str]) -> int:
    try:
        return subprocess.run(command, env=env, check=False).returncode  # noqa: S603 - it is the user's own command
    except OSError as refused:
        raise UsageError(
            f"{command[0]} cannot be run: {refused.strerror}", where=" ".join(command), fix="mend the command"
        ) from refused
