"""What is known of an operation before any request comes: found once, asked at every answer."""

from __future__ import annotations

import re

from mockserver.answers.asked import Roles, roles_of
from mockserver.contract.model import Operation
from mockserver.contract.plan import Plan, Plans
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument
from mockserver.values import Struct
from mockserver.wire.media_type import is_json

_PREFIX = re.compile(r"(.*\})/[^{}]+")


class Manner(Struct, frozen=True):
    """`own`: the last path parameter names the thing that is answered. `roles`: what the query parameters mean."""

    own: bool
    roles: Roles


def manner_of(plans: Plans, plan: Plan) -> Manner:
    """Find out how an operation answers."""
    template = plan.operation.target[0].rstrip("/")
    return Manner(template.endswith("}") or _acts_on_thing(plans, plan, template), roles_of(plan))


def _acts_on_thing(plans: Plans, plan: Plan, template: str) -> bool:
    """Tell whether what is done to a thing answers with it: `/invoices/{id}/pay` as GET of `/invoices/{id}` does."""
    matched = _PREFIX.fullmatch(template)
    if matched is None or plan.operation.method == "GET":
        return False
    thing = next(
        (one for one in plans.contract.operations if one.method == "GET" and one.target[0].rstrip("/") == matched[1]),
        None,
    )
    answered = _answer(plans, plan.operation)
    return thing is not None and answered is not None and answered == _answer(plans, thing)


def _answer(plans: Plans, operation: Operation) -> tuple[str, str] | None:
    """Return where the schema of a success stands."""
    try:
        responses = plans.responses(operation)
    except UnreadableDocument:
        return None
    for response in sorted(responses, key=lambda response: response.status):
        if response.status.startswith("2"):
            for media in response.content:
                if is_json(media.name) and media.schema is not None:
                    return _place(media.schema)
    return None


def _place(schema: Node) -> tuple[str, str]:
    reference = schema.tree.get("$ref") if isinstance(schema.tree, dict) else None
    return (schema.base, reference) if isinstance(reference, str) else (schema.uri, schema.pointer)
