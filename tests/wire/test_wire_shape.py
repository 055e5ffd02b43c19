import pytest
from wire_specs import INTEGER, STRING

from mockserver.wire.shape import ANYTHING, EVERY_KIND, NOTHING, kind_of
from mockserver.wire.suggest import shape_of


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        ({"type": "integer"}, {"integer"}),
        ({"type": "number"}, {"integer", "number"}),
        ({"type": ["string", "null"]}, {"string", "null"}),
        ({"enum": [1, 2]}, {"integer"}),
        ({"enum": ["a", None]}, {"string", "null"}),
        ({"enum": [1.5]}, {"integer", "number"}),
        ({"const": True}, {"boolean"}),
        ({"type": ["integer", "string"], "enum": ["1", "a"]}, {"string"}),
        ({"allOf": [{"type": ["integer", "string"]}, {"type": ["string", "null"]}]}, {"string"}),
        ({"anyOf": [INTEGER, STRING]}, {"integer", "string"}),
        ({"oneOf": [INTEGER, {"type": "null"}]}, {"integer", "null"}),
        ({"type": ["integer", "string"], "anyOf": [STRING, {"type": "null"}]}, {"string"}),
        ({"if": {}, "then": INTEGER, "else": STRING}, {"integer", "string"}),
        ({"anyOf": [INTEGER, False]}, {"integer"}),
        ({"properties": {"a": {}}}, {"object"}),
        ({"minimum": 1}, {"integer", "number"}),
        ({"items": {}}, {"array"}),
        ({"pattern": "a"}, {"string"}),
        ({"format": "int64"}, {"integer"}),
        ({"format": "date"}, {"string"}),
    ],
)
def test_a_schema_suggests_the_types_that_some_branch_allows(schema, kinds):
    assert shape_of(schema).kinds == kinds


@pytest.mark.parametrize(
    "schema",
    [
        {},
        True,
        {"type": "any"},
        {"type": "unknown"},
        {"type": ["string", "file"]},
        {"anyOf": [INTEGER, {}]},
        {"not": {}},
    ],
)
def test_a_schema_that_says_nothing_of_types_suggests_none(schema):
    shape = shape_of(schema)
    assert (shape.kinds, shape.unconstrained, shape.suggests_array, shape.suggests_object) == (
        EVERY_KIND,
        True,
        False,
        False,
    )


def test_an_enum_of_other_types_than_the_type_was_meant_as_that_type():
    assert shape_of({"type": "string", "enum": [1, 2]}).kinds == {"string"}


@pytest.mark.parametrize("schema", [False, {"anyOf": [False, False]}])
def test_the_false_schema_suggests_nothing(schema):
    assert shape_of(schema) is NOTHING or not shape_of(schema).kinds


def test_a_sole_kind_has_a_name():
    kinds = [{"type": "string"}, {"type": "number"}, {"type": ["string", "null"]}, {}]
    assert [shape_of(schema).sole for schema in kinds] == ["string", "number", "", ""]


def test_properties_are_found_declared_then_by_pattern_then_additional():
    shape = shape_of(
        {
            "properties": {"x-id": {"type": "boolean"}},
            "patternProperties": {"^x-": INTEGER, "(": STRING},
            "additionalProperties": STRING,
        }
    )
    assert [shape.property(name).sole for name in ("x-id", "x-other", "other")] == ["boolean", "integer", "string"]


def test_a_property_that_nothing_is_said_of_is_unconstrained():
    assert shape_of({"properties": {"a": INTEGER}}).property("b") is ANYTHING


def test_closed_objects_are_told_from_open_ones():
    schemas = [{"additionalProperties": False}, {"allOf": [{}, {"additionalProperties": False}]}, {"type": "object"}]
    assert [shape_of(schema).members.closed for schema in schemas] == [True, True, False]


def test_items_are_found_by_prefix_and_then_in_general():
    shape = shape_of({"prefixItems": [INTEGER, {"type": "boolean"}], "items": STRING})
    assert [shape.item(index).sole for index in range(4)] == ["integer", "boolean", "string", "string"]


