"""Runs of pytest, of `verify client` and of `serve`, measured; shards that are joined."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from mockserver import ClientSuite, MockServer
from mockserver.api.coverage import COVERAGE_FILE, coverage_reports, load_seen
from mockserver.cli.main import cli
from mockserver.coverage.stored import of, plain
from mockserver.jobs.coverage import Coverage

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
INSTALLED = any(each.name == "mockserver_contracts" for each in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "mockserver.pytest_plugin.plugin")
WORDS = ("-p", "no:randomly", "-p", "no:schemathesis", "-p", "no:cacheprovider")

TESTS = """
import pytest, requests

URL = "https://api.shipping.example/v2"
KEY = {"X-Api-Key": "any"}

@pytest.mark.parametrize("state", ["created", "in_transit", "delivered", "lost"])
def test_states(mock_api, state):
    mock_api.answer("getShipment", {"state": state, "owner": None if state == "lost" else {"name": "Ada"}})
    requests.get(URL + "/shipments/1", headers=KEY, timeout=5)

@pytest.mark.parametrize("status", [404, 429, 503])
def test_errors(mock_api, status):
    mock_api.answer("getShipment", status)
    requests.get(URL + "/shipments/1", headers=KEY, timeout=5)

def test_lists(mock_api):
    mock_api.answer("listShipments", json={"items": [], "nextCursor": None})
    requests.get(URL + "/shipments", params={"limit": 5, "state": ["created", "lost"]}, headers=KEY, timeout=5)

def test_over_a_socket(mock_server):
    requests.get(mock_server.url_of("shipping") + "/tracking/RR123456785CH", timeout=5)
"""


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.mkdir("contracts") / "shipping.yaml").write_bytes((ROOT / "contracts" / "shipping.yaml").read_bytes())
    return pytester


def run(folder: pytest.Pytester, *words: str) -> pytest.RunResult:
    return folder.runpytest_inprocess(*PLUGIN, *WORDS, *words)


def services(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))["services"]


def test_shards_and_workers_see_together_what_one_run_sees(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_it=TESTS)
    alone = run(folder, "--contract-coverage")
    alone.assert_outcomes(passed=9)
    alone.stdout.fnmatch_lines(
        ["shipping: 3 of 13 operations used, 6 of their 15 documented answers seen; *% of what is used*"]
    )
    run(folder, "-p", "xdist", "-n", "4", "--contract-coverage=four.json").assert_outcomes(passed=9)
    run(folder, "-k", "states or lists", "--contract-coverage=one.json").assert_outcomes(passed=5, deselected=4)
    run(folder, "-k", "not states and not lists", "--contract-coverage=two.json").assert_outcomes(
        passed=4, deselected=5
    )
    merged = CliRunner().invoke(cli, ["coverage", "merge", "one.json", "two.json", "--output", "shards.json"])
    assert merged.output.startswith("  wrote shards.json: shipping ")
    whole = services(Path(COVERAGE_FILE))
    assert services(Path("four.json")) == whole
    assert services(Path("shards.json")) == whole
    assert services(Path("one.json")) != whole != services(Path("two.json"))


def test_a_run_that_sees_too_little_fails(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_it=TESTS)
    enough = run(folder, "-k", "states", "--contract-fail-under", "20")
    assert enough.ret == 0
    folder.makeini("[pytest]\nmockserver_fail_under = 95\nmockserver_coverage_file = seen.json\n")
    below = run(folder, "-k", "states")
    assert below.ret == 1
    below.stdout.fnmatch_lines(["FAIL shipping: * % of what is used was seen, 95 % is asked for*"])
    assert list(services(Path("seen.json"))) == ["shipping"]


def test_an_unknown_format_is_told_before_the_tests_run(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_it=TESTS)
    assert run(folder, "--contract-report", "pdf").ret == pytest.ExitCode.USAGE_ERROR


SUITE = """
import requests
from mockserver import ClientSuite

class Shipping:
    def __init__(self, base_url, api_key):
        self.url, self.headers = base_url, {"X-Api-Key": api_key}

    def get_tracking(self, tracking_number: str):
        answer = requests.get(f"{self.url}/tracking/{tracking_number}", headers=self.headers, timeout=5)
        answer.raise_for_status()
        return answer.json()

suite = ClientSuite("shipping", Shipping)

@suite.parametrize()
def test_shipping(case):
    case.check()
"""


def test_suites_of_clients_are_measured(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_suite=SUITE)
    folder.runpytest_subprocess(*PLUGIN, *WORDS, "--contract-coverage=suite.json", timeout=60).assert_outcomes(passed=3)
    (found,) = coverage_reports(load_seen(["suite.json"]))
    assert found.figures["operations"] == ["getTracking"]
    assert found.figures["kinds"]["union shown"]["seen"] >= 3
    told = CliRunner().invoke(
        cli, ["verify", "client", "test_suite:suite", "--coverage", "command.json"], standalone_mode=False
    )
    assert told.return_value == 0, told.output
    assert services(Path("command.json"))["shipping"]["seen"] == services(Path("suite.json"))["shipping"]["seen"]


def test_a_suite_shows_its_client_all_branches_of_what_it_reads() -> None:
    class Shipping:
        def __init__(self, base_url: str, api_key: str) -> None:
            self.url, self.key = base_url, api_key

        def get_shipment(self, id: str) -> Any:  # noqa: A002 - the contract's word
            return requests.get(f"{self.url}/shipments/{id}", headers={"X-Api-Key": self.key}, timeout=5).json()

    coverage = Coverage()
    suite = ClientSuite("shipping", Shipping, contracts=ROOT / "contracts")
    suite.measure(coverage)
    suite.check()
    (found,) = coverage_reports(coverage.seen(), contracts=ROOT / "contracts")
    kinds = found.figures["kinds"]
    assert kinds["enum shown"]["seen"] >= 14  # every state, service and content of customs
    assert kinds["union shown"]["seen"] == 4


def test_a_mock_that_runs_tells_what_it_has_seen() -> None:
    coverage = Coverage()
    with MockServer(ROOT / "contracts" / "shipping.yaml") as server:
        assert requests.get(f"{server.url}/_mockserver/coverage", timeout=5).status_code == 404
        server.session.observer = coverage.observer(server.session.services)
        server.app.coverage = lambda: plain(coverage.seen())
        requests.get(f"{server.url}/tracking/RR123456785CH", timeout=5)
        requests.get(f"{server.url}/shipments/1", timeout=5)  # without a key: refused
        (seen,) = of(requests.get(f"{server.url}/_mockserver/coverage", timeout=5).json())
    assert {key for key in seen.keys if key.startswith("GET ")} == {
        "GET /tracking/{trackingNumber}",
        "GET /tracking/{trackingNumber} path.trackingNumber sent",
        "GET /tracking/{trackingNumber} answers 200",
        "GET /tracking/{trackingNumber} answers 200 application/json",
    }


def test_serve_writes_what_it_has_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = "import os, requests; requests.get(os.environ['SHIPPING_SERVICE'] + '/tracking/RR123456785CH', timeout=5)"
    contract = str(ROOT / "contracts" / "shipping.yaml")
    words = ["serve", contract, "--port", "0", "--coverage", "seen.json", "--", "python", "-c", program]
    ran = CliRunner().invoke(cli, words, standalone_mode=False)
    assert ran.return_value == 0, ran.output
    assert "wrote seen.json" in ran.output
    (found,) = coverage_reports(load_seen(["seen.json"]))
    assert found.figures["operations"] == ["getTracking"]
