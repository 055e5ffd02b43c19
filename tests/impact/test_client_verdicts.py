"""The verdict of the client's run agrees with a hand-written test of the client, for every single change."""

from __future__ import annotations

import copy
import datetime as dt
import os
from collections import Counter
from pathlib import Path
from types import ModuleType

import bindings
import payments_client
import pytest
import shipping_client
import yaml
from ground_truth import changing
from single_changes import SINGLES

from mockserver.api.clients.impact import ClientRuns
from mockserver.api.diff_impact import Impacts
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents
from mockserver.jobs.diff import diff

CONTRACTS = Path(__file__).parents[2] / "contracts"
CLIENTS: dict[str, ModuleType] = {"shipping": shipping_client, "payments": payments_client}
EACH = 1 if os.environ.get("CORPUS_FULL") else 4
"""Every how many changes one is tried: CI takes a sample, `make impact` all."""
TODAY = dt.date(2026, 11, 22)


def edited(service: str, old: Contract, tree: object) -> Contract:
    written = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True).encode()
    root = old.documents.root
    return load(service, Documents(root, {root: written}, trees={root: tree}))


@pytest.mark.parametrize("service", CLIENTS)
def test_the_verdict_is_that_of_the_hand_written_test(service: str) -> None:
    tree = yaml.safe_load((CONTRACTS / f"{service}.yaml").read_text(encoding="utf-8"))
    runs = ClientRuns(bindings.SUITES[service](CLIENTS[service]))
    old = runs.suite.service.contract
    wrong, table = [], Counter[tuple[str, str]]()
    with changing(service) as live:
        for one in [single for single in SINGLES if single.service == service][::EACH]:
            now = copy.deepcopy(tree)
            one.edit(now)
            assert now != tree, one.name
            new = edited(service, old, now)
            impacts = Impacts(runs, new).of(diff(old, new, today=TODAY))
            says = any(impact is not None and impact.verdict == "breaks" for impact in impacts)
            table[one.direction, "breaks" if says else "takes it"] += 1
            if says != live.breaks(one):
                wrong.append((one.name, says, [impact.why for impact in impacts if impact is not None]))
    print(f"\n{service}: direction x verdict of the client")  # noqa: T201 - the table that a reader wants
    for (direction, verdict), count in sorted(table.items()):
        print(f"  {direction:<9} {verdict:<9} {count}")  # noqa: T201 - as above
    assert wrong == []
