"""Contract, client, mocks, cassettes and live API: one story.

Public names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.api.clients.suite import ClientSuite as ClientSuite
    from mockserver.api.contract import load_contract as load_contract
    from mockserver.api.mock_api import MockApi as MockApi
    from mockserver.api.mock_server import MockServer as MockServer
    from mockserver.api.recorded import httpx_transport as httpx_transport
    from mockserver.api.stubs import responses_for as responses_for

_PUBLIC = {
    "ClientSuite": "mockserver.api.clients.suite",
    "load_contract": "mockserver.api.contract",
    "MockApi": "mockserver.api.mock_api",
    "MockServer": "mockserver.api.mock_server",
    "httpx_transport": "mockserver.api.recorded",
    "responses_for": "mockserver.api.stubs",
}

__all__ = [
    "ClientSuite",
    "MockApi",
    "MockServer",
    "httpx_transport",
    "load_contract",
    "responses_for",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted((*globals(), *_PUBLIC))
