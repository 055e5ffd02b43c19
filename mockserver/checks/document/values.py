"""Do the values that stand in a schema keep it: its default, and its examples, whether an operation uses it or not?

A value is wrong when neither a request nor a response may have it: nobody says which of the two is meant. In OpenAPI
2.0 a parameter, a header and the items of a list are schemas themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.checks.document.examples import cause
from mockserver.checks.document.flaw import pointer_of
from mockserver.checks.document.parts import Mets
from mockserver.contract.plan import Plans
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.schema.dialects import DIRECTIONS
from mockserver.values import JSON
from mockserver.violation import Violation

_OF_2: Final = ("Items", "Header", "FormParameter", "QueryParameter", "HeaderParameter", "PathParameter")


def values(plans: Plans, mets: Mets) -> Iterator[Violation]:
    """Yield a finding for each default and each example that breaks the schema it stands in."""
    others = _OF_2 if plans.contract.dialect.version == "2.0" else ()
    for uri, met in mets.items():
        for schema, place in met["SchemaObject"]:
            for below, value in _named(schema):
                yield from _judged(plans, (uri, pointer_of(place)), below, value)
        for kind in others:
            for schema, place in met[kind]:
                if "default" in schema:
                    yield from _judged(plans, (uri, pointer_of(place)), "/default", schema["default"])


def _named(schema: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    for keyword in ("default", "example"):
        if keyword in schema:
            yield f"/{keyword}", schema[keyword]
    examples = schema.get("examples")
    for index, value in enumerate(examples if isinstance(examples, list) else ()):
        yield f"/examples/{index}", value


def _judged(plans: Plans, place: tuple[str, str], below: str, value: JSON) -> Iterator[Violation]:
    uri, pointer = place
    node = plans.contract.documents.node(uri, pointer)
    try:
        judged = [plans.judged(node, direction) for direction in DIRECTIONS]
    except UnreadableDocument:
        return  # told where the schema is used, or as a reference that leads nowhere
    if any(validator.is_valid(value) for _, validator in judged):
        return
    bundle, validator = judged[0]
    why, inside, witness = cause(value, validator, bundle)
    rule, what = ("document-default", "default") if below == "/default" else ("document-example", "example")
    at = (uri, pointer + below + inside)
    message, fix = f"the {what} does not keep its schema{why}", f"mend the {what}, or the schema"
    yield Violation(rule, "contract", BY_ID[rule].level, "", *at, "", message, fix, witness)
