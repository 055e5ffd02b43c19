import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli.main import cli
from mockserver.errors import MockserverError

ROOT = Path(__file__).parent.parent.parent
SOUND = (ROOT / "tests" / "cases" / "petstore.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contracts").mkdir()
    return tmp_path / "contracts"


def lint(*words: str) -> Result:
    return CliRunner().invoke(cli, ["lint", *words], standalone_mode=False)


def test_our_own_contracts_are_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    monkeypatch.chdir(tmp_path)
    ended = lint()
    assert ended.return_value == 0
    assert ended.output == "payments: lint of 14 operations: clean\nshipping: lint of 13 operations: clean\n"


def test_a_finding_names_rule_line_and_fix(folder: Path) -> None:
    (folder / "pets.yaml").write_text(SOUND.replace("name: petId, in: path, required: true", "name: petId, in: path"))
    ended = lint()
    assert ended.return_value == 1
    assert "error[document-path-parameter]" in ended.output
    assert "contracts/pets.yaml:" in ended.output
    assert "fix  " in ended.output
    assert ended.output.endswith("pets: lint of 4 operations: 1 error, 1 warning, 1 to know\n")


@pytest.mark.parametrize(
    ("old", "new", "rule", "level", "pointer"),
    [
        ("$ref: '#/components/schemas/NewPet'}}\n", "$ref: '#/components/schemas/X'}}\n", "document-reference", "error",
         "/paths/~1pets/post/requestBody/content/application~1json/schema/$ref"),
        ("minLength: 1", "minLength: 5, maxLength: 3", "document-contradiction", "error",
         "/components/schemas/NewPet/properties/name"),
        ("minLength: 1", "pattern: '(['", "document-pattern", "warning", ""),
        ("{id: 1, name: Tom, kind: cat}", "{id: 1, name: '', kind: cat}", "document-example", "warning",
         "/paths/~1pets~1{petId}/get/responses/200/content/application~1json/examples/cat/value/name"),
        ("info: {title: Pets, version: '1'}", "info: {title: Pets}", "document-structure", "error", "/info"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_where_it_is(
    folder: Path, old: str, new: str, rule: str, level: str, pointer: str
) -> None:
    assert old in SOUND
    (folder / "pets.yaml").write_text(
        SOUND.replace("                broken: {value: {id: none}}\n", "").replace(old, new)
    )
    ended = lint("--report", "json")
    found = [
        (one["rule"], one["level"], one["pointer"])
        for one in json.loads(ended.output)["violations"]
        if one["rule"] == rule
    ]
    assert found
    assert found[0][:2] == (rule, level)
    assert found[0][2] == pointer or not pointer
    assert all(one["line"] > 0 and one["fix"] for one in json.loads(ended.output)["violations"])
    assert ended.return_value == (1 if level == "error" else 0)


def test_the_json_report_has_one_shape(folder: Path) -> None:
    (folder / "pets.yaml").write_text(SOUND)
    lint("--report", "json=lint.json", "--report", "text")
    report = json.loads(Path("lint.json").read_text(encoding="utf-8"))
    assert {key: report[key] for key in ("job", "contract", "target", "summary", "unchecked")} == {
        "job": "lint",
        "contract": "pets",
        "target": "",
        "summary": {"checked": 4, "unchecked": 0, "errors": 0, "warnings": 1, "infos": 1, "accepted": 0},
        "unchecked": [],
    }
    assert set(report["violations"][0]) == {
        "rule", "side", "level", "operation", "pointer", "file", "line", "at", "source", "message", "fix", "witness",
        "fingerprint", "opinion", "accepted",
    }  # fmt: skip


def test_an_overlay_mends_what_the_vendor_wrote(folder: Path) -> None:
    (folder / "pets.yaml").write_text(SOUND)
    (folder / "pets.overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: Mended, version: '1'}\nactions:\n"
        "  - target: $.paths['/pets/{petId}'].get.responses['200'].content['application/json'].examples.broken\n"
        "    remove: true\n"
    )
    assert "pets: lint of 4 operations: 1 to know\n" in lint().output


def test_a_file_of_another_name_and_place_is_linted(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.yaml"
    path.write_text(SOUND)
    assert lint(str(path)).return_value == 0


def test_a_missing_file_is_an_error(folder: Path) -> None:
    ended = lint(str(folder / "none.yaml"))
    assert isinstance(ended.exception, MockserverError)
    assert ended.exception.exit_code == 2
