"""Documents for the tests of structure: sound ones, whole, and small ones with one part to break."""

from pathlib import Path

from mockserver.checks.document.structure import flaws
from mockserver.document.read import read

VERSIONS = ("2.0", "3.0", "3.1", "3.2")
SOUND = {
    version: read((Path(__file__).parent / "sound" / f"{version}.yaml").read_bytes(), version) for version in VERSIONS
}
INFO = {"title": "Pets", "version": "1.0.0"}
OK = {"200": {"description": "a pet"}}
TEXT = {"type": "string"}
PATH_ID = {"name": "id", "in": "path", "required": True, "schema": TEXT}
GET = "/paths/~1pets/get"


def found(version, tree):
    return [
        (flaw.level, flaw.rule.removeprefix("document-"), flaw.pointer, flaw.message) for flaw in flaws(tree, version)
    ]


def document(version, **parts):
    head = {"swagger": "2.0"} if version == "2.0" else {"openapi": f"{version}.0"}
    return {**head, "info": INFO, "paths": {}, **parts}


def components(version, **parts):
    return document(version, components=parts)


def operation(version, path="/pets", **parts):
    return document(version, paths={path: {"get": {"responses": OK, **parts}}})


def schema(version, **keywords):
    if version == "2.0":
        return document(version, definitions={"Pet": keywords})
    return components(version, schemas={"Pet": keywords})


def parameter(version, **parts):
    if version == "2.0":
        return document(version, parameters={"one": {"name": "limit", **parts}})
    return components(version, parameters={"one": {"name": "limit", **parts}})
