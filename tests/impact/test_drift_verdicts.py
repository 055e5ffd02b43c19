"""`mockserver drift` and `diff` with the client that the configuration names: only what breaks it fails."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from inhabited import CREDENTIALS, inhabited

from mockserver.cli.main import cli

ROOT = Path(__file__).parents[2]
CLIENT = """
import requests


class ShippingError(Exception):
    pass


class Shipping:
    def __init__(self, base_url, api_key):
        self.url, self.headers = base_url, {"X-Api-Key": api_key}

    def get_shipment(self, id):
        answer = requests.get(f"{self.url}/shipments/{id}", headers=self.headers, timeout=5)
        if answer.status_code >= 400:
            raise ShippingError(answer.status_code)
        return {"id": answer.json()["id"], "over": answer.json()["state"] in ("delivered", "lost")}
"""


@pytest.fixture(autouse=True)
def a_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "contracts").mkdir()
    shutil.copy(ROOT / "contracts" / "shipping.yaml", tmp_path / "contracts" / "shipping.yaml")
    (tmp_path / "small_shop.py").write_text(CLIENT, encoding="utf-8")
    (tmp_path / "mockserver.toml").write_text(
        '[services.shipping]\nclient = "small_shop:Shipping"\nraises = "small_shop:ShippingError"\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "small_shop", raising=False)
    return tmp_path


def run(*words: str) -> tuple[int, dict[str, Any]]:
    found = CliRunner().invoke(cli, [*words, "--report", "json=told.json"], standalone_mode=False)
    assert found.exception is None, (found.output, found.exception)
    return found.return_value, json.loads(Path("told.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "verdict", "code"),
    [
        ("shipment-state-dropped", "breaks", 1),
        ("shipment-state-held", "survives", 0),
        ("shipment-price-text", "survives", 0),
        ("tracking-gone", "unused", 0),
    ],
)
def test_a_drift_fails_only_where_it_breaks_the_client(name: str, verdict: str, code: int) -> None:
    key, value = CREDENTIALS["shipping"]
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch(name)
        words = ["drift", "shipping", "--url", url, "--rate", "10000", "--header", f"{key}: {value}"]
        found, told = run(*words)
        assert found == code, told["violations"]
        assert verdict in {one["client"]["verdict"] for one in told["violations"]}
        assert {one["level"] for one in told["violations"]} == ({"error"} if code else {"info"}) | (
            {"info"} if len(told["violations"]) > 1 and code else set()
        )


def test_what_breaks_names_the_line_of_the_client() -> None:
    key, value = CREDENTIALS["shipping"]
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch("shipment-state-dropped")
        _, told = run("drift", "shipping", "--url", url, "--rate", "10000", "--header", f"{key}: {value}")
    breaking = next(one for one in told["violations"] if one["client"]["verdict"] == "breaks")
    assert breaking["source"].startswith("small_shop.py:17")
    assert "raises KeyError: 'state'" in breaking["client"]["why"]


@pytest.mark.parametrize(
    ("was", "now", "verdict", "code"),
    [
        ("      required:\n        - id\n        - state\n", "      required:\n        - id\n", "breaks", 1),
        ("        - in_transit\n        - out_for_delivery\n        - delivered\n",
         "        - in_transit\n        - held\n        - out_for_delivery\n        - delivered\n", "survives", 0),
    ],
)  # fmt: skip
def test_a_new_edition_fails_only_where_it_breaks_the_client(
    was: str, now: str, verdict: str, code: int, a_shop: Path
) -> None:
    text = (a_shop / "contracts" / "shipping.yaml").read_text(encoding="utf-8")
    assert was in text
    (a_shop / "new.yaml").write_text(text.replace(was, now, 1), encoding="utf-8")
    found, told = run("diff", "shipping", "new.yaml")
    assert verdict in {one["client"]["verdict"] for one in told["violations"]}
    assert found == code, [(one["rule"], one["level"], one["client"]) for one in told["violations"]]
    assert run("diff", "shipping", "new.yaml", "--no-client")[0] == 1


def test_without_a_client_to_run_its_usage_tells_what_nobody_looks_at(a_shop: Path) -> None:
    use = {"use": "read", "proof": {"by": "get", "case": "the least", "change": "changed", "before": "a", "after": "b",
                                    "noticed": "/returned"}}  # fmt: skip
    facts = {
        "version": 1, "service": "shipping", "client": "small_shop:Shipping", "seed": 0, "unchecked": [],
        "operations": {"getShipment": {"label": "GET /shipments/{id}", "called_by": ["get"], "sends": {},
                                       "reads": {"200 application/json": {"/state": use}}}},
    }  # fmt: skip
    (a_shop / "mockserver.toml").unlink()
    (a_shop / "usage").mkdir()
    (a_shop / "usage" / "shipping.json").write_text(json.dumps(facts), encoding="utf-8")
    key, value = CREDENTIALS["shipping"]
    with inhabited("shipping", 0) as (url, app, _):
        words = ["drift", "shipping", "--url", url, "--rate", "10000", "--header", f"{key}: {value}"]
        app.extensions["live"].switch("shipment-id-null")
        unread = run(*words)
        app.extensions["live"].switch("shipment-state-dropped")
        read = run(*words)
    assert (unread[0], [one["client"]["verdict"] for one in unread[1]["violations"]]) == (0, ["unused"])
    assert read[0] == 1


def test_how_the_api_says_no_is_looked_at_without_any_recording() -> None:
    key, value = CREDENTIALS["shipping"]
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch("problem-renamed")
        words = ["drift", "shipping", "--url", url, "--rate", "10000", "--header", f"{key}: {value}", "--no-client"]
        _, told = run(*words)
    assert [(one["kind"], one["at"]) for one in told["violations"] if one["level"] == "error"] == [
        ("required field absent", "404 body#/title")
    ]


def test_a_service_without_an_address_does_not_hide_the_others(a_shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "contracts" / "payments.yaml", a_shop / "contracts" / "payments.yaml")
    with inhabited("shipping", 0) as (url, _, _):
        monkeypatch.setenv("SHIPPING_SERVICE", url)
        key, value = CREDENTIALS["shipping"]
        code, told = run("drift", "--rate", "10000", "--header", f"{key}: {value}")
    by_service = {one["contract"]: one for one in told}
    assert code == 0
    assert by_service["shipping"]["summary"]["checked"] >= 6
    assert "payments has no address" in by_service["payments"]["unchecked"][0]
