"""How much of each contract the tests of one run have seen: measured, handed over by workers, told, and written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from mockserver.api.clients.case import SuiteCase
from mockserver.api.coverage import contract_of, save_seen
from mockserver.api.mock_api import MockApi
from mockserver.api.mock_server import MockServer
from mockserver.contract.model import Contract
from mockserver.coverage.counts import Covered
from mockserver.coverage.stored import Seen, of, plain
from mockserver.jobs.coverage import Coverage, covered_of, report, told
from mockserver.report.model import Report

_LISTED = 5


class Measured:
    """The coverage of one run of pytest."""

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        self._config = config
        self._folder = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
        self.coverage = Coverage()

    def watch(self, mock: MockApi | MockServer) -> None:
        """Measure what is asked of a mock."""
        if isinstance(mock, MockServer):
            mock.session.observer = self.coverage.observer(mock.session.services)
            return
        for service in mock.services:
            service.session.observer = self.coverage.observer([service.service])

    def watch_case(self, case: SuiteCase) -> None:
        """Measure what the client of a suite is shown and says."""
        case.suite.measure(self.coverage)

    def handed(self) -> Any:
        """Return what a worker of xdist hands over."""
        return plain(self.coverage.seen())

    def take(self, handed: Any) -> None:
        """Take over what a worker has handed over."""
        self.coverage.add(of(handed))

    @property
    def fail_under(self) -> float | None:
        """Return the percent of what is used that must be seen, if somebody has said so."""
        asked: float | None = self._config.getoption("mockserver_fail_under")
        said: str = self._config.getini("mockserver_fail_under")
        if asked is not None or not said:
            return asked
        try:
            return float(said)
        except ValueError as wrong:
            raise pytest.UsageError(f"mockserver_fail_under is a number of percent, not {said!r}") from wrong

    @cached_property
    def _found(self) -> tuple[tuple[Seen, Contract, Covered], ...]:
        """What was seen of each contract, when all is over."""
        found = ((seen, contract_of(seen, self._folder)) for seen in self.coverage.seen())
        return tuple((seen, contract, covered_of(contract, seen)) for seen, contract in found)

    def reports(self, *, annotate: bool = False) -> tuple[Report, ...]:
        """Return a report for each contract that was seen."""
        return tuple(
            report(contract, seen, fail_under=self.fail_under, annotate=annotate, found=found)
            for seen, contract, found in self._found
        )

    def is_below(self) -> bool:
        """Tell whether less was seen than is asked for."""
        wanted = self.fail_under
        return wanted is not None and any(found.of_used.percent < wanted for _, _, found in self._found)

    def write(self) -> None:
        """Write what was seen, where somebody asked for it."""
        file = self._config.getoption("mockserver_contract_coverage") or self._config.getini("mockserver_coverage_file")
        if file:
            save_seen(self._config.rootpath / file, self.coverage.seen())

    def lines(self) -> Iterator[str]:
        """Yield what the summary says of each contract."""
        for seen, _, found in self._found:
            yield f"{seen.service}: {_summary(found)}"
            if self.fail_under is not None and found.of_used.percent < self.fail_under:
                yield (
                    f"FAIL {seen.service}: {found.of_used.percent:.1f} % of what is used was seen, "
                    f"{self.fail_under:g} % is asked for (--contract-fail-under)"
                )


def _summary(found: Covered) -> str:
    operations = sum(point.kind == "operation" for point in found.universe.points.values())
    statuses = found.kinds(found.universe.of(found.used)).get(("shown", "status"))
    answers = f"{statuses.seen} of their {statuses.all} documented answers seen" if statuses is not None else ""
    figures = told(found).partition(", ")[2]
    missing = [point.what.replace(":", "") for point in found.missing() if point.kind == "status"]
    listed = f"; never answered: {', '.join(sorted(missing)[:_LISTED])}" + (", ..." if len(missing) > _LISTED else "")
    return f"{len(found.used)} of {operations} operations used, {answers}; {figures}{listed if missing else ''}"
