"""What one request costs each candidate for the serving edge, in CPU time of its process.

    python benchmarks/servers.py [--rounds 5] [--seconds 1] [--only NAME ...]

Every server answers the same constant application. CPU time (user and system, the process and its children, from
/proc) per request, not requests per second: on a shared machine the first is steady where the second is not. Rounds
are interleaved, the median is told, and every figure stands beside the ratio to granian in the same run. Needs Linux;
load comes from `wrk` where it is installed, else from a loop of our own. Candidates that are not installed are named.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

BODY = b'{"id": 1, "name": "cat", "tags": ["small", "grey"]}'
FIELDS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]
SENT = {"User-Agent": "benchmark/1", "Accept": "*/*", "Accept-Encoding": "gzip, deflate", "X-Api-Key": "special-key"}
TARGET = "/pets/42?limit=3"
CONNECTIONS = 16
YARDSTICK = "granian wsgi"


def wsgi(_environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    start_response("200 OK", list(FIELDS))
    return [BODY]


async def asgi(scope: dict[str, Any], _receive: object, send: Callable[..., Any]) -> None:
    if scope["type"] == "http":
        headers = [(name.lower().encode(), value.encode()) for name, value in FIELDS]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY})


class Candidate(NamedTuple):
    """A name, the modules that it needs, and the command that serves on a port."""

    name: str
    needs: tuple[str, ...]
    command: Callable[[int], list[str]]


def ourselves(how: str) -> Callable[[int], list[str]]:
    return lambda port: [sys.executable, __file__, "--serve", how, "--port", str(port)]


def granian(interface: str) -> Callable[[int], list[str]]:
    options = ("--blocking-threads", "1") if interface == "wsgi" else ()
    command = (sys.executable, "-m", "granian", "--interface", interface, "--no-access-log", "--log-level", "error")
    return lambda port: [*command, *options, "--port", str(port), f"servers:{interface}"]


def uvicorn(port: int) -> list[str]:
    options = (
        "--http",
        "httptools",
        "--loop",
        "uvloop",
        "--no-access-log",
        "--log-level",
        "error",
        "--lifespan",
        "off",
    )
    return [sys.executable, "-m", "uvicorn", *options, "--port", str(port), "servers:asgi"]


CANDIDATES = (
    Candidate("mockserver on asyncio", (), ourselves("asyncio")),
    Candidate("mockserver on uvloop", ("uvloop",), ourselves("uvloop")),
    Candidate("httptools on asyncio", ("httptools",), ourselves("httptools")),
    Candidate("granian wsgi", ("granian",), granian("wsgi")),
    Candidate("granian asgi", ("granian",), granian("asgi")),
    Candidate("uvicorn asgi", ("uvicorn", "httptools", "uvloop"), uvicorn),
)


def serve(how: str, port: int) -> None:
    """Be one of the candidates that have no command of their own."""
    if how == "httptools":
        asyncio.run(serve_httptools(port))
        return
    if how == "asyncio":
        sys.modules["uvloop"] = None  # type: ignore[assignment] # as if it were not installed
    from mockserver.edges.runner import Server  # noqa: PLC0415 - a candidate loads only what it is

    Server(wsgi, port=port).run()


async def serve_httptools(port: int) -> None:
    """Serve with the least front over httptools that makes an environ: no limits, no streams, no errors."""
    import httptools  # noqa: PLC0415 - a candidate loads only what it is

    class Front(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast("asyncio.Transport", transport)
            self.parser = httptools.HttpRequestParser(self)

        def data_received(self, data: bytes) -> None:
            self.parser.feed_data(data)

        def on_message_begin(self) -> None:
            self.url, self.body = b"", b""
            self.headers: list[tuple[str, str]] = []
            self.environ = {"SERVER_NAME": "", "SERVER_PORT": "0"}

        def on_url(self, url: bytes) -> None:
            self.url += url

        def on_header(self, name: bytes, value: bytes) -> None:
            self.headers.append((name.decode("latin-1"), value.decode("latin-1")))
            self.environ["HTTP_" + self.headers[-1][0].upper().replace("-", "_")] = self.headers[-1][1]

        def on_body(self, piece: bytes) -> None:
            self.body += piece

        def on_message_complete(self) -> None:
            target = self.url.decode("latin-1")
            path, _, query = target.partition("?")
            self.environ |= {"RAW_URI": target, "PATH_INFO": path, "QUERY_STRING": query}
            self.environ["REQUEST_METHOD"] = self.parser.get_method().decode()
            (body,) = wsgi(self.environ, self.start_response)
            self.transport.write(self.head + body)

        def start_response(self, status: str, headers: list[tuple[str, str]]) -> None:
            fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
            self.head = f"HTTP/1.1 {status}\r\n{fields}\r\n".encode("latin-1")

    server = await asyncio.get_running_loop().create_server(Front, "127.0.0.1", port)
    await server.serve_forever()


@contextlib.contextmanager
def running(candidate: Candidate) -> Iterator[tuple[int, int]]:
    """Start a candidate; yield its process id and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(candidate.command(port), cwd=Path(__file__).parent, stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > ends:
                raise SystemExit(f"{candidate.name} did not start: {' '.join(candidate.command(port))}")
            time.sleep(0.05)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(10)


def cpu_s(pid: int) -> float:
    """Return user and system time of a process and its children."""
    ticks, pids = 0, [pid]
    for each in pids:
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
        pids += [int(child) for child in Path(f"/proc/{each}/task/{each}/children").read_text().split()]
    return ticks / os.sysconf("SC_CLK_TCK")


def load_by_wrk(port: int, seconds: float) -> int:
    fields = [word for name, value in SENT.items() for word in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", *fields]
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{TARGET}"], check=True, capture_output=True, text=True
    ).stdout
    answered = re.search(r"(\d+) requests in", told)
    if answered is None or "Non-2xx" in told:
        raise SystemExit(told)
    return int(answered[1])


def load_by_hand(port: int, seconds: float) -> int:
    fields = "".join(f"{name}: {value}\r\n" for name, value in SENT.items())
    request = f"GET {TARGET} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{fields}\r\n".encode()
    answered, ends = 0, time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(CONNECTIONS)]
        while time.monotonic() < ends:
            for wire in wires:
                wire.sendall(request)
            for wire in wires:
                answer = wire.recv(65_536)
                while not answer.endswith(BODY):
                    answer += wire.recv(65_536)
            answered += len(wires)
    return answered


