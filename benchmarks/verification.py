"""What verification costs: ratios of CPU time, each taken in one run.

python benchmarks/verification.py [draws|boundary|mock_api|pytest]     run from the root of the repository
python benchmarks/verification.py unseen CONTRACT...                   draws, for contracts of others
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import requests
import responses
import schemathesis

sys.path.insert(0, str(Path(__file__).parent / "mutants"))

import bindings
import mutants

from mockserver import ClientSuite, MockApi, load_contract
from mockserver.api.clients.bound import Binding
from mockserver.api.clients.draws import Draws, drawn_cases
from mockserver.api.clients.suite import DIRECTIONS
from mockserver.contract.model import Contract
from mockserver.contract.plan import Plans
from mockserver.edges.explorer import configuration
from mockserver.edges.tapes import examples
from mockserver.jobs.sample import Sampler
from mockserver.schema.compile import Validators
from mockserver.values import replace

_URL = "https://api.shipping.example/v2/shipments/42"
_KEY = {"X-Api-Key": "any"}


def spent(work: Callable[[], Any]) -> float:
    """Return the CPU seconds that something takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def draws(count: int = 60) -> None:
    """Compare a drawn case (draw, call, judgement) with a draw of schemathesis for the same operation.

    A drawn case has a whole request and one of the documented answers; theirs has a request only. Rounds alternate, and
    a ratio is the median of the ratios of rounds.
    """
    ratios = []
    for client, make in bindings.SUITES.items():
        suite = make(mutants.loaded(mutants.original(client)))
        ratios += compared(suite, suite.bindings, count)
    told(ratios)


def unseen(*files: str, count: int = 30, sample: int = 12) -> None:
    """Compare the same for operations of other contracts, drawn by lot and called by a client that only spells."""
    ratios = []
    for file in files:
        contract = load_contract(file)
        print(file)
        speaker = Speaker(contract)
        suite = ClientSuite(contract, speaker)
        labels = sorted(operation.label for operation in contract.operations)
        chosen = random.Random(1).sample(labels, min(sample, len(labels)))
        for label in chosen:
            suite.calls(label)(lambda client, label=label, **more: client.send(label, more))
        wanted = {binding.operations[0].label: binding for binding in suite.bindings if binding.function is not None}
        ratios += compared(suite, [wanted[label] for label in chosen], count, repeats=3)
    told(ratios)


