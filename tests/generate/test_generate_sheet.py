"""A sheet writes what a draw draws, to the byte; what stands in a thing is one of a stock."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_schemas import bundles

from mockserver.errors import UnreadableDocument
from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.generate.nodes import STOCK
from mockserver.generate.shelf import Shelf
from mockserver.schema.compile import Validators
from mockserver.wire.json import Spelled, dumps, joined_dumps, loads

OWNER = {
    "type": "object",
    "required": ["id", "login"],
    "properties": {"id": {"type": "integer"}, "login": {"type": "string"}, "admin": {"type": "boolean"}},
}
ISSUE = {
    "type": "object",
    "required": ["id", "title", "owner", "labels", "state", "score"],
    "properties": {
        "id": {"type": "integer"},
        "title": {"type": "string"},
        "owner": OWNER,
        "labels": {"type": "array", "items": {"type": "string"}},
        "state": {"enum": ["open", "closed"]},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "reviews": {
            "type": "array",
            "items": {"type": "object", "properties": {"by": OWNER, "at": {"format": "date"}}},
        },
        "links": {"type": "object", "properties": {}},
        "code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
    },
}
WANTED = st.dictionaries(
    st.sampled_from(["a", "b", "id", "title", "owner", "data"]),
    st.one_of(st.integers(), st.text(max_size=3), st.booleans(), st.just({"id": 1}), st.just(2**70)),
    max_size=3,
)


def writes(schema, seed, wanted):
    """Return what is drawn and spelled, and what is written at once; an outline says the same."""
    generator = Generator(schema, Validators())
    written, outline = generator.write(seed, wanted=wanted), generator.outline(seed, wanted=wanted)
    assert outline is None or joined_dumps(outline) == written
    return dumps(generator.draw(seed, wanted=wanted)), written


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(bundles(), st.integers(), WANTED)
def test_what_is_written_at_once_is_what_would_be_drawn(bundle, seed, wanted):
    try:
        drawn, written = writes(bundle, seed, wanted)
    except (UnreadableDocument, Unsatisfiable):
        return
    assert written in {drawn, None}


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.integers(), WANTED)
def test_a_thing_with_parts_is_written_at_once(seed, wanted):
    drawn, written = writes(ISSUE, seed, wanted)
    beyond = any(type(given) is int and abs(given) > 2**63 for given in wanted.values())
    assert written == drawn or (written is None and beyond)


def test_the_items_of_an_outline_are_texts_and_what_stands_around_them_is_not():
    page = {"type": "object", "properties": {"data": {"type": "array", "items": ISSUE}, "kind": {"type": "integer"}}}
    outline = Generator(page, Validators()).outline(7)
    assert {type(item) for item in outline["data"]} == {Spelled}
    assert type(outline["kind"]) is int


WRAPPED = {"type": "object", "properties": {"data": ISSUE, "links": OWNER}}


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.integers(), WANTED)
def test_a_thing_that_is_wrapped_is_written_at_once_with_what_was_sent(seed, wanted):
    generator = Generator(WRAPPED, Validators())
    for sent in (wanted, {"data": wanted}):
        drawn, written = dumps(generator.draw(seed, wanted=sent)), generator.write(seed, wanted=sent)
        assert written in {drawn, None}
    sent = {"data": {"title": "Mine"}}
    written = loads(generator.write(seed, wanted=sent))
    assert written["data"] == {**generator.draw(seed)["data"], "title": "Mine"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": ISSUE},
        {"type": "object", "required": ["x"], "properties": {"x": {"const": 'a "quoted" text'}}},
        {"type": "object", "properties": {"data": ISSUE, "total": {"type": "integer"}}},
        {"type": "object", "properties": {"data": {"type": "object", "properties": {"attributes": ISSUE}}}},
        {"type": "object", "properties": {"items": {"type": "array", "items": ISSUE}, "total": {"type": "integer"}}},
        {
            "type": "object",
            "required": ["results", "count"],
            "properties": {
                "meta": {"type": "object", "properties": {"page": {"type": "integer"}, "total": {"type": "integer"}}},
                "count": {"type": "integer", "maximum": 2},
                "results": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{4}$"}},
            },
        },
        {
            "type": "object",
            "properties": {"id": {"type": "integer"}},
            "additionalProperties": OWNER,
            "minProperties": 3,
        },
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "integer"}}},
    ],
    ids=["list", "constant", "wrapped", "wrapped twice", "page", "counted", "thing with more", "map", "list of maps"],
)
def test_every_shape_of_a_thing_is_written_at_once(schema):
    for seed in range(40):
        drawn, written = writes(schema, seed, {})
        assert written == drawn


def test_an_integer_that_the_engine_cannot_spell_is_left_to_the_long_way():
    schema = {
        "type": "object",
        "required": ["x", "id"],
        "properties": {"x": {"const": 2**70}, "id": {"type": "integer"}},
    }
    assert writes(schema, 1, {}) == (b'{"x":%d,"id":%d}' % (2**70, Generator(schema, Validators()).draw(1)["id"]), None)


def test_what_stands_in_a_thing_is_one_of_a_stock_and_the_thing_is_not():
    generator = Generator(ISSUE, Validators())
    drawn = [generator.draw(seed) for seed in range(400)]
    owners = {dumps(issue["owner"]) for issue in drawn}
    assert STOCK // 2 < len(owners) <= STOCK
    assert len({issue["id"] for issue in drawn}) > 200


def test_the_contents_of_a_wrapper_are_not_from_stock():
    generator = Generator({"type": "object", "properties": {"data": ISSUE, "name": {"const": "x"}}}, Validators())
    assert len({dumps(generator.draw(seed)["data"]) for seed in range(100)}) == 100


def test_texts_from_stock_are_kept_up_to_a_number_of_bytes():
    shelf, texts = Shelf(1000), [None] * STOCK
    for number in range(STOCK):
        shelf.keep(texts, number, b"x" * 90)
        shelf.keep(texts, number, b"y" * 90)
        assert shelf.held <= 1000
    assert [number for number, text in enumerate(texts) if text] == list(range(STOCK - 11, STOCK))
    shelf.keep(texts, 0, b"z" * 2000)
    assert (shelf.held, any(texts)) == (0, False)
