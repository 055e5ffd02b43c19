"""What an error lists about another request is told anew, left out or emptied."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.answers.entries import lists_in, subject_of, with_entries
from mockserver.answers.sound import Sound
from mockserver.violation import Violation

PARCEL = Violation("request-required", "consumer", "error", "ship", "a.yaml", "", "body#/parcels/0/size", "no size", "")
LIMIT = Violation("request-range", "consumer", "error", "ship", "a.yaml", "", "query.limit", "limit is 0", "")
NOTE = Violation("request-note", "consumer", "info", "ship", "a.yaml", "", "query.x", "x is odd", "")


def whole(fits: Any) -> Sound:
    return Sound(fits, lambda _path: (None, None))


def retold(value: Any, schema: Any = None) -> Any:
    return with_entries(
        value, lists_in(value), (PARCEL, LIMIT, NOTE), whole(Draft202012Validator(schema or {}).is_valid)
    )


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (["weight is missing"], ["no size", "limit is 0"]),
        (
            [{"field": "weight", "message": "is missing", "code": "E7"}],
            [{"field": "parcels.0.size", "message": "no size"}, {"field": "limit", "message": "limit is 0"}],
        ),
        (
            [{"detail": "x", "source": {"pointer": "/weight"}}],
            [
                {"detail": "no size", "source": {"pointer": "/parcels/0/size"}},
                {"detail": "limit is 0", "source": {"pointer": "/limit"}},
            ],
        ),
        (
            [{"loc": ["body", "weight"], "msg": "x"}],
            [
                {"loc": ["body", "parcels", 0, "size"], "msg": "no size"},
                {"loc": ["query", "limit"], "msg": "limit is 0"},
            ],
        ),
        ([{"in": "body", "name": "w"}], [{"in": "body", "name": "parcels.0.size"}, {"in": "query", "name": "limit"}]),
        ({"weight": ["is missing"]}, {"parcels.0.size": ["no size"], "limit": ["limit is 0"]}),
        ({"weight": "is missing"}, {"parcels.0.size": "no size", "limit": "limit is 0"}),
        ({"field": "weight", "reason": "is missing"}, {"field": "parcels.0.size", "reason": "no size"}),
    ],
)
def test_each_finding_has_an_entry_like_the_contracts_own(written: Any, told: Any) -> None:
    assert retold({"title": "x", "errors": written}) == ({"title": "x", "errors": told}, True)
    assert retold({"error": {"details": written}}) == ({"error": {"details": told}}, True)


def test_an_entry_keeps_what_the_schema_asks_for() -> None:
    schema = {"properties": {"errors": {"items": {"required": ["code", "message"]}}}}
    told, _ = retold({"errors": [{"message": "x", "code": "E7"}]}, schema)
    assert told == {"errors": [{"message": "no size", "code": "E7"}, {"message": "limit is 0", "code": "E7"}]}


def test_one_entry_tells_where_there_may_be_one() -> None:
    told, _ = retold({"errors": [{"message": "x"}]}, {"properties": {"errors": {"maxItems": 1}}})
    assert told == {"errors": [{"message": "no size"}]}


@pytest.mark.parametrize(
    ("schema", "left"),
    [
        ({"properties": {"errors": {"items": {"enum": ["weight is missing"]}}}}, {"title": "x"}),
        ({"required": ["errors"], "properties": {"errors": {"enum": [["weight is missing"], []]}}}, {"errors": []}),
        ({"properties": {"errors": {"const": ["weight is missing"]}}, "required": ["errors"]}, {"errors": "kept"}),
    ],
)
def test_a_list_that_cannot_tell_is_left_out_or_emptied_or_kept(schema: Any, left: Any) -> None:
    expected = {"title": "x", **left}
    if left == {"errors": "kept"}:
        expected["errors"] = ["weight is missing"]
    assert retold({"title": "x", "errors": ["weight is missing"]}, schema) == (expected, False)


def test_without_findings_a_list_is_left_out() -> None:
    listed = {"errors": ["x"], "a": 1}
    assert with_entries(listed, lists_in(listed), (), whole(lambda _: True)) == ({"a": 1}, False)


def test_a_place_is_spelled_as_the_other_one_is() -> None:
    likes: list[Any] = ["weight", "/weight", "#/weight", "body", ["body", "weight"]]
    assert [subject_of(PARCEL, like) for like in likes] == [
        "parcels.0.size", "/parcels/0/size", "#/parcels/0/size", "body", ["body", "parcels", 0, "size"],
    ]  # fmt: skip
