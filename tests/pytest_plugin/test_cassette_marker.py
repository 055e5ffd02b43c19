"""Tests marked `cassette` record from the live API once, and play in CI without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from live_api import KEY
from running import running

from mockserver.cassette.vcr import read_vcr

ROOT = Path(__file__).parents[2]
INSTALLED = any(each.name == "mockserver_contracts" for each in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "mockserver.pytest_plugin.plugin")
TESTS = """
import os
import pytest
import requests

KEY = {"X-Api-Key": os.environ.get("SHIPPING_KEY", "test")}
URL = os.environ.get("SHIPPING_SERVICE", "https://api.shipping.example/v2")
PARCEL = dict(length=10, width=10, height=4, weight=250)

def create():
    key = {"Idempotency-Key": "3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c11", **KEY}
    return requests.post(f"{URL}/shipments", json={"to": {"city": "Bern"}, "parcels": [PARCEL]}, headers=key, timeout=5)

@pytest.mark.cassette("shipping/create")
def test_create():
    number = create().json()["id"]
    assert requests.get(f"{URL}/shipments/{number}", headers=KEY, timeout=5).json()["state"] == "created"

@pytest.mark.cassette
def test_none():
    assert requests.get(f"{URL}/shipments/none", headers=KEY, timeout=5).status_code == 404
"""

BESIDE = """
@pytest.mark.cassette("test_shop/test_none")
def test_that_plays_nothing():
    pass
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_shop.py").write_text(TESTS)
    return tmp_path


def run(project: Path, *words: str, **environment: str) -> tuple[int, str]:
    env = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:schemathesis", *PLUGIN]
    command += ["-p", "no:hypothesispytest", "-p", "no:anyio"]
    ran = subprocess.run(
        [*command, "tests", *words], cwd=project, env={**env, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def record(project: Path) -> str:
    with running("shipping") as (url, _):
        code, said = run(project, "--cassette-mode=once", SHIPPING_SERVICE=url, SHIPPING_KEY=KEY)
    assert code == 0, said
    return said


def test_what_was_recorded_once_plays_in_ci_without_the_api(project: Path) -> None:
    said = record(project)
    assert "recorded cassettes/shipping/create.yaml: 2 interactions" in said
    written = (project / "cassettes" / "shipping" / "create.yaml").read_bytes()
    assert KEY.encode() not in written
    first, second = read_vcr(written, "a").interactions
    assert first.url == "https://api.shipping.example/v2/shipments"
    assert (first.recorded.operation, second.recorded.operation) == ("createShipment", "getShipment")
    assert (project / "cassettes" / "test_shop" / "test_none.yaml").is_file()
    code, said = run(project, "-n", "2", CI="true")
    assert code == 0, said


def test_other_requests_and_broken_recordings_fail_the_test(project: Path) -> None:
    record(project)
    path = project / "cassettes" / "shipping" / "create.yaml"
    path.write_text(path.read_text().replace('"state": "created"', '"state": "held"'))
    tests = project / "tests" / "test_shop.py"
    tests.write_text(tests.read_text().replace("shipments/none", "shipments/other").replace('== "created"', ""))
    code, said = run(project)
    assert code == 1
    assert "2 failed" in said
    assert "error[response-enum]  createShipment" in said
    assert "cassettes/shipping/create.yaml:" in said
    assert "contracts/shipping.yaml:" in said
    assert "path: /v2/shipments/other was recorded as /v2/shipments/none" in said
    assert "unused   cassettes/test_shop/test_none.yaml: 1 of 1 were not played" in said


def test_what_one_of_two_tests_has_played_was_played(project: Path) -> None:
    record(project)
    tests = project / "tests" / "test_shop.py"
    tests.write_text(tests.read_text() + BESIDE)
    code, said = run(project)
    assert (code, "unused" in said) == (0, False), said


def test_a_cassette_that_is_missing_is_told_once(project: Path) -> None:
    code, said = run(project)
    assert code == 1
    assert said.count("there is no cassette cassettes/shipping/create.yaml\n") == 1, said


def test_nothing_is_recorded_in_ci(project: Path) -> None:
    code, said = run(project, "--cassette-mode=once", CI="true")
    assert code == 1
    assert "there is no cassette cassettes/shipping/create.yaml" in said
    code, said = run(project, "--cassette-mode=rewrite", CI="true")
    assert code == 4
    assert "nothing is recorded in CI" in said


def test_a_marker_that_is_misused_is_told_without_a_traceback(project: Path) -> None:
    (project / "tests" / "test_shop.py").write_text(
        "import pytest\n@pytest.mark.cassette(record='once')\ndef test_a(): pass\n"
        "@pytest.mark.cassette(mode='onec')\ndef test_b(): pass\n"
    )
    code, said = run(project)
    assert code == 1
    assert "the marker cassette does not know record" in said
    assert "there is no cassette mode onec" in said
    assert "recordings.py" not in said


def test_live_drift_fails_the_test_that_records_it(project: Path) -> None:
    with running("shipping") as (url, app):
        app.extensions["live"].switch("shipment-state-held")
        tests = project / "tests" / "test_shop.py"
        tests.write_text(tests.read_text().replace('["state"] == "created"', '["id"]'))
        code, said = run(project, "--cassette-mode=once", "-k", "create", SHIPPING_SERVICE=url, SHIPPING_KEY=KEY)
    assert code == 1
    assert "error[response-enum]  createShipment" in said
    assert "held" in said
