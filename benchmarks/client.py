"""What a call costs by our clients and by the libraries under them, in CPU time; and what an import costs.

    python benchmarks/client.py [--rounds 9] [--calls 300] [--imports 11]

The server is another process and says one JSON answer over a kept connection. Rounds are interleaved, the median is
told, and every figure stands beside its ratio to the bare library in the same run. CPU time, not wall clock: on a
shared machine the first is steady where the second is not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

BODY = b'{"id": 42, "state": "delivered", "parcels": [{"weight": 250}]}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: r-1\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)
CONTRACT = """
openapi: 3.1.1
info: {title: Things, version: '1'}
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema:
                type: object
                required: [id, state, parcels]
                properties:
                  id: {type: integer}
                  state: {enum: [created, delivered]}
                  parcels: {type: array, items: {type: object, properties: {weight: {type: integer, minimum: 1}}}}
"""


def serve(listener: socket.socket) -> None:
    """Answer every request on every connection with the same octets; one process, one thread for each connection."""
    import threading  # noqa: PLC0415 - only the server needs it

    def one(wire: socket.socket) -> None:
        while data := wire.recv(65_536):
            while not data.endswith(b"\r\n\r\n"):
                data += wire.recv(65_536)
            wire.sendall(ANSWER)

    while True:
        threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()


@contextmanager
def server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        child = os.fork()
        if child == 0:
            serve(listener)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            os.kill(child, 15)
            os.waitpid(child, 0)


def blocking(url: str, contract: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    import requests  # noqa: PLC0415 - after the server has forked

    from mockserver.client import APIClient, resilient  # noqa: PLC0415 - the same

    bare, wrapped = requests.Session(), resilient(requests.Session())
    client, with_contract = APIClient(url), APIClient(url, contract=contract)
    yield "bare requests", lambda: bare.get(f"{url}/things/42", timeout=10).json()
    yield "APIClient.get", lambda: client.get("/things/42").data
    yield "APIClient.call", lambda: with_contract.call("getThing", id=42)
    yield "resilient(Session)", lambda: wrapped.get(f"{url}/things/42", timeout=10).json()


def awaiting(url: str, contract: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    import httpx2  # noqa: PLC0415 - after the server has forked

    from mockserver.client import AsyncAPIClient, resilient  # noqa: PLC0415 - the same

    runner = asyncio.Runner()
    bare, wrapped = httpx2.AsyncClient(), resilient(httpx2.AsyncClient())
    client, with_contract = AsyncAPIClient(url), AsyncAPIClient(url, contract=contract)

    def times(make: Callable[[], Any]) -> Callable[[], Any]:
        async def ten() -> None:
            for _ in range(10):
                await make()

        return lambda: runner.run(ten())

    yield "bare httpx2", times(lambda: bare.get(f"{url}/things/42"))
    yield "AsyncAPIClient.get", times(lambda: client.get("/things/42"))
    yield "AsyncAPIClient.call", times(lambda: with_contract.call("getThing", id=42))
    yield "resilient(AsyncClient)", times(lambda: wrapped.get(f"{url}/things/42"))


def measured(candidates: list[tuple[str, Callable[[], Any]]], rounds: int, calls: int, each: int) -> None:
    took: dict[str, list[float]] = {name: [] for name, _ in candidates}
    for _, call in candidates:
        for _ in range(20):
            call()
    for number in range(rounds):
        order = candidates[number % len(candidates) :] + candidates[: number % len(candidates)]
        for name, call in order:
            began = time.process_time()
            for _ in range(calls // each):
                call()
            took[name].append((time.process_time() - began) / calls * 1e6)
    told({name: statistics.median(figures) for name, figures in took.items()}, "us CPU per call")


def told(figures: dict[str, float], unit: str) -> None:
    yardstick = next(iter(figures.values()))
    print(f"{'':48}{unit:>20}{'ratio':>8}")
    for name, figure in figures.items():
        print(f"{name:48}{figure:20.1f}{figure / yardstick:8.2f}")


def imported(code: str, folder: str) -> float:
    """Return the CPU time of a Python process that runs a line, in milliseconds; compiled code is kept in a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": sys.path[0], "PYTHONPYCACHEPREFIX": folder}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def imports(rounds: int) -> None:
    codes = {
        "import requests": "import requests",
        "import mockserver.client": "import mockserver.client",
        "from mockserver.client import APIClient": "from mockserver.client import APIClient",
        "APIClient(url): ready for its first call": "from mockserver.client import APIClient; APIClient('http://a.test')",
    }
    took: dict[str, list[float]] = {name: [] for name in codes}
    with tempfile.TemporaryDirectory() as folder:
        for code in codes.values():
            imported(code, folder)
        for _ in range(rounds):
            for name, code in codes.items():
                took[name].append(imported(code, folder))
    told({name: statistics.median(figures) for name, figures in took.items()}, "ms CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=300, help="per candidate and round")
    parser.add_argument("--imports", type=int, default=11, help="rounds of imports; 0 for none")
    words = parser.parse_args()
    with server() as url, tempfile.TemporaryDirectory() as folder:
        contract = Path(folder) / "things.yaml"
        contract.write_text(CONTRACT)
        for kind, each in ((blocking, 1), (awaiting, 10)):
            measured(list(kind(url, str(contract))), words.rounds, words.calls, each)
            print()
    if words.imports:
        imports(words.imports)


if __name__ == "__main__":
    main()
