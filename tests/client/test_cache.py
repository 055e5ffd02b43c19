"""The cache: what RFC 9111 allows is not asked for again, and an old answer stands in where that is declared."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path

import pytest

from mockserver.client import APIClient, Bearer, Cache
from mockserver.client.errors import ConnectionFailed, ContractViolation, ServerError
from mockserver.client.testing import FrozenClock
from mockserver.edges.fault_gate import FaultGate, Play, Wire, answer

SWIFT = {"retry": {"attempts": 2, "base_s": 0.001, "throttled_base_s": 0.001}}


def kept(control: str, *more: tuple[str, str], body: bytes = b'{"n": 1}') -> Play:
    return answer(200, body, (("Cache-Control", control), ("Date", formatdate(usegmt=True)), *more))


def test_a_fresh_answer_is_not_asked_for_again(make) -> None:
    with FaultGate(kept("max-age=60")) as gate:
        client = make(gate.url, cache=Cache())
        first, second = client.get("/rates"), client.get("/rates")
        assert (first.data, second.data, second.status) == ({"n": 1}, {"n": 1}, 200)
        assert (first.attempts, second.attempts, second.headers["cache-status"]) == (1, 0, "mockserver-client; hit")
        assert len(gate.requests) == 1
        assert "cache-status" not in first.headers


@pytest.mark.parametrize("control", ["no-store", "no-cache", "max-age=0", "private, max-age=0"])
def test_what_may_not_be_used_unasked_is_asked_for(make, control: str) -> None:
    with FaultGate(kept(control)) as gate:
        client = make(gate.url, cache=Cache())
        client.get("/rates")
        client.get("/rates")
        assert len(gate.requests) == 2


def test_a_private_answer_is_kept_as_the_cache_is_the_clients_own(make) -> None:
    with FaultGate(kept("private, max-age=60")) as gate:
        client = make(gate.url, cache=Cache(), auth=Bearer("token"))
        client.get("/me")
        client.get("/me")
        assert len(gate.requests) == 1


def test_who_brings_credentials_of_his_own_gets_no_answer_of_another(make) -> None:
    with FaultGate(kept("private, max-age=60")) as gate:
        client = make(gate.url, cache=Cache())
        for token in ("a", "b", "a"):
            client.get("/me", headers={"Authorization": f"Bearer {token}"})
        assert len(gate.requests) == 2


def test_an_old_answer_is_confirmed_and_not_sent_again(make) -> None:
    def play(wire: Wire) -> None:
        if wire.request.header("if-none-match") == '"v1"':
            answer(304, b"", (("ETag", '"v1"'), ("X-Now", "2")))(wire)
        else:
            kept("no-cache", ("ETag", '"v1"'))(wire)

    with FaultGate(play) as gate:
        client = make(gate.url, cache=Cache())
        client.get("/rates")
        again = client.get("/rates")
        assert (again.status, again.data, again.headers["x-now"]) == (200, {"n": 1}, "2")
        assert "fwd-status=304" in again.headers["cache-status"]
        assert gate.requests[1].header("if-none-match") == '"v1"'


RATES = """
openapi: 3.1.0
info: {title: Rates, version: '1'}
paths:
  /rates:
    get:
      operationId: getRates
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {required: [n], properties: {n: {type: integer}}}}}
"""


def test_with_a_contract_only_what_keeps_it_is_kept_and_a_304_need_not_stand_in_it(make, tmp_path: Path) -> None:
    (tmp_path / "rates.yaml").write_text(RATES, encoding="utf-8")

    def play(wire: Wire) -> None:
        if wire.request.header("if-none-match") is not None:
            answer(304, b"", (("ETag", '"v1"'),))(wire)
        else:
            kept("no-cache", ("ETag", '"v1"'))(wire)

    with FaultGate(kept("max-age=60", body=b'{"broken": true}'), play) as gate:
        client = make(gate.url, contract=str(tmp_path / "rates.yaml"), cache=Cache(), policy=SWIFT)
        with pytest.raises(ContractViolation):
            client.call("getRates")
        assert [client.call("getRates") for _ in range(2)] == [{"n": 1}, {"n": 1}]
        assert [request.header("if-none-match") for request in gate.requests] == [None, None, '"v1"']


def test_another_language_is_another_answer(make) -> None:
    with FaultGate(kept("max-age=60", ("Vary", "Accept-Language"))) as gate:
        client = make(gate.url, cache=Cache())
        for language in ("de", "fr", "de"):
            client.get("/rates", headers={"Accept-Language": language})
        assert len(gate.requests) == 2


def test_a_write_makes_the_cache_forget(make) -> None:
    with FaultGate(kept("max-age=60"), answer(204, b""), kept("max-age=60", body=b'{"n": 2}')) as gate:
        client = make(gate.url, cache=Cache())
        client.get("/rates/1")
        client.put("/rates/1", json={"n": 2})
        assert client.get("/rates/1").data == {"n": 2}


def test_an_old_answer_stands_in_while_the_service_is_down(make) -> None:
    clock = FrozenClock()
    with FaultGate(kept("max-age=0")) as gate:
        client = make(gate.url, cache=Cache(stale_if_error_s=3600), clock=clock, policy=SWIFT)
        client.get("/rates")
        gate.play(answer(503))
        clock.advance(3000)
        stale = client.get("/rates")
        assert (stale.data, stale.headers["cache-status"]) == (
            {"n": 1},
            "mockserver-client; hit; detail=stale-if-error",
        )
        clock.advance(700)
        with pytest.raises(ServerError):
            client.get("/rates")
        with pytest.raises(ServerError):
            client.get("/other")


def test_an_old_answer_stands_in_when_nobody_listens(make) -> None:
    with FaultGate(kept("max-age=0")) as gate:
        client = make(gate.url, cache=Cache(stale_if_error_s=60), policy=SWIFT)
        client.get("/rates")
        gate.stop()
        assert client.get("/rates").data == {"n": 1}
        with pytest.raises(ConnectionFailed):
            client.post("/rates", json={})


@pytest.mark.parametrize("control", ["no-cache", "max-age=0, must-revalidate", "no-store"])
def test_what_must_be_confirmed_never_stands_in(make, control: str) -> None:
    with FaultGate(kept(control)) as gate:
        client = make(gate.url, cache=Cache(stale_if_error_s=3600), policy=SWIFT)
        client.get("/rates")
        gate.play(answer(503))
        with pytest.raises(ServerError):
            client.get("/rates")


def test_without_the_declaration_nothing_stands_in(make) -> None:
    with FaultGate(kept("max-age=0")) as gate:
        client = make(gate.url, cache=Cache(), policy=SWIFT)
        client.get("/rates")
        time.sleep(0.01)
        gate.play(answer(503))
        with pytest.raises(ServerError):
            client.get("/rates")


def test_the_cache_is_bounded(make) -> None:
    with FaultGate(kept("max-age=60", body=b'"' + b"x" * 4000 + b'"')) as gate:
        client = make(gate.url, cache=Cache(max_bytes=20_000))
        for number in range(10):
            client.get(f"/{number}")
        client.get("/9")
        client.get("/0")
        assert len(gate.requests) == 11


def test_what_a_caller_does_to_an_answer_does_not_reach_the_next(make) -> None:
    with FaultGate(kept("max-age=60")) as gate:
        client = make(gate.url, cache=Cache())
        client.get("/rates")
        client.get("/rates").data["n"] = 99
        assert client.get("/rates").data == {"n": 1}


def test_threads_share_a_cache() -> None:
    with FaultGate(kept("max-age=60")) as gate, APIClient(gate.url, cache=Cache()) as client:
        client.get("/rates")
        start = threading.Barrier(8)

        def call(_: int) -> int:
            start.wait()
            return client.get("/rates").data["n"]

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(call, range(8))) == {1}
        assert len(gate.requests) == 1


def test_a_cache_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mockserver.toml").write_text("[services.shop]\ncache = { stale_if_error_s = 60 }\n", encoding="utf-8")
    with FaultGate(kept("max-age=60")) as gate:
        monkeypatch.setenv("SHOP_SERVICE", gate.url)
        with APIClient.from_service("shop") as client:
            client.get("/")
            client.get("/")
        assert len(gate.requests) == 1
