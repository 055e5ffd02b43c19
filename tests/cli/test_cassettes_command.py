"""`mockserver cassettes` on a repository as pytest-recording leaves it, and on our own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from interactions import interaction

from mockserver.cassette.model import Cassette, Interaction, Recorded
from mockserver.cassette.written import write_yaml
from mockserver.cli.main import cli
from mockserver.errors import CouldNotCheck
from mockserver.values import replace

CONTRACTS = Path(__file__).parents[2] / "contracts"
API = "https://api.shipping.example/v2"
KEY = (("X-Api-Key", "redacted"),)
DATED = (("Content-Type", "application/json"), ("Date", "Mon, 21 Apr 2014 23:06:09 GMT"))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(CONTRACTS, tmp_path / "contracts")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keep(path: str, *interactions: Interaction, expires: str = "") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(write_yaml(Cassette(interactions, expires)))


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["cassettes", *words], standalone_mode=False)


SHIPMENT = interaction("GET", f"{API}/shipments/42", sent_headers=KEY, body={"id": "42", "state": "created"})


@pytest.mark.usefixtures("repository")
def test_sound_recordings_are_clean() -> None:
    keep("tests/cassettes/test_shipping/test_get.yaml", SHIPMENT)
    found = run("check")
    assert found.return_value == 0
    assert "1 cassette, 1 interaction: clean" in found.output


@pytest.mark.usefixtures("repository")
def test_what_no_longer_keeps_the_contract_is_told_with_both_lines() -> None:
    body = {"id": "42", "state": "held", "extra": 1, "parcels": [{"length": 1, "width": 1, "height": 1}]}
    keep("tests/cassettes/test_get.yaml", replace(SHIPMENT, response=interaction(body=body).response))
    found = run("check")
    lines = Path("tests/cassettes/test_get.yaml").read_text().splitlines()
    state = next(number for number, line in enumerate(lines, 1) if '"state"' in line)
    assert found.return_value == 1
    assert f"tests/cassettes/test_get.yaml:{state}" in found.output
    assert "contracts/shipping.yaml:" in found.output
    assert "error[response-enum]  getShipment" in found.output
    assert "error[response-required]  getShipment" in found.output
    assert "info[response-undocumented]  getShipment  /extra is not in the contract" in found.output
    assert "1 no longer keeps the contract" in found.output


@pytest.mark.usefixtures("repository")
def test_a_second_judge_is_asked_about_what_is_found_on_either_side() -> None:
    refused = interaction("GET", f"{API}/shipments?limit=none", sent_headers=KEY, body={"items": []})
    keep("tests/cassettes/test_two.yaml", replace(SHIPMENT, response=interaction(body={"id": 42}).response), refused)
    run("check", "--report", "json=found.json")
    found = json.loads(Path("found.json").read_text())["violations"]
    assert {one["side"] for one in found} == {"consumer", "provider"}
    assert {one["opinion"] for one in found if one["rule"].startswith("re")} >= {"confirmed"}
    assert not [one for one in found if one["opinion"] == "disputed"]


@pytest.mark.usefixtures("repository")
def test_names_of_secrets_may_stand_in_the_configuration() -> None:
    body = {"id": "42", "state": "created", "reference": "plain-words", "session": "af8Kd93nQz71LmPx0wTr"}
    keep("cassettes/shipping/a.yaml", replace(SHIPMENT, response=interaction(body=body).response))
    assert run("scan").return_value == 1
    Path("mockserver.toml").write_text('public = ["session"]\n')
    assert run("scan").return_value == 0
    Path("mockserver.toml").write_text('public = ["session"]\nsecret = ["reference"]\n')
    assert "reference" in run("scan").output


@pytest.mark.usefixtures("repository")
def test_both_directions_are_judged_and_undocumented_operations_are_told() -> None:
    wrong = interaction("GET", f"{API}/shipments?limit=900", sent_headers=KEY, body={"items": [], "nextCursor": None})
    keep("cassettes/shipping/a.yaml", wrong, interaction("GET", f"{API}/pallets", body={}))
    found = run("check")
    assert "error[request-range]  listShipments" in found.output
    assert "error[request-path]" in found.output


@pytest.mark.usefixtures("repository")
def test_what_the_api_itself_has_refused_is_no_fault_of_the_recording() -> None:
    told = {"type": "about:blank", "title": "no", "status": 400}
    refused = interaction("GET", f"{API}/shipments?limit=0", sent_headers=KEY, status=400, body=told,
                          headers=(("Content-Type", "application/problem+json"),))  # fmt: skip
    keep("cassettes/shipping/a.yaml", refused)
    assert run("check").return_value == 0


@pytest.mark.usefixtures("repository")
def test_a_service_may_be_known_by_its_folder_or_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = interaction("GET", "http://127.0.0.1:5001/v2/shipments/42", body={"id": 42, "state": "created"})
    keep("cassettes/shipping/a.yaml", wrong)
    assert "response-type" in run("check").output
    keep("elsewhere/a.yaml", replace(wrong, origin="http://127.0.0.1:5009"))
    assert run("check", "elsewhere").return_value == 3
    monkeypatch.setenv("SHIPPING_SERVICE", "http://127.0.0.1:5009/v2")
    assert "response-type" in run("check", "elsewhere").output


@pytest.mark.usefixtures("repository")
def test_secrets_broken_files_age_and_strangers_are_counted() -> None:
    keep("cassettes/shipping/secret.yaml", replace(SHIPMENT, request=interaction(
        "GET", f"{API}/shipments/42", sent_headers=(("X-Api-Key", "kT9vX2mQ8zL4wR7p"),)).request))  # fmt: skip
    keep("cassettes/shipping/old.yaml", replace(SHIPMENT, response=replace(SHIPMENT.response, headers=DATED)))
    keep("tests/a/cassettes/other.yaml", interaction(url="https://stranger.example/a", body={}))
    Path("cassettes/broken.yaml").write_text("interactions:\n- request: {method: GET\n")
    found = run("check")
    assert found.return_value == 1
    assert (
        "4 cassettes, 3 interactions: 1 cannot be read, 1 holds a secret, 1 older than 180 days, 1 has no contract"
        in found.output
    )
    assert "cassettes/shipping/secret.yaml:7" in found.output
    assert "kT9vX2mQ8zL4wR7p" not in found.output
    assert "1 exchanged with stranger.example: no contract has this host" in found.output


@pytest.mark.usefixtures("repository")
def test_what_was_recorded_before_the_contract_changed_is_stale_and_may_expire() -> None:
    noted = Recorded(at="2020-01-01T00:00:00Z", contract="0123456789abcdef")
    keep("cassettes/shipping/a.yaml", replace(SHIPMENT, recorded=noted), expires="90d")
    found = run("check", "--report", "json=report.json")
    rules = {one["rule"]: one["level"] for one in json.loads(Path("report.json").read_text())["violations"]}
    assert rules == {"cassette-expired": "warning", "cassette-stale": "info"}
    assert found.return_value == 0


@pytest.mark.usefixtures("repository")
def test_the_scan_tells_places_and_mends_them_when_asked() -> None:
    keep(
        "cassettes/a.yaml",
        interaction("POST", sent={"password": "hunter22hunter22"}, body={"echo": "hunter22hunter22"}),
    )
    found = run("scan", "cassettes/a.yaml")
    assert found.return_value == 1
    assert "/request/body#/password holds the value of password" in found.output
    assert run("scan", "cassettes/a.yaml", "--public", "password").return_value == 0
    assert run("scan", "--fix").return_value == 0
    assert "hunter22" not in Path("cassettes/a.yaml").read_text()
    assert Path(".mockserver/.gitignore").read_text() == "*\n"


@pytest.mark.usefixtures("repository")
def test_age_lists_the_oldest_first_and_fails_above_the_limit() -> None:
    keep("cassettes/old.yaml", replace(SHIPMENT, response=replace(SHIPMENT.response, headers=DATED)))
    keep("cassettes/unknown.yaml", SHIPMENT)
    found = run("age")
    assert found.return_value == 1
    assert [line.split()[-1] for line in found.output.splitlines()[:2]] == [
        "cassettes/old.yaml",
        "cassettes/unknown.yaml",
    ]
    assert run("age", "cassettes/unknown.yaml").return_value == 0


@pytest.mark.usefixtures("repository")
def test_a_repository_without_cassettes_is_not_green() -> None:
    with pytest.raises(CouldNotCheck, match="there is no cassette"):
        CliRunner().invoke(cli, ["cassettes", "check"], standalone_mode=False, catch_exceptions=False)


def test_a_secret_of_another_file_is_another_finding(tmp_path, monkeypatch):
    held = (
        "interactions:\n- request: {{method: GET, uri: 'https://pets.example/pets', body: null, "
        "headers: {{Authorization: [Bearer {0}]}}}}\n  response: {{status: {{code: 200, message: OK}}, headers: {{}}, "
        "body: {{string: ''}}}}\nversion: 1\n"
    )
    (tmp_path / "cassettes").mkdir()
    for name in ("one", "two"):
        (tmp_path / "cassettes" / f"{name}.yaml").write_text(held.format("sk_live_51Hx9dKq2eZvKYlo2C" + name))
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(cli, ["cassettes", "scan", "--report", "json=found.json"], standalone_mode=False)
    found = json.loads((tmp_path / "found.json").read_text())["violations"]
    assert {one["rule"] for one in found} == {"cassette-secret"}
    assert len({one["fingerprint"] for one in found}) == 2
