"""One set of fixtures for the blocking and the awaiting client, so that one suite asks the same of both."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from mockserver.client import APIClient, AsyncAPIClient

SWIFT = {"retry": {"base_s": 0.001, "throttled_base_s": 0.001, "cap_s": 0.002}}


class Blocking:
    """An awaiting client that is asked as a blocking one is."""

    def __init__(self, client: AsyncAPIClient, runner: asyncio.Runner) -> None:
        self.awaiting = client
        self._runner = runner

    def run(self, awaited: Any) -> Any:
        async def whole() -> Any:
            return await awaited

        return self._runner.run(whole())

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.awaiting, name)
        if not callable(attribute):
            return attribute

        def asked(*words: Any, **named: Any) -> Any:
            got = attribute(*words, **named)
            if inspect.isawaitable(got):
                return self.run(got)
            if hasattr(got, "__aiter__"):
                return self.run(_listed(got))
            return got

        return asked


async def _listed(many: Any) -> list[Any]:
    return [each async for each in many]


@pytest.fixture(params=["requests", "httpx2", "httpx"])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Return what makes a client of each kind; all are closed after the test."""
    runner = asyncio.Runner()
    made: list[Any] = []

    def client(url: str, **settings: Any) -> Any:
        settings.setdefault("policy", SWIFT)
        if request.param == "requests":
            one: Any = APIClient(url, **settings)
        else:
            if request.param == "httpx" and "session" not in settings:
                settings["session"] = import_module("httpx").AsyncClient(trust_env=False)
            one = Blocking(AsyncAPIClient(url, **settings), runner)
            if "session" in settings:
                made.append(Blocking(_Closing(settings["session"]), runner))
        made.append(one)
        return one

    client.kind = request.param
    yield client
    for one in reversed(made):
        one.close()
    runner.close()


class _Closing:
    def __init__(self, session: Any) -> None:
        self._session = session

    async def close(self) -> None:
        await self._session.aclose()
