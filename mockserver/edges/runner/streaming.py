"""A body that comes in pieces: from the application to the socket, at its own pace and as fast as the client reads."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol, TypeVar

from mockserver.edges.runner.replies import Pieces, Reply

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import Context

    from mockserver.edges.runner.call import Call

_Told = TypeVar("_Told")


class Host(Protocol):
    """What streaming needs of the server."""

    pool: ThreadPoolExecutor | None
    loop: asyncio.AbstractEventLoop
    date: bytes


class Outlet(Protocol):
    """What streaming needs of its connection; `room` is set while the client does not read."""

    @property
    def service(self) -> Host:
        """Return the server."""

    transport: asyncio.Transport
    gone: bool
    room: Future[None] | None
    mute: bool
    old: bool
    last: bool

    def answer(self, reply: Reply, content: bytes) -> None:
        """Write an answer that is there as a whole."""

    def connection_field(self, reply: Reply) -> bytes:
        """Return the field that tells whether the connection ends with an answer."""


class Streaming:
    """One body on its way."""

    def __init__(self, outlet: Outlet, call: Call) -> None:
        self._outlet = outlet
        self._call = call

    async def run(self, context: Context) -> None:
        """Send the whole body."""
        outlet, call = self._outlet, self._call
        service, paces = outlet.service, call.paces()
        if paces is not None:
            await self._send(b"")
            for pause, piece in () if outlet.mute else paces:
                if pause > 0:
                    await asyncio.sleep(pause)
                await self._send(piece)
        elif service.pool is not None:
            await service.loop.run_in_executor(service.pool, context.run, self._from_pool)
        else:
            with contextlib.closing(call.pieces()) as pieces:
                for piece in filter(None, pieces):
                    await self._send(piece)
                    if outlet.mute:
                        break
                    await asyncio.sleep(0)  # an endless body leaves the others their turn
        if call.frames is None:
            outlet.answer(call.judge(), b"")
        elif ending := call.frames.end():
            outlet.transport.write(ending)

    def _from_pool(self) -> None:
        """Iterate where the application may block: in a thread, which then also closes the body."""
        with contextlib.closing(self._call.pieces()) as pieces:
            for piece in filter(None, pieces):
                put: Future[Future[None] | None] = Future()
                self._outlet.service.loop.call_soon_threadsafe(self._put_for_thread, piece, put)
                room = self._wait_in_thread(put)
                if room is not None:
                    self._wait_in_thread(room)
                if self._outlet.mute:
                    break

    def _put_for_thread(self, piece: bytes, put: Future[Future[None] | None]) -> None:
        try:
            self._put(piece)
        except (OSError, RuntimeError, TypeError, ValueError) as error:  # what judging and framing raise
            put.set_exception(error)
        else:
            put.set_result(self._outlet.room)

    def _wait_in_thread(self, future: Future[_Told]) -> _Told:
        while True:
            try:
                return future.result(timeout=1.0)
            except TimeoutError:
                if self._outlet.gone:  # the loop may have ended before it came to this
                    raise ConnectionResetError("The client left before the end of the body.") from None

    async def _send(self, piece: bytes) -> None:
        """Send one piece; wait while the client does not read."""
        self._put(piece)
        if self._outlet.room is not None:
            await asyncio.wrap_future(self._outlet.room)

    def _put(self, piece: bytes) -> None:
        """Write one piece, after the head if it is the first."""
        outlet, call = self._outlet, self._call
        if outlet.gone:
            raise ConnectionResetError("The client left before the end of the body.")
        head = b""
        if call.frames is None:
            reply = call.judge()
            call.frames = Pieces(reply, mute=outlet.mute, chunks=not outlet.old)
            outlet.last = outlet.last or call.frames.until_close
            head = reply.head(outlet.service.date, call.frames.framing + outlet.connection_field(reply))
        if framed := head + call.frames.frame(piece):
            outlet.transport.write(framed)
