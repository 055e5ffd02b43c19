"""aiohttp: the connection is the seam (`TCPConnector._create_connection`), so that its writer and its parser are real.

An answer is looked for when the client reads, on the stack of the client, so that its own line can be told.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp
from aiohttp.client_proto import ResponseHandler

from mockserver.edges.intercept.calls import RECEIVERS, Failed, Receive, Waited, outcome
from mockserver.edges.intercept.spelling import BROKEN, read_request, spelled
from mockserver.jobs.interception import Watched

_real_create: Final = aiohttp.TCPConnector._create_connection  # noqa: SLF001 - the one place below pools


def put() -> None:
    """Stand in the way of all connections of this process."""
    aiohttp.TCPConnector._create_connection = _create_connection  # type: ignore[method-assign,assignment]  # noqa: SLF001 - the seam


def take_away() -> None:
    """Leave the way as it was found."""
    aiohttp.TCPConnector._create_connection = _real_create  # type: ignore[method-assign]  # noqa: SLF001 - the seam


async def _create_connection(connector: Any, request: Any, traces: Any, timeout: Any) -> ResponseHandler:  # noqa: ASYNC109 - theirs
    receive = RECEIVERS.latest
    if receive is None:
        return await _real_create(connector, request, traces, timeout)

    async def really() -> Any:
        return (await _real_create(connector, request, traces, timeout)).transport

    return _Answered(asyncio.get_running_loop(), receive, request, really, timeout.sock_read or timeout.total)


class _Wire(asyncio.Transport):
    """What the client writes into, until it is known whether the request may leave."""

    def __init__(self, protocol: ResponseHandler, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._protocol, self._loop = protocol, loop
        self.sent = b""
        self.grown = asyncio.Event()
        self._closing = False

    def write(self, data: Any) -> None:
        """Take bytes."""
        self.sent += bytes(data)
        self.grown.set()

    def is_closing(self) -> bool:
        """Tell whether this is over."""
        return self._closing

    def close(self) -> None:
        """End it; the protocol is told, as the loop would tell it."""
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        """End it."""
        self.close()

    def pause_reading(self) -> None:
        """Answers are whole: there is nothing to pause."""

    def resume_reading(self) -> None:
        """Answers are whole: there is nothing to resume."""


class _Answered(ResponseHandler):
    """A connection whose answer is made in this process; it is used once, and never kept for another request."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, receive: Receive, request: Any, really: Any, patience_s: float | None
    ) -> None:
        super().__init__(loop)
        self._receive, self._request, self._really, self._patience_s = receive, request, really, patience_s
        self._wire = _Wire(self, loop)
        self._is_decided = False
        self.connection_made(self._wire)
        self.force_close()

    async def read(self) -> Any:
        """Return the head of the answer, after it was decided which."""
        if not self._is_decided:
            self._is_decided = True
            await self._decide()
        return await super().read()

    async def _decide(self) -> None:
        while (request := read_request(self._wire.sent)) is None:
            self._wire.grown.clear()
            await self._wire.grown.wait()
        found = outcome(self._receive, str(self._request.url), request, self._patience_s)
        match found:
            case None | Watched():  # whoever records stands above us
                transport = await self._really()
                transport.set_protocol(self)
                self.transport = transport
                transport.write(self._wire.sent)
            case Failed(fault=fault, text=text):
                self._fail(fault, text)
            case Waited(response=response, wait_s=wait_s):
                if wait_s:
                    await asyncio.sleep(wait_s)
                self.data_received(spelled(response, request.method))

    def _fail(self, fault: str, text: str) -> None:
        if fault in BROKEN:
            if BROKEN[fault]:
                self.data_received(BROKEN[fault])
            self._wire.close()
        elif fault in {"hang", "timeout", "connect-timeout"}:
            kind = aiohttp.ConnectionTimeoutError if fault == "connect-timeout" else aiohttp.SocketTimeoutError
            self.set_exception(kind(text))
        elif fault == "reset":
            self.set_exception(aiohttp.ClientOSError(104, text))
        else:
            self.set_exception(aiohttp.ClientConnectorError(self._request.connection_key, OSError(111, text)))
