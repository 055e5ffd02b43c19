"""One run of pytest: contracts read once, what the tests asked of them, and how that is told.

What is kept is plain (names, statuses, counts, findings as JSON), so that workers of xdist can hand it over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from mockserver.api.accepting import considered, folder_of
from mockserver.api.mock_api import Loaded, MockApi
from mockserver.api.mock_server import MockServer
from mockserver.api.reports import asks_for, deliver
from mockserver.edges import settings
from mockserver.edges.accepted_file import remember
from mockserver.edges.source_lines import SourceLine, end_with_client, waiting_line
from mockserver.errors import UsageError
from mockserver.exchange import Request
from mockserver.jobs.service import Answer, Service
from mockserver.jobs.tell import tell
from mockserver.pytest_plugin.coverage import Measured
from mockserver.redact import redact_text
from mockserver.report.model import Accepted, Finding, Report
from mockserver.report.text import told
from mockserver.values import asdict, replace
from mockserver.violation import Violation, errors_in

Mock: TypeAlias = MockApi | MockServer
_LONGEST = 300


def folder_of_contracts(config: pytest.Config) -> Path:
    """Return the folder that pytest's own configuration names, else the one that ours does."""
    named: str = config.getini("mockserver_contracts")
    said = settings.read(config.rootpath)
    return Path(said.contracts) if said.file and not named else config.rootpath / (named or said.contracts)


