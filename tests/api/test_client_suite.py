"""A suite on a client that is right, and on the same client with one thing wrong at a time."""

import asyncio
import sys
import types
from pathlib import Path

import httpx
import pytest
from pets_client import CLIENT, CONTRACT

from mockserver import ClientSuite
from mockserver.api.clients.report import report_of, told_result
from mockserver.api.clients.result import Result
from mockserver.errors import CouldNotCheck, UsageError


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    (tmp_path / "pets.yaml").write_text(CONTRACT, encoding="utf-8")
    return tmp_path


def suite_of(contract: Path, old: str = "", new: str = "") -> ClientSuite:
    assert not old or CLIENT.count(old) == 1
    module = types.ModuleType("pets_module")
    sys.modules["pets_module"] = module
    exec(compile(CLIENT.replace(old, new) if old else CLIENT, "pets_module.py", "exec"), module.__dict__)
    return ClientSuite("pets", module.PetClient, raises=module.PetError, contracts=contract)


def test_a_correct_client_is_bound_without_a_word_and_nothing_is_found(contract: Path) -> None:
    suite = suite_of(contract)
    result = suite.check(max_examples=5)
    assert [(one.label, one.how, one.names) for one in suite.bindings] == [
        ("create_pet", "by name", ("createPet",)),
        ("every_pet", "by watching", ("listPets",)),
        ("list_pets", "by name", ("listPets",)),
        ("pet", "by name", ("getPet",)),
    ]
    assert suite.unbound == ()
    assert suite.unused() == ()
    assert result.shown == {}
    assert result.cases > 150


RETRY = """        if answer.status_code == 409:
            answer = self._session.request(method, self._base + path, timeout=5, **more)
        if answer.status_code >= 400"""
FAULTS = {
    "age as text": ('body["age"] = pet.age', 'body["age"] = str(pet.age)', "request-type", "body#/age"),
    "zero dropped": ("if pet.age is not None", "if pet.age", "client-round-trip", "body"),
    "wrong name": ('body["kind"] =', 'body["type"] =', "request-properties", "body"),
    "joined list": ('"tag": tags', '"tag": ",".join(tags or [])', "request-enum", "query.tag#/0"),
    "limit lost": ('"limit": limit, ', "", "client-round-trip", "query.limit"),
    "not escaped": ("quote(pet_id, safe='')", "pet_id", "request-path", "path"),
    "null owner": ("if owner is not None", "if 'owner' in body", "response-crashed-client", "body#/owner"),
    "strict date": (
        "datetime.fromisoformat(born)",
        'datetime.strptime(born, "%Y-%m-%dT%H:%M:%SZ")',
        "response-crashed-client",
        "body#/born",
    ),
    "missing member": ('DOG = "dog"', 'HOUND = "hound"', "response-crashed-client", "body#/kind"),
    "swallowed": (
        'raise PetError(answer.json()["message"])',
        "return {'id': '', 'kind': 'cat', 'items': [], 'nextCursor': None}",
        "error-swallowed",
        "status",
    ),
    "leaked": ('raise PetError(answer.json()["message"])', "answer.raise_for_status()", "error-undeclared", "body"),
    "one page": ("if cursor is None:", "if cursor is not None:", "client-hung", ""),
    "never ends": ("if cursor is None:", "if not page['items']:", "client-hung", ""),
    "sent twice": ("        if answer.status_code >= 400", RETRY, "client-sent-twice", ""),
}


@pytest.mark.parametrize(("old", "new", "rule", "at"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found_and_named(contract: Path, old: str, new: str, rule: str, at: str) -> None:
    result = suite_of(contract, old, new).check()
    found = {(shown.violation.rule, shown.violation.at) for shown in result.shown.values()}
    assert any(one_rule == rule and place.startswith(at) for one_rule, place in found), found


def test_a_finding_is_told_with_both_lines_the_witness_the_fix_and_a_test_to_paste(contract: Path) -> None:
    suite = suite_of(contract, "if owner is not None else None", "if 'owner' in body else None")
    told = told_result(
        suite, suite.check([one for one in suite.bindings if one.label == "pet"]), "mockserver verify client x"
    )
    assert told.splitlines()[0] == (
        "error[response-crashed-client]  getPet  getPet answered what the contract allows, and your client raised "
        "TypeError: 'NoneType' object is not subscriptable"
    )
    assert "pets.yaml:" in told
    assert "pets_module.py:" in told
    assert 'answer  200 {"id":' in told
    assert "fix  expect owner to be null" in told
    assert "again   mockserver verify client x --only 'getPet'" in told
    assert "def test_getPet_200(mock_api):" in told
    assert "PetClient(base_url=mock_api[\"pets\"].url).pet('a')" in told


def test_what_cannot_be_bound_is_a_warning_and_nothing_bound_is_no_success(contract: Path) -> None:
    class Strange:
        def __init__(self, base_url: str) -> None:
            self.base_url = base_url

        def compute(self, number: int) -> int:
            return number + 1

    suite = ClientSuite("pets", Strange, contracts=contract)
    with pytest.raises(CouldNotCheck, match=r"no method of .*Strange is bound"):
        suite.check()
    assert [finding.rule for finding in report_of(suite, Result()).findings] == ["client-unbound"]


def test_a_binding_whose_argument_means_nothing_is_refused_with_the_names_there_are(contract: Path) -> None:
    suite = suite_of(contract)
    with pytest.raises(UsageError, match="colour is no parameter and no property of createPet"):
        suite.calls("createPet")(lambda client, colour: client.create(colour))


def test_a_binding_in_the_suites_own_words_builds_what_the_client_asks_for(contract: Path) -> None:
    suite = suite_of(contract)
    module = sys.modules["pets_module"]

    @suite.calls("createPet")
    def make(client, name, age=None):
        return client.create_pet(module.NewPet(name, age))

    assert [one.label for one in suite.bindings if one.names == ("createPet",)] == ["make"]
    assert suite.check([one for one in suite.bindings if one.label == "make"]).shown == {}


def test_an_async_client_is_checked_from_an_async_test(contract: Path) -> None:
    class Pets:
        def __init__(self, url: str) -> None:
            self._url = url

        async def get_pet(self, pet_id: str) -> str:
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"{self._url}/pets/{pet_id}")
            return answer.json()["owner"]["name"]

    suite = ClientSuite("pets", Pets, contracts=contract)
    (mark,) = suite.parametrize().args[1:]
    cases = [param.values[0] for param in mark]
    assert [case.name for case in cases] == ["get_pet-sent", "get_pet-answered", "get_pet-refused"]
    with pytest.raises(AssertionError, match=r"request-path.*a/b"):
        asyncio.run(cases[0].acheck())
    with pytest.raises(AssertionError, match="expect owner to be absent"):
        cases[1].check()


def test_a_grade_tells_how_a_client_takes_what_breaks_the_contract(contract: Path) -> None:
    grade = suite_of(contract).grade()
    assert grade["leaked KeyError"] > 0
    assert grade["accepted"] > 0
    guarded = suite_of(contract, 'return self._read(self._send("GET", f"/pets/{quote(pet_id, safe=\'\')}"))', GUARDED)
    assert guarded.grade()["own"] > 0


GUARDED = """try:
            return self._read(self._send("GET", f"/pets/{quote(pet_id, safe='')}"))
        except (KeyError, TypeError, ValueError) as odd:
            raise PetError("the API answered nonsense") from odd"""
