from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_specs import LAW

from mockserver.wire.json import JSONSyntaxError, ascii_dumps, dumps, loads

BIG = 2**64


@pytest.mark.parametrize(
    ("text", "reason", "line", "column", "offset"),
    [
        (b"", "Input is a zero-length, empty document", 1, 1, 0),
        (b"[1,\n x]", "unexpected character, expected a JSON value", 2, 2, 5),
        (b'{"a":\n "\xff"}', "a byte that is not UTF-8", 2, 3, 8),
        (b"NaN", "unexpected character, expected a JSON value", 1, 1, 0),
        (b"\xef\xbb\xbf1", "UTF-8 byte order mark (BOM) is not supported", 1, 1, 0),
    ],
)
def test_what_is_no_json_is_told_with_its_place(text, reason, line, column, offset):
    with pytest.raises(JSONSyntaxError) as caught:
        loads(text)
    error = caught.value
    assert str(error) == f"{reason} at line {line}, column {column} (offset {offset})"
    assert (error.line, error.column, error.offset) == (line, column, offset)


def test_integers_beyond_64_bits_are_exact_both_ways():
    text = b'{"a":[18446744073709551616,-9223372036854775809],"b":18446744073709551615}'
    value = {"a": [BIG, -(2**63) - 1], "b": BIG - 1}
    assert (loads(text), dumps(value)) == (value, text)


def test_long_digits_in_strings_and_fractions_change_nothing():
    assert loads(b'["99999999999999999999"]') == ["99999999999999999999"]
    assert loads(b"[0.30000000000000000000001]") == [0.3]


def test_an_integer_of_thousands_of_digits_is_refused():
    with pytest.raises(JSONSyntaxError):
        loads(b"9" * 5000)


def test_nesting_without_end_is_refused():
    with pytest.raises(JSONSyntaxError, match="depth limit"):
        loads(b"[" * 100_000)


def test_a_long_integer_deep_down_is_exact_or_refused():
    text = b"[" * 1020 + b"12345678901234567890" + b"]" * 1020
    try:
        value = loads(text)
    except JSONSyntaxError:
        return
    while isinstance(value, list):
        (value,) = value
    assert value == 12345678901234567890


def test_the_last_of_two_members_of_one_name_counts():
    assert loads(b'{"a":1,"a":2}') == {"a": 2}


def test_half_of_a_surrogate_pair_is_written_as_an_escape():
    assert dumps(["\ud800"]) == b'["\\ud800"]'


def test_text_is_utf_8_or_ascii_as_the_place_demands():
    assert (dumps("Zoë"), ascii_dumps("Zoë")) == ('"Zoë"'.encode(), '"Zo\\u00eb"')


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@LAW
@given(VALUES)
def test_every_value_comes_back(value):
    assert loads(dumps(value)) == value


@LAW
@given(st.binary())
def test_reading_bytes_raises_nothing_but_its_own_error(text):
    with suppress(JSONSyntaxError):
        loads(text)
