"""Which branch, which properties, how deep: the shape of what is drawn."""

from mockserver.generate.generator import Generator
from mockserver.schema.compile import Validators

ID = {"type": "integer"}
TEXT = {"type": "string"}


def draw(schema, seed=1):
    return Generator(schema, Validators()).draw(seed)


def nodes(value):
    match value:
        case dict():
            return 1 + sum(map(nodes, value.values()))
        case list():
            return 1 + sum(map(nodes, value))
        case _:
            return 1


def depth(value):
    match value:
        case dict():
            return 1 + max(map(depth, value.values()), default=0)
        case list():
            return max(map(depth, value), default=0)
        case _:
            return 0


def test_optional_properties_are_there_in_the_order_of_the_contract():
    schema = {"type": "object", "required": ["c"], "properties": {"a": TEXT, "b": ID, "c": TEXT}}
    assert list(draw(schema)) == ["a", "b", "c"]


def test_what_may_be_null_is_not():
    schema = {"type": "object", "properties": {
        "a": {"type": ["null", "string"]},
        "b": {"anyOf": [{"type": "null"}, {"type": "integer"}]},
        "c": {"oneOf": [{"type": "object", "properties": {"x": ID}}, {"type": "null"}]},
    }}  # fmt: skip
    assert {name: type(value) for name, value in draw(schema).items()} == {"a": str, "b": int, "c": dict}


def test_an_object_is_preferred_to_the_name_of_it():
    customer = {"type": "object", "properties": {"email": TEXT}}
    assert draw({"anyOf": [TEXT, customer, {"type": "null"}]}).keys() == {"email"}


def test_among_equals_the_first_branch_is_taken():
    branches = [{"type": "object", "properties": {name: TEXT}, "required": [name]} for name in "abc"]
    assert [list(draw({"anyOf": branches}, seed)) for seed in range(5)] == [["a"]] * 5


def test_an_enum_is_left_to_the_seed():
    assert {draw({"enum": ["a", "b", "c"]}, seed) for seed in range(20)} == {"a", "b", "c"}


def test_a_discriminator_tells_the_branch_by_its_mapping():
    schema = {
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog-0a1b2c3d"}],
        "discriminator": {"propertyName": "kind", "mapping": {"kitty": "#/$defs/Cat"}},
        "$defs": {
            "Cat": {"type": "object", "required": ["kind", "lives"], "properties": {"kind": TEXT, "lives": ID}},
            "Dog-0a1b2c3d": {
                "type": "object",
                "required": ["kind", "tricks"],
                "properties": {"kind": TEXT, "tricks": ID},
            },
        },
    }
    assert draw(schema)["kind"] == "kitty"
    schema["oneOf"].reverse()
    assert draw(schema)["kind"] == "Dog"


def test_a_discriminator_gives_way_to_what_the_branch_admits():
    schema = {
        "oneOf": [{"$ref": "#/$defs/Cat"}],
        "discriminator": {"propertyName": "kind", "mapping": {}},
        "$defs": {"Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["cat"]}}}},
    }
    assert draw(schema) == {"kind": "cat"}


def test_a_parent_with_a_discriminator_is_one_of_its_heirs():
    schema = {
        "$ref": "#/$defs/Pet",
        "$defs": {
            "Pet": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": TEXT},
                "discriminator": {"propertyName": "kind", "mapping": {"kitty": "#/$defs/Cat", "dog": "#/$defs/Dog"}},
            },
            "Cat": {"allOf": [{"$ref": "#/$defs/Pet"}, {"properties": {"lives": ID}}]},
            "Dog": {"allOf": [{"$ref": "#/$defs/Pet"}, {"properties": {"tricks": ID}}]},
        },
    }
    assert draw(schema).keys() == {"kind", "lives"}
    assert draw(schema)["kind"] == "kitty"
    assert draw({**schema, "$ref": "#/$defs/Dog"}).keys() == {"kind", "tricks"}
    assert draw({**schema, "$ref": "#/$defs/Dog"})["kind"] == "dog"


def test_an_heir_without_a_mapping_is_called_by_its_own_name():
    schema = {
        "$ref": "#/$defs/Cat",
        "$defs": {
            "Pet": {"type": "object", "properties": {"kind": TEXT}, "discriminator": {"propertyName": "kind"}},
            "Cat": {"allOf": [{"$ref": "#/$defs/Pet"}, {"properties": {"lives": ID}}]},
        },
    }
    assert draw(schema)["kind"] == "Cat"


