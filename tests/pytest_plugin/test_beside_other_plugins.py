"""The plugin beside those that other people have installed: each keeps its words, and ours keeps its verdict.

They stand in a folder of their own (`make test` puts them there), so that no other test is shuffled or blocked by them.
"""

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parent.parent.parent
FOLDER = Path(sys.prefix) / "plugins"
OTHERS = ("pytest_recording", "pytest_vcr", "respx", "pytest_httpx", "pytest_httpserver", "pytest_socket")
MORE = ("pytest_asyncio", "pytest_randomly")
MISSING = [name for name in (*OTHERS, *MORE) if not list(FOLDER.glob(f"{name}*"))]
INSTALLED = any(each.name == "mockserver_contracts" for each in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "mockserver.pytest_plugin.plugin")

TESTS = """
import httpx, pytest, requests, respx, socket, unittest

KEY = {"X-Api-Key": "k"}
URL = "https://api.shipping.example/v2/shipments/"

@pytest.mark.asyncio
async def test_asyncio(mock_api):
    async with httpx.AsyncClient(headers=KEY) as client:
        assert (await client.get(URL + "2")).json()["id"] == "2"

@pytest.mark.asyncio
async def test_asyncio_wrong(mock_api):
    async with httpx.AsyncClient() as client:
        await client.get(URL + "2")

def test_respx(mock_api):
    with respx.mock(assert_all_called=False) as stubs:
        stubs.get("https://tracker.example/").respond(json={"a": 1})
        assert httpx.get("https://tracker.example/").json() == {"a": 1}
        assert httpx.get(URL + "3", headers=KEY).json()["id"] == "3"

def test_pytest_httpx(mock_api, httpx_mock):
    httpx_mock.add_response(url="https://tracker.example/", json={"b": 2})
    assert httpx.get("https://tracker.example/").json() == {"b": 2}

@pytest.mark.vcr
def test_recording(mock_api):
    assert requests.get(URL + "4", headers=KEY, timeout=5).json()["id"] == "4"

def test_httpserver(httpserver, mock_api):
    httpserver.expect_request("/").respond_with_data("here")
    assert socket.create_connection((httpserver.host, httpserver.port)).close() is None
    assert requests.get(URL + "5", headers=KEY, timeout=5).json()["id"] == "5"

class TestUnittest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def api(self, mock_api):
        self.mock_api = mock_api

    def test_right(self):
        self.assertEqual(requests.get(URL + "6", headers=KEY, timeout=5).json()["id"], "6")
"""


@pytest.mark.skipif(bool(MISSING), reason=f"not in {FOLDER}: {', '.join(MISSING)}; make test puts them there")
@pytest.mark.parametrize("without", ["vcr", "recording"])  # these two refuse to be beside each other
def test_everybody_gets_on_with_everybody(pytester, monkeypatch, without: str) -> None:
    (pytester.mkdir("contracts") / "shipping.yaml").write_bytes((ROOT / "contracts" / "shipping.yaml").read_bytes())
    pytester.makepyfile(TESTS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), str(FOLDER))))
    words = (
        "-p",
        "no:schemathesis",
        "-p",
        f"no:{without}",
        "--disable-socket",
        "--allow-hosts=127.0.0.1",
        "-n",
        "2",
        "-v",
    )
    ran = pytester.runpytest_subprocess(*PLUGIN, *words)
    ran.assert_outcomes(passed=6, failed=1)
    ran.stdout.fnmatch_lines(["*Using --randomly-seed=*"])
    ran.stdout.fnmatch_lines(["error[[]request-security[]]*", "FAILED *::test_asyncio_wrong - *"])


@pytest.mark.skipif(bool(MISSING), reason=f"not in {FOLDER}: {', '.join(MISSING)}; make test puts them there")
def test_a_library_that_was_first_seen_beneath_somebody_elses_stub_is_known_without_it(pytester, monkeypatch) -> None:
    (pytester.mkdir("contracts") / "shipping.yaml").write_bytes((ROOT / "contracts" / "shipping.yaml").read_bytes())
    file = pytester.makepyfile(TESTS).name
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), str(FOLDER))))
    order = (f"{file}::{name}" for name in ("test_recording", "test_asyncio"))
    words = ("-p", "no:schemathesis", "-p", "no:recording", "-p", "no:randomly")
    ran = pytester.runpytest_subprocess(*PLUGIN, *words, *order)
    ran.assert_outcomes(passed=2)
