"""The names under which a contract says that secrets travel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.contract.model import Contract, SecurityScheme
from mockserver.values import JSON

_PASSWORD = re.compile(rb"""format["']?\s*:\s*["']?password""")


def secret_names(contract: Contract, schemes: tuple[SecurityScheme, ...]) -> frozenset[str]:
    """Return the lower-case names of credentials, and of properties that are passwords (`format: password`)."""
    names = {scheme.parameter.lower() for scheme in schemes if scheme.kind == "apiKey"}
    for uri, data in contract.documents.data.items():
        if _PASSWORD.search(data) is not None:  # most have none, and some have a million nodes
            names.update(name.lower() for name in _passwords(contract.documents.tree(uri)))
    return frozenset(name for name in names if name)


def _passwords(tree: JSON) -> Iterator[str]:
    for name, schema in _named_schemas(tree):
        if schema.get("format") == "password":
            yield name


def write_only_names(contract: Contract) -> frozenset[str]:
    """Return the lower-case names of properties that are only ever sent, or are said to be sensitive."""
    names: set[str] = set()
    for uri, data in contract.documents.data.items():
        if b"writeOnly" in data or b"x-sensitive" in data:
            names.update(name.lower() for name in _marked(contract.documents.tree(uri)))
    return frozenset(names)


def _marked(tree: JSON) -> Iterator[str]:
    for name, schema in _named_schemas(tree):
        if schema.get("writeOnly") is True or schema.get("x-sensitive") is True:
            yield name


def _named_schemas(tree: JSON) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Yield the schemas of properties and of parameters, each with the name that a value of it goes by."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(item for item in node if isinstance(item, dict | list))
            continue
        properties, schema = node.get("properties"), node.get("schema")
        for name, each in properties.items() if isinstance(properties, dict) else ():
            if isinstance(each, dict):
                yield name, each
        if isinstance(schema, dict) and isinstance(node.get("name"), str):
            yield node["name"], schema
        todo.extend(item for item in node.values() if isinstance(item, dict | list))
