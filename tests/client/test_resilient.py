"""Clients that exist already, with policies around them."""

import asyncio
import gzip
import io
import pickle
import time
from importlib import import_module

import httpx
import httpx2
import pytest
import requests
from conftest import SWIFT
from requests.adapters import HTTPAdapter
from scripted import OK, Scripted, answer, broken_off, json, reset_after
from urllib3.util.retry import Retry

from mockserver.client import APIError, CircuitOpen, ConnectionFailed, RetriesTwice, TimedOut, resilient
from mockserver.errors import UsageError

HURRY = {**SWIFT, "deadline": {"total_s": 0.5, "least_attempt_s": 0.05}}


class Awaited:
    """An `AsyncClient` that is asked as a blocking client is."""

    def __init__(self, client) -> None:
        self._client = client
        self._runner = asyncio.Runner()

    def request(self, *words, **named):
        return self._runner.run(self._client.request(*words, **named))

    def get(self, url, **named):
        return self.request("GET", url, **named)

    def post(self, url, **named):
        return self.request("POST", url, **named)

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


@pytest.fixture(params=["requests", "httpx", "httpx2", "httpx-async", "httpx2-async"])
def make(request):
    made = []

    def client(**settings):
        name, _, awaits = request.param.partition("-")
        module = import_module(name)
        settings.setdefault("policy", SWIFT)
        if name == "requests":
            one = resilient(requests.Session(), **settings)
        elif awaits:
            one = Awaited(resilient(module.AsyncClient(follow_redirects=True), **settings))
        else:
            one = resilient(module.Client(follow_redirects=True), **settings)
        made.append(one)
        return one

    yield client
    for one in made:
        one.close()


def known_to_its_users(error: Exception) -> bool:
    return isinstance(error, requests.RequestException | httpx.HTTPError | httpx2.HTTPError)


def test_the_answer_is_that_of_the_library(make) -> None:
    with Scripted(json(b'{"a":1}', "ETag: x")) as server:
        answered = make().get(server.url)
        assert (answered.status_code, answered.json(), answered.headers["etag"]) == (200, {"a": 1}, "x")
        assert type(answered).__module__.partition(".")[0] in ("requests", "httpx", "httpx2")


def test_a_passing_failure_is_not_seen(make) -> None:
    with Scripted(answer(503), reset_after(), broken_off(OK[:-3]), OK) as server:
        client = make(policy={"retry": {**SWIFT["retry"], "attempts": 4}})
        assert client.get(server.url).json() == {"a": 1}
        assert len(server.asked) == 4


def test_a_lasting_error_status_is_handed_on_and_not_raised(make) -> None:
    with Scripted(answer(503, b"down")) as server:
        answered = make().get(server.url)
        assert (answered.status_code, answered.content, len(server.asked)) == (503, b"down", 3)


def test_a_post_is_sent_once_and_its_error_is_known_to_its_users(make) -> None:
    with Scripted(reset_after(), OK) as server:
        with pytest.raises(ConnectionFailed) as caught:
            make(service="shop").post(server.url)
        assert (len(server.asked), caught.value.outcome_unknown, caught.value.service) == (1, True, "shop")
        assert known_to_its_users(caught.value)
        assert caught.value.request.method == "POST"
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), again.outcome_unknown, str(again)) == (ConnectionFailed, True, str(caught.value))


def test_a_post_with_a_key_is_sent_again(make) -> None:
    with Scripted(reset_after(), OK) as server:
        make().post(server.url, json={"a": 1}, headers={"Idempotency-Key": "k"})
        assert [(asked.headers["idempotency-key"], asked.body.replace(b" ", b"")) for asked in server.asked] == [
            ("k", b'{"a":1}')
        ] * 2


@pytest.mark.parametrize("part", ["head", "body"])
def test_the_deadline_holds(make, part) -> None:
    head, _, body = OK.partition(b"{")

    def drip(wire, _) -> None:
        if part == "body":
            wire.send(head)
        wire.drip(body if part == "body" else head + body, 0.1)

    with Scripted(drip) as server:
        began = time.monotonic()
        with pytest.raises(TimedOut) as caught:
            make(policy=HURRY).get(server.url)
        assert time.monotonic() - began < 10
        assert known_to_its_users(caught.value)


def test_a_cut_gzip_is_not_handed_out(make) -> None:
    whole = gzip.compress(b'{"a":1}' * 9)
    with Scripted(json(whole[:-9], "Content-Encoding: gzip"), json(whole, "Content-Encoding: gzip")) as server:
        assert make().get(server.url).content == b'{"a":1}' * 9
        assert len(server.asked) == 2


