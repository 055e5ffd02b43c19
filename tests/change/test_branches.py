"""Which alternative of the old union is which of the new one."""

import pytest
from two_editions import contract, document

from mockserver.change.branches import aligned
from mockserver.schema.edition import Edition


def edition() -> Edition:
    held = contract(document({}))
    return Edition(held.documents, held.dialect, "request")


def tagged(tag: str, **more):
    return {"type": "object", "properties": {"kind": {"const": tag}, **more}}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}


@pytest.mark.parametrize(
    ("ours", "theirs", "both", "gone", "come"),
    [
        ([TEXT, NUMBER], [NUMBER, TEXT], [(0, 1), (1, 0)], [], []),
        ([tagged("a"), tagged("b")], [tagged("b", more=TEXT), tagged("a")], [(0, 1), (1, 0)], [], []),
        ([{"title": "One", **TEXT}], [NUMBER, {"title": "One", **NUMBER}], [(0, 1)], [], [0]),
        ([{**TEXT, "maxLength": 3}], [{**TEXT, "maxLength": 4}], [(0, 0)], [], []),
        ([TEXT, {"type": "boolean"}], [TEXT], [(0, 0)], [1], []),
    ],
    ids=["same", "tag", "title", "type", "gone"],
)
def test_what_belongs_together_is_paired(ours, theirs, both, gone, come) -> None:
    assert aligned(edition(), ours, edition(), theirs) == (both, gone, come)
