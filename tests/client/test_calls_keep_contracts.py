"""Whatever values fit a contract, given by name, become a request that keeps it."""

from collections import Counter
from pathlib import Path

import pytest

from mockserver.api.contract import load_contract
from mockserver.client.asking import by_operation
from mockserver.client.caller import Caller
from mockserver.contract.plan import Plans
from mockserver.generate.generator import Generator
from mockserver.schema.compile import Validators

CONTRACTS = Path(__file__).parents[2] / "contracts"
SERVICES = sorted(path.stem for path in CONTRACTS.glob("*.yaml") if not path.stem.endswith(".overlay"))


def arguments(plans: Plans, validators: Validators, plan, seed: int) -> dict[str, object]:
    """Return a value for each parameter and the body, by name; with its location where a name stands twice."""
    names = Counter(each.parameter.name for each in plan.parameters())
    found = {}
    for each in plan.parameters():
        name = each.parameter.name
        key = name if names[name] == 1 else f"{each.parameter.location}_{name}"
        found[key] = generated(each.bundle, validators, seed)
    if plan.body is not None:
        media = plans.media(plan.body.content[0], "request")
        found["body"] = generated(media.bundle, validators, seed)
    return found


def generated(bundle, validators: Validators, seed: int):
    return Generator(bundle.schema, validators).draw(seed) if bundle is not None else "any"


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_can_be_called_with_what_fits(service) -> None:
    contract = load_contract(service, contracts=CONTRACTS)
    validators = Validators()
    plans = Plans(contract, validators)
    caller = Caller("http://api.test/base", contract=contract)
    called = 0
    for operation in contract.operations:
        for seed in range(3):
            given = arguments(plans, validators, plans.of(operation), seed)
            ask = by_operation(caller, operation.label, given, {})  # raises ContractViolation where it does not keep it
            assert ask.outgoing.url.startswith("http://api.test/base/")
            assert ask.operation == operation.name
            called += 1
    assert called == 3 * len(contract.operations)
