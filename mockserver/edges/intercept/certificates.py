"""Certificates are read when a connection is made, and not when a client is: reading them costs more than an answer.

A context that was made meanwhile reads all it was told to as soon as it is used, then or later: nothing is trusted that
was not to be.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

_READING: Final = ("load_verify_locations", "load_default_certs")
_USING: Final = ("wrap_socket", "wrap_bio", "get_ca_certs", "cert_store_stats")
_REAL: Final = {name: getattr(ssl.SSLContext, name) for name in (*_READING, *_USING)}
_WAITING: Final = "_mockserver_waiting"


def _later(name: str) -> Callable[..., None]:
    def read(context: Any, *args: Any, **more: Any) -> None:
        context.__dict__.setdefault(_WAITING, []).append((name, args, more))

    return read


def _after(name: str) -> Callable[..., Any]:
    def use(context: Any, *args: Any, **more: Any) -> Any:
        for reading, words, named in context.__dict__.pop(_WAITING, ()):
            _REAL[reading](context, *words, **named)
        return _REAL[name](context, *args, **more)

    return use


@contextmanager
def read_when_used() -> Iterator[None]:
    """Let contexts be made for nothing."""
    for name in _USING:
        setattr(ssl.SSLContext, name, _after(name))  # stays: a context may be used long after
    found = {name: vars(ssl.SSLContext).get(name) for name in _READING}
    for name in _READING:
        setattr(ssl.SSLContext, name, _later(name))
    try:
        yield
    finally:
        for name, before in found.items():
            if before is None:
                delattr(ssl.SSLContext, name)
            else:
                setattr(ssl.SSLContext, name, before)
