"""How cost grows: with the number of operations, and with the size of a body."""

from __future__ import annotations

import gc
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from harness import DRAWN, table

from mockserver import MockServer
from mockserver.api.recorded import recordings
from mockserver.cassette.model import Cassette, Interaction
from mockserver.cassette.written import write_json
from mockserver.edges.clock import SystemClock
from mockserver.exchange import Fields, Request, Response
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPERATIONS = (10, 100, 1_000, 10_000)
CASSETTES = (10, 100, 1_000, 10_000)
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
            "servers": [{"url": "https://growth.example"}],
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
            begun = time.process_time()
            for request in asked:
                server.session.serve(request)
            figures = found[str(count)]
            figures["us"] = min(figures["us"], (time.process_time() - begun) / len(asked) * 1e6)
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
            begun = time.process_time()
            answer = session.serve(request)
            best = min(best, time.process_time() - begun)
        if answer.response.status != 200:
            raise SystemExit(f"a body of {size} bytes was answered {answer.response.status}")
        found[str(len(request.body))] = best * 1e6
    return found


def cassettes(folder: Path, rounds: int = 15) -> dict[str, Any]:
    """Return milliseconds to load a cassette of growing size, and microseconds of a request that it answers."""
    contract = folder / "growth10.json"
    contract.write_text(json.dumps(_contract(10)), encoding="utf-8")
    sessions, found = {}, {}
    for count in CASSETTES:
        tape = Cassette(tuple(_recorded(number) for number in range(count)))
        file = folder / f"growth10-{count}" / "all.json"
        file.parent.mkdir()
        file.write_bytes(write_json(tape))
        services = MockServer(contract).session.services
        begun = time.process_time()
        script = recordings(services, str(file))
        took = time.process_time() - begun
        sessions[count] = Session(services, Settings(), SystemClock(), script)
        found[str(count)] = {"load_ms": took * 1e3, "us": float("inf")}
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for count, session in sessions.items():
            asked = [_recorded(drawn * 7 % count).request for drawn in range(_TURN)]
            begun = time.process_time()
            for request in asked:
                answer = session.serve(request)
            figures = found[str(count)]
            figures["us"] = min(figures["us"], (time.process_time() - begun) / len(asked) * 1e6)
            if answer.source != "recorded":
                raise SystemExit(f"a request that was recorded was answered {answer.source}")
    return found


def _recorded(number: int) -> Interaction:
    body = json.dumps({"id": number, "name": "Rex", "tags": []}).encode()
    answer = Response(200, (("Content-Type", "application/json"),), body)
    return Interaction("https://growth.example", Request("GET", f"/things1/{number}", _FIELDS), answer, "OK")


def told(found: dict[str, Any]) -> str:
    """Return the tables."""
    of_operations, of_bodies, of_cassettes = found["operations"], found["bodies"], found["cassettes"]
    least, smallest = next(iter(of_operations.values())), next(iter(of_bodies.items()))
    lines = [
        [count, f"{one['start_s'] * 1e3:.1f}", f"{one['us']:.1f}", f"{one['us'] / least['us']:.2f}"]
        for count, one in of_operations.items()
    ]
    sizes = [
        [size, f"{cost:.0f}", f"{cost / int(size) * 1e3:.2f}", f"{cost / smallest[1]:.1f}"]
        for size, cost in of_bodies.items()
    ]
    few = next(iter(of_cassettes.values()))
    recorded = [
        [count, f"{one['load_ms']:.1f}", f"{one['us']:.1f}", f"{one['us'] / few['us']:.2f}"]
        for count, one in of_cassettes.items()
    ]
    return "\n".join(
        [
            "## Growth",
            "",
            table(["operations", "load, CPU ms", "us/request", "against the smallest"], lines),
            "",
            table(["bytes of a valid JSON body", "us/request", "ns/byte", "against the smallest"], sizes),
            "",
            table(["interactions of a cassette", "load, CPU ms", "us/request", "against the smallest"], recorded),
            "",
        ]
    )
