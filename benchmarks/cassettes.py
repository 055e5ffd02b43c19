"""What a cassette costs, against VCR.py in the same run: CPU time, as ratios.

    python benchmarks/cassettes.py [INTERACTIONS]

Loading the same file, looking a request up, and threads that share a cassette.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import requests
import vcr
from vcr.request import Request as VcrRequest
from vcr.serialize import serialize
from vcr.serializers import yamlserializer

from mockserver.api.cassette import Contracts, use_cassette
from mockserver.cassette.index import Index, Played
from mockserver.cassette.vcr import read_vcr
from mockserver.cassette.written import write_json
from mockserver.exchange import Request

ORIGIN = "https://api.example.com"
LOOKED_UP_BY_VCR = 20
T = TypeVar("T")


def cpu(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    made = work()
    return made, time.process_time() - begun


def target(number: int) -> str:
    return f"/v1/things/{number}?page={number % 7}&q=x"


def theirs(count: int) -> bytes:
    items = [{"sku": f"s{i}", "price": {"amount": i, "currency": "CHF"}} for i in range(11)]
    body = json.dumps({"id": "42", "items": items, "text": "Zürich " * 8}).encode()
    answer = {
        "status": {"code": 200, "message": "OK"},
        "headers": {**{f"X-Header-{i}": ["value"] for i in range(6)}, "Content-Type": ["application/json"]},
        "body": {"string": body},
    }
    asked = [
        VcrRequest("GET", ORIGIN + target(number), None, {"Accept": "*/*", "User-Agent": "bench"})
        for number in range(count)
    ]
    return serialize({"requests": asked, "responses": [deepcopy(answer) for _ in asked]}, yamlserializer).encode()


def _matchers() -> tuple[Callable[..., object], ...]:
    """VCR.py's own default."""
    return tuple(getattr(vcr.matchers, name) for name in ("method", "scheme", "host", "port", "path", "query"))


def files(count: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "big.yaml"
        path.write_bytes(theirs(count))
        cassette, load_theirs = cpu(
            lambda: vcr.cassette.Cassette.load(path=str(path), record_mode=vcr.mode.NONE, match_on=_matchers())
        )
        tape, load_ours = cpu(lambda: read_vcr(path.read_bytes(), "big.yaml"))
        as_json = write_json(tape)
        _, load_json = cpu(lambda: read_vcr(as_json, "big.json"))
    step = max(1, count // LOOKED_UP_BY_VCR)
    asked = [VcrRequest("GET", ORIGIN + target(number), None, {}) for number in range(step // 2, count, step)]

    def play_theirs() -> None:
        for request in asked:
            assert cassette.can_play_response_for(request)
            cassette.play_response(request)

    _, looked_theirs = cpu(play_theirs)
    index, indexed = cpu(lambda: Index(tape.interactions))
    ours = [Request("GET", target(number)) for number in range(count)]
    found, looked_ours = cpu(lambda: [index.play(ORIGIN, request) for request in ours])
    assert all(isinstance(one, Played) for one in found)
    each_theirs, each_ours = looked_theirs / len(asked), looked_ours / count
    print(f"{count} interactions, CPU            VCR.py        ours       ratio")
    print(f"load VCR.py's YAML          {load_theirs:9.2f} s {load_ours:9.2f} s   {load_ours / load_theirs:9.3f}")
    print(f"load our JSON               {load_theirs:9.2f} s {load_json:9.2f} s   {load_json / load_theirs:9.3f}")
    ratio = each_theirs / each_ours
    print(f"find one request            {each_theirs * 1e3:9.2f} ms {each_ours * 1e3:8.4f} ms  1 : {ratio:.0f}")
    print(f"make the index                            {indexed:9.2f} s")


class _Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[str] = []  # noqa: RUF012 - counted for the whole process

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = json.dumps({"path": self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def threads(runs: int = 10) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    urls = [f"http://127.0.0.1:{server.server_port}/things/{number}" for number in range(8)]
    recorded = played = leaked = 0
    with TemporaryDirectory() as folder:
        for run in range(runs):
            path = Path(folder) / f"{run}.yaml"
            with use_cassette(path, "once", Contracts()), ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda url: requests.get(url, timeout=5).content, urls))
            recorded += len(read_vcr(path.read_bytes(), "a").interactions) == 8
            before = len(_Api.asked)
            with use_cassette(path, "replay", Contracts()) as use, ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda url: requests.get(url, timeout=5).status_code, urls))
            played += answers == [200] * 8 and not list(use.problems())
            leaked += len(_Api.asked) - before
    server.shutdown()
    print(f"8 requests in 4 threads, {runs} runs: {recorded} recorded whole, {played} played whole, {leaked} leaked")


if __name__ == "__main__":
    files(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
    threads()
