"""Findings that a team lives with: told, counted, failing nothing, until their day is over or they are gone."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from mockserver.cli.main import cli

WRONG = """
openapi: 3.1.0
info: { title: Pets, version: "1" }
paths:
  /pets:
    get:
      operationId: getPet
      responses: { "200": { description: a pet, content: { application/json: { schema: { type: strin } } } } }
  /cats:
    get:
      operationId: getCat
      responses: { "200": { description: a cat, content: { application/json: { schema: { type: objec } } } } }
"""
RIGHT = """
openapi: 3.1.0
info: { title: Pets, version: "1" }
paths: { /pets: { get: { operationId: getPets, responses: { "200": { description: pets } } } } }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder whose contract has two errors."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "pets.yaml").write_text(WRONG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    return CliRunner().invoke(cli, words, standalone_mode=False)


def lint():
    """Return exit code and JSON report of a lint."""
    done = run("lint", "--report", "json=lint.json")
    assert done.exception is None, done.exception
    with open("lint.json") as file:  # noqa: PTH123 - the working directory is the test's
        return done.return_value, json.load(file)


def ids(report):
    return [one["fingerprint"] for one in report["violations"] if one["level"] == "error"]


def in_days(days):
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011 - the day that it is here


def test_an_accepted_finding_is_told_and_fails_nothing(folder):
    code, report = lint()
    assert (code, len(ids(report))) == (1, 2)
    for one in ids(report):
        done = run("accept", one, "--because", "the vendor mends it", "--until", in_days(30))
        assert done.return_value == 0, done.exception
    code, report = lint()
    assert code == 0
    assert report["summary"]["accepted"] == 2
    assert report["violations"][0]["accepted"] == {"because": "the vendor mends it", "until": in_days(30)}
    assert "2 accepted" in run("lint").output
    assert 'because = "the vendor mends it"' in (folder / "contracts" / "accepted.toml").read_text()


@pytest.mark.usefixtures("folder")
def test_every_text_report_prints_the_line_that_accepts():
    _, report = lint()
    for one in ids(report):
        assert f"accept  mockserver accept {one[:4]}" in run("lint").output


def test_an_acceptance_whose_day_is_over_is_an_error_again_and_can_be_prolonged(folder):
    _, report = lint()
    one = ids(report)[0]
    run("accept", one, "--because", "for now", "--until", in_days(0))
    file = folder / "contracts" / "accepted.toml"
    assert lint()[1]["summary"]["errors"] == 1
    file.write_text(file.read_text().replace(in_days(0), in_days(-1)))
    code, report = lint()
    assert (code, report["summary"]["errors"]) == (1, 2)
    assert f"expired it was accepted until {in_days(-1)}: for now" in run("lint").output
    assert run("accept", one[:6], "--because", "still", "--until", in_days(9)).return_value == 0
    assert file.read_text().count("[[accepted]]") == 1
    assert lint()[1]["summary"]["errors"] == 1


def test_what_no_longer_occurs_is_told_with_its_line(folder):
    _, report = lint()
    for one in ids(report):
        run("accept", one, "--because", "for now")
    (folder / "contracts" / "pets.yaml").write_text(RIGHT)
    code, report = lint()
    assert code == 0
    assert [one["rule"] for one in report["violations"]] == ["accepted-stale"] * 2
    assert (report["violations"][0]["file"], report["violations"][0]["line"]) == ("contracts/accepted.toml", 3)
    assert report["summary"]["warnings"] == 2


def test_the_id_stays_when_the_contract_is_ordered_otherwise(folder):
    _, report = lint()
    for one in ids(report):
        run("accept", one, "--because", "for now")
    head, pets, cats = WRONG.partition("  /cats")[0].partition("  /pets")
    (folder / "contracts" / "pets.yaml").write_text(head + "  /cats" + WRONG.partition("  /cats")[2] + pets + cats)
    code, report = lint()
    assert (code, report["summary"]["accepted"]) == (0, 2)


