"""What our plugin adds to the start of a pytest that uses none of it: CPU time, with and without, in turns.

Each start is a process of its own and its CPU time is the kernel's account of it. What else the machine does meets both
starts of a pair alike, so the median of the differences of many pairs is told, beside the least of all starts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from harness import ROOT, spread, table

OURS = "mockserver.pytest_plugin.plugin"


def _start(folder: Path, *plugins: str) -> float:
    """Return the CPU milliseconds of a pytest run of one empty test.

    No other package's plugin is there: what it imports on our account would hide what we do.
    """
    words = [word for name in plugins for word in ("-p", name)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words, "test_one.py"],
        cwd=folder, env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the pytest that is measured did not pass its empty test")
    return (used.ru_utime + used.ru_stime) * 1e3


def measure(pairs: int = 30) -> dict[str, Any]:
    """Return the CPU milliseconds of starts with and without our plugin, in turns."""
    found: dict[str, list[float]] = {"with": [], "without": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_one.py").write_text("def test_one():\n    pass\n")
        for number in range(pairs + 1):
            print(f"\rpytest: pair {number} of {pairs}", end="", file=sys.stderr)
            told = {"with": _start(folder, OURS), "without": _start(folder)}
            for way, cost in told.items():
                if number:  # pair 0 brings the files into memory
                    found[way].append(cost)
    print(file=sys.stderr)
    return found


def added(found: dict[str, list[float]]) -> float:
    """Return what the plugin adds: the median of the differences of pairs."""
    return statistics.median(one - other for one, other in zip(found["with"], found["without"], strict=True))


def told(found: dict[str, list[float]]) -> str:
    """Return the table."""
    lines = [
        [f"{way} our plugin", *(f"{spread(costs)[which]:.0f}" for which in ("min", "median", "max"))]
        for way, costs in found.items()
    ]
    by_least = min(found["with"]) - min(found["without"])
    says = f"{added(found):.0f} CPU ms by the median of pairs, {by_least:.0f} by the least of all starts"
    lines_of_table = table(["pytest", "CPU ms, least", "median", "most"], lines)
    return "\n".join(["## Start of pytest", "", lines_of_table, "", f"Our plugin adds {says}.", ""])
