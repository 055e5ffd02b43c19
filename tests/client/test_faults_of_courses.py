"""The fault table, rows 43 to 52: what shows only over several calls, and the circuit as real clients meet it.

Rows 44 (pages that go in a circle, cursors that repeat) and 46 (207, batches that fail in part) are played in
`test_pages_and_batches.py`; row 47 is left out, see `test_faults_of_connections.py`.
"""

import asyncio
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockserver.client import APIClient, AsyncAPIClient
from mockserver.client.errors import CircuitOpen, ClientError, ConnectionFailed, ServerError
from mockserver.client.ports import Notice
from mockserver.client.testing import FrozenClock, no_sleeping
from mockserver.edges.fault_gate import FaultGate, Wire, answer, late, reset

OK = answer(200, b'{"a": 1}')


class Orders:
    """A server that does what it is asked, keeps keys, and whose first answers are lost."""

    def __init__(self, *, lost: int) -> None:
        self.lost = lost
        self.done: dict[str, int] = {}

    def __call__(self, wire: Wire) -> None:
        key = wire.request.header("idempotency-key") or f"none {len(self.done)}"
        self.done.setdefault(key, len(self.done) + 1)
        self.lost -= 1
        (reset() if self.lost >= 0 else answer(201, b'{"order": %d}' % self.done[key]))(wire)


def test_row_43_an_order_whose_answer_was_lost_is_made_once(make) -> None:
    orders = Orders(lost=2)
    with FaultGate(orders) as gate:
        client = make(gate.url, policy={"retry": {"base_s": 0.001}, "idempotency": {"make_keys": True}})
        assert client.post("/orders", json={"n": 1}).data == {"order": 1}
        assert (len(gate.requests), len(orders.done)) == (3, 1)
        assert client.post("/orders", json={"n": 1}).data == {"order": 2}  # another call is another order


def test_row_43_without_a_key_the_caller_is_told_that_it_may_have_been_made(make) -> None:
    orders = Orders(lost=1)
    with FaultGate(orders) as gate:
        with pytest.raises(ConnectionFailed) as failed:
            make(gate.url).post("/orders", json={"n": 1})
        assert (failed.value.outcome_unknown, failed.value.retryable, len(orders.done)) == (True, False, 1)


def test_row_45_what_is_not_there_yet_is_asked_for_again_only_where_that_is_declared(make) -> None:
    with FaultGate(answer(201), answer(404), answer(404), OK) as gate:
        client = make(
            gate.url,
            policy={
                "retry": {"base_s": 0.001},
                "operations": {"getOrder": {"retry": {"statuses": [404, 503], "attempts": 5}}},
            },
        )
        client.post("/orders", json={})
        with pytest.raises(ClientError):
            client.get("/orders/1")
        assert client.get("/orders/1", operation="getOrder").attempts == 2
        gate.play(answer(404))
        with pytest.raises(ClientError) as failed:
            client.get("/orders/1", operation="getOrder")
        assert failed.value.attempts == 5


def test_row_48_a_service_that_fails_every_second_time_opens_the_circuit(make) -> None:
    turn = iter(range(10**6))

    def flapping(wire: Wire) -> None:
        answer(200 if next(turn) % 2 else 500)(wire)

    with FaultGate(flapping) as gate:
        client = make(gate.url, policy={"retry": {"attempts": 1}})
        told = Counter()
        for _ in range(40):
            try:
                client.get("/")
                told["good"] += 1
            except (ServerError, CircuitOpen) as failed:
                told[type(failed).__name__] += 1
        assert told["CircuitOpen"] >= 28
        assert len(gate.requests) <= 12


HALF_OPEN = {"retry": {"attempts": 1}, "breaker": {"min_calls": 2, "open_jitter": 0}, "bulkhead": {"concurrent": 40}}


def test_row_49_of_twenty_threads_at_half_open_one_probes() -> None:
    clock = FrozenClock()
    with FaultGate(answer(503)) as gate, APIClient(gate.url, policy=HALF_OPEN, clock=clock) as client:
        for _ in range(2):
            with pytest.raises(ServerError):
                client.get("/")
        clock.advance(15.1)
        gate.play(late(answer(503), 0.2))
        start = threading.Barrier(20)

        def call(_: int) -> str:
            start.wait()
            try:
                client.get("/")
            except (ServerError, CircuitOpen) as told:
                return type(told).__name__
            return "good"

        with ThreadPoolExecutor(20) as pool:
            told = Counter(pool.map(call, range(20)))
        assert told == {"CircuitOpen": 19, "ServerError": 1}
        assert len(gate.requests) == 2 + 1


