"""The listener: a connection a thread, the next play for each request that arrives, and a record of them."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, NamedTuple, Self

from mockserver.edges.fault_gate.plays import answer
from mockserver.edges.fault_gate.wire import IDLE_S, Play, Wire
from mockserver.exchange import Request

_CONNECTIONS: Final = 256


class Arrived(NamedTuple):
    """A request as it arrived: on which connection (counted from 0), when (monotonic), and whether it was whole."""

    request: Request
    connection: int
    at: float
    whole: bool = True


class FaultGate:
    """Listens on a free port of 127.0.0.1 and plays; a context manager. Thread-safe.

    `on_accept` is played as soon as a connection stands, before it is read from. With `tls` it speaks TLS.
    """

    def __init__(self, *plays: Play, on_accept: Play | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._plays = list(plays) or [answer(200)]
        self._on_accept = on_accept
        self._tls = tls
        self._lock = threading.RLock()  # a finalizer may stop us while this thread has it
        self._stopping = threading.Event()
        self._arrived: list[Arrived] = []
        self._accepted = 0
        self._wires: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def arrived(self) -> tuple[Arrived, ...]:
        """The requests so far, in order."""
        with self._lock:
            return tuple(self._arrived)

    @property
    def requests(self) -> tuple[Request, ...]:
        """The same, without their circumstances."""
        return tuple(each.request for each in self.arrived)

    @property
    def connections(self) -> int:
        """How many connections were accepted."""
        with self._lock:
            return self._accepted

    @property
    def open_connections(self) -> int:
        """How many of them still stand."""
        with self._lock:
            return len(self._wires)

    def play(self, *plays: Play) -> None:
        """Exchange what is played from now on."""
        with self._lock:
            self._plays = list(plays)

    def listen(self) -> None:
        """Accept connections, on the same port as before if there was one."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(128)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._start(self._accept, listener)

    def refuse(self) -> None:
        """Stop listening, so that connections are refused, until `listen`; what stands goes on."""
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            self._listener.close()
            self._listener = None

    def stop(self, *, wait: bool = True) -> None:
        """End everything; `wait` for the threads, which a finalizer must not: it may run in one of them."""
        self._stopping.set()
        self.refuse()
        with self._lock:
            wires = list(self._wires)
        for wire in wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        for thread in self._threads if wait else ():
            thread.join(5)

    def __enter__(self) -> Self:
        self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, target: Callable[..., None], *words: object) -> None:
        thread = threading.Thread(target=target, args=words, daemon=True, name="fault-gate")
        self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:  # the listener was closed
                return
            with self._lock:
                number = self._accepted
                self._accepted += 1
                crowded = len(self._wires) >= _CONNECTIONS
                if not crowded:
                    self._wires.add(sock)
            if crowded:
                sock.close()
            else:
                self._start(self._serve, sock, number)

    def _serve(self, plain: socket.socket, number: int) -> None:
        plain.settimeout(IDLE_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock = plain
        try:
            if self._tls is not None:
                sock = self._tls.wrap_socket(plain, server_side=True)  # the plain one is empty from here on
                with self._lock:
                    self._wires = self._wires - {plain} | {sock}
            wire = Wire(sock, number, self._stopping)
            if self._on_accept is not None:
                self._on_accept(wire)
            while wire.is_open and (read := wire.read()) is not None:
                self._next(*read, number)(wire)
        except OSError:  # a handshake that the client broke off
            pass
        finally:
            sock.close()
            with self._lock:
                self._wires -= {plain, sock}

    def _next(self, request: Request, whole: bool, number: int) -> Play:  # noqa: FBT001 - as `Wire.read` tells it
        with self._lock:
            self._arrived.append(Arrived(request, number, time.monotonic(), whole))
            return self._plays.pop(0) if len(self._plays) > 1 else self._plays[0]
