"""`mockserver coverage` as people run it: words, files, exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.api.contract import load_contract
from mockserver.cli.main import cli
from mockserver.coverage.stored import Seen, written
from mockserver.errors import MockserverError
from mockserver.jobs.judge import digest

ROOT = Path(__file__).parents[2]
FEW = ("GET /shipments/{id}", "GET /shipments/{id} path.id sent", "GET /shipments/{id} answers 200")
NULL = "shown #/components/schemas/Shipment/properties/owner union null"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keep(file: str, *keys: str, of: str | None = None) -> None:
    contract = load_contract("shipping")
    seen = Seen("shipping", "contracts/shipping.yaml", of or digest(contract), frozenset(keys))
    Path(file).write_text(written([seen]), encoding="utf-8")


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["coverage", *words], standalone_mode=False)


@pytest.mark.usefixtures("folder")
def test_the_report_tells_both_figures_what_was_not_asked_for_and_where_the_rest_stands() -> None:
    keep(".mockserver-coverage.json", *FEW, NULL)
    ran = run("report")
    assert ran.return_value == 0
    lines = ran.output.splitlines()
    assert (
        lines[0]
        == "shipping: coverage of 1 operation: clean (1/13 operations, 4 % of what is used, 1 % of the contract)"
    )
    assert lines[1].startswith("not checked: 12 of 13 operations were never asked for: listShipments, createShipment,")
    assert "  statuses shown             1/5              1/84" in lines
    assert ["contracts/shipping.yaml:273", "shown:", "getShipment:", "401"] in [line.split() for line in lines]


@pytest.mark.usefixtures("folder")
def test_too_little_is_an_error() -> None:
    keep("seen.json", *FEW)
    assert run("report", "seen.json", "--fail-under", "3").return_value == 0
    below = run("report", "seen.json", "--fail-under", "50")
    assert below.return_value == 1
    assert "error[coverage-below]" in below.output
    assert "and 50 % is asked for" in below.output


@pytest.mark.usefixtures("folder")
def test_what_the_baseline_had_seen_and_this_run_has_not_is_told_with_its_line() -> None:
    keep("main.json", *FEW, NULL)
    keep("now.json", *FEW, "GET /shipments/{id} answers 404")
    ran = run("report", "now.json", "--against", "main.json", "--report", "json")
    page = json.loads(ran.output)
    (lost,) = page["violations"]
    assert (lost["rule"], lost["level"], lost["line"]) == ("coverage-lost", "warning", 1069)
    assert lost["message"] == "no longer shown: Shipment.owner as null"
    assert page["figures"]["gained"] == ["GET /shipments/{id} answers 404"]
    assert page["figures"]["lost"] == [NULL]
    assert page["note"].endswith("; 1 gained, 1 lost")
    assert ran.return_value == 0


@pytest.mark.usefixtures("folder")
def test_a_contract_that_has_changed_since_is_told() -> None:
    keep("seen.json", *FEW, "GET /gone", of="another")
    told = run("report", "seen.json").output
    assert "shipping has changed since this was measured: 1 of what was seen is no longer in it" in told


@pytest.mark.usefixtures("folder")
def test_nothing_seen_is_nothing_checked() -> None:
    keep("seen.json")
    assert run("report", "seen.json").return_value == 3


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "the coverage cannot be read"),
        ("{}", "this is no coverage file"),
        ("no json", "this is no coverage file"),
    ],
)
def test_a_file_that_is_none_is_an_error_that_says_how_one_is_made(text: str | None, said: str) -> None:
    if text is not None:
        Path("seen.json").write_text(text, encoding="utf-8")
    ran = run("report", "seen.json")
    assert isinstance(ran.exception, MockserverError)
    assert said in str(ran.exception)
    assert "pytest --contract-coverage=FILE" in str(ran.exception)
    assert ran.exception.exit_code == 2


@pytest.mark.usefixtures("folder")
def test_shards_are_joined() -> None:
    keep("one.json", FEW[0])
    keep("two.json", *FEW[1:])
    assert run("merge", "one.json", "two.json").output == "  wrote .mockserver-coverage.json: shipping 3 points\n"
    keep("whole.json", *FEW)
    assert Path(".mockserver-coverage.json").read_bytes() == Path("whole.json").read_bytes()


@pytest.mark.usefixtures("folder")
def test_a_page_has_the_contract_line_by_line() -> None:
    keep("seen.json", *FEW, NULL)
    assert run("report", "seen.json", "--report", "html=page.html").return_value == 0
    page = Path("page.html").read_text(encoding="utf-8")
    assert '<li class="seen" title="1 of 1 seen"><b>1069</b>            - type: &#x27;null&#x27;</li>' in page
    assert "never shown: Shipment.owner there, left out" in page
