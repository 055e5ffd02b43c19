"""The fault table against clients that exist already and were made resilient: the same promises hold.

What such a client reads by itself is its own: it keeps its decoder, so rows about JSON (11, 32 to 34, 37) are left to
its users; no contract is looked at.
"""

import asyncio
import time
from importlib import import_module
from typing import Any

import pytest
import requests
from fault_table import BROKEN, DRIPS, HASTY, LARGE, OK, outcome

from mockserver.client import APIError, resilient
from mockserver.client.errors import TimedOut
from mockserver.edges.fault_gate import (
    FaultGate,
    Play,
    answer,
    closed_port,
    full_backlog,
    hang,
    raw,
    spelled,
    then_close,
)

WRAPPED = {row: play for row, (play, _) in BROKEN.items() if not row.startswith("11")}
broken = pytest.mark.parametrize("play", WRAPPED.values(), ids=WRAPPED.keys())


class Awaited:
    def __init__(self, client: Any) -> None:
        self._client = client
        self._runner = asyncio.Runner()

    def request(self, *words: Any, **named: Any) -> Any:
        return self._runner.run(self._client.request(*words, **named))

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


@pytest.fixture(params=["requests", "httpx", "httpx2-async"])
def wrap(request):
    made = []

    def client(**settings: Any) -> Any:
        name, _, awaits = request.param.partition("-")
        settings.setdefault("policy", HASTY)
        if name == "requests":
            one: Any = resilient(requests.Session(), **settings)
        elif awaits:
            one = Awaited(resilient(import_module(name).AsyncClient(follow_redirects=True), **settings))
        else:
            one = resilient(import_module(name).Client(follow_redirects=True), **settings)
        made.append(one)
        return one

    yield client
    for one in made:
        one.close()


@broken
def test_a_get_recovers_and_is_whole(wrap, play: Play) -> None:
    with FaultGate(play, OK) as gate:
        assert wrap().request("GET", gate.url).json() == {"a": 1}
        assert len(gate.requests) == 2


@broken
def test_a_post_is_sent_once(wrap, play: Play) -> None:
    with FaultGate(play, OK) as gate:
        with pytest.raises(APIError) as failed:
            wrap().request("POST", gate.url, json={"n": 1})
        assert (len(gate.requests), failed.value.outcome_unknown, failed.value.retryable) == (1, True, False)


@pytest.mark.parametrize("play", DRIPS.values(), ids=DRIPS.keys())
def test_the_deadline_holds_whatever_drips(wrap, play: Play) -> None:
    words = {"timeout": {"read_s": 5}, "deadline": {"total_s": 0.4}, "retry": {"attempts": 1}}
    with FaultGate(play) as gate:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            wrap(policy=words).request("GET", gate.url)
        assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE.keys())
def test_a_huge_head_never_sends_a_post_twice(wrap, data: bytes) -> None:
    with FaultGate(raw(data, then="keep")) as gate:
        ended = outcome(lambda: wrap().request("POST", gate.url, json={}).json())
        assert ended == {"a": 1} or ended.outcome_unknown
        assert len(gate.requests) == 1


def test_connections_that_cannot_be_had_are_told_in_time(wrap) -> None:
    client = wrap()
    began = time.monotonic()
    with pytest.raises(APIError) as failed:
        client.request("POST", f"http://127.0.0.1:{closed_port()}/", json={})
    assert (failed.value.attempts, failed.value.outcome_unknown) == (3, False)
    with full_backlog() as url, pytest.raises(APIError) as failed:
        client.request("POST", url, json={})
    assert (failed.value.outcome_unknown, time.monotonic() - began < 5) == (False, True)


def test_a_server_that_never_answers_ends_within_the_deadline(wrap) -> None:
    with FaultGate(hang()) as gate:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            wrap(policy={"timeout": {"read_s": 0.2}, "deadline": {"total_s": 0.5}}).request("GET", gate.url)
        assert time.monotonic() - began < 1.5


def test_a_stale_connection_is_replaced_unseen(wrap) -> None:
    with FaultGate(then_close(OK), OK) as gate:
        client = wrap()
        client.request("GET", gate.url)
        time.sleep(0.1)
        assert client.request("POST", gate.url, json={}).json() == {"a": 1}
        assert [asked.method for asked in gate.requests] == ["GET", "POST"]


def test_what_comes_behind_an_answer_is_never_the_next_one(wrap) -> None:
    smuggled = spelled(200, b'{"a": 1}') + spelled(200, b'{"smuggled": true}')
    with FaultGate(raw(smuggled, then="keep"), answer(200, b'{"b": 2}')) as gate:
        client = wrap()
        client.request("GET", gate.url)
        time.sleep(0.02)
        ended = outcome(lambda: client.request("GET", gate.url).json())
        assert ended == {"b": 2}


@pytest.mark.parametrize("status", [302, 307, 308])
def test_no_credential_follows_a_redirect_to_another_origin(wrap, status: int) -> None:
    with FaultGate() as other, FaultGate(answer(status, b"", (("Location", f"{other.url}/x"),))) as gate:
        hidden = {"Authorization": "Bearer hidden", "X-Api-Key": "hidden", "Cookie": "a=hidden"}
        wrap().request("GET", gate.url, headers=hidden)
        assert "hidden" not in repr(other.requests)
