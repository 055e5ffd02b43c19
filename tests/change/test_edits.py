"""What is written differently and means the same is no change."""

import datetime as dt

import pytest
from schema_pairs import contract, document

from mockserver.jobs.diff import diff

TODAY = dt.date(2026, 11, 22)
TEXT = {"type": "string"}
REFERENCE = {"$ref": "#/components/schemas/Two"}


def told(old, new):
    editions = (contract(document({"One": schema, "Two": {"type": "string", "maxLength": 5}})) for schema in (old, new))
    found = diff(*editions, today=TODAY).changes
    return sorted({(change.rule, change.direction, change.verdict) for change in found})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (REFERENCE, {"allOf": [REFERENCE]}),
        (REFERENCE, {"allOf": [REFERENCE], "description": "the same"}),
        ({"anyOf": [TEXT, {"type": "integer"}]}, {"anyOf": [{"type": "integer"}, TEXT]}),
        ({"required": ["a", "b"], "type": "object"}, {"type": "object", "required": ["b", "a"]}),
    ],
    ids=["a reference that is wrapped", "and described", "alternatives in another order", "names in another order"],
)
def test_another_spelling_is_no_change(old, new) -> None:
    assert told(old, new) == []


def test_a_wrapped_reference_is_compared_with_what_it_leads_to() -> None:
    assert told({"type": "string", "maxLength": 9}, {"allOf": [REFERENCE]}) == [
        ("length-changed", "request", "breaking"),
        ("length-changed", "response", "compatible"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [({"type": "null"}, {"description": "anything"}), ({"type": ["string", "null"]}, {"minLength": 1})],
    ids=["null alone", "null beside a text"],
)
def test_where_no_type_is_said_any_more_null_is_not_gone(old, new) -> None:
    assert "null-removed" not in {rule for rule, _, _ in told(old, new)}
    assert "null-added" not in {rule for rule, _, _ in told(new, old)}
