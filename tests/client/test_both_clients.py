"""What the blocking and the awaiting client promise alike, over real sockets."""

import asyncio
import gzip
import json as stdlib
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
import requests
from conftest import SWIFT
from scripted import OK, Scripted, answer, broken_off, json, reset_after

from mockserver import MockServer
from mockserver.client import (
    APIError,
    BadAnswer,
    CircuitOpen,
    ClientError,
    ConnectionFailed,
    ContractViolation,
    Overloaded,
    Problem,
    RateLimited,
    RedirectRefused,
    ServerError,
    TimedOut,
    resilient,
)
from mockserver.client.ports import AttemptEvent, CallEvent, Notice, WaitEvent
from mockserver.edges.runner import free_port
from mockserver.errors import UnknownService, UsageError

CONTRACT = str(Path(__file__).parents[2] / "contracts" / "shipping.yaml")
HURRY = {**SWIFT, "deadline": {"total_s": 0.5, "least_attempt_s": 0.05}}


def key(request):
    return request._replace(headers=(*request.headers, ("X-Api-Key", "top-secret-key")))


def test_a_good_answer_is_returned_whole(make) -> None:
    with Scripted(json(b'{"a":1}', "ETag: x", "X-Request-Id: r-1")) as server:
        answered = make(server.url).get("/things", params={"tag": ["x", "y"], "none": None})
        assert (answered.status, answered.data, answered.content) == (200, {"a": 1}, b'{"a":1}')
        assert (answered.headers["etag"], answered.request_id, answered.attempts) == ("x", "r-1", 1)
        assert server.asked[0].target == "/things?tag=x&tag=y"


def test_connections_are_pooled(make) -> None:
    with Scripted() as server:
        client = make(server.url)
        for _ in range(3):
            client.get("/")
        assert [asked.connection for asked in server.asked] == [0, 0, 0]


def test_the_path_of_the_base_url_is_kept(make) -> None:
    with Scripted() as server:
        client = make(f"{server.url}/v1/")
        client.get("/pets")
        client.get("pets")
        client.get("/pets/{id}", path={"id": "a/b c"})
        assert [asked.target for asked in server.asked] == ["/v1/pets", "/v1/pets", "/v1/pets/a%2Fb%20c"]


@pytest.mark.parametrize("value", ["..", ".", ""])
def test_a_part_of_a_path_cannot_lead_elsewhere(make, value) -> None:
    with pytest.raises(UsageError, match="another path"):
        make("http://127.0.0.1:9").get("/pets/{id}", path={"id": value})


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete"])
def test_every_method_is_sent_as_it_is_called(make, method) -> None:
    with Scripted(answer(204)) as server:
        assert getattr(make(server.url), method)("/x").data is None
        assert server.asked[0].method == method.upper()


def test_bodies_are_sent_as_json_form_or_octets(make) -> None:
    with Scripted() as server:
        client = make(server.url)
        client.post("/", json={"a": "ä"})
        client.post("/", form={"a": "x y", "b": [1, 2]})
        client.post("/", content=b"raw", headers={"Content-Type": "text/x"})
        sent = [(asked.headers.get("content-type"), asked.body) for asked in server.asked]
        assert sent == [
            ("application/json", '{"a":"ä"}'.encode()),
            ("application/x-www-form-urlencoded", b"a=x%20y&b=1&b=2"),
            ("text/x", b"raw"),
        ]


def test_two_bodies_are_one_too_many(make) -> None:
    with pytest.raises(UsageError, match="one body"):
        make("http://127.0.0.1:9").post("/", json={}, content=b"")


def test_an_unknown_option_names_the_nearest(make) -> None:
    with pytest.raises(UsageError, match="did you mean json"):
        make("http://127.0.0.1:9").post("/", jsn={})


def test_a_large_body_arrives_whole(make) -> None:
    body = bytes(range(256)) * 4096
    with Scripted() as server:
        make(server.url).put("/", content=body)
        assert server.asked[0].body == body


