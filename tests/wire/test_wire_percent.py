import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_specs import LAW

from mockserver.wire import percent
from mockserver.wire.reading import SpellingError, UnspellableError


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("a%2Fb", "a/b"),
        ("a%2fb", "a/b"),
        ("%C3%BC", "ü"),
        ("a+b", "a+b"),
        ("100%", "100%"),
        ("%zz%2", "%zz%2"),
        ("%00", "\0"),
        ("%2525", "%25"),
        ("é%20", "é "),
    ],
)
def test_escapes_are_undone_once_and_a_lone_percent_sign_stands_for_itself(raw, text):
    assert percent.decode(raw) == text


def test_plus_is_a_space_in_a_query_only():
    assert (percent.decode_plus("a+b%2Bc"), percent.decode("a+b%2Bc")) == ("a b+c", "a+b+c")


@pytest.mark.parametrize("raw", ["%FF", "%C3", "%ED%A0%80", "\udcff"])
def test_octets_that_are_not_utf_8_are_misspelled(raw):
    with pytest.raises(SpellingError, match="not UTF-8"):
        percent.decode(raw)


def test_half_of_a_surrogate_pair_cannot_be_spelled():
    with pytest.raises(UnspellableError, match="surrogate"):
        percent.encode("\ud800")


@LAW
@given(st.text())
def test_every_text_comes_back(text):
    encoded = percent.encode(text)
    assert (percent.decode(encoded), percent.decode_plus(encoded), encoded.isascii()) == (text, text, True)


@LAW
@given(st.text())
def test_reserved_characters_that_are_kept_come_back_too(text):
    assert percent.decode_plus(percent.encode(text, percent.RESERVED_IN_QUERY)) == text
    assert percent.decode(percent.encode(text, percent.RESERVED_IN_PATH)) == text
    assert percent.decode(percent.encode(text, percent.RESERVED_IN_COOKIE)) == text
