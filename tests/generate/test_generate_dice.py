from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.generate.dice import MASK, Roll, below, chooser, constant, fork, salt_of
from mockserver.generate.moments import moment
from mockserver.generate.names import singular, words_of

SEEDS = st.integers(0, MASK)


@given(SEEDS, st.text(), st.integers(1, 2**200))
@settings(derandomize=True, database=None)
def test_a_number_is_below_its_limit(seed, name, limit):
    assert 0 <= below(seed, salt_of(name), limit) < limit
    assert 0 <= Roll(seed).below(limit) < limit


@pytest.mark.parametrize("limit", [2, 3, 10, 256])
def test_every_number_comes_about_as_often(limit):
    drawn = Counter(below(fork(seed, 1), salt_of("x"), limit) for seed in range(limit * 400))
    rolled = Counter(Roll(seed).below(limit) for seed in range(limit * 400))
    for counts in (drawn, rolled):
        assert len(counts) == limit
        assert min(counts.values()) > 200
        assert max(counts.values()) < 600


def test_places_with_other_names_draw_apart():
    same = sum(below(fork(seed, 1), salt_of("a"), 10) == below(fork(seed, 1), salt_of("b"), 10) for seed in range(1000))
    assert 50 < same < 150


def test_one_option_is_always_taken():
    assert {chooser(["a"], 3)(seed) for seed in range(9)} == {constant("a")(1)}


def test_a_row_of_numbers_is_the_same_for_the_same_seed():
    assert [Roll(5).next() for _ in range(3)] == [Roll(5).next()] * 3
    one, other = Roll(5), Roll(6)
    assert [one.next() for _ in range(4)] != [other.next() for _ in range(4)]


def test_a_chance_is_a_share():
    roll = Roll(1)
    assert 200 < sum(roll.chance(30) for _ in range(1000)) < 400


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("shippingAddress", ("shipping", "address")),
        ("HTTPStatus", ("http", "status")),
        ("clusterIPs", ("cluster", "ips")),
        ("X-Request-ID", ("x", "request", "id")),
        ("line_2", ("line", "2")),
        ("addressLine1", ("address", "line", "1")),
        ("", ()),
        ("日本", ()),
    ],
)
def test_a_name_is_split_into_its_words(name, words):
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("people", "person"),
        ("companies", "company"),
        ("boxes", "box"),
        ("users", "user"),
        ("status", "status"),
        ("gas", "gas"),
    ],
)
def test_a_word_for_many_has_a_word_for_one(many, one):
    assert singular(many) == one


@pytest.mark.parametrize("spelling", ["date-time", "local-date-time", "date", "time", "text-seconds"])
def test_a_moment_is_spelled_as_asked(spelling):
    check_moments(spelling, str)


@pytest.mark.parametrize("spelling", ["seconds", "milliseconds"])
def test_a_moment_is_counted_as_asked(spelling):
    check_moments(spelling, int)


def check_moments(spelling, shape):
    for name in (("created", "at"), ("birth", "date")):
        drawn = {moment(name, spelling)(fork(seed, 1)) for seed in range(20)}
        assert {type(value) for value in drawn} == {shape}
        assert len(drawn) > 5
