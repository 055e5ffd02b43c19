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
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(item for item in node if isinstance(item, dict | list))
            continue
        properties = node.get("properties")
        for name, schema in properties.items() if isinstance(properties, dict) else ():
            if isinstance(schema, dict) and schema.get("format") == "password":
                yield name
        schema = node.get("schema")
        if isinstance(schema, dict) and schema.get("format") == "password" and isinstance(node.get("name"), str):
            yield node["name"]
        todo.extend(item for item in node.values() if isinstance(item, dict | list))


def write_only_names(contract: Contract) -> frozenset[str]:
    """Return the lower-case names of properties that are only ever sent, or are said to be sensitive."""
    names: set[str] = set()
    for uri, data in contract.documents.data.items():
        if b"writeOnly" in data or b"x-sensitive" in data:
            names.update(name.lower() for name in _marked(contract.documents.tree(uri)))
    return frozenset(names)


def _marked(tree: JSON) -> Iterator[str]:
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(item for item in node if isinstance(item, dict | list))
            continue
        properties = node.get("properties")
        for name, schema in properties.items() if isinstance(properties, dict) else ():
            if isinstance(schema, dict) and (schema.get("writeOnly") is True or schema.get("x-sensitive") is True):
                yield name
        todo.extend(item for item in node.values() if isinstance(item, dict | list))
