"""Verdicts on real pairs: values that one edition admits never contradict what is called compatible.

A sample of the pairs in CI, all of them with CORPUS_FULL=1.
"""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_place import corpus_folder

from mockserver.change.operations import matched
from mockserver.contract.load import load
from mockserver.contract.model import Contract, MediaType
from mockserver.contract.plan import Plan, Plans
from mockserver.edges.files import collect
from mockserver.errors import MockserverError
from mockserver.generate.generator import Generator
from mockserver.jobs.diff import diff
from mockserver.schema.compile import Validators

CORPUS = corpus_folder()
FULL = os.environ.get("CORPUS_FULL") == "1"
SAMPLED = ("museum", "netlify", "docker")
PAIRS = sorted((CORPUS / "pairs" / "dev").iterdir()) if CORPUS else []
VALUES = 40 if FULL else 4


def no_network(url: str) -> bytes:
    raise AssertionError(f"{url} must not be fetched")


def read(folder: Path, word: str) -> Contract:
    (path,) = folder.glob(f"{word}.*")
    return load(word, collect(word, str(path), fetch=no_network).documents)


def bodies(plan: Plan, direction: str) -> Iterator[tuple[str, MediaType]]:
    if direction == "request":
        yield from (("body", media) for media in (plan.body.content if plan.body else ()))
    else:
        yield from ((f"{one.status} body", media) for one in plan.responses for media in one.content)


@pytest.mark.parametrize(
    "folder", [one for one in PAIRS if FULL or one.name.startswith(SAMPLED)], ids=lambda folder: folder.name
)
def test_no_value_contradicts_a_verdict(folder: Path) -> None:
    old, new = read(folder, "old"), read(folder, "new")
    found = diff(old, new, today=dt.date(2026, 11, 22))
    assert all(change.witness is not None for change in found.changes if change.verdict == "breaking")
    open_bodies = {
        (change.direction, name)
        for change in found.changes
        if change.verdict != "compatible"
        for name in change.operations
    }
    validators = Validators()
    plans = {"old": Plans(old, validators), "new": Plans(new, validators)}
    for paired in matched(old, new).both:
        for direction, left, right in (("request", "old", "new"), ("response", "new", "old")):
            if (direction, paired.new.name) in open_bodies:
                continue
            ours, theirs = (plans[side].of(getattr(paired, side)) for side in (left, right))
            if not isinstance(ours, Plan) or not isinstance(theirs, Plan):
                continue
            judges = {(place, media.name): media for place, media in bodies(theirs, direction)}
            for place, media in bodies(ours, direction):
                partner = judges.get((place, media.name))
                if partner is not None:
                    check(plans, (left, media), (right, partner), direction, validators)


def check(plans, made_by, judged_by, direction, validators) -> None:
    try:
        maker = plans[made_by[0]].media(made_by[1], direction)
        judge = plans[judged_by[0]].media(judged_by[1], direction)
        values = (
            [Generator(maker.bundle.schema, validators).draw(seed) for seed in range(VALUES)] if maker.bundle else []
        )
    except MockserverError:
        return  # it is broken on a side, or admits nothing: nothing can be drawn
    assert all(judge.accepts(value) for value in values if maker.accepts(value)), (made_by, judged_by)
