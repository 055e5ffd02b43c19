"""Many answers for one question, and many questions at once: the same of both clients."""

import time

import pytest
from scripted import Scripted, answer, broken_off, json

from mockserver.client import (
    APIClient,
    BadAnswer,
    ClientError,
    PartialFailure,
    Problem,
    ServerError,
    TimedOut,
    items_in,
    parts,
)
from mockserver.errors import UsageError
from mockserver.resilience.deadline import Deadline, within

LISTS = """
openapi: 3.1.1
info: {title: Lists, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - {name: pageToken, in: query, schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer}}
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object}}}}}
"""


def every(client, what, **named):
    return [page.data for page in client.pages(what, **named)]


def test_link_headers_are_followed(make) -> None:
    pages = (
        json(b"[1,2]", 'Link: <?page=2>; rel="next", <?page=3>; rel="last"'),
        json(b"[3]", 'Link: </pets?page=3>; rel="prev next"'),
        json(b"[4]", 'Link: <?page=1>; rel="first"'),
    )
    with Scripted(*pages) as server:
        assert every(make(server.url), "/pets") == [[1, 2], [3], [4]]
        assert [asked.target for asked in server.asked] == ["/pets", "/pets?page=2", "/pets?page=3"]


@pytest.mark.parametrize(
    ("first", "second", "target"),
    [
        (b'{"items":[1],"next":"/pets?x=2"}', b'{"items":[2],"next":null}', "/pets?x=2"),
        (b'{"value":[1],"@odata.nextLink":"?$skip=1"}', b'{"value":[2]}', "/pets?$skip=1"),
        (b'{"data":[1],"_links":{"next":{"href":"/p2"}}}', b'{"data":[2],"_links":{}}', "/p2"),
        (b'{"items":[1],"next_cursor":"a b"}', b'{"items":[2],"next_cursor":""}', "/pets?cursor=a%20b"),
        (b'{"items":[1],"meta":{"next_cursor":"c"}}', b'{"items":[2],"meta":{}}', "/pets?cursor=c"),
        (b'{"data":[{"id":"x"}],"has_more":true,"next_cursor":"n"}', b'{"data":[],"has_more":false}', "/pets?cursor=n"),
    ],
)
def test_what_the_body_says_is_followed(make, first, second, target) -> None:
    with Scripted(json(first), json(second)) as server:
        assert len(every(make(server.url), "/pets")) == 2
        assert server.asked[1].target == target


def test_the_last_id_is_the_cursor_where_the_api_is_asked_so(make) -> None:
    pages = json(b'{"data":[{"id":"a"},{"id":"b"}],"has_more":true}'), json(b'{"data":[{"id":"c"}],"has_more":false}')
    with Scripted(*pages) as server:
        every(make(server.url), "/pets?starting_after=0")
        assert server.asked[1].target == "/pets?starting_after=b"


def test_the_contract_tells_how_the_cursor_is_called(make, tmp_path) -> None:
    path = tmp_path / "lists.yaml"
    path.write_text(LISTS)
    with Scripted(json(b'{"pets":[1],"nextPageToken":"t"}'), json(b'{"pets":[2]}')) as server:
        client = make(server.url, contract=str(path))
        assert [items_in(page) for page in every(client, "listPets", limit=1)] == [[1], [2]]
        assert [asked.target for asked in server.asked] == ["/pets?limit=1", "/pets?limit=1&pageToken=t"]


@pytest.mark.parametrize(
    ("what", "pages", "targets"),
    [
        ("/p?page=1", (b"[1,2]", b"[3]", b"[]"), ["/p?page=1", "/p?page=2", "/p?page=3"]),
        ("/p?page=1", (b'{"data":[1],"total_pages":2}', b'{"data":[2],"total_pages":2}'), ["/p?page=1", "/p?page=2"]),
        ("/p?page=1", (b'{"data":[1,2],"total":3}', b'{"data":[3],"total":3}'), ["/p?page=1", "/p?page=2"]),
        ("/p?offset=0&limit=2", (b"[1,2]", b"[3]", b"[]"), [f"/p?limit=2&offset={n}" for n in (0, 2, 3)]),
        ("/p", (b'{"data":[1],"pages":9}',), ["/p"]),
    ],
    ids=["page", "total-pages", "total", "offset", "unknown"],
)
def test_numbers_are_counted_up(make, what, pages, targets) -> None:
    with Scripted(*map(json, pages)) as server:
        assert len(every(make(server.url), what)) == len(targets)
        assert [sorted(asked.target.split("&")) for asked in server.asked][1:] == [
            sorted(target.split("&")) for target in targets
        ][1:]


def test_a_way_can_be_said(make) -> None:
    with Scripted(json(b"[1]"), json(b"[2]"), json(b"[]")) as server:
        assert every(make(server.url), "/p", by="offset") == [[1], [2], []]
        assert [asked.target for asked in server.asked] == ["/p", "/p?offset=1", "/p?offset=2"]


@pytest.mark.parametrize("says", [json(b"[1]", "Link: </a>; rel=next"), json(b'{"items":[1],"next_cursor":"same"}')])
def test_pages_that_go_in_a_circle_end_with_an_error(make, says) -> None:
    with Scripted(says) as server:
        with pytest.raises(BadAnswer, match="circle"):
            every(make(server.url), "/a")
        assert len(server.asked) <= 2


ROUND = {
    "cursors": [json(b'{"items":[%d],"next_cursor":"%c"}' % (number, name)) for number, name in enumerate(b"abca")],
    "links": [json(b"[%d]" % number, f"Link: </p?page={1 + number % 3}>; rel=next") for number in range(1, 5)],
}


