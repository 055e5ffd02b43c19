"""Drift, --fix, apply, drift again: what was patched is over, in both forms, and the contract is still sound."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result
from drifts import DRIFTS
from inhabited import CREDENTIALS, inhabited
from test_planted_drift import GRANT, UNSAFE

from mockserver.cli.main import cli

ROOT = Path(__file__).parents[2]
EACH = 1 if os.environ.get("CORPUS_FULL") else 10
"""Every how many drifts one is tried: CI takes a sample, `make impact` all."""
PLANTED = [one for one in DRIFTS if one.name != "shipment-maintenance"]
"""A page of HTML is no drift, and has no patch."""
TOOLS = {"git apply": ("git", "apply", "told.patch"), "patch -p1": ("patch", "-p1", "-i", "told.patch")}


def run(*words: str) -> Result:
    found = CliRunner().invoke(cli, list(words), standalone_mode=False)
    assert found.exception is None, (found.output, found.exception)
    return found


def told(file: str) -> list[dict[str, Any]]:
    violations: list[dict[str, Any]] = json.loads(Path(file).read_text(encoding="utf-8"))["violations"]
    return violations


@pytest.mark.parametrize("name", [one.name for one in PLANTED[::EACH]])
@pytest.mark.parametrize("form", ["overlay", "git apply", "patch -p1"])
def test_what_is_patched_is_no_drift_any_more(
    form: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift = next(one for one in PLANTED if one.name == name)
    if form == "patch -p1" and shutil.which("patch") is None:
        pytest.skip("there is no patch on this machine")
    (tmp_path / "contracts").mkdir()
    file = shutil.copy(ROOT / "contracts" / f"{drift.service}.yaml", tmp_path / "contracts")
    monkeypatch.chdir(tmp_path)
    if form == "overlay":
        source = f'[services.{drift.service}]\nsource = "https://vendor.example/openapi.yaml"\n'
        (tmp_path / "mockserver.toml").write_text(source, encoding="utf-8")
    with inhabited(drift.service, 0) as (url, app, _):
        key, value = CREDENTIALS[drift.service]
        words = ["drift", drift.service, "--url", url, "--rate", "10000", "--no-client", "--header", f"{key}: {value}"]
        words += [word for label in UNSAFE.get(name, ()) for word in ("--allow", label)]
        if name == "sunset-missing":
            given = requests.post(f"{url.removesuffix('/v2')}/oauth2/token", data=GRANT, auth=("a", "b"), timeout=5)
            words += ["--header", f"Authorization: Bearer {given.json()['access_token']}"]
        app.extensions["live"].switch(name)
        first = run(*words, "--fix", "--report", "json=before.json")
        if form != "overlay":
            (tmp_path / "told.patch").write_text(first.stdout, encoding="utf-8")
            before = Path(file).read_bytes()
            subprocess.run(TOOLS[form], check=True, capture_output=True, cwd=tmp_path)
            assert Path(file).read_bytes() != before
        run(*words, "--report", "json=after.json")
    assert told("before.json") != []
    assert "left " not in first.stderr
    assert told("after.json") == []
    run("lint", drift.service, "--report", "json=lint.json")
    assert [one for one in told("lint.json") if one["level"] == "error"] == []
