"""What must not fit: each keyword refused, alone and beside another."""

import pytest

from mockserver.generate.facts import Facts
from mockserver.generate.generator import Unsatisfiable
from mockserver.generate.negate import negations, plain_negation


class Keeper:
    def made(self, _key, schema):
        return schema


REFUSED = [
    {"type": "integer", "minimum": 3},
    {"type": "integer", "exclusiveMaximum": 3},
    {"type": "number", "multipleOf": 5},
    {"type": "string", "minLength": 3},
    {"type": "string", "maxLength": 3, "pattern": "a"},
    {"type": "string", "format": "date"},
    {"type": "array", "minItems": 1},
    {"type": "array", "maxItems": 2, "items": {"type": "string"}},
    {"type": "array", "contains": {"type": "string"}},
    {"type": "array", "uniqueItems": True},
    {"type": "object", "required": ["a"]},
    {"type": "object", "minProperties": 1},
    {"type": "object", "maxProperties": 2},
    {"type": "object", "properties": {"a": {"type": "integer"}}},
    {"type": "object", "properties": {"other": {}}, "additionalProperties": {"type": "integer"}},
    {"type": "object", "dependentRequired": {"a": ["b"]}},
    {"enum": ["a", "b"], "minLength": 1},
    {"const": "a", "title": "A"},
    {"allOf": [{"type": "string"}, {"minLength": 3}]},
    {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 3}]},
    {"oneOf": [{"type": "string"}, {"minLength": 3}]},
    {"not": {"type": "integer"}},
    {"if": {"type": "integer"}, "then": {"minimum": 3}, "else": {"type": "string"}},
]


@pytest.mark.parametrize("refused", REFUSED, ids=str)
def test_what_is_refused_does_not_fit(refused, draws):
    draws({"not": refused})
    kind = refused.get("type")
    if kind:  # of the same type it must fail by the other keyword
        draws({"type": kind, "not": refused})


@pytest.mark.parametrize("refused", REFUSED, ids=str)
def test_a_schema_is_refused_by_refusing_any_of_its_keywords(refused, draws):
    ways = negations(refused, Keeper()) or []
    assert any(is_drawn(draws, {"allOf": [piece, {"not": refused}]}) for piece in ways)


def is_drawn(draws, schema):
    try:
        return bool(draws(schema, 3))
    except Unsatisfiable:  # each way alone may be closed by the other keywords
        return False


def test_a_reference_that_is_refused_is_followed(draws):
    draws({"not": {"$ref": "#/$defs/A"}, "type": "string", "$defs": {"A": {"type": "string", "minLength": 4}}})


@pytest.mark.parametrize("schema", [True, {}, {"title": "anything"}])
def test_nothing_is_left_beside_everything(schema):
    facts = Facts()
    plain = plain_negation(schema)
    assert plain is not None
    plain(facts)
    assert facts.contradiction


def test_refusing_nothing_changes_nothing():
    facts = Facts()
    refused = False
    plain = plain_negation(refused)
    assert plain is not None
    plain(facts)
    assert facts == Facts()


def test_what_takes_more_than_one_keyword_is_not_plain():
    assert plain_negation({"type": "string", "minLength": 2}) is None
    assert plain_negation({"minLength": 2}) is None
