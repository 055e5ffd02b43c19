"""What `mockserver drift` is told and what it tells: words of a call, credentials, addresses where nobody answers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from inhabited import CREDENTIALS, inhabited

from mockserver.cli.main import cli
from mockserver.errors import MockserverError

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
NAME, KEY = CREDENTIALS["shipping"]


@pytest.fixture(autouse=True)
def a_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "contracts").mkdir()
    shutil.copy(ROOT / "contracts" / "shipping.yaml", tmp_path / "contracts" / "shipping.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHIPPING_KEY", KEY)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), standalone_mode=False)


@pytest.mark.parametrize(
    ("header", "what"), [("X-Api-Key", "is no header"), ("X-Api-Key: $NOT_SET", "NOT_SET is not set")]
)
@pytest.mark.parametrize("service", [(), ("shipping",)])
def test_a_header_that_cannot_be_sent_is_a_wrong_word(header: str, what: str, service: tuple[str, ...]) -> None:
    found = run("drift", *service, "--header", header)
    assert isinstance(found.exception, MockserverError)
    assert what in found.exception.what
    assert found.exception.exit_code == 2


@pytest.mark.parametrize("way", ["--header", "auth"])
def test_the_command_that_asks_again_names_the_variable_of_the_credential(way: str, a_shop: Path) -> None:
    more = ["--header", f"{NAME}: $SHIPPING_KEY"] if way == "--header" else []
    if way == "auth":
        text = f'[services.shipping]\nauth = {{ {NAME} = "$SHIPPING_KEY" }}\n'
        (a_shop / "mockserver.toml").write_text(text, encoding="utf-8")
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch("shipment-id-null")
        found = run("drift", "shipping", "--url", url, "--rate", "10000", "--no-client", *more)
        again = next(line for line in found.output.splitlines() if "again " in line).partition("again ")[2].strip()
        answer = subprocess.run(
            ["sh", "-c", again], check=True, capture_output=True, text=True, env={**os.environ, "SHIPPING_KEY": KEY}
        ).stdout
    assert f'-H "{NAME}: $SHIPPING_KEY"' in again
    assert KEY not in found.output
    assert '"id":null' in answer.replace(" ", "")


def test_a_credential_to_the_letter_is_not_told() -> None:
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch("shipment-id-null")
        words = ("--rate", "10000", "--no-client", "--header", f"{NAME}: {KEY}")
        found = run("drift", "shipping", "--url", url, *words)
    assert f'-H "{NAME}: [redacted]"' in found.output
    assert KEY not in found.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("drift", "shipping", "--url", NOWHERE), "no answer: the connection was refused"),
        (("add", "parcels", f"{NOWHERE}/openapi.yaml"), "cannot be fetched: the connection was refused"),
        (("lint", f"{NOWHERE}/openapi.yaml"), "cannot be fetched: the connection was refused"),
    ],
)
def test_where_nobody_answers_that_is_said_in_plain_words(words: tuple[str, ...], says: str) -> None:
    found = run(*words)
    told = f"{found.output}{found.exception or ''}"
    assert says in told
    assert "127.0.0.1:9" in told
    for foreign in ("urllib3", "HTTPConnectionPool", "Errno", "Max retries"):
        assert foreign not in told


@pytest.mark.parametrize("command", ["drift", "check", "lint", "serve"])
def test_an_empty_folder_names_no_other_command_than_what_helps(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    found = run(command)
    assert isinstance(found.exception, MockserverError)
    assert "mockserver serve" not in str(found.exception)
    assert "mockserver add NAME URL" in str(found.exception)


def test_an_api_that_wants_credentials_is_told_from_one_that_refuses_them() -> None:
    with inhabited("shipping", 0) as (url, _, _):
        words = ("drift", "shipping", "--url", url, "--rate", "10000")
        without, wrong = run(*words), run(*words, "--header", f"{NAME}: other")
    assert "could not check: it answered 401: it wants credentials (--header, or auth" in without.output
    assert "could not check: it answered 401: the credentials are refused" in wrong.output


def test_an_alternative_of_a_discriminated_union_is_told_at_the_line_of_the_union(a_shop: Path) -> None:
    text = (a_shop / "contracts" / "shipping.yaml").read_text(encoding="utf-8")
    line = text[: text.index("      oneOf:\n        - $ref: '#/components/schemas/ScannedEvent'")].count("\n") + 1
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch("event-kind-pickup")
        words = ("--rate", "10000", "--no-client", "--header", f"{NAME}: {KEY}")
        found = run("drift", "shipping", "--url", url, *words)
    assert f"contracts/shipping.yaml:{line}  oneOf:" in found.output
