"""Faults: what a network does to an answer, and how the application asks for one."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import TYPE_CHECKING

from mockserver.values import Struct

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

_DRIP_S = 0.05


class Answer(Struct, frozen=True):
    """The answer as it would have been: `whole` is its head and `body`; `chunked_head` announces chunks instead."""

    whole: bytes
    chunked_head: bytes
    body: bytes


async def _reset(transport: asyncio.Transport, _answer: Answer) -> None:
    set_reset(transport)
    transport.abort()


def set_reset(transport: asyncio.Transport) -> None:
    """Let the end of a connection be a reset."""
    wire: socket.socket = transport.get_extra_info("socket")
    linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # closing drops what is unsent and sends RST
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


async def _empty(transport: asyncio.Transport, _answer: Answer) -> None:
    transport.close()


async def _hang(_transport: asyncio.Transport, _answer: Answer) -> None:
    await asyncio.get_running_loop().create_future()  # cancelled when the client leaves or the server stops


async def _truncate(transport: asyncio.Transport, answer: Answer) -> None:
    withheld = (len(answer.body) + 1) // 2 or len(b"\r\n")  # without a body the head itself is cut
    transport.write(answer.whole[:-withheld])
    transport.close()


async def _malformed(transport: asyncio.Transport, _answer: Answer) -> None:
    transport.write(b"\x00\x7f~ this is no HTTP \xff\r\n\r\n")
    transport.close()


async def _drip(transport: asyncio.Transport, answer: Answer) -> None:
    for at in range(len(answer.whole)):
        transport.write(answer.whole[at : at + 1])
        await asyncio.sleep(_DRIP_S)


async def _cut_chunk(transport: asyncio.Transport, answer: Answer) -> None:
    promised = max(len(answer.body), 2)
    transport.write(b"%b%x\r\n%b" % (answer.chunked_head, promised, answer.body[: promised // 2]))
    transport.close()


class Fault(Struct, frozen=True):
    """One thing that a network does to an answer: a line for people, and the function that does it to the socket."""

    description: str
    play: Callable[[asyncio.Transport, Answer], Awaitable[None]]


FAULTS: Mapping[str, Fault] = {
    "reset": Fault("the connection is reset (RST) instead of an answer", _reset),
    "empty": Fault("the connection is closed without one byte of an answer", _empty),
    "hang": Fault("the request is taken and never answered", _hang),
    "truncate": Fault("Content-Length promises more bytes than are sent, then the connection is closed", _truncate),
    "malformed": Fault("bytes that are no HTTP, then the connection is closed", _malformed),
    "drip": Fault("the right answer, one byte every 50 ms", _drip),
    "cut-chunk": Fault("a chunked body that ends in the middle of a chunk", _cut_chunk),
}


class Pace:
    """How an answer leaves, told by the application through `environ["mockserver.pace"]` before it returns."""

    __slots__ = ("_fault", "_wait_s")

    def __init__(self) -> None:
        self._wait_s = 0.0
        self._fault = ""

    def __bool__(self) -> bool:
        return self._wait_s > 0 or self._fault != ""

    @property
    def wait_s(self) -> float:
        """Seconds before the answer; nobody else waits. At most a day."""
        return self._wait_s

    @wait_s.setter
    def wait_s(self, seconds: float) -> None:
        if not 0 <= seconds <= 86_400:
            raise ValueError(f"wait_s is {seconds!r}; it must be between 0 and 86400 seconds.")
        self._wait_s = seconds

    @property
    def fault(self) -> str:
        """A name in FAULTS, or empty."""
        return self._fault

    @fault.setter
    def fault(self, name: str) -> None:
        if name and name not in FAULTS:
            raise ValueError(f"There is no fault {name!r}; there are {', '.join(FAULTS)}.")
        self._fault = name
