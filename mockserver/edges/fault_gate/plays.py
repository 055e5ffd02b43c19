"""What can be done to a request's connection: one function each."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from mockserver.edges.fault_gate.wire import IDLE_S, Play, Wire
from mockserver.exchange import Headers


def spelled(status: int = 200, body: bytes = b"{}", headers: Headers = (), *, version: str = "HTTP/1.1") -> bytes:
    """Return an answer as bytes: with `Content-Length` and `Content-Type` unless they are given."""
    given = {name.lower() for name, _ in headers}
    usual = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    lines = [
        f"{name}: {value}" for name, value in (*headers, *(pair for pair in usual if pair[0].lower() not in given))
    ]
    return "\r\n".join((f"{version} {status} Word", *lines, "", "")).encode("latin-1") + body


def answer(status: int = 200, body: bytes = b"{}", headers: Headers = ()) -> Play:
    """Answer as a sound server would, and keep the connection."""
    whole = spelled(status, body, headers)

    def play(wire: Wire) -> None:
        head_only = wire.request.method == "HEAD"
        wire.send(whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if head_only else whole)

    return play


def raw(data: bytes, *, then: Literal["close", "reset", "keep", "hang"] = "close") -> Play:
    """Send these bytes, then `close`, `reset` or `keep` the connection, or `hang`: keep it and never say more."""

    def play(wire: Wire) -> None:
        wire.send(data)
        if then == "reset":
            wire.wait(0.02)  # what was sent arrives first
            wire.reset()
        elif then == "hang":
            wire.wait(IDLE_S)
            wire.close()
        elif then != "keep":
            wire.close()

    return play


def empty() -> Play:
    """Close without one byte of an answer."""
    return raw(b"")


def reset() -> Play:
    """Reset instead of an answer."""
    return raw(b"", then="reset")


def hang() -> Play:
    """Take the request and never answer."""
    return raw(b"", then="hang")


def drip(data: bytes, every_s: float) -> Play:
    """Send one byte at a time."""

    def play(wire: Wire) -> None:
        for at in range(len(data)):
            if not wire.send(data[at : at + 1]) or not wire.wait(every_s):
                return

    return play


def endless(head: bytes, piece: bytes) -> Play:
    """Send a head, and then the same piece again and again, until the client leaves."""

    def play(wire: Wire) -> None:
        wire.send(head)
        while wire.send(piece):
            pass

    return play


def late(play: Play, after_s: float) -> Play:
    """Play later."""

    def played(wire: Wire) -> None:
        if wire.wait(after_s):
            play(wire)

    return played


def then_close(play: Play, after_s: float = 0.0) -> Play:
    """Play, and close the kept connection a while later without a word, as servers do with idle ones."""

    def played(wire: Wire) -> None:
        play(wire)
        wire.wait(after_s)
        wire.close()

    return played


@contextmanager
def full_backlog() -> Iterator[str]:
    """Yield the address of a server that accepts nobody: connecting to it takes for ever."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        place = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        try:
            for each in waiting:
                each.setblocking(False)  # noqa: FBT003 - its only argument
                each.connect_ex(place)
            yield f"http://127.0.0.1:{place[1]}"
        finally:
            for each in waiting:
                each.close()


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