def test_a_passing_503_costs_one_more_attempt(make) -> None:
    with Scripted(answer(503), OK) as server:
        assert make(server.url).get("/").attempts == 2
        assert len(server.asked) == 2


def test_a_lasting_503_is_told_after_three_attempts(make) -> None:
    with Scripted(answer(503, b"", "X-Request-Id: r-9")) as server:
        with pytest.raises(ServerError) as caught:
            make(server.url, service="shop").get("/orders")
        error = caught.value
        assert (error.status, error.attempts, error.retryable, error.service) == (503, 3, True, "shop")
        assert (error.request_id, error.outcome_unknown, error.reason) == ("r-9", False, "attempts")
        assert error.as_dict()["retry"] is True
        assert error.as_dict()["error"] == "shop: GET /orders answered 503 (3 attempts)"


@pytest.mark.parametrize("says", [broken_off(b""), reset_after(), broken_off(b"\x00garbage\r\n\r\n")])
def test_a_post_whose_answer_was_lost_is_not_sent_again(make, says) -> None:
    with Scripted(says, OK) as server:
        with pytest.raises(APIError) as caught:
            make(server.url).post("/orders", json={})
        assert (len(server.asked), caught.value.outcome_unknown, caught.value.retryable) == (1, True, False)


def test_a_post_with_a_key_is_sent_again_with_the_same_key(make) -> None:
    with Scripted(reset_after(), OK) as server:
        assert make(server.url).post("/orders", json={}, idempotency_key="k-1").attempts == 2
        assert [asked.headers["idempotency-key"] for asked in server.asked] == ["k-1", "k-1"]