def test_what_is_in_itself_stops_where_it_may():
    node = {"type": "object", "properties": {
        "name": TEXT,
        "parent": {"$ref": "#/$defs/Node"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        "root": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
        "link": {"anyOf": [TEXT, {"$ref": "#/$defs/Node"}]},
    }}  # fmt: skip
    value = draw({"$ref": "#/$defs/Node", "$defs": {"Node": node}})
    assert value.keys() == {"name", "children", "root", "link"}
    assert (value["children"], value["root"], type(value["link"])) == ([], None, str)


def test_what_must_be_in_itself_takes_the_way_that_ends():
    schema = {"$ref": "#/$defs/Tree", "$defs": {"Tree": {"oneOf": [
        {"type": "object", "required": ["left", "right"], "properties": {
            "left": {"$ref": "#/$defs/Tree"}, "right": {"$ref": "#/$defs/Tree"}}},
        {"type": "string"},
    ]}}}  # fmt: skip
    value = draw(schema)
    assert [type(value[side]) for side in ("left", "right")] == [str, str]


def everything(width, levels):
    """A contract in which everything refers to everything, as real ones do."""
    names = [f"T{index}" for index in range(width)]
    return {
        "$ref": "#/$defs/T0",
        "$defs": {
            name: {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": TEXT,
                    **{
                        f"to_{other}": {"anyOf": [{"type": "string"}, {"$ref": f"#/$defs/{other}"}]}
                        for other in names[:levels]
                    },
                    **{
                        f"all_{other}": {"type": "array", "items": {"$ref": f"#/$defs/{other}"}}
                        for other in names[levels:]
                    },
                },
            }
            for name in names
        },
    }


def test_a_value_stays_within_its_budget_however_much_refers_to_what():
    value = draw(everything(40, 20))
    assert 200 < nodes(value) < 2000
    assert depth(value) <= 7


def test_what_the_budget_leaves_out_is_missing_below_and_not_beside():
    value = draw(everything(40, 20))
    assert len(value) == 41
    assert all(isinstance(value[f"to_T{index}"], dict) for index in range(1, 20))


def test_objects_in_objects_end_after_six():
    schema = {"type": "object", "properties": {"id": ID}}
    for _ in range(12):
        schema = {"type": "object", "properties": {"id": ID, "below": schema}}
    assert 5 <= depth(draw(schema)) <= 7


def test_each_item_of_the_answer_s_own_list_is_whole():
    item = {
        "type": "object",
        "properties": {f"p{index}": {"type": "object", "properties": {"id": ID, "name": TEXT}} for index in range(90)},
    }
    page = draw({"type": "object", "properties": {"data": {"type": "array", "items": item}}})
    assert {len(each) for each in page["data"]} == {90}


def test_rivals_are_told_apart_by_what_is_left_out():
    schema = {"oneOf": [
        {"type": "object", "properties": {"a": ID, "b": ID}, "required": ["a"]},
        {"type": "object", "properties": {"b": ID, "c": ID}, "required": ["b"]},
    ]}  # fmt: skip
    assert draw(schema).keys() == {"a"}


def test_a_conditional_holds_whichever_way_it_goes():
    schema = {
        "type": "object",
        "required": ["country"],
        "properties": {"country": {"enum": ["US", "CH"]}, "zip": TEXT, "canton": TEXT},
        "if": {"properties": {"country": {"const": "US"}}},
        "then": {"required": ["zip"], "properties": {"canton": False}},
        "else": {"required": ["canton"]},
    }
    assert draw(schema).keys() == {"country", "zip"}
    schema["properties"]["country"] = {"enum": ["CH"]}
    assert draw(schema).keys() == {"country", "zip", "canton"}


def test_what_has_to_end_is_of_a_kind_that_the_contract_speaks_of():
    names = {f"name{index}": TEXT for index in range(9)}
    unnamed = {"properties": names}  # no type: a text would be admitted, and nobody meant it
    nullable = {"anyOf": [{"type": "object", "required": ["name1"], "properties": names}, {"type": "null"}]}
    either = {"anyOf": [unnamed, TEXT]}
    many = {"type": "object", "required": ["unnamed", "nullable", "either"]}
    many["properties"] = {"unnamed": unnamed, "left": unnamed, "nullable": nullable, "either": either}
    drawn = draw({"type": "object", "properties": {f"p{index}": many for index in range(500)}})
    short = [each for each in drawn.values() if "left" not in each]
    assert len(short) > 100
    assert all(each["unnamed"] == {} and each["nullable"] is None for each in short)
    assert {type(each["either"]) for each in short} == {str}


def test_a_few_leaves_are_there_even_when_there_is_no_room():
    urls = {"type": "object", "properties": {"web": TEXT, "api": TEXT}}
    artist = {"type": "object", "properties": {"id": ID, "urls": urls, "images": {"type": "array", "items": urls}}}
    drawn = draw({"type": "object", "properties": {f"a{index}": artist for index in range(150)}})
    assert all(each["urls"].keys() == {"web", "api"} for each in drawn.values())
    assert all(each["images"] for each in drawn.values())
