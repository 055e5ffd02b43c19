"""A server that says exactly what a test gives it, octet by octet, and keeps what it was asked."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}'


@dataclass
class Asked:
    """A request as it came: `connection` counts from 0."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int
    at: float = field(default_factory=time.monotonic)


class Wire:
    """What an answer can do besides being sent."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.is_open = True

    def send(self, octets: bytes) -> None:
        self.sock.sendall(octets)

    def drip(self, octets: bytes, every_s: float = 0.02) -> None:
        for octet in octets:
            self.sock.sendall(bytes([octet]))
            time.sleep(every_s)

    def close(self) -> None:
        self.is_open = False

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.is_open = False


Says = bytes | Callable[[Wire, Asked], None]


def answer(status: int = 200, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json(text: bytes, *headers: str, status: int = 200) -> bytes:
    return answer(status, text, "Content-Type: application/json", *headers)


def broken_off(octets: bytes) -> Says:
    def say(wire: Wire, _: Asked) -> None:
        wire.send(octets)
        wire.close()

    return say


def reset_after(octets: bytes = b"") -> Says:
    def say(wire: Wire, _: Asked) -> None:
        if octets:
            wire.send(octets)
            time.sleep(0.02)  # the reset would overtake it
        wire.reset()

    return say


class Scripted:
    """Says one thing after another, to whoever asks; the last one again and again."""

    def __init__(self, *says: Says) -> None:
        self.says: list[Says] = list(says) or [OK]
        self.asked: list[Asked] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._lock = threading.Lock()
        self._connections = 0
        self._threads: list[threading.Thread] = []
        self._socks: list[socket.socket] = []
        self._ended = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._socks:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(2)

    def _accept(self) -> None:
        while not self._ended:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socks.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock, self._connections), daemon=True)
            self._connections += 1
            thread.start()
            self._threads.append(thread)

    def _serve(self, sock: socket.socket, connection: int) -> None:
        wire = Wire(sock)
        with suppress(OSError), sock, sock.makefile("rb") as reader:
            while wire.is_open and (asked := read_request(reader, connection)) is not None:
                with self._lock:
                    self.asked.append(asked)
                    says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
                if isinstance(says, bytes):
                    wire.send(says)
                else:
                    says(wire, asked)


def read_request(reader: Iterable[bytes], connection: int) -> Asked | None:
    line = reader.readline()
    if not line.strip():
        return None
    method, target, _ = line.decode().split(" ", 2)
    headers: dict[str, str] = {}
    while field_line := reader.readline().strip():
        name, _, value = field_line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = b""
    if "content-length" in headers:
        body = reader.read(int(headers["content-length"]))
    elif headers.get("transfer-encoding") == "chunked":
        while size := int(reader.readline() or b"-1", 16):
            if size < 0:
                return None  # it broke off
            body += reader.read(size)
            reader.readline()
        reader.readline()
    return Asked(method, target, headers, body, connection)
