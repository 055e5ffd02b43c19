"""Values that probably fit, at little cost: judged by an independent validator."""

import jsonschema
import pytest

from mockserver.generate.proposals import proposals
from mockserver.schema.compile import Validators

EFFORT = 20_000


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 3, "maxLength": 5},
        {"type": "integer", "minimum": 7, "maximum": 9},
        {"allOf": [{"type": "number"}, {"not": {"minimum": 3}}]},
        {"type": "object", "required": ["a"], "properties": {"a": {"enum": ["x", "y"]}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"const": 1}, "minItems": 2}}},
        {"anyOf": [False, {"const": None}]},
    ],
    ids=str,
)
def test_what_is_proposed_for_a_plain_schema_fits(schema) -> None:
    judge = jsonschema.Draft202012Validator(schema)
    found = list(proposals(schema, Validators(), 4, EFFORT))
    assert len(found) == 4
    assert [value for value in found if not judge.is_valid(value)] == []


@pytest.mark.parametrize("schema", [False, {"allOf": [{"type": "string"}, {"type": "integer"}]}], ids=str)
def test_nothing_is_proposed_where_nothing_fits(schema) -> None:
    assert list(proposals(schema, Validators(), 4, EFFORT)) == []


def test_nothing_is_proposed_where_it_would_cost_too_much() -> None:
    wide = {"allOf": [{"anyOf": [{"required": [f"{name}{n}"]} for n in range(9)]} for name in "abcdef"]}
    assert list(proposals(wide, Validators(), 1, 5)) == []


def test_the_same_question_has_the_same_answer() -> None:
    schema = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    assert list(proposals(schema, Validators(), 3, EFFORT)) == list(proposals(schema, Validators(), 3, EFFORT))
