"""What came of checking a client, and what a report asks of a suite."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol

from mockserver.api.clients.bound import Binding
from mockserver.jobs.service import Service
from mockserver.jobs.verify.faults import Faulted
from mockserver.jobs.verify.observed import Shown
from mockserver.values import Struct, field


class Checked(Protocol):
    """A suite, as far as a report needs it."""

    service: Service
    target: str
    contracts: str | os.PathLike[str] | None
    raises: tuple[type[BaseException], ...]

    @property
    def fixture(self) -> str:
        """The fixture that is its client, if it is one."""
        ...

    @property
    def client_class(self) -> type | None:
        """The class of the client, where it was given as one."""
        ...

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What is bound."""
        ...

    @property
    def unbound(self) -> tuple[tuple[str, str], ...]:
        """Each method that is not bound, and why."""
        ...

    @property
    def constructor(self) -> str:
        """How the client is built, as a test would write it."""
        ...

    def unused(self) -> tuple[str, ...]:
        """Return the operations that no binding calls."""
        ...


class Result(Struct):
    """What came of checking: findings by their key, how often each was seen, and what was and was not checked."""

    cases: int = 0
    shown: dict[tuple[str, ...], Shown] = field(default_factory=dict)
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    operations: dict[tuple[str, ...], dict[str, None]] = field(default_factory=dict)
    checked: dict[str, None] = field(default_factory=dict)
    unchecked: list[str] = field(default_factory=list)
    faults: list[Faulted] = field(default_factory=list)

    def add(self, shown: Iterable[Shown]) -> None:
        """Keep each finding once: the first, which is the least."""
        for one in shown:
            key = key_of(one)
            self.shown.setdefault(key, one)
            self.operations.setdefault(key, {})[one.violation.operation] = None
            self.seen[key] = self.seen.get(key, 0) + 1

    def join(self, other: Result) -> None:
        """Take over what came of another part."""
        self.cases += other.cases
        self.faults.extend(other.faults)
        for key, shown in other.shown.items():
            self.shown.setdefault(key, shown)
            self.seen[key] = self.seen.get(key, 0) + other.seen[key]
            self.operations.setdefault(key, {}).update(other.operations[key])
        self.checked.update(other.checked)
        self.unchecked.extend(one for one in other.unchecked if one not in self.unchecked)


def key_of(shown: Shown) -> tuple[str, ...]:
    """Return what makes two findings the same one."""
    violation, raised = shown.violation, shown.called.raised
    if violation.rule in {"response-crashed-client", "error-undeclared"} and raised is not None:
        return violation.rule, raised.source or violation.operation, raised.name, raised.key
    if violation.rule == "error-swallowed":
        given = shown.case.given
        return violation.rule, violation.operation, str(given.status if given else "")
    if violation.rule in {"request-path", "request-method"}:  # their operation is what was asked for, each time another
        return violation.rule, shown.source or violation.fingerprint
    return violation.rule, violation.operation, violation.fingerprint