def measure(candidates: Iterable[Candidate], rounds: int, seconds: float) -> dict[str, list[tuple[float, float]]]:
    """Return (CPU in microseconds per request, requests per second) of each round."""
    load = load_by_wrk if shutil.which("wrk") else load_by_hand
    measured: dict[str, list[tuple[float, float]]] = {candidate.name: [] for candidate in candidates}
    with contextlib.ExitStack() as stack:
        processes = {candidate.name: stack.enter_context(running(candidate)) for candidate in candidates}
        for pid_port in processes.values():
            load_by_hand(pid_port[1], 0.3)
        for number in range(rounds):
            print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
            for name, (pid, port) in processes.items():
                before, began = cpu_s(pid), time.monotonic()
                answered = load(port, seconds)
                took = time.monotonic() - began
                measured[name].append(((cpu_s(pid) - before) / answered * 1e6, answered / took))
    print(f", {load.__name__}", file=sys.stderr)
    return measured


def life_ms(count: int = 20) -> float:
    """Return how long a server takes to start in a thread and to stop, in milliseconds, the median."""
    from mockserver.edges.runner import Server  # noqa: PLC0415 - a candidate loads only what it is

    took = []
    for _ in range(count):
        began = time.perf_counter()
        with Server(wsgi):
            pass
        took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="per candidate and round")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="candidates whose name begins so")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.serve:
        serve(words.serve, words.port)
        return
    if not Path("/proc/self/stat").exists():
        raise SystemExit("This needs Linux: CPU time is read from /proc.")
    wanted = [each for each in CANDIDATES if not words.only or each.name.startswith(tuple(words.only))]
    chosen = [each for each in wanted if all(importlib.util.find_spec(module) for module in each.needs)]
    measured = measure(chosen, words.rounds, words.seconds)
    yardstick = statistics.median(cpu for cpu, _ in measured[YARDSTICK]) if YARDSTICK in measured else None
    print(f"{'':24}{'CPU us/request':>16}{'least':>8}{'most':>8}{'ratio':>8}{'requests/s':>12}")
    for name, figures in measured.items():
        costs, rates = zip(*figures, strict=True)
        cost = statistics.median(costs)
        ratio = f"{cost / yardstick:.2f}" if yardstick else "-"
        print(f"{name:24}{cost:16.1f}{min(costs):8.1f}{max(costs):8.1f}{ratio:>8}{statistics.median(rates):12.0f}")
    for each in wanted:
        if each not in chosen:
            print(f"{each.name:24}not installed: pip install {' '.join(each.needs)}")
    print(f"a server of ours starts in a thread and stops in {life_ms():.1f} ms (median of 20)")


if __name__ == "__main__":
    main()
