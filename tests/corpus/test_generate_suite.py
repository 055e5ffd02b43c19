"""The JSON Schema Test Suite (2020-12): for every schema that some instance fits, values are drawn, and all fit.

A fixed third of it; with MOCKSERVER_FULL=1 all of it.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.document.documents import Documents
from mockserver.errors import UnresolvedReference
from mockserver.generate.facts import identity
from mockserver.generate.generator import Generator
from mockserver.schema.bundle import Bundles
from mockserver.schema.compile import Validators
from mockserver.schema.dialects import DIALECTS

FULL = os.environ.get("MOCKSERVER_FULL") == "1"
DRAWS, ENOUGH = 20, 5

# One value is drawn where more would fit: a mock that answered with others would be wrong about what is meant.
PLAIN = {"type.json: object type matches objects"}


@dataclass(frozen=True)
class Drawn:
    label: str
    schema: Any
    values: list[Any]
    valid: list[bool]


def cases(corpus: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted((corpus / "jsonschema-suite" / "tests" / "draft2020-12").glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            if any(test["valid"] for test in case["tests"]):
                yield f"{path.name}: {case['description']}", case["schema"]


def remotes(corpus: Path) -> dict[str, bytes]:
    folder = corpus / "jsonschema-suite" / "remotes"
    return {f"http://localhost:1234/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*.json")}


@pytest.fixture(scope="module")
def drawn(corpus: Path) -> list[Drawn]:
    others = remotes(corpus)
    out = []
    for label, schema in list(cases(corpus))[:: 1 if FULL else 3]:
        documents = Documents("suite:root", others, trees={"suite:root": schema})
        try:
            bundle = Bundles(documents, DIALECTS["3.1"]).of(documents.root_node(), "request").schema
        except UnresolvedReference:  # $dynamicRef to another resource, an $id that a bundle does not follow
            continue
        validators = Validators()
        generator = Generator(bundle, validators)
        values = [generator.draw(seed) for seed in range(DRAWS)]
        ours, theirs = validators.compile(bundle), Draft202012Validator(bundle)
        valid = [ours.is_valid(value) and fits(theirs, value) for value in values]
        out.append(Drawn(label, bundle, values, valid))
    return out


def fits(validator: Draft202012Validator, value: Any) -> bool:
    try:
        return validator.is_valid(value)
    except re.error:  # Python has no \p{...}
        return True


def test_all_values_fit(drawn: list[Drawn]) -> None:
    assert len(drawn) > (300 if FULL else 90)
    assert [(each.label, each.values) for each in drawn if not all(each.valid)] == []


def test_values_differ_where_there_are_several(drawn: list[Drawn]) -> None:
    same = [each for each in drawn if len({repr(identity(value)) for value in each.values}) < ENOUGH]
    assert [each.label for each in same if each.label not in PLAIN and not is_finite(each.schema)] == []


def is_finite(schema: Any) -> bool:
    """Tell by sight whether a schema admits a handful of values: a constant, an enum, null, a boolean."""
    text = json.dumps(schema)
    return any(word in text for word in ('"const"', '"enum"', '"type": "null"', '"type": "boolean"'))
