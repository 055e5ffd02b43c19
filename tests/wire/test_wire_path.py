import pytest
from wire_specs import COLOR, INTEGER, INTEGERS, STRING, STRINGS, parameter

from mockserver.wire.path import encode_path, path_decoder
from mockserver.wire.reading import Decoded, Undecodable

NUMBERS = {"type": "array", "items": {"type": "number"}}
STRING_OR_STRINGS = {"anyOf": [STRING, STRINGS]}


def decode(schema, style, raw, *, explode=False):
    return path_decoder(parameter(schema, "path", style, explode=explode))(raw)


@pytest.mark.parametrize(
    ("schema", "raw", "value"),
    [
        (STRING, "a%2Fb+c", "a/b+c"),
        (STRING, "a,b", "a,b"),
        (STRING, "100%", "100%"),
        (STRING, "%00", "\0"),
        (INTEGER, "%31", 1),
        (STRINGS, "a%2Cb,c", ["a,b", "c"]),
        (INTEGERS, "1,2", [1, 2]),
        (INTEGERS, "1", [1]),
    ],
)
def test_simple_is_cut_before_it_is_decoded(schema, raw, value):
    assert decode(schema, "simple", raw) == Decoded(value)


@pytest.mark.parametrize("style", ["simple", "label", "matrix"])
def test_octets_that_are_not_utf_8_are_undecodable(style):
    prefix = {"simple": "", "label": ".", "matrix": ";color="}[style]
    for schema in (STRING, STRINGS):
        assert isinstance(decode(schema, style, prefix + "%FF"), Undecodable)


def test_a_label_reads_the_dots_of_openapi_3_0_and_the_commas_of_rfc_6570():
    assert decode(STRINGS, "label", ".a,b.c") == Decoded(["a", "b.c"])
    assert decode(STRINGS, "label", ".a.b") == Decoded(["a", "b"], (["a.b"],))
    assert decode(INTEGERS, "label", ".1.2") == Decoded([1, 2])
    assert decode(NUMBERS, "label", ".1.2") == Decoded([1, 2], ([1.2],))


def test_a_scalar_label_keeps_its_dots():
    assert decode({"type": "number"}, "label", ".1.5") == Decoded(1.5)


@pytest.mark.parametrize(
    ("style", "raw", "message"),
    [
        ("label", "blue", "blue has no dot in front; the contract spells it .a,b"),
        ("matrix", "blue", "blue has no semicolon in front; the contract spells it ;color=a,b"),
        ("matrix", ";size=1", ";size=1 does not name color; the contract spells it ;color=a,b"),
        (
            "matrix",
            ";color=a,b;color=c",
            "color was sent 2 times and with commas; it is one or the other",
        ),
    ],
)
def test_a_broken_prefix_is_told_with_the_documented_spelling(style, raw, message):
    assert decode(STRINGS, style, raw) == Undecodable(message)


def test_a_single_matrix_value_comes_once():
    assert decode(STRING, "matrix", ";color=a;color=b") == Undecodable("color was sent 2 times; it is a single value")


@pytest.mark.parametrize(
    ("schema", "explode", "raw", "value", "note"),
    [
        (STRINGS, False, ";color=a;color=b", ["a", "b"], ";color=a;color=b; the contract spells it ;color=a,b"),
        (INTEGERS, True, ";color=1,2", [1, 2], "1,2; the contract spells it ;color=a;color=b"),
        (COLOR, False, ";R=1;G=2", {"R": 1, "G": 2}, ";R=1;G=2; the contract spells it ;color=R,value"),
        (COLOR, True, ";color=R,1,G,2", {"R": 1, "G": 2}, "R,1,G,2; the contract spells it ;R=value"),
    ],
)
def test_the_other_matrix_spelling_is_read_and_noted(schema, explode, raw, value, note):
    assert decode(schema, "matrix", raw, explode=explode) == Decoded(value, notes=(f"it was sent as {note}",))


