"""Values in all their breadth: each fits, and together they show all that a schema admits."""

from __future__ import annotations

import random
from typing import Any

import jsonschema
import pytest
from hypothesis import find
from hypothesis import strategies as st

from mockserver.generate.generator import Unsatisfiable
from mockserver.generate.tape import Tape
from mockserver.generate.varied import Varied
from mockserver.schema.compile import Validators

_ADDRESS = {
    "type": "object",
    "required": ["city"],
    "properties": {"city": {"type": "string"}, "zip": {"type": "string"}},
}
_TREE = {"$ref": "#/$defs/tree"}
SCHEMAS: dict[str, Any] = {
    "text": {"type": "string", "minLength": 2, "maxLength": 9},
    "pattern": {"type": "string", "pattern": "^[A-Z]{3}-\\d{2,4}$"},
    "date-time": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
    "integer": {"type": "integer", "minimum": -3, "exclusiveMaximum": 40},
    "multiple": {"type": "integer", "multipleOf": 5, "minimum": 7},
    "number": {"type": "number", "exclusiveMinimum": 0, "maximum": 2},
    "enum": {"enum": ["a", 1, None, {"b": []}]},
    "nullable": {"type": ["string", "null"]},
    "not": {"type": "string", "not": {"enum": ["a", "b"]}},
    "unique": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 5}, "uniqueItems": True},
    "tuple": {"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "minItems": 2, "type": "array"},
    "contains": {"type": "array", "items": {"type": "integer"}, "contains": {"const": 7}, "maxItems": 4},
    "object": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "to": _ADDRESS}},
    "closed": {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
    "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]{2}$"}, "additionalProperties": {"type": "string"}},
    "few": {"type": "object", "minProperties": 1, "maxProperties": 2, "properties": {"a": {}, "b": {}, "c": {}}},
    "dependent": {"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}},
    "oneOf": {
        "oneOf": [
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "x"}, "n": {"type": "integer"}}},
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "y"}, "to": _ADDRESS}},
        ]
    },
    "allOf": {"allOf": [_ADDRESS, {"type": "object", "required": ["zip"]}]},
    "recursive": {
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"}, "children": {"type": "array", "items": _TREE}}}},
    },
    "anything": {},
}  # fmt: skip


def _drawn(schema: Any, count: int = 300, **how: Any) -> list[Any]:
    varied = Varied(schema, Validators(), **how)
    source = random.Random(7)
    return [varied.value(Tape(source.randbytes(200))) for _ in range(count)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_drawn_fits(name: str) -> None:
    judge = jsonschema.Draft202012Validator(
        SCHEMAS[name], format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    for value in _drawn(SCHEMAS[name], 120, answered=True):
        judge.validate(value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_same_tape_gives_the_same_value(name: str) -> None:
    assert _drawn(SCHEMAS[name], 20) == _drawn(SCHEMAS[name], 20)


def test_nothing_on_the_tape_gives_the_least_value() -> None:
    least = {
        name: Varied(SCHEMAS[name], Validators()).value(Tape(b"")) for name in ("object", "recursive", "map", "unique")
    }
    assert least == {"object": {"id": 0}, "recursive": {"name": ""}, "map": {}, "unique": []}


def test_every_alternative_and_every_listed_value_is_met() -> None:
    assert {one["kind"] for one in _drawn(SCHEMAS["oneOf"])} == {"x", "y"}
    assert {repr(one) for one in _drawn(SCHEMAS["enum"])} == {"'a'", "1", "None", "{'b': []}"}
    assert {type(one) for one in _drawn(SCHEMAS["nullable"])} == {str, type(None)}


def test_what_is_optional_comes_and_stays_away_and_lists_have_any_length() -> None:
    objects = _drawn(
        {"type": "object", "properties": {"a": {"const": 1}, "b": {"type": "array", "items": {"const": 0}}}}
    )
    assert {tuple(sorted(one)) for one in objects} == {(), ("a",), ("b",), ("a", "b")}
    assert {len(one["b"]) for one in objects if "b" in one} >= {0, 1, 2, 3}


def test_texts_have_letters_of_other_alphabets_and_characters_that_codecs_mistake() -> None:
    texts = "".join(_drawn({"type": "string"}, 600))
    assert all(set(some) & set(texts) for some in ("äöü", "日本語", "😀", "\n\u2028\u0001", "&%;/", "XYZ", "019"))
    assert max(map(len, _drawn({"type": "string"}, 600))) > 50


def test_numbers_lie_at_their_bounds_near_nought_and_far_out() -> None:
    bounded = set(_drawn({"type": "integer", "minimum": -3, "maximum": 200}, 600))
    assert {-3, 0, 200} < bounded
    free = _drawn({"type": "integer"}, 600)
    assert min(free) < -(2**40) < 2**53 < max(free)
    assert any(isinstance(one, float) and not one.is_integer() for one in _drawn({"type": "number"}))


def test_times_are_spelled_in_every_way() -> None:
    times = _drawn({"type": "string", "format": "date-time"})
    assert all(any(sign in one[19:] for one in times) for sign in "Z+-.")


def test_members_that_nobody_documented_come_only_where_they_may() -> None:
    undocumented = [one.keys() - {"id", "to"} for one in _drawn(SCHEMAS["object"], answered=True)]
    assert {bool(names) for names in undocumented} == {True, False}
    assert not any(one.keys() - {"id", "to"} for one in _drawn(SCHEMAS["object"]))


def test_what_is_needed_is_always_there() -> None:
    assert all("to" in one for one in _drawn(SCHEMAS["object"], needs=frozenset({"to"})))


def test_a_smaller_tape_makes_a_simpler_value() -> None:
    varied = Varied(SCHEMAS["object"], Validators())
    rows = st.binary(min_size=64, max_size=64)
    found = find(rows.map(lambda row: varied.value(Tape(row))), lambda value: "zip" in value.get("to", {}))
    assert found == {"id": 0, "to": {"city": "", "zip": ""}}


def test_a_schema_that_admits_nothing_is_told() -> None:
    with pytest.raises(Unsatisfiable):
        _drawn({"type": "string", "minLength": 5, "maxLength": 2}, 1)


def test_what_is_read_only_is_answered_and_not_sent() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}, "a": {"type": "integer"}}}
    assert not any("id" in one for one in _drawn(schema))
    assert any("id" in one for one in _drawn(schema, answered=True))
