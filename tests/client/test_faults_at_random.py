"""What no table lists: answers cut at every byte, and many callers while everything goes wrong at random."""

import asyncio
import gzip
import json
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fault_table import HEAD, OK, chunked, outcome

from mockserver.client import APIClient, APIError, AsyncAPIClient
from mockserver.edges.fault_gate import FaultGate, Wire, answer, empty, late, raw, reset, spelled, then_close

WHOLE = b'{"a": [1, 2, 3], "b": "\xc3\xa9"}'
VALUE = {"a": [1, 2, 3], "b": "é"}
PACKED = gzip.compress(WHOLE, mtime=0)
FRAMINGS = {
    "length": spelled(200, WHOLE),
    "chunks": chunked(WHOLE[:9], WHOLE[9:]),
    "gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
    "gzip in chunks": chunked(PACKED[:20], PACKED[20:]).replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n", 1),
    "until closed": b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + WHOLE,
    "after a hint": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + spelled(200, WHOLE),
}
# one more than a cut costs: a connection that was just closed may be found so only when it is used
LOOSE = {"retry": {"attempts": 3, "base_s": 0, "throttled_base_s": 0}, "breaker": False, "budget": False}


@pytest.mark.parametrize("data", FRAMINGS.values(), ids=FRAMINGS.keys())
@pytest.mark.parametrize("then", ["close", "reset"])
def test_an_answer_that_is_cut_at_any_byte_is_asked_for_again_or_told(make, data: bytes, then: str) -> None:
    step = 5 if then == "close" else 17
    cuts = [*range(0, len(data), step), len(data) - 1, data.index(b"\r\n\r\n") + 4]
    with FaultGate() as gate:
        client = make(gate.url, policy=LOOSE)
        for cut in cuts:
            gate.play(raw(data[:cut], then=then), raw(data))  # type: ignore[arg-type]
            assert client.get("/").data == VALUE, cut
        assert len(cuts) < len(gate.requests) <= 2 * len(cuts)  # without the last line end all the same all is there


@pytest.mark.parametrize("data", FRAMINGS.values(), ids=FRAMINGS.keys())
def test_a_post_whose_answer_is_cut_at_any_byte_is_sent_once(make, data: bytes) -> None:
    with FaultGate() as gate:
        client = make(gate.url, policy=LOOSE)
        for number, cut in enumerate(range(0, len(data), 11)):
            gate.play(raw(data[:cut]), OK)
            ended = outcome(lambda: client.post("/", json={"n": 1}))
            assert ended.outcome_unknown if isinstance(ended, APIError) else ended.data == VALUE, cut
            assert len(gate.requests) == number + 1


class Chaos:
    """Echoes what it was asked, or does something else, by a seed; remembers what it carried out."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.orders: Counter[str] = Counter()

    def __call__(self, wire: Wire) -> None:
        request = wire.request
        with self._lock:
            if request.method == "POST":
                self.orders[json.loads(request.body)["order"]] += 1
            drawn, where = self._random.random(), self._random.randrange(1, 200)
        whole = spelled(200, json.dumps({"path": request.path}).encode())
        fate = (
            reset() if drawn < 0.08
            else empty() if drawn < 0.16
            else raw(whole[:where] if where < len(whole) else whole[:-1]) if drawn < 0.26
            else answer(503) if drawn < 0.34
            else then_close(raw(whole, then="keep")) if drawn < 0.44
            else late(raw(whole, then="keep"), 0.003) if drawn < 0.5
            else raw(whole + b"HTTP/1.1 200 OK\r\n\r\n", then="keep") if drawn < 0.54
            else raw(whole, then="keep")
        )  # fmt: skip
        fate(wire)


CALLS = [("GET", f"/things/{number}") if number % 3 else ("POST", f"/orders/{number}") for number in range(150)]
PATIENT = {
    "retry": {"attempts": 6, "base_s": 0.001, "throttled_base_s": 0.001},
    "breaker": False, "budget": False, "bulkhead": False,
}  # fmt: skip


def judge(ended: list[Any], chaos: Chaos) -> None:
    for (method, path), got in zip(CALLS, ended, strict=True):
        if isinstance(got, APIError):
            assert got.outcome_unknown == (method == "POST" and got.status is None), (method, path, got)
        else:
            assert got == {"path": path}  # never the answer to somebody else's question
    assert max(chaos.orders.values()) == 1
    good = {
        path for (method, path), got in zip(CALLS, ended, strict=True) if method == "POST" and isinstance(got, dict)
    }
    assert good <= set(chaos.orders)
    assert sum(not isinstance(got, APIError) for got in ended) > 120


@pytest.mark.parametrize("seed", [1, 2])
def test_many_threads_in_chaos_get_their_own_answers_and_order_once(seed: int) -> None:
    chaos = Chaos(seed)
    with FaultGate(chaos) as gate, APIClient(gate.url, policy=PATIENT) as client, ThreadPoolExecutor(12) as pool:

        def call(what: tuple[str, str]) -> Any:
            method, path = what
            body = {"json": {"order": path}} if method == "POST" else {}
            return outcome(lambda: client.request(method, path, **body).data)

        judge(list(pool.map(call, CALLS)), chaos)


@pytest.mark.parametrize("seed", [1, 2])
def test_many_tasks_in_chaos_get_their_own_answers_and_order_once(seed: int) -> None:
    chaos = Chaos(seed)

    async def crowd(url: str) -> list[Any]:
        gate = asyncio.Semaphore(12)
        async with AsyncAPIClient(url, policy=PATIENT) as client:

            async def call(method: str, path: str) -> Any:
                body = {"json": {"order": path}} if method == "POST" else {}
                async with gate:
                    try:
                        return (await client.request(method, path, **body)).data
                    except APIError as told:
                        return told

            return await asyncio.gather(*(call(*what) for what in CALLS))

    with FaultGate(chaos) as gate:
        judge(asyncio.run(crowd(gate.url)), chaos)