def test_a_circuit_opens(make) -> None:
    with Scripted(answer(500)) as server:
        client = make(policy={"retry": {"attempts": 1}, "breaker": {"min_calls": 2}})
        assert [client.get(server.url).status_code for _ in range(2)] == [500, 500]
        with pytest.raises(CircuitOpen) as caught:
            client.get(server.url)
        assert len(server.asked) == 2
        assert known_to_its_users(caught.value)


def test_a_redirect_does_not_carry_keys_to_another_origin(make) -> None:
    with Scripted() as other, Scripted(answer(302, b"", f"Location: {other.url}/x")) as server:
        make().get(server.url, headers={"X-Api-Key": "k", "Authorization": "Basic eDp5", "Accept": "text/x"})
        assert server.asked[0].headers["x-api-key"] == "k"
        assert not {"x-api-key", "authorization"} & other.asked[0].headers.keys()
        assert other.asked[0].headers["accept"] == "text/x"


@pytest.mark.parametrize("location", ["/again", "http://169.254.169.254/"])
def test_a_redirect_that_would_repeat_or_lead_inside_is_handed_on(make, location) -> None:
    with Scripted(answer(307, b"", f"Location: {location}"), OK) as server:
        assert make().post(server.url, json={}).status_code == 307
        assert len(server.asked) == 1


def test_a_redirect_is_followed_as_before(make) -> None:
    with Scripted(answer(302, b"", "Location: /x"), OK) as server:
        assert make().get(server.url).json() == {"a": 1}


def test_a_stream_is_handed_on_piece_by_piece() -> None:
    def slowly(wire, _) -> None:
        wire.send(OK.replace(b"Content-Length: 7", b"Content-Length: 3")[:-7])
        for piece in (b"a", b"b", b"c"):
            time.sleep(0.3)
            wire.send(piece)

    with Scripted(slowly) as server:
        # longer than the whole deadline: who reads piece by piece has the time that each piece takes
        with resilient(requests.Session(), policy=HURRY).get(server.url, stream=True) as answered:
            assert b"".join(answered.iter_content(1)) == b"abc"
        with resilient(httpx2.Client(), policy=HURRY) as client, client.stream("GET", server.url) as answered:
            assert b"".join(answered.iter_bytes()) == b"abc"

        async def awaited() -> bytes:
            async with (
                resilient(httpx2.AsyncClient(), policy=HURRY) as client,
                client.stream("GET", server.url) as answered,
            ):
                return b"".join([piece async for piece in answered.aiter_bytes()])

        assert asyncio.run(awaited()) == b"abc"


def test_a_file_is_sent_again_from_its_beginning() -> None:
    with Scripted(answer(503), OK) as server, resilient(requests.Session(), policy=SWIFT) as session:
        session.put(server.url, data=io.BytesIO(b"octets"))
        assert [asked.body for asked in server.asked] == [b"octets"] * 2


def test_a_body_that_can_be_read_once_is_sent_once() -> None:
    with Scripted(answer(503), OK) as server, resilient(requests.Session(), policy=SWIFT) as session:
        assert session.put(server.url, data=iter([b"a", b"b"])).status_code == 503
        assert [asked.body for asked in server.asked] == [b"ab"]


def test_a_session_that_retries_by_itself_is_warned_of() -> None:
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(total=2)))
    with pytest.warns(RetriesTwice, match="max_retries=2"):
        resilient(session)


def test_a_transport_that_retries_by_itself_is_warned_of() -> None:
    with (
        pytest.warns(RetriesTwice, match="max_retries=3"),
        httpx2.Client(transport=httpx2.HTTPTransport(retries=3)) as client,
    ):
        resilient(client)


class Sdk:
    """As the SDKs of Stainless are made."""

    def __init__(self, max_retries: int) -> None:
        self.max_retries = max_retries
        self._client = httpx2.Client()

    def get(self, url: str):
        with self._client:
            return self._client.get(url)


def test_an_sdk_is_wrapped_inside_and_warned_of() -> None:
    with pytest.warns(RetriesTwice, match="Sdk retries by itself .max_retries=2"):
        sdk = resilient(Sdk(2), policy=SWIFT)
    with Scripted(answer(503), OK) as server:
        assert sdk.get(server.url).status_code == 200
        assert resilient(Sdk(0)).get(server.url).status_code == 200  # and no warning


def test_wrapping_twice_or_something_else_is_a_wrong_use() -> None:
    session = resilient(requests.Session())
    with pytest.raises(UsageError, match="resilient already"):
        resilient(session)
    with pytest.raises(UsageError, match="cannot be made resilient"):
        resilient(object())


def test_no_secret_of_a_session_is_told() -> None:
    with pytest.raises(APIError) as caught, resilient(requests.Session(), policy=SWIFT) as session:
        session.get("http://127.0.0.1:9/x?api_key=very-secret", headers={"X-Api-Key": "very-secret"})
    assert "very-secret" not in f"{caught.value}{caught.value!r}"
    assert caught.value.__cause__ is None
