"""The same value, spelled otherwise: told where any value is spelled in another way, and only there."""

import pytest
from two_editions import asks, changes, document, told

TEXT, LIST, OBJECT = {"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "object"}
FORM = "application/x-www-form-urlencoded"


def parameter(schema, location="query", **spelling):
    name = {"name": "q", "in": location, "schema": schema, **spelling}
    return document({"parameters": [name]})


@pytest.mark.parametrize(
    ("schema", "location", "old", "new"),
    [
        (TEXT, "query", {}, {"style": "form", "explode": False}),
        (TEXT, "query", {}, {"style": "pipeDelimited", "explode": False}),
        (LIST, "header", {"explode": False}, {"explode": True}),
        (LIST, "query", {}, {"style": "form", "explode": True}),
        ({"$ref": "#/components/schemas/Text"}, "query", {}, {"explode": False}),
    ],
    ids=str,
)
def test_spellings_that_are_the_same_are_no_change(schema, location, old, new) -> None:
    components = {"components": {"schemas": {"Text": TEXT}}}
    assert changes(*({**parameter(schema, location, **one), **components} for one in (old, new))) == ()


@pytest.mark.parametrize(
    ("schema", "location", "old", "new"),
    [
        (LIST, "query", {}, {"explode": False}),
        (OBJECT, "header", {"explode": False}, {"explode": True}),
        ({}, "query", {}, {"explode": False}),
    ],
    ids=str,
)
def test_another_spelling_of_some_value_is_told(schema, location, old, new) -> None:
    (change,) = changes(*(parameter(schema, location, **one) for one in (old, new)))
    assert change.rule == "parameter-respelled"
    assert change.verdict != "compatible"


def test_a_parameter_that_may_no_longer_be_empty_refuses_what_was_sent() -> None:
    (change,) = changes(parameter({"type": "integer"}, allowEmptyValue=True), parameter({"type": "integer"}))
    assert (change.rule, change.verdict) == ("parameter-respelled", "breaking")
    assert change.witness["request"]["target"] == "/things?q="


def form(encoding, **properties):
    schema = {"type": "object", "properties": properties}
    return asks({FORM: {"schema": schema, "encoding": encoding}})


def test_a_field_of_a_form_that_is_spelled_otherwise_is_told() -> None:
    found = changes(form({}, tags=LIST), form({"tags": {"style": "form", "explode": False}}, tags=LIST))
    assert [(one.rule, one.at) for one in found] == [("parameter-respelled", "body#/tags")]


def test_a_default_that_is_said_is_no_change() -> None:
    said = {"tags": {"style": "form", "explode": True}, "name": {"contentType": "text/plain"}}
    assert changes(form({}, tags=LIST, name=TEXT), form(said, tags=LIST, name=TEXT)) == ()


def test_the_spelling_of_a_new_field_is_no_change_of_its_own() -> None:
    found = changes(form({}, name=TEXT), form({"tags": {"style": "deepObject"}}, name=TEXT, tags=OBJECT))
    assert {one.rule for one in found} == {"property-added"}


def test_numbers_in_a_flat_form_are_texts() -> None:
    assert told(changes(form({}, n={"type": "integer"}), form({}, n=TEXT))) == [("type-changed", "compatible")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "boolean"}, {"type": "string", "enum": ["true", "false"]}),
        ({"type": "integer", "enum": [1, 2]}, {"type": "string", "enum": ["1", "2", "3"]}),
        ({"const": 1}, {"const": "1"}),
    ],
    ids=str,
)
def test_values_that_are_spelled_alike_are_alike(old, new) -> None:
    assert {one.verdict for one in changes(parameter(old), parameter(new))} <= {"compatible"}


def test_a_text_that_spells_no_number_does_not_stand_for_one() -> None:
    found = changes(parameter({"type": "integer"}), parameter({"type": "string", "enum": ["01", "NaN", "1"]}))
    assert ("enum-added", "breaking") in told(found)
