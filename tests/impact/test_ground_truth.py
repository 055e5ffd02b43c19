"""The list of single changes is what it says: sixty at least, each a change, each test passing before it."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml
from single_changes import SINGLES
from truth import changing

CONTRACTS = Path(__file__).parents[2] / "contracts"


def test_there_are_many_changes_in_both_directions() -> None:
    assert len(SINGLES) >= 60
    assert len({(one.service, one.name) for one in SINGLES}) == len(SINGLES)
    assert min(sum(one.direction == way for one in SINGLES) for way in ("request", "response")) >= 25


@pytest.mark.parametrize("service", ["shipping", "payments"])
def test_every_change_is_one_and_its_test_passes_before_it(service: str) -> None:
    tree = yaml.safe_load((CONTRACTS / f"{service}.yaml").read_text(encoding="utf-8"))
    verdicts = set()
    with changing(service) as live:
        for one in (single for single in SINGLES if single.service == service):
            edited = copy.deepcopy(tree)
            one.edit(edited)
            assert edited != tree, one.name
            verdicts.add(live.breaks(one))
    assert verdicts == {True, False}
