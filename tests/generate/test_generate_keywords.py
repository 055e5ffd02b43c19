"""One schema for each keyword, and for each pair that is known to quarrel. The fixture judges every value twice."""

import base64
import json

import pytest
from jsonschema import Draft202012Validator

from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.schema.compile import Validators

STRINGS = [
    {"type": "string", "minLength": 3, "maxLength": 3},
    {"type": "string", "minLength": 300},
    {"type": "string", "maxLength": 0},
    {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"},
    {"type": "string", "pattern": "\\d{3}"},
    {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*\\d).{8,20}$"},
    {"type": "string", "pattern": "^(?!admin)[a-z]+(?<!x)$"},
    {"type": "string", "pattern": "^(\\w)\\w\\1$"},
    {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "z$"}, {"pattern": "\\d\\d"}], "maxLength": 6},
    {"type": "string", "pattern": "^[a-z]*$", "minLength": 40, "maxLength": 41},
    {"type": "string", "format": "date", "pattern": "-01$"},
    {"type": "string", "format": "email", "maxLength": 12},
    {"type": "string", "format": "email", "pattern": "@corp\\.example$"},
    {"type": "string", "format": "hostname", "maxLength": 6},
    {"type": "string", "format": "date-time", "minLength": 24, "maxLength": 24},
    {"type": "string", "not": {"pattern": "^[a-m]"}},
    {"type": "string", "not": {"enum": ["ember", "quartz"]}, "maxLength": 6},
    {"type": "string", "contentEncoding": "base64"},
    *(
        {"type": "string", "format": name}
        for name in (
            "date",
            "date-time",
            "time",
            "duration",
            "email",
            "idn-email",
            "hostname",
            "idn-hostname",
            "ipv4",
            "ipv6",
            "uri",
            "uri-reference",
            "iri",
            "iri-reference",
            "uuid",
            "uri-template",
            "json-pointer",
            "relative-json-pointer",
            "regex",
            "byte",
            "binary",
            "password",
            "unheard-of",
        )
    ),
]
NUMBERS = [
    {"type": "integer"},
    {"type": "number"},
    {"type": "integer", "minimum": 7, "maximum": 7},
    {"type": "integer", "exclusiveMinimum": 7, "exclusiveMaximum": 9},
    {"type": "integer", "minimum": 1.5, "maximum": 2.5},
    {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    {"type": "integer", "minimum": 10**30},
    {"type": "integer", "multipleOf": 7, "maximum": -3},
    {"type": "integer", "multipleOf": 0.5},
    {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 1},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    {"type": "number", "exclusiveMinimum": 1e308},
    {"type": "number", "minimum": -3.4028234663852886e38, "maximum": 3.4028234663852886e38},
    {"type": "number", "not": {"type": "integer"}},
    {"allOf": [{"multipleOf": 4}, {"multipleOf": 6}], "type": "integer", "minimum": 1},
    {"type": "integer", "minimum": 0, "maximum": 3, "not": {"const": 2}},
]
ARRAYS = [
    {
        "type": "array",
        "items": {"type": "number", "minimum": 1.5, "exclusiveMaximum": 1.75},
        "minItems": 3,
        "uniqueItems": True,
    },
    {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 10, "uniqueItems": True},
    {
        "type": "array",
        "items": {"type": "number", "minimum": 0.1, "maximum": 0.9},
        "minItems": 150,
        "uniqueItems": True,
    },
    {"type": "array", "items": {"type": "number", "exclusiveMaximum": 0}, "minItems": 40, "uniqueItems": True},
    {"type": "array"},
    {"type": "array", "items": False},
    {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "integer"}},
    {"type": "array", "minItems": 400, "items": {"type": "boolean"}},
    {"type": "array", "uniqueItems": True, "minItems": 2, "items": {"type": "boolean"}},
    {"type": "array", "uniqueItems": True, "minItems": 90, "items": {"type": "integer", "minimum": 1, "maximum": 90}},
    {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"enum": ["a", "b", "c"]}},
    {"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}]},
    {"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}], "items": False, "minItems": 2},
    {"type": "array", "prefixItems": [{"type": "number"}], "items": {"type": "boolean"}, "minItems": 3},
    {"type": "array", "items": {"type": "integer"}, "contains": {"const": 7}},
    {
        "type": "array",
        "items": {"type": "integer"},
        "contains": {"minimum": 50},
        "minContains": 2,
        "maxContains": 2,
        "minItems": 5,
    },
    {"type": "array", "items": {"type": "integer"}, "contains": {"type": "string"}, "minContains": 0, "maxContains": 0},
    {"type": "array", "prefixItems": [{"const": 1}], "unevaluatedItems": False, "minItems": 1},
    {
        "type": "array",
        "allOf": [{"prefixItems": [{"const": 1}]}],
        "unevaluatedItems": {"type": "string"},
        "minItems": 3,
    },
    {"type": "array", "not": {"maxItems": 2}},
]
OBJECTS = [
    {"type": "object"},
    {"type": "object", "required": ["a", "b"]},
    {"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}},
    {"type": "object", "properties": {"a": False, "b": True}},
    {"type": "object", "minProperties": 3},
    {"type": "object", "minProperties": 30, "additionalProperties": {"type": "integer"}},
    {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["c"], "maxProperties": 2},
    {"type": "object", "maxProperties": 0},
    {
        "type": "object",
        "patternProperties": {"^x-[a-z]+$": {"type": "integer"}},
        "additionalProperties": False,
        "minProperties": 2,
    },
    {
        "type": "object",
        "patternProperties": {"^x-": {}},
        "propertyNames": {"maxLength": 5},
        "additionalProperties": False,
        "minProperties": 3,
    },
    {"type": "object", "propertyNames": {"pattern": "^[A-Z]{2}$"}, "minProperties": 2},
    {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 2},
    {"type": "object", "dependentRequired": {"a": ["b"], "b": ["c"]}, "required": ["a"]},
    {"type": "object", "properties": {"a": {}}, "dependentRequired": {"a": ["b"]}, "additionalProperties": False},
    {"type": "object", "properties": {"card": {}}, "dependentSchemas": {"card": {"required": ["address"]}}},
    {"type": "object", "properties": {"a": {}}, "dependentSchemas": {"a": False}},
    {
        "type": "object",
        "allOf": [{"properties": {"a": {}}}],
        "properties": {"b": {}},
        "unevaluatedProperties": False,
        "minProperties": 2,
    },
    {"type": "object", "unevaluatedProperties": {"type": "integer"}, "minProperties": 2},
    {"type": "object", "properties": {"a": {"type": "string"}}, "allOf": [{"properties": {"a": {"maxLength": 2}}}]},
    {"allOf": [{"type": "object", "properties": {"a": {}}, "additionalProperties": False}, {"properties": {"b": {}}}]},
    {"type": "object", "not": {"required": ["a"]}, "properties": {"a": {}, "b": {}}},
    {"type": "object", "not": {"required": ["a", "b"]}, "properties": {"a": {}, "b": {}}},
]
UNIONS = [
    {"type": ["string", "integer", "null"]},
    {"enum": [1, "a", None, [], {"a": 1}]},
    {"const": {"a": [1]}},
    {"type": "integer", "enum": [1.0, 2.5, "1"]},
    {"enum": ["a", "bb", "ccc"], "minLength": 2},
    {"anyOf": [False, {"type": "string"}]},
    {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object", "properties": {"a": {}, "b": {}}},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    {"oneOf": [{"type": "integer"}, {"type": "number"}]},
    {"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object", "properties": {"a": {}, "b": {}}},
    {
        "oneOf": [
            {"type": "object", "required": ["a"]},
            {"type": "object", "required": ["a", "b"]},
            {"type": "object", "required": ["a", "b", "c"]},
        ]
    },
    {"oneOf": [{"type": "string", "format": "uuid"}, {"type": "string"}]},
    {"oneOf": [{"type": "string", "maxLength": 5}, {"type": "string", "minLength": 3}]},
    {
        "allOf": [{"anyOf": [{"required": [f"{side}{index}"]} for index in range(30)]} for side in "ab"],
        "type": "object",
    },
    {"not": {"type": "object"}},
    {"not": {"anyOf": [{"type": "string"}, {"type": "object"}, {"minimum": 3}]}, "type": ["integer", "string"]},
    {"not": {"not": {"type": "boolean"}}},
    {"not": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "type": "object", "required": ["a"]},
    {
        "if": {"properties": {"a": {"const": 1}}},
        "then": {"required": ["b"]},
        "else": {"required": ["c"]},
        "type": "object",
        "properties": {"a": {"enum": [1, 2]}},
    },
    {"type": "integer", "if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"maximum": -10}},
    {"if": True, "then": {"const": 1}, "else": False},
    True,
    {},
]
REFERENCES = [
    {"$ref": "#/$defs/A", "maxLength": 3, "$defs": {"A": {"type": "string"}}},
    {"$ref": "#/$defs/A", "$defs": {"A": {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}}}},
    {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"required": ["a"], "properties": {"a": {"type": "array", "items": {"$ref": "#/$defs/A"}}}}},
    },
    {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"type": "array", "minItems": 1, "items": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}}},
    },
    {
        "$ref": "#/$defs/A",
        "$defs": {
            "A": {"type": "object", "required": ["b"], "properties": {"b": {"$ref": "#/$defs/B"}}},
            "B": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/C"}}]},
            "C": {
                "type": "object",
                "required": ["next"],
                "properties": {"next": {"oneOf": [{"$ref": "#/$defs/B"}, {"type": "null"}]}},
            },
        },
    },
    {"items": {"$ref": "#/$defs/A"}, "$defs": {"A": {"items": {"$ref": "#/$defs/A"}}}},
]


