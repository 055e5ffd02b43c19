"""Each kind of finding in all its forms, and what is nearly one: small documents in lint/*.yaml, in both notations."""

import json
from pathlib import Path

import pytest
import yaml
from structure_documents import INFO

from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.jobs.lint import lint
from mockserver.schema.compile import Validators

SCHEMA = "/paths/~1a/get/responses/200/content/application~1json/schema"
FOLDER = Path(__file__).parent / "lint"


class Plain(yaml.SafeDumper):
    """Writes no aliases."""

    def ignore_aliases(self, _) -> bool:
        return True


def cases():
    for path in sorted(FOLDER.glob("*.yaml")):
        for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for notation in ("json", "yaml"):
                yield pytest.param(case, notation, id=f"{path.stem}-{number}-{notation}: {case['says']}")


def written(tree, notation):
    return json.dumps(tree).encode() if notation == "json" else yaml.dump(tree, Dumper=Plain, sort_keys=False).encode()


def told(tree):
    """Write `ok` as a response, and give each response that stands as `ok` a description."""
    if isinstance(tree, list):
        return [told(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: {status: {"description": "ok"} if answer == "ok" else told(answer) for status, answer in value.items()}
        if key == "responses"
        else told(value)
        for key, value in tree.items()
    }


def document(case):
    tree = json.loads(json.dumps(case.get("document", {})))
    if "schema" in case:
        answer = {"description": "a", "content": {"application/json": {"schema": case["schema"]}}}
        tree = {"paths": {"/a": {"get": {"responses": {"200": answer}}}}, "components": case.get("components", {})}
    if "links" in case:
        tree["paths"]["/pets"]["post"]["responses"]["201"]["links"] = case["links"]
    head = {} if "swagger" in tree or "openapi" in tree else {"openapi": case.get("version", "3.1.0")}
    return {**head, "info": INFO, **told(tree)}


@pytest.mark.parametrize(("case", "notation"), list(cases()))
def test_this_is_found_and_nothing_else(case, notation) -> None:
    root = f"api.{notation}"
    files = {root: written(document(case), notation)}
    for name, tree in case.get("files", {}).items():
        part = written(told(tree), notation if name.endswith("yaml") else "json")
        files[name] = part.replace(b"ROOT#", f"{root}#".encode())
    found = [
        f"{one.level} {one.rule.removeprefix('document-')} {f'{one.document}#'.removeprefix(f'{root}#')}{one.pointer}"
        for one in lint(load("api", Documents(root, files)), Validators())
    ]
    expected = [one.replace(" /schema", f" {SCHEMA}") if "schema" in case else one for one in case["finds"]]
    assert sorted(found) == sorted(expected)
