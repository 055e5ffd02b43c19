"""A mock behind which cassettes stand answers what was recorded, and imagines the rest."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
import requests
import responses

from mockserver import MockApi, MockServer, responses_for
from mockserver.api.recorded import httpx_transport
from mockserver.errors import CouldNotCheck, UsageError

ROOT = Path(__file__).parents[2]
CASSETTES = ROOT / "cassettes"
SHIPPING = str(ROOT / "contracts" / "shipping.yaml")
KEY = {"X-Api-Key": "any"}
NONE = "https://api.shipping.example/v2/shipments/none"


def test_recorded_answers_come_first_at_whatever_address() -> None:
    with MockServer(SHIPPING, cassettes=CASSETTES) as server:
        recorded = requests.get(f"{server.url}/shipments/none", headers=KEY, timeout=5)
        wrong = requests.get(f"{server.url}/shipments?limit=0", headers=KEY, timeout=5)
        imagined = requests.get(f"{server.url}/shipments/77", headers=KEY, timeout=5)
    assert (recorded.status_code, recorded.headers["X-Mockserver-Source"]) == (404, "recorded")
    assert recorded.json()["detail"] == "There is no shipment none."
    assert wrong.headers["X-Mockserver-Source"] == "recorded"
    assert "request-range" in wrong.headers["X-Mockserver-Violations"]
    assert (imagined.status_code, imagined.headers["X-Mockserver-Source"]) != (200, "recorded")


def test_a_body_and_parameters_are_part_of_what_is_the_same() -> None:
    with MockServer(SHIPPING, cassettes=CASSETTES / "shipping" / "webhooks.yaml") as server:
        headers = {"Authorization": "Bearer any"}
        wanted = {"events": ["shipment.state_changed"], "url": "https://shop.example/hooks/shipping"}
        same = requests.post(f"{server.url}/webhooks", json=wanted, headers=headers, timeout=5)
        other = requests.post(
            f"{server.url}/webhooks", json={**wanted, "url": "https://b.example/"}, headers=headers, timeout=5
        )
    assert same.headers["X-Mockserver-Source"] == "recorded"
    assert other.headers["X-Mockserver-Source"] != "recorded"


def test_a_folder_without_recordings_of_the_service_is_an_error() -> None:
    with pytest.raises(CouldNotCheck, match="no recorded interaction"):
        MockServer(SHIPPING, cassettes=CASSETTES / "payments")
    with pytest.raises(UsageError, match="no folder of cassettes"):
        MockServer(SHIPPING, cassettes="nowhere")


def test_cassettes_are_stubs_for_responses() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        shipping = responses_for(SHIPPING, cassettes=CASSETTES / "shipping" / "refused.yaml", mock=mock)
        recorded = requests.get(NONE, headers=KEY, timeout=5)
        assert (recorded.json()["status"], recorded.headers["X-Mockserver-Source"]) == (404, "recorded")
        imagined = requests.get(NONE.replace("none", "77"), headers=KEY, timeout=5)
        assert (imagined.status_code, imagined.headers["X-Mockserver-Source"]) == (200, "example")
        assert [seen.status for seen in shipping.exchanges("getShipment")] == [404, 200]


def test_what_a_test_asks_for_goes_over_what_was_recorded() -> None:
    with MockApi(SHIPPING, cassettes=CASSETTES / "shipping" / "refused.yaml") as mock_api:
        mock_api.answer("getShipment", 200, times=1)
        asked = [requests.get(f"{mock_api.url}/shipments/none", headers=KEY, timeout=5) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [200, 404]


def test_cassettes_are_a_transport_of_httpx() -> None:
    transport = httpx_transport(CASSETTES / "shipping", library=httpx2)
    with httpx2.Client(transport=transport) as client:
        assert client.get(NONE, headers=KEY).status_code == 404
        with pytest.raises(httpx2.ConnectError, match="path: /v2/shipments/other was recorded as"):
            client.get(NONE.replace("none", "other"))
