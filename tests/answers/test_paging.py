"""Whoever follows pages sees each item once and comes to the end."""

import json
from urllib.parse import urlsplit

import pytest

from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.exchange import Request
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Service, Settings
from mockserver.schema.compile import Validators

TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
MAYBE = {"type": ["string", "null"]}
ITEM = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
ITEMS = {"type": "array", "items": ITEM}
_MOST = 20


class StillClock:
    def now(self):
        return 0.0


def thing(**properties):
    return {"type": "object", "required": list(properties), "properties": properties}


def asker(schema, *names, method="GET", example=None, lenient=False):
    """Return a function that asks for the list with some parameters, and answers with the body."""
    media = {"schema": schema, **({"example": example} if example is not None else {})}
    operation = {"responses": {"200": {"description": "ok", "content": {"application/json": media}}}}
    if method == "GET":
        operation["parameters"] = [{"in": "query", "name": name, "schema": kind} for name, kind in names]
    else:
        operation["requestBody"] = {
            "content": {"application/json": {"schema": thing() | {"additionalProperties": True}}}
        }
    document = {
        "openapi": "3.1.1",
        "info": {"title": "t", "version": "1"},
        "paths": {"/things": {method.lower(): operation}},
    }
    contract = load("api", Documents("api.yaml", {"api.yaml": json.dumps(document).encode()}))
    session = Session([Service(contract, Validators())], Settings(strict=not lenient), StillClock())

    def ask(target="/things", **sent):
        headers, body = (("Host", "api.test"),), b""
        if method == "GET" and sent:
            target += "?" + "&".join(f"{name}={value}" for name, value in sent.items())
        elif method != "GET":
            headers, body = (("Content-Type", "application/json"),), json.dumps(sent).encode()
        answered = session.serve(Request(method, target, headers, body))
        assert answered.response.status == 200
        assert lenient or not answered.violations
        return json.loads(answered.response.body)

    return ask


def walk(first, following):
    """Follow pages; return the ids that were seen."""
    seen, page = [], first
    for _ in range(_MOST):
        seen.append(page)
        page = following(page)
        if page is None:
            return seen
    raise AssertionError("it never ends")


def ids(pages, at):
    return [item["id"] for page in pages for item in (page if at is None else page[at])]


def test_an_id_as_cursor_leads_to_the_end():
    ask = asker(thing(data=ITEMS, has_more=FLAG), ("limit", NUMBER), ("starting_after", TEXT))
    whole = ids([ask()], "data")
    pages = walk(
        ask(limit=1), lambda page: ask(limit=1, starting_after=page["data"][-1]["id"]) if page["has_more"] else None
    )
    assert ids(pages, "data") == whole
    assert [page["has_more"] for page in pages] == [True] * (len(whole) - 1) + [False]
    assert ask(starting_after=whole[-1]) == {"data": [], "has_more": False}


@pytest.mark.parametrize("at", [None, "meta"])
def test_a_token_leads_to_the_end(at):
    furniture = {"next_cursor": MAYBE}
    schema = thing(items=ITEMS, meta=thing(**furniture)) if at else thing(items=ITEMS, **furniture)
    ask = asker(schema, ("page_size", NUMBER), ("cursor", TEXT))
    whole = ids([ask()], "items")

    def following(page):
        token = (page[at] if at else page)["next_cursor"]
        return ask(page_size=1, cursor=token) if token else None

    assert ids(walk(ask(page_size=1), following), "items") == whole