def test_row_49_of_twenty_tasks_at_half_open_one_probes() -> None:
    clock = FrozenClock()

    async def crowd(gate: FaultGate) -> Counter[str]:
        async with AsyncAPIClient(gate.url, policy=HALF_OPEN, clock=clock) as client:
            for _ in range(2):
                with pytest.raises(ServerError):
                    await client.get("/")
            clock.advance(15.1)
            gate.play(late(answer(503), 0.2))
            told = await asyncio.gather(*(client.get("/") for _ in range(20)), return_exceptions=True)
            return Counter(type(each).__name__ for each in told)

    with FaultGate(answer(503)) as gate:
        assert asyncio.run(crowd(gate)) == {"CircuitOpen": 19, "ServerError": 1}
        assert len(gate.requests) == 2 + 1


def test_row_49_a_service_that_recovers_is_served_after_three_good_probes(make) -> None:
    clock = FrozenClock()
    with FaultGate(answer(503)) as gate:
        client = make(gate.url, policy=HALF_OPEN, clock=clock)
        for _ in range(2):
            with pytest.raises(ServerError):
                client.get("/")
        with pytest.raises(CircuitOpen) as told:
            client.get("/")
        assert 14 < told.value.retry_after <= 15
        gate.play(OK)
        clock.advance(15.1)
        assert [client.circuits()[0].state for _ in range(4) if client.get("/").status == 200] == [
            "half-open", "half-open", "closed", "closed",
        ]  # fmt: skip


def test_row_50_that_an_operation_goes_away_is_told_once(make) -> None:
    class Notices:
        def __init__(self) -> None:
            self.told: list[tuple[str, str]] = []

        def observe(self, event: object) -> None:
            if isinstance(event, Notice):
                self.told.append((event.operation, event.kind))

    notices = Notices()
    leaving = (("Deprecation", "@1688169599"), ("Sunset", "Sat, 31 Dec 2033 23:59:59 GMT"))
    with FaultGate(answer(200, b"{}", leaving)) as gate:
        client = make(gate.url, hooks=[notices])
        for _ in range(3):
            client.get("/old", operation="getOld")
        client.get("/older", operation="getOlder")
        assert Counter(notices.told) == {
            (operation, kind): 1 for operation in ("getOld", "getOlder") for kind in ("deprecation", "sunset")
        }


def test_row_51_one_sick_operation_leaves_the_others_alone(make) -> None:
    def half_sick(wire: Wire) -> None:
        (late(answer(503), 0.01) if wire.request.path == "/search" else OK)(wire)

    words = {"retry": {"attempts": 1}, "operations": {"search": {"breaker": {"min_calls": 4}}}}
    with FaultGate(half_sick) as gate:
        client = make(gate.url, policy=words)
        for _ in range(6):
            with pytest.raises((ServerError, CircuitOpen)):
                client.get("/search", operation="search")
            assert client.get("/orders", operation="listOrders").status == 200
        with pytest.raises(CircuitOpen):
            client.get("/search", operation="search")


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
def test_row_52_a_wall_clock_that_jumps_changes_nothing(make, jump_s: float) -> None:
    clock = FrozenClock()
    with FaultGate(answer(503)) as gate:
        client = make(gate.url, policy=HALF_OPEN, clock=clock)
        for _ in range(2):
            with pytest.raises(ServerError):
                client.get("/")
        clock.advance(1, epoch=jump_s)
        with pytest.raises(CircuitOpen) as told:
            client.get("/")
        assert 13 < told.value.retry_after <= 14
        gate.play(OK)
        clock.advance(14.1)
        assert client.get("/").status == 200


def test_no_sleeping_lets_pauses_pass_and_tells_them(make) -> None:
    with FaultGate(answer(503)) as gate:
        client = make(gate.url, policy={})
        with no_sleeping() as slept, pytest.raises(ServerError):
            client.get("/")
        assert (len(slept), len(gate.requests)) == (2, 3)
        assert 0 < sum(slept) < 16
