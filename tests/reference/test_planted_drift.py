"""Every planted drift is found where it is and as what it is; none is reported where there is none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from drifts import DRIFTS, Drift
from inhabited import CREDENTIALS, inhabited

from mockserver.cli.main import cli

ROOT = Path(__file__).parents[2]
FULL = bool(os.environ.get("CORPUS_FULL"))
SEEDS = range(20) if FULL else range(1)
EACH = 1 if FULL else 3
"""Every how many drifts one is tried: CI takes a sample, `make impact` all, over 20 seeds."""
GRANT = {"grant_type": "client_credentials"}
SERVICES = ("shipping", "payments")

KINDS: dict[str, set[str]] = {
    "undocumented field": {"undocumented field"},
    "required field dropped": {"required field absent"},
    "new enum value": {"new enum value"},
    "null": {"null"},
    "changed type": {"changed type"},
    "widened type": {"widened type", "changed type"},
    "changed format": {"changed format", "changed type"},
    "changed pattern": {"changed pattern"},
    "renamed": {"required field absent"},
    "header missing": {"header missing"},
    "new status": {"undocumented status"},
    "enveloped": {"required field absent"},
    "media type changed": {"undocumented media type"},
    "pagination changed": {"required field absent", "changed type"},
    "new alternative": {"new alternative", "new enum value"},
    "gone operation": {"operation gone"},
    "error changed": {"required field absent", "undocumented media type"},
    "changed header": {"changed header"},
}
"""What each kind of planted drift may be called; a change of a text to another kind of text is both."""

PLACES: dict[str, str] = {
    "shipment-field-added": "/carbonGrams", "shipment-state-dropped": "/state", "shipment-state-held": "/state",
    "shipment-id-null": "/id", "shipment-id-number": "/id", "shipment-weight-float": "/parcels/*/weight",
    "shipment-created-unix": "/createdAt", "shipment-deadline-local": "/deliverBy", "shipment-owner-text": "/owner",
    "shipment-tracking-short": "/trackingNumber", "shipment-price-text": "/price/amount",
    "shipment-city-renamed": "/to/city", "shipment-location-missing": "header.Location",
    "shipment-created-200": "200 status",
    "shipment-enveloped": "#/", "shipment-legacy-json": "header.Content-Type", "shipments-next-offset": "/nextCursor",
    "shipments-next-gone": "/nextCursor", "shipments-bare-list": "body", "cancel-ok": "200 status",
    "event-kind-pickup": "/items/*", "tracking-gone": "status", "label-octets": "header.Content-Type",
    "rates-overnight": "/items/*/service", "problem-renamed": "/title", "problem-plain": "header.Content-Type",
    "sunset-missing": "header.Sunset", "charge-field-added": "/fee", "charge-captured-dropped": "/amount_captured",
    "charge-status-disputed": "/status", "charge-currency-upper": "/currency", "charge-amount-decimal": "/amount",
    "charge-created-iso": "/created", "charge-method-null": "/payment_method", "charge-metadata-null": "/metadata",
    "charge-request-id-uuid": "header.Request-Id", "charge-accepted": "202 status", "charges-total": "/total",
    "charges-more-text": "/has_more", "charges-results": "/data", "customer-email-list": "/email",
    "customer-balance-float": "/balance", "customer-deleted-empty": "204 status", "balance-gone": "status",
    "payouts-json": "header.Content-Type", "payouts-unnamed": "header.Content-Disposition", "error-flat": "/error",
}  # fmt: skip

UNSAFE = {
    "shipment-location-missing": ("POST /shipments",),
    "shipment-created-200": ("POST /shipments",),
    "cancel-ok": ("POST /shipments", "DELETE /shipments/{id}"),
    "sunset-missing": ("POST /keys/rotate",),
    "charge-accepted": ("POST /customers", "POST /customers/{id}/payment_methods", "POST /charges"),
    "customer-deleted-empty": ("POST /customers", "DELETE /customers/{id}"),
}
"""What no safe request shows; these operations are allowed by name."""


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def watched(service: str, url: str, place: Path, *more: str, seed: int = 0) -> tuple[int, dict[str, Any]]:
    name, value = CREDENTIALS[service]
    report = place / "drift.json"
    words = [
        "drift", service, "--url", url, "--rate", "10000", "--header", f"{name}: {value}", "--seed", str(seed),
        "--observations", str(place / "observations.jsonl"), "--report", f"json={report}", "--no-client", *more,
    ]  # fmt: skip
    found = CliRunner().invoke(cli, words, standalone_mode=False)
    assert found.exception is None, found.output
    return found.return_value, json.loads(report.read_text(encoding="utf-8"))


def fits(drift: Drift, finding: dict[str, Any]) -> bool:
    return (
        finding["kind"] in KINDS[drift.kind]
        and PLACES[drift.name] in finding["at"]
        and bool(set(finding["operations"]) & set(drift.operations))
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_reported_where_nothing_has_changed(service: str, seed: int, tmp_path: Path) -> None:
    with inhabited(service, seed) as (url, _, asked):
        code, told = watched(service, url, tmp_path, seed=seed)
    assert told["violations"] == []
    assert code == 0
    assert told["summary"]["checked"] >= 6
    assert {method for method, _ in asked} <= {"GET", "HEAD"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("service", SERVICES)
def test_every_planted_drift_is_found_as_what_it_is(service: str, seed: int, tmp_path: Path) -> None:
    missed = []
    with inhabited(service, seed) as (url, app, asked):
        for drift in DRIFTS[::EACH]:
            if drift.service != service or drift.name in UNSAFE or drift.name == "shipment-maintenance":
                continue
            app.extensions["live"].switch(drift.name)
            (tmp_path / "observations.jsonl").unlink(missing_ok=True)
            _, told = watched(service, url, tmp_path, seed=seed)
            found = [one for one in told["violations"] if fits(drift, one)]
            others = [one for one in told["violations"] if not set(one["operations"]) & set(drift.operations)]
            if not found or others:
                missed.append((drift.name, [(one["kind"], one["at"], one["operations"]) for one in told["violations"]]))
    assert missed == []
    assert {method for method, _ in asked} <= {"GET", "HEAD"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", UNSAFE)
def test_what_only_unsafe_operations_show_is_found_where_they_are_allowed(name: str, seed: int, tmp_path: Path) -> None:
    drift = next(one for one in DRIFTS if one.name == name)
    allowed = UNSAFE[name]
    more = [word for label in allowed for word in ("--allow", label)]
    with inhabited(drift.service, seed) as (url, app, asked):
        if name == "sunset-missing":
            given = requests.post(f"{url.removesuffix('/v2')}/oauth2/token", data=GRANT, auth=("a", "b"), timeout=5)
            more += ["--header", f"Authorization: Bearer {given.json()['access_token']}"]
            asked.clear()
        app.extensions["live"].switch(name)
        _, told = watched(drift.service, url, tmp_path, *more, seed=seed)
        gets = [path for method, path in asked if method in {"GET", "HEAD"}]
    assert any(fits(drift, one) for one in told["violations"]), told["violations"]
    sent = {method for method, _ in asked} - {"GET", "HEAD"}
    assert sent == {label.partition(" ")[0] for label in allowed}
    assert gets


def test_a_page_of_html_is_no_drift(tmp_path: Path) -> None:
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch("shipment-maintenance")
        code, told = watched("shipping", url, tmp_path)
    assert told["violations"] == []
    assert code == 0
    assert any("getShipment" in line and "HTML" in line for line in told["unchecked"])


def test_where_nothing_answers_nothing_is_checked(tmp_path: Path) -> None:
    code, told = watched("payments", "http://127.0.0.1:9/v1", tmp_path)
    assert code == 3
    assert told["summary"]["checked"] == 0


def test_refused_credentials_are_no_drift(tmp_path: Path) -> None:
    with inhabited("payments", 0) as (url, _, _):
        code, told = watched("payments", url, tmp_path, "--header", "Authorization: Bearer none")
    assert told["violations"] == []
    assert code == 3


def test_what_was_seen_in_an_earlier_run_is_known_and_then_over(tmp_path: Path) -> None:
    with inhabited("payments", 0) as (url, app, _):
        app.extensions["live"].switch("balance-gone")
        first = watched("payments", url, tmp_path)[1]["violations"]
        second = watched("payments", url, tmp_path)[1]["violations"]
        app.extensions["live"].switch()
        third = watched("payments", url, tmp_path)[1]
    assert [(one["runs"], bool(one["first_seen"]), one["fingerprint"]) for one in (*first, *second)] == [
        (1, False, first[0]["fingerprint"]), (2, True, first[0]["fingerprint"]),
    ]  # fmt: skip
    assert second[0]["confidence"] == "high"
    assert third["violations"] == []
    assert [(one["operation"], one["kind"]) for one in third["figures"]["over"]] == [("getBalance", "operation gone")]