def test_all_of_joins_the_properties_of_its_branches():
    shape = shape_of({"allOf": [{"properties": {"a": INTEGER}}, {"properties": {"a": {"maximum": 3}, "b": STRING}}]})
    assert [(name, shape.property(name).sole) for name in shape.property_names] == [("a", "integer"), ("b", "string")]


def test_any_of_unites_the_properties_of_its_branches():
    shape = shape_of({"anyOf": [{"properties": {"a": INTEGER}}, {"properties": {"a": STRING}}]})
    assert shape.property("a").kinds == {"integer", "string"}


def test_dependent_schemas_add_properties_and_take_no_kind():
    shape = shape_of({"type": ["object", "string"], "dependentSchemas": {"a": {"properties": {"b": INTEGER}}}})
    assert (shape.kinds, shape.property("b").sole) == ({"object", "string"}, "integer")


def test_a_reference_is_followed_and_named_without_its_hash():
    bundle = {"$defs": {"Pet-0a1b2c3d": {"type": "object"}, "a/b": INTEGER}}
    named, escaped = shape_of({"$ref": "#/$defs/Pet-0a1b2c3d"}, bundle), shape_of({"$ref": "#/$defs/a~1b"}, bundle)
    assert (named.sole, named.annotations.name, escaped.sole) == ("object", "Pet", "integer")


def test_a_reference_that_leads_nowhere_is_no_constraint():
    assert shape_of({"$ref": "#/$defs/Gone"}).unconstrained


def test_a_recursive_schema_comes_back_to_the_same_shape():
    bundle = {
        "$ref": "#/$defs/Node",
        "$defs": {"Node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}, "id": INTEGER}}},
    }
    shape = shape_of(bundle).property("next")
    deep = shape
    for _ in range(500):
        deep = deep.property("next")
    assert (deep is shape, deep.property("id").sole) == (True, "integer")


def test_a_schema_made_of_itself_adds_nothing():
    bundle = {"$defs": {"A": {"allOf": [{"$ref": "#/$defs/B"}, STRING]}, "B": {"anyOf": [{"$ref": "#/$defs/A"}]}}}
    assert shape_of({"$ref": "#/$defs/A"}, bundle).kinds == {"string"}


def test_the_root_may_be_referred_to():
    schema = {"type": "object", "properties": {"child": {"$ref": "#"}}}
    assert shape_of(schema).property("child").property("child").sole == "object"


def test_annotations_nearest_to_the_place_of_use_win():
    bundle = {"$defs": {"A": {"type": "string", "format": "uuid", "xml": {"name": "a", "prefix": "p"}}}}
    shape = shape_of({"$ref": "#/$defs/A", "xml": {"name": "b"}}, bundle)
    assert (shape.annotations.format, shape.xml) == ("uuid", {"name": "b", "prefix": "p"})


def test_a_whole_is_not_named_as_one_of_several_named_parts():
    cat, dog = {"xml": {"name": "cat"}}, {"xml": {"name": "dog"}}
    shapes = [shape_of({word: [cat, dog]}) for word in ("oneOf", "allOf")] + [shape_of({"allOf": [cat, {}]})]
    assert [shape.xml.get("name") for shape in shapes] == [None, None, "cat"]


def test_listed_values_are_joined_as_their_schemas_are():
    assert shape_of({"anyOf": [{"enum": ["a"]}, {"const": "b"}]}).enum == ("a", "b")
    assert shape_of({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}).enum == ("b",)
    assert shape_of({"anyOf": [{"enum": ["a"]}, STRING]}).enum is None


def test_malformed_keywords_suggest_nothing():
    schema = {"properties": [], "items": 3, "xml": "x", "allOf": {}, "enum": 5, "type": 7, "format": 1, "$ref": 5}
    assert shape_of(schema).kinds >= {"object", "array"}


def test_a_shape_shows_what_it_suggests():
    assert [repr(shape_of(s)) for s in ({"type": ["string", "null"]}, {})] == [
        "<Shape null|string>",
        "<Shape unconstrained>",
    ]


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null"), (True, "boolean"), (1, "integer"), (1.5, "number"), ("", "string"), ([], "array"), ({}, "object")],
)
def test_every_value_has_one_kind(value, kind):
    assert kind_of(value) == kind
