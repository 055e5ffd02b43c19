"""What the usage facts call unused breaks no hand-written test of the client, for every single change."""

from __future__ import annotations

import copy
import datetime as dt
import os
from pathlib import Path
from types import ModuleType

import bindings
import payments_client
import pytest
import shipping_client
import yaml
from ground_truth import changing
from single_changes import SINGLES

from mockserver.api.clients.usage import usage_of
from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.jobs.diff import diff
from mockserver.jobs.impact import level_with
from mockserver.jobs.usage_changes import UsedChanges

CONTRACTS = Path(__file__).parents[2] / "contracts"
CLIENTS: dict[str, ModuleType] = {"shipping": shipping_client, "payments": payments_client}
TODAY = dt.date(2026, 11, 22)


@pytest.mark.skipif(not os.environ.get("CORPUS_FULL"), reason="a minute of work: CORPUS_FULL=1 (make impact)")
@pytest.mark.parametrize("service", CLIENTS)
def test_no_change_that_breaks_the_client_is_called_unused(service: str) -> None:
    tree = yaml.safe_load((CONTRACTS / f"{service}.yaml").read_text(encoding="utf-8"))
    suite = bindings.SUITES[service](CLIENTS[service])
    usage, _ = usage_of(suite)
    old, missed, breaking = suite.service.contract, [], 0
    with changing(service) as live:
        for one in [single for single in SINGLES if single.service == service]:
            now = copy.deepcopy(tree)
            one.edit(now)
            written = yaml.safe_dump(now, sort_keys=False, allow_unicode=True).encode()
            root = old.documents.root
            new = load(service, Documents(root, {root: written}, trees={root: now}))
            found = diff(old, new, today=TODAY)
            if not live.breaks(one) or all(change.level != "error" for change in found.changes):
                continue
            breaking += 1
            impacts = UsedChanges(usage, "usage.json", old, new).of(found)
            levels = [level_with(*pair) for pair in zip(impacts, (one.level for one in found.changes), strict=True)]
            if "error" not in levels:
                missed.append((one.name, [impact.why for impact in impacts if impact is not None]))
    assert breaking
    assert missed == []
