"""All libraries that are there, hooked together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from types import ModuleType

from mockserver.edges.intercept.calls import RECEIVERS, Receive
from mockserver.edges.intercept.certificates import read_when_used
from mockserver.edges.intercept.late import when_imported

LIBRARIES = ("requests", "httpx", "httpx2", "urllib3", "http.client", "aiohttp")
BELOW_RETRIES = LIBRARIES[1:]
"""Those whose seam lies below their retries: what requests sends is answered where urllib3 would send it."""
RECORDED = ("requests", "httpx", "httpx2", "urllib3")
"""Those whose exchanges can be watched; the others are for VCR.py, which knows them."""


@contextmanager
def intercepted(receive: Receive, libraries: Sequence[str] = LIBRARIES, *, last: bool = False) -> Iterator[None]:
    """Let a receiver answer what clients of this process send; the `last` one gets what all others let pass."""
    hooks: list[ModuleType] = []

    def put(library: str) -> None:
        hook = import_module(f"mockserver.edges.intercept.with_{library.replace('.', '_')}")
        hook.put()
        hooks.append(hook)

    RECEIVERS.push(receive, last=last)
    with ExitStack() as waiting:
        for library in libraries:
            waiting.enter_context(when_imported(library, partial(put, library)))
        try:
            yield
        finally:
            RECEIVERS.remove(receive)
            if RECEIVERS.latest is None:
                for hook in reversed(hooks):
                    hook.take_away()


@contextmanager
def without_network_lookups() -> Iterator[None]:
    """Leave out what libraries look up for the network, where there is none: proxies, netrc, certificates."""
    with import_module("mockserver.edges.intercept.with_requests").without_lookups(), read_when_used():
        yield