class Speaker:
    """A client of any contract, as plain as clients get: spells a request, sends it, and reads JSON."""

    def __init__(self, contract: Contract) -> None:
        self.sampler = Sampler(Plans(contract, validators := Validators()), validators)
        self.operations = {operation.label: operation for operation in contract.operations}
        self.url = ""
        self.session = requests.Session()

    def __call__(self, api: Any) -> Speaker:
        """Be the client."""
        self.url = api.url
        return self

    def send(self, label: str, values: dict[str, Any]) -> Any:
        """Send a request; raise what it is answered."""
        operation = self.operations[label]
        plan: Any = self.sampler.plans.of(operation)
        given = {
            f"{entry.parameter.location}.{entry.parameter.name}": values.pop(entry.parameter.name)
            for entry in plan.parameters()
            if entry.parameter.name in values
        }
        if values:
            given["body"] = values.get("body", values)
        request = replace(self.sampler, given=given).request(operation)
        answer = self.session.request(
            request.method, self.url + request.target, headers=dict(request.headers), data=request.body, timeout=5
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None


def told(ratios: list[float]) -> None:
    """Print how ratios are spread."""
    ordered = sorted(ratios)
    nine = ordered[len(ordered) * 9 // 10]
    print(
        f"drawn case against as_strategy: {len(ordered)} operations, median {statistics.median(ordered):.2f}x, "
        f"nine of ten under {nine:.2f}x, worst {ordered[-1]:.2f}x, {sum(one > 1.5 for one in ordered)} above 1.5x"
    )


def compared(suite: ClientSuite, chosen: Sequence[Binding], count: int, repeats: int = 5) -> list[float]:
    """Print and return the ratio of each binding."""
    ratios = []
    contract = suite.service.contract
    schema: Any = schemathesis.openapi.from_dict(contract.root.tree, config=configuration(1, count))
    for binding in chosen:
        operation = binding.operations[0]
        name = f"  {operation.name[:34]:<34}"
        try:
            theirs = schema[operation.template][operation.method].as_strategy()
            drawn(theirs, 2, 0)
        except Exception as cannot:  # noqa: BLE001 - what they cannot draw is no yardstick
            print(f"{name} not drawn by schemathesis: {type(cannot).__name__}: {str(cannot)[:60]!r}", flush=True)
            continue
        rounds = []
        for turn in range(repeats + 1):
            pair = played(suite, binding, count, turn), drawn(theirs, count, turn)
            rounds += [pair] if turn else []  # what is made once is made in the first
        if not all(ours and other for ours, other in rounds):
            print(f"{name} nothing to draw: {suite.calling.why_not[:80]}", flush=True)
            continue
        ours_ms, theirs_ms = (1e3 * statistics.median(one) for one in zip(*rounds, strict=True))
        each = sorted(ours / other for ours, other in rounds)
        ratios.append(statistics.median(each))
        spread = f"{ratios[-1]:.2f}x ({each[0]:.2f} to {each[-1]:.2f})"
        print(f"{name} ours {ours_ms:6.2f} ms  as_strategy {theirs_ms:7.2f} ms  {spread}", flush=True)
    return ratios


def drawn(strategy: Any, count: int, turn: int) -> float:
    """Return the CPU seconds of a draw of schemathesis."""
    found: list[Any] = []
    return spent(lambda: found.extend(examples(strategy, count, turn))) / max(len(found), 1)


def played(suite: Any, binding: Any, count: int, turn: int) -> float:
    """Return the CPU seconds of a case that was drawn, called and judged: those that were not played cost as well."""
    cases = 0

    def play() -> None:
        nonlocal cases
        with suite.calling.intercepting():
            for case, _, plan in drawn_cases(suite.calling, binding, DIRECTIONS, Draws(count // 3, turn)):
                cases += suite.calling.play(binding, case.case, plan) is not None

    cost = spent(play)
    return cost / cases if cases else 0.0


def boundary() -> None:
    """Time the boundary set of a whole contract, bindings included."""
    for client, make in bindings.SUITES.items():
        module = mutants.loaded(mutants.original(client))
        cases = 0

        def check(make: Any = make, module: Any = module) -> None:
            nonlocal cases
            cases = make(module).check().cases

        taken = [spent(check) for _ in range(3)]
        print(f"boundary set of {client}: {cases} cases, {min(taken):.1f} to {max(taken):.1f} CPU-s")


def mock_api(count: int = 300) -> None:
    """Compare a request through requests, answered in process, with one static answer of responses."""
    with MockApi("shipping"):
        body = requests.get(_URL, headers=_KEY, timeout=5).json()

    def asked() -> None:
        session = requests.Session()
        session.headers.update(_KEY)
        for _ in range(count):
            session.get(_URL, timeout=5)

    ratios = []
    for _ in range(7):
        with MockApi("shipping"):
            session_cost = spent(asked)
        with responses.RequestsMock() as stubs:
            stubs.get(_URL, json=body)
            ratios.append(session_cost / spent(asked))
    print(f"mock_api against responses: {min(ratios):.2f} / {statistics.median(ratios):.2f} / {max(ratios):.2f}x")


def start() -> None:
    """Compare a start of pytest that uses nothing of ours, with the plugin and without: CPU of the child."""
    empty = Path("/tmp") / f"mockserver-empty-{os.getpid()}"
    empty.mkdir(exist_ok=True)
    (empty / "test_nothing.py").write_text("def test_nothing(): pass\n", encoding="utf-8")
    base = [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:cacheprovider", str(empty)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    def child(*more: str) -> float:
        before = os.times()
        subprocess.run([*base, *more], env=environment, check=True, capture_output=True, cwd=empty)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    child()
    pairs = [(child("-p", "mockserver.pytest_plugin.plugin"), child()) for _ in range(9)]
    differences = [1e3 * (ours - without) for ours, without in pairs]
    low, high = min(differences), max(differences)
    print(f"pytest start: {low:.0f} / {statistics.median(differences):.0f} / {high:.0f} CPU-ms more")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    rows = {"draws": draws, "boundary": boundary, "mock_api": mock_api, "pytest": start}
    if sys.argv[1:2] == ["unseen"]:
        unseen(*sys.argv[2:])
    else:
        for name in sys.argv[1:] or rows:
            rows[name]()
