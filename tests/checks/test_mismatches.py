import json
from typing import Any

import pytest

from mockserver.checks.mismatches import Place, findings, shown, spoken
from mockserver.document.documents import Documents
from mockserver.schema.bundle import Bundles
from mockserver.schema.compile import Validators
from mockserver.schema.dialects import DIALECTS
from mockserver.violation import Violation


def found(schema: Any, value: Any, **components: Any) -> list[Violation]:
    tree = {"it": schema, "components": {"schemas": components}}
    documents = Documents("api.json", {"api.json": json.dumps(tree).encode()})
    bundle = Bundles(documents, DIALECTS["3.1"]).of(documents.root_node().child("it"), "request")
    place = Place("consumer", "createPet", "body", "")
    return list(findings(value, Validators().compile(bundle.schema), bundle, place))


def told(schema: Any, value: Any, **components: Any) -> list[tuple[str, str, str]]:
    return [(one.rule, one.at, one.message) for one in found(schema, value, **components)]


@pytest.mark.parametrize(
    ("schema", "value", "rule", "message"),
    [
        ({"type": "integer"}, "5", "request-type", "the body is a text ('5'), not an integer"),
        ({"type": ["integer", "null"]}, [], "request-type", "the body is a list ([]), not an integer or null"),
        ({"enum": ["a", "b"]}, "c", "request-enum", "the body is 'c', which is not listed"),
        ({"const": 3}, 4, "request-enum", "the body is 4, not 3"),
        ({"format": "date"}, "x", "request-format", "the body is 'x', which is no date"),
        ({"pattern": "^a$"}, "b", "request-pattern", "the body is 'b', which does not match ^a$"),
        ({"minLength": 3}, "ab", "request-length", "the body has 2 characters, fewer than 3"),
        ({"maximum": 3}, 7, "request-range", "the body is 7, more than 3"),
        ({"multipleOf": 5}, 7, "request-range", "the body is 7, no multiple of 5"),
        ({"minItems": 2}, [1], "request-items", "the body has 1 items, fewer than 2"),
        ({"uniqueItems": True}, [1, 1], "request-items", "the body holds an item twice"),
        ({"additionalProperties": False}, {"x": 1}, "request-properties", "the body has properties, and may have none"),
        ({"not": {"type": "null"}}, None, "request-union", "the body is null, which is ruled out"),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            {"x": 1},
            "request-properties",
            "the body has x, which the contract does not have",
        ),
    ],
)
def test_each_keyword_has_its_rule_and_its_sentence(schema: Any, value: Any, rule: str, message: str) -> None:
    assert told(schema, value) == [(rule, "body", message)]


def test_a_missing_property_is_named_where_it_is_missing() -> None:
    schema = {"properties": {"parcels": {"items": {"required": ["weight"]}}}}
    (one,) = found(schema, {"parcels": [{"weight": 1}, {}]})
    assert (one.message, one.at, one.fix) == (
        "parcels[1].weight is missing",
        "body#/parcels/1/weight",
        "send parcels[1].weight",
    )
    assert (one.document, one.pointer) == ("api.json", "/it/properties/parcels/items/required")


def test_the_place_is_the_one_that_is_written_behind_the_reference() -> None:
    (one,) = found({"$ref": "#/components/schemas/Pet"}, {"age": "x"}, Pet={"properties": {"age": {"type": "integer"}}})
    assert one.pointer == "/components/schemas/Pet/properties/age/type"


CAT = {
    "type": "object",
    "required": ["kind", "lives"],
    "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
}
DOG = {"type": "object", "required": ["kind", "tricks"], "properties": {"kind": {"const": "dog"}}}


def test_of_a_union_only_the_alternative_that_was_meant_is_told() -> None:
    assert told({"oneOf": [CAT, DOG]}, {"kind": "cat", "lives": "nine"}) == [
        ("request-type", "body#/lives", "lives is a text ('nine'), not an integer")
    ]


def test_the_discriminator_says_which_alternative_was_meant() -> None:
    # OAS 3.1 §4.8.25
    pets = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"hound": "#/components/schemas/Dog"}},
    }
    free = {"type": "object", "required": ["tricks"], "properties": {"kind": {"type": "string"}}}
    assert told(pets, {"kind": "hound"}, Cat=free | {"required": ["lives"]}, Dog=free) == [
        ("request-required", "body#/tricks", "tricks is missing")
    ]


def test_null_or_something_is_told_as_the_something() -> None:
    nullable = {"anyOf": [{"type": "object", "required": ["name"]}, {"type": "null"}]}
    assert told(nullable, {}) == [("request-required", "body#/name", "name is missing")]


def test_a_union_without_a_plain_favourite_is_told_as_a_union() -> None:
    ((rule, _, message),) = told({"oneOf": [{"type": "integer"}, {"type": "null"}]}, "x")
    assert (rule, "fits none of 2 alternatives" in message) == ("request-union", True)


def test_a_value_that_fits_twice_where_it_may_fit_once() -> None:
    ((rule, _, message),) = told({"oneOf": [{"type": "integer"}, {"minimum": 1}, {"type": "null"}]}, 3)
    assert (rule, message) == ("request-ambiguous", "the body fits 2 of the 3 alternatives, and only one may fit")


def test_values_and_places_are_spoken_shortly() -> None:
    assert spoken("filter", ("a", 0, "b")) == "filter.a[0].b"
    assert shown({"a": [True, None, "x"]}) == '{"a": [true, null, "x"]}'
    assert len(shown("x" * 500)) == 60


def test_an_alternative_in_which_only_the_spelling_is_wrong_was_meant() -> None:
    schema = {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string", "enum": ["all"]}]}
    assert told(schema, "x") == [("request-format", "body", "the body is 'x', which is no uuid")]
