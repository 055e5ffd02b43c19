"""How long something will live: deprecation, sunset dates, stability."""

import datetime as dt

import pytest
from two_editions import contract, document

from mockserver.jobs.diff import diff

TODAY = dt.date(2026, 11, 22)


def rules(old, new, *, notice=0):
    found = diff(contract(document(old)), contract(document(new)), today=TODAY, notice_days=notice).changes
    return sorted(change.rule for change in found)


ENDING = {"deprecated": True, "x-sunset": "2027-01-31"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"deprecated": True}, ["deprecated", "sunset-missing"]),
        ({}, ENDING, ["deprecated"]),
        (ENDING, {}, ["reactivated"]),
        (ENDING, {"deprecated": True}, ["sunset-removed"]),
        (ENDING, {**ENDING, "x-sunset": "2026-12-31"}, ["sunset-moved"]),
        (ENDING, {**ENDING, "x-sunset": "soon"}, ["sunset-unreadable"]),
        ({"x-stability-level": "beta"}, {"x-stability-level": "alpha"}, ["stability-decreased"]),
        ({"x-stability-level": "alpha"}, {"x-stability-level": "stable"}, ["stability-increased"]),
        ({}, {"x-stability-level": "quite"}, ["stability-unknown"]),
    ],
)
def test_a_change_of_a_life_is_told(old, new, expected) -> None:
    assert rules(old, new) == expected


def test_a_sunset_within_the_notice_is_too_soon() -> None:
    assert rules({}, ENDING, notice=30) == ["deprecated"]
    assert rules({}, ENDING, notice=90) == ["deprecated", "sunset-too-soon"]


@pytest.mark.parametrize(("ends", "level"), [("2026-11-01", "warning"), ("2027-11-01", "error")])
def test_what_goes_after_its_sunset_was_announced(ends, level) -> None:
    old = document({"deprecated": True, "x-sunset": ends})
    (change,) = diff(contract(old), contract({**old, "paths": {}}), today=TODAY).changes
    assert (change.rule, change.verdict, change.level) == ("operation-removed", "breaking", level)
