import pytest
from wire_specs import COLOR, INTEGER, STRING, STRINGS, parameter

from mockserver.wire.cookie import CookieDecoder, encode_cookie
from mockserver.wire.reading import ABSENT, Decoded, Undecodable, UnspellableError


def spec(schema, style="form", *, explode=True, name="color", **more):
    return parameter(schema, "cookie", style, explode=explode, name=name, **more)


def decode(schema, *lines, style="form", explode=True, **more):
    headers = tuple(("Cookie", line) for line in lines)
    return CookieDecoder([spec(schema, style, explode=explode, **more)]).decode(headers)["color"]


@pytest.mark.parametrize(
    ("schema", "lines", "reading"),
    [
        (INTEGER, ["sid=x; color=5;other"], Decoded(5)),
        (INTEGER, ["sid=x", "color=5"], Decoded(5)),
        (STRING, ["color=a%20b+c"], Decoded("a b+c")),
        (STRING, ["color=a=b"], Decoded("a=b")),
        (STRING, ["color=a&b"], Decoded("a&b")),
        (STRING, ["color="], Decoded("")),
        (STRING, ["color"], ABSENT),
        (STRING, [], ABSENT),
        (STRING, ['color="a b"'], Decoded("a b", ('"a b"',))),
        (INTEGER, ['color="5"'], Decoded(5, ('"5"',))),
        (STRING, ["color=a; color=b"], Undecodable("it was sent 2 times and is a single value")),
        (STRING, ["color=%FF"], Undecodable("%FF holds octets that are not UTF-8")),
    ],
)
def test_a_cookie_is_found_among_others(schema, lines, reading):
    assert decode(schema, *lines) == reading


@pytest.mark.parametrize("line", ["color=a&color=b", "color=a; color=b", "x=1; color=a;color=b"])
def test_an_exploded_list_is_read_as_printed_and_as_sent(line):
    assert decode(STRINGS, line) == Decoded(["a", "b"])


@pytest.mark.parametrize("line", ["R=1&G=2", "R=1; G=2", "G=2; x=3; R=1"])
def test_an_exploded_object_is_read_as_printed_and_as_sent(line):
    assert decode(COLOR, line) == Decoded({"R": 1, "G": 2})


def test_an_exploded_list_of_one_keeps_its_ampersands():
    assert decode(STRINGS, "color=a&b") == Decoded(["a&b"])


def test_an_exploded_object_leaves_the_names_of_other_parameters():
    decoder = CookieDecoder([spec(COLOR), spec(STRING, name="G")])
    assert decoder.decode((("cookie", "R=1; G=2"),)) == {"color": Decoded({"R": 1}), "G": Decoded("2")}


def test_a_delimited_list_has_commas():
    assert decode(STRINGS, "color=a,b%2Cc", explode=False) == Decoded(["a", "b,c"])


def test_the_style_cookie_undoes_nothing():
    assert decode(STRING, "color=a%20b", style="cookie") == Decoded("a%20b")
    assert encode_cookie(spec(STRING, "cookie"), "a%20b") == "color=a%20b"


def test_content_is_parsed():
    assert decode({"type": "object"}, "color=%7B%22a%22:1%7D", media_type="application/json") == Decoded({"a": 1})


def test_without_parameters_there_is_nothing_to_read():
    assert CookieDecoder([]).decode((("Cookie", "a=b"),)) == {}


@pytest.mark.parametrize(
    ("style", "explode", "value", "pairs"),
    [
        ("form", True, "a b;", "color=a%20b%3B"),
        ("form", True, ["a", "b"], "color=a&color=b"),
        ("form", False, ["a", "b"], "color=a,b"),
        ("cookie", True, ["a", "b"], "color=a; color=b"),
        ("cookie", True, {"R": 1, "G": 2}, "R=1; G=2"),
        ("cookie", False, {"R": 1, "G": 2}, "color=R,1,G,2"),
    ],
)
def test_values_are_spelled_as_documented(style, explode, value, pairs):
    assert encode_cookie(spec({}, style, explode=explode), value) == pairs


@pytest.mark.parametrize("value", ["a;b", "a\nb", " a", "漢"])
def test_what_no_cookie_can_carry_is_unspellable_without_encoding(value):
    with pytest.raises(UnspellableError):
        encode_cookie(spec(STRING, "cookie"), value)
    assert decode(STRING, encode_cookie(spec(STRING), value)) == Decoded(value)


def test_reserved_characters_pass_where_they_end_nothing():
    wire = encode_cookie(spec(STRING, allow_reserved=True), "a/b;c,d")
    assert (wire, decode(STRING, wire)) == ("color=a/b%3Bc%2Cd", Decoded("a/b;c,d"))