@pytest.mark.parametrize(
    ("explode", "raw", "documented"),
    [(False, "R=1,G=2", "R,value"), (True, "R,1,G,2", "R=value")],
)
def test_an_object_in_the_other_explosion_is_read_and_noted(explode, raw, documented):
    assert decode(COLOR, "simple", raw, explode=explode) == Decoded(
        {"R": 1, "G": 2}, notes=(f"it was sent as {raw}; the contract spells it {documented}",)
    )


@pytest.mark.parametrize("raw", ["R,1,G", "X,1,Y"])
def test_an_object_with_an_odd_piece_is_undecodable(raw):
    assert decode(COLOR, "simple", raw) == Undecodable(f"{raw} is no object; the contract spells it R,value")


def test_a_name_comes_once_in_an_object():
    assert decode(COLOR, "simple", "R,1,R,2") == Undecodable("R comes twice in one object")


@pytest.mark.parametrize(
    ("schema", "raw", "value"), [(INTEGERS, "[1,2]", [1, 2]), (COLOR, '{"R":1,"G":2}', {"R": 1, "G": 2})]
)
def test_json_text_is_read_and_noted_in_lenient_mode(schema, raw, value):
    decoded = path_decoder(parameter(schema, "path", "simple"), lenient=True)(raw)
    assert (decoded.value, decoded.notes[0].startswith("it was sent as JSON text")) == (value, True)


def test_a_list_in_json_is_a_list_of_one_text():
    assert decode(INTEGERS, "simple", "[1]") == Decoded(["[1]"])


def test_a_text_that_may_be_a_list_has_both_readings():
    assert decode(STRING_OR_STRINGS, "simple", "a,b") == Decoded(["a", "b"], ("a,b",))
    assert decode(STRING_OR_STRINGS, "simple", "a") == Decoded("a", (["a"],))
    assert decode(STRING_OR_STRINGS, "matrix", ";color=a", explode=True) == Decoded("a", (["a"],))


def test_a_text_that_is_no_object_is_a_text_where_one_is_suggested():
    assert decode({"anyOf": [STRING, COLOR]}, "simple", "a,b,c") == Decoded("a,b,c")


def test_nothing_is_an_empty_list_where_a_list_is_expected():
    assert decode(STRINGS, "simple", "") == Decoded([""], ([],))
    assert decode(INTEGERS, "simple", "") == Decoded([], ([""],))
    assert decode(STRINGS, "label", "") == Decoded([])
    assert decode(COLOR, "matrix", "") == Decoded({})
    assert decode(COLOR, "simple", "") == Decoded({})


def test_content_is_decoded_and_parsed():
    spec = parameter({"type": "object"}, "path", "", media_type="application/json")
    assert path_decoder(spec)("%7B%22a%22%3A%5B1%5D%7D") == Decoded({"a": [1]})
    assert encode_path(spec, {"a": [1]}) == "%7B%22a%22%3A%5B1%5D%7D"
    text = parameter(INTEGER, "path", "", media_type="text/plain")
    assert (path_decoder(text)("5"), encode_path(text, 5)) == (Decoded(5), "5")


def test_a_lenient_decoder_takes_the_booleans_of_sdks():
    decoder = path_decoder(parameter({"type": "boolean"}, "path", "simple"), lenient=True)
    assert decoder("True").value is True


@pytest.mark.parametrize(
    ("style", "explode", "value", "wire"),
    [
        ("simple", False, "a:b/c", "a:b%2Fc"),
        ("simple", False, ["a,b", "c:d"], "a%2Cb,c:d"),
        ("label", True, ["a.b", "c"], ".a%2Eb.c"),
        ("matrix", True, ["a;b", "c@d"], ";color=a%3Bb;color=c@d"),
    ],
)
def test_reserved_characters_pass_where_they_end_nothing(style, explode, value, wire):
    spec = parameter(STRINGS, "path", style, explode=explode, allow_reserved=True)
    assert encode_path(spec, value) == wire


def test_a_matrix_name_is_percent_encoded():
    spec = parameter(INTEGER, "path", "matrix", name="größe")
    wire = encode_path(spec, 5)
    assert (wire, path_decoder(spec)(wire)) == (";gr%C3%B6%C3%9Fe=5", Decoded(5))
