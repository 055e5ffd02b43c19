"""Our judge and openapi-core on exchanges of real documents: a sample, or everything with CORPUS_FULL=1."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import pytest
from corpus_place import corpus_folder

from mockserver.edges import files

sys.path.append(str(Path(__file__).parents[1] / "differential"))

from compared import Bench, Disagreement
from disagreements import RECORDS

CORPUS = corpus_folder()
FULL = bool(os.environ.get("CORPUS_FULL"))
LARGEST = 10**9 if FULL else 500_000
"""Bytes: a large document takes openapi-core long for each request, since it walks through all of its paths."""


def documents() -> list[Path]:
    """Return the documents that openapi-core reads: one file of 3.0 or 3.1 that is no example of a broken one."""
    if CORPUS is None:
        return []
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        CORPUS / row["path"]
        for row in rows
        if row["path"].startswith("dev/")
        and row["provider"] != "invalid"
        and row["openapi"].startswith(("3.0.", "3.1."))
        and row["files"] == "1"
        and row["externalRefs"] == "0"
        and row["operations"] != "0"
        and int(row["bytes"]) <= LARGEST
    ]


def matching(disagreement: Disagreement) -> list[str]:
    return [record.id for record in RECORDS if record.applies(disagreement)]


def test_the_corpus_is_here(corpus: Path) -> None:
    assert documents(), corpus


@pytest.mark.parametrize("path", documents(), ids=lambda path: "/".join(path.parts[-2:]))
def test_every_disagreement_is_known_by_exactly_one_record(path: Path) -> None:
    bench = Bench(path.stem, files.collect(path.stem, str(path), fetch=_no_fetch).documents)
    operations = bench.contract.operations
    for operation in operations if FULL else operations[:: (len(operations) + 1) // 2]:
        bench.compare(operation, seeds=(0,), each=2 if FULL else 1)
    unsettled = [
        f"{matching(disagreement) or 'no record'}\n{disagreement.told()}"
        for disagreement in bench.comparison.disagreements
        if len(matching(disagreement)) != 1
    ]
    assert not unsettled, f"{len(unsettled)} to decide:\n" + "\n".join(unsettled[:5])


def _no_fetch(url: str) -> bytes:
    raise AssertionError(url)
