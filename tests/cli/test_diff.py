"""`mockserver diff` on files, services and revisions."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli.diff import diff
from mockserver.errors import CouldNotCheck, UsageError

ROOT = Path(__file__).parent.parent.parent
REQUIRED = "      required:\n        - to\n        - parcels\n"
STRICTER = f"{REQUIRED}        - reference\n"
WIDER = "      required:\n        - to\n"
CONTRACT = (ROOT / "contracts" / "shipping.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "shipping.yaml").write_text(CONTRACT, encoding="utf-8")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(diff, words, standalone_mode=False)


def edited(folder: Path, before: str, after: str) -> None:
    assert before in CONTRACT
    (folder / "new.yaml").write_text(CONTRACT.replace(before, after), encoding="utf-8")


def git(*words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *words], check=True, capture_output=True)


def test_the_same_contract_has_no_changes(folder: Path) -> None:
    shutil.copy("contracts/shipping.yaml", folder / "new.yaml")
    ran = run("shipping", "new.yaml")
    assert ran.return_value == 0
    assert "clean" in ran.output


def test_a_breaking_change_is_told_with_both_places_and_a_witness(folder: Path) -> None:
    edited(folder, REQUIRED, STRICTER)
    ran = run("shipping", "new.yaml", "--report", "json")
    assert ran.return_value == 1
    (found,) = (one for one in json.loads(ran.output)["violations"] if one["verdict"] == "breaking")
    assert found["rule"] == "property-required"
    assert found["file"] == "new.yaml"
    assert found["was"]["file"] == "contracts/shipping.yaml"
    assert found["line"]
    assert found["was"]["line"]
    assert "reference" not in found["witness"]["request"]["body"]
    assert "request-required" in found["witness"]["refused"]


def test_a_revision_of_the_repository_is_the_old_edition(folder: Path) -> None:
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    path = folder / "contracts" / "shipping.yaml"
    path.write_text(CONTRACT.replace(REQUIRED, STRICTER), encoding="utf-8")
    ran = run("--against", "HEAD")
    assert ran.return_value == 1
    assert "HEAD:/contracts/shipping.yaml" in ran.output


def test_a_file_is_the_old_edition_of_a_service(folder: Path) -> None:
    edited(folder, REQUIRED, STRICTER)
    ran = run("shipping", "--against", "new.yaml")
    assert ran.return_value == 0
    assert "property-optional" in ran.output


@pytest.mark.parametrize(("level", "code"), [("info", 1), ("warning", 0), ("error", 0), ("never", 0)])
def test_the_level_that_fails_is_chosen(folder: Path, level: str, code: int) -> None:
    edited(folder, REQUIRED, WIDER)
    assert run("shipping", "new.yaml", "--fail-on", level).return_value == code


@pytest.mark.usefixtures("folder")
def test_one_word_is_a_usage_error() -> None:
    ran = run("shipping")
    assert isinstance(ran.exception, UsageError)
    assert "--against" in ran.exception.fix


@pytest.mark.parametrize(("name", "start"), [("markdown", "## new: diff"), ("html", "<!doctype html>")])
def test_a_changelog_is_written(folder: Path, name: str, start: str) -> None:
    edited(folder, REQUIRED, STRICTER)
    run("shipping", "new.yaml", "--report", f"{name}=changes")
    page = (folder / "changes").read_text(encoding="utf-8")
    assert page.startswith(start)
    assert "property reference is required now" in page


@pytest.mark.usefixtures("folder")
def test_an_old_edition_that_is_nothing_is_said_to_be_no_revision_either() -> None:
    wrong = run("--against", "origin/nowhere").exception
    assert isinstance(wrong, UsageError)
    assert wrong.what == "there is no revision, no file and no service origin/nowhere"


@pytest.mark.usefixtures("folder")
def test_a_revision_from_before_the_first_contract_has_nothing_to_compare() -> None:
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "first")
    wrong = run("--against", "HEAD").exception
    assert isinstance(wrong, CouldNotCheck)


def test_a_revision_is_read_from_the_root_of_the_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = folder / "services" / "shop"
    (service / "contracts" / "parts").mkdir(parents=True)
    (folder / "common").mkdir()
    (folder / "common" / "text.yaml").write_text("{type: string, maxLength: 9}\n", encoding="utf-8")
    part = '{type: object, properties: {note: {$ref: "../../../../common/text.yaml"}}}\n'
    (service / "contracts" / "parts" / "order.yaml").write_text(part, encoding="utf-8")
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "parts/order.yaml"}}}}
    operation = {"operationId": "order", "requestBody": body, "responses": {"200": {"description": "d"}}}
    tree = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/orders": {"post": operation}}}
    (service / "contracts" / "shop.yaml").write_text(json.dumps(tree), encoding="utf-8")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    (folder / "common" / "text.yaml").write_text("{type: string, maxLength: 8}\n", encoding="utf-8")
    monkeypatch.chdir(service)
    for place in ([], [str(service / "contracts" / "shop.yaml")]):
        ran = run(*place, "--against", "HEAD")
        assert ran.return_value == 1
        assert "maxLength was 9, is 8" in ran.output
        assert "HEAD:/common/text.yaml" in ran.output


def test_a_file_of_another_place_was_in_no_revision(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "shipping.yaml"
    shutil.copy(folder / "contracts" / "shipping.yaml", elsewhere)
    ran = run(str(elsewhere), "--against", "HEAD")
    assert isinstance(ran.exception, UsageError)
    assert "is not in the repository" in ran.exception.what


USAGE = {
    "version": 1, "service": "shipping", "client": "shop:Client", "seed": 0, "unchecked": [],
    "operations": {"getShipment": {"label": "GET /shipments/{id}", "called_by": ["get"], "sends": {}, "reads": {}}},
}  # fmt: skip


def test_what_the_usage_facts_do_not_know_fails_nothing(folder: Path) -> None:
    edited(folder, REQUIRED, STRICTER)
    assert run("shipping", "new.yaml").return_value == 1
    (folder / "usage").mkdir()
    (folder / "usage" / "shipping.json").write_text(json.dumps(USAGE), encoding="utf-8")
    ran = run("shipping", "new.yaml", "--report", "json")
    assert ran.return_value == 0
    (found,) = (one for one in json.loads(ran.output)["violations"] if one["verdict"] == "breaking")
    assert (found["level"], found["client"]["verdict"]) == ("info", "unused")
    assert "usage/shipping.json: your client does not call createShipment" in run("shipping", "new.yaml").output
    assert run("shipping", "new.yaml", "--no-client").return_value == 1


def test_usage_facts_that_miss_something_say_so(folder: Path) -> None:
    edited(folder, REQUIRED, STRICTER)
    (folder / "usage").mkdir()
    missing = {**USAGE, "unchecked": ["track could not be called"]}
    (folder / "usage" / "shipping.json").write_text(json.dumps(missing), encoding="utf-8")
    told = run("shipping", "new.yaml").output
    assert "usage/shipping.json does not know all that your client does: track could not be called" in told


def test_a_password_in_an_address_is_not_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.edges.by_requests.fetching.fetch", lambda _: CONTRACT.encode())
    edited(folder, REQUIRED, STRICTER)
    for words in (["--report", "json"], ["--report", "html"], []):
        ran = run("new.yaml", "--against", "https://me:hunter2@api.example/openapi.yaml", *words)
        assert ran.return_value == 1
        assert "https://api.example/openapi.yaml" in ran.output
        assert "hunter2" not in ran.output
