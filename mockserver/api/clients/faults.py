"""One binding, with a fault on the first request of each call: on a real socket where the client can be led there.

A client that knows its address by itself is broken in this process; so are connections that are never made, and waiting
for ever, which would take as long as clients wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.api.clients.plans import planned
from mockserver.contract.plan import Plan
from mockserver.edges.consumer.methods import Notes
from mockserver.edges.consumer.pauses import without_pauses
from mockserver.edges.consumer.scalars import InexpressibleError
from mockserver.edges.fault_gate import FaultGate, Play, Wire, closed_port, empty, late, raw, reset
from mockserver.edges.intercept.all import intercepted
from mockserver.edges.intercept.network_block import blocked
from mockserver.edges.intercept.spelling import BROKEN, spelled
from mockserver.exchange import Request, whole
from mockserver.jobs.interception import Blocked, Passed, Received, origin_of
from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.faults import FAULTS, Faulted, end_of, faults_shown
from mockserver.jobs.verify.observed import Called, Shown

_PLAYS: dict[str, Callable[[], Play]] = {
    "reset": reset,
    "empty": empty,
    "malformed": lambda: raw(BROKEN["malformed"]),
    "truncate": lambda: raw(BROKEN["truncate"]),
    "cut-chunk": lambda: raw(BROKEN["cut-chunk"]),
}


class FaultRun:
    """Breaks connections of one client. `led` makes the same client for another address; None: nobody knows how."""

    def __init__(self, calling: Calling, led: Callable[[str], Calling] | None) -> None:
        self._calling = calling
        self._led = led
        self.unchecked: list[str] = []

    def check(self, binding: Binding) -> Iterator[tuple[Faulted, tuple[Shown, ...]]]:
        """Yield how each fault ended for a binding, and what is wrong with that."""
        plan = self._calling.service.plans.of(binding.operations[0])
        if not isinstance(plan, Plan):
            return
        with self._calling.intercepting():
            cases = planned(self._calling, binding, 0, plan)
        if cases is None:
            return
        with FaultGate() as gate, suppress(InexpressibleError):  # what cannot be said is told by the other directions
            led = self._led(gate.url) if self._led is not None else None
            case = Case("broken", cases.least(), None, "")
            if led is not None:
                self._call_on_socket(gate, led, [_answered(led)], binding, case, plan)
            is_led = bool(gate.requests)
            is_outside = self._is_outside(binding, case, plan)
            for fault in FAULTS:
                case = Case("broken", cases.least(), None, fault)
                if led is not None and is_led and fault in _PLAYS:
                    plays = [_PLAYS[fault](), _answered(led)]
                    called, sent = self._call_on_socket(gate, led, plays, binding, case, plan)
                    yield _ended(led, fault, binding, case, plan, called, sent)
                elif is_outside:
                    yield from self._outside(fault, binding, case, plan)
                else:
                    called = self._call_in_process(fault, binding, case, plan)
                    sent = tuple(one.request for one in called.observed)
                    yield _ended(self._calling, fault, binding, case, plan, called, sent)

    def _is_outside(self, binding: Binding, case: Case, plan: Plan) -> bool:
        """Tell whether the client asks by a library that nothing can be done to in this process."""
        self._call_in_process("", binding, case, plan)
        return self._calling.is_heard_outside

    def _outside(
        self, fault: str, binding: Binding, case: Case, plan: Plan
    ) -> Iterator[tuple[Faulted, tuple[Shown, ...]]]:
        """Let nobody listen, or nobody answer until patience ends: libraries wait in their own ways."""
        if self._led is None or fault == "connect-timeout":
            self.unchecked.append(f"{binding.label}: {fault}: that cannot be done to a library that is not known here")
            return
        with FaultGate(late(empty(), self._calling.patience_s + 1)) as gate:
            url = gate.url if fault == "hang" else f"http://127.0.0.1:{closed_port()}"
            called = self._call_there(self._led(url), url, binding, case, plan)
        if called.ending == "over":
            yield _ended(self._calling, fault, binding, case, plan, called, ())
        else:
            self.unchecked.append(f"{binding.label}: {fault}: it did not come back in time; it may wait for longer")

    def _call_on_socket(
        self, gate: FaultGate, led: Calling, plays: list[Play], binding: Binding, case: Case, plan: Plan
    ) -> tuple[Called, tuple[Request, ...]]:
        before = len(gate.requests)
        gate.play(*plays)
        called = self._call_there(led, gate.url, binding, case, plan)
        return called, gate.requests[before:]

    def _call_there(self, led: Calling, url: str, binding: Binding, case: Case, plan: Plan) -> Called:
        led.renew()

        def only_there(asked: str, _request: Request) -> Received:
            return Passed() if origin_of(asked) == url else Blocked(origin_of(asked), ())

        with intercepted(only_there), blocked(lambda place: f"{place} is blocked"), without_pauses():
            return led.called(binding, case, plan, Notes())

    def _call_in_process(self, fault: str, binding: Binding, case: Case, plan: Plan) -> Called:
        self._calling.renew()
        with self._calling.intercepting():
            return self._calling.called(binding, case, plan, Notes(), fault=fault)


def _answered(led: Calling) -> Play:
    """Return a play that answers as the least documented success would be."""

    def play(wire: Wire) -> None:
        wire.send(spelled(whole(led.answer(wire.request).response), wire.request.method))

    return play


def _ended(
    calling: Calling, fault: str, binding: Binding, case: Case, plan: Plan, called: Called, sent: Sequence[Request]
) -> tuple[Faulted, tuple[Shown, ...]]:
    reads_body = any(one.media is not None for one in calling.least(plan))
    end = end_of(fault, called, sent, reads_body=reads_body, is_bug=calling.is_slip)
    error = called.raised.name if called.raised is not None else ""
    faulted = Faulted(binding.label, plan.operation.name, fault, end, error)
    return faulted, tuple(faults_shown(faulted, calling.wanted(binding, plan, called.observed), case, called))
