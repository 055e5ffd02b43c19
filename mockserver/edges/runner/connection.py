"""One connection: requests in their order, each answered before the next is read (RFC 9112 §9)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from mockserver.edges.runner.call import Call
from mockserver.edges.runner.faults import FAULTS, Answer, set_reset
from mockserver.edges.runner.incoming import Incoming
from mockserver.edges.runner.replies import Pieces, Reply, judge
from mockserver.edges.runner.requests import Block, Limits, Line, Refused
from mockserver.exchange import Request

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mockserver.edges.runner.call import AtOnce

_LOG = logging.getLogger("mockserver.server")
_Told = TypeVar("_Told")
_PLAIN = (("Content-Type", "text/plain; charset=utf-8"),)
_PENDING = 64 << 10  # pipelined bytes that wait in memory behind a slow answer
_LINGER_S = 1.0


class Service(Protocol):
    """What a connection needs of the server that it belongs to."""

    app: WSGIApplication
    at_once: AtOnce | None
    limits: Limits
    pool: ThreadPoolExecutor | None
    connections: set[Connection]
    loop: asyncio.AbstractEventLoop
    thread: int
    stopping: bool
    now: float
    date: str

    def block(self, raw: bytes) -> Block:
        """Return a header section, read."""

    def left(self, connection: Connection) -> None:
        """Forget a connection that has ended."""


class Connection(asyncio.Protocol):
    """One socket: requests in their order, each answered before the next is read."""

    def __init__(self, service: Service) -> None:
        self.hangs = False  # the answer in work will never come
        self._service = service
        self._since = service.now
        self._incoming = Incoming(service.limits, service.block)
        self._task: asyncio.Task[None] | None = None  # an answer that takes its time
        self._room: Future[None] | None = None  # while the client does not read
        self._reading = False  # a part of a request has come
        self._last = False  # the connection ends with the answer in work
        self._mute = False  # the request is HEAD
        self._old = False  # the request is HTTP/1.0
        self._deaf = False  # what still comes is dropped
        self._half_closed = False  # nothing more will come
        self._gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin (asyncio.Protocol)."""
        self._transport = cast("asyncio.Transport", transport)
        wire: socket.socket = transport.get_extra_info("socket")
        with contextlib.suppress(OSError):  # the client may be gone already
            # asyncio does this only for sockets that were made with the number of the protocol; accepted ones have 0.
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host, port = (transport.get_extra_info("peername") or ("", 0))[:2]
        self._peer = (str(host), str(port))
        self._service.connections.add(self)
        if self._service.stopping:
            self._transport.abort()

    def connection_lost(self, _error: Exception | None) -> None:
        """End (asyncio.Protocol): nobody waits for an answer any more."""
        self._gone = True
        if self._task is not None:
            self._task.cancel()
        if self._room is not None:
            self._room.cancel()
        self._service.left(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes (asyncio.Protocol)."""
        if self._deaf:
            return
        incoming = self._incoming
        incoming.buffer = incoming.buffer + data if incoming.buffer else data
        if self._task is None and self._room is None:
            self._advance()
        elif len(incoming.buffer) > _PENDING:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Let an answer in work reach a client that has only finished sending (asyncio.Protocol)."""
        self._half_closed = True
        if self._task is not None or self._room is not None:
            return not self.hangs
        self._hear_the_end()
        return False

    def pause_writing(self) -> None:
        """Stop answering while the client does not read (asyncio.Protocol)."""
        self._room = Future()

    def resume_writing(self) -> None:
        """Go on (asyncio.Protocol)."""
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)
        if self._task is None and not self._deaf:
            self._resume()

    def check(self, now: float) -> None:
        """End a connection that costs without asking."""
        if self._task is not None or self._deaf or self._transport.get_write_buffer_size():
            return
        limits = self._service.limits
        if self._reading and now - self._since > limits.head_s:
            self._refuse(Refused("408 Request Timeout", f"The request did not come within {limits.head_s:g} s."))
        elif not self._reading and now - self._since > limits.idle_s:
            self._transport.close()

    def retire(self) -> None:
        """End now if nothing is in work, else with the answer."""
        self._last = True
        if self.hangs or self._deaf:
            self._transport.abort()
        elif self._task is None:
            self._transport.close()

    def abort(self) -> None:
        """End now."""
        self._transport.abort()

    def _resume(self) -> None:
        """Go on after an answer that took its time, or after a client that did not read."""
        if self._last or self._transport.is_closing():
            self._transport.close()
            return
        self._transport.resume_reading()
        self._advance()
        if self._half_closed and self._task is None and self._room is None:
            self._hear_the_end()

    def _hear_the_end(self) -> None:
        if self._reading and not self._deaf:
            self._refuse(Refused("400 Bad Request", "The request ended in the middle."))
        self._transport.close()

    def _advance(self) -> None:
        """Read and answer what has come, as far as that goes without waiting."""
        incoming = self._incoming
        try:
            while incoming.buffer and self._task is None and self._room is None:
                asked = incoming.take()
                if asked is None:
                    self._wait_for_more()
                    return
                self._reading = False
                self._serve(*asked)
                if self._last and self._task is None:
                    self._transport.close()
                    return
        except Refused as refused:
            self._refuse(refused)

    def _wait_for_more(self) -> None:
        incoming = self._incoming
        # A head has one deadline however it drips; a body has it anew with each piece.
        if incoming.in_body or not self._reading:
            self._since = self._service.now
        self._reading = incoming.begun
        if incoming.continues:
            incoming.continues = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, refused: Refused) -> None:
        """Say why, stop listening, and leave time for the words to arrive before the connection ends."""
        _LOG.info("request-refused status=%s peer=%s reason=%s", refused.status[:3], self._peer[0], refused)
        self._last = True
        self._mute = False
        self._answer(judge(refused.status, _PLAIN), f"{refused.reason}\n".encode())
        self._deaf = True
        self._reading = False
        self._incoming.drop()
        # Closing at once would answer unread bytes with RST, and RST destroys the answer on its way.
        with contextlib.suppress(OSError):  # the client may be gone already
            self._transport.write_eof()
        self._service.loop.call_later(_LINGER_S, self._transport.abort)

    # Answers.

    def _serve(self, line: Line, block: Block, body: bytes) -> None:
        """Answer at once if the whole answer is there, else begin a task."""
        service = self._service
        self._mute, self._old = line.mute, line.old
        self._last = not block.persists if line.old else block.closes
        call: Call | None = None
        try:
            app = service.app
            if service.at_once is not None:
                said = service.at_once(Request(line.method, line.target, block.fields, body), line.path)
                if isinstance(said, tuple):
                    status, headers, content = said
                    self._answer(judge(status, headers), content)
                    self._since = service.now
                    return
                app = said or app
            call = Call(line, block, body, self._peer)
            self._call(call, app)
        except BaseException as error:  # noqa: BLE001 - sys.exit() or pytest.fail() in a view must not end the server
            self._fail(call or Call(line, block, body, self._peer), error)
        if call is not None and self._task is None and call.iterable is not None:
            self._close(call)
        self._since = service.now

    def _call(self, call: Call, app: WSGIApplication) -> None:
        service = self._service
        context = copy_context()  # what the application puts there ends with the request
        if service.pool is not None:
            self._task = service.loop.create_task(self._answer_later(call, None, context))
            return
        content = context.run(call.run, app)
        if content is None or call.pace:
            answer = self._answer_later(call, content, context)
            self._task = service.loop.create_task(answer, context=context)
        else:
            self._answer(call.judge(), content)

    async def _answer_later(self, call: Call, content: bytes | None, context: Context) -> None:
        service = self._service
        try:
            if service.pool is not None:
                content = await service.loop.run_in_executor(service.pool, context.run, self._run_in_pool, call)
            if call.pace.wait_s:
                await asyncio.sleep(call.pace.wait_s)
            if call.pace.fault:
                await self._spoil(call, content or b"")
            elif content is not None:
                self._answer(call.judge(), content)
            else:
                await self._stream(call, context)
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - as in _serve
            self._fail(call, error)
        finally:
            self._close(call)
        self._task = None
        self._since = service.now
        self._resume()

    def _run_in_pool(self, call: Call) -> bytes | None:
        try:
            content = call.run(self._service.app)
        except StopIteration as error:
            raise RuntimeError("The application raised StopIteration.") from error  # which no Future can carry
        if content is not None or self._gone:
            self._close(call)
        return content

    def _answer(self, reply: Reply, content: bytes) -> None:
        self._transport.write(self._whole(reply, content))

    def _whole(self, reply: Reply, content: bytes) -> bytes:
        """Frame an answer that is there as a whole."""
        field, date, length = self._connection_field(reply), self._service.date, reply.length
        if reply.bare:
            return reply.head(date, field)
        if self._mute:  # RFC 9110 §9.3.2: the length that GET would have; an empty body tells none
            length = length if length is not None else len(content) or None
            return reply.head(date, field if length is None else f"Content-Length: {length}\r\n{field}")
        if length is not None and length != len(content):
            raise ValueError(f"Content-Length is {length}, but the body has {len(content)} bytes.")
        return reply.head(date, f"Content-Length: {len(content)}\r\n{field}") + content

    def _connection_field(self, reply: Reply) -> str:
        if reply.closes or self._service.stopping:
            self._last = True
        if self._last:
            return "Connection: close\r\n"
        return "Connection: keep-alive\r\n" if self._old else ""

    async def _spoil(self, call: Call, content: bytes) -> None:
        reply = call.judge()
        self.hangs = call.pace.fault == "hang"
        answer = Answer(
            whole=self._whole(reply, content),
            chunked_head=reply.head(self._service.date, "Transfer-Encoding: chunked\r\n"),
            body=b"" if self._mute or reply.bare else content,
        )
        await FAULTS[call.pace.fault].play(self._transport, answer)

    async def _stream(self, call: Call, context: Context) -> None:
        service, paces = self._service, call.paces()
        if paces is not None:
            await self._send(call, b"")
            for pause, piece in () if self._mute else paces:
                if pause > 0:
                    await asyncio.sleep(pause)
                await self._send(call, piece)
        elif service.pool is not None:
            await service.loop.run_in_executor(service.pool, context.run, self._stream_from_pool, call)
        else:
            with contextlib.closing(call.pieces()) as pieces:
                for piece in filter(None, pieces):
                    await self._send(call, piece)
                    if self._mute:
                        break
                    await asyncio.sleep(0)  # an endless body leaves the others their turn
        if call.frames is None:
            self._answer(call.judge(), b"")
        elif ending := call.frames.end():
            self._transport.write(ending)

    def _stream_from_pool(self, call: Call) -> None:
        """Iterate where the application may block: in a thread, which then also closes the body."""
        with contextlib.closing(call.pieces()) as pieces:
            for piece in filter(None, pieces):
                put: Future[Future[None] | None] = Future()
                self._service.loop.call_soon_threadsafe(self._put_for_thread, call, piece, put)
                room = self._wait_in_thread(put)
                if room is not None:
                    self._wait_in_thread(room)
                if self._mute:
                    break

    def _put_for_thread(self, call: Call, piece: bytes, put: Future[Future[None] | None]) -> None:
        try:
            self._put(call, piece)
        except (OSError, RuntimeError, TypeError, ValueError) as error:  # what judging and framing raise
            put.set_exception(error)
        else:
            put.set_result(self._room)

    def _wait_in_thread(self, future: Future[_Told]) -> _Told:
        while True:
            try:
                return future.result(timeout=1.0)
            except TimeoutError:
                if self._gone:  # the loop may have ended before it came to this
                    raise ConnectionResetError("The client left before the end of the body.") from None

    async def _send(self, call: Call, piece: bytes) -> None:
        """Send one piece; wait while the client does not read."""
        self._put(call, piece)
        if self._room is not None:
            await asyncio.wrap_future(self._room)

    def _put(self, call: Call, piece: bytes) -> None:
        """Write one piece, after the head if it is the first."""
        if self._gone:
            raise ConnectionResetError("The client left before the end of the body.")
        head = b""
        if call.frames is None:
            reply = call.judge()
            call.frames = Pieces(reply, mute=self._mute, chunks=not self._old)
            self._last = self._last or call.frames.until_close
            head = reply.head(self._service.date, call.frames.framing + self._connection_field(reply))
        if framed := head + call.frames.frame(piece):
            self._transport.write(framed)

    def _fail(self, call: Call, error: BaseException) -> None:
        """Answer 500, or cut what has begun: a broken body must not look complete."""
        if self._gone:
            return
        name = type(error).__name__
        _LOG.error(
            "application-failed method=%s path=%r error=%s", call.line.method, call.line.path, name, exc_info=error
        )
        if call.frames is None:
            reason = f"The application raised {name}; the log of this server tells where.\n"
            self._answer(judge("500 Internal Server Error", _PLAIN), reason.encode())
            return
        self._last = True
        if call.frames.until_close:  # RFC 9112 §8: its end would be taken for the end of the body
            set_reset(self._transport)
        self._transport.close()

    def _close(self, call: Call) -> None:
        try:
            call.close()
        except BaseException as error:  # noqa: BLE001 - as in _serve; the answer has left
            _LOG.error("application-failed in=close error=%s", type(error).__name__, exc_info=error)
