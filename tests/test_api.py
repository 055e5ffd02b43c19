from pathlib import Path

import pytest
import requests

import mockserver
from mockserver import MockServer, load_contract
from mockserver.errors import AddressInUse, UnknownService

ROOT = Path(__file__).parent.parent
CONTRACTS = ROOT / "contracts"


def test_public_names_are_loaded_when_used() -> None:
    assert {"MockServer", "load_contract"} <= set(dir(mockserver))
    with pytest.raises(AttributeError, match="nothing"):
        _ = mockserver.nothing


def test_a_mock_lives_as_long_as_its_block() -> None:
    with MockServer("shipping", contracts=CONTRACTS) as server:
        url = server.url
        answered = requests.get(f"{url}/shipments/42", headers={"X-Api-Key": "k3y-k3y"}, timeout=5)
        assert (answered.status_code, answered.json()["id"]) == (200, "42")
        assert requests.post(f"{url}/shipments", json={}, timeout=5).status_code == 401
        assert next(one.rule for one in server.violations if one.level == "error") == "request-security"
        assert [exchange.request.target for exchange in server.exchanges] == ["/shipments/42", "/shipments"]
        assert "k3y-k3y" not in repr(server.exchanges)
        server.reset()
        assert server.exchanges == ()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/shipments/42", timeout=5)


def test_all_contracts_of_the_folder_are_served_at_once() -> None:
    with MockServer(contracts=CONTRACTS, security=False) as server:
        assert requests.get(f"{server.url_of('shipping')}/shipments/1", timeout=5).status_code == 200
        assert requests.get(f"{server.url_of('payments')}/charges/1", timeout=5).status_code == 200


def test_the_same_request_gets_the_same_answer_from_another_mock() -> None:
    answers = set()
    for _ in range(2):
        with MockServer("payments", contracts=CONTRACTS, security=False) as server:
            answers.add(requests.get(f"{server.url}/charges/ch_1", timeout=5).content)
    assert len(answers) == 1


def test_a_raw_target_survives_the_whole_way() -> None:
    with MockServer("shipping", contracts=CONTRACTS, security=False) as server:
        assert requests.get(f"{server.url}/shipments/a%2Fb", timeout=5).json()["id"] == "a/b"


def test_a_taken_port_is_an_error() -> None:
    with MockServer("shipping", contracts=CONTRACTS) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(AddressInUse):
            MockServer("shipping", contracts=CONTRACTS, port=port).start()


def test_a_contract_is_loaded_by_name() -> None:
    contract = load_contract("shipping", contracts=CONTRACTS)
    assert (contract.name, contract.version, contract.base_paths) == ("shipping", "3.1.1", ("/v2",))
    with pytest.raises(UnknownService):
        load_contract("nothing", contracts=CONTRACTS)
