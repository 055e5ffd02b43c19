"""Every command finds what the configuration says."""

import shutil
import sys
from pathlib import Path

import pytest

from mockserver import MockServer, load_contract
from mockserver.cli import main
from mockserver.edges.runner import free_port

ROOT = Path(__file__).parent.parent.parent
SAID = """
[tool.mockserver]
contracts = "apis"
[tool.mockserver.services.cats]
contract = "vendor/cats-v1.yaml"
env = "CATS_BASE_URL"
auth = { basic = "$CATS_USER:${CATS_PASSWORD}" }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    petstore = ROOT / "tests" / "cases" / "petstore.yaml"
    for place in ("apis/pets.yaml", "vendor/cats-v1.yaml"):
        (tmp_path / place).parent.mkdir()
        shutil.copy(petstore, tmp_path / place)
    (tmp_path / "pyproject.toml").write_text(SAID, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    def run_in(folder: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["mockserver", *words])
        with pytest.raises(SystemExit) as ended:
            main.run()
        return ended.value.code, *capfd.readouterr()

    return run_in


def test_env_prints_the_variables_that_the_code_reads(project: Path, run) -> None:
    assert run(project, "env")[1].splitlines() == [
        "export PETS_SERVICE=http://127.0.0.1:4010/pets",
        "export CATS_BASE_URL=http://127.0.0.1:4010/cats",
        "export CATS_SERVICE=http://127.0.0.1:4010/cats",
    ]


def test_a_command_is_run_with_the_variables_that_the_code_reads(project: Path, run) -> None:
    code = "import os; print(os.environ['CATS_BASE_URL'], os.environ['PETS_SERVICE'])"
    port = free_port()
    _, printed, _ = run(project, "serve", "--port", str(port), "--", sys.executable, "-c", code)
    assert f"http://127.0.0.1:{port}/cats http://127.0.0.1:{port}/pets\n" in printed


def test_a_command_needs_no_credentials_of_its_own(project: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATS_USER", "me")
    code = "import os; print(os.environ['CATS_USER'], os.environ['CATS_PASSWORD'])"
    _, printed, _ = run(project, "serve", "--port", str(free_port()), "--", sys.executable, "-c", code)
    assert printed.endswith("me any\n")


def test_lint_finds_the_configured_contract_from_a_folder_below(project: Path, run) -> None:
    (project / "deep").mkdir()
    code, printed, _ = run(project / "deep", "lint", "cats")
    assert (code, "cats: lint of" in printed) == (0, True)


def test_a_wrong_configuration_is_three_lines_and_exit_2(project: Path, run) -> None:
    (project / "pyproject.toml").write_text(SAID + "contracct = 'x'\n", encoding="utf-8")
    code, _, told = run(project, "lint")
    assert (code, told.splitlines()[:2]) == (2, ["error: services.cats has no contracct", "  at   pyproject.toml:8"])


def test_an_unknown_service_is_told_with_the_nearest(project: Path, run) -> None:
    assert "did you mean cats?" in run(project, "lint", "cat")[2]


def test_python_code_finds_the_same_services(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert load_contract("cats").name == "cats"
    with MockServer() as server:
        assert {service.name for service in server.session.services} == {"cats", "pets"}