def test_page_numbers_lead_to_the_end_and_the_totals_agree():
    schema = thing(results=ITEMS, total=NUMBER, page=NUMBER, per_page=NUMBER, total_pages=NUMBER)
    ask = asker(schema, ("page", NUMBER), ("per_page", NUMBER))
    whole = ids([ask()], "results")
    pages = [ask(page=number, per_page=2) for number in (1, 2, 3, 99)]
    assert ids(pages, "results") == whole
    assert pages[3]["results"] == []
    assert {(page["total"], page["total_pages"], page["per_page"]) for page in pages} == {
        (len(whole), -(-len(whole) // 2), 2)
    }
    assert [page["page"] for page in pages[:2]] == [1, 2]


def test_offsets_lead_through_a_bare_list():
    ask = asker(ITEMS, ("offset", NUMBER), ("limit", NUMBER))
    whole = ids([ask()], None)
    assert ids([ask(offset=offset, limit=1) for offset in range(5)], None) == whole
    assert ask(offset=len(whole)) == []


@pytest.mark.parametrize("address", [{**MAYBE, "format": "uri"}, MAYBE])
def test_an_address_of_the_next_page_can_be_followed(address):
    schema = thing(results=ITEMS, next=address, count=NUMBER)
    ask = asker(schema, ("page", NUMBER), ("page_size", NUMBER))
    whole = ids([ask()], "results")

    def following(page):
        parts = urlsplit(page["next"]) if page["next"] else None
        return ask(f"{parts.path}?{parts.query}") if parts else None

    pages = walk(ask(page_size=1), following)
    assert ids(pages, "results") == whole
    assert pages[0]["next"].startswith("http://api.test/things?")


def test_a_cursor_of_an_example_leads_to_the_last_page():
    example = {"data": [{"id": "a", "name": "A"}], "next_cursor": "abc", "has_more": True}
    ask = asker(thing(data=ITEMS, next_cursor=MAYBE, has_more=FLAG), ("cursor", TEXT), example=example)
    assert ask() == example
    assert ask(cursor="abc") == {"data": [], "next_cursor": None, "has_more": False}
    assert ask(cursor="xyz") == {"data": example["data"], "next_cursor": None, "has_more": False}


def test_words_that_the_contract_forgets_count_where_they_are_tolerated():
    ask = asker(thing(data=ITEMS, scroll_param=TEXT) | {"required": ["data"]}, lenient=True)
    first = ask()
    assert ask(scroll_param=first["scroll_param"]) == {"data": []}
    assert [len(ask(page=number)["data"]) for number in (1, 2)] == [len(first["data"]), 0]


def test_a_search_is_paged_by_its_body_and_a_thing_is_not():
    page = thing(items=ITEMS, next_cursor=MAYBE, has_more=FLAG)
    search = asker(page, method="POST")
    assert len(search(page_size=1)["items"]) == 1
    create = asker(thing(items=ITEMS), method="POST")
    assert len(create(limit=1)["items"]) > 1


def test_a_limit_never_makes_a_list_too_short():
    ask = asker({**ITEMS, "minItems": 2}, ("limit", NUMBER))
    assert len(ask(limit=1)) >= 2


def test_words_that_may_mean_something_else_need_company():
    ask = asker(ITEMS, ("start", NUMBER), ("count", NUMBER))
    alone = asker(ITEMS, ("start", NUMBER))
    assert ask(start=99, count=1) == []
    assert alone(start=99)


@pytest.mark.parametrize("cursor", ["next-" + "9" * 5000, "next-999999999", "next-x", "%F0%9F%98%80"])
def test_any_cursor_gets_an_answer(cursor):
    ask = asker(thing(data=ITEMS, next_cursor=MAYBE), ("cursor", TEXT))
    assert ask(cursor=cursor)["next_cursor"] is None


def test_a_whole_query_string_is_no_list_of_parameters():
    schema = thing(data=ITEMS)
    document = {
        "openapi": "3.2.0", "info": {"title": "t", "version": "1"},
        "paths": {"/things": {"get": {
            "parameters": [
                {"in": "query", "name": "q", "schema": TEXT},
                {"in": "query", "name": "limit", "schema": NUMBER},
                {"in": "querystring", "name": "all", "content": {"application/x-www-form-urlencoded": {"schema": {}}}},
            ],
            "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}},
        }}},
    }  # fmt: skip
    contract = load("api", Documents("api.yaml", {"api.yaml": json.dumps(document).encode()}))
    session = Session([Service(contract, Validators())], Settings(), StillClock())
    assert session.serve(Request("GET", "/things?limit=1")).response.status == 200
