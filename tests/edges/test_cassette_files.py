"""Cassettes on the disk: whole or not at all, one process at a time."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mockserver.cassette.vcr import read_vcr
from mockserver.edges import cassette_files

ROOT = Path(__file__).parents[2]
SAVE = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from interactions import interaction
from mockserver.cassette.model import Cassette
from mockserver.edges.cassette_files import save
many = Cassette(tuple(interaction(body={{"number": n, "text": "x" * 200}}) for n in range(60)))
print("ready", flush=True)
for _ in range(100):
    save(Path("a.yaml"), many)
"""


def test_a_process_killed_in_the_middle_of_saves_leaves_a_whole_cassette(tmp_path: Path) -> None:
    code = SAVE.format(root=str(ROOT), tests=str(ROOT / "tests" / "cassette"))
    for attempt in range(4):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.02 + attempt * 0.037)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        path = tmp_path / "a.yaml"
        if path.exists():
            assert len(read_vcr(path.read_bytes(), "a.yaml").interactions) == 60
    assert path.exists()
    cassette_files.save(path, cassette_files.load(path).cassette)
    assert [one.name for one in tmp_path.iterdir()] == ["a.yaml"]


def test_one_records_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    order: list[str] = []

    def other() -> None:
        with cassette_files.locked(Path("a.yaml")):
            order.append("other")

    with cassette_files.locked(Path("a.yaml")):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOCKSERVER_CASSETTE_KEY", raising=False)
    key = cassette_files.key(tmp_path)
    assert (len(key), cassette_files.key(tmp_path)) == (64, key)
    assert (tmp_path / ".mockserver" / ".gitignore").read_text() == "*\n"
    assert ((tmp_path / ".mockserver" / "cassette.key").stat().st_mode & 0o077) == 0
    monkeypatch.setenv("MOCKSERVER_CASSETTE_KEY", "of the environment")
    assert cassette_files.key(tmp_path) == b"of the environment"


@pytest.mark.parametrize(
    ("path", "service"),
    [("cassettes/shipping/a.yaml", "shipping"), ("cassettes/a.yaml", ""), ("tests/x/cassettes/test_a/b.yaml", "test_a"),
     ("a.yaml", "")],
)  # fmt: skip
def test_the_folder_names_the_service(path: str, service: str) -> None:
    assert cassette_files.service_of(Path(path), Path("cassettes")) == service
