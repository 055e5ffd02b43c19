"""Recorded answers are found by what is asked; what is not there is told with what comes nearest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from interactions import INTERACTIONS, interaction

from mockserver.cassette.index import Index, Played, Unmatched
from mockserver.cassette.model import Interaction
from mockserver.cassette.scrub import Rules, masked
from mockserver.exchange import Request

API = "https://api.example"


def played(index: Index, method: str, target: str, **more: object) -> Interaction | Unmatched:
    found = index.play(API, Request(method, target, **more))  # type: ignore[arg-type]
    return found.interaction if isinstance(found, Played) else found


@given(INTERACTIONS)
def test_a_recorded_request_is_found(one: Interaction) -> None:
    found = Index((one,)).play(one.origin, one.request)
    assert isinstance(found, Played)
    assert found.interaction == one


def test_the_order_of_parameters_and_the_usual_port_do_not_count() -> None:
    index = Index([interaction(url="https://api.example:443/a?b=2&a=1", body=1)])
    assert isinstance(played(index, "GET", "/a?a=1&b=2"), Interaction)


def test_the_same_request_is_answered_in_the_order_of_recording() -> None:
    index = Index([interaction(body=1), interaction(body=2)])
    bodies = [played(index, "GET", "/things/1") for _ in range(3)]
    assert [one.response.body for one in bodies if isinstance(one, Interaction)] == [b"1", b"2"]
    assert isinstance(bodies[2], Unmatched)
    assert bodies[2].spent


def test_an_answer_may_be_played_again_when_that_is_allowed() -> None:
    index = Index([interaction(body=1)], repeats=True)
    assert [played(index, "GET", "/things/1") for _ in range(2)] == list(index.interactions) * 2


def test_an_answer_to_another_body_is_none() -> None:
    index = Index([interaction("POST", sent={"amount": 1, "to": "a"}, body=1)])
    missed = played(index, "POST", "/things/1", body=b'{"amount": 2, "to": "a"}')
    assert isinstance(missed, Unmatched)
    assert missed.differs == ("body#/amount: 2 was recorded as 1",)
    assert isinstance(played(index, "POST", "/things/1", body=b'{"to":"a","amount":1}'), Interaction)


def test_bodies_do_not_count_when_the_caller_says_so() -> None:
    index = Index([interaction("POST", sent={"amount": 1}, body=1)], match_on=("method", "host", "path"))
    assert isinstance(played(index, "POST", "/things/1?x=1", body=b"{}"), Interaction)


def test_parts_of_a_multipart_body_are_compared_without_their_boundary() -> None:
    def body(boundary: str) -> bytes:
        return f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--{boundary}--\r\n'.encode()

    kind = (("Content-Type", "multipart/form-data; boundary=abc"),)
    index = Index([interaction("POST", sent=body("abc"), sent_headers=kind, body=1)])
    other = (("Content-Type", "multipart/form-data; boundary=xyz"),)
    assert isinstance(played(index, "POST", "/things/1", headers=other, body=body("xyz")), Interaction)


def test_the_nearest_interaction_and_the_part_that_differs_are_named() -> None:
    index = Index([interaction(url=f"{API}/things/{number}?page=1", body=number) for number in range(5)])
    missed = played(index, "GET", "/things/3?page=2")
    assert isinstance(missed, Unmatched)
    assert missed.nearest == index.interactions[3]
    assert missed.differs == ("query.page: '2' was recorded as '1'",)
    other = played(index, "DELETE", "/things/3?page=1")
    assert isinstance(other, Unmatched)
    assert other.differs == ("method: DELETE was recorded as GET",)


def test_an_empty_cassette_has_nothing_near() -> None:
    assert played(Index(()), "GET", "/") == Unmatched()


def test_secrets_do_not_count_so_that_nobody_needs_them_to_replay() -> None:
    index = Index([interaction("POST", f"{API}/login?api_key=redacted", sent={"password": "redacted", "user": "mia"})],
                  seen=masked(Rules()))  # fmt: skip
    assert isinstance(played(index, "POST", "/login?api_key=mine", body=b'{"password":"x1","user":"mia"}'), Interaction)
    assert isinstance(played(index, "POST", "/login?api_key=mine", body=b'{"password":"x1","user":"ola"}'), Unmatched)


def test_unused_interactions_are_known() -> None:
    index = Index([interaction(body=1), interaction(url=f"{API}/other")])
    played(index, "GET", "/other")
    assert index.unused() == (0,)


def test_threads_share_an_index_and_no_interaction_is_played_twice() -> None:
    index = Index([interaction(body=number) for number in range(400)])
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: played(index, "GET", "/things/1"), range(400)))
    assert {one.response.body for one in got if isinstance(one, Interaction)} == {b"%d" % n for n in range(400)}
