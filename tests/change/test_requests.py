"""Parameters and the presence of a body, old and new."""

import pytest
from two_editions import changes, document, told


def asked(*parameters, **operation):
    return document({"parameters": list(parameters), **operation})


def parameter(name="q", location="query", *, required=False, kind="string"):
    return {"name": name, "in": location, "required": required, "schema": {"type": kind}}


BODY = {"content": {"application/json": {"schema": {"type": "string"}}}}


@pytest.mark.parametrize(
    ("old", "new", "rule", "verdict"),
    [
        (asked(), asked(parameter(required=True)), "parameter-added", "breaking"),
        (asked(), asked(parameter()), "parameter-added", "compatible"),
        (asked(parameter()), asked(parameter(required=True)), "parameter-required", "breaking"),
        (asked(parameter(required=True)), asked(parameter()), "parameter-optional", "compatible"),
        (asked(parameter()), asked(), "parameter-removed", "unproven"),
        (asked(), asked(requestBody={**BODY, "required": True}), "request-body-added", "breaking"),
        (asked(requestBody=BODY), asked(requestBody={**BODY, "required": True}), "request-body-required", "breaking"),
        (asked(requestBody=BODY), asked(), "request-body-removed", "unproven"),
    ],
)
def test_a_request_may_be_asked_for_less_and_not_for_more(old, new, rule, verdict) -> None:
    assert told(changes(old, new)) == [(rule, verdict)]


def test_names_of_header_fields_are_the_same_in_any_case() -> None:
    assert changes(asked(parameter("X-One", "header")), asked(parameter("x-one", "header"))) == ()


def test_a_parameter_that_moved_is_another_one() -> None:
    found = changes(asked(parameter(required=True)), asked(parameter(location="header", required=True)))
    assert told(found) == [("parameter-added", "breaking"), ("parameter-removed", "unproven")]


def test_a_witness_is_refused_for_the_change_that_it_proves() -> None:
    old, new = asked(), asked(parameter("a", required=True), parameter("b", required=True))
    refused = {change.at: change.witness["refused"] for change in changes(old, new)}
    assert {at: told_.split(": ")[1] for at, told_ in refused.items()} == {"query.a": "query.a", "query.b": "query.b"}


def test_what_a_webhook_tells_is_read_the_other_way_round() -> None:
    def edition(kind):
        told_ = {"content": {"application/json": {"schema": {"type": kind}}}, "required": True}
        hook = {"post": {"requestBody": told_, "responses": {"200": {"description": "d"}}}}
        return document({}, webhooks={"changed": hook})

    assert told(changes(edition("integer"), edition("number"))) == [("type-changed", "breaking")]
    assert told(changes(edition("number"), edition("integer"))) == [("type-changed", "compatible")]
