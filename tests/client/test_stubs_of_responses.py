"""`responses_for`: stubs of the library `responses` that answer from the contract."""

from pathlib import Path

import pytest
import requests
import responses

from mockserver import responses_for
from mockserver.client import APIClient, ApiKey
from mockserver.errors import UsageError

CONTRACTS = Path(__file__).parent.parent.parent / "contracts"
LIVE = "https://api.shipping.example/v2"
KEY = {"X-Api-Key": "any"}


@responses.activate
def test_every_operation_answers_from_the_contract() -> None:
    shipping = responses_for("shipping", contracts=CONTRACTS)
    got = requests.get(f"{LIVE}/shipments/42", headers=KEY, timeout=5)
    assert (got.status_code, got.json()["id"], got.headers["Content-Type"]) == (200, "42", "application/json")
    assert shipping.exchange("getShipment").path == {"id": "42"}
    assert shipping.violations == ()


@responses.activate
def test_an_answer_is_chosen_and_checked_against_the_contract() -> None:
    shipping = responses_for("shipping", contracts=CONTRACTS)
    shipping.answer("getShipment", {"state": "delivered"})
    assert requests.get(f"{LIVE}/shipments/42", headers=KEY, timeout=5).json()["state"] == "delivered"
    with pytest.raises(UsageError):
        shipping.answer("getShipment", 418)


@responses.activate
def test_a_wrong_request_is_refused_and_told() -> None:
    shipping = responses_for("shipping", contracts=CONTRACTS)
    assert requests.get(f"{LIVE}/shipments/42", timeout=5).status_code in {401, 403}
    assert requests.get(f"{LIVE}/nowhere", headers=KEY, timeout=5).status_code == 404
    assert [violation.rule for violation in shipping.violations] == ["request-security", "request-path"]


@responses.activate
def test_stubs_of_ones_own_go_first_and_other_hosts_stay_refused() -> None:
    responses.get(f"{LIVE}/shipments/42", json={"mine": True})
    responses_for("shipping", contracts=CONTRACTS)
    assert requests.get(f"{LIVE}/shipments/42", headers=KEY, timeout=5).json() == {"mine": True}
    with pytest.raises(requests.ConnectionError):
        requests.get("https://elsewhere.example/", timeout=5)


def test_a_mock_may_be_given_and_faults_are_played() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        responses_for("shipping", contracts=CONTRACTS, mock=mock).fail("getShipment", "timeout")
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{LIVE}/shipments/42", headers=KEY, timeout=5)


@responses.activate
def test_a_resilient_client_meets_the_same_stubs() -> None:
    shipping = responses_for("shipping", contracts=CONTRACTS)
    shipping.answer("getShipment", [503, 200])
    contract = str(CONTRACTS / "shipping.yaml")
    words = {"retry": {"base_s": 0, "throttled_base_s": 0}}
    with APIClient(LIVE, contract=contract, auth=ApiKey("X-Api-Key", "any"), policy=words) as client:
        assert client.call("getShipment", id="42")["id"] == "42"
    assert len(shipping.exchanges("getShipment")) == 2


@responses.activate
def test_the_configured_addresses_are_answered_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mockserver.toml").write_text(
        f'contracts = "{CONTRACTS}"\n[services.shipping]\nurl = "https://eu.example/api"\nenv = "SHIP_URL"\n'
    )
    monkeypatch.setenv("SHIP_URL", "http://ship.test/x")
    responses_for("shipping")
    for base in ("https://eu.example/api", "http://ship.test/x"):
        assert requests.get(f"{base}/shipments/42", headers=KEY, timeout=5).status_code == 200
