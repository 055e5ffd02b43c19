"""What is marked is what is listed; what a value takes is judged by another validator; merging is union."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockserver.api.contract import load_contract
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.coverage.shapes import Shapes
from mockserver.coverage.stored import Seen, merged, read, written
from mockserver.coverage.universe import universe
from mockserver.document.documents import Documents
from mockserver.edges.clock import SystemClock
from mockserver.errors import MockserverError, UsageError
from mockserver.jobs.answer import Service, Settings
from mockserver.jobs.coverage import Coverage, covered_of
from mockserver.jobs.sample import Sampler
from mockserver.jobs.serve import Session
from mockserver.schema.compile import Validators
from mockserver.values import replace

ROOT = Path(__file__).parents[2]
WISHES = ("dynamic=true", "dynamic=true, seed=3", "code=400", "code=404")


@pytest.mark.parametrize("file", ["contracts/shipping.yaml", "contracts/payments.yaml", "tests/cases/petstore.yaml"])
def test_nothing_is_seen_that_is_not_listed(file: str) -> None:
    contract = load_contract(ROOT / file)
    service, coverage = Service(contract, Validators()), Coverage()
    session = Session([service], Settings(security=False), SystemClock())
    session.observer = coverage.observer([service])
    sampler = Sampler(service.plans, Validators())
    for operation in contract.operations:
        for everything in (False, True):
            try:
                request = sampler.request(operation, everything=everything)
            except MockserverError:
                continue
            for wish in WISHES:
                target = f"/{service.name}{request.target}"
                session.serve(replace(request, target=target, headers=(*request.headers, ("Prefer", wish))))
    (seen,) = coverage.seen()
    found = covered_of(contract, seen)
    assert seen.keys == found.seen
    assert not seen.broken
    assert len(found.used) == len(contract.operations)
    assert found.of_used.seen > found.of_used.all / 4


def contract_of(schema: Any, version: str = "3.1.0", **components: Any) -> Contract:
    """Return a contract whose one answer has a schema."""
    media = {"application/json": {"schema": schema}}
    document = {
        "openapi": version,
        "info": {"title": "x", "version": "1"},
        "paths": {"/x": {"get": {"responses": {"200": {"description": "ok", "content": media}}}}},
        "components": {"schemas": components},
    }
    return load("x", Documents("x.json", {"x.json": json.dumps(document).encode()}))


def marked(contract: Contract, value: Any) -> set[str]:
    """Return the keys of the schema that a value marks, without their places."""
    shapes = Shapes(contract.documents, contract.dialect, Validators())
    place = "/paths/~1x/get/responses/200/content/application~1json/schema"
    seen: set[str] = set()
    shapes.of(contract.documents.node("x.json", place), "shown").mark(value, seen)
    assert seen <= universe(contract, shapes).points.keys()
    return {key.removeprefix("shown #").removeprefix(place).removeprefix("/components/schemas/") for key in seen}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "bb", "2026-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "kind"]), inner, max_size=3),
    max_leaves=6,
)
BRANCHES: list[Any] = [
    {"type": "string", "minLength": 1},
    {"type": "integer", "minimum": 0},
    {"type": "object", "required": ["a"], "properties": {"a": {"type": ["integer", "null"]}}},
    {"type": "array", "items": {"type": "string"}},
    {"type": "null"},
    {"enum": [1, "a"]},
]


@given(VALUES)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_branches_that_a_value_takes_are_those_that_another_validator_admits(value: Any) -> None:
    contract = contract_of({"anyOf": [{"title": f"b{index}", **one} for index, one in enumerate(BRANCHES)]})
    taken = {key.rpartition(" ")[2] for key in marked(contract, value) if " union " in key}
    admitted = {f"b{index}" for index, one in enumerate(BRANCHES) if Draft202012Validator(one).is_valid(value)}
    assert taken == admitted


def test_nullable_of_3_0_is_counted_with_and_without_a_union() -> None:
    schema = {
        "type": "object",
        "properties": {
            "plain": {"type": "string", "nullable": True},
            "whole": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Part"}]},
        },
    }
    contract = contract_of(schema, "3.0.3", Part={"type": "object", "properties": {"a": {"type": "string"}}})
    assert marked(contract, {"plain": None, "whole": None}) == {
        "/properties/plain optional there", "/properties/plain type null",
        "/properties/whole optional there", "/properties/whole type null",
    }  # fmt: skip
    assert marked(contract, {"plain": "x", "whole": {}}) == {
        "/properties/plain optional there", "/properties/plain type string",
        "/properties/whole optional there", "/properties/whole type not null",
        "Part/properties/a optional left out",
    }  # fmt: skip


def test_what_a_sibling_of_an_all_of_requires_is_not_optional() -> None:
    schema = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["a"]}]}
    contract = contract_of(schema, Base={"properties": {"a": {"type": "string"}, "b": {"type": "string"}}})
    assert marked(contract, {"a": "x"}) == {"Base/properties/b optional left out"}


def test_conditions_dependents_patterns_and_maps_lead_on() -> None:
    word = {"enum": ["x", "y"]}
    schema = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}},
        "patternProperties": {"^p_": word},
        "additionalProperties": word,
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"properties": {"kind": True, "t": {"type": "string"}}},
        "else": {"properties": {"e": {"type": "string"}}},
        "dependentSchemas": {"d": {"properties": {"with_d": {"type": "string"}}}},
    }
    assert marked(contract_of(schema), {"kind": "a", "p_1": "x", "other": "y", "d": "x"}) == {
        '/patternProperties/^p_ enum "x"', '/additionalProperties enum "y"', '/additionalProperties enum "x"',
        "/then/properties/t optional left out", "/then/properties/kind optional there",
        "/dependentSchemas/d/properties/with_d optional left out",
    } - {"/then/properties/kind optional there"}  # fmt: skip
    assert marked(contract_of(schema), {"kind": "b"}) == {"/else/properties/e optional left out"}


def test_a_discriminator_decides_where_branches_overlap() -> None:
    part = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    schema = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"meow": "#/components/schemas/Cat"}},
    }
    contract = contract_of(schema, Cat=part, Dog=part)
    assert marked(contract, {"kind": "meow"}) == {" union Cat"}
    assert marked(contract, {"kind": "Dog"}) == {" union Dog"}


def test_schemas_in_circles_are_walked_as_deep_as_the_value() -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Tree"}}}
    contract = contract_of({"$ref": "#/components/schemas/Tree"}, Tree=tree)
    value: Any = {}
    for _ in range(50):
        value = {"next": value}
    assert marked(contract, value) == {"Tree/properties/next optional there", "Tree/properties/next optional left out"}


def test_a_schema_that_refers_to_itself_alone_is_told_and_stops_nothing() -> None:
    loop = {"allOf": [{"$ref": "#/components/schemas/Loop"}], "properties": {"a": {"type": "string"}}}
    with pytest.raises(RecursionError):
        marked(contract_of({"$ref": "#/components/schemas/Loop"}, Loop=loop), {"a": "x"})


KEYS = st.frozensets(st.sampled_from("abcdef"))


@given(st.lists(st.tuples(st.sampled_from(["one", "two"]), KEYS), max_size=6))
def test_merging_has_no_order_and_twice_is_once(runs: list[tuple[str, frozenset[str]]]) -> None:
    seen = [Seen(name, f"{name}.yaml", "d", keys) for name, keys in runs]
    joined = merged(seen)
    assert merged(reversed(seen)) == joined == merged([*joined, *seen])
    assert read(written(seen), "file") == joined


def test_two_editions_of_a_contract_are_not_joined() -> None:
    with pytest.raises(UsageError, match="two editions of one"):
        merged([Seen("one", "one.yaml", "a", frozenset()), Seen("one", "one.yaml", "b", frozenset())])
