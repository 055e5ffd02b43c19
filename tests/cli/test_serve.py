import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mockserver.edges.runner import free_port

ROOT = Path(__file__).parent.parent.parent
PETSTORE = ROOT / "tests" / "cases" / "petstore.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    shutil.copy(PETSTORE, tmp_path / "contracts" / "pets.yaml")
    return tmp_path


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "mockserver", *words]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    with urllib.request.urlopen(url, timeout=5) as answered:
        return answered.status, dict(answered.headers), answered.read()


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    process = subprocess.Popen(
        command("serve", *words, "--port", str(port)), cwd=folder, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                get(f"{url}/_mockserver/health")
                break
            except OSError:
                assert process.poll() is None, process.stdout and process.stdout.read()
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield process, url
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=10)


def test_it_serves_lists_and_stops_gracefully(project: Path) -> None:
    with serving(project) as (process, url):
        status, headers, body = get(f"{url}/pets/pets/42")
        assert (status, json.loads(body)["id"], headers["X-Mockserver-Operation"]) == (200, 42, "getPet")
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "pets  http://127.0.0.1:" in printed
    assert "GET     /pets/{petId}" in printed
    assert "curl http://127.0.0.1:" in printed
    assert "GET    /pets/pets/42  200  example" in printed


def test_sigterm_ends_it_with_zero(project: Path) -> None:
    with serving(project, "--quiet") as (process, _):
        process.terminate()
        printed, _ = process.communicate(timeout=10)
    assert (process.returncode, "Traceback" in printed) == (0, False)


def test_a_taken_port_is_an_error_with_a_fix(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run(project, "serve", "--port", str(port))
    assert ended.returncode == 3
    assert str(port) in ended.stderr
    assert "fix" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_command_gets_the_address_and_its_exit_code_is_kept(project: Path) -> None:
    program = """
import os, sys, urllib.request as u
print(u.urlopen(os.environ['PETS_SERVICE'] + '/pets/7').read())
sys.exit(7)
"""
    ended = run(project, "serve", "--port", "0", "--", sys.executable, "-c", program)
    assert ended.returncode == 7
    assert '"id":7' in ended.stdout


def test_a_command_that_does_not_exist_is_an_error(project: Path) -> None:
    ended = run(project, "serve", "--port", "0", "--", "no-such-program")
    assert (ended.returncode, "no-such-program cannot be run" in ended.stderr) == (2, True)


def test_a_changed_contract_is_loaded_and_a_broken_one_is_not(project: Path) -> None:
    contract = project / "contracts" / "pets.yaml"
    good = contract.read_text(encoding="utf-8")
    with serving(project, "--watch") as (process, url):
        contract.write_text(good.replace("title: Pets", "title: Cats"), encoding="utf-8")
        await_title(url, "Cats")
        contract.write_text("openapi: [", encoding="utf-8")
        time.sleep(1)
        await_title(url, "Cats")
        contract.write_text(good.replace("title: Pets", "title: Dogs"), encoding="utf-8")
        await_title(url, "Dogs")
        process.terminate()
        printed, _ = process.communicate(timeout=10)
    assert "reloaded pets" in printed
    assert "the last good contract goes on" in printed


def test_a_change_in_a_referenced_file_is_seen(project: Path) -> None:
    contract = project / "contracts" / "pets.yaml"
    text = contract.read_text(encoding="utf-8")
    (project / "contracts" / "parts").mkdir()
    part = project / "contracts" / "parts" / "info.json"
    part.write_text('{"/extra": {"get": {"responses": {"200": {"description": "A"}}}}}', encoding="utf-8")
    contract.write_text(
        text.replace("paths:", "paths:\n  /extra: {$ref: 'parts/info.json#/~1extra'}"), encoding="utf-8"
    )
    with serving(project, "--watch") as (_, url):
        assert get(f"{url}/v1/extra")[0] == 200
        part.write_text('{"/extra": {"get": {"responses": {"202": {"description": "A"}}}}}', encoding="utf-8")
        deadline = time.monotonic() + 10
        while get(f"{url}/v1/extra")[0] != 202:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def await_title(url: str, title: str) -> None:
    deadline = time.monotonic() + 10
    while json.loads(get(f"{url}/_mockserver/contract")[2])["services"][0]["title"] != title:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["serve", "cats"], 2, "there is no service and no file cats"),
        (["serve", "--workers", "2"], 2, "--workers 2"),
        (["serve", "--port", "x"], 2, "'x' is not a valid integer"),
        (["serve", "--"], 2, "there is no command after --"),
        (["serve", "--contracts", "nowhere"], 2, "there is no contract in nowhere/"),
        (["explain", "request-requird"], 2, "did you mean request-required?"),
        (["lint", "--report", "xml"], 2, "there is no report format xml"),
        (["lint", "--report", "json=nowhere/x.json"], 2, "the report cannot be written"),
        (["unknown"], 2, "No such command"),
    ],
)
def test_wrong_words_are_told_without_a_traceback(project: Path, words: list[str], code: int, said: str) -> None:
    ended = run(project, *words)
    assert (ended.returncode, said in ended.stderr, "Traceback" in ended.stderr) == (code, True, False), ended.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("openapi: 3.1.0\ninfo: {\n", "contracts/pets.yaml:"),
        ("just text", "holds no OpenAPI document"),
        ("", "the file is empty"),
        ("openapi: 9.9.9\n", "says openapi: 9.9.9"),
        ('{"openapi": "3.1.0", "info": ]}', "contracts/pets.yaml:1:"),
        ("openapi: 3.1.0\n\tinfo: 1\n", "contracts/pets.yaml:2:"),
    ],
)
def test_an_unreadable_contract_is_told_with_its_line(project: Path, text: str, said: str) -> None:
    (project / "contracts" / "pets.yaml").write_text(text, encoding="utf-8")
    ended = run(project, "serve", "--port", "0")
    assert (ended.returncode, said in ended.stderr, "fix" in ended.stderr) == (2, True, True), ended.stderr


def test_several_services_answer_under_their_names_and_overlaps_are_named(project: Path) -> None:
    shutil.copy(PETSTORE, project / "contracts" / "animals.yaml")
    with serving(project) as (process, url):
        assert get(f"{url}/pets/pets/1")[0] == 200
        assert get(f"{url}/animals/v1/pets/1")[0] == 200
        process.terminate()
        printed, _ = process.communicate(timeout=10)
    assert "/v1 is claimed by animals and pets" in printed


def test_env_points_a_program_at_the_mock(project: Path) -> None:
    assert run(project, "env").stdout == "export PETS_SERVICE=http://127.0.0.1:4010/pets\n"
