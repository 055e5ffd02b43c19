import pytest
from wire_specs import COLOR, INTEGER, INTEGERS, STRING, STRINGS, parameter

from mockserver.wire.header import HeaderDecoder, encode_header
from mockserver.wire.reading import ABSENT, Decoded, Undecodable, UnspellableError


def spec(schema, *, explode=False, name="X-Color", **more):
    return parameter(schema, "header", "simple", explode=explode, name=name, **more)


def decode(schema, *lines, explode=False, name="X-Color", **more):
    headers = tuple((name.lower(), line) for line in lines)
    return HeaderDecoder([spec(schema, explode=explode, name=name, **more)]).decode(headers)[name]


@pytest.mark.parametrize(
    ("schema", "lines", "reading"),
    [
        (STRING, ["  blue\t"], Decoded("blue")),
        (STRING, ["100%25, a+b"], Decoded("100%25, a+b")),
        (STRING, ["a", "b"], Decoded("a, b")),
        (STRING, [""], Decoded("")),
        (STRING, [], ABSENT),
        (INTEGER, ["5"], Decoded(5)),
        (INTEGER, ["5", "6"], Decoded("5, 6")),
        (STRINGS, ["a, b ,c"], Decoded(["a", "b", "c"])),
        (STRINGS, ["a,b", "c"], Decoded(["a", "b", "c"])),
        (STRINGS, [""], Decoded([""], ([],))),
        (INTEGERS, ["1, 2"], Decoded([1, 2])),
        (COLOR, ["R, 1, G, 2"], Decoded({"R": 1, "G": 2})),
        (COLOR, ["R"], Undecodable("R is no object; the contract spells it R,value")),
    ],
)
def test_a_header_is_trimmed_and_its_lines_are_joined_and_nothing_is_unescaped(schema, lines, reading):
    assert decode(schema, *lines) == reading


def test_an_exploded_object_has_equals_signs():
    assert decode(COLOR, "R=1, G=2", explode=True) == Decoded({"R": 1, "G": 2})


def test_a_list_in_json_is_read_and_noted_in_lenient_mode():
    note = ("it was sent as JSON text; the contract spells it a,b",)
    lenient = HeaderDecoder([spec(INTEGERS)], lenient=True)
    assert lenient.decode((("X-Color", "[1, 2]"),)) == {"X-Color": Decoded([1, 2], notes=note)}
    assert decode(INTEGERS, "[1]") == Decoded(["[1]"])


def test_names_do_not_mind_their_case():
    decoder = HeaderDecoder([spec(INTEGER), spec(STRING, name="Absent")])
    assert decoder.decode((("x-COLOR", "5"), ("Other", "6"))) == {"X-Color": Decoded(5), "Absent": ABSENT}


def test_without_parameters_there_is_nothing_to_read():
    assert HeaderDecoder([]).decode((("a", "b"),)) == {}


def test_content_is_parsed():
    assert decode({"type": "object"}, '{"a":', "1}", media_type="application/json") == Undecodable(
        "it is not JSON: unexpected character, expected a JSON value at line 1, column 6 (offset 5)"
    )
    assert decode({"type": "object"}, '{"a":1}', media_type="application/json") == Decoded({"a": 1})


def test_lines_of_set_cookie_are_never_joined():
    assert decode(STRINGS, "a=1, x", "b=2", name="Set-Cookie") == Decoded(["a=1, x", "b=2"])
    assert decode(STRING, "a=1", name="Set-Cookie") == Decoded("a=1")
    assert decode(STRING, "a=1", "b=2", name="Set-Cookie") == Decoded(
        "a=1", notes=("of 2 Set-Cookie lines the first was read",)
    )
    assert encode_header(spec(STRINGS, name="set-cookie"), ["a=1", "b=2"]) == ("a=1", "b=2")


@pytest.mark.parametrize(
    ("value", "explode", "line"),
    [
        ("a b%", False, "a b%"),
        (True, False, "true"),
        (1.5, False, "1.5"),
        (None, False, "null"),
        (["a", 1], False, "a,1"),
        ([], False, ""),
        ({"R": 1, "G": "x"}, False, "R,1,G,x"),
        ({"R": 1, "G": "x"}, True, "R=1,G=x"),
        ("é", False, "é"),
    ],
)
def test_values_pass_as_they_are(value, explode, line):
    assert encode_header(spec({}, explode=explode), value) == (line,)


@pytest.mark.parametrize("value", ["a\r\nb", "a\0", "漢", " a", "a\t", ["a\nb"], {"k\n": 1}])
def test_what_no_header_can_carry_is_unspellable(value):
    with pytest.raises(UnspellableError):
        encode_header(spec({}), value)


def test_json_in_a_header_is_ascii():
    assert encode_header(spec({}, media_type="application/json"), {"a": "漢"}) == ('{"a":"\\u6f22"}',)
    assert encode_header(spec({}, media_type="text/plain"), 5) == ("5",)
