"""`mockserver drift --offline`: what recorded exchanges show, without any network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli.main import cli
from mockserver.errors import UnreadableDocument

ROOT = Path(__file__).parents[2]
BALANCE = {"object": "balance", "livemode": False, "available": [], "pending": []}


def drift(*words: str) -> Result:
    return CliRunner().invoke(cli, ["drift", *words], standalone_mode=False)


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def logged(place: Path, *bodies: object) -> str:
    lines = [
        {"method": "GET", "url": "https://api.payments.example/v1/balance", "status": 200, "response_body": body}
        for body in bodies
    ]
    file = place / "traffic.ndjson"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return str(file)


def test_our_cassettes_show_no_drift() -> None:
    found = drift("--offline")
    assert found.exception is None, found.output
    assert found.return_value == 0
    assert "shipping: drift of 10 operations: clean" in found.output


def test_a_log_of_exchanges_shows_what_has_changed(tmp_path: Path) -> None:
    file = logged(tmp_path, {**BALANCE, "livemode": None}, {**BALANCE, "livemode": None, "fee": 1}, BALANCE)
    found = drift("payments", "--offline", "--from", file, "--report", "json")
    told = json.loads(found.stdout)
    assert found.return_value == 1
    assert [(one["kind"], one["at"], one["seen"], one["asked"], one["level"]) for one in told["violations"]] == [
        ("null", "200 body#/livemode", 2, 3, "error"),
        ("undocumented field", "200 body#/fee", 1, 3, "info"),
    ]
    assert told["target"] == "recorded exchanges"
    assert [one["opinion"] for one in told["violations"]] == ["confirmed", "no-opinion"]


def test_what_was_seen_once_fails_nothing(tmp_path: Path) -> None:
    found = drift("payments", "--offline", "--from", logged(tmp_path, {**BALANCE, "livemode": None}))
    assert found.return_value == 0
    assert "warning[response-type]" in found.output
    strict = drift(
        "payments", "--offline", "--from", logged(tmp_path, {**BALANCE, "livemode": 1}), "--fail-on", "warning"
    )
    assert strict.return_value == 1


def test_nothing_recorded_of_a_service_is_nothing_checked(tmp_path: Path) -> None:
    assert drift("shipping", "--offline", "--from", logged(tmp_path, BALANCE)).return_value == 3


def test_a_line_that_is_no_exchange_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_text('\n{"method": "GET"}\n', encoding="utf-8")
    found = drift("payments", "--offline", "--from", str(file))
    assert isinstance(found.exception, UnreadableDocument)
    assert found.exception.where.endswith("bad.ndjson:2")
