import json
from typing import Any

import pytest

from mockserver.document.documents import Documents
from mockserver.errors import UnreadableDocument
from mockserver.schema.bundle import Bundle, Bundles
from mockserver.schema.compile import Validators
from mockserver.schema.dialects import DIALECTS, Direction, Version
from mockserver.schema.exact import exact


def bundle(schema: Any, version: Version = "3.1", direction: Direction = "response", **components: Any) -> Bundle:
    tree = {"it": schema, "components": {"schemas": components}}
    documents = Documents("api.json", {"api.json": json.dumps(tree).encode()})
    return Bundles(documents, DIALECTS[version]).of(documents.root_node().child("it"), direction)


def converted(schema: Any, version: Version = "3.1", direction: Direction = "response", **components: Any) -> Any:
    return bundle(schema, version, direction, **components).schema


def test_references_become_definitions_of_the_bundle() -> None:
    pet = {"type": "object", "properties": {"owner": {"$ref": "#/components/schemas/Owner"}}}
    assert converted({"$ref": "#/components/schemas/Pet"}, Pet=pet, Owner={"type": "string"}) == {
        "$ref": "#/$defs/Pet",
        "$defs": {
            "Owner": {"type": "string"},
            "Pet": {"type": "object", "properties": {"owner": {"$ref": "#/$defs/Owner"}}},
        },
    }


def test_a_recursive_schema_is_bundled_once() -> None:
    tree = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}}
    assert list(converted({"$ref": "#/components/schemas/Tree"}, Tree=tree)["$defs"]) == ["Tree"]


def test_a_reference_that_only_leads_back_to_itself_is_an_error() -> None:
    with pytest.raises(UnreadableDocument, match="leads back to itself"):
        converted(
            {"$ref": "#/components/schemas/A"},
            A={"$ref": "#/components/schemas/B"},
            B={"$ref": "#/components/schemas/A"},
        )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"], "nullable": True}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 3}),
        ({"type": "integer", "maximum": 3, "exclusiveMaximum": False}, {"type": "integer", "maximum": 3}),
        ({"type": "string", "const": "x"}, {"type": "string"}),
        ({"type": "string", "x-internal": 1}, {"type": "string"}),
    ],
)
def test_a_schema_of_3_0_is_told_in_2020_12(written: Any, meant: Any) -> None:
    # OAS 3.0.3 §4.7.24
    assert converted(written, "3.0") == meant


def test_an_enum_without_null_refuses_it_in_requests() -> None:
    # JSON Schema Wright 00 validation §5.20: the instance must equal an element of enum
    written = {"type": "string", "enum": ["a"], "nullable": True}
    assert converted(written, "3.0", "request") == {"type": "string", "enum": ["a"]}


def test_nullable_beside_all_of_admits_null() -> None:
    schema = converted({"nullable": True, "allOf": [{"$ref": "#/components/schemas/A"}]}, "3.0", A={"type": "object"})
    assert schema["anyOf"] == [{"allOf": [{"$ref": "#/$defs/A"}]}, {"type": "null"}]


def test_siblings_of_a_reference_count_since_3_1() -> None:
    written = {"$ref": "#/components/schemas/A", "minLength": 3}
    assert "minLength" not in converted(written, "3.0", A={"type": "string"})
    assert converted(written, "3.1", A={"type": "string"})["minLength"] == 3


def test_nullable_is_meant_wherever_it_is_written() -> None:
    assert converted({"type": "string", "nullable": True}, "3.1") == {"type": ["string", "null"]}
    assert converted({"type": ["string", "null"], "nullable": True}, "3.1")["anyOf"][1] == {"type": "null"}


@pytest.mark.parametrize("version", ["2.0", "3.0", "3.1", "3.2"])
def test_integer_formats_are_ranges(version: Version) -> None:
    assert converted({"type": "integer", "format": "int32"}, version) == {
        "type": "integer",
        "format": "int32",
        "minimum": -(2**31),
        "maximum": 2**31 - 1,
    }
    narrower = converted({"type": "integer", "format": "int64", "minimum": 5, "maximum": 9}, version)
    assert (narrower["minimum"], narrower["maximum"]) == (5, 9)


@pytest.mark.parametrize("unknown", ["unknown", "any", 7, ["string", "what"]])
def test_an_unknown_type_is_no_constraint(unknown: Any) -> None:
    assert converted({"type": unknown}) == {}


@pytest.mark.parametrize(
    "malformed",
    [{"minLength": "3"}, {"required": True}, {"enum": []}, {"items": [{}]}, {"properties": []}, {"anyOf": []}],
)
def test_a_malformed_keyword_is_no_constraint(malformed: Any) -> None:
    assert converted(malformed) == {}


def test_an_escaped_angle_bracket_is_itself() -> None:
    # ECMA-262 Annex B, IdentityEscape
    assert converted({"pattern": r"^\<a\>"}) == {"pattern": "^<a>"}


ACCOUNT = {
    "type": "object",
    "required": ["id", "name", "password"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "password": {"type": "string", "writeOnly": True},
    },
}


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_a_read_only_property_is_not_required_in_a_request(version: Version) -> None:
    schema = converted(ACCOUNT, version, "request")
    assert schema["required"] == ["name", "password"]
    assert schema["properties"]["id"]["type"] == "integer"


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_a_write_only_property_is_no_part_of_a_response(version: Version) -> None:
    schema = converted(ACCOUNT, version, "response")
    assert schema["required"] == ["id", "name"]
    assert schema["properties"]["password"] is False


def test_hidden_properties_count_across_all_of() -> None:
    schema = converted(
        {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["id"]}]},
        "3.0",
        "request",
        Base={"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}}},
    )
    assert schema["allOf"][1] == {"required": []}


def test_a_discriminator_names_the_definitions_of_the_bundle() -> None:
    schema = converted(
        {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "#/components/schemas/Dog"}},
        },
        Cat={"type": "object"},
        Dog={"type": "object"},
    )
    assert schema["discriminator"] == {
        "propertyName": "kind",
        "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"},
    }
    assert set(schema["$defs"]) == {"Cat", "Dog"}


def test_a_place_in_the_bundle_is_told_as_a_place_in_the_contract() -> None:
    made = bundle(
        {"type": "object", "properties": {"pet": {"$ref": "#/components/schemas/Pet"}}},
        Pet={"type": "object", "properties": {"a/b": {"type": "string"}}},
    )
    assert made.place(["properties", "pet", "$ref"]) == ("api.json", "/it/properties/pet/$ref")
    assert made.place(["$defs", "Pet", "properties", "a/b", "type"]) == (
        "api.json",
        "/components/schemas/Pet/properties/a~1b/type",
    )


def test_the_step_that_an_exact_type_adds_is_no_place_of_the_contract() -> None:
    made = bundle({"properties": {"n": {"type": "integer"}}}, "3.0")
    (found,) = Validators().compile(exact(made.schema)).mismatches({"n": 1.0})
    assert made.place(found.place) == ("api.json", "/it/properties/n/type")


def test_the_step_that_nullable_adds_is_no_place_of_the_contract() -> None:
    made = bundle(
        {"properties": {"p": {"nullable": True, "allOf": [{"type": "string"}]}}},
        "3.0",
    )
    assert made.place(["properties", "p", "anyOf", 0, "allOf", 0, "type"]) == (
        "api.json",
        "/it/properties/p/allOf/0/type",
    )