class Run:
    """What a run of pytest knows of contracts."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder = folder_of_contracts(config)
        self._loaded = Loaded(self._folder)
        self.measured = Measured(config, self._folder)
        self._findings: dict[str, list[Finding]] = {}
        self._lines: list[tuple[object, SourceLine | None]] = []

    def _asked(self, item: pytest.Item) -> tuple[tuple[str, ...], dict[str, Any]]:
        marker = item.get_closest_marker("mock_api")
        services: tuple[str, ...] = marker.args if marker is not None else ()
        options = {"lenient": self._config.getini("mockserver_lenient"), "security": True, "seed": 0}
        given = dict(marker.kwargs) if marker is not None else {}
        unknown = given.keys() - options.keys()
        if unknown:
            raise UsageError(
                f"the marker mock_api does not know {', '.join(sorted(unknown))}", fix=f"it knows {', '.join(options)}"
            )
        return services, {**options, **given}

    @contextmanager
    def mock_api(self, item: pytest.Item) -> Iterator[MockApi]:
        """Set up the mock in process that a test asks for."""
        services, options = self._asked(item)
        passthrough = self._config.getini("mockserver_passthrough")
        with MockApi(*services, loaded=self._loaded, passthrough=passthrough, **options) as mock:
            self.measured.watch(mock)
            yield mock

    @contextmanager
    def mock_server(self, item: pytest.Item) -> Iterator[MockServer]:
        """Set up the mock over a socket that a test asks for."""
        services, options = self._asked(item)
        strict = not options.pop("lenient")
        with MockServer(*services, contracts=self._folder, strict=strict, **options) as server:
            self.measured.watch(server)
            self._look(server)
            yield server

    def _look(self, server: MockServer) -> None:
        """Note the line at which the test waits while something wrong is answered."""
        observe, thread = server.session.observer, threading.get_ident()

        def look(request: Request, answer: Answer) -> None:
            if errors_in(answer.violations):
                self._lines.append((answer.response, waiting_line(thread)))
            if observe is not None:
                observe(request, answer)

        server.session.observer = look

    def end_with_test(self, error: BaseException) -> None:
        """Let the traceback of an error end where the test or its client stands."""
        end_with_client(error)

    def verdict(self, item: pytest.Item, mocks: list[Mock], *, passed: bool) -> str:
        """Return what is wrong with what the client sent and with what the test asked for; empty if nothing is."""
        said: list[str] = []
        for mock in mocks:
            if isinstance(mock, MockApi):
                said.extend(self._wrong(item, mock, passed=passed))
            else:
                said.extend(self._wrong_on_the_wire(item, mock))
        return "\n\n".join(filter(None, said))

    def _wrong(self, item: pytest.Item, mock: MockApi, *, passed: bool) -> Iterator[str]:
        for service in mock.services:
            for violation, seen in service.wrong():
                yield self._told(item, service.service, violation, seen.request, seen.status, seen.source)
        for blocked, line in mock.blocked:
            yield f"{blocked}" + (f"\n  {line}" if line is not None else "")
        if passed:
            for step in mock.unused():
                what = step.fault or step.status or "an answer"
                yield (
                    f"nobody asked for {step.operation}: {what} was never used\n  {step.source}\n"
                    "  fix  take it away, or say optional=True"
                )

    def _wrong_on_the_wire(self, item: pytest.Item, server: MockServer) -> Iterator[str]:
        services = {service.name: service for service in server.session.services}
        for exchange, answer, violations in server.session.exchanges():
            for violation in errors_in(violations):
                if violation.side == "consumer":
                    service = services.get(answer.service, server.session.services[0])
                    line = next((line for response, line in self._lines if response is answer.response), None)
                    yield self._told(item, service, violation, exchange.request, answer.response.status, line)

    def _told(
        self,
        item: pytest.Item,
        service: Service,
        violation: Violation,
        request: Request,
        status: int,
        line: SourceLine | None,
    ) -> str:
        secrets = service.secrets().seen_in(request)
        report = tell(
            "test",
            service.name,
            [violation],
            service.contract.documents,
            checked=1,
            secrets=secrets,
            target=item.nodeid,
        )
        sent = f"{request.method} {request.target}"
        if request.body:
            sent += f" {request.body.decode('utf-8', 'backslashreplace')}"
        finding = replace(
            report.findings[0],
            file=_relative(report.findings[0].file),
            source=str(line or ""),
            evidence=(("sent", redact_text(_cut(sent), secrets)), ("answer", str(status))),
            further=(("again", f'pytest "{item.nodeid}"'),),
        )
        (considered_report,) = considered([replace(report, findings=(finding,))], self._folder, whole=False)
        (finding,) = considered_report.findings
        self._findings.setdefault(service.name, []).append(finding)
        return "" if finding.accepted is not None else "\n".join(told(finding))

    def add(self, handed: dict[str, Any]) -> None:
        """Take over what a worker of xdist saw."""
        self.measured.take(handed["seen"])
        for service, finding in handed["findings"]:
            finding["evidence"] = tuple(map(tuple, finding["evidence"]))
            finding["further"] = tuple(map(tuple, finding["further"]))
            finding["accepted"] = finding["accepted"] and Accepted(**finding["accepted"])
            self._findings.setdefault(service, []).append(Finding(**finding))

    def finish(self, workeroutput: dict[str, Any] | None) -> None:
        """Hand over what was seen, or write what was asked for."""
        if workeroutput is not None:
            workeroutput["mockserver"] = {
                "seen": self.measured.handed(),
                "findings": [
                    (service, {**asdict(finding), "witness": None, "accepted": _plain(finding.accepted)})
                    for service, findings in self._findings.items()
                    for finding in findings
                ],
            }
            return
        self.measured.write()
        if self._findings and folder_of(self._folder).is_dir():
            remember([Report("test", name, "pytest", 1, (), self._unique(name)) for name in sorted(self._findings)])
        wanted = self._config.getoption("mockserver_contract_report")
        if not wanted:
            return
        found = self.measured.reports(annotate=asks_for("html", wanted))
        checked = {one.contract: one.checked for one in found}
        names = sorted(checked.keys() | self._findings.keys())
        reports = [
            *(Report("test", name, "pytest", checked.get(name, 1), (), self._unique(name)) for name in names),
            *found,
        ]
        writer = self._config.get_terminal_writer()
        deliver(reports, wanted, lambda text: writer.write(f"\n{text}"))

    def _unique(self, service: str) -> tuple[Finding, ...]:
        found = {finding.fingerprint: finding for finding in self._findings.get(service, ())}
        return tuple(found[key] for key in sorted(found))

    def _accepted(self) -> Iterator[str]:
        for service in sorted(self._findings):
            count = sum(one.accepted is not None for one in self._unique(service))
            if count:
                yield f"{service}: {count} accepted, by accepted.toml"

    def summary(self, reporter: pytest.TerminalReporter) -> None:
        """Tell how much of each contract the tests have seen, a line each."""
        lines = [*self.measured.lines(), *self._accepted()]
        if lines:
            reporter.section("contracts", sep="-")
            for line in lines:
                reporter.line(line, red=line.startswith("FAIL "))


def _plain(accepted: Accepted | None) -> dict[str, str] | None:
    return asdict(accepted) if accepted is not None else None


def _relative(file: str) -> str:
    """Return a path as seen from here, where that is shorter to read."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
