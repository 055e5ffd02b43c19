import pytest
from wire_specs import COLOR, INTEGER, INTEGERS, STRING, STRINGS, parameter

from mockserver.wire.query import QueryDecoder, ReadQuery, encode_query
from mockserver.wire.reading import ABSENT, Decoded, Undecodable

LISTED = {"type": "array", "items": {"enum": ["a", "b"]}}
STRING_OR_STRINGS = {"anyOf": [STRING, STRINGS]}
RANGE = {"anyOf": [INTEGER, {"type": "object", "properties": {"gte": INTEGER}}]}


def decode(schema, raw, style="form", *, explode=True, lenient=False, **more):
    spec = parameter(schema, style=style, explode=explode, **more)
    return QueryDecoder([spec], lenient=lenient).decode(raw).parameters["color"]


def noted(value, sent, documented):
    return Decoded(value, notes=(f"it was sent as {sent}; the contract spells it {documented}",))


@pytest.mark.parametrize(
    ("schema", "raw", "reading"),
    [
        (STRING, "color=a+b%2Bc", Decoded("a b+c")),
        (STRING, "color=a=b", Decoded("a=b")),
        (STRING, "color=a;color=b", Decoded("a;color=b")),
        (STRING, "color=", Decoded("")),
        (STRING, "color", Decoded("")),
        (STRING, "%63olor=x", Decoded("x")),
        (STRING, "color=%00", Decoded("\0")),
        (STRING, "", ABSENT),
        (STRING, "&&x=1", ABSENT),
        (INTEGER, "color=", Decoded("")),
        (INTEGER, "color=0.5", Decoded("0.5")),
        (INTEGER, "color=9223372036854775807", Decoded(9223372036854775807)),
        (INTEGER, "color=1&color=2", Undecodable("it was sent 2 times and is a single value")),
        (STRING, "color=%FF", Undecodable("%FF holds octets that are not UTF-8")),
        ({}, "color=1&color=2", Decoded(["1", "2"], ([1, 2],))),
    ],
)
def test_a_scalar_is_sent_once_and_split_at_its_first_equals_sign(schema, raw, reading):
    assert decode(schema, raw) == reading


def test_all_parameters_are_read_in_one_pass_and_the_rest_is_named():
    decoder = QueryDecoder(
        [parameter(INTEGER, name="page"), parameter(STRINGS, name="tag"), parameter(STRING, name="q")]
    )
    assert decoder.decode("tag=a&x=1&page=2&tag=b&%FF=2&x=3&a%5Bb=1") == ReadQuery(
        {"page": Decoded(2), "tag": Decoded(["a", "b"]), "q": ABSENT}, ("x", "\ufffd", "a[b")
    )


def test_an_allowed_empty_value_is_no_value():
    assert [decode(INTEGER, raw, allow_empty=True) for raw in ("color", "color=", "color=5")] == [
        ABSENT,
        ABSENT,
        Decoded(5),
    ]


@pytest.mark.parametrize(
    ("style", "explode", "raw", "value"),
    [
        ("form", True, "color=a&color=b", ["a", "b"]),
        ("form", True, "color=a", ["a"]),
        ("form", True, "color=a,b", ["a,b"]),
        ("form", True, "color=", [""]),
        ("form", False, "color=a,b%2Cc", ["a", "b,c"]),
        ("spaceDelimited", False, "color=a%20b+c d", ["a", "b", "c", "d"]),
        ("spaceDelimited", True, "color=a&color=b", ["a", "b"]),
        ("pipeDelimited", False, "color=a|b", ["a", "b"]),
        ("pipeDelimited", False, "color=a%7Cb%7cc", ["a", "b", "c"]),
        ("pipeDelimited", False, "color=a|b%7Cc", ["a", "b|c"]),
        ("tabDelimited", False, "color=a%09b", ["a", "b"]),
        ("deepObject", True, "color=a&color=b", ["a", "b"]),
        ("deepObject", True, "color[]=a", ["a"]),
    ],
)
def test_a_list_is_cut_before_it_is_decoded(style, explode, raw, value):
    assert decode(STRINGS, raw, style, explode=explode) == Decoded(value)


@pytest.mark.parametrize(
    ("schema", "style", "explode", "sent", "documented"),
    [
        (STRINGS, "form", True, "color[]", "color=a&color=b"),
        (STRINGS, "form", True, "color[0]", "color=a&color=b"),
        (STRINGS, "form", False, "color[]", "color=a,b"),
        (STRINGS, "pipeDelimited", False, "color[0]", "color=a|b"),
    ],
)
def test_a_list_in_brackets_is_read_and_noted(schema, style, explode, sent, documented):
    assert decode(schema, f"{sent}=a", style, explode=explode) == noted(["a"], f"{sent}=...", documented)


