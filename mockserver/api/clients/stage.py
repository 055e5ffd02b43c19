"""Where a client plays: built for an address, answered in this process, and led to a socket where that is not enough.

Knows nothing of methods and cases; who answers is asked elsewhere.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from mockserver.api.clients.home import Home
from mockserver.api.clients.subject import Subject, addressed
from mockserver.edges.consumer.pauses import without_pauses
from mockserver.edges.intercept.all import BELOW_RETRIES, intercepted, without_network_lookups
from mockserver.edges.intercept.network_block import blocked
from mockserver.edges.source_lines import calling_line, waiting_line
from mockserver.exchange import Request
from mockserver.jobs.interception import Blocked, Received, Serve

_CHEAP_S: Final = 0.002


class Stage:
    """One client, and where it finds its API: at its home, or at another `url` where it is led."""

    def __init__(self, subject: Subject, home: Home, url: str) -> None:
        self._subject = subject
        self._home = home
        self._url = url
        self._looked_outside: set[str] = set()
        self._blocked: list[Blocked] = []
        self.client: Any = None
        self.is_cheap = False

    def set_up(self, serve: Serve) -> None:
        """Let somebody answer, and build the client: twice, as the second time tells what that costs."""
        self._home.serve = serve
        self.renew()
        begun = time.process_time()
        self.renew()
        self.is_cheap = time.process_time() - begun < _CHEAP_S

    @property
    def url(self) -> str:
        """The address that the client is given."""
        return self._url or self._home.url

    def renew(self) -> None:
        """Build the client anew: it remembers nothing."""
        with self.intercepting():
            self.client = self._subject.made(self.url)

    def begin(self) -> None:
        """Start a call of this thread."""
        self._home.begin()
        self._blocked.clear()

    @property
    def unreached(self) -> str:
        """The host of the service that was asked by a library that is not known here; empty if there is none."""
        return next((one.host for one in self._blocked if one.is_ours), "")

    @property
    def is_heard_outside(self) -> bool:
        """Whether what the last call sent came by the socket."""
        return self._home.heard > 0

    @property
    def is_endless(self) -> bool:
        """Whether the last call went on and on, on the socket."""
        return self._home.is_endless

    def goes_outside(self, label: str) -> bool:
        """Lead the client to the socket, once for each method: what it sent was not seen in this process."""
        if self._url or self._home.is_outside or label in self._looked_outside:
            return False
        self._looked_outside.add(label)
        if self._home.go_outside():
            os.environ.update(dict.fromkeys(self._subject.variables, self.url))  # whoever intercepts puts it back
            self.renew()
        return self._home.is_outside

    def comes_back(self) -> None:
        """Lead it back into this process."""
        self._home.is_outside = False
        self.renew()

    def line(self) -> str:
        """Return the line of the client that sends: on this stack, or, for a socket, on that of its thread."""
        return str(calling_line() or waiting_line(self._home.caller) or "")

    def _receive(self, url: str, request: Request) -> Received:
        received = self._home.interception.receive(url, request)
        return self._noted(received) if isinstance(received, Blocked) else received

    def _noted(self, refused: Blocked) -> Blocked:
        self._blocked.append(refused)
        return refused

    @contextmanager
    def intercepting(self) -> Iterator[None]:
        """Answer what the client sends, and let it pause for no time."""
        with (
            addressed(self._subject.variables, self.url),
            intercepted(self._receive, BELOW_RETRIES),
            blocked(lambda place: str(self._noted(self._home.interception.blocked(place)))),
            without_pauses(),
            without_network_lookups(),
        ):
            yield
