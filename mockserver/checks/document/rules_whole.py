"""What is true only of the document as a whole: names that must be unique, or that are declared elsewhere in it.

Knows operations and security requirements as the walk met them. Does not know how they are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from mockserver.checks.document.flaw import Flaw, Place, called, nearest, pointer_of
from mockserver.checks.document.rules_paths import judged_parameters, judged_paths, judged_together
from mockserver.checks.document.rules_schemas import judged_schema
from mockserver.schema.dialects import Version
from mockserver.values import JSON

COLLECTED: Final = (
    "PathItem",
    "Operation",
    "SecurityRequirement",
    "Link",
    "SchemaObject",
    "MediaType",
    "Response",
    "Header",
    "Items",
    "BodyParameter",
    "FormParameter",
    "QueryParameter",
    "QuerystringParameter",
    "HeaderParameter",
    "PathParameter",
    "CookieParameter",
)
Found: TypeAlias = tuple[dict[str, JSON], Place]
Met: TypeAlias = dict[str, list[Found]]
"""The objects of the kinds COLLECTED, in the order of the document."""


def judged_whole(tree: JSON, version: Version, met: Met, names: dict[str, str]) -> Iterator[Flaw]:
    """Find what is wrong between the parts of the root document."""
    if isinstance(tree, dict):
        yield from judged_paths(tree, version)
        yield from judged_part(tree, version, met, tree, names)


def judged_part(tree: JSON, version: Version, met: Met, root: dict[str, JSON], names: dict[str, str]) -> Iterator[Flaw]:
    """Find what is wrong between the objects of one document; `root` is that of the contract.

    `names` are the operationIds that were met before, with the operations that have them.
    """
    for value, place in (*met["PathItem"], *met["Operation"]):
        yield from judged_parameters(value, place, tree)
    for value, place in met["PathItem"]:
        yield from judged_together(value, place, tree, version)
    for value, place in met["SchemaObject"]:
        yield from judged_schema(value, place, version)
    yield from _operation_ids(met["Operation"], names)
    for value, place in met["Operation"]:
        yield from _success(value, place)
    yield from _security(root, version, met["SecurityRequirement"])


def _operation_ids(operations: Iterable[Found], first: dict[str, str]) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.10.1: MUST be unique. A warning, because operations can be told by method and path as well."""
    for value, place in operations:
        name = value.get("operationId")
        if not isinstance(name, str):
            continue
        label = called("operation", value, place).removeprefix("operation ")
        if name in first:
            at = pointer_of((place, "operationId", False))
            message = f"the operationId {name} of {label} is also that of {first[name]}"
            yield Flaw("document-duplicate-operation-id", at, message, "give each operation its own", "warning")
        first.setdefault(name, label)


def _success(operation: dict[str, JSON], place: Place) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.16: SHOULD be the response for a successful call. Some are there to redirect, or to upgrade."""
    responses = operation.get("responses")
    if not isinstance(responses, dict):
        return
    statuses = [str(status) for status in responses if not str(status).startswith("x-")]
    if statuses and not any(status == "default" or status[:1] in ("1", "2", "3") for status in statuses):
        at = pointer_of((place, "responses", False))
        message = f"{called('operation', operation, place)} has no response for success, only {', '.join(statuses)}"
        yield Flaw("document-no-success-response", at, message, "add the response 200, or default", "warning")


def _security(tree: dict[str, JSON], version: Version, requirements: Iterable[Found]) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.30.1: each name MUST correspond to a declared scheme."""
    path = ("securityDefinitions",) if version == "2.0" else ("components", "securitySchemes")
    schemes: JSON = tree
    for name in path:
        schemes = schemes.get(name, {}) if isinstance(schemes, dict) else None
    if not isinstance(schemes, dict) or "$ref" in schemes:
        return  # another finding, after which nobody knows the names
    for requirement, place in requirements:
        for name in map(str, requirement):
            # OAS 3.2 §4.30.1: or be the URI of one
            if name in schemes or (version == "3.2" and re.search(r"[/:#]", name)):
                continue
            near = nearest(name, tuple(schemes))
            at = pointer_of((place, name, True))
            fix = f"write {near}" if near else f"add {name} to {'.'.join(path)}"
            yield Flaw(
                "document-unknown-security-scheme", at, f"the security scheme {name} is not defined", fix, "warning"
            )
