"""The fault table, rows 23 to 41: answers that are refusals, of the wrong kind, too large, or lead elsewhere."""

import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from mockserver.client import APIError, ApiKey
from mockserver.client.errors import (
    BadAnswer,
    CircuitOpen,
    ClientError,
    ContractViolation,
    RateLimited,
    RedirectRefused,
    ServerError,
)
from mockserver.client.testing import FrozenClock
from mockserver.edges.fault_gate import FaultGate, Play, answer, endless, raw, spelled

GOOD = b'{"id": 7, "state": "open"}'
OK = answer(200, GOOD)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CONTRACT = """
openapi: 3.1.0
info: {title: Orders, version: '1'}
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
  /orders:
    get:
      operationId: listOrders
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}
components:
  schemas:
    Order:
      type: object
      required: [id, state]
      properties:
        id: {type: integer}
        state: {enum: [open, closed]}
        note: {type: string, maxLength: 4}
        due: {type: string, format: date}
"""


def outcome(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except APIError as told:
        return told


@pytest.fixture
def contract(tmp_path: Path) -> str:
    (tmp_path / "orders.yaml").write_text(CONTRACT, encoding="utf-8")
    return str(tmp_path / "orders.yaml")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_rows_23_and_28_a_passing_refusal_costs_a_get_one_more_request(make, status: int) -> None:
    with FaultGate(answer(status), OK) as gate:
        assert make(gate.url).get("/").attempts == 2
        assert len(gate.requests) == 2


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_rows_23_and_28_a_post_without_a_key_is_not_repeated(make, status: int) -> None:
    with FaultGate(answer(status), OK) as gate:
        with pytest.raises(APIError) as failed:
            make(gate.url).post("/", json={})
        assert (len(gate.requests), failed.value.status) == (1, status)


def test_row_24_a_permanent_503_reduces_the_traffic_to_probes(make) -> None:
    clock = FrozenClock()
    with FaultGate(answer(503)) as gate:
        client = make(gate.url, clock=clock)
        hits = []
        for _ in range(120):  # a call a second
            with pytest.raises((ServerError, CircuitOpen)) as failed:
                client.get("/")
            assert failed.value.attempts <= 3
            assert failed.value.retryable
            hits.append(len(gate.requests))
            clock.advance(1)
        assert hits[30] <= 15
        assert hits[-1] - hits[30] <= 8  # of 90 calls: the openings grow from 15 s to 120 s


def test_row_25_429_waits_as_asked_and_holds_the_other_calls_back(make) -> None:
    clock = FrozenClock()
    with FaultGate(answer(429, b"{}", (("Retry-After", "7"),)), OK) as gate:
        client = make(gate.url, clock=clock)
        began = clock.monotonic()
        assert client.get("/one").attempts == 2
        assert 7 <= clock.monotonic() - began < 9
        gate.play(answer(429, b"{}", (("Retry-After", "20"),)))
        with pytest.raises(RateLimited) as told:
            client.post("/two", json={})  # is not repeated, and told for how long
        assert told.value.retry_after == 20
        gate.play(OK)
        before = clock.monotonic()
        client.get("/three")
        assert clock.monotonic() - before >= 20
        assert [report.state for report in client.circuits()] == ["closed"]


ADVICE = {
    "seconds": ("3", 3, 6),
    "fraction": ("1.5", 1.5, 4),
    "soon": ("soon", 0, 2),
    "negative": ("-5", 0, 2),
    "past": (formatdate(0, usegmt=True), 0, 2),
    "date": (formatdate(1_800_000_004, usegmt=True), 3.9, 7),
    "list": ("3, 5", 0, 2),
    "empty": ("", 0, 2),
}


@pytest.mark.parametrize(("said", "least", "most"), ADVICE.values(), ids=ADVICE.keys())
def test_row_26_retry_after_is_kept_where_it_can_be_read(make, said: str, least: float, most: float) -> None:
    clock = FrozenClock()
    with FaultGate(answer(503, b"{}", (("Retry-After", said),)), OK) as gate:
        make(gate.url, clock=clock).get("/")
        assert least <= sum(clock.waits) < most


@pytest.mark.parametrize("said", ["86400", "99999999999999999999", formatdate(1_900_000_000, usegmt=True), "61"])
def test_row_26_a_pause_that_is_too_long_is_the_callers_to_decide(make, said: str) -> None:
    clock = FrozenClock()
    with FaultGate(answer(503, b"{}", (("Retry-After", said),))) as gate:
        with pytest.raises(ServerError) as told:
            make(gate.url, clock=clock).get("/")
        assert sum(clock.waits) < 30
        if len(said) != 20:  # a number that no clock can hold is no advice
            assert (len(gate.requests), told.value.retry_after >= 60, told.value.retryable) == (1, True, True)


@pytest.mark.parametrize(
    "headers",
    [
        (("RateLimit", "limit=9, remaining=0, reset=6"),),
        (("RateLimit", '"default";r=0;t=6'),),
        (("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "6")),
        (("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1800000006")),
    ],
)
def test_row_27_a_limit_that_is_used_up_slows_the_next_call_down(make, headers) -> None:
    clock = FrozenClock()
    with FaultGate(answer(200, GOOD, headers), OK) as gate:
        client = make(gate.url, clock=clock)
        client.get("/")
        assert clock.waits == []
        client.get("/")
        assert 6 <= sum(clock.waits) < 8


def test_row_29_a_problem_is_told_with_its_words_and_not_repeated(make) -> None:
    told = {"type": "https://e.example/stock", "title": "Out of stock", "detail": "0 left", "pointer": "#/sku", "n": 0}
    body = json.dumps(told).encode()
    with FaultGate(answer(422, body, (("Content-Type", "application/problem+json"),))) as gate:
        with pytest.raises(ClientError, match="Out of stock") as failed:
            make(gate.url).get("/")
        problem = failed.value.problem
        assert (problem.type, problem.detail, problem.extensions) == (
            "https://e.example/stock", "0 left", {"pointer": "#/sku", "n": 0},
        )  # fmt: skip
        assert (failed.value.retryable, len(gate.requests)) == (False, 1)


@pytest.mark.parametrize(
    "body", [b"[", b"[]", b'{"title": {"a": 1}, "status": "x"}', b"\xff\xfe", b"{" * 5000, b"null"]
)
def test_row_29_a_problem_that_is_none_is_trusted_in_nothing(make, body: bytes) -> None:
    with FaultGate(answer(400, body, (("Content-Type", "application/problem+json"),))) as gate:
        with pytest.raises(ClientError) as failed:
            make(gate.url).get("/")
        assert failed.value.status == 400


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 412, 413, 422, 451, 501, 505])
def test_rows_30_and_31_what_a_repeat_does_not_change_is_not_repeated(make, status: int) -> None:
    with FaultGate(answer(status), OK) as gate:
        with pytest.raises(APIError) as failed:
            make(gate.url, auth=ApiKey("X-Key", "k")).get("/")
        assert (failed.value.status, failed.value.attempts, len(gate.requests)) == (status, 1, 1)


def test_row_31_a_conflict_is_repeated_where_the_configuration_says_so(make) -> None:
    with FaultGate(answer(409), OK) as gate:
        assert make(gate.url, policy={"retry": {"statuses": [409], "base_s": 0.001}}).get("/").attempts == 2


def test_row_32_a_page_of_a_proxy_is_no_answer(make, contract: str) -> None:
    page = answer(200, b"<html>Please sign in</html>", (("Content-Type", "text/html"),))
    with FaultGate(page) as gate:
        with pytest.raises(BadAnswer) as failed:
            make(gate.url, contract=contract).call("getOrder", id=7)
        assert failed.value.retryable
        assert 1 <= len(gate.requests) <= 3
    with FaultGate(answer(200, b"<html>")) as gate, pytest.raises(BadAnswer):  # it says that it is JSON
        make(gate.url).get("/")


LIES = {
    "cut": (b'{"id": 7, "state', BadAnswer),
    "type": (b'{"id": "7", "state": "open"}', ContractViolation),
    "missing": (b'{"id": 7}', ContractViolation),
    "enum": (b'{"id": 7, "state": "held"}', ContractViolation),
    "null": (b'{"id": null, "state": "open"}', ContractViolation),
    "other": (b"[]", ContractViolation),
    "37 latin-1": (b'{"id": 7, "state": "open", "note": "\xe9"}', BadAnswer),
    "37 NaN": (b'{"id": NaN, "state": "open"}', BadAnswer),
    "37 utf-16": ('{"id": 7, "state": "open"}'.encode("utf-16"), BadAnswer),
}


@pytest.mark.parametrize(("body", "kind"), LIES.values(), ids=LIES.keys())
def test_rows_33_and_37_an_answer_that_lies_is_not_handed_out(make, contract: str, body: bytes, kind) -> None:
    with FaultGate(answer(200, body)) as gate:
        with pytest.raises(kind) as failed:
            make(gate.url, contract=contract).call("getOrder", id=7)
        if kind is ContractViolation:
            assert failed.value.violations[0].rule.startswith("response-")
            assert failed.value.violations[0].operation == "getOrder"


def test_row_37_of_a_name_that_stands_twice_nobody_knows_which_is_meant(make, contract: str) -> None:
    twice = b'{"id": 7, "state": "held", "state": "open", "note": "a:b"}'
    with FaultGate(answer(200, twice)) as gate:
        with pytest.raises(ContractViolation, match="state stands twice in one object"):
            make(gate.url, contract=contract).call("getOrder", id=7)
        told = make(gate.url, contract=contract, validate="warn").answer("getOrder", id=7)
        assert (told.data["state"], len(told.violations)) == ("open", 1)  # RFC 8259 §4: the last one, as most readers
    with FaultGate(answer(200, b'{"id": 7, "state": "open", "note": "\\u003a:"}')) as gate:
        assert make(gate.url, contract=contract).call("getOrder", id=7)["note"] == "::"


def test_row_37_a_byte_order_mark_is_passed_over_or_told(make) -> None:
    with FaultGate(answer(200, b"\xef\xbb\xbf" + GOOD)) as gate:
        ended = outcome(lambda: make(gate.url).get("/").data)
        assert ended == {"id": 7, "state": "open"} or isinstance(ended, BadAnswer)


EDGES = {
    "empty": [],
    "more": [{"id": 7, "state": "open", "added": {"later": [1, None]}}],
    "longest": [{"id": 7, "state": "open", "note": "\U0001f4e6" * 4}],
    "big": [{"id": 2**63 + 1, "state": "closed"}],
    "far": [{"id": -1, "state": "closed", "due": "9999-12-31"}],
    "many": [{"id": number, "state": "open"} for number in range(1000)],
}


@pytest.mark.parametrize("orders", EDGES.values(), ids=EDGES.keys())
def test_row_34_odd_answers_that_keep_the_contract_are_handed_out_to_the_letter(make, contract: str, orders) -> None:
    with FaultGate(answer(200, json.dumps(orders, ensure_ascii=False).encode())) as gate:
        assert make(gate.url, contract=contract).call("listOrders") == orders


PACKED = gzip.compress(GOOD * 20)
CODED = {
    "no gzip": (b"gzip", b"no gzip at all"),
    "cut gzip": (b"gzip", PACKED[:-12]),
    "cut head": (b"gzip", PACKED[:5]),
    "wrong sum": (b"gzip", PACKED[:-8] + b"\0" * 8),
    "cut deflate": (b"deflate", zlib.compress(GOOD * 20)[:-6]),
    "twice": (b"gzip, gzip", PACKED),
}


@pytest.mark.parametrize(("coding", "body"), CODED.values(), ids=CODED.keys())
def test_row_35_a_broken_coding_is_repeated_and_never_handed_out_in_part(make, coding: bytes, body: bytes) -> None:
    head = HEAD + b"Content-Encoding: " + coding + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    with FaultGate(raw(head + body, then="keep"), OK) as gate:
        assert make(gate.url).get("/").data == {"id": 7, "state": "open"}
        assert len(gate.requests) == 2


BOMB = gzip.compress(b"[" + b" " * 40_000_000 + b"]", compresslevel=6)


def test_row_36_a_bomb_is_defused_in_little_memory(make) -> None:
    with FaultGate(answer(200, BOMB, (("Content-Encoding", "gzip"),))) as gate:
        client = make(gate.url)
        tracemalloc.start()
        try:
            with pytest.raises(BadAnswer, match="unfolds more than"):
                client.get("/")
            assert tracemalloc.get_traced_memory()[1] < 15_000_000
        finally:
            tracemalloc.stop()
        assert len(gate.requests) == 1


@pytest.mark.parametrize(
    "head",
    [HEAD + b"\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n", HEAD + b"Content-Length: 9999999999\r\n\r\n"],
    ids=["until it closes", "chunks", "promised"],
)
def test_row_36_an_endless_body_is_left(make, head: bytes) -> None:
    piece = b"10000\r\n" + b" " * 65_536 + b"\r\n" if b"chunked" in head else b" " * 65_536
    with FaultGate(endless(head, piece)) as gate:
        began = time.monotonic()
        with pytest.raises(BadAnswer):
            make(gate.url, policy={"body": {"max_bytes": 1_000_000}}).get("/")
        assert time.monotonic() - began < 10


BODILESS = {
    "204 with a body": ("GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"),
    "HEAD with a body": ("HEAD", HEAD + b"Content-Length: 2\r\n\r\n{}"),
    "304 unasked": ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n{}"),
    "204": ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
    "empty": ("GET", HEAD + b"Content-Length: 0\r\n\r\n"),
    "empty gzip": ("GET", HEAD + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
}


@pytest.mark.parametrize(("method", "data"), BODILESS.values(), ids=BODILESS.keys())
def test_row_38_a_body_where_none_belongs_does_not_break_the_next_request(make, method: str, data: bytes) -> None:
    with FaultGate(raw(data, then="keep"), OK) as gate:
        client = make(gate.url)
        ended = outcome(lambda: client.request(method, "/").content)
        assert ended == b"" or isinstance(ended, BadAnswer | ServerError | RedirectRefused)
        assert client.get("/").data == {"id": 7, "state": "open"}


def test_row_39_early_hints_are_no_answer(make) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 3
    with FaultGate(raw(hints + spelled(200, GOOD), then="keep")) as gate:
        assert (make(gate.url).get("/").status, len(gate.requests)) == (200, 1)


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 999 Odd", b"HTTP/1.1 600", b"HTTP/1.1 299", b"HTTP/1.1 200", b"HTTP/1.1 418 "]
)
def test_row_40_a_status_that_nobody_knows_crashes_nothing(make, line: bytes) -> None:
    with FaultGate(
        raw(line + b"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", then="keep")
    ) as gate:
        if line[9:10] == b"2":
            assert make(gate.url).get("/").data == {}
        else:
            with pytest.raises(APIError) as failed:
                make(gate.url).get("/")
            assert failed.value.status in {418, 600, 999}


def to(location: str, status: int = 302) -> Play:
    return answer(status, b"", (("Location", location),))


def test_row_41_a_loop_ends_soon(make) -> None:
    with FaultGate(to("/again")) as gate:
        with pytest.raises(RedirectRefused):
            make(gate.url).get("/")
        assert len(gate.requests) <= 6


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://169.254.169.254/latest/",
        "gopher://x",
        "http://[::1",
        "//\\evil",
    ],
)
def test_row_41_a_redirect_out_of_the_web_is_refused(make, location: str) -> None:
    with FaultGate(to(location)) as gate:
        with pytest.raises((RedirectRefused, BadAnswer)):  # httpx looks at the place before it is asked to
            make(gate.url).get("/")
        assert len(gate.requests) <= 2


@pytest.mark.parametrize("status", [307, 308])
def test_row_41_a_post_is_not_sent_to_another_place_without_a_key(make, status: int) -> None:
    with FaultGate() as other, FaultGate(to(f"{other.url}/x", status)) as gate:
        with pytest.raises(RedirectRefused):
            make(gate.url).post("/", json={"card": 1})
        assert (len(gate.requests), len(other.requests)) == (1, 0)


def test_row_41_a_redirect_to_another_origin_takes_nothing_secret_along(make) -> None:
    with FaultGate() as other, FaultGate(to(f"{other.url}/x")) as gate:
        client = make(gate.url, auth=ApiKey("X-Key", "hidden"), headers={"X-Tenant": "hidden", "Cookie": "a=hidden"})
        client.get("/", headers={"Authorization": "Bearer hidden"})
        assert "hidden" not in repr(other.requests)
