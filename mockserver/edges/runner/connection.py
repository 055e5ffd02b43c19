"""One connection: requests in their order, each answered before the next is read (RFC 9112 §9)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Protocol, cast

from mockserver.edges.runner.call import Call
from mockserver.edges.runner.faults import FAULTS, Answer, set_reset
from mockserver.edges.runner.incoming import Incoming
from mockserver.edges.runner.replies import Reply, judge
from mockserver.edges.runner.requests import Block, Limits, Line, Refused
from mockserver.edges.runner.streaming import Streaming
from mockserver.exchange import Request

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mockserver.edges.runner.call import AtOnce

_LOG = logging.getLogger("mockserver.server")
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
    date: bytes

    def block(self, raw: bytes) -> Block:
        """Return a header section, read."""

    def left(self, connection: Connection) -> None:
        """Forget a connection that has ended."""


class Connection(asyncio.Protocol):
    """One socket: requests in their order, each answered before the next is read."""

    def __init__(self, service: Service) -> None:
        self.hangs = False  # the answer in work will never come
        self.service = service
        self._since = service.now
        self._incoming = Incoming(service.limits, service.block)
        self._task: asyncio.Task[None] | None = None  # an answer that takes its time
        self.room: Future[None] | None = None  # while the client does not read
        self._reading = False  # a part of a request has come
        self.last = False  # the connection ends with the answer in work
        self.mute = False  # the request is HEAD
        self.old = False  # the request is HTTP/1.0
        self._deaf = False  # what still comes is dropped
        self._half_closed = False  # nothing more will come
        self.gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin (asyncio.Protocol)."""
        self.transport = cast("asyncio.Transport", transport)
        wire: socket.socket = transport.get_extra_info("socket")
        with contextlib.suppress(OSError):  # the client may be gone already
            # asyncio does this only for sockets that were made with the number of the protocol; accepted ones have 0.
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host, port = (transport.get_extra_info("peername") or ("", 0))[:2]
        self._peer = (str(host), str(port))
        self.service.connections.add(self)
        if self.service.stopping:
            self.transport.abort()

    def connection_lost(self, _error: Exception | None) -> None:
        """End (asyncio.Protocol): nobody waits for an answer any more."""
        self.gone = True
        if self._task is not None:
            self._task.cancel()
        if self.room is not None:
            self.room.cancel()
        self.service.left(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes (asyncio.Protocol)."""
        if self._deaf:
            return
        incoming = self._incoming
        incoming.buffer = incoming.buffer + data if incoming.buffer else data
        if self._task is None and self.room is None:
            self._advance()
        elif len(incoming.buffer) > _PENDING:
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Let an answer in work reach a client that has only finished sending (asyncio.Protocol)."""
        self._half_closed = True
        if self._task is not None or self.room is not None:
            return not self.hangs
        self._hear_the_end()
        return False

    def pause_writing(self) -> None:
        """Stop answering while the client does not read (asyncio.Protocol)."""
        self.room = Future()

    def resume_writing(self) -> None:
        """Go on (asyncio.Protocol)."""
        room, self.room = self.room, None
        if room is not None and not room.done():
            room.set_result(None)
        if self._task is None and not self._deaf:
            self._resume()

    def check(self, now: float) -> None:
        """End a connection that costs without asking."""
        if self._task is not None or self._deaf or self.transport.get_write_buffer_size():
            return
        limits = self.service.limits
        if self._reading and now - self._since > limits.head_s:
            self._refuse(Refused("408 Request Timeout", f"The request did not come within {limits.head_s:g} s."))
        elif not self._reading and now - self._since > limits.idle_s:
            self.transport.close()

    def retire(self) -> None:
        """End now if nothing is in work, else with the answer."""
        self.last = True
        if self.hangs or self._deaf:
            self.transport.abort()
        elif self._task is None:
            self.transport.close()

    def abort(self) -> None:
        """End now."""
        self.transport.abort()

    def _resume(self) -> None:
        """Go on after an answer that took its time, or after a client that did not read."""
        if self.last or self.transport.is_closing():
            self.transport.close()
            return
        self.transport.resume_reading()
        self._advance()
        if self._half_closed and self._task is None and self.room is None:
            self._hear_the_end()

    def _hear_the_end(self) -> None:
        if self._reading and not self._deaf:
            self._refuse(Refused("400 Bad Request", "The request ended in the middle."))
        self.transport.close()

    def _advance(self) -> None:
        """Read and answer what has come, as far as that goes without waiting."""
        incoming = self._incoming
        try:
            while incoming.buffer and self._task is None and self.room is None:
                asked = incoming.take()
                if asked is None:
                    self._wait_for_more()
                    return
                self._reading = False
                self._serve(*asked)
                if self.last and self._task is None:
                    self.transport.close()
                    return
        except Refused as refused:
            self._refuse(refused)

    def _wait_for_more(self) -> None:
        incoming = self._incoming
        # A head has one deadline however it drips; a body has it anew with each piece.
        if incoming.in_body or not self._reading:
            self._since = self.service.now
        self._reading = incoming.begun
        if incoming.continues:
            incoming.continues = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, refused: Refused) -> None:
        """Say why, stop listening, and leave time for the words to arrive before the connection ends."""
        _LOG.info("request-refused status=%s peer=%s reason=%s", refused.status[:3], self._peer[0], refused)
        self.last = True
        self.mute = False
        self.answer(judge(refused.status, _PLAIN), f"{refused.reason}\n".encode())
        self._deaf = True
        self._reading = False
        self._incoming.drop()
        # Closing at once would answer unread bytes with RST, and RST destroys the answer on its way.
        with contextlib.suppress(OSError):  # the client may be gone already
            self.transport.write_eof()
        self.service.loop.call_later(_LINGER_S, self.transport.abort)

    # Answers.

    def _serve(self, line: Line, block: Block, body: bytes) -> None:
        """Answer at once if the whole answer is there, else begin a task."""
        service = self.service
        self.mute, self.old = line.mute, line.old
        self.last = not block.persists if line.old else block.closes
        call: Call | None = None
        try:
            app = service.app
            if service.at_once is not None:
                said = service.at_once(Request(line.method, line.target, block.fields, body), line.path)
                if isinstance(said, tuple):
                    status, headers, content = said
                    self.answer(judge(status, headers), content)
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
        service = self.service
        context = copy_context()  # what the application puts there ends with the request
        if service.pool is not None:
            self._task = service.loop.create_task(self._answer_later(call, None, context))
            return
        content = context.run(call.run, app)
        if content is None or call.pace:
            answer = self._answer_later(call, content, context)
            self._task = service.loop.create_task(answer, context=context)
        else:
            self.answer(call.judge(), content)

    async def _answer_later(self, call: Call, content: bytes | None, context: Context) -> None:
        service = self.service
        try:
            if service.pool is not None:
                content = await service.loop.run_in_executor(service.pool, context.run, self._run_in_pool, call)
            if call.pace.wait_s:
                await asyncio.sleep(call.pace.wait_s)
            if call.pace.fault:
                await self._spoil(call, content or b"")
            elif content is not None:
                self.answer(call.judge(), content)
            else:
                await Streaming(self, call).run(context)
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
            content = call.run(self.service.app)
        except StopIteration as error:
            raise RuntimeError("The application raised StopIteration.") from error  # which no Future can carry
        if content is not None or self.gone:
            self._close(call)
        return content

    def answer(self, reply: Reply, content: bytes) -> None:
        """Write an answer that is there as a whole."""
        self.transport.write(self._whole(reply, content))

    def _whole(self, reply: Reply, content: bytes) -> bytes:
        """Frame an answer that is there as a whole."""
        field, date, length = self.connection_field(reply), self.service.date, reply.length
        if reply.bare:
            return reply.head(date, field)
        if self.mute:  # RFC 9110 §9.3.2: the length that GET would have; an empty body tells none
            length = length if length is not None else len(content) or None
            return reply.head(date, field if length is None else b"Content-Length: %d\r\n%b" % (length, field))
        if length is not None and length != len(content):
            raise ValueError(f"Content-Length is {length}, but the body has {len(content)} bytes.")
        dated = b"" if reply.dated else date
        return b"%b%bContent-Length: %d\r\n%b\r\n%b" % (reply.text, dated, len(content), field, content)

    def connection_field(self, reply: Reply) -> bytes:
        """Return the field that tells whether the connection ends with an answer, or nothing."""
        if reply.closes or self.service.stopping:
            self.last = True
        if self.last:
            return b"Connection: close\r\n"
        return b"Connection: keep-alive\r\n" if self.old else b""

    async def _spoil(self, call: Call, content: bytes) -> None:
        reply = call.judge()
        self.hangs = call.pace.fault == "hang"
        answer = Answer(
            whole=self._whole(reply, content),
            chunked_head=reply.head(self.service.date, b"Transfer-Encoding: chunked\r\n"),
            body=b"" if self.mute or reply.bare else content,
        )
        await FAULTS[call.pace.fault].play(self.transport, answer)

    def _fail(self, call: Call, error: BaseException) -> None:
        """Answer 500, or cut what has begun: a broken body must not look complete."""
        if self.gone:
            return
        name = type(error).__name__
        _LOG.error(
            "application-failed method=%s path=%r error=%s", call.line.method, call.line.path, name, exc_info=error
        )
        if call.frames is None:
            reason = f"The application raised {name}; the log of this server tells where.\n"
            self.answer(judge("500 Internal Server Error", _PLAIN), reason.encode())
            return
        self.last = True
        if call.frames.until_close:  # RFC 9112 §8: its end would be taken for the end of the body
            set_reset(self.transport)
        self.transport.close()

    def _close(self, call: Call) -> None:
        try:
            call.close()
        except BaseException as error:  # noqa: BLE001 - as in _serve; the answer has left
            _LOG.error("application-failed in=close error=%s", type(error).__name__, exc_info=error)
