"""Inclusion of regular expressions, judged by the engine on all short texts."""

import itertools
import random

import jsonschema_rs
import pytest

from mockserver.generate.languages import is_within

ATOMS = ["a", "b", ".", "[ab]", "[^a]", "(ab|b)", r"\w", "a|b", "(?:b)"]
COUNTS = ["", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}"]
TEXTS = ["".join(text) for length in range(5) for text in itertools.product("ab\n\r", repeat=length)]


def drawn(roll: random.Random) -> str:
    inner = "".join(f"(?:{atom}){roll.choice(COUNTS)}" for atom in roll.choices(ATOMS, k=roll.randint(0, 3)))
    ahead = roll.choice(["", "", "", "(?!a)", "(?=.b)"])
    return f"{roll.choice(['^', '^', ''])}{ahead}{inner}{roll.choice(['$', '$', ''])}"


def admitted(pattern: str) -> set[str]:
    validator = jsonschema_rs.validator_for({"pattern": pattern})
    return {text for text in TEXTS if validator.is_valid(text)}


@pytest.mark.parametrize("seed", range(8))
def test_what_is_proved_holds_for_all_short_texts(seed: int) -> None:
    roll = random.Random(seed)
    patterns = [drawn(roll) for _ in range(14)]
    known = {pattern: admitted(pattern) for pattern in patterns}
    proved = 0
    for narrow, wide in itertools.product(patterns, patterns):
        if is_within((narrow,), wide):
            proved += 1
            assert known[narrow] <= known[wide], (narrow, wide)
    assert proved >= len(set(patterns)) / 2


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (["^[a-z]{2}$"], "^[a-z]{2,3}$"),
        (["^(foo|bar)$"], "^(foo|bar|baz)$"),
        (["^[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}$"], "^[a-f0-9-]{36}$"),
        (["^[0-9]{3}$"], r"^\d\d\d$"),
        (["^a", "z$"], "^a(.|\\s)*z$"),
        (["^(?!x).*$"], "^(?!xy).*$"),
        ([r"^[\s\S]{1,64}$"], r"^[\s\S]{0,128}$"),
        (["^[A-Z]{2}$"], r"^[\s\S]{2,2}$"),
        ([], ".*"),
    ],
    ids=str,
)
def test_an_inclusion_is_proved(narrow: list[str], wide: str) -> None:
    assert is_within(tuple(narrow), wide)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (["^[a-z]+$"], "^[a-y]+$"),
        (["[a-z]"], "^[a-z]"),
        (["^a|b$"], "^(a|b)$"),
        ([], "^.*$"),
        (["^[^\\n]*$"], "^.*$"),
        ([r"^[\s\S]{1,64}$"], r"^[\s\S]{0,63}$"),
        (["(?i)^a$"], "^a$"),
        ([r"(a)\1"], "a"),
        ([r"\ba"], "a"),
        (["("], "a"),
    ],
    ids=str,
)
def test_what_does_not_hold_or_cannot_be_told_is_not_proved(narrow: list[str], wide: str) -> None:
    assert not is_within(tuple(narrow), wide)
