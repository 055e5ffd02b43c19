"""`mockserver check` in somebody's folder: one verdict of everything that can be known offline."""

import json
import os
import subprocess
import sys

import pytest

from mockserver.report.model import Report
from mockserver.report.overview import render

CONTRACT = """
openapi: 3.1.0
info: { title: Pets, version: "1" }
servers: [{ url: https://pets.example }]
paths:
  /pets:
    get:
      operationId: getPets
      responses:
        "200":
          description: pets
          content: { application/json: { schema: { type: array, items: { type: string } } } }
"""
CLIENT = """
import requests

class Pets:
    def __init__(self, base_url):
        self.url = base_url

    def get_pets(self):
        return len(requests.get(f"{self.url}/pets", timeout=5).json())
"""
NULL = CONTRACT.replace("type: array", 'type: [array, "null"]')


@pytest.fixture
def shop(tmp_path):
    """A folder with a contract, a client and a configuration."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "pets.yaml").write_text(CONTRACT)
    (tmp_path / "shop.py").write_text(CLIENT)
    (tmp_path / "mockserver.toml").write_text('[services.pets]\nclient = "shop:Pets"\n')
    return tmp_path


def check(folder, *words):
    command = [sys.executable, "-m", "mockserver", "check", "--workers", "2", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env=os.environ, check=False)


def test_a_folder_in_which_all_is_well_is_exit_0_and_says_what_was_not_checked(shop):
    done = check(shop, "--report", "overview", "--report", "json=check.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == (
        "ok: clean\n\n"
        "      sound  mock   client  cassettes    coverage\n"
        "pets  clean  clean  clean   not checked  1/1 operations, 100 % of what is used\n\n"
        "not checked: pets cassettes: there is no recording of it\n"
    )
    jobs = [(one["job"], one["summary"]["checked"]) for one in json.loads((shop / "check.json").read_text())]
    assert jobs == [("lint", 1), ("verify mock", 1), ("verify client", 1), ("cassettes", 0), ("coverage", 1)]


def test_a_client_that_breaks_is_exit_1_until_that_is_accepted(shop):
    (shop / "contracts" / "pets.yaml").write_text(NULL)
    done = check(shop)
    assert done.returncode == 1, done.stdout + done.stderr
    first, *_ = lines = done.stdout.splitlines()
    assert first == "FAILED: 1 error in pets"
    assert lines.index("not checked: pets cassettes: there is no recording of it") < lines.index("pets: 1 error")
    assert "shop.py:9" in done.stdout
    assert "contracts/pets.yaml:12" in done.stdout
    (accept,) = [line.split()[3] for line in lines if "mockserver accept" in line]
    words = [sys.executable, "-m", "mockserver", "accept", accept, "--because", "null never comes"]
    subprocess.run(words, cwd=shop, check=True, timeout=60, capture_output=True)
    done = check(shop)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("ok: 1 accepted\n")
    assert "null never comes" in done.stdout


def test_what_was_asked_for_and_could_not_be_done_is_never_green(shop):
    (shop / "shop.py").write_text("raise RuntimeError('no database')\n")
    done = check(shop)
    assert done.returncode == 3, done.stdout
    assert "not checked: pets client: shop cannot be imported: RuntimeError: no database" in done.stdout


def test_a_client_that_cannot_be_imported_is_exit_3_as_nothing_of_it_was_checked(shop):
    (shop / "mockserver.toml").write_text('[services.pets]\nclient = "nowhere:Pets"\n')
    done = check(shop)
    assert done.returncode == 3, done.stdout
    assert "not checked: pets client: nowhere cannot be imported" in done.stdout


def test_a_contract_that_cannot_be_read_is_exit_2_and_takes_no_other_with_it(shop):
    (shop / "contracts" / "cats.yaml").write_text("openapi: [")
    done = check(shop)
    assert done.returncode == 2, done.stdout
    assert "not checked: cats sound: " in done.stdout
    assert "pets  clean        clean" in done.stdout


def test_without_a_contract_there_is_nothing_to_check(tmp_path):
    done = check(tmp_path)
    assert done.returncode == 2
    assert "there is no contract in contracts/" in done.stderr


def test_what_could_not_be_done_stands_in_the_verdict() -> None:
    failed = Report("verify client", "pets", "", 0, ("it cannot be imported",), (), failed=True)
    clean = Report("lint", "pets", "", 3, (), ())
    assert render([clean, failed]).startswith("COULD NOT CHECK: pets client; the rest: clean\n")
