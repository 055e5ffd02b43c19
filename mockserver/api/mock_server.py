"""A mock over a real socket, for Python code."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from mockserver.api.contract import load_contract, places
from mockserver.edges.clock import SystemClock
from mockserver.edges.flask_app import MockApp
from mockserver.edges.runner import Server
from mockserver.exchange import Exchange
from mockserver.jobs.serve import Session
from mockserver.jobs.service import OnViolation, Service, Settings
from mockserver.schema.compile import Validators
from mockserver.violation import Violations


class MockServer:
    """Answers like the APIs of one or more services, on a free port, in a thread.

    >>> with MockServer("contracts/shipping.yaml") as server:
    ...     server.url.startswith("http://127.0.0.1:")
    True

    Services are names in `contracts` (or as configured), paths or addresses. `app` is the Flask application itself:
    register hooks and views before the server is started, or use its test client without a socket. `delay` is in
    seconds; what was recorded on `cassettes`, a folder or a file, answers first.
    """

    def __init__(  # noqa: PLR0913 - one word for each thing that can be said of a mock
        self,
        *services: str | os.PathLike[str],
        contracts: str | os.PathLike[str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        strict: bool = True,
        on_violation: OnViolation = "reject",
        security: bool = True,
        seed: int = 0,
        delay: float = 0.0,
        cassettes: str | os.PathLike[str] | None = None,
    ) -> None:
        validators = Validators()
        words = [os.fspath(service) for service in services] or list(places((), contracts))
        loaded = [Service(load_contract(word, contracts=contracts), validators, lenient=not strict) for word in words]
        settings = Settings(strict=strict, on_violation=on_violation, security=security, seed=seed, delay_s=delay)
        recorded = None
        if cassettes is not None:
            from mockserver.api.recorded import recordings  # noqa: PLC0415 - most mocks have no cassettes

            recorded = recordings(loaded, os.fspath(cassettes))
        self.session = Session(loaded, settings, SystemClock(), recorded)
        self.app = MockApp(self.session)
        self._server = Server(self.app, host=host, port=port)

    @property
    def url(self) -> str:
        """The address, without a trailing slash; raises when the server does not run."""
        return self._server.url

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was asked and answered, oldest first, secrets taken out."""
        return tuple(exchange for exchange, _, _ in self.session.exchanges())

    @property
    def violations(self) -> Violations:
        """What was wrong with the requests, oldest first."""
        return tuple(violation for _, _, found in self.session.exchanges() for violation in found)

    def url_of(self, service: str) -> str:
        """Return the address of one of several services."""
        return f"{self.url}/{service}"

    def reset(self) -> None:
        """Forget what was asked."""
        self.session.reset()

    def start(self) -> Self:
        """Listen; raises AddressInUse."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Finish what was begun, and close."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
