"""What the benchmarks share: a server as a process, what it costs, and load on it.

CPU time (user and system, a process and its children, from /proc) per request is what is measured; requests per second
and latency stand beside it. Needs Linux and `wrk`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent
DRAWN = 1000
"""From so many values ids and bodies are drawn, so that an answer remembered by its target would gain little."""


@dataclass(frozen=True)
class Row:
    """One kind of request: `{n}` in path and body is drawn from 1,000 values; `status` is what it is to be answered."""

    name: str
    method: str
    path: str
    body: str = ""
    content_type: str = ""
    status: int = 2


@dataclass(frozen=True)
class Server:
    """A name and the command that serves on {port}; `prefixes` are tried before the path until one is answered 2xx."""

    name: str
    command: str
    prefixes: tuple[str, ...] = ("",)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Running:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    url: str
    up_s: float
    start_cpu_s: float


def spelled(text: str, n: int) -> str:
    return text.replace("{n}", str(n))


def fetch(url: str, row: Row, headers: Mapping[str, str], n: int = 1) -> int:
    body = spelled(row.body, n).encode() or None
    sent = {**headers, **({"Content-Type": row.content_type} if row.content_type else {})}
    request = urllib.request.Request(url + spelled(row.path, n), method=row.method, data=body, headers=sent)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@contextlib.contextmanager
def running(server: Server, first: Row, headers: Mapping[str, str], limit_s: float = 60) -> Iterator[Running]:
    """Start a server; yield it when it has answered its first request with 200, so that nobody hides work in the start.

    Raises TimeoutError.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = shlex.split(server.command.format(port=port, python=sys.executable))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE))), **server.env}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # who installs has bytecode
    begun = time.monotonic()
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
    )
    try:
        url = ""
        while not url:
            if process.poll() is not None or time.monotonic() - begun > limit_s:
                raise TimeoutError(f"{server.name} does not answer {first.path}")
            for prefix in server.prefixes:
                with contextlib.suppress(OSError):
                    if fetch(f"http://127.0.0.1:{port}{prefix}", first, headers) // 100 == 2:
                        url = f"http://127.0.0.1:{port}{prefix}"
                        break
            else:
                time.sleep(0.005)
        yield Running(process, url, time.monotonic() - begun, cpu_s(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _tree(pid: int) -> list[int]:
    pids = [pid]
    for each in pids:
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{each}/task").iterdir():
                pids += [int(child) for child in (thread / "children").read_text().split()]
    return pids


def cpu_s(pid: int) -> float:
    """Return user and system time of a process and its children, in seconds."""
    ticks = 0
    for each in _tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process and its children, in MB."""
    total = 0
    for each in _tree(pid):
        with contextlib.suppress(OSError):
            total += int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{each}/status").read_text())[0])
    return total / 1024


_PATIENCE_S = 8.0
_LUA = """
local drawn, n = {}, 0
function init(args)
  for i = 0, %d do
    local body = %s
    if body then body = body:gsub("{n}", tostring(i)) end
    drawn[i] = wrk.format(%s, (%s):gsub("{n}", tostring(i)), nil, body)
  end
end
function request()
  n = (n + 7) %% %d
  return drawn[n]
end
"""


def load(at: Running, row: Row, headers: Mapping[str, str], seconds: float, connections: int = 16) -> dict[str, float]:
    """Ask for one kind of request as quickly as it is answered; return what each request cost."""
    prefix = at.url.partition("://")[2].partition("/")[2]
    path = (f"/{prefix}" if prefix else "") + row.path
    body = json.dumps(row.body) if row.body else "nil"
    lua = _LUA % (DRAWN - 1, body, json.dumps(row.method), json.dumps(path), DRAWN)
    sent = {**headers, "Accept": "*/*", "User-Agent": "benchmark/1"}
    if row.content_type:
        sent["Content-Type"] = row.content_type
    words = [word for name, value in sent.items() for word in ("-H", f"{name}: {value}")]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(lua)
        script.flush()
        before = cpu_s(at.process.pid)
        told = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "15s", "--latency",
             "-s", script.name, *words, at.url],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        spent = cpu_s(at.process.pid) - before
    requests = int(re.findall(r"(\d+) requests in", told)[0])
    if not requests:  # a slow one gets more time, once
        if seconds >= _PATIENCE_S:
            raise SystemExit(f"{row.method} {row.path} at {at.url}: nothing was answered in {seconds:g} s")
        return load(at, row, headers, _PATIENCE_S, connections)
    other = re.findall(r"Non-2xx or 3xx responses: (\d+)", told)
    bad = requests - int(other[0]) if other and row.status != 2 else int(other[0]) if other else 0
    if bad and row.status == 2:
        raise SystemExit(f"{row.method} {row.path} at {at.url}: {bad} of {requests} were not answered {row.status}xx")
    return {
        "requests": requests,
        "cpu_us": spent / requests * 1e6,
        "per_s": float(re.findall(r"Requests/sec:\s*([\d.]+)", told)[0]),
        "p50_ms": _ms(re.findall(r"(?m)^\s+50%\s+(\S+)", told)[0]),
        "p99_ms": _ms(re.findall(r"(?m)^\s+99%\s+(\S+)", told)[0]),
    }


def _ms(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]  # wrk always says so
    return float(number) * {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}[unit]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return least, median and most."""
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios of rounds: both of a round were measured in the same moments."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
