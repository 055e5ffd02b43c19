"""Our own two contracts as plain trees, and a judge of values that is not ours.

Knows nothing of mockserver, so that a mistake of ours cannot hide behind another one.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FOLDER = Path(__file__).parents[2] / "contracts"
NAMES = ("shipping", "payments")
TEXTS = {name: (FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES}
DOCUMENTS = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

URI_REFERENCE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
FORMATS = FormatChecker()
FORMATS.checkers = {**FORMATS.checkers, **oas30_format_checker.checkers}


# jsonschema checks these three only with libraries that are not ours to require; what our examples need is little.
@FORMATS.checks("uri-reference")
def is_uri_reference(value: Any) -> bool:
    return not isinstance(value, str) or URI_REFERENCE.fullmatch(value) is not None


@FORMATS.checks("uri")
def is_uri(value: Any) -> bool:
    return not isinstance(value, str) or (value.startswith("https://") and is_uri_reference(value))


@FORMATS.checks("double")
def is_double(value: Any) -> bool:
    return not isinstance(value, int | float) or math.isfinite(value)


class Operation(NamedTuple):
    contract: str
    path: str
    method: str
    definition: Any
    parameters: tuple[Any, ...]


class Example(NamedTuple):
    contract: str
    pointer: str
    schema: str
    value: Any


def operations(name: str) -> Iterator[Operation]:
    document = DOCUMENTS[name]
    for path, item in document["paths"].items():
        shared = item.get("parameters", ())
        for method, definition in item.items():
            if method in METHODS:
                listed = (*shared, *definition.get("parameters", ()))
                parameters = tuple(resolved(document, parameter) for parameter in listed)
                yield Operation(name, path, method, definition, parameters)


def resolved(document: Any, node: Any) -> Any:
    while "$ref" in node:
        target = document
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token]
        node = target
    return node


def nodes(tree: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every mapping that is part of the contract's own words, so no examples."""
    if isinstance(tree, dict):
        yield pointer, tree
    members = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, member in members:
        if key not in ("example", "examples"):
            yield from nodes(member, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")


def examples(name: str) -> Iterator[Example]:
    for pointer, node in nodes(DOCUMENTS[name]):
        schema = f"{pointer}/schema"
        if "schema" in node and "example" in node:
            yield Example(name, f"{pointer}/example", schema, node["example"])
        if "schema" in node:
            for key, example in node.get("examples", {}).items():
                yield Example(name, f"{pointer}/examples/{key}", schema, example["value"])
        if "default" in node and ("type" in node or "$ref" in node):
            yield Example(name, f"{pointer}/default", pointer, node["default"])


@functools.cache
def registry(name: str) -> Any:
    resource = Resource.from_contents(DOCUMENTS[name], default_specification=DRAFT202012)
    return Registry().with_resource(f"urn:{name}", resource)


def complaints(name: str, schema: str, value: Any, *, written: bool = False) -> list[str]:
    """What an independent validator says of a value that the API answers with, or, `written`, is sent."""
    reading, writing = OAS30ReadValidator, OAS30WriteValidator
    if DOCUMENTS[name]["openapi"].startswith("3.1"):
        reading = writing = Draft202012Validator
    validator = (writing if written else reading)(
        {"$ref": f"urn:{name}#{quote(schema)}"}, registry=registry(name), format_checker=FORMATS
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def label(case: Operation | Example) -> str:
    if isinstance(case, Operation):
        return f"{case.contract}-{case.definition['operationId']}"
    return f"{case.contract}{case.pointer}"


OPERATIONS = [operation for name in NAMES for operation in operations(name)]
EXAMPLES = [example for name in NAMES for example in examples(name)]
