"""The 243 checks of oasdiff at ERR and WARN: each is found on one named pair, at its level or at one that is justified.

The pair is one of oasdiff's own fixtures where one fits, else a minimal one (diff/minimal.py); both stand in
diff/oasdiff.tsv.
"""

import csv
import datetime as dt
import json
import sys
from pathlib import Path

import pytest

from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.edges.files import collect
from mockserver.jobs.diff import diff

HERE = Path(__file__).parent / "diff"
sys.path.insert(0, str(HERE))
from minimal import contract, document  # noqa: E402 - a folder of data and its reader

TODAY = dt.date(2026, 11, 22)
RANK = {"info": 0, "warning": 1, "error": 2}
WANTED = {"WARN": "warning", "ERR": "error"}
with (HERE / "oasdiff.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def no_network(url: str) -> bytes:
    raise AssertionError(f"{url} must not be fetched")


def side(row: dict[str, str], word: str, request: pytest.FixtureRequest) -> Contract:
    if row["place"] == "fixture":
        place = request.getfixturevalue("corpus") / "oasdiff-data" / "data" / row[word]
        return load(word, collect(word, str(place), fetch=no_network).documents)
    return contract(document(row["place"], json.loads(row[word])), word)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["check"])
def test_a_change_that_oasdiff_knows_is_found(row: dict[str, str], request: pytest.FixtureRequest) -> None:
    changes = diff(side(row, "old", request), side(row, "new", request), today=TODAY, notice_days=30).changes
    found = [change for change in changes if change.rule == row["our rule"]]
    assert found, [change.rule for change in changes]
    worst = max(found, key=lambda change: RANK[change.level])
    assert (worst.level, worst.verdict) == (row["our level"], row["verdict"])
    assert RANK[worst.level] >= RANK[WANTED[row["their level"]]] or row["why the level"]


def test_every_check_has_a_row() -> None:
    assert len({row["check"] for row in ROWS}) == 243
