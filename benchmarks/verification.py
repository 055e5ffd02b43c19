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
from mockserver.api.clients.draws import Draws, drawn_cases
from mockserver.api.clients.suite import DIRECTIONS
from mockserver.edges.explorer import configuration

_URL = "https://api.shipping.example/v2/shipments/42"
_KEY = {"X-Api-Key": "any"}


def spent(work: Callable[[], Any]) -> float:
    """Return the CPU seconds that something takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def draws(count: int = 60, repeats: int = 5) -> None:
    """Compare a drawn case (draw, call, judgement) with a draw of schemathesis for the same operation.

    A drawn case has a whole request and one of the documented answers; theirs has a request only. Rounds alternate, and
    a ratio is the median of the ratios of rounds.
    """
    ratios = []
    for client, make in bindings.SUITES.items():
        suite = make(mutants.loaded(mutants.original(client)))
        contract = load_contract(client)
        schema: Any = schemathesis.openapi.from_dict(contract.root.tree, config=configuration(1, count))
        for binding in suite.bindings:
            operation = binding.operations[0]
            theirs = schema[operation.template][operation.method].as_strategy()
            rounds = []
            for turn in range(repeats + 1):
                pair = played(suite, binding, count, turn), drawn(theirs, count, turn)
                rounds += [pair] if turn else []  # what is made once is made in the first
            ours_ms, theirs_ms = (1e3 * statistics.median(one) for one in zip(*rounds, strict=True))
            each = sorted(ours / other for ours, other in rounds)
            ratios.append(statistics.median(each))
            told = f"  {binding.label.partition('(')[0]:<22} {operation.name:<20} ours {ours_ms:6.2f} ms"
            print(
                f"{told}  as_strategy {theirs_ms:6.2f} ms  {ratios[-1]:.2f}x ({each[0]:.2f} to {each[-1]:.2f})",
                flush=True,
            )
    print(f"drawn case against as_strategy: median {statistics.median(ratios):.2f}x, worst {max(ratios):.2f}x")


def drawn(strategy: Any, count: int, turn: int) -> float:
    """Return the CPU seconds of a draw of schemathesis."""
    made = 0

    @seed(turn)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(strategy)
    def draw(_case: Any) -> None:
        nonlocal made
        made += 1

    return spent(draw) / max(made, 1)


def played(suite: Any, binding: Any, count: int, turn: int) -> float:
    """Return the CPU seconds of a case that was drawn, called and judged: those that were not played cost as well."""
    cases = 0

    def play() -> None:
        nonlocal cases
        with suite.calling.intercepting():
            for case, _, plan in drawn_cases(suite.calling, binding, DIRECTIONS, Draws(count // 3, turn)):
                cases += suite.calling.play(binding, case.case, plan) is not None

    return spent(play) / max(cases, 1)


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
