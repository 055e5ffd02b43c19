"""What the checks of a request look at, and the one way in which they tell a finding."""

from __future__ import annotations

from mockserver.contract.model import Operation
from mockserver.contract.plan import Plan
from mockserver.contract.reading import Reading
from mockserver.exchange import Request
from mockserver.messages import BY_ID
from mockserver.values import JSON, Struct
from mockserver.violation import Violation


class Received(Struct, frozen=True):
    """A request, the plan of the operation it asks for, and how that operation reads it."""

    request: Request
    plan: Plan
    reading: Reading
    with_security: bool = True


def finding(
    rule: str,
    operation: Operation,
    at: str,
    message: str,
    fix: str,
    *,
    node: tuple[str, str] | None = None,
    witness: JSON = None,
) -> Violation:
    """Make a finding about a request of an operation."""
    document, pointer = node or (operation.node.uri, operation.node.pointer)
    return Violation(rule, "consumer", BY_ID[rule].level, operation.name, document, pointer, at, message, fix, witness)
