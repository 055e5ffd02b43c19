"""What is accepted fails no test: neither of the mock in process, nor of a suite."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver import ClientSuite
from mockserver.cli.main import cli

pytest_plugins = ["pytester"]
INSTALLED = any(each.name == "mockserver_contracts" for each in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "mockserver.pytest_plugin.plugin")
ROOT = Path(__file__).parent.parent.parent
TEST = """
import requests

def test_wrong(mock_api):
    requests.get("https://api.shipping.example/v2/rates", headers={"X-Api-Key": "k"}, timeout=5)
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch) -> pytest.Pytester:
    (pytester.mkdir("contracts") / "shipping.yaml").write_bytes((ROOT / "contracts" / "shipping.yaml").read_bytes())
    monkeypatch.chdir(pytester.path)
    return pytester


def test_a_wrong_request_that_is_accepted_fails_no_test_and_is_counted(suite):
    suite.makepyfile(TEST)
    words = (*PLUGIN, "-p", "no:randomly", "-p", "no:schemathesis")
    ran = suite.runpytest_inprocess(*words)
    ran.assert_outcomes(failed=1)
    told = {line.split()[-3] for line in ran.outlines if "mockserver accept " in line}
    assert told
    for one in told:
        done = CliRunner().invoke(cli, ["accept", one, "--because", "for now"], standalone_mode=False)
        assert done.return_value == 0, done.exception
    ran = suite.runpytest_inprocess(*words)
    ran.assert_outcomes(passed=1)
    ran.stdout.fnmatch_lines(["*shipping: * accepted, by accepted.toml*"])


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
          content: { application/json: { schema: { type: [array, "null"], items: { type: string } } } }
"""


class Pets:
    def __init__(self, base_url):
        self.url = base_url

    def get_pets(self):
        import requests  # noqa: PLC0415 - a client of a test

        return len(requests.get(f"{self.url}/pets", timeout=5).json())


def test_a_crash_that_is_accepted_fails_no_case_of_a_suite(tmp_path, monkeypatch):
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "pets.yaml").write_text(CONTRACT)
    monkeypatch.chdir(tmp_path)
    checked = ClientSuite("pets", Pets)
    told = checked.told()
    (line,) = [one for one in told.splitlines() if "mockserver accept" in one]
    (shown,) = checked.check().shown.values()
    assert shown.violation.fingerprint.startswith(line.split()[3])
    (tmp_path / "contracts" / "accepted.toml").write_text(
        f'[[accepted]]\nid = "{shown.violation.fingerprint}"\nservice = "pets"\nbecause = "null never comes"\n'
    )
    assert checked.told() == ""
