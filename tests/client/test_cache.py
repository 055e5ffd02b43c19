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
from mockserver.errors import UsageError

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


def test_a_cache_in_a_file_outlives_its_client_and_is_shared(make, tmp_path: Path) -> None:
    settings = Cache(file=str(tmp_path / "deep" / "cache.db"), identity="me")
    with FaultGate(kept("max-age=60")) as gate:
        first = make(gate.url, cache=settings)
        assert first.get("/rates").data == {"n": 1}
        assert make(gate.url, cache=settings).get("/rates").headers["cache-status"] == "mockserver-client; hit"
        first.close()
        again = make(gate.url, cache=settings).get("/rates")
        assert (again.data, again.attempts, len(gate.requests)) == ({"n": 1}, 0, 1)
        make(gate.url, cache=Cache(file=settings.file, identity="you")).get("/rates")
        assert len(gate.requests) == 2


def test_an_answer_of_a_file_is_confirmed_and_stands_in(make, tmp_path: Path) -> None:
    settings = Cache(file=str(tmp_path / "cache.db"), identity="me", stale_if_error_s=60)

    def play(wire: Wire) -> None:
        known = wire.request.header("if-none-match") == '"v1"'
        old = (("ETag", '"v1"'), ("Cache-Control", "max-age=0"))
        (answer(304, b"", old) if known else answer(200, b'{"n": 1}', old))(wire)

    with FaultGate(play) as gate:
        make(gate.url, cache=settings, policy=SWIFT).get("/rates")
        told = make(gate.url, cache=settings, policy=SWIFT).get("/rates")
        assert (told.data, told.headers["cache-status"]) == (
            {"n": 1}, "mockserver-client; hit; fwd=stale; fwd-status=304",
        )  # fmt: skip
        gate.play(answer(503))
        told = make(gate.url, cache=settings, policy=SWIFT).get("/rates")
        assert (told.data, told.headers["cache-status"]) == ({"n": 1}, "mockserver-client; hit; detail=stale-if-error")
        later = make(gate.url, cache=settings, policy=SWIFT, clock=FrozenClock(epoch=time.time() + 3600))
        with pytest.raises(ServerError):
            later.get("/rates")


@pytest.mark.parametrize("more", [("Set-Cookie", "sid=1"), ("Vary", "X-Tenant")])
def test_what_a_file_must_not_hold_is_not_kept(make, tmp_path: Path, more: tuple[str, str]) -> None:
    place = tmp_path / "cache.db"
    with FaultGate(kept("max-age=60", more)) as gate:
        client = make(gate.url, cache=Cache(file=str(place), identity="me"))
        for _ in range(2):
            client.get("/rates", params={"token": "hidden"}, headers={"X-Tenant": "hidden", "X-Api-Key": "hidden"})
        assert len(gate.requests) == 2


def test_a_file_holds_no_credentials_and_is_its_owners(make, tmp_path: Path) -> None:
    with FaultGate(kept("max-age=60")) as gate:
        client = make(gate.url, auth=Bearer("hidden"), cache=Cache(file=str(tmp_path / "cache.db"), identity="me"))
        asked = {"params": {"token": "hidden"}, "headers": {"X-Api-Key": "hidden", "Cookie": "sid=hidden"}}
        for _ in range(2):
            client.get("/rates", **asked)
        client.get("/rates", params={"token": "hidden"}, headers={"Cookie": "sid=another"})
        assert len(gate.requests) == 2  # a cookie of one's own is somebody else
        client.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b'{"n": 1}' in held
    assert b"hidden" not in held
    assert (tmp_path / "cache.db").stat().st_mode & 0o077 == 0


def test_a_file_that_is_none_or_nobodys_is_a_wrong_use(make, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is no database, but long enough to be read as one" * 100)
    with pytest.raises(UsageError, match="cannot be opened"):
        make("http://127.0.0.1:9", cache=Cache(file=str(tmp_path / "text"), identity="me"))
    with pytest.raises(UsageError, match="needs an identity"):
        make("http://127.0.0.1:9", cache=Cache(file=str(tmp_path / "cache.db")))


def test_threads_share_a_file(tmp_path: Path) -> None:
    settings = Cache(file=str(tmp_path / "cache.db"), identity="me")
    with FaultGate(kept("max-age=60")) as gate, APIClient(gate.url, cache=settings) as client:
        client.get("/rates")
        with ThreadPoolExecutor(8) as pool:
            assert {got.attempts for got in pool.map(lambda _: client.get("/rates"), range(40))} == {0}