def test_a_key_is_made_where_the_policy_says_so(make) -> None:
    with Scripted(answer(503), OK, OK) as server:
        client = make(server.url, policy={**SWIFT, "idempotency": {"make_keys": True}})
        client.post("/orders", json={})
        client.post("/orders", json={})
        keys = [asked.headers["idempotency-key"] for asked in server.asked]
        assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    "says",
    [
        reset_after(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a"'),
        broken_off(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a"'),
        broken_off(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n'),
        broken_off(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"a"\r\n'),
        broken_off(b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"a"'),
        answer(200, gzip.compress(b'{"a":1}' * 9)[:-9], "Content-Encoding: gzip"),
        answer(200, b"no gzip", "Content-Encoding: gzip"),
        json(b"<html>captive portal</html>"),
        json(b'{"a":NaN}'),
        json(b'{"a":"\xff"}'),
    ],
    ids=["reset", "short", "no-last-chunk", "bad-chunk", "http-1.0", "cut-gzip", "no-gzip", "html", "nan", "charset"],
)
def test_a_broken_body_is_never_handed_out(make, says) -> None:
    with Scripted(says, OK) as server:
        answered = make(server.url).get("/")
        assert (answered.data, answered.attempts, len(server.asked)) == ({"a": 1}, 2, 2)
    with Scripted(says) as server, pytest.raises(BadAnswer):
        make(server.url).get("/")


@pytest.mark.parametrize(
    "says",
    [
        broken_off(b"HTTP/1.1 200 OK\r\nContent-Type: appli"),
        broken_off(b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n"),
    ],
    ids=["cut-head", "no-colon"],
)
def test_a_broken_head_is_no_answer(make, says) -> None:
    with Scripted(says, OK) as server:
        assert make(server.url).get("/").data == {"a": 1}
    with Scripted(says) as server, pytest.raises(APIError) as caught:
        make(server.url).post("/")
    assert caught.value.outcome_unknown
    assert len(server.asked) == 1


def test_interim_answers_are_passed_over(make) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    with Scripted(early * 3 + OK) as server:
        assert make(server.url).get("/").data == {"a": 1}


@pytest.mark.parametrize("part", ["head", "body", "nothing"])
def test_the_deadline_holds_whatever_drips(make, part) -> None:
    def drip(wire, _) -> None:
        if part == "nothing":
            time.sleep(3)
        head, _, body = OK.partition(b"{")
        if part == "body":
            wire.send(head)
        wire.drip(body if part == "body" else head + body, 0.2)

    with Scripted(drip) as server:
        began = time.monotonic()
        with pytest.raises(TimedOut) as caught:
            make(server.url, policy=HURRY).get("/")
        assert time.monotonic() - began < 10
        assert caught.value.retryable


def test_a_call_may_have_its_own_deadline(make) -> None:
    with Scripted(lambda *_: time.sleep(2)) as server:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            make(server.url).get("/", deadline_s=0.3)
        assert time.monotonic() - began < 10


def test_contradictory_lengths_are_refused_at_once(make) -> None:
    says = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
    with Scripted(says) as server:
        with pytest.raises(BadAnswer, match="lengths"):
            make(server.url).get("/")
        assert len(server.asked) == 1


def test_what_comes_behind_an_answer_is_not_the_next_one(make) -> None:
    with Scripted(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", OK) as server:
        client = make(server.url)
        assert [client.get("/").data for _ in range(2)] == [{"a": 1}, {"a": 1}]
        assert [asked.connection for asked in server.asked] == [0, 1]


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (json(b'"' + b"a" * 4000 + b'"'), {"body": {"max_bytes": 1000}}),
        (answer(200, zlib.compress(b"0" * 4_000_000), "Content-Encoding: deflate"), {}),
        (answer(200, gzip.compress(b"0" * 40_000), "Content-Encoding: gzip"), {"body": {"max_bytes": 9000}}),
    ],
    ids=["size", "bomb", "unfolded-size"],
)
def test_an_answer_that_is_too_large_is_refused(make, says, words) -> None:
    with Scripted(says) as server:
        with pytest.raises(BadAnswer, match=r"max_bytes|max_ratio"):
            make(server.url, policy={**SWIFT, **words}).get("/")
        assert len(server.asked) == 1


def test_a_compressed_answer_is_unfolded(make) -> None:
    with Scripted(json(gzip.compress(b'{"a":1}'), "Content-Encoding: gzip")) as server:
        assert make(server.url).get("/").data == {"a": 1}


def test_a_refused_connection_is_tried_again_and_told(make) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        make(f"http://127.0.0.1:{free_port()}").post("/", json={})
    error = caught.value
    assert (error.attempts, error.retryable, error.outcome_unknown) == (3, True, False)


def test_a_problem_is_read(make) -> None:
    body = stdlib.dumps({"type": "/out", "title": "Out of stock", "detail": "none left", "left": 0, "status": "x"})
    says = answer(409, body.encode(), "Content-Type: application/problem+json")
    with Scripted(says) as server:
        with pytest.raises(ClientError, match="Out of stock - none left") as caught:
            make(server.url).put("/orders/1", json={})
        error = caught.value
        assert error.problem == Problem("/out", "Out of stock", None, "none left", "", {"left": 0})
        assert (error.status, error.retryable, len(server.asked)) == (409, False, 1)


def test_too_many_is_told_with_the_time_to_wait(make) -> None:
    with Scripted(answer(429, b"", "Retry-After: 86400")) as server:
        client = make(server.url)
        with pytest.raises(RateLimited) as caught:
            client.get("/")
        assert (caught.value.retry_after, caught.value.attempts) == (86400, 1)
        with pytest.raises(RateLimited, match="was not asked"):
            client.get("/other")
        assert len(server.asked) == 1


def test_a_circuit_opens_and_is_told(make) -> None:
    words = {"retry": {"attempts": 1}, "breaker": {"min_calls": 3, "open_s": 60}}
    with Scripted(answer(500)) as server:
        client = make(server.url, policy=words)
        for _ in range(3):
            with pytest.raises(ServerError):
                client.get("/")
        with pytest.raises(CircuitOpen) as caught:
            client.get("/")
        assert len(server.asked) == 3
        assert caught.value.retry_after == pytest.approx(60, rel=0.3)
        assert [report.state for report in client.circuits()] == ["open"]


def test_no_place_in_flight_is_told(make) -> None:
    with Scripted(lambda wire, _: (time.sleep(0.3), wire.send(OK))) as server:
        client = make(server.url, policy={"bulkhead": {"concurrent": 1}})
        with pytest.raises(Overloaded):
            both(client, "/a", "/b")
        assert len(server.asked) <= 1


def test_who_waits_for_a_place_gets_it(make) -> None:
    with Scripted(lambda wire, _: (time.sleep(0.05), wire.send(OK))) as server:
        client = make(server.url, policy={"bulkhead": {"concurrent": 1, "wait_s": 5}})
        assert [answered.status for answered in both(client, "/a", "/b")] == [200, 200]
        assert len(server.asked) == 2


def both(client, *urls):
    """Ask for two things at once."""
    if hasattr(client, "awaiting"):

        async def gathered():
            return await asyncio.gather(*(client.awaiting.get(url) for url in urls))

        return client.run(gathered())
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(client.get, urls))


def test_new_credentials_are_tried_once_after_a_401(make) -> None:
    class Renewing:
        def __init__(self) -> None:
            self.tokens = ["new-token", "old-token"]

        def authorize(self, request):
            return request._replace(headers=(*request.headers, ("Authorization", f"Bearer {self.tokens[-1]}")))

        def refused(self, request, answered) -> bool:
            assert (dict(request.headers)["Authorization"], answered.status) == ("Bearer old-token", 401)
            self.tokens.pop()
            return True

    with Scripted(answer(401), OK) as server:
        answered = make(server.url, auth=Renewing()).post("/", json={})
        assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer old-token", "Bearer new-token"]
        assert answered.attempts == 1
    with Scripted(answer(401)) as server:
        with pytest.raises(ClientError):
            make(server.url, auth=Renewing()).get("/")
        assert len(server.asked) == 2


def test_a_redirect_keeps_credentials_at_home(make) -> None:
    with Scripted() as other, Scripted(answer(302, b"", f"Location: {other.url}/there")) as server:
        client = make(server.url, auth=key, headers={"X-Tenant": "t"})
        assert client.get("/", headers={"Accept": "text/x"}).data == {"a": 1}
        assert "x-api-key" in server.asked[0].headers
        assert not {"x-api-key", "x-tenant"} & other.asked[0].headers.keys()
        assert other.asked[0].headers["accept"] == "text/x"


def test_another_origin_gets_no_credentials(make) -> None:
    with Scripted() as other, Scripted() as server:
        make(server.url, auth=key, headers={"X-Tenant": "t"}).get(f"{other.url}/page2")
        assert not {"x-api-key", "x-tenant"} & other.asked[0].headers.keys()


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://169.254.169.254/", "/"])
def test_a_redirect_into_nowhere_is_refused(make, location) -> None:
    with Scripted(answer(302, b"", f"Location: {location}")) as server:
        with pytest.raises(RedirectRefused):
            make(server.url).get("/")
        assert len(server.asked) == (6 if location == "/" else 1)


def test_a_post_is_not_sent_twice_by_a_redirect(make) -> None:
    with Scripted(answer(307, b"", "Location: /again"), OK) as server:
        with pytest.raises(RedirectRefused):
            make(server.url).post("/", json={})
        assert len(server.asked) == 1


def test_a_host_that_begins_like_ours_is_another_origin(make) -> None:
    with Scripted() as server:
        port = server.url.rpartition(":")[2]
        client = make(f"http://127.0.0.1:{port[:-1]}", auth=key)  # our base URL is the beginning of the other one
        client.get(f"http://127.0.0.1:{port}/x")
        assert "x-api-key" not in server.asked[0].headers


def given(make, **settings):
    """Return a session of the kind that the client takes."""
    kind = type(make("http://127.0.0.1:9")).__name__
    return requests.Session() if kind == "APIClient" else httpx2.AsyncClient(**settings)


def test_a_session_that_is_given_keeps_its_habits_at_home_and_its_deadline(make) -> None:
    session = given(make, trust_env=False)
    session.headers["X-Api-Key"] = "mine"
    with Scripted() as other, Scripted(answer(302, b"", f"Location: {other.url}/x"), OK) as server:
        client = make(server.url, session=session)
        client.get("/")
        assert [asked.headers.get("x-api-key") for asked in (*server.asked, *other.asked)] == ["mine", None]
    with Scripted(lambda wire, _: wire.drip(OK, 0.1)) as server, pytest.raises(TimedOut):
        make(server.url, session=session, policy=HURRY).get("/")


def test_a_session_that_is_resilient_already_is_not_made_so_twice(make) -> None:
    with pytest.raises(UsageError, match="resilient already"):
        make("http://127.0.0.1:9", session=resilient(given(make)))


def test_no_secret_is_told(make) -> None:
    said = b'{"title": "Bad key top-secret-key", "detail": "query q-secret-token"}'
    with Scripted(answer(403, said, "Content-Type: application/problem+json")) as server:
        client = make(server.url, auth=key)
        with pytest.raises(ClientError) as caught:
            client.get("/x", params={"token": "q-secret-token"})
    told = f"{caught.value}{caught.value!r}{caught.value.as_dict()}{client!r}{caught.value.problem}"
    assert "top-secret-key" not in told
    assert "q-secret-token" not in told
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_hook_is_told_everything_and_may_add_fields(make) -> None:
    class Notes:
        def __init__(self) -> None:
            self.events = []

        def observe(self, event) -> None:
            self.events.append(event)

        def fields(self, began):
            return (("Traceparent", f"00-{began.number}"),)

    notes = Notes()
    with Scripted(answer(503), OK) as server:
        url = server.url
        make(url, service="shop", hooks=[notes]).get("/x?token=abc")
        assert [asked.headers["traceparent"] for asked in server.asked] == ["00-1", "00-2"]
    assert [type(event) for event in notes.events] == [AttemptEvent, WaitEvent, AttemptEvent, CallEvent]
    first, _, second, ended = notes.events
    assert (first.status, first.number, first.url, first.service) == (503, 1, f"{url}/x", "shop")
    assert (second.status, second.received, ended.attempts, ended.status, ended.gave_up) == (200, 7, 2, 200, "")


def test_the_end_of_an_operation_is_told_once(make) -> None:
    notes = []

    class Hook:
        @staticmethod
        def observe(event) -> None:
            if isinstance(event, Notice):
                notes.append((event.operation, event.kind, event.text, event.value))

    leaving = json(
        b"{}",
        "Deprecation: @1688169599",
        "Sunset: Sun, 30 Jun 2030 23:59:59 GMT",
        'Link: </why>; rel="deprecation"; type="text/html", </v2>; rel="successor-version"',
    )
    with Scripted(leaving) as server:
        client = make(server.url, hooks=[Hook])
        for _ in range(2):
            client.get("/old?x=1")
    assert notes == [
        ("GET /old", "deprecation", "deprecated since 2023-06-30; read /why; its successor is /v2", "2023-06-30"),
        ("GET /old", "sunset", "gone from 2030-06-30 on; its successor is /v2", "2030-06-30"),
    ]


def test_an_operation_is_called_as_the_contract_spells_it(make) -> None:
    with MockServer(CONTRACT) as server:
        client = make(server.url, contract=CONTRACT, auth=key)
        assert client.call("getShipment", shipment_id="42")["id"] == "42"
        assert client.call("GET /shipments/{id}", {"id": "43"})["id"] == "43"
        client.call("listShipments", state=["created", "delivered"], created_after="2026-11-01T00:00:00Z", limit=None)
        assert server.exchanges[-1].request.target == (
            "/shipments?state=created&state=delivered&createdAfter=2026-11-01T00%3A00%3A00Z"
        )
        assert server.violations == ()


def test_an_operation_that_needs_a_key_gets_one(make) -> None:
    parcel = {"length": 10, "width": 10, "height": 4, "weight": 250}
    to = {"name": "Mia", "street": "Gasse 1", "postalCode": "3011", "city": "Bern", "country": "CH"}
    with MockServer(CONTRACT) as server:
        client = make(server.url, contract=CONTRACT, auth=key)
        answered = client.answer("createShipment", to=to, parcels=[parcel], service="standard")
        assert (answered.status, answered.operation) == (201, "createShipment")
        assert server.violations == ()


def test_a_wrong_request_is_not_sent(make) -> None:
    with Scripted() as server:
        client = make(server.url, contract=CONTRACT, auth=key)
        with pytest.raises(ContractViolation, match=r"parcels\[0\]\.height is missing") as caught:
            client.call("createShipment", to={"city": "Bern"}, parcels=[{"length": 1, "width": 1}])
        assert (server.asked, caught.value.attempts, caught.value.retryable) == ([], 0, False)
        assert "request-required" in {violation.rule for violation in caught.value.violations}
        with pytest.raises(ContractViolation, match="not in the contract"):
            client.get("/no/such/path")


def test_an_unknown_operation_or_argument_names_the_nearest(make) -> None:
    client = make("http://127.0.0.1:9", contract=CONTRACT)
    with pytest.raises(UnknownService, match="did you mean getShipment"):
        client.call("getShipmnt")
    with pytest.raises(UsageError, match="did you mean limit"):
        client.call("listShipments", limt=1)
    with pytest.raises(UsageError, match=r"needs id \(path\)"):
        client.call("getShipment")


BROKEN = {
    "missing": b'{"id": "42"}',
    "null": b"null",
    "html": b"<html>",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_answer_that_breaks_the_contract_is_not_handed_out(make, kind) -> None:
    with Scripted(json(BROKEN[kind])) as server, pytest.raises(BadAnswer):
        make(server.url, contract=CONTRACT, auth=key).call("getShipment", id="42")


def test_an_answer_of_another_media_type_is_not_handed_out(make) -> None:
    portal = answer(200, b"<html>Please log in</html>", "Content-Type: text/html")
    with Scripted(portal) as server, pytest.raises(BadAnswer, match="text/html"):
        make(server.url, contract=CONTRACT, auth=key).call("getShipment", id="42")


def test_what_breaks_the_contract_is_only_told_with_warn(make) -> None:
    notes = []

    class Hook:
        observe = staticmethod(notes.append)

    with Scripted(json(b'{"id": "42"}')) as server:
        client = make(server.url, contract=CONTRACT, auth=key, validate="warn", hooks=[Hook])
        answered = client.answer("getShipment", id="42")
        assert answered.data == {"id": "42"}
        assert {violation.rule for violation in answered.violations} == {"response-required"}
        assert {note.kind for note in notes if hasattr(note, "kind")} == {"violation"}
        assert make(server.url, contract=CONTRACT, validate="off").call("getShipment", id="42") == {"id": "42"}


def test_an_undocumented_error_is_an_error_of_the_api_and_no_violation(make) -> None:
    with Scripted(answer(500, b"<html>", "Content-Type: text/html")) as server, pytest.raises(ServerError):
        make(server.url, contract=CONTRACT, auth=key).call("getShipment", id="42")


def test_what_cannot_be_spelled_is_a_wrong_use(make) -> None:
    with Scripted() as server, pytest.raises(UsageError):
        make(server.url).get("/", headers={"X-A": "a\r\nX-Evil: 1"})
    assert server.asked == []
