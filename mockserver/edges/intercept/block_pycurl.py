"""pycurl: its sockets are libcurl's own, so each handle asks before it makes one, and before a name is looked up.

A handle of a class that was imported by name before (`from pycurl import Curl`) asks nobody.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import pycurl

_REAL: Final[Any] = pycurl.Curl
_check: Callable[[object, object], None]


class _Asking(_REAL):  # type: ignore[misc]  # the library has no types
    def __init__(self) -> None:
        super().__init__()
        self._address = ""
        self.setopt(pycurl.OPENSOCKETFUNCTION, _opened)

    def setopt(self, option: int, value: Any) -> None:
        if option == pycurl.URL:
            self._address = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        super().setopt(option, value)

    def reset(self) -> None:
        super().reset()
        self.setopt(pycurl.OPENSOCKETFUNCTION, _opened)

    def perform(self) -> None:
        self._ask()
        super().perform()

    def perform_rb(self) -> Any:
        self._ask()
        return super().perform_rb()

    def perform_rs(self) -> Any:
        self._ask()
        return super().perform_rs()

    def _ask(self) -> None:
        parts = urlsplit(self._address if "://" in self._address else f"http://{self._address}")
        try:
            _check(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        except OSError as refused:
            raise pycurl.error(pycurl.E_COULDNT_CONNECT, str(refused)) from refused


def _opened(_purpose: int, address: Any) -> Any:
    """Return a socket for an address, whoever has led there (a redirect, a multi handle); or none."""
    if address.family in {socket.AF_INET, socket.AF_INET6}:
        try:
            _check(*address.addr[:2])
        except OSError:  # told by whoever refuses
            return pycurl.SOCKET_BAD
    return _Handed(address.family, address.socktype, address.protocol)


class _Handed(socket.socket):
    """A socket of which pycurl makes a copy: nobody else closes this one."""

    def __del__(self) -> None:
        self.close()


def put(check: Callable[[object, object], None]) -> None:
    """Let handles ask from now on."""
    global _check  # noqa: PLW0603 - there is one way out of a process
    _check = check
    pycurl.Curl = _Asking


def take_away() -> None:
    """Leave the way as it was found."""
    pycurl.Curl = _REAL
