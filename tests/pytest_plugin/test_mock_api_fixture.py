"""The fixture in somebody's test suite: what passes, what fails, when, and in which words."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parent.parent.parent
INSTALLED = any(each.name == "mockserver_contracts" for each in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "mockserver.pytest_plugin.plugin")

CLIENT = """
import requests

class Shipping:
    def __init__(self, key="k"):
        self.session = requests.Session()
        self.session.headers["X-Api-Key"] = key

    def shipment(self, shipment_id):
        answer = self._send("GET", f"/shipments/{shipment_id}")
        return answer.json()

    def create(self, **body):
        try:
            return self._send("POST", "/shipments", json=body)
        except requests.HTTPError:
            return None

    def _send(self, method, path, **more):
        answer = self.session.request(method, "https://api.shipping.example/v2" + path, timeout=5, **more)
        answer.raise_for_status()
        return answer
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.mkdir("contracts") / "shipping.yaml").write_bytes((ROOT / "contracts" / "shipping.yaml").read_bytes())
    (pytester.path / "shop.py").write_text(CLIENT, encoding="utf-8")
    pytester.syspathinsert()
    return pytester


def run(suite: pytest.Pytester, text: str, *words: str) -> pytest.RunResult:
    suite.makepyfile(f"import pytest, requests\nfrom shop import Shipping\n{text}")
    return suite.runpytest_inprocess(*PLUGIN, "-p", "no:randomly", "-p", "no:schemathesis", *words)


def test_a_client_with_its_production_address_is_answered_without_any_set_up(suite):
    ran = run(
        suite,
        """
def test_delivered(mock_api):
    mock_api.answer("getShipment", {"state": "delivered"})
    assert Shipping().shipment("42")["state"] == "delivered"
    assert mock_api.exchange("getShipment").path == {"id": "42"}
""",
    )
    ran.assert_outcomes(passed=1)
    ran.stdout.fnmatch_lines(["shipping: 1 of 13 operations used, 1 of their 5 documented answers seen*"])


def test_a_wrong_request_fails_the_test_in_the_call_phase_even_if_the_client_swallowed_the_answer(suite):
    ran = run(
        suite,
        """
def test_create(mock_api):
    assert Shipping().create(to={"city": "Bern"}, parcels=[{"length": 10, "width": 10, "height": 4}]) is None
""",
    )
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [
            "error[[]request-required[]]  createShipment  parcels[[]0[]].weight is missing",
            '*shop.py:15  return self._send("POST", "/shipments", json=body)',
            "  contracts/shipping.yaml:*",
            "  sent    POST *shipments *",
            "  fix  send parcels*weight*",
            '  again   pytest "test_a_wrong_request*::test_create"',
        ]
    )


def test_a_failing_test_is_told_what_was_wrong_with_its_requests_as_well(suite):
    ran = run(suite, "def test_create(mock_api):\n    assert Shipping().create(to={}) is not None\n")
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*assert None is not None*", "*request-required*"])


def test_a_unittest_style_test_is_judged_as_well(suite):
    ran = run(
        suite,
        """
import unittest
@pytest.mark.mock_api("shipping")
class TestClient(unittest.TestCase):
    def test_good(self):
        self.assertEqual(Shipping().shipment("7")["id"], "7")
    def test_bad(self):
        Shipping().create(to={"city": "Bern"})
""",
    )
    ran.assert_outcomes(passed=1, failed=1)


def test_an_override_that_nobody_asks_for_fails_the_test_unless_it_is_optional(suite):
    ran = run(
        suite,
        """
def test_unused(mock_api):
    mock_api.answer("getShipment", 404)
def test_optional(mock_api):
    mock_api.answer("getShipment", 404, optional=True)
""",
    )
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["nobody asked for getShipment: 404 was never used", "*mock_api.answer(*404)*"])


def test_an_override_that_the_contract_does_not_have_fails_on_its_own_line(suite):
    ran = run(suite, 'def test_teapot(mock_api):\n    mock_api.answer("getShipment", 418)\n')
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*getShipment answers 200, 401, 404, 429, 503, not 418"])


def test_other_hosts_are_blocked_and_told_even_if_the_error_is_swallowed(suite):
    ran = run(
        suite,
        """
def test_elsewhere(mock_api):
    with pytest.raises(requests.ConnectionError):
        requests.get("https://tracker.example/", timeout=5)
""",
    )
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["tracker.example is blocked*mockserver_passthrough*"])


