"""Integers of 2.0 and 3.0 have neither fraction nor exponent (OAS 3.0.3 §4.4)."""

from typing import Any

import pytest

from mockserver.schema.compile import Validators
from mockserver.schema.exact import exact

MANY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "plain": {"type": "integer", "exclusiveMinimum": 0},
        "null": {"type": ["integer", "null"]},
        "number": {"type": "number"},
        "both": {"type": ["integer", "number"]},
        "listed": {"type": "integer", "enum": [1, 2]},
    },
    "additionalProperties": {"$ref": "#/$defs/Count"},
    "$defs": {"Count": {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]}}},
}


@pytest.mark.parametrize(
    "value",
    [{"plain": 1}, {"null": None}, {"null": 2**70}, {"number": 1.0}, {"both": 1.0}, {"listed": 2}, {"other": [1, "1"]}],
    ids=str,
)
def test_what_is_an_integer_stays_one(value: Any) -> None:
    assert Validators().compile(exact(MANY)).is_valid(value)


@pytest.mark.parametrize(
    "value", [{"plain": 1.0}, {"plain": 0}, {"null": 2.0}, {"listed": 1.0}, {"other": [100.0]}, {"both": "1"}], ids=str
)
def test_what_has_a_fraction_or_is_no_integer_at_all_is_none(value: Any) -> None:
    assert not Validators().compile(exact(MANY)).is_valid(value)


def test_a_schema_of_2020_12_takes_1_0_for_an_integer() -> None:
    assert Validators().compile(MANY).is_valid({"plain": 1.0})