@pytest.mark.parametrize("says", ROUND.values(), ids=ROUND.keys())
def test_a_circle_of_several_pages_ends_where_it_closes(make, says) -> None:
    with Scripted(*says) as server:
        with pytest.raises(BadAnswer, match="circle"):
            every(make(server.url), "/p?page=1")
        targets = [asked.target for asked in server.asked]
        assert len(targets) == len(set(targets)) in {3, 4}


def test_pages_come_in_order_and_once_though_one_of_them_fails_at_first(make) -> None:
    pages = [json(b'{"items":[1],"next":"/p?c=2"}'), answer(503), json(b'{"items":[2],"next":"/p?c=3"}'),
             broken_off(json(b'{"items":[3]}')[:-4]), json(b'{"items":[3]}')]  # fmt: skip
    with Scripted(*pages) as server:
        assert [items_in(page) for page in every(make(server.url), "/p")] == [[1], [2], [3]]
        assert [asked.target for asked in server.asked] == ["/p", "/p?c=2", "/p?c=2", "/p?c=3", "/p?c=3"]


def test_an_api_that_ignores_the_page_is_no_endless_list(make) -> None:
    with Scripted(json(b"[1]")) as server:
        with pytest.raises(BadAnswer, match="circle"):
            every(make(server.url), "/a?page=1")
        assert len(server.asked) == 2


def test_a_page_elsewhere_gets_no_credentials(make) -> None:
    def auth(request):
        return request._replace(headers=(*request.headers, ("X-Api-Key", "k")))

    with Scripted(json(b"[2]")) as other, Scripted(json(b"[1]", f"Link: <{other.url}/2>; rel=next")) as server:
        assert every(make(server.url, auth=auth, headers={"X-Tenant": "t"}), "/a") == [[1], [2]]
        assert not {"x-api-key", "x-tenant"} & other.asked[0].headers.keys()


def said(wire, asked) -> None:
    number = int(asked.target.rpartition("/")[2])
    wire.send(json(b"%d" % number) if number < 3 else answer(404))


def calls(client, count):
    awaiting = getattr(client, "awaiting", client)
    return [lambda number=number: awaiting.request("GET", f"/{number}") for number in range(count)]


def test_results_and_errors_stand_side_by_side(make) -> None:
    with Scripted(said) as server:
        client = make(server.url)
        batch = client.batch(calls(client, 5), policy="best_effort", concurrency=2)
        assert [getattr(result, "data", None) for result in batch.results] == [0, 1, 2, None, None]
        assert [type(error) for error in batch.errors] == [type(None)] * 3 + [ClientError] * 2
        assert (batch.failed, batch.ok) == ((3, 4), False)


def test_more_than_half_is_a_quorum(make) -> None:
    with Scripted(said) as server:
        client = make(server.url)
        assert client.batch(calls(client, 5), policy="quorum").failed == (3, 4)
        with pytest.raises(PartialFailure, match="3 of 6 calls failed") as caught:
            client.batch(calls(client, 6), policy="quorum")
        assert (sorted(caught.value.results), sorted(caught.value.errors)) == ([0, 1, 2], [3, 4, 5])
        assert caught.value.as_dict()["retry"] is False


def test_all_means_all(make) -> None:
    with Scripted(said) as server:
        client = make(server.url)
        assert client.batch(calls(client, 3)).ok
        with pytest.raises(PartialFailure, match="1 of 4 calls failed"):
            client.batch(calls(client, 4))
        assert client.batch([]).ok
        with pytest.raises(UsageError, match="say all, quorum or best_effort"):
            client.batch([], policy="most")


def test_a_batch_calls_operations(make, tmp_path) -> None:
    path = tmp_path / "lists.yaml"
    path.write_text(LISTS)
    with Scripted(json(b"{}")) as server:
        batch = make(server.url, contract=str(path)).batch(["listPets", ("listPets", {"limit": 2})])
        assert batch.results == ({}, {})
        assert sorted(asked.target for asked in server.asked) == ["/pets", "/pets?limit=2"]


def test_no_more_run_at_once_than_asked_for(make) -> None:
    now, most = [0], [0]

    def slow(wire, asked) -> None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.05)
        now[0] -= 1
        said(wire, asked)

    with Scripted(slow) as server:
        client = make(server.url)
        client.batch(calls(client, 3) * 2, concurrency=2)
        assert most == [2]


def test_a_deadline_around_a_batch_holds_in_its_threads() -> None:
    with Scripted(lambda *_: time.sleep(2)) as server, APIClient(server.url) as client:
        began = time.monotonic()
        with within(Deadline(began + 0.3)), pytest.raises(PartialFailure) as caught:
            client.batch([lambda: client.get("/1")])
        assert isinstance(caught.value.errors[0], TimedOut)
        assert time.monotonic() - began < 10


def test_each_part_of_a_207_has_its_own_end(make) -> None:
    body = (
        b'{"results":[{"status":201,"id":1},{"status":409,"title":"Taken"},{"status":503,"error":{"detail":"later"}}]}'
    )
    with Scripted(json(body, status=207)) as server:
        batch = parts(make(server.url).post("/batch", json=[]))
        assert batch.failed == (1, 2)
        _, taken, later = batch.errors
        assert (type(taken), taken.problem, taken.retryable) == (
            ClientError,
            Problem("about:blank", "Taken", 409),
            False,
        )
        assert (type(later), later.status, later.retryable) == (ServerError, 503, True)
