"""`mockserver drift`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from mockserver.api.contract import load_contract, places
from mockserver.api.homes import homes_of
from mockserver.api.second_opinion import second_opinion
from mockserver.cassette.model import Interaction
from mockserver.cli.drift_asked import Asked, Limits, header_of
from mockserver.cli.drift_fix import fix as write_fix
from mockserver.cli.options import SECONDS, contracts_option, url_option
from mockserver.cli.reports import report_option, write_reports
from mockserver.contract.model import Operation
from mockserver.edges import cassette_files, settings
from mockserver.errors import UsageError
from mockserver.jobs.drift import memory, told
from mockserver.jobs.drift.gather import Drift
from mockserver.jobs.drift.plan import located_in
from mockserver.jobs.drift.watch import Seen, Watch
from mockserver.jobs.homes import Homes
from mockserver.jobs.impact import Impact
from mockserver.jobs.service import Service
from mockserver.jobs.usage_facts import read as read_usage
from mockserver.jobs.usage_impact import impact_by_usage
from mockserver.report.model import Report
from mockserver.schema.compile import Validators
from mockserver.values import replace

FAILS = {"error": ("error",), "warning": ("error", "warning"), "info": ("error", "warning", "info"), "never": ()}
_OBSERVATIONS = "observations.jsonl"
_USAGE = "usage"
_FEW = 3


@click.command(
    epilog="\b\nExamples:\n  mockserver drift                                   every service, read-only\n"
    "  mockserver drift shipping --url https://api.shipping.example/v2\n"
    "  mockserver drift shipping --header 'X-Api-Key: $SHIPPING_KEY' --rate 2\n"
    '  mockserver drift shipping --allow "POST /shipments" --url https://sandbox.shipping.example/v2\n'
    "  mockserver drift shipping --fix --apply safe       what is new is added to contracts/shipping.yaml\n"
    "  mockserver drift --offline                         what your cassettes show, no network\n"
    "  mockserver drift --offline --from session.har --report json=drift.json"
)
@click.argument("service", nargs=-1)
@url_option("Where the API lives; else <NAME>_SERVICE, or the configuration's url.")
@click.option("--offline", is_flag=True, help="Look at recorded exchanges; no network.")
@click.option(
    "--from", "sources", multiple=True, metavar="PATH",
    help="Cassettes, HTTP archives (.har) or logs (.ndjson) to look at; else your cassettes. Repeatable.",
)  # fmt: skip
@click.option("--allow", multiple=True, metavar="'POST /X'", help="Call this operation, too. Repeatable.")
@click.option("--header", multiple=True, metavar="'NAME: VALUE'", help="Send this; $NAMES are variables. Repeatable.")
@click.option("--rate", default=5.0, show_default=True, type=click.FloatRange(min=0.01), help="Requests a second.")
@click.option("--max-requests", default=200, show_default=True, type=click.IntRange(min=1), help="To each service.")
@click.option("--max-time", default=120.0, show_default=True, type=SECONDS, metavar="SECONDS", help="For each service.")
@click.option("--seed", default=0, show_default=True, help="Another seed, other values where nothing is known.")
@click.option(
    "--observations", metavar="FILE", show_default=".mockserver/observations.jsonl",
    help="What earlier runs saw: tells new from known. Keep it between runs of CI.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice(list(FAILS)), default="error", show_default=True,
    help="Exit 1 when a finding has this level, or a worse one.",
)  # fmt: skip
@click.option(
    "--fix", is_flag=True,
    help="Say what would make the contract true again: an overlay beside a vendor's document (one with a source), a "
    "patch of your own.",
)  # fmt: skip
@click.option(
    "--apply", "apply_to", type=click.Choice(["safe", "all"]), help="With --fix: write it; safe is what only adds."
)
@click.option("--no-client", is_flag=True, help="Do not run the client that the configuration names.")
@contracts_option
@report_option
def drift(
    service: tuple[str, ...],
    *,
    url: str,
    sources: tuple[str, ...],
    allow: tuple[str, ...],
    header: tuple[str, ...],
    rate: float,
    max_requests: int,
    max_time: float,
    seed: int,
    observations: str | None,
    fail_on: str,
    contracts: str | None,
    report: tuple[str, ...],
    offline: bool,
    no_client: bool,
    fix: bool,
    apply_to: str | None,
) -> int:
    """Watch a live API, read-only: does it still keep its contract?

    Sends GET and HEAD only, slowly: what your cassettes have recorded, the contract's examples, lists and the things
    in them. A gateway's error, a page of HTML or a refused credential is "could not check", never drift. Exit 3 when
    nothing could be checked.
    """
    chosen = places(service, contracts)
    if apply_to and not fix:
        raise UsageError("--apply says what --fix writes", fix="add --fix")
    if url and len(chosen) != 1:
        raise UsageError("--url is the address of one service", fix="name the service before it")
    headers = tuple(header_of(line) for line in header)
    validators = Validators()
    services = {name: Service(load_contract(place, contracts=contracts), validators) for name, place in chosen.items()}
    _check_allowed(allow, tuple(services.values()))
    interactions = _interactions(sources, Path(settings.read().cassettes))
    homes = homes_of(tuple(services.values()), {next(iter(chosen)): (url,)} if url else {})
    file = Path(observations) if observations else None
    remembered = _Memory(file, offline=offline)
    reports: list[Report] = []
    for name, one in services.items():
        recorded = tuple(located_in(homes, name, interactions))
        signs = bool(headers or settings.read().service(name).auth)
        watch = Watch(one, validators, recorded, homes=homes, allowed=_allowed(allow, one), seed=seed, signs=signs)
        asked = Asked(name, one, url, headers, Limits(rate, max_requests, max_time, _allowed(allow, one)))
        if offline and not recorded:
            asked.why = _elsewhere(homes, name, interactions)
        try:
            seen = watch.offline() if offline else watch.live(asked.ask(), asked.address)
        except UsageError as missing:  # an address or a credential that this machine does not have
            if service:
                raise
            reports.append(Report("drift", name, "", 0, (f"{missing.what}; {missing.fix}",), ()))
            continue
        reports.append(_reported(seen, one, asked, remembered, offline=offline, with_client=not no_client))
        if fix:
            is_ours = not settings.read().service(name).source
            write_fix(seen, one, recorded, is_ours=is_ours, apply_to=apply_to or "")
    reports = write_reports(reports, report, contracts, whole=False)  # what was not asked may still be there
    return verdict(reports, fail_on)


def verdict(reports: Sequence[Report], fail_on: str) -> int:
    """Return the exit code: 1 for what fails, 3 when nothing was looked at."""
    if any(one.count(level) for one in reports for level in ("error", "warning", "info") if level in FAILS[fail_on]):
        return 1
    return 0 if any(one.checked for one in reports) else 3


def _reported(
    seen: Seen, service: Service, asked: Asked, remembered: _Memory, *, offline: bool, with_client: bool
) -> Report:
    name = service.name
    drifts = memory.recognised(seen.drifts, remembered.known, name)
    gone = memory.gone(drifts, remembered.known, name, seen.checked)
    target = "recorded exchanges" if offline else asked.address
    impacts = _impacts(drifts, service) if with_client and drifts else {}
    second = second_opinion(service.contract) if drifts else None
    if asked.why:
        why = f"{asked.address}: {asked.why}" if asked.address else asked.why
        seen = replace(seen, unchecked=(why, *seen.unchecked))
    said = told.Said(target, asked.secrets(), asked.credentials())
    found = told.report(seen, drifts, service, said, impacts=impacts, gone=gone, second=second)
    remembered.change(lambda known: memory.remember(drifts, known, name, seen.checked, _today()))
    return found


def _impacts(drifts: Sequence[Drift], service: Service) -> dict[str, Impact]:
    """Return what the configured client makes of each drift, by its fingerprint; else what is known of its usage."""
    if not settings.read().service(service.name).client:
        return dict(_by_usage(drifts, service.name))
    from mockserver.api.clients.configured import client_of  # noqa: PLC0415 - only who has a client waits for it
    from mockserver.api.drift_impact import impact_of  # noqa: PLC0415 - as above

    runs = client_of(service.contract)
    return {one.fingerprint: impact_of(one, runs) for one in drifts} if runs is not None else {}


def _by_usage(drifts: Sequence[Drift], service: str) -> Iterator[tuple[str, Impact]]:
    file = Path(_USAGE, f"{service}.json")
    if not file.is_file():
        return
    usage = read_usage(file.read_bytes(), file.as_posix())
    for one in drifts:
        impact = impact_by_usage(one, usage, file.as_posix())
        if impact is not None:
            yield one.fingerprint, impact


def _elsewhere(homes: Homes, name: str, interactions: Sequence[tuple[Interaction, str]]) -> str:
    """Say where recorded requests went that are nobody's, where none went to a service."""
    strange = dict.fromkeys(one.origin for one, named in interactions if homes.locate(one.url, named) is None)
    where = ", ".join(list(strange)[:_FEW])
    return f"nothing recorded went to {name}, but to {where}: is that its address? Then say --url" if where else ""


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _interactions(sources: Sequence[str], folder: Path) -> list[tuple[Interaction, str]]:
    found: list[tuple[Interaction, str]] = []
    for path in cassette_files.find(sources, folder):
        tape = cassette_files.load(path, folder)
        found.extend((one, tape.service) for one in tape.cassette.interactions)
    return found


