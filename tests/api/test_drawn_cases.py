"""Cases that are drawn: a whole request and one of the documented answers in each, told on the least of both."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import jsonschema
import requests
from hypothesis import find
from pets_client import CLIENT, CONTRACT

from mockserver import ClientSuite
from mockserver.api.clients.draws import Draws, drawn_cases
from mockserver.api.clients.suite import DIRECTIONS
from mockserver.edges.tapes import drawn, strategy
from mockserver.jobs.verify.cases import Direction
from mockserver.jobs.verify.drawing import Drawn

TOGETHER = """        answer = self._session.request(method, self._base + path, timeout=5, **more)
        if answer.ok and more.get("params") and (more["params"].get("limit") or 0) > 7 and answer.json()["items"]:
            raise KeyError("limit")
"""


def suite_of(folder: Path, old: str = "", new: str = "") -> ClientSuite:
    (folder / "pets.yaml").write_text(CONTRACT, encoding="utf-8")
    assert not old or CLIENT.count(old) == 1
    module = types.ModuleType("drawn_pets")
    sys.modules["drawn_pets"] = module
    exec(compile(CLIENT.replace(old, new) if old else CLIENT, "drawn_pets.py", "exec"), module.__dict__)
    return ClientSuite("pets", module.PetClient, raises=module.PetError, contracts=folder)


def cases(suite: ClientSuite, method: str, *directions: Direction, most: int = 60) -> list[Drawn]:
    binding = next(one for one in suite.bindings if one.method == method)
    with suite.calling.intercepting():
        found = drawn_cases(suite.calling, binding, directions or DIRECTIONS, Draws(most))
        return [one for one, _, _ in found]


def test_one_case_has_a_drawn_request_and_any_of_the_documented_answers(tmp_path: Path) -> None:
    found = cases(suite_of(tmp_path), "list_pets")
    statuses = [one.case.given.status for one in found if one.case.given is not None]
    assert set(statuses) == {200, 503}
    assert 0.3 < statuses.count(200) / len(statuses) < 0.7
    limits = {one.case.said.get(("query", "limit")) for one in found if one.case.given and one.case.given.status == 200}
    assert {None, 0, 50} < limits
    assert len({len(one.written["answer"]["items"]) for one in found if "items" in one.written["answer"]}) > 2


def test_what_only_an_answer_has_is_drawn_as_well(tmp_path: Path) -> None:
    """An id that requests may not have is what answers must have."""
    contract = CONTRACT.replace("id: {type: string", "id: {readOnly: true, type: string")
    assert contract != CONTRACT
    suite = suite_of(tmp_path)
    (tmp_path / "pets.yaml").write_text(contract, encoding="utf-8")
    suite = ClientSuite("pets", "drawn_pets:PetClient", contracts=tmp_path)
    pets = [one.written["answer"] for one in cases(suite, "pet", "answered")]
    assert len(pets) > 50
    assert all("id" in pet for pet in pets)


def test_every_drawn_answer_keeps_the_contract(tmp_path: Path) -> None:
    suite = suite_of(tmp_path)
    judged = 0
    for method in ("pet", "list_pets", "create_pet"):
        for one in cases(suite, method):
            given = one.case.given
            if given is not None and given.media is not None and given.media.bundle is not None:
                jsonschema.Draft202012Validator(given.media.bundle.schema).validate(given.value)
                judged += 1
    assert judged > 100


def test_a_direction_alone_varies_only_that(tmp_path: Path) -> None:
    suite = suite_of(tmp_path)
    said = cases(suite, "list_pets", "sent")
    assert {one.case.given for one in said} == {None}
    answered = cases(suite, "list_pets", "answered")
    assert len({repr(one.case.said) for one in answered}) == 1
    assert {one.case.given.status for one in cases(suite, "list_pets", "refused") if one.case.given} == {503}


def test_a_fault_of_request_and_answer_together_is_found_and_told_on_the_least_of_both(tmp_path: Path) -> None:
    old = "        answer = self._session.request(method, self._base + path, timeout=5, **more)\n"
    suite = suite_of(tmp_path, old, TOGETHER)
    binding = [one for one in suite.bindings if one.method == "list_pets"]
    assert suite.check(binding).shown == {}
    (shown,) = suite.check(binding, max_examples=40).shown.values()
    assert shown.violation.rule == "response-crashed-client"
    assert dict(shown.case.said) == {("query", "limit"): 8}
    assert shown.case.given is not None
    assert len(shown.case.given.value["items"]) == 1
    assert shown.case.given.value["nextCursor"] in (None, "")


def test_hypothesis_makes_request_and_answer_smaller_together(tmp_path: Path) -> None:
    suite = suite_of(tmp_path)
    cases(suite, "list_pets")
    (drawing,) = suite.calling.drawing.values()

    def both(one: Drawn | None) -> bool:
        return one is not None and "query limit" in one.written["request"] and bool(one.written["answer"].get("items"))

    least = find(strategy(drawing.read, drawing.length), both)
    assert least.written["request"] == {"query limit": 0}
    assert len(least.written["answer"]["items"]) == 1


def test_the_same_seed_draws_the_same_cases(tmp_path: Path) -> None:
    first, again = cases(suite_of(tmp_path), "create_pet"), cases(suite_of(tmp_path), "create_pet")
    assert [one.written for one in first] == [one.written for one in again]
    assert list(drawn(bytes.hex, 9, 30, 1)) != list(drawn(bytes.hex, 9, 30, 2))


def test_no_case_is_played_twice_and_an_operation_of_few_cases_ends(tmp_path: Path) -> None:
    (tmp_path / "switch.yaml").write_text(SWITCH, encoding="utf-8")
    suite = ClientSuite("switch", Switch, contracts=tmp_path)
    result = suite.check(time_budget_s=60)
    assert result.shown == {}
    assert 2 < result.cases < 30


def test_random_cases_have_a_time_for_all_methods_together_and_each_has_a_share(tmp_path: Path) -> None:
    suite = suite_of(tmp_path)
    told: list[str] = []
    boundary = suite.check().cases
    result = suite.check(time_budget_s=2, progress=told.append)
    assert result.cases > boundary
    labels = [one.label for one in suite.bindings]
    assert told == [*labels, *(f"{label}, drawn" for label in labels)]


def test_methods_that_no_time_was_left_for_are_named(tmp_path: Path) -> None:
    result = suite_of(tmp_path).check(time_budget_s=1e-9)
    assert result.unchecked == ["no time was left for random cases of 4 methods: create_pet, every_pet, list_pets, pet"]


SWITCH = """
openapi: 3.1.0
info: {title: Switch, version: '1'}
servers: [{url: https://switch.example}]
paths:
  /state:
    get:
      operationId: getState
      responses: {'200': {description: it, content: {application/json: {schema: {type: boolean}}}}}
"""


class Switch:
    def __init__(self, base_url: str) -> None:
        self._url = base_url

    def get_state(self) -> Any:
        return requests.get(f"{self._url}/state", timeout=5).json()
