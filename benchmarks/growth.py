"""How cost grows: with the number of operations, and with the size of a body."""

from __future__ import annotations

import gc
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from harness import DRAWN, table

from mockserver import MockServer
from mockserver.exchange import Fields, Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPERATIONS = (10, 100, 1_000, 10_000)
BODIES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_TURN = 250


def _contract(operations: int) -> dict[str, Any]:
    thing = {"type": "object", "required": ["id", "name"],
             "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}}}  # fmt: skip  # noqa: E501
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}

    def answer(name: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        return {"responses": {"200": {"description": "the thing", "content": content}}}

    paths: dict[str, Any] = {}
    for each in range(operations // 2):
        body = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{each}"}}}}
        paths[f"/things{each}/{{id}}"] = {"get": {**answer(f"Thing{each}"), "parameters": [number]}}
        paths[f"/things{each}"] = {"post": {**answer(f"Thing{each}"), "requestBody": body}}
    schemas = {f"Thing{each}": thing for each in range(operations // 2)}
    return {"openapi": "3.1.1", "info": {"title": "Growth", "version": "1"}, "paths": paths,
            "components": {"schemas": schemas}}  # fmt: skip


_FIELDS = Fields((("Host", "localhost"), ("Accept", "*/*"), ("Content-Type", "application/json")))


def _requests(of: int) -> Iterator[Request]:
    """Yield as many requests for a large contract as for a small one, to as many operations: the five last of each."""
    for drawn in range(_TURN):
        each, number = of // 2 - 1 - drawn % 5, 1 + (drawn * 7) % DRAWN
        if drawn % 2:
            yield Request("POST", f"/things{each}", _FIELDS, json.dumps({"id": number, "name": "Rex"}).encode())
        else:
            yield Request("GET", f"/things{each}/{number}", _FIELDS)


def operations(folder: Path, rounds: int = 30) -> dict[str, Any]:
    """Return start in seconds and microseconds per request for contracts of growing size, in interleaved turns."""
    servers, found = {}, {}
    for count in OPERATIONS:
        file = folder / f"growth{count}.json"
        file.write_text(json.dumps(_contract(count)), encoding="utf-8")
        starts = []
        for _ in range(3):
            begun = time.process_time()
            servers[count] = MockServer(file)
            starts.append(time.process_time() - begun)
        found[str(count)] = {"start_s": min(starts), "us": float("inf")}
    gc.collect()
    gc.freeze()
    for number in range(rounds):
        print(f"\rgrowth: turn {number + 1} of {rounds}", end="", file=sys.stderr)
        for count, server in servers.items():
            asked = list(_requests(count))
            begun = time.perf_counter()
            for request in asked:
                server.session.serve(request)
            figures = found[str(count)]
            figures["us"] = min(figures["us"], (time.perf_counter() - begun) / len(asked) * 1e6)
    print(file=sys.stderr)
    return found


def bodies(folder: Path) -> dict[str, Any]:
    """Return microseconds for a valid body of growing size."""
    file = folder / "growth10.json"
    file.write_text(json.dumps(_contract(10)), encoding="utf-8")
    session = MockServer(file).session
    found = {}
    for size in BODIES:
        tags = ["a text of forty characters, or just so  "] * (size // 43)
        request = Request("POST", "/things1", _FIELDS, json.dumps({"id": 1, "name": "Rex", "tags": tags}).encode())
        best = float("inf")
        for _ in range(max(3, min(200, 3_000_000 // size))):
            begun = time.perf_counter()
            answer = session.serve(request)
            best = min(best, time.perf_counter() - begun)
        if answer.response.status != 200:
            raise SystemExit(f"a body of {size} bytes was answered {answer.response.status}")
        found[str(len(request.body))] = best * 1e6
    return found


def told(found: dict[str, Any]) -> str:
    """Return the tables."""
    of_operations, of_bodies = found["operations"], found["bodies"]
    least, smallest = next(iter(of_operations.values())), next(iter(of_bodies.items()))
    lines = [
        [count, f"{one['start_s'] * 1e3:.1f}", f"{one['us']:.1f}", f"{one['us'] / least['us']:.2f}"]
        for count, one in of_operations.items()
    ]
    sizes = [
        [size, f"{cost:.0f}", f"{cost / int(size) * 1e3:.2f}", f"{cost / smallest[1]:.1f}"]
        for size, cost in of_bodies.items()
    ]
    return "\n".join(
        [
            "## Growth",
            "",
            table(["operations", "load, CPU ms", "us/request", "against the smallest"], lines),
            "",
            table(["bytes of a valid JSON body", "us/request", "ns/byte", "against the smallest"], sizes),
            "",
        ]
    )