@pytest.mark.usefixtures("folder")
def test_an_id_that_nobody_has_names_the_nearest():
    _, report = lint()
    one = ids(report)[0]
    other = one[:5] + ("0" if one[5] != "0" else "1")
    told = str(run("accept", other, "--because", "x").exception)
    assert f"there is no finding {other}" in told
    assert f"did you mean {one} pets" in told


@pytest.mark.usefixtures("folder")
def test_before_any_run_there_is_nothing_to_accept():
    assert "no run has found any" in str(run("accept", "7c1e", "--because", "x").exception)


def test_a_beginning_that_two_findings_have_is_refused(folder):
    (folder / ".mockserver").mkdir()
    known = [
        {"id": one, "service": "pets", "job": "lint", "rule": "r", "operation": "", "message": ""}
        for one in ("7c1e0aaaaaaa", "7c1e0bbbbbbb")
    ]
    (folder / ".mockserver" / "findings.json").write_text(json.dumps(known))
    told = str(run("accept", "7c1e", "--because", "x").exception)
    assert "7c1e is the beginning of 2 findings" in told
    assert "7c1e0bbbbbbb pets r" in told
    assert run("accept", "7c1e0a", "--because", "x").return_value == 0


def test_one_finding_of_two_services_asks_for_the_service(folder):
    (folder / "contracts" / "dogs.yaml").write_text(WRONG)
    run("lint")
    _, report = lint()
    one = ids(report[0])[0]
    assert "add --service" in str(run("accept", one, "--because", "x").exception)
    assert run("accept", one, "--because", "x", "--service", "dogs").return_value == 0
    _, (dogs, pets) = lint()
    assert (dogs["summary"]["accepted"], pets["summary"]["accepted"]) == (1, 0)


@pytest.mark.usefixtures("folder")
def test_the_id_may_come_from_a_report_of_another_machine():
    _, report = lint()
    run_elsewhere = json.dumps({**report, "violations": report["violations"][:1]})
    with open("ci.json", "w") as file:  # noqa: PTH123 - as above
        file.write(run_elsewhere)
    assert run("accept", ids(report)[0], "--from", "ci.json", "--because", "seen in CI").return_value == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["7c1", "--because", "x"], "too short"),
        (["7c1e", "--because", " "], "--because is empty"),
        (["7c1e", "--because", "x", "--from", "no.json"], "no.json is no JSON report"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_words_that_make_no_sense_are_told(words, told):
    assert told in str(run("accept", *words).exception)


@pytest.mark.parametrize(("day", "told"), [("soon", "is no day"), ("2020-01-01", "is over")])
@pytest.mark.usefixtures("folder")
def test_a_day_must_be_one_to_come(day, told):
    _, report = lint()
    assert told in str(run("accept", ids(report)[0], "--because", "x", "--until", day).exception)


@pytest.mark.parametrize(
    ("text", "told", "line"),
    [
        ('\n[[accepted]]\nid = "a"\nservice = "pets"\nbecuase = "x"\n', "did you mean because?", 2),
        ('[[accepted]]\nid = "a"\nservice = "pets"\n', "needs because", 1),
        ('[[accepted]]\nid = "a"\nservice = "pets"\nbecause = "x"\nuntil = "soon"\n', "until is 'soon'", 1),
        ("accepted = 1\n", "no list", 0),
        ("[[accepted\n", "no TOML", 0),
    ],
)
def test_a_file_that_cannot_be_meant_is_told_with_its_line(folder, text, told, line):
    (folder / "contracts" / "accepted.toml").write_text(text)
    error = str(run("lint").exception)
    assert told in error
    assert f"contracts/accepted.toml{f':{line}' if line else ''}" in error


def test_other_text_of_the_file_stays(folder):
    _, report = lint()
    file = folder / "contracts" / "accepted.toml"
    file.write_text('# ours\n\n[[accepted]]\nid = "0000aaaa"\nservice = "old"\nbecause = "x" # why\n')
    run("accept", ids(report)[0], "--because", 'a "quoted" reason')
    assert file.read_text().startswith(
        '# ours\n\n[[accepted]]\nid = "0000aaaa"\nservice = "old"\nbecause = "x" # why\n'
    )
    assert lint()[1]["summary"]["accepted"] == 1
