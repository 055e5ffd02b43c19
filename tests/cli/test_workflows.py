"""The workflows that we offer: GitHub takes them, their commands are ours, and they do here what they are for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from inhabited import CREDENTIALS, inhabited

from mockserver.cli import init
from mockserver.cli.main import cli

ROOT = Path(__file__).parents[2]
WORKFLOWS = {
    **{file.name: file.read_text(encoding="utf-8") for file in sorted((ROOT / "docs" / "workflows").glob("*.yml"))},
    "init --ci": init._WORKFLOW,  # noqa: SLF001 - the text that the command writes
}
EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
UV = '#!/bin/sh\nif [ "$1" = run ]; then shift; exec "$@"; fi\n'
COMMAND = '#!/bin/sh\nexec "{python}" -m mockserver "$@"\n'
GH = """#!/bin/sh
echo "$1 $2" >> gh.calls
case "$1 $2" in
  "issue list") cat gh.number 2>/dev/null ;;
  "issue create") echo 7 > gh.number ;;
  "issue close") rm gh.number ;;
esac
exit 0
"""


def steps(text: str) -> list[dict[str, Any]]:
    # YAML 1.1 reads the key `on` as true
    return [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]


def scripts(text: str) -> Iterator[str]:
    return (EXPRESSION.sub("main", step["run"]) for step in steps(text) if "run" in step)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_github_takes_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "workflow.yml"
    file.write_text(WORKFLOWS[name], encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("name", WORKFLOWS)
def test_its_scripts_are_sound(name: str) -> None:
    for script in scripts(WORKFLOWS[name]):
        subprocess.run(["bash", "-n", "-c", script], check=True, capture_output=True)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_its_commands_are_ours(name: str) -> None:
    called = [
        line for script in scripts(WORKFLOWS[name]) for line in re.findall(r"\bmockserver ([a-z][^>|#\n]*)", script)
    ]
    assert called
    for words in called:
        command, *arguments = words.replace('"', "").split()
        found = cli.get_command(click.Context(cli), command)
        assert found is not None, words
        found.make_context(command, arguments)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository, and tools that stand in for those of a runner."""
    (tmp_path / "contracts").mkdir()
    tree = yaml.safe_load((ROOT / "contracts" / "shipping.yaml").read_text(encoding="utf-8"))
    tree["paths"] = {path: tree["paths"][path] for path in ("/shipments", "/shipments/{id}")}  # five requests a second
    (tmp_path / "contracts" / "shipping.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")
    name, value = CREDENTIALS["shipping"]
    (tmp_path / "mockserver.toml").write_text(f'[services.shipping]\nauth = {{ {name} = "$SHIPPING_KEY" }}\n')
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool, text in {"uv": UV, "gh": GH, "mockserver": COMMAND.format(python=sys.executable)}.items():
        (tools / tool).write_text(text, encoding="utf-8")
        (tools / tool).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SHIPPING_KEY", value)
    return tmp_path


def run(place: Path, url: str) -> list[int]:
    """Run the scripts of the workflow as GitHub does, always() ones after a failure; return their exit codes."""
    codes: list[int] = []
    for step in steps(WORKFLOWS["drift.yml"]):
        if "run" not in step or (any(codes) and "always()" not in step.get("if", "")):
            continue
        outcome = {"OUTCOME": "failure" if any(codes) else "success", "SHIPPING_SERVICE": url}
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            check=False,
            cwd=place,
            env={**os.environ, **outcome},
            capture_output=True,
        )
        codes.append(done.returncode)
    return codes


def calls(place: Path) -> list[str]:
    file = place / "gh.calls"
    found = file.read_text(encoding="utf-8").splitlines()
    file.unlink()
    return found


def test_one_issue_is_opened_kept_up_to_date_and_closed(runner: Path) -> None:
    with inhabited("shipping", 0) as (url, app, _):
        app.extensions["live"].switch("shipment-state-dropped")
        assert run(runner, url) == [0, 1, 0, 0]
        assert calls(runner) == ["issue list", "label create", "issue create"]
        assert "+++ b/contracts/shipping.yaml" in (runner / "drift.patch").read_text(encoding="utf-8")
        assert "::error" in (runner / "drift.log").read_text(encoding="utf-8")
        assert run(runner, url) == [0, 1, 0, 0]
        assert calls(runner) == ["issue list", "label create", "issue edit"]
        assert "known since" in (runner / "drift.md").read_text(encoding="utf-8")
        app.extensions["live"].switch()
        assert run(runner, url) == [0, 0, 0, 0]
        assert calls(runner) == ["issue list", "issue close"]


def test_an_issue_is_not_closed_by_a_watch_that_could_not_check(runner: Path) -> None:
    (runner / "gh.number").write_text("7\n", encoding="utf-8")
    assert run(runner, "http://127.0.0.1:9/v2") == [0, 3, 0, 0]
    assert calls(runner) == ["issue list"]
