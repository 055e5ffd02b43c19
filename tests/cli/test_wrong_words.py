"""Words that a command does not understand: exit 2 and a sentence that names the fault, before anything is done."""

import shlex
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from mockserver.cli.main import cli
from mockserver.errors import MockserverError

PETS = """openapi: 3.1.0
info: {title: Pets, version: '1'}
paths: {/pets: {get: {operationId: listPets, responses: {default: {description: pets}}}}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "pets.yaml").write_text(PETS)
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("serve --port 99999", "99999 is not in the range 0<=x<=65535"),
        ("serve --delay -1", "-1.0 is not in the range x>=0"),
        ("serve --nearest", "--nearest says which recordings answer"),
        ("proxy pets --url nonsense", "the url is no http(s) address"),
        ("proxy pets --url ftp://a.example", "the url is no http(s) address"),
        ("env --port -1", "-1 is not in the range 0<=x<=65535"),
        ("check --max-examples -1", "-1 is not in the range x>=0"),
        ("verify mock --workers 0", "0 is not in the range x>=1"),
        ("verify provider --url x", "the url is no http(s) address"),
        ("verify provider --url http://127.0.0.1:9 --header foo", "foo is no header"),
        ("verify client os:path --max-examples -1", "-1 is not in the range x>=0"),
        ("drift --header foo", "foo is no header"),
        ("verify provider --url http://127.0.0.1:9 --header 'a b: c'", "a b: c is no header"),
        ("drift --url x", "the url is no http(s) address"),
        ("drift --allow listPet --url http://127.0.0.1:9", "--allow listPet is no operation"),
        ("cassettes check --older-than -1", "-1 is not in the range x>=0"),
        ("cassettes age --older-than x", "--older-than x is no age"),
        ("cassettes refresh --url x", "the url is no http(s) address"),
        ("coverage report --fail-under 200", "200.0 is not in the range 0<=x<=100"),
    ],
)
def test_a_wrong_word_is_named(words, sentence) -> None:

    ended = CliRunner().invoke(cli, shlex.split(words), standalone_mode=False)
    assert isinstance(ended.exception, click.UsageError | MockserverError), ended.output
    assert ended.exception.exit_code == 2
    assert sentence in str(ended.exception)


@pytest.mark.parametrize("command", ["check", "scan", "age", "refresh"])
def test_a_folder_without_cassettes_is_named(command) -> None:
    ended = CliRunner().invoke(cli, ["cassettes", command, "empty"], standalone_mode=False)
    assert isinstance(ended.exception, MockserverError)
    assert ended.exception.exit_code == 3
    assert "there is no cassette in empty" in str(ended.exception)


def test_a_number_is_an_age_in_days() -> None:
    ended = CliRunner().invoke(cli, ["cassettes", "age", "--older-than", "30"], standalone_mode=False)
    assert "there is no cassette in cassettes/" in str(ended.exception)


def test_a_closed_pipe_is_no_violation_and_no_traceback() -> None:
    command = f"{sys.executable} -m mockserver explain"
    with subprocess.Popen(command.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.close()
        told = running.stderr.read() if running.stderr is not None else b""
    assert (running.returncode, told) == (141, b"")
