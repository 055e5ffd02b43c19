"""The parts of `mockserver check`: each one job on one service, with words in and reports out.

A part may run in a process of its own, so all that it takes and returns is plain.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from mockserver.api.contract import load_contract, places
from mockserver.edges import settings
from mockserver.errors import CouldNotCheck, MockserverError, UnreadableDocument
from mockserver.redact import Secrets
from mockserver.report.model import Report
from mockserver.schema.compile import Validators
from mockserver.values import Struct, replace

Kind: TypeAlias = Literal["lint", "cassettes", "verify mock", "verify client"]


class Part(Struct, frozen=True):
    """One job on one service (cassettes: on all, so the name is empty)."""

    kind: Kind
    service: str

    @property
    def name(self) -> str:
        """How it is called on the way."""
        return f"{self.service} {self.kind}".strip()


class Came(Struct, frozen=True):
    """What came of a part: reports, or why there are none. `exit_code` is that of the trouble."""

    reports: tuple[Report, ...] = ()
    trouble: str = ""
    exit_code: int = 0


def parts_of(services: Sequence[str]) -> list[Part]:
    """Return what is to be done for services, the longest first."""
    said = settings.read()
    clients = [Part("verify client", name) for name in services if said.service(name).client]
    mocks = [Part("verify mock", name) for name in services]
    return [*clients, *mocks, *(Part("lint", name) for name in services), Part("cassettes", "")]


def done(part: Part, contracts: str | None, max_examples: int, seed: int) -> Came:
    """Do a part; whatever goes wrong is told and not raised."""
    try:
        match part.kind:
            case "lint":
                return Came((_lint(part.service, contracts),))
            case "cassettes":
                return Came(tuple(_cassettes(contracts)))
            case "verify mock":
                return Came((_mock(part.service, contracts, max_examples, seed),))
            case "verify client":
                return Came(tuple(_client(part.service, contracts, max_examples, seed)))
    except UnreadableDocument as broken:
        return Came((), str(broken), broken.exit_code)
    except MockserverError as error:  # a client that cannot be imported, an extra that is missing: not checked
        return Came((), str(error), CouldNotCheck.exit_code)
    except Exception as error:  # noqa: BLE001 - whatever a client or its modules raise is theirs, and is told
        return Came((), f"{type(error).__name__}: {error}", CouldNotCheck.exit_code)


def _lint(service: str, contracts: str | None) -> Report:
    from mockserver.jobs import lint as job  # noqa: PLC0415 - each part loads what it needs
    from mockserver.jobs.tell import tell  # noqa: PLC0415 - as above

    contract = load_contract(service, contracts=contracts)
    violations = job.lint(contract, Validators())
    checked = max(1, len(contract.operations))
    return tell("lint", service, violations, contract.documents, checked=checked, secrets=Secrets(frozenset()))


def _mock(service: str, contracts: str | None, max_examples: int, seed: int) -> Report:
    from mockserver.api.provider_run import Probing, probed_mock  # noqa: PLC0415 - as above

    (place,) = places([service], contracts).values()
    return probed_mock(service, place, Probing(max_examples, seed))


def _client(service: str, contracts: str | None, max_examples: int, seed: int) -> Iterator[Report]:
    """Yield what is wrong with a client, and how much of its contract it was shown and has sent."""
    from mockserver.api.clients.report import report_of  # noqa: PLC0415 - as above
    from mockserver.api.clients.subject import errors_named, imported  # noqa: PLC0415 - as above
    from mockserver.api.clients.suite import ClientSuite  # noqa: PLC0415 - as above
    from mockserver.jobs.coverage import Coverage  # noqa: PLC0415 - as above
    from mockserver.jobs.coverage import report as covered  # noqa: PLC0415 - as above

    sys.path.insert(0, str(Path.cwd()))
    said = settings.read().service(service)
    found = imported(said.client, service)
    raises = errors_named(said.raises)
    suite = found if isinstance(found, ClientSuite) else ClientSuite(service, found, raises=raises, contracts=contracts)
    coverage = Coverage()
    suite.measure(coverage)
    result = suite.check(max_examples=max_examples, seed=seed)
    yield report_of(suite, result, f"mockserver verify client {service}")
    for seen in coverage.seen():
        found = covered(suite.service.contract, seen)
        # what the client does not use was told with it; the rest is for `verify client --coverage`
        yield replace(found, note=found.note.rpartition(", ")[0], unchecked=(), tables=())


def _cassettes(contracts: str | None) -> Iterator[Report]:
    """Yield what recordings say, of all services: a recording may belong to any."""
    from mockserver.api.homes import homes_of, secrets_of  # noqa: PLC0415 - as above
    from mockserver.api.second_opinion import second_opinion  # noqa: PLC0415 - as above
    from mockserver.edges import cassette_files  # noqa: PLC0415 - as above
    from mockserver.jobs.cassettes import Check  # noqa: PLC0415 - as above
    from mockserver.jobs.service import Service  # noqa: PLC0415 - as above

    folder = Path(settings.read().cassettes)
    found = cassette_files.find((), folder)
    if not found:
        return
    validators = Validators()
    services = [Service(load_contract(name, contracts=contracts), validators) for name in places((), contracts)]
    work = Check(homes_of(services), secrets_of(services), datetime.now(UTC), second=second_opinion)
    for path in found:
        try:
            work.add(cassette_files.load(path, folder))
        except UnreadableDocument as broken:
            work.unreadable(broken.what, broken.where, broken.fix)
    yield from work.finish().reports