@pytest.mark.parametrize("schema", [*STRINGS, *NUMBERS, *ARRAYS, *OBJECTS, *UNIONS, *REFERENCES], ids=str)
def test_what_is_drawn_fits(schema, draws):
    draws(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": [{"type": "object"}, {"type": "object"}]},
        {"allOf": [{"properties": {"a": {}}, "additionalProperties": False}, {"required": ["b"]}], "type": "object"},
        {"type": "integer", "minimum": 2.2, "maximum": 2.9},
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": "boolean"}},
        {"$ref": "#/$defs/A", "$defs": {"A": {"not": {"$ref": "#/$defs/B"}}, "B": True}},
        {"enum": [1, 2], "type": "string"},
        {"type": "array", "contains": {"type": "string"}, "items": {"type": "integer"}},
    ],
    ids=str,
)
def test_what_nothing_fits_is_told(schema, draws):
    with pytest.raises(Unsatisfiable):
        draws(schema)


def test_lengths_count_code_points(draws):
    assert {
        len(text) for text in draws({"type": "string", "pattern": "^[😀-😏]+$", "minLength": 3, "maxLength": 3})
    } == {3}


def test_a_schema_that_is_part_of_itself_adds_nothing_to_itself():
    schema = {"$ref": "#/$defs/A", "$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}, {"type": "string"}]}}}
    assert isinstance(Generator(schema, Validators()).draw(1), str)


@pytest.mark.parametrize("encoding", [None, "base64"])
def test_a_text_that_is_json_holds_what_its_content_schema_says(draws, encoding):
    # JSON Schema 2020-12 validation §8.5
    content = {"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#/$defs/N"}}}
    schema = {"type": "string", "contentMediaType": "application/json", "contentSchema": content}
    number = {"type": "integer", "minimum": 3}
    coded = {"contentEncoding": encoding} if encoding else {}
    texts = draws({**schema, **coded, "$defs": {"N": number}})
    judge = Draft202012Validator({**content, "$defs": {"N": number}})
    for text in texts:
        judge.validate(json.loads(base64.b64decode(text) if encoding else text))


def test_a_text_that_is_too_short_for_its_content_is_any_text(draws):
    schema = {"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "object"}}
    assert {len(text) for text in draws({**schema, "minLength": 1, "maxLength": 1})} == {1}
