"""Verdicts hold: what is called compatible refuses no value, and what breaks has a witness. Judged by jsonschema."""

import datetime as dt

import jsonschema
import pytest
from schema_pairs import document, pair

from mockserver.contract.plan import Plan, Plans
from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.jobs.diff import diff
from mockserver.schema.compile import Validators
from mockserver.schema.discriminated import discriminated

TODAY = dt.date(2026, 11, 22)


def body_schema(contract, direction):
    plans = Plans(contract, Validators())
    plan = plans.of(contract.operations[0])
    assert isinstance(plan, Plan)
    content = plan.body.content if direction == "request" else plan.responses[0].content
    return plans.media(content[0], direction).bundle.schema


@pytest.mark.parametrize("seed", range(0, 240, 2))
def test_a_verdict_is_true(seed: int) -> None:
    old, new = pair(seed)
    found = diff(old, new, today=TODAY).changes
    for direction, left, right in (("request", old, new), ("response", new, old)):
        passes, judges = body_schema(left, direction), body_schema(right, direction)
        theirs, ours = (
            jsonschema.Draft202012Validator(
                discriminated(schema), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
            )
            for schema in (passes, judges)
        )
        changes = [change for change in found if change.direction == direction]
        for change in changes:
            if change.verdict == "breaking":
                value = change.witness["request" if direction == "request" else "response"]["body"]
                assert theirs.is_valid(value)
                assert not ours.is_valid(value)
        if all(change.verdict == "compatible" for change in changes):
            for value in values(passes):
                assert ours.is_valid(value), (seed, direction, value)


def values(schema):
    try:
        generator = Generator(schema, Validators())
        return [generator.draw(number) for number in range(40)]
    except Unsatisfiable:
        return []


def test_pairs_differ_and_are_documents() -> None:
    old, new = pair(1)
    assert old.root.tree != new.root.tree
    assert document({})["openapi"] == "3.1.1"
