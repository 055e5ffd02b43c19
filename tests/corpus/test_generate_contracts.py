"""All component schemas of real contracts: a value for each, judged by our validators and by python jsonschema.

A few contracts; with CORPUS_FULL=1 all of them, in both directions.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.document.documents import Documents, Node, outward_references
from mockserver.document.read import read
from mockserver.errors import MockserverError
from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.schema.bundle import Bundles
from mockserver.schema.compile import Validators
from mockserver.schema.dialects import DIALECTS

FULL = os.environ.get("CORPUS_FULL") == "1"
SAMPLE = (
    "swagger-petstore/openapi.yaml", "museum/openapi.yaml", "train-travel/openapi.yaml", "readme-oas",
    "box/openapi-v2025.0.json", "prism-examples", "xero/xero_files.yaml", "oai-examples",
)  # fmt: skip
SEEDS = 5 if FULL else 3

# Schemas that contradict themselves: the place, as we tell it.
IMPOSSIBLE = {
    # a UUID of 24 characters
    "intercom/api-2.15.yaml create_conversation_request": "/properties/from/properties/id",
    # oneOf of references, two branches of which admit every reference
    "pagerduty/rest-openapiv3.json AutomationActionsInvocation": "/allOf/1/properties/metadata/properties/agent",
}


def documents_at(path: Path) -> Documents:
    data: dict[str, bytes] = {}
    todo = [str(path)]
    while todo:
        uri = todo.pop()
        if uri in data or not Path(uri).is_file():
            continue
        data[uri] = Path(uri).read_bytes()
        todo.extend(outward_references(data[uri], read(data[uri], uri), uri))
    return Documents(str(path), data)


def contracts(corpus: Path) -> Iterator[tuple[str, Documents]]:
    folder = corpus / "dev"
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix not in {".json", ".yaml", ".yml"} or "invalid/" in name:
            continue
        if FULL or any(wanted in name for wanted in SAMPLE):
            try:
                yield name, documents_at(path)
            except MockserverError:  # no document that can be read: others test that
                continue


def schemas(documents: Documents) -> Iterator[tuple[str, Node]]:
    tree = documents.root_node().tree
    if isinstance(tree, dict) and ("openapi" in tree or "swagger" in tree):
        place = ("definitions",) if "swagger" in tree else ("components", "schemas")
        try:
            node = documents.root_node().child(*place)
        except LookupError:
            return
        for name in node.tree or ():
            yield name, node.child(name)


def version_of(tree: Any) -> str:
    return str(tree.get("openapi") or tree.get("swagger"))[:3]


def judged(name: str, schema: Any) -> Iterator[str]:
    """Yield what is wrong with the values of one schema."""
    validators = Validators()
    try:
        generator = Generator(schema, validators)
        values = [generator.draw(seed) for seed in range(SEEDS)]
    except Unsatisfiable as none:
        if "_common.aggregations.yaml" not in name and IMPOSSIBLE.get(name) != none.pointer:
            yield f"{name}: {none.pointer}: {none.why}"
        return
    ours = validators.compile(schema)
    theirs = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for value in values:
        if not ours.is_valid(value):
            yield f"{name}: {next(ours.mismatches(value)).message}"
    for error in theirs.iter_errors(values[0]):
        yield f"{name}: {error.message[:200]}"


def test_every_component_of_a_contract_gives_values_that_fit(corpus: Path) -> None:
    if not (corpus / "dev").is_dir():
        pytest.skip("THE CORPUS HAS NO CONTRACTS")
    wrong: list[str] = []
    count = 0
    for contract, documents in contracts(corpus):
        components = list(schemas(documents))
        if not components:
            continue
        dialect = DIALECTS.get(version_of(documents.root_node().tree))  # type: ignore[call-overload]
        if dialect is None:
            continue
        bundles = Bundles(documents, dialect)
        for direction in ("response", "request") if FULL else ("response",):
            for name, node in components:
                try:
                    schema = bundles.of(node, direction).schema
                except MockserverError:  # a reference that leads nowhere: others test that
                    continue
                count += 1
                wrong.extend(judged(f"{contract} {name}", schema))
    assert count > (20_000 if FULL else 300)
    assert wrong == []
