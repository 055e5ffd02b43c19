"""The fault table, rows 1 to 22: what connections and broken servers do, against real sockets, for every client.

Each row: the client recovers, or fails well (typed, in time, told whether a retry makes sense); a POST without a key
is never sent twice, no partial answer is handed out. Rows left out of the table as a whole: 20 (bandwidth and
lognormal latency need statistics, not an example: `tests/resilience/test_traffic.py` shows the slow-call breaker),
47 (streams of events are not reconnected by this client: `stream` hands them out as they come).
"""

import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from mockserver.client import APIError
from mockserver.client.errors import BadAnswer, ConnectionFailed, TimedOut
from mockserver.edges.fault_gate import (
    FaultGate,
    Play,
    answer,
    closed_port,
    drip,
    empty,
    full_backlog,
    hang,
    late,
    raw,
    reset,
    spelled,
    then_close,
)

GOOD = b'{"a": 1}'
OK = answer(200, GOOD)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SWIFT = {"base_s": 0.001, "throttled_base_s": 0.001, "cap_s": 0.002}
HASTY = {"retry": SWIFT, "timeout": {"connect_s": 0.25, "read_s": 0.25}, "deadline": {"total_s": 2}}


def outcome(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except APIError as told:
        return told


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks) + end


CUT = (BadAnswer, ConnectionFailed)  # httpx calls half a head none, which is as true
BROKEN: dict[str, tuple[Play, Any]] = {
    "4 empty": (empty(), ConnectionFailed),
    "5 reset before": (reset(), ConnectionFailed),
    "6 reset in the body": (raw(HEAD + b'Content-Length: 8\r\n\r\n{"a"', then="reset"), BadAnswer),
    "7 random data": (raw(b"\x00\x7f~ this is no HTTP \xff\r\n\r\n"), BadAnswer),
    "8 malformed chunk": (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), BadAnswer),
    "9 no final chunk": (raw(chunked(GOOD, end=b"")), BadAnswer),
    "9 cut in a chunk": (raw(HEAD + b'Transfer-Encoding: chunked\r\n\r\n8\r\n{"a"'), BadAnswer),
    "10 Content-Length too long": (raw(HEAD + b"Content-Length: 99\r\n\r\n" + GOOD), BadAnswer),
    "11 HTTP/1.0 cut off": (raw(b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"a'), BadAnswer),
    "12 cut in the head": (raw(b"HTTP/1.1 200 OK\r\nContent-Type: appli"), CUT),
    "12 cut after the status": (raw(b"HTTP/1.1 200 OK\r\n"), CUT),
    "13 a line without a colon": (raw(b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n{}"), BadAnswer),
    "7 endless status line": (raw(b"HTTP/1.1 200 " + b"x" * 100_000), CUT),
}
broken = pytest.mark.parametrize(("play", "kind"), BROKEN.values(), ids=BROKEN.keys())


@broken
def test_rows_4_to_13_a_get_recovers_and_hands_out_the_whole_answer(make, play: Play, kind: object) -> None:
    del kind
    with FaultGate(play, OK) as gate:
        answered = make(gate.url, policy=HASTY).get("/")
        assert (answered.data, answered.attempts, len(gate.requests)) == ({"a": 1}, 2, 2)


@broken
def test_rows_4_to_13_a_post_is_sent_once_and_its_outcome_is_not_known(make, play: Play, kind) -> None:
    with FaultGate(play, OK) as gate:
        with pytest.raises(kind) as failed:
            make(gate.url, policy=HASTY).post("/orders", json={"n": 1})
        told = failed.value
        assert (len(gate.requests), told.attempts, told.outcome_unknown, told.retryable) == (1, 1, True, False)


@broken
def test_rows_4_to_13_a_fault_that_stays_is_told_in_few_attempts(make, play: Play, kind) -> None:
    with FaultGate(play) as gate:
        began = time.monotonic()
        with pytest.raises(kind) as failed:
            make(gate.url, policy=HASTY).get("/")
        assert time.monotonic() - began < 10
        assert 2 <= len(gate.requests) == failed.value.attempts <= 3
        assert (failed.value.retryable, failed.value.outcome_unknown) == (True, False)


def test_row_1_a_refused_connection_is_tried_again_whatever_the_method(make) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    client = make(url, policy=HASTY)
    for ask in (client.get, partial(client.post, json={})):
        with pytest.raises(ConnectionFailed) as failed:
            ask("/")
        told = failed.value
        assert (told.attempts, told.retryable, told.outcome_unknown, told.reason) == (3, True, False, "attempts")


def test_row_1_a_server_that_comes_back_gets_the_post_once(make) -> None:
    with FaultGate(OK) as gate:
        gate.refuse()

        class Clock:
            monotonic, epoch = staticmethod(time.monotonic), staticmethod(time.time)

            def sleep(self, _: float) -> None:
                gate.listen()

            async def asleep(self, _: float) -> None:
                gate.listen()

        assert make(gate.url, policy={"retry": {"base_s": 0}}, clock=Clock()).post("/", json={}).attempts == 2
        assert len(gate.requests) == 1


def test_row_2_a_full_backlog_ends_within_the_connect_time_out(make) -> None:
    with full_backlog() as url:
        began = time.monotonic()
        with pytest.raises(TimedOut) as failed:
            make(url, policy=HASTY).post("/", json={})
        assert time.monotonic() - began < 10
        assert (failed.value.attempts, failed.value.outcome_unknown, failed.value.retryable) == (3, False, True)


def test_row_3_a_name_without_an_address_is_told_after_one_repeat(make, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # no query leaves the machine
    with pytest.raises(ConnectionFailed, match="has no address") as failed:
        make("http://no-such-host.invalid", policy=HASTY).post("/", json={})
    assert (failed.value.attempts, failed.value.outcome_unknown) == (2, False)


LARGE = {
    "14 a header of 200 kB": HEAD + b"X-Large: " + b"x" * 200_000 + b"\r\nContent-Length: 8\r\n\r\n" + GOOD,
    "14 300 headers": HEAD + b"".join(b"X-%d: 1\r\n" % n for n in range(300)) + b"Content-Length: 8\r\n\r\n" + GOOD,
}


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE.keys())
def test_row_14_a_huge_head_never_sends_a_post_twice(make, data: bytes) -> None:
    with FaultGate(raw(data, then="keep")) as gate:
        ended = outcome(lambda: make(gate.url, policy=HASTY).post("/", json={}).data)
        assert ended == {"a": 1} or ended.outcome_unknown
        assert len(gate.requests) == 1


@pytest.mark.parametrize("lengths", [b"8\r\nContent-Length: 9", b"8, 9", b"-8", b"0x8", b"8\r\nContent-Length: 8, 9"])
def test_row_15_contradictory_lengths_are_no_answer_and_not_asked_for_again(make, lengths: bytes) -> None:
    with FaultGate(raw(HEAD + b"Content-Length: " + lengths + b"\r\n\r\n" + GOOD + b"x"), OK) as gate:
        with pytest.raises(BadAnswer):
            make(gate.url, policy={**HASTY, "retry": {**SWIFT, "attempts": 1}}).get("/")
        assert len(gate.requests) == 1


def test_row_16_what_comes_behind_an_answer_is_never_the_next_one(make) -> None:
    smuggled = spelled(200, b'{"smuggled": true}')
    with FaultGate(raw(spelled(200, GOOD) + smuggled, then="keep"), answer(200, b'{"b": 2}')) as gate:
        client = make(gate.url, policy=HASTY)
        assert client.get("/one").data == {"a": 1}
        time.sleep(0.02)
        assert client.get("/two").data == {"b": 2}
        assert gate.connections == 2


def test_row_17_a_server_that_never_answers_ends_within_the_deadline(make) -> None:
    with FaultGate(hang()) as gate:
        client = make(gate.url, policy={"retry": SWIFT, "timeout": {"read_s": 0.2}, "deadline": {"total_s": 0.5}})
        began = time.monotonic()
        with pytest.raises(TimedOut) as failed:
            client.get("/")
        assert time.monotonic() - began < 10
        assert (len(gate.requests) <= 3, failed.value.retryable) == (True, True)
        with pytest.raises(TimedOut) as failed:
            client.post("/", json={})
        assert (failed.value.attempts, failed.value.outcome_unknown) == (1, True)


DRIPS = {
    "18 head": drip(spelled(200, GOOD), 0.03),
    "19 body": drip(spelled(200, b'{"a": "%b"}' % (b"x" * 200)), 0.02),
    "19 chunks": drip(chunked(*[b"1"] * 40), 0.02),
    "18 interim answers": drip(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20, 0.01),
}


@pytest.mark.parametrize("play", DRIPS.values(), ids=DRIPS.keys())
def test_rows_18_and_19_the_deadline_holds_whatever_drips(make, play: Play) -> None:
    with FaultGate(play) as gate:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            make(gate.url, policy={"timeout": {"read_s": 5}}).get("/", deadline_s=0.4)
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("after_s", [0.0, 0.02], ids=["at once", "a while later"])
def test_row_21_a_stale_connection_is_replaced_unseen_and_nothing_is_sent_twice(make, after_s: float) -> None:
    with FaultGate(then_close(OK, after_s), OK) as gate:
        client = make(gate.url, policy=HASTY)
        assert client.get("/").data == {"a": 1}
        time.sleep(0.1)  # the end of the connection has arrived
        assert client.post("/", json={"n": 1}).data == {"a": 1}
        assert [asked.method for asked in gate.requests] == ["GET", "POST"]


def test_row_21_a_connection_that_closes_while_a_post_is_sent_sends_it_at_most_once(make) -> None:
    for _ in range(5):
        with FaultGate(then_close(OK), OK) as gate:
            client = make(gate.url, policy=HASTY)
            client.get("/")
            ended = outcome(lambda client=client: client.post("/", json={"n": 1}).data)
            assert ended == {"a": 1} or ended.outcome_unknown
            assert sum(asked.method == "POST" for asked in gate.requests) <= 1


def test_row_22_a_server_that_does_not_close_holds_nothing_back(make) -> None:
    closing = raw(spelled(200, GOOD, (("Connection", "close"),)), then="hang")
    with FaultGate(closing) as gate:
        client = make(gate.url, policy=HASTY)
        began = time.monotonic()
        for _ in range(10):
            assert client.get("/").data == {"a": 1}
        assert time.monotonic() - began < 10
        until = time.monotonic() + 3
        while gate.open_connections and time.monotonic() < until:
            time.sleep(0.05)
        assert gate.open_connections <= 1


def test_row_22_a_half_open_connection_is_not_used_again(make) -> None:
    with FaultGate(OK, hang(), OK) as gate:
        client = make(gate.url, policy=HASTY)
        client.get("/")
        assert client.get("/").attempts == 2
        assert [each.connection for each in gate.arrived] == [0, 0, 1]


def test_row_44_an_answer_that_comes_too_late_is_not_the_answer_to_the_next_question(make) -> None:
    with FaultGate(late(answer(200, b'{"late": 1}'), 0.4), answer(200, b'{"b": 2}')) as gate:
        client = make(gate.url, policy={**HASTY, "retry": {"attempts": 1}})
        with pytest.raises(TimedOut):
            client.get("/one")
        time.sleep(0.3)
        assert client.get("/two").data == {"b": 2}
