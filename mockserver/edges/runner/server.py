"""The server: it listens, keeps its connections, and stops when asked."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import logging
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import TYPE_CHECKING

from mockserver.edges.runner.call import Errors
from mockserver.edges.runner.connection import Connection
from mockserver.edges.runner.requests import DEFAULT_LIMITS, Block, Environ, Limits, read_block
from mockserver.errors import AddressInUse, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Self
    from wsgiref.types import WSGIApplication

    from mockserver.edges.runner.call import AtOnce

GRACE_S = 2.0
"""How long a stopping server lets answers in flight finish."""

_LOG = logging.getLogger("mockserver.server")
_CACHED_BLOCK = 4 << 10
_CACHED_BLOCKS = 512
_BACKLOG = 1024
_STUCK_S = 5.0


class _Service:
    """What the connections of one running server share; lives on its event loop."""

    def __init__(self, app: WSGIApplication, limits: Limits, threads: int, base: Environ) -> None:
        self.app = app
        self.at_once: AtOnce | None = getattr(app, "at_once", None) if not threads else None
        self.limits = limits
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="mockserver") if threads else None
        self.connections: set[Connection] = set()
        self.loop = _new_loop()
        self.thread = 0
        self.stopping = False
        self.now = 0.0  # a clock as coarse as the sweeps: reading the real one costs more than it tells
        self.date = b""
        self._base = base
        self._blocks: dict[bytes, Block] = {}
        self._asked = self.loop.create_future()  # to stop, with the grace in seconds
        self._hurry = self.loop.create_future()  # to stop without grace
        self._settled = self.loop.create_future()

    def block(self, raw: bytes) -> Block:
        """Return a header section, read."""
        block = self._blocks.get(raw)
        if block is None:
            block = read_block(raw, self._base)
            if len(raw) <= _CACHED_BLOCK:
                if len(self._blocks) >= _CACHED_BLOCKS:
                    self._blocks.clear()
                self._blocks[raw] = block
        return block

    async def live(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        """Serve until asked to stop, then let answers in work finish within the grace."""
        self._sweep()
        server = await self.loop.create_server(lambda: Connection(self), sock=listener, backlog=_BACKLOG)
        grace_s = 0.0
        try:
            ready()
            grace_s = await self._asked
        finally:
            self.stopping = True
            server.close()
            await self._retire(grace_s)
            if self.pool is not None:
                self.pool.shutdown(wait=False, cancel_futures=True)

    def ask_to_stop(self, grace_s: float) -> None:
        """Begin to stop."""
        if not self._asked.done():
            self._asked.set_result(grace_s)

    def hear_signal(self) -> None:
        """Begin to stop; at the second signal stop at once."""
        if not self._asked.done():
            self._asked.set_result(GRACE_S)
        elif not self._hurry.done():
            self._hurry.set_result(None)

    def left(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        self.connections.discard(connection)
        if self.stopping and not self.connections and not self._settled.done():
            self._settled.set_result(None)

    async def _retire(self, grace_s: float) -> None:
        for connection in tuple(self.connections):
            connection.retire()
        if self.connections:
            await asyncio.wait((self._settled, self._hurry), timeout=grace_s, return_when=asyncio.FIRST_COMPLETED)
        for connection in tuple(self.connections):
            connection.abort()
        if self.connections:
            await self._settled

    def _sweep(self) -> None:
        self.now = self.loop.time()
        self.date = f"Date: {formatdate(usegmt=True)}\r\n".encode()
        for connection in tuple(self.connections):
            connection.check(self.now)
        self.loop.call_later(min(1.0, self.limits.head_s / 4, self.limits.idle_s / 4), self._sweep)


def _new_loop() -> asyncio.AbstractEventLoop:
    """Take uvloop's where it is installed: about a tenth less CPU per request, the same behaviour (both are tested)."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


class Server:
    """A WSGI application on a port: in a thread (`start`, `stop`, or `with`), or in the main thread (`run`).

    `threads=0` calls the application on the event loop, which is right while its answers take microseconds;
    `threads=N` calls it in a pool of N threads, for views that block. Port 0 takes a free one: `port` tells which.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 0,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.host = host
        self.port = port
        self._wanted = port
        self._app = app
        self._threads = threads
        self._limits = limits
        self._service: _Service | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        """Where a client on this machine finds the server, without a slash at the end."""
        host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked for
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def start(self) -> None:
        """Serve in a daemon thread; return when the port is open.

        Raises AddressInUse, or UsageError for an address that cannot be listened on.
        """
        service, listener = self._open()
        ready = threading.Event()
        name = f"mockserver-{self.port}"
        self._thread = threading.Thread(target=self._live, args=(service, listener, ready.set), name=name, daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Take no more requests, let answers in work finish within the grace, and return when all is closed.

        Called by the application itself, on the event loop, it returns at once and the server ends afterwards.
        """
        service, thread = self._service, self._thread
        if service is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has just ended by itself
            service.loop.call_soon_threadsafe(service.ask_to_stop, grace_s)
        if service.thread == threading.get_ident():
            return
        if not self._ended.wait(grace_s + _STUCK_S):
            # A view that blocks the event loop cannot be interrupted; the thread is a daemon and ends with the process.
            _LOG.error("server-stuck port=%d waited_s=%g", self.port, grace_s + _STUCK_S)
        elif thread is not None:
            thread.join()

    def run(self, on_ready: Callable[[], None] | None = None) -> None:
        """Serve in the main thread until SIGINT or SIGTERM; a second signal ends answers in work at once.

        `on_ready` is called when the port is open. Raises as `start` does.
        """
        service, listener = self._open()
        self._thread = None

        def hear(_signal: int, _frame: FrameType | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has just ended
                service.loop.call_soon_threadsafe(service.hear_signal)

        before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._live(service, listener, on_ready or (lambda: None))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _open(self) -> tuple[_Service, socket.socket]:
        if self._service is not None:
            raise UsageError(
                "This server is running already.", where=self.url, fix="Stop it before it is started anew."
            )
        listener = _listen(self.host, self._wanted)
        self.port = listener.getsockname()[1]
        base: Environ = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": listener.getsockname()[0],
            "SERVER_PORT": str(self.port),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": Errors(),
            "wsgi.multithread": self._threads > 1,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }
        self._service = _Service(self._app, self._limits, self._threads, base)
        self._ended.clear()
        return self._service, listener

    def _live(self, service: _Service, listener: socket.socket, ready: Callable[[], None]) -> None:
        service.thread = threading.get_ident()
        try:
            with asyncio.Runner(loop_factory=lambda: service.loop) as runner:
                runner.run(service.live(listener, ready))
        finally:
            self._service = None
            self._ended.set()


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody listened on a moment ago; `Server(port=0)` knows no such race."""
    with _listen(host, 0) as listener:
        port: int = listener.getsockname()[1]
        return port


def _listen(host: str, port: int) -> socket.socket:
    place = f"{host}:{port}"
    try:
        found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listener = socket.socket(family)
    except (OSError, ValueError) as error:  # ValueError: a name that cannot even be looked up
        raise _no_address(place, error) from error
    try:
        if os.name == "posix":  # elsewhere it would let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address[0], port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AddressInUse(
                f"Port {port} is taken: another program listens there.",
                where=place,
                fix="End that program, or choose another port; port 0 takes a free one.",
            ) from error
        raise _no_address(place, error) from error
    return listener


def _no_address(place: str, error: Exception) -> UsageError:
    return UsageError(
        f"This machine cannot listen on {place}: {error}.",
        where=place,
        fix="Give a name or address of this machine, and a port: 0 for a free one, else 1024 to 65535.",
    )
