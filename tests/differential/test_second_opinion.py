"""Our judge and openapi-core on the same exchanges: they agree, or a record tells whom the specification is with."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from compared import Bench, Comparison, Disagreement
from disagreements import RECORDS

from mockserver.document.documents import Documents

FULL = bool(os.environ.get("CORPUS_FULL"))
ROOT = Path(__file__).parents[2]
SMALL = sorted((Path(__file__).parent / "documents").glob("*.yaml"))
OURS = sorted((ROOT / "contracts").glob("*.yaml"))


@cache
def compared(path: Path) -> Comparison:
    """Compare all operations: small documents thoroughly, our own contracts in breadth."""
    bench = Bench(path.stem, Documents(path.name, {path.name: path.read_bytes()}))
    for operation in bench.contract.operations:
        if FULL:
            bench.compare(operation, seeds=(0, 1, 2, 3), each=99 if path in SMALL else 4)
        else:
            bench.compare(operation, seeds=(0,), each=4 if path in SMALL else 1)
            bench.compare(operation, seeds=(1,), each=0)
    return bench.comparison


def matching(disagreement: Disagreement) -> list[str]:
    return [record.id for record in RECORDS if record.applies(disagreement)]


@pytest.mark.parametrize("path", [*SMALL, *OURS], ids=lambda path: path.stem)
def test_every_disagreement_is_known_by_exactly_one_record(path: Path) -> None:
    unsettled = [
        f"{matching(disagreement) or 'no record'}\n{disagreement.told()}"
        for disagreement in compared(path).disagreements
        if len(matching(disagreement)) != 1
    ]
    assert not unsettled, f"{len(unsettled)} to decide:\n" + "\n".join(unsettled[:5])


@pytest.mark.parametrize("path", [*SMALL, *OURS], ids=lambda path: path.stem)
def test_every_operation_is_asked(path: Path) -> None:
    assert compared(path).unasked == []


def test_the_judges_agree_on_most_that_is_wrong() -> None:
    agreed = sum((compared(path).agreed for path in (*SMALL, *OURS)), Counter[str]())
    parts = {"accepted", "route", "path", "query", "header", "cookie", "security", "media-type", "body", "status",
             "response-media-type", "response-body", "response-header"}  # fmt: skip
    assert agreed.keys() == parts


def test_no_record_is_stale() -> None:
    met = {name for path in (*SMALL, *OURS) for one in compared(path).disagreements for name in matching(one)}
    assert {record.id for record in RECORDS} - met == set()


def test_every_record_has_its_sentence_and_its_own_name() -> None:
    named = [record.id for record in RECORDS]
    assert len(set(named)) == len(named)
    assert all(record.sentence for record in RECORDS)
