"""What keywords of one schema mean together, whether an operation uses it or not."""

import pytest
from structure_documents import found, schema

PET = "/components/schemas/Pet"


@pytest.mark.parametrize(
    ("keywords", "rule", "pointer", "message"),
    [
        (
            {"type": "string", "minLength": 5, "maxLength": 2},
            "contradiction",
            "",
            "no value fits schema Pet: minLength 5 and maxLength 2 contradict each other",
        ),
        (
            {"minContains": 3, "maxContains": 1, "contains": {}},
            "contradiction",
            "",
            "no value fits schema Pet: minContains 3 and maxContains 1 contradict each other",
        ),
        (
            {"minimum": 2, "maximum": 1.5},
            "contradiction",
            "",
            "no value fits schema Pet: minimum 2 and maximum 1.5 contradict each other",
        ),
        ({"enum": ["a"], "const": "b"}, "contradiction", "", 'no value fits schema Pet: const "b" is not in its enum'),
        (
            {"type": "string", "enum": [1, 2]},
            "contradiction",
            "",
            "no value fits schema Pet: its enum has no value of type string",
        ),
        (
            {"type": "string", "enum": ["a", 2]},
            "unreachable",
            "/enum",
            "2 in the enum of schema Pet is never possible: the type is string",
        ),
        ({"enum": ["a", "b", "a"]}, "repeated", "/enum", 'the enum of schema Pet lists "a" twice'),
        (
            {"type": "boolean", "format": "date-time"},
            "ignored",
            "/format",
            "format date-time of schema Pet speaks of a string, and the type is boolean",
        ),
        (
            {"type": "object", "oneOf": [{"type": "object"}, {"type": "string"}]},
            "unreachable",
            "/oneOf/1",
            "alternative 2 of oneOf in schema Pet is never chosen: its type is string, and that of the whole is object",
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "string"}]},
            "unreachable",
            "/anyOf/1",
            "alternative 2 of anyOf in schema Pet is never chosen: another alternative says the same",
        ),
        (
            {"oneOf": [{"type": "integer"}, {"type": "number"}]},
            "unreachable",
            "/oneOf/0",
            (
                "alternative 1 of oneOf in schema Pet is never chosen: "
                "what is integer is number, too, and oneOf wants exactly one"
            ),
        ),
        ({"pattern": "("}, "pattern", "/pattern", '"(" is no regular expression'),
        ({"patternProperties": {"[": {}}}, "pattern", "/patternProperties/[", '"[" is no regular expression'),
    ],
)
def test_what_collides_is_told_with_its_keywords(keywords, rule, pointer, message) -> None:
    told = [(kind, at, text) for _, kind, at, text in found("3.1", schema("3.1", **keywords))]
    assert (rule, PET + pointer, message) in told
    assert {kind for kind, _, _ in told} == {rule}


@pytest.mark.parametrize(
    "keywords",
    [
        {"type": "string", "minLength": 2, "maxLength": 2},
        {"type": ["string", "null"], "enum": ["a", None]},
        {"type": "string", "enum": ["a", None]},
        {"type": "string", "format": "int64"},
        {"type": "integer", "format": "double"},
        {"enum": [1, True, "1"]},
        {"oneOf": [{"type": "integer", "maximum": 3}, {"type": "number", "minimum": 4}]},
        {"anyOf": [{"type": "integer"}, {"type": "number"}]},
        {"type": "number", "oneOf": [{"type": "integer"}, {"multipleOf": 0.5}]},
    ],
)
def test_what_only_looks_odd_is_not_told(keywords) -> None:
    assert found("3.1", schema("3.1", **keywords)) == []


def test_an_alternative_that_may_be_null_is_reached_by_null() -> None:
    keywords = {"type": "object", "nullable": True, "anyOf": [{"type": "object"}, {"type": "string", "nullable": True}]}
    assert found("3.0", schema("3.0", **keywords)) == []
