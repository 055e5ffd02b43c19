"""One test of a suite: a binding in one direction, judged for pytest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.report import told_result
from mockserver.api.clients.result import Checked, Result
from mockserver.jobs.coverage import Coverage
from mockserver.jobs.verify.cases import Direction
from mockserver.values import Struct


class Checking(Checked, Protocol):
    """A suite, as far as one of its tests needs it."""

    def use(self, client: Any) -> None:
        """Check this very client from now on."""

    def measure(self, coverage: Coverage) -> None:
        """Let what the client sees and says count as coverage."""

    def check(
        self,
        bindings: Sequence[Binding] | None = None,
        directions: Sequence[Direction] = ...,
        *,
        max_examples: int = 0,
        time_budget_s: float | None = None,
    ) -> Result:
        """Play the cases."""
        ...


class SuiteCase(Struct, frozen=True):
    """One binding in one direction, for one test.

    No binding: all of them where the client is a fixture, else what was wrong while methods were watched.
    """

    suite: Checking
    binding: Binding | None
    direction: Direction
    max_examples: int = 0
    time_budget_s: float | None = None

    def __repr__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """How the test is called."""
        if self.binding is None:
            return self.direction if self.suite.fixture else f"watched-{self.direction}"
        return f"{self.binding.label}-{self.direction}"

    def check(self, client: Any = None) -> None:
        """Check; an AssertionError tells what was found, as `mockserver verify client` would.

        What could not be asked at all is skipped, with the reason.
        """
        __tracebackhide__ = True
        if client is not None:
            self.suite.use(client)
        bindings = [self.binding] if self.binding is not None else None if self.suite.fixture else []
        result = self.suite.check(
            bindings, [self.direction], max_examples=self.max_examples, time_budget_s=self.time_budget_s
        )
        told = told_result(self.suite, result) if result.shown else ""
        if told:
            raise AssertionError(told)
        if result.unchecked and not result.cases:
            import pytest  # noqa: PLC0415 - only tests have it

            pytest.skip(f"not checked: {'; '.join(result.unchecked)}")

    async def acheck(self, client: Any = None) -> None:
        """Check from an async test; the client runs on an event loop of its own."""
        __tracebackhide__ = True
        from asyncio import to_thread  # noqa: PLC0415 - sync suites need no event loop

        await to_thread(self.check, client)
