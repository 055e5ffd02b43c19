"""The documents are true: every command and every line of code in README.md and for newcomers is run here."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli.main import cli
from mockserver.edges.runner import free_port

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = (ROOT / "README.md", ROOT / "docs" / "coming-from.md")
BLOCKS = [(found[1], found[2]) for page in PAGES for found in BLOCK.finditer(page.read_text(encoding="utf-8"))]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    shutil.copytree(ROOT / "cassettes", tmp_path / "cassettes")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def matches(printed: str, expected: str) -> bool:
    """`...` stands for anything, lines and parts of lines included."""
    pattern = ".*".join(re.escape(piece) for piece in expected.strip().split("..."))
    return re.search(pattern, printed, re.DOTALL) is not None


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "console"], ids=lambda text: text[:40])
def test_a_console_example_prints_what_it_says(text: str, project: Path) -> None:
    first, _, expected = text.partition("\n")
    assert first.startswith("$ mockserver ")
    words = shlex.split(re.sub(r"\b401[01]\b", str(free_port()), first[2:]))
    if words[1] == "serve" and "--port" not in words and (port := re.search(r"127\.0\.0\.1:(\d+)", first)):
        words[2:2] = ["--port", re.search(r"127\.0\.0\.1:(\d+)", " ".join(words))[1]] if port else []
    command = [sys.executable, "-m", *words]
    ran = subprocess.run(
        command, cwd=project, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )  # fmt: skip
    assert matches(ran.stdout, expected), ran.stdout + ran.stderr
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "python"], ids=lambda text: text[:40])
@pytest.mark.usefixtures("project")
def test_a_python_example_runs(text: str) -> None:
    exec(compile(text, "README.md", "exec"), {})


def test_the_page_of_rules_is_written_by_the_code() -> None:
    printed = CliRunner().invoke(cli, ["explain", "--markdown"]).output
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == printed, (
        "mockserver explain --markdown > docs/rules.md"
    )


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"], ids=lambda page: page.name
)
def test_no_link_is_dead(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "command", ["serve", "lint", "cassettes", "coverage", "proxy", "record", "infer", "explain", "env"]
)
def test_every_option_stands_in_the_help_with_an_example(command: str) -> None:
    shown = CliRunner().invoke(cli, [command, "--help"]).output
    assert f"mockserver {command}" in shown.partition("Examples:")[2]
