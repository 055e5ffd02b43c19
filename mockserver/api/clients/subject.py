"""The client under test: what it is, and how it is built for an address.

A class is built by the names of its parameters, a factory from `api`; a module is as it is, and so is what a fixture
of pytest has made. Whatever reads its address from the environment finds it there.
"""

from __future__ import annotations

import inspect
import os
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mockserver.contract.model import Contract
from mockserver.edges import settings
from mockserver.edges.consumer.clients import CREDENTIAL, Api, arguments, maker, named
from mockserver.edges.source_lines import raising_line
from mockserver.errors import MockserverError, UsageError
from mockserver.jobs.interception import MOCK_ORIGIN


def imported(target: str, service: str) -> Any:
    """Return what `package.module:Name` names, imported while the environment says where its service is."""
    with addressed(_variables(service), f"{MOCK_ORIGIN}/{service}"):
        return named(target)


def errors_named(names: Sequence[str]) -> tuple[type[BaseException], ...]:
    """Return the classes of errors that these name; raise UsageError for what is none."""
    found = {name: named(name) for name in names}
    for name, error in found.items():
        if not (inspect.isclass(error) and issubclass(error, BaseException)):
            raise UsageError(f"{name} is no class of errors", where=name, fix="name one as package.module:ShopError")
    return tuple(found.values())


@contextmanager
def addressed(variables: tuple[str, ...], url: str) -> Iterator[None]:
    """Let variables of the environment hold an address."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(dict.fromkeys(variables, url))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _variables(service: str) -> tuple[str, ...]:
    return settings.read().service(service).variables


class Subject:
    """A client of one service; `setup` is called with each new one."""

    def __init__(self, contract: Contract, client: Any, setup: Callable[[Any], object] | None) -> None:
        self._contract = contract
        said = settings.read().service(contract.name)
        self.variables = said.variables
        self.urls = said.addresses(os.environ)
        self.name = client if isinstance(client, str) else getattr(client, "__qualname__", str(client))
        self.fixture = client if isinstance(client, str) and client.isidentifier() else ""
        self.client = imported(client, contract.name) if isinstance(client, str) and not self.fixture else client
        self.client_class = self.client if inspect.isclass(self.client) else None
        self.setup = setup

    def made(self, url: str) -> Any:
        """Return a client for an address; raise UsageError where it cannot be built."""
        if self.fixture:
            raise UsageError(
                f"the client is the pytest fixture {self.fixture}, and there is none here",
                fix="run it with pytest, or give a class or a factory",
            )
        try:
            client = maker(self.client, self._api(url))()
            if self.setup is not None:
                self.setup(client)
        except MockserverError:
            raise
        except Exception as failed:
            raise UsageError(
                f"{self.name} cannot be built: {type(failed).__name__}: {failed}",
                where=str(raising_line(failed.__traceback__) or self.name),
                fix=f"give a factory that builds it: lambda api: {self.name.rpartition('.')[2]}(api.url, ...)",
            ) from failed
        return client

    def _api(self, url: str) -> Api:
        tree = self._contract.root.tree
        schemes = tree.get("securityDefinitions") or (tree.get("components") or {}).get("securitySchemes") or {}
        return Api(url, credentials=dict.fromkeys(schemes, CREDENTIAL), env=dict.fromkeys(self.variables, url))

    @property
    def takes_address(self) -> bool:
        """Whether it can be built for another address."""
        if self.client_class is not None:
            return "URL" in arguments(self.client_class, Api("URL")).values()
        return callable(self.client) and not isinstance(self.client, str | types.ModuleType)

    def spelled(self) -> str:
        """Return how it is built, as a test would write it."""
        if self.client_class is None:
            return "client"
        given = ", ".join(f"{name}={value!r}" for name, value in arguments(self.client_class, Api("URL")).items())
        call = f"{self.client_class.__name__}({given})"
        return call.replace("'URL'", f'mock_api["{self._contract.name}"].url')


class Ready(Subject):
    """A client that somebody else has built, as a fixture does."""

    def __init__(self, subject: Subject, client: Any) -> None:
        self.__dict__.update(subject.__dict__)
        self._ready = client

    def made(self, _url: str) -> Any:
        """Return it."""
        if self.setup is not None:
            self.setup(self._ready)
        return self._ready