@pytest.mark.parametrize(
    ("schema", "style", "explode", "raw", "value", "documented"),
    [
        (STRINGS, "form", False, "color=a&color=b", ["a", "b"], "color=a,b"),
        (INTEGERS, "form", True, "color=1,2", [1, 2], "color=a&color=b"),
        (LISTED, "form", True, "color=a,b", ["a", "b"], "color=a&color=b"),
        (INTEGERS, "pipeDelimited", False, "color=1,2", [1, 2], "color=a|b"),
        (INTEGERS, "spaceDelimited", False, "color=1,2", [1, 2], "color=a b"),
    ],
)
def test_a_list_spelled_otherwise_is_read_where_nothing_else_can_be_meant(
    schema, style, explode, raw, value, documented
):
    sent = raw if raw.count("color") > 1 else raw.removeprefix("color=")
    assert decode(schema, raw, style, explode=explode) == noted(value, sent, documented)


def test_an_exploded_list_with_its_delimiter_is_cut_there_or_not_at_all():
    decoded = decode(STRINGS, "color=a|b", "pipeDelimited")
    assert decoded == Decoded(["a", "b"], (["a|b"],), ("it was sent as a|b; the contract spells it color=a&color=b",))


def test_a_list_repeated_and_delimited_is_undecodable():
    assert decode(STRINGS, "color=a,b&color=c", explode=False) == Undecodable(
        "it was sent 2 times and with delimiters; it is one or the other"
    )


def test_a_list_in_json_is_a_list_of_one_text_and_read_in_lenient_mode_where_no_item_looks_like_that():
    assert decode(INTEGERS, "color=[1,2]") == Decoded(["[1,2]"])
    assert decode(INTEGERS, "color=[1,2]", lenient=True) == noted([1, 2], "JSON text", "color=a&color=b")
    assert decode(STRINGS, "color=[1,2]", lenient=True) == Decoded(["[1,2]"])


def test_an_empty_delimited_list_is_an_empty_list_where_no_item_is_empty():
    assert decode(INTEGERS, "color=", explode=False) == Decoded([], ([""],))
    assert decode(STRINGS, "color=", explode=False) == Decoded([""], ([],))


def test_a_text_that_may_be_a_list_has_both_readings():
    assert decode(STRING_OR_STRINGS, "color=a") == Decoded("a", (["a"],))
    assert decode(STRING_OR_STRINGS, "color=a,b", explode=False) == Decoded(["a", "b"], ("a,b",))
    assert decode({"anyOf": [INTEGER, STRINGS]}, "color=a") == Decoded(["a"], ("a",))
    assert decode({"anyOf": [INTEGER, STRINGS]}, "color=1") == Decoded(1, (["1"],))


def test_an_exploded_object_takes_its_declared_names_only():
    schema = {**COLOR, "additionalProperties": INTEGER}
    decoder = QueryDecoder([parameter(schema), parameter(STRING, name="G")])
    assert decoder.decode("R=1&G=2&X=3") == ReadQuery({"color": Decoded({"R": 1}), "G": Decoded("2")}, ("X",))


def test_an_exploded_object_without_its_names_is_absent():
    assert decode(COLOR, "x=1") == ABSENT


def test_a_property_that_is_a_list_comes_several_times_and_another_does_not():
    schema = {"type": "object", "properties": {"tags": STRINGS, "id": INTEGER}}
    assert decode(schema, "tags=a&tags=b&id=1") == Decoded({"tags": ["a", "b"], "id": 1})
    assert decode(schema, "id=1&id=2") == Undecodable("id: it was sent 2 times and is a single value")


@pytest.mark.parametrize("raw", ["color[R]=1", "color.R=1", "color=R,1", 'color={"R":1}'])
def test_an_exploded_object_spelled_otherwise_is_read_and_noted(raw):
    decoded = decode(COLOR, raw)
    assert (decoded.value, [note.partition("; ")[2] for note in decoded.notes]) == (
        {"R": 1},
        ["the contract spells it R=value"],
    )


@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited"])
def test_a_delimited_object_takes_names_and_values_by_turns(style):
    delimiter = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "|"}[style]
    raw = "color=" + delimiter.join(["R", "1", "G", "2"])
    assert decode(COLOR, raw, style, explode=False) == Decoded({"R": 1, "G": 2})


def test_an_object_that_is_none_is_told_with_the_documented_spelling():
    assert decode(COLOR, "color=x") == Undecodable("x is no object; the contract spells it R=value")
    assert decode(COLOR, "color=x", explode=False) == Undecodable(
        "x is no object; the contract spells it color=R,value"
    )
    assert decode(COLOR, "color=x", "deepObject") == Undecodable(
        "x is no object; the contract spells it color[R]=value"
    )
    assert decode(COLOR, "color=R,1&color=G,2", explode=False) == Undecodable(
        "it was sent 2 times and is a single value"
    )


@pytest.mark.parametrize("raw", ["color[R]=1&color[G]=2", "color%5BR%5D=1&color%5BG%5D=2", "color[R]=1&color%5BG]=2"])
def test_a_deep_object_has_its_brackets_raw_or_encoded(raw):
    assert decode(COLOR, raw, "deepObject") == Decoded({"R": 1, "G": 2})


