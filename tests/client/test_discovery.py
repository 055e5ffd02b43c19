"""Services by name: the seed's `services["auth"]["url"]`, read from the configuration and the environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.client import APIClient, get_service_url, services
from mockserver.edges.fault_gate import FaultGate, answer
from mockserver.errors import UnknownService, UsageError

SAID = """
[services.shipping]
url = "https://api.shipping.example/v2"
headers = { Api-Version = "2026-01-01" }
timeout = 5
retry = { attempts = 1 }
[services.billing]
require_env = true
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MOCKSERVER_")]:
        monkeypatch.delenv(name)
    (tmp_path / "mockserver.toml").write_text(SAID, encoding="utf-8")
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "payments.yaml").write_text("openapi: 3.1.0\n", encoding="utf-8")
    return tmp_path


def test_a_service_is_a_mapping_as_in_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert services["shipping"]["url"] == get_service_url("shipping") == "https://api.shipping.example/v2"
    assert services["shipping"]["timeout"] == 5
    assert services["payments"]["contract"] == "contracts/payments.yaml"
    monkeypatch.setenv("SHIPPING_SERVICE", "http://127.0.0.1:4010/shipping")
    assert services["shipping"]["url"] == "http://127.0.0.1:4010/shipping"


def test_a_variable_alone_is_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_SERVICE", "http://127.0.0.1:8001")
    assert get_service_url("auth") == "http://127.0.0.1:8001"
    assert sorted(services) == ["auth", "billing", "payments", "shipping"]
    assert "auth" in services


def test_an_unknown_service_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownService, match="there is no service shiping") as wrong:
        services["shiping"]
    assert "did you mean shipping? known services: billing, payments, shipping" in wrong.value.fix
    assert services.get("shiping") is None
    assert "shiping" not in services


def test_an_address_that_must_come_from_the_environment_is_no_silent_localhost() -> None:
    assert "billing" in services
    with pytest.raises(UsageError, match="BILLING_SERVICE is not set") as wrong:
        get_service_url("billing")
    assert wrong.value.where == "mockserver.toml:7"
    with pytest.raises(UsageError, match="payments has no address"):
        APIClient.from_service("payments")


def test_a_client_of_a_service_keeps_what_the_configuration_says(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultGate(answer(503), answer(200)) as gate:
        monkeypatch.setenv("SHIPPING_SERVICE", gate.url)
        with APIClient.from_service("shipping") as client, pytest.raises(Exception, match="answered 503"):
            client.get("/rates")
        [asked] = gate.requests
        assert asked.header("api-version") == "2026-01-01"


def test_what_is_given_goes_over_the_configuration() -> None:
    with FaultGate() as gate:
        with APIClient.from_service("shipping", base_url=gate.url, headers={"Api-Version": "x"}) as client:
            client.get("/")
        assert gate.requests[0].header("api-version") == "x"


def test_nothing_heavy_is_loaded_for_a_variable(folder: Path) -> None:
    (folder / "mockserver.toml").unlink()
    code = (
        "import os, sys; os.environ['A_SERVICE'] = 'http://x'; from mockserver.client import services;"
        "assert services['a']['url'] == 'http://x';"
        "print(sorted({'pydantic', 'flask', 'schemathesis', 'vcr', 'pytest'} & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
