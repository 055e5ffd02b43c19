"""uvloop: its connections are libuv's own, so its loops ask before they make one or look up a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import uvloop

_check: Callable[[object, object], None]


async def _create_connection(self: Any, factory: Any, host: Any = None, port: Any = None, **more: Any) -> Any:
    if host is not None:
        _check(host, port)
    return await super(uvloop.Loop, self).create_connection(factory, host, port, **more)


async def _sock_connect(self: Any, sock: Any, address: Any) -> Any:
    if isinstance(address, tuple):
        _check(*address[:2])
    return await super(uvloop.Loop, self).sock_connect(sock, address)


async def _getaddrinfo(self: Any, host: Any, port: Any, **more: Any) -> Any:
    _check(host, port)
    return await super(uvloop.Loop, self).getaddrinfo(host, port, **more)


_ASKING = {"create_connection": _create_connection, "sock_connect": _sock_connect, "getaddrinfo": _getaddrinfo}


def put(check: Callable[[object, object], None]) -> None:
    """Let loops ask from now on."""
    global _check  # noqa: PLW0603 - there is one way out of a process
    _check = check
    for name, asking in _ASKING.items():
        setattr(uvloop.Loop, name, asking)


def take_away() -> None:
    """Leave the way as it was found: the class has none of these itself, its base has."""
    for name in _ASKING:
        if name in vars(uvloop.Loop):
            delattr(uvloop.Loop, name)
