"""`mockserver drift --offline`: what recorded exchanges show, without any network."""

from __future__ import annotations

import base64
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


def entry(target: str, status: int, content: dict[str, object]) -> dict[str, object]:
    """Return an entry as Chrome writes it: HTTP/2, with pseudo-fields, decoded although the coding stands there."""
    fields = {":authority": "api.payments.example", ":path": f"/v1{target}", "authorization": "Bearer sesame"}
    answered = {"content-encoding": "br", "content-type": "application/json"}
    return {
        "startedDateTime": "2026-11-20T10:00:00.000Z", "time": 12.5, "cache": {}, "_fromCache": "disk",
        "request": {"method": "GET", "url": f"https://api.payments.example/v1{target}", "httpVersion": "h2",
                    "headers": [{"name": name, "value": value} for name, value in fields.items()]},
        "response": {"status": status, "statusText": "", "headers": [
            {"name": name, "value": value} for name, value in answered.items()], "content": content},
    }  # fmt: skip


def archived(place: Path, *entries: dict[str, object]) -> str:
    file = place / "session.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    return str(file)


def base64_of(value: object) -> dict[str, object]:
    text = base64.b64encode(json.dumps(value).encode()).decode()
    return {"size": 9, "mimeType": "application/json", "text": text, "encoding": "base64"}


def test_an_archive_of_a_browser_shows_what_a_log_shows(tmp_path: Path) -> None:
    file = archived(tmp_path, *[entry("/balance", 200, base64_of({**BALANCE, "livemode": None}))] * 2)
    found = drift("payments", "--offline", "--from", file, "--report", "json")
    (only,) = json.loads(found.stdout)["violations"]
    assert (only["kind"], only["at"], only["confidence"]) == ("null", "200 body#/livemode", "medium")


@pytest.mark.parametrize(
    ("status", "content", "why"),
    [
        (200, {"size": 512, "mimeType": "application/json"}, "the recording is without its body"),
        (200, {"size": 0, "mimeType": "application/json"}, "the recording is without its body"),
        (304, {"size": 2, "mimeType": "application/json", "text": "{}"}, "304: nothing new"),
        (401, {"size": 2, "mimeType": "application/json", "text": "{}"}, "401: it wants credentials"),
    ],
)
def test_what_an_archive_does_not_hold_is_no_drift(
    status: int, content: dict[str, object], why: str, tmp_path: Path
) -> None:
    place = tmp_path / "payments.json"
    place.write_text(json.dumps(ONE_ANSWER), encoding="utf-8")
    file = archived(tmp_path, *[entry("/balance", status, content)] * 2)
    found = drift(str(place), "--offline", "--from", file)
    assert found.return_value == 3
    assert f"getBalance: could not check: {why}" in found.output.replace("it answered ", "")


def test_where_recorded_requests_went_is_said_when_none_came_here(tmp_path: Path) -> None:
    file = tmp_path / "other.ndjson"
    file.write_text('{"method": "GET", "url": "https://other.example/balance", "status": 200}\n', encoding="utf-8")
    assert "nothing recorded went to shipping, but to https://other.example" in (
        drift("shipping", "--offline", "--from", str(file)).output
    )


ONE_ANSWER = {
    "openapi": "3.1.0", "info": {"title": "Payments", "version": "1"},
    "servers": [{"url": "https://api.payments.example/v1"}],
    "paths": {"/balance": {"get": {"operationId": "getBalance", "responses": {"200": {
        "description": "now", "content": {"application/json": {"schema": {"type": "object"}}}}}}}},
}  # fmt: skip