def test_a_deep_object_is_read_at_all_levels():
    schema = {
        "type": "object",
        "properties": {"a": {"type": "array", "items": COLOR}, "m": {"additionalProperties": STRING}},
    }
    raw = "color[a][0][R]=1&color[a][1][G]=2&color[m][k.x]=v&color[z]=9"
    assert decode(schema, raw, "deepObject") == Decoded(
        {"a": [{"R": 1}, {"G": 2}], "m": {"k.x": "v"}, "z": "9"},
        ({"a": [{"R": 1}, {"G": 2}], "m": {"k.x": "v"}, "z": 9},),
    )


def test_a_deep_object_or_a_scalar_is_told_by_its_name():
    assert decode(RANGE, "color=5", "deepObject") == Decoded(5)
    assert decode(RANGE, "color[gte]=5", "deepObject") == Decoded({"gte": 5})


def test_a_value_sent_whole_and_in_parts_is_undecodable():
    assert decode(RANGE, "color=5&color[gte]=5", "deepObject") == Undecodable(
        "it was sent as one value and in parts; only one of them can be meant"
    )


def test_a_name_with_brackets_that_is_declared_is_that_name():
    decoder = QueryDecoder(
        [
            parameter(STRINGS, name="ids[]"),
            parameter(COLOR, style="deepObject", name="filter"),
            parameter(STRING, name="filter[R]"),
        ]
    )
    assert decoder.decode("ids[]=1&ids%5B%5D=2&filter[R]=3&filter[G]=4").parameters == {
        "ids[]": Decoded(["1", "2"]),
        "filter": Decoded({"G": 4}),
        "filter[R]": Decoded("3"),
    }


def test_brackets_behind_a_scalar_are_another_name():
    assert QueryDecoder([parameter(INTEGER)]).decode("color[x]=1") == ReadQuery({"color": ABSENT}, ("color[x]",))


def test_content_is_parsed_strictly():
    json = {"style": "", "media_type": "application/json"}
    assert decode({"type": "object"}, "color=%7B%22a%22:1%7D", **json) == Decoded({"a": 1})
    assert decode({"type": "object"}, "color={a", **json) == Undecodable(
        "it is not JSON: unexpected character, expected a string key at line 1, column 2 (offset 1)"
    )
    assert decode({"type": "object"}, "color=1&color=2", **json) == Undecodable(
        "it was sent 2 times and is a single value"
    )


def test_a_lenient_decoder_takes_the_booleans_of_sdks():
    spec = parameter({"type": "boolean"})
    assert QueryDecoder([spec], lenient=True).decode("color=True").parameters["color"].value is True


@pytest.mark.parametrize(
    ("style", "explode", "value", "pairs"),
    [
        ("form", True, "a b&c", ["color=a%20b%26c"]),
        ("form", True, [], []),
        ("form", False, [], ["color="]),
        ("form", True, {"a": [1, 2], "b": {"c": 1}}, ["a=1", "a=2", "b=%7B%22c%22%3A1%7D"]),
        ("tabDelimited", False, ["a", "b"], ["color=a%09b"]),
        (
            "deepObject",
            True,
            {"a": {"b": [1, {"c": None}]}},
            ["color%5Ba%5D%5Bb%5D%5B0%5D=1", "color%5Ba%5D%5Bb%5D%5B1%5D%5Bc%5D=null"],
        ),
    ],
)
def test_values_are_spelled_as_documented(style, explode, value, pairs):
    assert encode_query(parameter({}, style=style, explode=explode), value) == pairs


def test_reserved_characters_pass_where_they_end_nothing():
    reserved = ":/?#[]@!$&'()*+,;=%"
    scalar = encode_query(parameter(STRING, allow_reserved=True), reserved)
    listed = encode_query(parameter(STRINGS, explode=False, allow_reserved=True), ["a,b", "c/d"])
    assert (scalar, listed) == (["color=:/?%23%5B%5D@!$%26'()*%2B,;=%25"], ["color=a%2Cb,c/d"])


def test_a_client_that_encodes_commas_is_understood_where_they_can_only_part():
    # the raw delimiter is looked for first; without one, an encoded comma can only have been one between integers
    assert decode(INTEGERS, "color=0%2C1", explode=False).value == [0, 1]
    assert decode(COLOR, "color=R%2C1%2CG%2C2", explode=False).value == {"R": 1, "G": 2}
    assert decode(STRINGS, "color=a%2Cb", explode=False).value == ["a,b"]


def test_an_empty_name_in_brackets_is_the_empty_name_of_an_object():
    free = {"type": "object", "additionalProperties": {"type": "string"}}
    assert decode(free, "color%5B%5D=x&color%5Ba%5Db%5D=y", style="deepObject").value == {"": "x", "a]b": "y"}
