"""Servers, old and new."""

import pytest
from two_editions import changes, document, told


def served(path: str, *servers: str):
    tree = document({}, servers=[{"url": server} for server in servers])
    return {**tree, "paths": {path: tree["paths"]["/things"]}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (served("/t", "https://a.example/v1"), served("/t", "https://a.example/v1/")),
        (served("/t", "https://a.example/v1"), served("/v1/t", "https://a.example")),
        (served("/t", "https://a.example"), served("/t", "https://b.example", "https://a.example")),
    ],
    ids=["slash", "moved into the paths", "one more"],
)
def test_who_asks_where_it_asked_is_answered(old, new) -> None:
    assert {one.verdict for one in changes(old, new)} <= {"compatible"}


def test_a_server_that_is_gone_is_told() -> None:
    old, new = served("/t", "https://a.example"), served("/t", "https://b.example")
    assert told(changes(old, new)) == [("server-added", "compatible"), ("server-removed", "unproven")]
