"""No way out while a cassette plays: sockets that would leave this machine are refused, and names are not looked up.

What runs on this machine (a database, a test server) stays in reach, unless it stands on the cassette: what is recorded
is never asked again.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

_LOCK: Final = threading.Lock()
_real_connect = socket.socket.connect
_real_connect_ex = socket.socket.connect_ex
_real_getaddrinfo = socket.getaddrinfo
_blocks: list[_Block] = []


class NetworkBlocked(ConnectionRefusedError):
    """A test that replays a cassette has tried to reach the network."""


class _Block:
    """What one cassette lets pass; `tried` are the places that were refused."""

    def __init__(self, passthrough: Iterable[str], recorded: Iterable[tuple[str, int]]) -> None:
        self.passthrough = frozenset(host.lower() for host in passthrough)
        self.recorded = frozenset(recorded)
        self.tried: list[str] = []

    def refuses(self, host: str, port: int) -> bool:
        """Tell whether a place may not be reached."""
        if host.lower() in self.passthrough or f"{host.lower()}:{port}" in self.passthrough:
            return False
        return not _is_here(host) or (host.lower(), port) in self.recorded


@contextmanager
def blocked(passthrough: Iterable[str] = (), recorded: Iterable[tuple[str, int]] = ()) -> Iterator[list[str]]:
    """Refuse connections of this process; yield the list of what was tried."""
    block = _Block(passthrough, recorded)
    with _LOCK:
        if not _blocks:
            socket.socket.connect = _connect  # type: ignore[method-assign,assignment]  # the one way out
            socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign,assignment]  # and its other spelling
            socket.getaddrinfo = _getaddrinfo
        _blocks.append(block)
    try:
        yield block.tried
    finally:
        with _LOCK:
            _blocks.remove(block)
            if not _blocks:
                socket.socket.connect = _real_connect  # type: ignore[method-assign]
                socket.socket.connect_ex = _real_connect_ex  # type: ignore[method-assign]
                socket.getaddrinfo = _real_getaddrinfo


def _is_here(host: str) -> bool:
    if host.lower() in {"localhost", "", "0.0.0.0", "::"}:  # noqa: S104 - nobody listens here
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower().endswith(".localhost")  # RFC 6761 §6.3


def _check(host: object, port: object) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    number = port if isinstance(port, int) else 0
    for block in _blocks:
        if block.refuses(name, number):
            place = f"{name}:{number}" if number else name
            block.tried.append(place)
            raise NetworkBlocked(
                f"{place} is out of reach while a cassette plays. Record the request (--cassette-mode=new), or let the "
                f'host pass: @pytest.mark.cassette(passthrough=["{name}"])'
            )


def _connect(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        _check(*address[:2])
    _real_connect(self, address)


def _connect_ex(self: socket.socket, address: Any) -> int:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        _check(*address[:2])
    return _real_connect_ex(self, address)


def _getaddrinfo(host: Any, port: Any, *args: Any, **more: Any) -> Any:
    _check(host, port)
    return _real_getaddrinfo(host, port, *args, **more)
