import pytest
from wire_specs import INTEGER, STRING, STRINGS

from mockserver.wire.brackets import assemble, split_name
from mockserver.wire.coerce import read
from mockserver.wire.reading import Decoded, SpellingError, listed
from mockserver.wire.suggest import shape_of

ITEM = {"type": "object", "properties": {"b": INTEGER, "c": STRING, "tags": STRINGS}}
SCHEMA = {"type": "object", "properties": {"a": {"type": "array", "items": ITEM}, "n": STRING, "t": STRINGS}}


def leaves(texts, shape):
    if len(texts) > 1:
        return listed([read(text, shape.item(0)) for text in texts])
    return read(texts[0], shape)


def build(*entries, schema=SCHEMA):
    return assemble(entries, shape_of(schema), leaves)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a[b]", ("a", ("b",))),
        ("a[]", ("a", ("",))),
        ("a[0][b][]", ("a", ("0", "b", ""))),
        ("a.b.c", ("a", ("b", "c"))),
        ("a.b[0].c", ("a", ("b", "0", "c"))),
        ("x.y[z]", ("x.y", ("z",))),
        ("x.y.z", ("x.y", ("z",))),
        ("b[c]", None),
        ("a[b", None),
        ("a]b[", None),
        ("a[b]c", None),
        ("a..b", None),
        ("a", None),
        ("a[b]" + "[c]" * 1000, None),
    ],
)
def test_a_name_is_split_at_its_longest_known_root(name, expected):
    assert split_name(name, {"a", "x.y"}) == expected


def test_objects_and_arrays_are_built_to_any_level():
    assert build((("a", "0", "b"), "1"), (("a", "0", "c"), "x"), (("a", "1", "b"), "2"), (("n",), "5")) == Decoded(
        {"a": [{"b": 1, "c": "x"}, {"b": 2}], "n": "5"}
    )


def test_indexes_may_come_in_any_order():
    assert build((("t", "1"), "y"), (("t", "0"), "x")).value == {"t": ["x", "y"]}


def test_several_values_of_one_place_are_left_to_the_reader():
    assert build((("t",), "x"), (("t",), "y")).value == {"t": ["x", "y"]}


def test_empty_brackets_end_an_item_where_its_first_name_comes_again():
    entries = [(("a", "", "b"), "1"), (("a", "", "c"), "x"), (("a", "", "b"), "2"), (("a", "", "c"), "y")]
    assert build(*entries).value == {"a": [{"b": 1, "c": "x"}, {"b": 2, "c": "y"}]}


@pytest.mark.parametrize(
    "entries",
    [
        [(("a", "", "b"), "1"), (("a", "", "c"), "x"), (("a", "", "b"), "2")],
        [(("a", "", "tags", ""), "x"), (("a", "", "tags", ""), "y")],
    ],
)
def test_items_whose_end_cannot_be_told_are_refused(entries):
    with pytest.raises(SpellingError, match="where one of its items ends cannot be told"):
        build(*entries)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([(("t", "1"), "x")], "its indexes are 1; they count from 0 without gaps"),
        ([(("t", "0"), "x"), (("t", ""), "y")], "its indexes are 0, ; they count from 0 without gaps"),
        ([(("t", "00"), "x")], "its indexes are 00; they count from 0 without gaps"),
        ([(("t", "k"), "x")], "it is an array and was sent with [k]; an item has [] or [0]"),
        ([(("n", "k"), "x")], "it is a single value and was sent with [k]"),
        ([(("n",), "x"), (("n", "k"), "y")], "it was sent as one value and in parts; only one of them can be meant"),
        ([(("k",) * 40, "x")], "it is nested more than 32 levels deep"),
    ],
)
def test_what_can_mean_nothing_or_several_things_is_refused(entries, message):
    with pytest.raises(SpellingError) as caught:
        build(*entries)
    assert str(caught.value) == message


def test_without_a_schema_indexes_make_an_array_and_names_an_object():
    assert build((("0",), "x"), schema={}).value == ["x"]
    assert build((("k", "0"), "x"), (("k", "1"), "y"), schema={}).value == {"k": ["x", "y"]}


def test_names_that_are_digits_stay_names_where_only_an_object_is_suggested():
    assert build((("0",), "x"), (("7",), "y"), schema={"type": "object"}).value == {"0": "x", "7": "y"}
