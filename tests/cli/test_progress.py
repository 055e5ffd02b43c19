"""Progress on a real terminal: one line, written over, never wrapped; and nothing anywhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

PROGRAM = """
from mockserver.cli.progress import Progress
with Progress(3) as shown:
    for name in ("short", "POST /an/address/{that}/is/{longer}/than/a/line/{of}/the/terminal", "last, drawn"):
        if shown is not None:
            shown(name)
print("over")
"""


def _seen(columns: int, **environment: str) -> str:
    """Return what a terminal of so many columns is sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    cleared = {name: value for name, value in os.environ.items() if name not in {"CI", "COLUMNS", "LINES"}}
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**cleared, "TERM": "xterm", "PYTHONPATH": str(Path.cwd()), **environment},
    )
    os.close(theirs)
    sent = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        sent += part
    os.close(ours)
    assert child.wait(timeout=30) == 0
    return sent.decode()


@pytest.mark.parametrize("columns", [80, 100])
def test_a_bar_is_one_line_that_is_written_over_and_names_what_is_at_work(columns: int) -> None:
    seen = _seen(columns)
    frames = [frame.replace("\x1b[?25l", "").replace("\x1b[?25h", "") for frame in seen.split("\r")]
    assert max(map(len, frames)) < columns
    assert "  33%" in seen
    assert "short" in seen
    assert "..." in seen
    assert "100%" in seen
    assert "None" not in seen
    assert seen.index("\x1b[?25h") < seen.index("over")  # the cursor is back before anything else is said


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"TERM": "dumb"}])
def test_a_log_has_no_bar(environment: dict[str, str]) -> None:
    assert _seen(80, **environment) == "over\r\n"


def test_a_file_has_no_bar() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("over\n", "")
