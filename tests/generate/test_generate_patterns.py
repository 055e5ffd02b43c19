import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.generate.charsets import complement, meet, ranges_of
from mockserver.generate.dice import Roll
from mockserver.generate.intersection import find_strings
from mockserver.generate.patterns import writer
from mockserver.generate.regex import Back, Chars, Either, Group, Look, Repeat, Sequence, Unreadable, parse
from mockserver.schema.compile import Validators

A, B = Chars(((97, 97),)), Chars(((98, 98),))


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        ("ab", Sequence((A, B))),
        ("a|b", Either((A, B))),
        ("a{2,}", Repeat(A, 2, None)),
        ("a{,3}", Repeat(A, 0, 3)),
        ("a*?", Repeat(A, 0, None)),
        ("(a)\\1", Sequence((Group(A, 1, ""), Back(1)))),
        ("(?<n>a)\\k<n>", Sequence((Group(A, 1, "n"), Back("n")))),
        ("(?P<n>a)(?P=n)", Sequence((Group(A, 1, "n"), Back("n")))),
        ("(?:a)", A),
        ("(?=a)", Look(A, ahead=True, negative=False)),
        ("(?<!a)", Look(A, ahead=False, negative=True)),
        ("[a-c]", Chars(((97, 99),))),
        ("[ab]", Chars(((97, 98),))),
        ("[a\\-]", Chars(((45, 45), (97, 97)))),
        ("[\\d-x]", Chars(((45, 45), (48, 57), (120, 120)))),
        ("\\x61", A),
        ("\\u0061", A),
        ("\\u{61}", A),
        ("\\ud83d\\ude00", Chars(((0x1F600, 0x1F600),))),
        ("[[:digit:]]", Chars(((48, 57),))),
        ("{", Chars(((123, 123),))),
        ("(?#why)a", Sequence((Sequence(()), A))),
    ],
)
def test_a_pattern_is_read_as_ecma_262_means_it(pattern, tree):
    assert parse(pattern) == tree


@pytest.mark.parametrize("pattern", ["(", ")", "[a", "*", "a\\", "(?<n", "(?z)", "\\u{zz}", "\\u{ffffff}"])
def test_what_is_no_pattern_is_unreadable(pattern):
    with pytest.raises(Unreadable):
        parse(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]{2,10}$",
        "^\\d{4}-\\d{2}-\\d{2}$",
        "^(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}$",
        "^#([0-9a-fA-F]{3}){1,2}$",
        "^[^/]+/[^/]+$",
        "^\\p{Lu}\\p{L}*$",
        "^(?:a|bb|ccc)+$",
        "^(?<x>[ab])-\\k<x>$",
        "^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$",
        "\\bword\\b",
        "^(a?){3}$",
        "^[\\s\\S]{3}$",
        "^[\\u4e00-\\u9fa5]+$",
        "",
    ],
)
def test_what_is_written_along_a_pattern_is_matched_by_it(pattern):
    fits = Validators().compile({"pattern": pattern}).is_valid
    writes = writer(parse(pattern))
    roll = Roll(1)
    texts = [writes.draw(roll) for _ in range(40)]
    assert [text for text in texts if not fits(text)] == []


def test_a_text_is_as_long_as_it_is_asked_to_be():
    writes = writer(parse("^[a-z]+(-[a-z]+)*$"))
    roll = Roll(1)
    lengths = [len(writes.draw(roll, 20, 20)) for _ in range(40)]
    assert lengths.count(20) > 30  # the rest is judged, and drawn again


def test_runs_of_letters_are_words():
    writes = writer(parse("^[a-z-]{12}$"))
    assert re.fullmatch(r"[a-z]{3,}-[a-z-]+", writes.draw(Roll(1)))


@pytest.mark.parametrize(
    ("patterns", "lengths"),
    [
        (("^a.*z$", "\\d{3}"), (0, None)),
        (("^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).{8,}$",), (0, None)),
        (("^(?!a)[ab]{3}$",), (0, 3)),
        (("^x", "y$"), (200, 200)),
        (("^\\d{1,3}(,\\d{3})*$", "^.{9}$"), (0, 12)),
        (("^(ab|ba)+$", "^a.*a$"), (4, None)),
    ],
)
def test_strings_that_several_patterns_admit_are_found(patterns, lengths):
    found = list(find_strings([parse(pattern) for pattern in patterns], *lengths))
    assert found
    for text in found:
        assert all(re.search(pattern, text) for pattern in patterns)
        assert lengths[0] <= len(text) <= (lengths[1] or 10**6)


def test_patterns_that_exclude_one_another_have_no_string():
    assert list(find_strings([parse("^a+$"), parse("^b")], 0, None)) == []


def test_a_search_that_would_be_too_long_finds_nothing():
    assert list(find_strings([parse("a{9999}")], 0, None)) == []


RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted).map(tuple)).map(ranges_of)


@given(RANGES, RANGES)
@settings(derandomize=True, database=None)
def test_character_sets_obey_the_laws_of_sets(one, other):
    def points(ranges):
        return {point for low, high in ranges for point in range(low, min(high, 99) + 1)}

    assert points(meet(one, other)) == points(one) & points(other)
    assert points(complement(one)) == set(range(100)) - points(one)
    assert complement(complement(one)) == one
