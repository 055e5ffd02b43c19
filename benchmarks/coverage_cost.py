"""What measuring coverage costs: the same run with and without, in turns, CPU time.

`python benchmarks/coverage_cost.py` prints a table. The bound is 1.2 for a client's run: requests through the mock in
process, and a suite of a client. The bare session, without any client, is told beside them. Bounded is the ratio of the
least of each, which a busy machine disturbs least; the median of the ratios of neighbours stands beside it.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

from mockserver import ClientSuite, MockApi
from mockserver.api.contract import load_contract
from mockserver.edges.clock import SystemClock
from mockserver.exchange import Request
from mockserver.jobs.answer import Service, Settings
from mockserver.jobs.coverage import Coverage
from mockserver.jobs.serve import Session
from mockserver.schema.compile import Validators

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "contracts" / "shipping.yaml"
KEY = {"X-Api-Key": "any"}
IDEMPOTENT = {**KEY, "Idempotency-Key": "3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c11"}
PARCEL = {"length": 10, "width": 10, "height": 4, "weight": 250}
BOUND = 1.2
ROUNDS = 7


def in_process(coverage: Coverage | None) -> None:
    """Ask a mock in process as tests do: six operations, other ids and bodies each time."""
    with MockApi(CONTRACT) as mock_api:
        if coverage is not None:
            for one in mock_api.services:
                one.session.observer = coverage.observer([one.service])
        url = mock_api.url
        for number in range(60):
            requests.get(f"{url}/shipments/{number}", headers=KEY, timeout=5)
            requests.get(f"{url}/shipments", params={"limit": number + 1}, headers=KEY, timeout=5)
            body = {"to": {"city": f"City {number}"}, "parcels": [PARCEL] * (1 + number % 3)}
            requests.post(f"{url}/shipments", json=body, headers=IDEMPOTENT, timeout=5)
            requests.get(f"{url}/shipments/{number}/events", headers=KEY, timeout=5)
            requests.get(f"{url}/shipments/{number}", headers={**KEY, "Prefer": "code=404"}, timeout=5)
            requests.delete(f"{url}/shipments/{number}", headers=KEY, timeout=5)


class Client:
    """A client with three methods."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self.url, self.headers = base_url, {"X-Api-Key": api_key}

    def get_shipment(self, shipment_id: str) -> object:
        """Read a shipment."""
        return self._read("GET", f"/shipments/{shipment_id}")

    def cancel_shipment(self, shipment_id: str) -> object:
        """Cancel a shipment."""
        return self._read("DELETE", f"/shipments/{shipment_id}")

    def get_tracking(self, tracking_number: str) -> object:
        """Track a parcel."""
        return self._read("GET", f"/tracking/{tracking_number}")

    def _read(self, method: str, path: str) -> object:
        answer = requests.request(method, self.url + path, headers=self.headers, timeout=5)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def suite(coverage: Coverage | None) -> None:
    """Check a client with all boundary cases."""
    checked = ClientSuite(CONTRACT, Client)
    if coverage is not None:
        checked.measure(coverage)
    checked.check()


SERVICE = Service(load_contract(CONTRACT), Validators())


def bare(coverage: Coverage | None) -> None:
    """Ask a session, with no client at all: each request another."""
    session = Session([SERVICE], Settings(), SystemClock())
    if coverage is not None:
        session.observer = coverage.observer([SERVICE])
    headers = tuple(KEY.items())
    for number in range(2000):
        session.serve(Request("GET", f"/shipments/{number}", headers))


def again(coverage: Coverage | None) -> None:
    """Ask a session the same again and again."""
    session = Session([SERVICE], Settings(), SystemClock())
    if coverage is not None:
        session.observer = coverage.observer([SERVICE])
    headers = tuple(KEY.items())
    for number in range(4000):
        session.serve(Request("GET", f"/shipments/{number % 20}", headers))


def cost(run: Callable[[Coverage | None], None]) -> tuple[float, float]:
    """Return with over without: of the least of each, and the median of the rounds."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    run(Coverage())
    run(None)
    for number in range(ROUNDS):
        for with_it in (True, False) if number % 2 else (False, True):
            gc.collect()
            begun = time.process_time()
            run(Coverage() if with_it else None)
            spent[with_it].append(time.process_time() - begun)
    ratios = [with_it / without for with_it, without in zip(spent[True], spent[False], strict=True)]
    return min(spent[True]) / min(spent[False]), statistics.median(ratios)


def main() -> int:
    """Print the table; return 1 when a client's run costs more than the bound."""
    bounded = {"mock in process, requests": in_process, "suite of a client": suite}
    beside = {"bare session, every request another": bare, "bare session, the same again": again}
    over = False
    print("| run | with / without, least of each | median of rounds |\n|---|---|---|")
    for name, run in {**bounded, **beside}.items():
        least, median = cost(run)
        over = over or (run in bounded.values() and least > BOUND)
        print(f"| {name} | {least:.3f} | {median:.3f} |", flush=True)
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
