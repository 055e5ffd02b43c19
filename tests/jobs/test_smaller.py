"""Findings are made small: every step is a smaller value, and the last one cannot be made smaller."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from mockserver import ClientSuite
from mockserver.jobs.verify.smaller import smaller

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1000, 1000)
    | st.integers(-1000, 1000).map(lambda number: number / 4)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=10,
)


def weight(value: object) -> tuple[int, float]:
    """Return how much a value holds, and how large what it holds is."""
    match value:
        case dict():
            parts = [weight(one) for one in value.values()]
        case list():
            parts = [weight(one) for one in value]
        case str():
            return len(value), sum(map(ord, value))
        case bool() | int() | float():
            return 0, abs(value)
        case _:
            return 0, 0
    return len(parts) + sum(count for count, _ in parts), sum(size for _, size in parts)


@given(VALUES)
def test_every_step_is_smaller_and_the_steps_are_the_same_each_time(value: object) -> None:
    steps = list(smaller(value))
    assert all(weight(step) < weight(value) for step in steps)
    assert steps == list(smaller(value))


@pytest.mark.parametrize("least", [None, False, 0, 0.0, "", "a", [], {}])
def test_what_is_least_or_a_single_plain_letter_has_at_most_nothing_below_it(least: object) -> None:
    assert list(smaller(least)) == ([""] if least == "a" else [])


@given(VALUES)
def test_greedy_steps_end_at_the_smallest_value_that_still_shows_it(value: object) -> None:
    def shows(candidate: object) -> bool:
        return '"x"' in json.dumps({"x": 0, "v": candidate}) and len(json.dumps(candidate)) >= 4

    while (less := next((step for step in smaller(value) if shows(step)), None)) is not None:
        value = less
    assert not any(map(shows, smaller(value)))


CONTRACT = """
openapi: 3.1.0
info: {title: boxes, version: "1"}
paths:
  /boxes:
    post:
      operationId: createBox
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Box"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Box"}}}}}
components:
  schemas:
    Box:
      type: object
      required: [name, sizes]
      properties:
        name: {type: string, maxLength: 30}
        sizes: {type: array, items: {type: integer, minimum: 0, maximum: 5000}}
        note: {type: string, maxLength: 30}
"""


class Boxes:
    def __init__(self, base_url: str) -> None:
        self._base = base_url

    def create_box(self, name: str, sizes: list[int], note: str | None = None) -> object:
        said = {"name": name, "sizes": self.sent(sizes)} | ({} if note is None else {"note": note})
        answer = requests.post(f"{self._base}/boxes", json=said, timeout=5)
        answer.raise_for_status()
        return self.read(answer.json())

    def sent(self, sizes: list[int]) -> list[int]:
        return sizes

    def read(self, box: dict) -> object:
        return box


class Limited(Boxes):
    """Sends at most three sizes: nobody's boundary."""

    def sent(self, sizes: list[int]) -> list[int]:
        return sizes[:3]


class Naive(Boxes):
    """Knows no box with more than three sizes."""

    def read(self, box: dict) -> object:
        a, b, c = [*box["sizes"], 0, 0, 0][: max(3, len(box["sizes"]))]
        return {**box, "sizes": [a, b, c][: len(box["sizes"])]}


def drawn(tmp_path: Path, client: type) -> list[tuple]:
    (tmp_path / "boxes.yaml").write_text(CONTRACT, encoding="utf-8")
    result = ClientSuite("boxes", client, contracts=tmp_path).check(max_examples=60)
    return [
        (one.violation.rule, dict(one.case.said), one.case.given and one.case.given.value)
        for one in result.shown.values()
    ]


def test_a_drawn_request_is_told_as_small_as_it_can_be(tmp_path: Path) -> None:
    found = drawn(tmp_path, Limited)
    assert [(rule, said[("body", "sizes")]) for rule, said, _ in found] == [("client-round-trip", [0, 0, 0, 0])]
    ((_, said, _),) = found
    assert (said[("body", "name")], ("body", "note") in said) == ("", False)
    assert drawn(tmp_path, Limited) == found


def test_a_drawn_answer_is_told_as_small_as_it_can_be(tmp_path: Path) -> None:
    found = drawn(tmp_path, Naive)
    assert [(rule, given) for rule, _, given in found] == [
        ("response-crashed-client", {"name": "", "sizes": [0, 0, 0, 0]})
    ]
    assert drawn(tmp_path, Naive) == found
