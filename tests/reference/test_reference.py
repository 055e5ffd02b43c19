"""The reference implementations keep their contracts as long as no drift is switched on, and break them when one is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import payments_live
import pytest
import shipping_live
from drifts import DRIFTS, Drift
from flows import FLOWS
from verdicts import OpenAPICore

from mockserver.api.contract import load_contract
from mockserver.checks.received import Received
from mockserver.checks.request import check_request
from mockserver.checks.response import check_response
from mockserver.contract.plan import Plan
from mockserver.contract.reading import read_request
from mockserver.contract.route import Routed
from mockserver.exchange import Exchange, Response
from mockserver.jobs.service import Service
from mockserver.schema.compile import Validators
from mockserver.violation import Violation, errors_in

CONTRACTS = Path(__file__).parents[2] / "contracts"
MAKERS = {"shipping": shipping_live.make, "payments": payments_live.make}
SERVICES = {name: Service(load_contract(CONTRACTS / f"{name}.yaml"), Validators()) for name in MAKERS}


def exchanges(service: str, *drifts: str) -> list[Exchange]:
    app = MAKERS[service]()
    app.extensions["live"].switch(*drifts)
    return list(FLOWS[service](app.test_client()))


def judged(service: str, observed: Iterable[Exchange]) -> Iterable[tuple[str, Exchange, tuple[Violation, ...]]]:
    ours = SERVICES[service]
    for exchange in observed:
        request = exchange.request
        route = ours.router.route(request.method, request.path, request.query)
        assert isinstance(route, Routed), request.target
        plan = ours.plans.of(route.operation)
        assert isinstance(plan, Plan)
        assert isinstance(exchange.outcome, Response)
        reading = read_request(ours.plans, plan, request, route.captures)
        broken = errors_in(check_request(Received(request, plan, reading)))
        if exchange.outcome.status < 400:
            assert broken == (), request
        yield route.operation.name, exchange, errors_in(check_response(ours.plans, plan, request, exchange.outcome))


@pytest.mark.parametrize("service", MAKERS)
def test_nothing_breaks_the_contract_without_drift(service: str) -> None:
    found = [(name, one.message) for name, _, broken in judged(service, exchanges(service)) for one in broken]
    assert found == []


@pytest.mark.parametrize("service", MAKERS)
def test_openapi_core_agrees(service: str) -> None:
    core = OpenAPICore(SERVICES[service].contract.root.tree)
    said = {}
    for exchange in exchanges(service):
        assert isinstance(exchange.outcome, Response)
        verdict = core.of_response(exchange.request, exchange.outcome)
        if verdict:
            said[exchange.request.method, exchange.request.target, exchange.outcome.status] = verdict
    assert said == {}


@pytest.mark.parametrize("service", MAKERS)
def test_every_operation_is_called(service: str) -> None:
    called = {name for name, _, _ in judged(service, exchanges(service))}
    assert called == {operation.name for operation in SERVICES[service].contract.operations}


def test_drifts_have_names_of_their_own_and_kinds_enough() -> None:
    assert len({drift.name for drift in DRIFTS}) == len(DRIFTS) >= 30
    assert len({drift.kind for drift in DRIFTS}) >= 12


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.name)
def test_a_drift_changes_what_its_operations_say_and_nothing_else(drift: Drift) -> None:
    broken = {name for name, _, found in judged(drift.service, exchanges(drift.service, drift.name)) if found}
    assert bool(broken) == drift.breaks
    assert broken <= set(drift.operations)


def test_an_unknown_drift_is_refused() -> None:
    with pytest.raises(LookupError, match="no drift charge-field-added"):
        exchanges("shipping", "charge-field-added")
