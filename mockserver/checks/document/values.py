"""Do the values that stand in a schema keep it: its default, and its examples, whether an operation uses it or not?

A value is wrong when neither a request nor a response may have it: nobody says which of the two is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.checks.document.flaw import pointer_of
from mockserver.checks.document.rules_whole import Found
from mockserver.checks.document.schemas import cause
from mockserver.contract.plan import Plans
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.values import JSON
from mockserver.violation import Violation


def values(plans: Plans, schemas: Iterable[Found]) -> Iterator[Violation]:
    """Yield a finding for each default and each example that breaks the schema it stands in."""
    for schema, place in schemas:
        named = list(_named(schema))
        if named:
            pointer = pointer_of(place)
            for below, value in named:
                yield from _judged(plans, pointer, below, value)


def _named(schema: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    for keyword in ("default", "example"):
        if keyword in schema:
            yield f"/{keyword}", schema[keyword]
    examples = schema.get("examples")
    for index, value in enumerate(examples if isinstance(examples, list) else ()):
        yield f"/examples/{index}", value


def _judged(plans: Plans, pointer: str, below: str, value: JSON) -> Iterator[Violation]:
    uri = plans.contract.documents.root
    node = plans.contract.documents.node(uri, pointer)
    try:
        judged = [plans.judged(node, direction) for direction in ("response", "request")]
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