def _check_allowed(allow: Sequence[str], services: Sequence[Service]) -> None:
    names = [name for one in services for operation in one.contract.operations for name in _names(operation)]
    for word in allow:
        if word not in names:
            near = next(iter(difflib.get_close_matches(word, names, 1)), "")
            fix = f"did you mean {near}?" if near else "name it by its operationId, or as 'POST /shipments'"
            raise UsageError(f"--allow {word} is no operation", where="--allow", fix=fix)


def _names(operation: Operation) -> tuple[str, str]:
    return operation.label, operation.name


def _allowed(allow: Sequence[str], service: Service) -> frozenset[str]:
    """Return the labels of what may be called; operations of other services may stand among them."""
    labels = {name: one.label for one in service.contract.operations for name in _names(one)}
    return frozenset(labels[word] for word in allow if word in labels)


class _Memory:
    """The observations file: read before anything is asked, changed after a live run, one run at a time."""

    def __init__(self, file: Path | None, *, offline: bool) -> None:
        self._is_written = not offline
        self._path = cassette_files.own_folder() / _OBSERVATIONS if file is None and not offline else file
        self.known = self._read()

    def _read(self) -> tuple[memory.Remembered, ...]:
        if self._path is None or not self._path.is_file():
            return ()
        return memory.read_memory(self._path.read_bytes(), self._path.as_posix())

    def change(self, remember: Callable[[tuple[memory.Remembered, ...]], tuple[memory.Remembered, ...]]) -> None:
        """Keep what is known now; another run may have written meanwhile."""
        if self._is_written and self._path is not None:
            with cassette_files.locked(self._path):
                cassette_files.replace_file(self._path, memory.write_memory(remember(self._read())))
