"""Errors: the question could not be asked.

A finding about a client, an API or a contract is a `Violation` and is returned; an error is raised, and always
says what went wrong, where, and how to mend it.

    MockserverError
    ├── UsageError               the words of the call are wrong                     exit 2
    │   ├── UnknownService       no such service, operation, example or rule
    │   └── MissingExtra         an optional library is not installed
    ├── UnreadableDocument       bytes that are no JSON, no YAML or no OpenAPI       exit 2
    │   └── UnresolvedReference  a `$ref` that leads nowhere, or may not be followed
    └── CouldNotCheck            nothing could be asked                              exit 3
        └── AddressInUse         the port is taken
"""

from __future__ import annotations

from typing import ClassVar


class MockserverError(Exception):
    """Say what went wrong, where, and how to mend it."""

    exit_code: ClassVar[int] = 2

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  at   {self.where}")
        if self.fix:
            lines.append(f"  fix  {self.fix}")
        return "\n".join(lines)


class UsageError(MockserverError):
    """The words of the call are wrong."""


class UnknownService(UsageError):
    """A service, operation, example or rule of that name does not exist."""


class MissingExtra(UsageError):
    """An optional library is not installed."""


class UnreadableDocument(MockserverError):
    """The bytes are no JSON, no YAML or no OpenAPI document."""


class UnresolvedReference(UnreadableDocument):
    """A `$ref` leads nowhere, or may not be followed."""


class CouldNotCheck(MockserverError):
    """Nothing could be asked, so nothing is known."""

    exit_code: ClassVar[int] = 3


class AddressInUse(CouldNotCheck):
    """Another program listens on that address."""
