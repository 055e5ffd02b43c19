"""What tells values apart at a glance: never apart where a value has both, by an independent validator."""

import itertools

import jsonschema
import pytest

from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.schema.cases import Cases
from mockserver.schema.compile import Validators
from mockserver.schema.edition import Edition
from mockserver.schema.terms import Term, Terms


def tagged(tag, *, required=True):
    return {"type": "object", "properties": {"kind": {"const": tag}}, **({"required": ["kind"]} if required else {})}


SCHEMAS = [
    True,
    False,
    {"type": "string"},
    {"type": ["string", "null"]},
    {"type": "integer"},
    {"type": "number"},
    {"enum": ["a", 1]},
    {"const": 1.0},
    {"const": True},
    {"enum": ["b"]},
    tagged("a"),
    tagged("b"),
    tagged("a", required=False),
    {"anyOf": [tagged("a"), tagged("b")]},
    {"oneOf": [{"type": "string"}, tagged("b")]},
    {"allOf": [{"type": "object"}, tagged("a")]},
    {"type": "array"},
]
VALUES = [None, True, False, 0, 1, 1.0, 1.5, "a", "b", "", [], [1], {}, {"kind": "a"}, {"kind": "b"}, {"kind": 1}]


@pytest.fixture(scope="module")
def edition() -> Edition:
    held = load("api", Documents("api.json", {"api.json": b'{"openapi": "3.1.1", "info": {}, "paths": {}}'}))
    return Edition(held.documents, held.dialect, "request")


@pytest.fixture(scope="module")
def cases() -> Cases:
    return Cases(Terms(lambda *_: False, Validators()))


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations_with_replacement(SCHEMAS, 2)), ids=str)
def test_what_is_apart_shares_no_value(one, other, edition: Edition, cases: Cases) -> None:
    if cases.marker.apart([Term(edition, one)], [Term(edition, other)]):
        judges = jsonschema.Draft202012Validator(one), jsonschema.Draft202012Validator(other)
        assert [value for value in VALUES if all(judge.is_valid(value) for judge in judges)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": "string"}, {"type": "integer"}),
        ({"enum": ["a"]}, {"enum": ["b"]}),
        (tagged("a"), tagged("b")),
        (tagged("a"), tagged("b", required=False)),
        ({"anyOf": [tagged("a"), tagged("b")]}, tagged("c")),
        ({"allOf": [{"type": ["object", "string"]}, {"type": "object"}]}, {"type": "string"}),
    ],
    ids=str,
)
def test_kinds_listed_values_and_tags_tell_apart(one, other, edition: Edition, cases: Cases) -> None:
    assert cases.marker.apart([Term(edition, one)], [Term(edition, other)])


def test_optional_tags_on_both_sides_tell_nothing_apart(edition: Edition, cases: Cases) -> None:
    sides = [Term(edition, tagged(tag, required=False)) for tag in ("a", "b")]
    assert not cases.marker.apart(sides[:1], sides[1:])  # an object without the tag fits both


def test_cases_drop_alternatives_that_cannot_be(edition: Edition, cases: Cases) -> None:
    union = Term(edition, {"anyOf": [tagged("a"), tagged("b"), {"type": "string"}]})
    atoms, _ = cases.settled((union, Term(edition, tagged("b"))))
    assert all("anyOf" not in atom.schema for atom in atoms)
    assert {"const": "b"} in [atom.schema["properties"]["kind"] for atom in atoms if "properties" in atom.schema]


def test_cases_take_the_way_of_a_condition_that_is_met(edition: Edition, cases: Cases) -> None:
    condition = {"if": tagged("a"), "then": {"required": ["x"]}, "else": {"required": ["y"]}}
    for tag, name in (("a", "x"), ("b", "y")):
        atoms, _ = cases.settled((Term(edition, condition), Term(edition, tagged(tag))))
        required = [wanted for atom in atoms for wanted in atom.schema.get("required", ())]
        assert sorted(required) == ["kind", name]


def test_the_cases_of_a_union_are_all_that_there_is(edition: Edition, cases: Cases) -> None:
    union = {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 3}, {"type": "string"}]}
    (split,) = cases.unions((Term(edition, union),))
    judge = jsonschema.Draft202012Validator(union)
    parts = [[jsonschema.Draft202012Validator(term.schema) for term in case] for case in split]
    for value in (1, 2.5, 3, 3.5, "a", None):
        in_cases = [all(one.is_valid(value) for one in part) for part in parts]
        assert any(in_cases) is judge.is_valid(value), value
