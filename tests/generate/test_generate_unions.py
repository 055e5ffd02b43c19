"""A value of one alternative keeps off the others by what it is and has, and not by something that looks broken."""

import pytest

from mockserver.generate.generator import Generator
from mockserver.schema.compile import Validators

WHEN = {"type": "string", "format": "date-time"}
USER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "created": WHEN}}
FILE = {"type": "object", "required": ["item"], "properties": {"created": WHEN, "item": {"enum": ["file", "folder"]}}}
ANYTHING = {"type": "object", "additionalProperties": True}


@pytest.fixture
def draws():
    return lambda schema: [Generator(schema, Validators()).draw(seed) for seed in range(12)]


def test_the_catch_all_lacks_what_the_others_require(draws):
    for value in draws({"oneOf": [USER, FILE, ANYTHING]}):
        assert value != {}
        assert value.keys().isdisjoint({"id", "item"})


def test_an_alternative_is_told_apart_by_a_property_and_not_by_a_broken_one(draws):
    for value in draws({"oneOf": [USER, FILE]}):
        assert set(value) in ({"id", "created"}, {"item", "created"})


def test_a_text_that_no_format_fits_is_a_word(draws):
    dated = {"type": "object", "properties": {"created": WHEN}}
    for value in draws({"oneOf": [dated, {"type": "object", "properties": {"created": {"type": "string"}}}]}):
        assert value["created"].isalpha()
