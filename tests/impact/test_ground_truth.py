"""The list of single changes is what it says: sixty at least, in both directions."""

from __future__ import annotations

from single_changes import SINGLES


def test_there_are_many_changes_in_both_directions() -> None:
    assert len(SINGLES) >= 60
    assert len({(one.service, one.name) for one in SINGLES}) == len(SINGLES)
    assert min(sum(one.direction == way for one in SINGLES) for way in ("request", "response")) >= 25
