"""What is written the same is the same only when all that it refers to is."""

import pytest
from two_editions import answers, asks, changes, told

TEXT = {"type": "string", "maxLength": 9}
SHORTER = {"type": "string", "maxLength": 8}


@pytest.mark.parametrize("reference", ["text.json", "./text.json", "parts/text.json", "parts/text.json#/inner"])
def test_a_change_in_another_file_is_seen(reference: str) -> None:
    name, _, inner = reference.removeprefix("./").partition("#/")
    holder = asks({"application/json": {"schema": {"$ref": reference}}})
    files = tuple({name: {inner: schema} if inner else schema} for schema in (TEXT, SHORTER))
    assert told(changes(holder, holder, files)) == [("length-changed", "breaking")]


def test_a_change_two_files_away_is_seen() -> None:
    holder = asks({"application/json": {"schema": {"$ref": "models/order.json"}}})
    order = {"type": "object", "properties": {"note": {"$ref": "note.json"}, "more": {"$ref": "order.json"}}}
    files = tuple({"models/order.json": order, "models/note.json": schema} for schema in (TEXT, SHORTER))
    assert told(changes(holder, holder, files)) == [("length-changed", "breaking")]


def test_a_change_below_an_identifier_is_seen() -> None:
    def edition(schema):
        inner = {"$id": "https://x.example/parts/", "type": "object", "properties": {"a": {"$ref": "text"}}}
        holder = {"$defs": {"text": {"$id": "https://x.example/parts/text", **schema}}, **inner}
        return asks({"application/json": {"schema": holder}})

    assert ("length-changed", "breaking") in told(changes(edition(TEXT), edition(SHORTER)))


def test_a_change_that_only_a_mapping_by_name_reaches_is_seen() -> None:
    def edition(schema):
        kinds = {
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "name": schema}},
            "Pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}], "discriminator": {
                "propertyName": "kind", "mapping": {"cat": "Cat"}}},
        }  # fmt: skip
        reference = {"$ref": "#/components/schemas/Pet"}
        return answers({"application/json": {"schema": reference}}, components={"schemas": kinds})

    assert ("length-changed", "breaking") in told(changes(edition(SHORTER), edition(TEXT)))


def test_a_reference_that_leads_somewhere_on_one_side_only_is_not_the_same() -> None:
    holder = asks({"application/json": {"schema": {"$ref": "text.json"}}})
    assert changes(holder, holder, ({"text.json": TEXT}, {})) == ()  # told as not compared


def test_what_is_the_same_with_all_its_files_is_no_change() -> None:
    holder = asks({"application/json": {"schema": {"$ref": "text.json"}}})
    assert changes(holder, holder, ({"text.json": TEXT}, {"text.json": TEXT})) == ()
