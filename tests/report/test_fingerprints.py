"""What is accepted once stays accepted: a fingerprint does not depend on the order or the place of a document."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import ClientSuite, MockApi
from mockserver.api.clients.report import report_of
from mockserver.api.contract import load_contract
from mockserver.document.pointer import named
from mockserver.jobs.lint import lint
from mockserver.jobs.tell import tell
from mockserver.redact import Secrets
from mockserver.report.model import Report
from mockserver.schema.compile import Validators

PET = {"$ref": "#/components/schemas/Pet"}
FLAWED = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://pets.example"}],
    "paths": {
        "/pets/{petId}": {
            "get": {
                "operationId": "getPet",
                "parameters": [
                    {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "verbose", "in": "query", "schema": {"type": "boolean"}, "example": "yes"},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 5, "maximum": 1}},
                    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                ],
                "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": PET}}}},
            }
        },
        "/pets": {
            "get": {
                "operationId": "listPets",
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {"schema": {"type": "array", "items": PET}, "example": [{"id": 1}]}
                        },
                    }
                },
            },
            "post": {
                "operationId": "addPet",
                "requestBody": {"required": True, "content": {"application/json": {"schema": PET}}},
                "responses": {"201": {"description": "made", "content": {"application/json": {"schema": PET}}}},
            },
        },
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "string"},
                    "name": {"type": "string", "pattern": "("},
                    "owner": {"anyOf": [{"$ref": "#/components/schemas/Owner"}, {"type": "null"}]},
                    "size": {"allOf": [{"type": "integer"}, {"type": "string"}]},
                },
            },
            "Owner": {"type": "object", "properties": {"name": {"type": "string", "example": 5}}},
        }
    },
}
UNRELATED = {"get": {"operationId": "getHealth", "responses": {"204": {"description": "well"}}}}
_ORDERED = {"prefixItems", "required", "enum", "example", "anyOf", "allOf", "oneOf"}


def shuffled(value: Any, dice: random.Random) -> Any:
    """Return the same document written in another order: members of all objects, and lists of parameters."""
    if isinstance(value, dict):
        names = list(value)
        dice.shuffle(names)
        found = {name: shuffled(value[name], dice) for name in names}
        for name in ("parameters", "anyOf", "required"):
            if isinstance(found.get(name), list):
                dice.shuffle(found[name])
        return found
    return [shuffled(item, dice) for item in value] if isinstance(value, list) else value


def written(folder: Path, document: Any) -> Path:
    file = folder / "pets.json"
    file.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return file


def linted(file: Path) -> Report:
    contract = load_contract(file)
    found = lint(contract, Validators())
    return tell("lint", "pets", found, contract.documents, checked=1, secrets=Secrets(frozenset()))


def fingerprints(report: Report) -> set[str]:
    return {finding.fingerprint for finding in report.findings}


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_findings_about_a_contract_keep_their_ids_in_any_order_beside_others_and_elsewhere(seed: int) -> None:
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        first = linted(written(Path(here), FLAWED))
        other = shuffled(FLAWED, dice)
        other["paths"] = dict(sorted([*other["paths"].items(), ("/health", UNRELATED)], key=lambda _: dice.random()))
        second = linted(written(Path(there), other))
    assert len(fingerprints(first)) == len(first.findings) >= 6
    assert fingerprints(first) == fingerprints(second)


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None, derandomize=True)
def test_findings_about_a_client_keep_their_ids(seed: int) -> None:
    def found(file: Path) -> set[str]:
        with MockApi(file) as mock_api:
            url = mock_api.url
            requests.get(f"{url}/pets/1?page=0&verbose=maybe&odd=1", timeout=5)
            requests.post(f"{url}/pets", json={"id": 5, "owner": {"name": 1}}, timeout=5)
            return {violation.fingerprint for violation in mock_api.violations}

    sound = json.loads(json.dumps(FLAWED))
    sound["components"]["schemas"]["Pet"]["properties"]["name"].pop("pattern")
    sound["components"]["schemas"]["Pet"]["properties"].pop("size")
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        first = found(written(Path(here), sound))
        other = shuffled(sound, random.Random(seed))
        other["paths"]["/health"] = UNRELATED
        assert first == found(written(Path(there), other))
    assert len(first) >= 4


class Pets:
    """A client with two mistakes: an owner that is null, and a list that is taken for an object."""

    def __init__(self, base_url: str) -> None:
        self.url = base_url

    def get_pet(self, pet_id: str) -> str:
        pet = requests.get(f"{self.url}/pets/{pet_id}", timeout=5).json()
        return str(pet["owner"]["name"]) if "owner" in pet else "nobody"

    def list_pets(self) -> list[str]:
        return [pet["nickname"] for pet in requests.get(f"{self.url}/pets", timeout=5).json()]


def test_what_a_suite_finds_keeps_its_ids() -> None:
    sound = json.loads(json.dumps(FLAWED))
    sound["components"]["schemas"]["Pet"]["properties"]["name"].pop("pattern")
    sound["components"]["schemas"]["Pet"]["properties"].pop("size")
    sound["paths"]["/pets/{petId}"]["get"]["parameters"].pop(2)

    def found(folder: str, document: Any) -> set[str]:
        suite = ClientSuite(written(Path(folder), document), Pets)
        return fingerprints(report_of(suite, suite.check()))

    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        first = found(here, sound)
        other = shuffled(sound, random.Random(7))
        other["paths"]["/health"] = UNRELATED
        assert first == found(there, other)
    assert len(first) >= 2


def test_what_stands_in_a_list_is_named_by_what_it_is() -> None:
    tree = {"tags": [{"name": "b"}, {"name": "a"}], "enum": ["x", "y"], "anyOf": [{"$ref": "#/a"}, {"type": "null"}]}
    other = {"tags": [{"name": "a"}, {"name": "b"}], "enum": ["y", "x"], "anyOf": [{"type": "null"}, {"$ref": "#/a"}]}
    for pointer, same in (("/tags/0", "/tags/1"), ("/enum/1", "/enum/0"), ("/anyOf/1/type", "/anyOf/0/type")):
        assert named(tree, pointer) == named(other, same) != named(tree, same)
