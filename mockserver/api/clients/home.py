"""Where a client finds its API: at an address in this process, and on a real socket for libraries not known here.

Most clients never need the socket: it is opened when a call has sent nothing that could be seen in this process. What
is known here is answered in process at its address, too, so that one client may use several libraries.
"""

from __future__ import annotations

import threading
import weakref
from contextlib import suppress

from mockserver.edges.fault_gate import FaultGate, Play, Wire
from mockserver.edges.intercept.spelling import spelled
from mockserver.exchange import Request, Response, whole
from mockserver.jobs.interception import MOCK_ORIGIN, Address, Interception, Serve, addresses, ordered
from mockserver.jobs.service import Answer, Service
from mockserver.values import replace


class Home:
    """The addresses of one service for one client; `serve` answers, and raises `stop` when a client goes on and on."""

    def __init__(self, service: Service, urls: tuple[str, ...], stop: type[BaseException]) -> None:
        self._path = f"/{service.name}"
        self._known = addresses(service.name, service.contract.servers, urls)
        self._stop = stop
        self._turn = threading.Lock()
        self._outside = ""
        self.serve: Serve = _nobody
        self.interception = self._intercepting()
        self.is_outside = False
        self.caller = 0
        self.heard = 0
        self.is_endless = False

    def _intercepting(self, *more: Address) -> Interception:
        return Interception(ordered((*more, *self._known)), {self._path[1:]: self._served})

    def _served(self, request: Request) -> Answer:
        return self.serve(request)

    @property
    def url(self) -> str:
        """The address that the client is given."""
        return self._outside if self.is_outside else f"{MOCK_ORIGIN}{self._path}"

    def go_outside(self) -> bool:
        """Let the socket's be the address; tell whether it is. Where nobody may make sockets, it is not."""
        if not self._outside:
            gate = FaultGate()
            with suppress(OSError, RuntimeError):  # RuntimeError: pytest-socket lets nobody make one
                gate.listen()
                gate.play(_play(weakref.ref(self), gate.url))  # weakly: a thread that listens keeps nobody alive
                weakref.finalize(self, gate.stop, wait=False)
                self._outside = f"{gate.url}{self._path}"
                self.interception = self._intercepting(Address(gate.url, self._path, self._path[1:], below=""))
        self.is_outside = bool(self._outside)
        return self.is_outside

    def begin(self) -> None:
        """Start a call of this thread: what is heard on the socket is counted anew."""
        self.caller, self.heard, self.is_endless = threading.get_ident(), 0, False

    def answer(self, wire: Wire, origin: str) -> None:
        """Answer what has arrived on a connection; end the connection of a client that goes on and on."""
        request = wire.request
        with self._turn:
            self.heard += 1
            try:
                received = self.interception.receive(f"{origin}{request.target}", request)
            except self._stop:
                self.is_endless = True
                wire.close()
                return
        told = received.response if isinstance(received, Answer) else Response(404, body=f"{received}".encode())
        told = whole(told)
        wire.send(spelled(replace(told, headers=(*told.headers, ("Connection", "close"))), request.method))
        wire.close()  # whatever version of HTTP the client speaks, it knows where the answer ends


def _nobody(request: Request) -> Answer:
    """Answer before there is a client."""
    return Answer(Response(503, body=f"nobody asks {request.target} yet".encode()))


def _play(home: weakref.ref[Home], origin: str) -> Play:
    def play(wire: Wire) -> None:
        here = home()
        if here is None:
            wire.close()
        else:
            here.answer(wire, origin)

    return play
