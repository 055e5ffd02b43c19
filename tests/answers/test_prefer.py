from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.answers.prefer import NONE, Preferences, preferences
from mockserver.exchange import Request


def preferred(*values: str, target: str = "/pets") -> Preferences:
    return preferences(Request("GET", target, tuple(("Prefer", value) for value in values)))[0]


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("code=404", {"code": 404}),
        ("CODE=404", {"code": 404}),
        ('code="404", example="a, b"', {"code": 404, "example": "a, b"}),
        ("example=cat", {"example": "cat"}),
        ("dynamic=true, seed=7", {"dynamic": True, "seed": 7}),
        ("dynamic", {"dynamic": True}),
        ("dynamic=false", {}),
        ("delay=0.2", {"delay_s": 0.2}),
        ("respond-async, wait=100", {}),
        ("return=minimal; foo=bar, code=201", {"code": 201}),
        ("", {}),
    ],
)
def test_the_words_of_prism_and_ours_are_understood(header: str, meant: dict[str, Any]) -> None:
    # RFC 7240 §2
    assert preferred(header) == Preferences(**meant)


@pytest.mark.parametrize("header", ["code=abc", "code=999", "delay=-1", "delay=1e9", "seed=x", "example="])
def test_what_makes_no_sense_is_ignored_and_named(header: str) -> None:
    found = preferred(header)
    assert found == Preferences(ignored=(header,))


def test_preferences_in_the_query_are_taken_out_before_the_request_is_checked() -> None:
    found, rest = preferences(Request("GET", "/pets?limit=3&__code=404&__example=a%20b&__other=1"))
    assert found == Preferences(code=404, example="a b")
    assert rest.target == "/pets?limit=3&__other=1"


def test_a_request_without_preferences_is_the_same_request() -> None:
    request = Request("GET", "/pets?limit=3")
    assert preferences(request) == (NONE, request)


@given(st.text(), st.text())
def test_no_header_and_no_query_is_too_strange(header: str, query: str) -> None:
    _, rest = preferences(Request("GET", f"/pets?__{query}", (("Prefer", header),)))
    assert rest.target.startswith("/pets")
