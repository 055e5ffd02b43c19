"""Every document of the corpus is served, or says precisely why not; OpenAPI's own fixtures are judged right."""

from pathlib import Path

import pytest
from conformance import roots
from corpus_place import corpus_folder

from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.edges.files import collect
from mockserver.errors import MockserverError
from mockserver.jobs.lint import lint
from mockserver.schema.compile import Validators
from mockserver.violation import Violation, errors_in

CORPUS = corpus_folder()
FIXTURES = sorted((CORPUS / "oas-schema-tests").glob("*/*/*.yaml")) if CORPUS else []


def no_network(url: str) -> bytes:
    raise AssertionError(f"{url} must not be fetched")


def contract_of(path: Path) -> Contract:
    return load(path.stem, collect(path.stem, str(path), fetch=no_network).documents)


def name(path: Path) -> str:
    return "/".join(path.parts[-3:])


@pytest.mark.usefixtures("corpus")
def test_the_corpus_is_here() -> None:
    assert FIXTURES


@pytest.mark.parametrize("path", roots(CORPUS) if CORPUS else [], ids=name)
def test_a_real_document_is_read(path: Path) -> None:
    contract = contract_of(path)
    assert contract.operations or contract.webhooks or not contract.root.tree.get("paths")
    assert errors_in(contract.flaws) == ()


@pytest.mark.parametrize("path", [path for path in FIXTURES if path.parent.name == "pass"], ids=name)
def test_a_legal_document_has_no_errors(path: Path) -> None:
    assert errors_in(lint(contract_of(path), Validators())) == ()


@pytest.mark.parametrize("path", [path for path in FIXTURES if path.parent.name == "fail"], ids=name)
def test_an_illegal_document_is_told_with_place_and_fix(path: Path) -> None:
    told = complaints(path)
    assert told
    assert all(place and fix for place, fix in told)


def complaints(path: Path) -> list[tuple[str, str]]:
    try:
        contract = contract_of(path)
    except MockserverError as error:
        return [(error.where, error.fix)]
    found: tuple[Violation, ...] = errors_in(lint(contract, Validators()))
    return [(contract.documents.line_of(one.document, one.pointer), one.fix) for one in found]
