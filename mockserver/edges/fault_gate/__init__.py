r"""A raw socket player: what a network and a broken server can do to a client, byte by byte.

    cut = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut")
    with FaultGate(reset(), cut, answer(200, b"{}")) as gate:
        client.get(gate.url)
    gate.arrived        # what was asked, in order, with the moment and the connection of each

Each request that arrives is answered by the next play; the last one goes on for ever. A play is a function of the
connection (`Wire`): it sends bytes, waits, closes or resets, and may read the next request. Everything is bounded:
connections, sizes, and time, as `stop` wakes whatever waits. Knows sockets and the spelling of requests; no HTTP
library, no contract, and nothing of the client.
"""

from __future__ import annotations

from mockserver.edges.fault_gate.gate import Arrived as Arrived
from mockserver.edges.fault_gate.gate import FaultGate as FaultGate
from mockserver.edges.fault_gate.plays import answer as answer
from mockserver.edges.fault_gate.plays import closed_port as closed_port
from mockserver.edges.fault_gate.plays import drip as drip
from mockserver.edges.fault_gate.plays import empty as empty
from mockserver.edges.fault_gate.plays import endless as endless
from mockserver.edges.fault_gate.plays import full_backlog as full_backlog
from mockserver.edges.fault_gate.plays import hang as hang
from mockserver.edges.fault_gate.plays import late as late
from mockserver.edges.fault_gate.plays import raw as raw
from mockserver.edges.fault_gate.plays import reset as reset
from mockserver.edges.fault_gate.plays import spelled as spelled
from mockserver.edges.fault_gate.plays import then_close as then_close
from mockserver.edges.fault_gate.wire import Play as Play
from mockserver.edges.fault_gate.wire import Wire as Wire
