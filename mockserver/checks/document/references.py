"""Does every reference lead somewhere?

Knows where a `$ref` is a reference and where it is data: below an extension and inside an example, a default, an enum
or a const it is data (OAS 3.1 §4.9; JSON Schema core §8.2.3.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.model import Contract
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument
from mockserver.violation import Violation

_NAMED = frozenset(
    {
        "properties",
        "patternProperties",
        "dependentSchemas",
        "$defs",
        "definitions",
        "paths",
        "webhooks",
        "schemas",
        "responses",
        "parameters",
        "requestBodies",
        "headers",
        "securitySchemes",
        "securityDefinitions",
        "links",
        "callbacks",
        "pathItems",
        "content",
        "encoding",
        "variables",
        "mediaTypes",
        "additionalOperations",
    }
)
_DATA = frozenset({"example", "default", "enum", "const", "value", "dataValue", "mapping", "scopes"})


def references(contract: Contract) -> Iterator[Violation]:
    """Yield a finding for every reference of the root document that leads nowhere."""
    for node in _references(contract.root):
        reference = node.tree["$ref"]
        try:
            contract.documents.resolve(node, reference)
        except UnreadableDocument as broken:
            remote = "://" in reference.partition("#")[0]
            yield Violation(
                rule="document-reference",
                side="contract",
                level="warning" if remote else "error",
                operation="",
                document=node.uri,
                pointer=f"{node.pointer}/$ref",
                at="",
                message=f"$ref {reference} is not followed: it leads to another host" if remote else broken.what,
                fix="allow it with --allow-remote, or fetch the file" if remote else broken.fix,
                witness=reference,
            )


def _references(root: Node) -> Iterator[Node]:
    todo: list[tuple[Node, bool]] = [(root, False)]
    while todo:
        node, names = todo.pop()
        tree = node.tree
        if isinstance(tree, list):
            todo.extend((node.child(index), False) for index, item in enumerate(tree) if isinstance(item, dict | list))
            continue
        if not names and isinstance(tree.get("$ref"), str):
            yield node
        for key, value in tree.items():
            if not isinstance(value, dict | list):
                continue
            if names:
                todo.append((node.child(key), False))
            elif key.startswith("x-") or key in _DATA:
                continue
            elif key == "examples":
                if isinstance(value, dict):  # a map of Example Objects; in a schema it is a list, and data
                    todo.append((node.child(key), True))
            else:
                todo.append((node.child(key), key in _NAMED))
