import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_specs import INTEGER, LAW, STRING

from mockserver.wire.coerce import fits, read, readings, to_text
from mockserver.wire.reading import Decoded
from mockserver.wire.suggest import shape_of

BOOLEAN = {"type": "boolean"}
NUMBER = {"type": "number"}


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("5", INTEGER, (5,)),
        ("-0", INTEGER, (0,)),
        ("1.0", INTEGER, (1.0,)),
        ("1e2", INTEGER, (100.0,)),
        ("9007199254740993", INTEGER, (9007199254740993,)),
        ("36893488147419103233", INTEGER, (36893488147419103233,)),
        ("1.5", INTEGER, ("1.5",)),
        ("05", INTEGER, ("05",)),
        ("+5", INTEGER, ("+5",)),
        (" 5", INTEGER, (" 5",)),
        ("5_0", INTEGER, ("5_0",)),
        ("5abc", INTEGER, ("5abc",)),
        ("٣", INTEGER, ("٣",)),
        ("", INTEGER, ("",)),
        ("1e999999999", INTEGER, ("1e999999999",)),
        ("1.5", NUMBER, (1.5,)),
        ("1E-7", NUMBER, (1e-7,)),
        ("18446744073709551617", NUMBER, (18446744073709551617,)),
        ("1e400", NUMBER, (10**400,)),
        ("nan", NUMBER, ("nan",)),
        ("Infinity", NUMBER, ("Infinity",)),
        ("1.", NUMBER, ("1.",)),
        (".5", NUMBER, (".5",)),
        ("true", BOOLEAN, (True,)),
        ("True", BOOLEAN, ("True",)),
        ("1", BOOLEAN, ("1",)),
        ("null", {"type": "null"}, (None,)),
        ("", {"type": ["integer", "null"]}, (None,)),
        ("null", {"type": ["string", "null"]}, (None, "null")),
        ("", {"type": ["string", "null"]}, ("",)),
        ("5", {"type": ["integer", "string"]}, (5, "5")),
        ("x", {"type": ["integer", "string"]}, ("x",)),
        ("true", {"type": ["boolean", "string"]}, (True, "true")),
        ("5", {"type": ["integer", "boolean"]}, (5,)),
        ("1.5", {"type": ["number", "null"]}, (1.5,)),
        ("x", {"type": ["number", "null"]}, ("x",)),
        ("5", {}, ("5", 5)),
        ("x", {}, ("x",)),
        ("null", {}, ("null", None)),
        ("5", False, ("5",)),
        ("1", {"enum": ["1", 2]}, (1, "1")),
    ],
)
def test_text_is_read_as_the_schema_suggests_typed_first(text, schema, expected):
    found = readings(text, shape_of(schema))
    assert (found, [type(value) for value in found]) == (expected, [type(value) for value in expected])


def test_digits_beyond_all_counting_stay_text():
    assert readings("9" * 5000, shape_of(INTEGER)) == ("9" * 5000,)
    assert readings("9" * 5000, shape_of(NUMBER)) == ("9" * 5000,)


@pytest.mark.parametrize(
    ("text", "value"), [("True", True), ("FALSE", False), ("1", True), ("0", False), ("true", True)]
)
def test_a_lenient_reading_takes_the_booleans_of_sdks_and_says_so(text, value):
    decoded = read(text, shape_of(BOOLEAN), lenient=True)
    told = () if text == "true" else (f"the boolean was sent as {text}; JSON spells it true or false",)
    assert decoded == Decoded(value, notes=told)


def test_a_lenient_boolean_that_may_be_a_text_is_both():
    decoded = read("True", shape_of({"type": ["boolean", "string"]}), lenient=True)
    assert (decoded.value, decoded.alternatives) == (True, ("True",))


def test_a_lenient_reading_leaves_numbers_alone():
    assert readings("1", shape_of({"type": ["boolean", "integer"]}), lenient=True) == (1,)


def test_json_text_is_read_where_only_a_composite_is_suggested():
    note = ("a nested value was sent as JSON text, which its style does not define",)
    assert read('{"a":1}', shape_of({"type": "object"})) == Decoded({"a": 1}, notes=note)
    assert read('{"a":1}', shape_of({"type": "array"})) == Decoded('{"a":1}')
    assert read("{a", shape_of({"type": "object"})) == Decoded("{a")
    assert read('{"a":1}', shape_of({"type": ["integer", "object"]})) == Decoded({"a": 1}, notes=note)


def test_json_text_is_a_text_first_where_a_text_is_suggested_too():
    assert readings('{"a":1}', shape_of({"type": ["string", "object"]})) == ('{"a":1}', {"a": 1})


@pytest.mark.parametrize(
    ("text", "schema", "fitting"),
    [
        ("5", INTEGER, True),
        ("x", INTEGER, False),
        ("x", STRING, True),
        ("a", {"enum": ["a"]}, True),
        ("b", {"enum": ["a"]}, False),
        ("1", {"enum": [True]}, False),
        ("x", {}, True),
    ],
)
def test_a_text_fits_a_kind_and_a_list_of_values(text, schema, fitting):
    assert fits(text, shape_of(schema)) is fitting


@LAW
@given(st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.none())
def test_every_scalar_comes_back_from_its_text(value):
    kinds = ["null", "boolean", "integer", "number"]
    back = readings(to_text(value), shape_of({"type": kinds}))
    assert back == (value,)


@LAW
@given(st.text())
def test_every_text_comes_back_as_it_was(text):
    assert readings(text, shape_of(STRING)) == (text,)


@LAW
@given(st.text(), st.sets(st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])))
def test_reading_never_raises_and_has_always_an_answer(text, kinds):
    assert readings(text, shape_of({"type": sorted(kinds)}), lenient=True)
