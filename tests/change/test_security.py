"""Alternatives of credentials: one of them is enough, with all the scopes that it names."""

import pytest
from two_editions import changes, document, told

SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "other": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "basic": {"type": "http", "scheme": "basic"},
    "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.example/t", "scopes": {}}}},
}


def found(old, new):
    return changes(
        *(document({"security": written}, components={"securitySchemes": SCHEMES}) for written in (old, new))
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([{"key": []}], [{"other": []}]),
        ([{"oauth": ["r"]}], [{"oauth": ["r"]}, {"oauth": ["w"]}]),
        ([{"oauth": ["r", "w"]}], [{"oauth": ["r"]}, {"oauth": ["w"]}]),
        ([{"key": [], "oauth": ["r"]}], [{"key": []}, {"oauth": ["r"]}]),
        ([], [{}]),
    ],
    ids=str,
)
def test_what_was_enough_is_enough(old, new) -> None:
    assert {change.verdict for change in found(old, new)} <= {"compatible"}


def test_scopes_that_must_come_together_now_are_asked_for() -> None:
    breaking = [
        one for one in found([{"oauth": ["r"]}, {"oauth": ["w"]}], [{"oauth": ["r", "w"]}]) if one.verdict == "breaking"
    ]
    assert [one.message for one in breaking] == ["oauth needs scope w now", "oauth needs scope r now"]
    assert [one.witness["scopes"] for one in breaking] == [["r"], ["w"]]
    assert breaking[0].witness["refused"] == "oauth needs scope w"


def test_the_witness_shows_the_credential_that_is_no_longer_enough() -> None:
    (change,) = [one for one in found([{"key": []}, {"basic": []}], [{"key": []}]) if one.verdict == "breaking"]
    assert change.rule == "security-added"
    assert dict(change.witness["request"]["headers"])["Authorization"].startswith("Basic ")


def test_an_exchanged_scope_is_one_asked_for_and_one_that_is_enough() -> None:
    assert told(found([{"oauth": ["r"]}], [{"oauth": ["w"]}])) == [
        ("security-removed", "compatible"),
        ("security-scope-added", "breaking"),
    ]
