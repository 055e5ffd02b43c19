"""`mockserver drift --fix`: what makes the contract true again, where it belongs, and nothing else touched."""

from __future__ import annotations

import difflib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from inhabited import CREDENTIALS, inhabited

from mockserver.cli.main import cli

ROOT = Path(__file__).parents[2]
SAFE, RISKY = "shipment-field-added", "shipment-id-null"
OVERLAY = """# what we know better
overlay: 1.0.0
info: {title: ours, version: 1.0.0}
actions:
  - target: $.info   # the title of the vendor is wrong
    update:
      title: Parcels
"""


@pytest.fixture(autouse=True)
def a_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "contracts").mkdir()
    shutil.copy(ROOT / "contracts" / "shipping.yaml", tmp_path / "contracts" / "shipping.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def theirs(place: Path) -> None:
    (place / "mockserver.toml").write_text(
        '[services.shipping]\nsource = "https://api.shipping.example/openapi.yaml"\n', encoding="utf-8"
    )


def drift(url: str, *words: str) -> Result:
    name, value = CREDENTIALS["shipping"]
    given = ["drift", "shipping", "--url", url, "--rate", "10000", "--header", f"{name}: {value}", *words]
    found = CliRunner().invoke(cli, given, standalone_mode=False)
    assert found.exception is None, (found.output, found.exception)
    return found


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:1] in "+-"]


def test_our_own_document_gets_a_patch_that_is_only_printed(a_shop: Path) -> None:
    before = (a_shop / "contracts/shipping.yaml").read_text(encoding="utf-8")
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch(SAFE, RISKY)
        found = drift(url, "--fix", "--report", "json=told.json")
    assert "--- a/contracts/shipping.yaml" in found.stdout
    assert "+        carbonGrams:\n+          type: integer\n" in found.stdout
    assert "-          type: string\n+          type: [string, 'null']\n" in found.stdout
    assert found.stderr.index("safe   ") < found.stderr.index("risky  ")
    assert (a_shop / "contracts/shipping.yaml").read_text(encoding="utf-8") == before


def test_what_is_safe_is_applied_and_is_no_drift_any_more(a_shop: Path) -> None:
    before = (a_shop / "contracts/shipping.yaml").read_text(encoding="utf-8")
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch(SAFE, RISKY)
        drift(url, "--fix", "--apply", "safe")
        after = (a_shop / "contracts/shipping.yaml").read_text(encoding="utf-8")
        drift(url, "--report", "json=told.json")
    assert changed_lines(before, after) == ["+         carbonGrams:", "+           type: integer"]
    told: dict[str, Any] = json.loads((a_shop / "told.json").read_text(encoding="utf-8"))
    assert {one["kind"] for one in told["violations"]} == {"null"}


def test_a_document_of_a_vendor_gets_an_overlay_that_every_run_applies(a_shop: Path) -> None:
    theirs(a_shop)
    before = (a_shop / "contracts/shipping.yaml").read_bytes()
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch(SAFE, RISKY, "shipment-state-held", "shipments-next-gone")
        drift(url, "--fix")
        drift(url, "--report", "json=told.json")
    assert (a_shop / "contracts/shipping.yaml").read_bytes() == before
    overlay = (a_shop / "contracts/shipping.overlay.yaml").read_text(encoding="utf-8")
    assert "description: " in overlay
    told: dict[str, Any] = json.loads((a_shop / "told.json").read_text(encoding="utf-8"))
    assert [one for one in told["violations"] if "/state" not in one["at"]] == []


def test_an_overlay_that_is_there_is_extended_and_keeps_its_comments(a_shop: Path) -> None:
    file = a_shop / "contracts/shipping.overlay.yaml"
    file.write_text(OVERLAY, encoding="utf-8")
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch(SAFE)
        drift(url, "--fix")
        drift(url, "--report", "json=told.json")
    after = file.read_text(encoding="utf-8")
    assert "# what we know better" in after
    assert "# the title of the vendor is wrong" in after
    assert json.loads((a_shop / "told.json").read_text(encoding="utf-8"))["violations"] == []


def test_what_a_recorded_exchange_contradicts_is_dropped(a_shop: Path) -> None:
    log = a_shop / "cassettes" / "shipping"
    log.mkdir(parents=True)
    body = {"id": "42", "state": "created", "carbonGrams": "none"}
    (log / "old.har").write_text(
        json.dumps({"log": {"entries": [{
            "request": {"method": "GET", "url": "https://api.shipping.example/v2/shipments/42", "headers": [
                {"name": "X-Api-Key", "value": "any"}]},
            "response": {"status": 200, "headers": [], "content": {"mimeType": "application/json",
                "text": json.dumps(body)}},
        }]}}), encoding="utf-8",
    )  # fmt: skip
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch(SAFE)
        found = drift(url, "--fix")
    assert "a recorded exchange contradicts it: GET https://api.shipping.example/v2/shipments/42" in found.stderr
    assert "+++" not in found.stdout
