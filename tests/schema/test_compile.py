import pytest

from mockserver.schema.algebra import Contradiction, admits_nothing, contradictions
from mockserver.schema.compile import LARGE, Validators, usable_pattern


def test_equal_schemas_share_one_validator() -> None:
    validators = Validators()
    assert validators.compile({"a": 1, "type": "string"}) is validators.compile({"type": "string", "a": 1})


def test_what_was_not_used_for_long_is_forgotten() -> None:
    validators = Validators(limit=2)
    first = validators.compile({"minimum": 1})
    validators.compile({"minimum": 2})
    assert validators.compile({"minimum": 1}) is first
    validators.compile({"minimum": 3})
    assert validators.compile({"minimum": 1}) is first
    validators.compile({"minimum": 4})
    validators.compile({"minimum": 5})
    assert validators.compile({"minimum": 1}) is not first


def test_what_is_large_has_room_for_a_while_and_judges_for_ever() -> None:
    validators = Validators(room=3 * LARGE)
    judges = [validators.compile({"enum": [f"{number} {'x' * LARGE}", number]}) for number in range(8)]
    for _ in range(3):
        for number, judge in enumerate(judges):
            assert judge.is_valid(number)
            assert not judge.is_valid(number + 1)
            assert [found.keyword for found in judge.mismatches(-1)] == ["enum"]
            assert LARGE < validators.room.held < 4 * LARGE
    small = validators.compile({"minimum": 1})
    assert small.is_valid(1)


def test_a_mismatch_names_keyword_value_and_place() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer", "maximum": 3}}}
    (found,) = Validators().compile(schema).mismatches({"a": 7})
    assert (found.keyword, found.path, found.place, found.expected, found.instance) == (
        "maximum",
        ("a",),
        ("$defs", "n", "maximum"),
        3,
        7,
    )


def test_a_union_tells_what_is_wrong_with_each_alternative() -> None:
    (found,) = Validators().compile({"oneOf": [{"type": "string"}, {"type": "null"}]}).mismatches(1)
    assert [[inner.keyword for inner in branch] for branch in found.branches] == [["type"], ["type"]]


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    [
        ({"type": "integer", "maximum": 2**63 - 1}, 2**63, False),
        ({"type": "integer", "maximum": 2**63 - 1}, 2**63 - 1, True),
        ({"type": "integer", "maximum": 10**30}, 10**30 + 1, False),
        ({"type": "integer"}, 1.0, True),
        ({"type": "integer"}, True, False),
        ({"multipleOf": 0.01}, 19.99, True),
        ({"multipleOf": 0.01}, 19.991, False),
        ({"maxLength": 1}, "😀", True),
        ({"format": "date-time"}, "2026-11-22T07:06:34", False),
        ({"format": "date"}, "2026-02-30", False),
        ({"format": "uuid"}, "not-a-uuid", False),
        ({"format": "email"}, "nobody", False),
        ({"format": "uri"}, "a b", False),
        ({"format": "byte"}, "aGVsbG8=", True),
        ({"format": "byte"}, "@@@", False),
        ({"format": "byte"}, "aGVsbG8", False),  # RFC 4648 §3.2: with its pad
        ({"format": "byte"}, "aGVs\nbG8=", False),  # §3.3: no character beyond the alphabet
        ({"format": "byte"}, "-_-_", False),  # §4, not §5
        ({"format": "unheard-of"}, "anything", True),
        ({"pattern": "^\\d+$"}, "\u0663", False),
        ({"pattern": "^a$"}, "a\n", False),
        ({"pattern": "b"}, "abc", True),
    ],
)
def test_values_are_judged_exactly(schema: object, value: object, *, fits: bool) -> None:
    assert Validators().compile(schema).is_valid(value) is fits


@pytest.mark.parametrize(
    ("pattern", "fits", "differs"),
    [
        (r"^[\w-.]+$", "a-b.c", "a b"),
        (r"^a\Z", "a", "ab"),
        (r"\Aa$", "a", "ba"),
        (r"^(?P<year>\d{4})$", "2026", "26"),
        (r"^a{,3}$", "aaa", "aaaa"),
        (r"^[^]$", "\n", ""),
        (r"^[a-z\d-_]+$", "a-1_", "A"),
        (r"^\@\ü$", "@ü", "@"),
        (r"^{x}$", "{x}", "x"),
    ],
)
def test_a_pattern_of_another_engine_means_what_it_meant(pattern: str, fits: str, differs: str) -> None:
    # OAS 3.1 §4.4.1 and ECMA-262 Annex B
    validator = Validators().compile({"pattern": pattern})
    assert (validator.is_valid(fits), validator.is_valid(differs), validator.dropped) == (True, False, ())


def test_a_pattern_that_is_none_constrains_nothing_and_is_named() -> None:
    validator = Validators().compile({"properties": {"a": {"pattern": "(["}}, "patternProperties": {"(": {}}})
    assert validator.is_valid({"a": "x"})
    assert set(validator.dropped) == {"([", "("}
    assert usable_pattern("([") is None


def test_colliding_keywords_are_named() -> None:
    schema = {"properties": {"a": {"type": "string", "minLength": 5, "maxLength": 3}}}
    assert list(contradictions(schema)) == [Contradiction("/properties/a", ("type", "minLength", "maxLength"))]


def test_a_literal_false_is_meant() -> None:
    assert list(contradictions({"properties": {"a": False}})) == []


def test_only_a_proof_says_that_nothing_fits() -> None:
    assert admits_nothing({"type": "integer", "minimum": 3, "maximum": 2})
    assert not admits_nothing({"type": "integer", "minimum": 2})
