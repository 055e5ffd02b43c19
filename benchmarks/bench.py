"""All benchmarks: `make bench`, or `python benchmarks/bench.py [--only load start process growth plugin] [--soak]`.

Prints tables and writes them to `benchmarks/results/`, as markdown and as JSON, with the commit, the machine and the
versions that they belong to. Figures of a shared machine mean something as ratios within one run only.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import aims
import growth
import in_process
import plugin
import soak
import starting
import under_load
from harness import HERE, ROOT
from subjects import subjects

SECTIONS = ("load", "start", "process", "growth", "plugin")
LIBRARIES = ("flask", "werkzeug", "granian", "jsonschema-rs", "orjson", "uvloop", "requests", "responses", "httpx")


def machine() -> dict[str, Any]:
    """Return what the figures belong to."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "commit": _git("rev-parse", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "mockserver")),
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpu": f"{os.cpu_count()} x {model[0].partition(':')[2].strip() if model else platform.machine()}",
        "load": os.getloadavg(),
        "versions": versions,
    }


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="sections")
    parser.add_argument("--subjects", nargs="+", help="contracts: petstore, stripe, github")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="per server, request and round under load")
    parser.add_argument("--soak", type=int, nargs="?", const=1_000_000, default=0, metavar="REQUESTS")
    parser.add_argument("--out", type=Path, default=HERE / "results", help="folder of the results")
    words = parser.parse_args()
    if not Path("/proc/self/stat").exists() or shutil.which("wrk") is None:
        raise SystemExit("This needs Linux, whose /proc tells CPU time, and wrk: apt-get install wrk")
    where = machine()
    found: dict[str, Any] = {"machine": where}
    told = [_heading(where)]
    chosen = subjects(words.subjects)
    for section in words.only:
        match section:
            case "load":
                found["load"] = {}
                for subject in chosen:
                    one = found["load"][subject.name] = under_load.measure(subject, words.rounds, words.seconds)
                    told.append(under_load.told(subject, one))
            case "start":
                found["start"] = starting.measure(chosen, words.rounds)
                told.append(starting.told(found["start"]))
            case "process":
                found["process"] = in_process.measure()
                told.append(in_process.told(found["process"]))
            case "growth":
                with tempfile.TemporaryDirectory() as folder:
                    found["growth"] = {
                        "operations": growth.operations(Path(folder)),
                        "bodies": growth.bodies(Path(folder)),
                        "cassettes": growth.cassettes(Path(folder)),
                    }
                told.append(growth.told(found["growth"]))
            case "plugin":
                found["plugin"] = plugin.measure()
                told.append(plugin.told(found["plugin"]))
    if words.soak:
        found["soak"] = soak.measure(words.soak)
        told.append(soak.told(found["soak"]))
    told.insert(1, aims.told(found))
    words.out.mkdir(exist_ok=True)
    stem = f"{where['at'][:10]}-{where['commit'][:8]}{'-changed' if where['changed'] else ''}"
    (words.out / f"{stem}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (words.out / f"{stem}.md").write_text("\n".join(told), encoding="utf-8")
    print("\n".join(told))
    print(f"written to {words.out / stem}.md and .json")


def _heading(where: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    return (
        f"# Benchmarks of {where['commit'][:8]}, {where['at']}\n\n"
        f"Python {where['python']} on {where['cpu']}, {where['system']}; load average at the start "
        f"{where['load'][0]:.1f}; {versions}.\nCPU is user and system time of the server's processes. Ratios are "
        "medians of the ratios of interleaved rounds; ids and bodies are drawn from 1,000 values.\n"
    )


if __name__ == "__main__":
    main()
