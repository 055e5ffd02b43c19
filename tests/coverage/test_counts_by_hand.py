"""The table in shipping_by_hand.toml was counted by people, before there was a program that counts."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mockserver.api.contract import load_contract
from mockserver.api.mock_api import Loaded
from mockserver.contract.plan import Plan
from mockserver.contract.reading import read_request
from mockserver.contract.route import Routed
from mockserver.coverage.counts import Count, Covered, covered
from mockserver.coverage.measure import Measure
from mockserver.coverage.universe import universe
from mockserver.exchange import Request, Response
from mockserver.schema.compile import Validators

ROOT = Path(__file__).parents[2]
BY_HAND = tomllib.loads((Path(__file__).parent / "shipping_by_hand.toml").read_text(encoding="utf-8"))
WORDS = {
    "types": "type",
    "enums": "enum",
    "unions": "union",
    "optionals": "optional",
}


def counted(found: dict[tuple[str, str], int]) -> dict[str, Any]:
    """Write counts as the table does."""
    return {
        "operations": found.get(("sent", "operation"), 0),
        "parameters": found.get(("sent", "parameter"), 0),
        "media_types_sent": found.get(("sent", "media type"), 0),
        "statuses": found.get(("shown", "status"), 0),
        "media_types_shown": found.get(("shown", "media type"), 0),
        **{said: {word: found.get((said, kind), 0) for word, kind in WORDS.items()} for said in ("sent", "shown")},
    }


def with_nulls(value: Any) -> Any:
    """TOML has no null: the table says "null" for it."""
    match value:
        case "null":
            return None
        case dict():
            return {name: with_nulls(member) for name, member in value.items()}
        case list():
            return [with_nulls(item) for item in value]
        case _:
            return value


@pytest.fixture(scope="module")
def suite() -> Covered:
    service = Loaded(ROOT / "contracts").service("shipping", lenient=False)
    measure = Measure(service.plans, Validators())
    for one in BY_HAND["exchanges"]:
        method, _, target = one["request"].partition(" ")
        body = json.dumps(with_nulls(one["body"])).encode() if "body" in one else b""
        headers = (("X-Api-Key", "any"), ("Idempotency-Key", "3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c11"))
        headers += (("Content-Type", "application/json"),) if body else ()
        request = Request(method, target, headers, body)
        route = service.router.route(method, request.path, request.query)
        assert isinstance(route, Routed)
        plan = service.plans.of(route.operation)
        assert isinstance(plan, Plan)
        reading = read_request(service.plans, plan, request, route.captures)
        if not all(value.valid for value in reading.parameters()):
            continue  # a mock refuses it
        status, answer = one["answer"]
        kind = "application/json" if status < 400 else "application/problem+json"
        response = Response(status, (("Content-Type", kind),), json.dumps(with_nulls(answer)).encode())
        measure.note(route.operation.name, request, reading, response)
    assert not measure.broken
    return covered(universe(service.contract, measure.shapes), measure.seen)


def test_what_the_contract_admits(suite: Covered) -> None:
    assert counted({pair: count.all for pair, count in suite.kinds().items()}) == BY_HAND["contract"]


def test_what_the_operations_admit_that_are_used(suite: Covered) -> None:
    used = suite.kinds(suite.universe.of(suite.used))
    assert counted({pair: count.all for pair, count in used.items()}) == BY_HAND["used"]


def test_what_the_suite_has_seen(suite: Covered) -> None:
    assert counted({pair: count.seen for pair, count in suite.kinds().items()}) == BY_HAND["seen"]


def test_two_figures_are_told(suite: Covered) -> None:
    assert (suite.contract, suite.of_used) == (Count(81, 386), Count(81, 242))


def test_every_contract_of_ours_can_be_counted() -> None:
    for name in ("shipping", "payments"):
        contract = load_contract(name, contracts=ROOT / "contracts")
        measure = Measure(Loaded(ROOT / "contracts").service(name, lenient=False).plans, Validators())
        found = universe(contract, measure.shapes)
        assert not found.broken
        names = [operation.name for operation in contract.operations]
        assert found.of(names) == found.points.keys()
        assert len(found.points) > 100
