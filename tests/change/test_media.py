"""Media types of bodies: ranges take in what they cover, and an answer without content may be anything."""

import pytest
from two_editions import answers, asks, changes, told

TEXT = {"schema": {"type": "string"}}
SHORT = {"schema": {"type": "string", "maxLength": 3}}


@pytest.mark.parametrize("wide", ["*/*", "application/*"])
def test_the_schema_of_a_range_is_compared_with_what_it_came_down_to(wide: str) -> None:
    found = changes(answers({wide: SHORT}), answers({"application/json": TEXT}))
    assert told(found) == [("length-changed", "breaking"), ("media-type-removed", "compatible")]
    (change,) = [one for one in found if one.verdict == "breaking"]
    assert change.witness["response"]["headers"] == [["Content-Type", "application/json"]]


def test_who_sent_another_type_of_the_range_is_refused() -> None:
    (change,) = changes(asks({"application/*": TEXT}), asks({"application/json": TEXT}))
    assert (change.rule, change.verdict) == ("media-type-removed", "breaking")
    assert ["Content-Type", "application/json"] not in change.witness["request"]["headers"]


def test_a_range_answers_what_its_member_did_not() -> None:
    (change,) = changes(answers({"application/json": TEXT}), answers({"application/*": TEXT}))
    assert (change.rule, change.verdict, change.level) == ("media-type-added", "breaking", "error")


def test_a_type_beside_the_old_one_breaks_only_who_takes_anything() -> None:
    (change,) = changes(answers({"application/json": TEXT}), answers({"application/json": TEXT, "text/csv": TEXT}))
    assert (change.verdict, change.beyond, change.level) == ("breaking", True, "info")


def test_an_answer_of_which_nothing_was_said_may_be_described() -> None:
    found = changes(answers({}), answers({"application/json": TEXT}))
    assert told(found) == [("media-type-added", "compatible")]


@pytest.mark.parametrize("status", ["200", "404"])
def test_an_answer_of_which_nothing_is_said_any_more_may_be_anything(status: str) -> None:
    found = changes(answers({"application/json": TEXT}, status), answers({}, status))
    assert told(found) == [("media-type-removed", "breaking")]


def test_an_error_that_is_answered_in_fewer_types_breaks_nobody() -> None:
    both = {"application/json": TEXT, "application/problem+json": TEXT}
    assert told(changes(answers(both, "404"), answers({"application/json": TEXT}, "404"))) == [
        ("media-type-removed", "compatible")
    ]
