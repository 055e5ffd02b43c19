"""What verification costs: ratios of CPU time, each taken in one run.

python benchmarks/verification.py [draws|boundary|mock_api|pytest]     run from the root of the repository
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import responses
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parent / "mutants"))

import bindings
import mutants

from mockserver import MockApi, load_contract
from mockserver.api.clients.draws import drawn_cases
from mockserver.edges.explorer import configuration

_URL = "https://api.shipping.example/v2/shipments/42"
_KEY = {"X-Api-Key": "any"}


def spent(work: Callable[[], Any]) -> float:
    """Return the CPU seconds that something takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def draws(count: int = 40) -> None:
    """Compare a drawn case (draw, call, judgement) with a draw of schemathesis for the same operation."""
    suite = bindings.shipping(mutants.loaded(mutants.original("shipping")))
    contract = load_contract("shipping")
    schema: Any = schemathesis.openapi.from_dict(contract.root.tree, config=configuration(1, count))
    ratios = []
    for binding in suite.bindings:
        operation = binding.operations[0]
        if binding.pages or not any(one.place for one in binding.bound[0]):
            continue
        theirs = schema[operation.template][operation.method]
        draws_made = 0

        @seed(1)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(theirs.as_strategy())
        def draw(_case: Any) -> None:
            nonlocal draws_made
            draws_made += 1

        draw()
        draws_made = 0
        their_s = spent(draw) / max(draws_made, 1)
        played = 0

        def play(binding: Any = binding) -> None:
            nonlocal played
            with suite.calling.intercepting():
                for drawn in drawn_cases(suite.calling, binding, ["sent"], count, None, 1):
                    played += suite.calling.play(binding, drawn.case, drawn.plan) is not None

        play()
        played = 0
        our_s = spent(play) / max(played, 1)
        ratios.append(our_s / their_s)
        print(
            f"  {operation.name:<16} ours {our_s * 1e3:6.2f} ms  as_strategy {their_s * 1e3:6.2f} ms  {ratios[-1]:.2f}x"
        )
    print(f"drawn case against as_strategy: median {statistics.median(ratios):.2f}x, worst {max(ratios):.2f}x")


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
    for name in sys.argv[1:] or rows:
        rows[name]()
