"""Cassettes come in from other tools, go out to them, and are recorded again when they are stale."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from interactions import interaction
from live_api import KEY
from recorded_flows import shipping_create
from running import running

from mockserver.api.cassette import Contracts, Leaking, use_cassette
from mockserver.cassette.har import read_har
from mockserver.cassette.model import Cassette
from mockserver.cassette.vcr import read_vcr
from mockserver.cassette.written import write_yaml
from mockserver.cli.main import cli
from mockserver.edges.cassette_files import load
from mockserver.errors import CouldNotCheck, UsageError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["cassettes", *words], standalone_mode=False, catch_exceptions=False)


HAR = {
    "log": {
        "version": "1.2",
        "entries": [
            {
                "startedDateTime": "2026-11-22T10:00:00.000Z", "time": 12,
                "request": {"method": "GET", "url": "https://api.shipping.example/v2/shipments/42", "httpVersion": "h2",
                            "headers": [{"name": ":path", "value": "/"}, {"name": "X-Api-Key", "value": KEY}]},
                "response": {"status": 200, "statusText": "OK",
                             "headers": [{"name": "content-encoding", "value": "br"}],
                             "content": {"mimeType": "application/json", "text": '{"id":"42","state":"created"}'}},
            },
            {"request": {"method": "GET", "url": "https://ads.example/"}, "response": {"status": 0}},
        ],
    }
}  # fmt: skip
WIREMOCK = {
    "mappings": [
        {"request": {"method": "GET", "urlPath": "/shipments", "queryParameters": {"limit": {"equalTo": "1"}},
                     "headers": {"X-Api-Key": {"equalTo": KEY}}},
         "response": {"status": 200, "jsonBody": {"items": [], "nextCursor": None}}},
        {"name": "any", "request": {"method": "GET", "urlPathPattern": "/shipments/.*"}, "response": {"status": 404}},
    ]
}  # fmt: skip
POSTMAN = {
    "info": {"name": "Shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
    "variable": [{"key": "base", "value": "https://api.shipping.example/v2"}],
    "item": [{"name": "folder", "item": [
        {"name": "one", "request": {"method": "GET", "url": {"raw": "{{base}}/shipments/:id",
         "variable": [{"key": "id", "value": "42"}]}, "header": [{"key": "X-Api-Key", "value": KEY}]},
         "response": [{"name": "ok", "code": 200, "status": "OK", "header": [{"key": "Content-Type",
          "value": "application/json"}], "body": '{"id": "42", "state": "created"}'}]},
        {"name": "none", "request": "{{base}}/rates", "response": []},
    ]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("tree", "words", "url", "left"),
    [
        (HAR, (), "https://api.shipping.example/v2/shipments/42", "GET https://ads.example/ has no answer"),
        (WIREMOCK, ("--url", "https://api.shipping.example/v2"), "https://api.shipping.example/v2/shipments?limit=1",
         "any: urlPathPattern fits many requests"),
        (POSTMAN, (), "https://api.shipping.example/v2/shipments/42", "none has no saved example"),
    ],
    ids=["har", "wiremock", "postman"],
)  # fmt: skip
def test_files_of_other_tools_become_cassettes(tree: object, words: tuple[str, ...], url: str, left: str) -> None:
    Path("theirs.json").write_text(json.dumps(tree))
    found = run("import", "theirs.json", "shipping/theirs", *words)
    assert found.return_value == 0, found.output
    assert left in found.output
    written = Path("cassettes/shipping/theirs.yaml").read_bytes()
    assert KEY.encode() not in written
    (one,) = read_vcr(written, "a").interactions
    assert one.url == url
    assert run("check").return_value == 0


def test_what_breaks_the_contract_or_holds_a_secret_is_told_on_the_way_in() -> None:
    tree = json.loads(json.dumps(HAR).replace('\\"created\\"', '\\"held\\"'))
    Path("theirs.har").write_text(json.dumps(tree))
    assert run("import", "theirs.har", "shipping/theirs").return_value == 1
    Path("odd.yaml").write_bytes(write_yaml(Cassette((interaction(body={"authBlob": "qW3eR5tY7uI9oP1aS2dF"}),))))
    with pytest.raises(Leaking):
        run("import", "odd.yaml", "odd")
    assert run("import", "odd.yaml", "odd", "--public", "authBlob").return_value == 0
    with pytest.raises(CouldNotCheck, match="nothing of this file"):
        run("import", "odd.yaml", "other", "--host", "other.example")


def test_a_cassette_that_is_there_is_written_over_by_force_only() -> None:
    Path("theirs.har").write_text(json.dumps(HAR))
    run("import", "theirs.har", "shipping/theirs")
    written = Path("cassettes/shipping/theirs.yaml")
    written.write_text(written.read_text() + "# mended by hand\n")
    with pytest.raises(UsageError, match="there is such a cassette"):
        run("import", "theirs.har", "shipping/theirs")
    assert "mended by hand" in written.read_text()
    run("import", "theirs.har", "shipping/theirs", "--force")
    assert "mended by hand" not in written.read_text()


def test_a_cassette_goes_out_as_an_archive_and_comes_back() -> None:
    shutil.copytree(ROOT / "cassettes", "cassettes")
    run("export", "shipping/create", "--to", "create.har")
    known = load(Path("cassettes/shipping/create.yaml")).cassette.interactions
    back = read_har(Path("create.har").read_bytes(), "create.har").interactions
    assert [(one.url, one.request.body, one.response.status, one.response.body) for one in back] == [
        (one.url, one.request.body, one.response.status, one.response.body) for one in known
    ]
    run("export", "shipping/create", "--to", "create.json")
    assert load(Path("create.json")).cassette.interactions == known
    with pytest.raises(UsageError, match="no form that is written"):
        run("export", "shipping/create", "--to", "create.xml")


def test_only_what_is_stale_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("cassettes/shipping/create.yaml")
    with running("shipping") as (url, _):
        monkeypatch.setenv("SHIPPING_SERVICE", url)
        monkeypatch.setenv("LIVE_KEY", KEY)
        with use_cassette(path, "rewrite", Contracts()):
            shipping_create(url, KEY)
        fresh = path.read_text()
        key = ("--header", "X-Api-Key: $LIVE_KEY")
        assert "0 recorded again" in run("refresh", *key).output
        assert path.read_text() == fresh
        path.write_text(fresh.replace('"state": "created"', '"state": "held"'))
        assert run("check").return_value == 1
        found = run("refresh", "shipping", *key)
        assert "left: POST https://api.shipping.example/v2/shipments: it no longer keeps the contract" in found.output
        assert "  GET https://api.shipping.example/v2/shipments/42: it no longer keeps the contract" in found.output
        assert "2 recorded again, 2 do not keep the contract" in found.output
        assert "0 do not" not in run("refresh", "shipping", "--unsafe", *key).output
    assert run("check").return_value == 0
    assert KEY not in path.read_text()
