"""No way out: sockets that would leave this machine are refused, and names are not looked up.

What runs on this machine (a database, a test server) stays in reach, unless it is said to be one of those that are
never asked again, as what stands on a cassette. Sockets of the interpreter are refused, those of libcurl and libuv;
another library that makes its own in C, and another process, are not seen here.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from typing import Any, Final

from mockserver.edges.intercept.late import when_imported

_OWN_SOCKETS: Final = ("pycurl", "uvloop")
_LOCK: Final = threading.Lock()
_blocks: list[_Block] = []


class NetworkBlocked(ConnectionRefusedError):
    """A test has tried to reach the network."""


class _Way:
    """The way out as it was found, which may be that of another plugin."""

    def __init__(self) -> None:
        self.kind = socket.socket
        self.connect: Any = self.kind.connect
        self.connect_ex: Any = self.kind.connect_ex
        self.getaddrinfo: Any = socket.getaddrinfo
        self._others: list[Any] = []
        self._waiting = ExitStack()

    def close(self) -> None:
        """Stand in it."""
        self.kind.connect = _connect  # type: ignore[method-assign,assignment]  # the one way out
        self.kind.connect_ex = _connect_ex  # type: ignore[method-assign,assignment]  # and its other spelling
        socket.getaddrinfo = _getaddrinfo
        for library in _OWN_SOCKETS:
            self._waiting.enter_context(when_imported(library, partial(self._close_other, library)))

    def _close_other(self, library: str) -> None:
        other = import_module(f"mockserver.edges.intercept.block_{library}")
        other.put(_check)
        self._others.append(other)

    def open(self) -> None:
        """Leave it as it was found."""
        self.kind.connect = self.connect  # type: ignore[method-assign]
        self.kind.connect_ex = self.connect_ex  # type: ignore[method-assign]
        socket.getaddrinfo = self.getaddrinfo
        self._waiting.close()
        for other in self._others:
            other.take_away()


_way = _Way()


class _Block:
    """What one test lets pass; `refuse` is told each place that was refused and returns why, for people."""

    def __init__(
        self, refuse: Callable[[str], str], passthrough: Iterable[str], never: Iterable[tuple[str, int]]
    ) -> None:
        self.refuse = refuse
        self.passthrough = frozenset(host.lower() for host in passthrough)
        self.never = frozenset(never)

    def refuses(self, host: str, port: int) -> bool:
        """Tell whether a place may not be reached."""
        if host.lower() in self.passthrough or f"{host.lower()}:{port}" in self.passthrough:
            return False
        return not _is_here(host) or (host.lower(), port) in self.never


@contextmanager
def blocked(
    refuse: Callable[[str], str], passthrough: Iterable[str] = (), never: Iterable[tuple[str, int]] = ()
) -> Iterator[None]:
    """Refuse connections of this process, but to this machine and to the hosts that may pass."""
    global _way  # noqa: PLW0603 - there is one way out of a process
    block = _Block(refuse, passthrough, never)
    with _LOCK:
        if not _blocks:
            _way = _Way()
            _way.close()
        _blocks.append(block)
    try:
        yield
    finally:
        with _LOCK:
            _blocks.remove(block)
            if not _blocks:
                _way.open()


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
            raise NetworkBlocked(block.refuse(f"{name}:{number}" if number else name))


def _connect(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        _check(*address[:2])
    _way.connect(self, address)


def _connect_ex(self: socket.socket, address: Any) -> int:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        _check(*address[:2])
    found: int = _way.connect_ex(self, address)
    return found


def _getaddrinfo(host: Any, port: Any, *args: Any, **more: Any) -> Any:
    _check(host, port)
    return _way.getaddrinfo(host, port, *args, **more)
