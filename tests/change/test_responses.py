"""Statuses and headers of answers, old and new."""

import pytest
from two_editions import changes, document, told

TEXT = {"application/json": {"schema": {"type": "string"}}}
NUMBER = {"application/json": {"schema": {"type": "number"}}}


def answered(**contents):
    return document({"responses": {
        key.lstrip("_"): {"description": "d", "content": content} for key, content in contents.items()}})  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (answered(**{"2XX": TEXT}), answered(_200=TEXT, _201=TEXT)),
        (answered(_200=TEXT, default=TEXT), answered(_200=TEXT, _404=TEXT, default=TEXT)),
        (answered(_200=TEXT, default=NUMBER), answered(_200=TEXT)),
    ],
    ids=["range", "default", "default is gone"],
)
def test_what_was_documented_by_a_range_may_be_said_exactly(old, new) -> None:
    assert {one.verdict for one in changes(old, new)} <= {"compatible"}


def test_an_exact_status_is_compared_with_the_range_that_it_was_in() -> None:
    found = changes(answered(_200=TEXT, default=TEXT), answered(_200=TEXT, _404=NUMBER, default=TEXT))
    assert ("type-changed", "breaking") in told(found)
    assert {one.at for one in found if one.verdict == "breaking"} == {"404 body"}


@pytest.mark.parametrize(("status", "beyond"), [("201", False), ("302", False), ("404", True)])
def test_a_new_status_breaks_and_an_error_only_who_expects_none(status, beyond) -> None:
    (change,) = changes(answered(_200=TEXT), answered(_200=TEXT, **{f"_{status}": TEXT}))
    assert (change.rule, change.verdict, change.beyond) == ("status-added", "breaking", beyond)
    assert change.witness["response"]["status"] == int(status)


def headed(**header):
    described = {"X-Rate": {"schema": {"type": "integer"}, **header}} if header else {}
    return document({"responses": {"200": {"description": "d", "headers": described}}})


def test_a_header_that_may_be_missing_now_breaks_who_reads_it() -> None:
    found = changes(headed(required=True), headed(required=False))
    assert told(found) == [("header-optional", "breaking")]
    assert "X-Rate" not in dict(found[0].witness["response"]["headers"])


def test_a_header_that_is_always_there_now_breaks_nobody() -> None:
    assert told(changes(headed(required=False), headed(required=True))) == [("header-required", "compatible")]