def test_a_host_that_may_pass_is_asked_for_real(suite):
    (suite.path / "pytest.ini").write_text("[pytest]\nmockserver_passthrough = 127.0.0.1\n", encoding="utf-8")
    ran = run(
        suite,
        """
def test_both(mock_api, mock_server):
    real = requests.get(mock_server.url_of("shipping") + "/shipments/1", headers={"X-Api-Key": "k"}, timeout=5)
    assert real.json()["id"] == "1" and not mock_api.exchanges() and len(mock_server.exchanges) == 1
""",
    )
    ran.assert_outcomes(passed=1)


def test_the_stubs_of_responses_come_first_whoever_was_there_first(suite):
    ran = run(
        suite,
        """
import responses
@pytest.fixture
def stubbed():
    with responses.RequestsMock() as stubs:
        stubs.get("https://tracker.example/", json={"seen": 1})
        yield
def test_before(stubbed, mock_api):
    assert requests.get("https://tracker.example/", timeout=5).json() == {"seen": 1}
    assert Shipping().shipment("3")["id"] == "3"
@responses.activate
def test_after(mock_api):
    responses.get("https://api.shipping.example/v2/shipments/3", json={"id": "stub"})
    assert Shipping().shipment("3") == {"id": "stub"}
""",
    )
    ran.assert_outcomes(passed=2)


def test_httpx_clients_sync_and_async_are_answered(suite):
    ran = run(
        suite,
        """
import asyncio, httpx, httpx2
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_both(mock_api, library):
    key = {"X-Api-Key": "k"}
    url = "https://api.shipping.example/v2/shipments/"
    assert library.get(url + "1", headers=key).json()["id"] == "1"
    async def ask():
        async with library.AsyncClient(headers=key) as client:
            return (await client.get(url + "2")).json()["id"]
    assert asyncio.run(ask()) == "2"
    mock_api.fail("getShipment", "hang", times=1)
    with pytest.raises(library.ReadTimeout):
        library.get(url + "1", headers=key)
    assert len(mock_api.exchanges("getShipment")) == 3
""",
    )
    ran.assert_outcomes(passed=2)


def test_anyio_tests_are_judged_in_their_call_phase(suite):
    ran = run(
        suite,
        """
import httpx
@pytest.fixture
def anyio_backend():
    return "asyncio"
@pytest.mark.anyio
async def test_async(mock_api):
    async with httpx.AsyncClient() as client:
        await client.get("https://api.shipping.example/v2/shipments/1")
""",
    )
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*request-security*"])


def test_workers_of_xdist_hand_over_what_they_saw(suite):
    ran = run(
        suite,
        """
@pytest.mark.parametrize("status", [200, 404])
def test_some(mock_api, status):
    mock_api.answer("getShipment", status)
    mock_api.session = requests.get(mock_api["shipping"].url + "/shipments/1", headers={"X-Api-Key": "k"}, timeout=5)
""",
        "-p", "xdist", "-n", "1", "--contract-report", "json=found.json",
    )  # fmt: skip
    ran.assert_outcomes(passed=2)
    ran.stdout.fnmatch_lines(["shipping: 1 of 13 operations used, 2 of their 5 documented answers seen*"])
    assert '"job": "test"' in (suite.path / "found.json").read_text(encoding="utf-8")


def test_a_function_decides_by_what_was_asked(suite):
    ran = run(
        suite,
        """
def test_function(mock_api):
    mock_api.answer("getShipment", lambda seen: 404 if seen.path["id"] == "0" else {"reference": seen.path["id"]})
    assert Shipping().shipment("8")["reference"] == "8"
    with pytest.raises(requests.HTTPError):
        Shipping().shipment("0")
    mock_api.answer("getShipment", 429, when={"id": "9"}, headers={"Retry-After": "1"})
    with pytest.raises(requests.HTTPError) as told:
        Shipping().shipment("9")
    assert told.value.response.headers["Retry-After"] == "1"
""",
    )
    ran.assert_outcomes(passed=1)


def test_a_client_that_is_a_fixture_is_brought_to_each_case_of_its_suite(suite):
    ran = run(
        suite,
        """
from mockserver import ClientSuite
@pytest.fixture
def shipping_client():
    return Shipping()
shipping = ClientSuite("shipping", "shipping_client", raises=requests.HTTPError, ignore=["createShipment"])
@shipping.parametrize(faults=True)
def test_shipping(case):
    case.check()
""",
        "-v",
    )
    ran.assert_outcomes(failed=1, passed=3)
    ran.stdout.fnmatch_lines(["*test_shipping[[]sent[]] FAILED*", "*[[]answered[]] PASSED*", "*[[]broken[]] PASSED*"])
    ran.stdout.fnmatch_lines(["*error[[]request-path[]]*/shipments/a/b is not in the contract*"])
