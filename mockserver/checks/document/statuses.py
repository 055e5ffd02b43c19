"""Which statuses should an operation document, and does not?

A client cannot be tested against what nobody wrote down. Many APIs write none of them down, so a finding is a note, and
many operations that lack the same are one finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mockserver.contract.model import Operation
from mockserver.contract.plan import ParameterPlan, Plan, Plans
from mockserver.document.pointer import child
from mockserver.messages import BY_ID
from mockserver.values import Struct
from mockserver.violation import Violation

_RULE: Final = "document-missing-status"
_ONE_BY_ONE: Final = 3


class _Lack(Struct, frozen=True):
    """Which operations should have a status, which statuses will do, and what is said of one that has none of them."""

    expects: Callable[[Plan], bool]
    any_of: frozenset[str]
    subject: str
    missing: str
    fix: str


def _asks_for_credential(plan: Plan) -> bool:
    return bool(plan.security) and () not in plan.security


def _names_one_thing(plan: Plan) -> bool:
    return any(not _is_listed(parameter) for parameter in plan.path.values())


def _is_listed(parameter: ParameterPlan) -> bool:
    """Tell whether all values of a parameter stand in the contract, so that each of them is there."""
    schema = parameter.bundle.schema if parameter.bundle is not None else None
    return isinstance(schema, dict) and ("enum" in schema or "const" in schema or schema.get("type") == "boolean")


def _takes_something(plan: Plan) -> bool:
    return plan.body is not None or any(True for _ in plan.parameters()) or _asks_for_credential(plan)


_FAILURES: Final = frozenset({"default", "4XX"})
_NO_FAILURE: Final = _Lack(
    _takes_something,
    _FAILURES | {str(status) for status in range(400, 500)},
    "that can be asked wrongly",
    "what is answered to a wrong request",
    "add the response 400, 4XX or default",
)
# RFC 9110 §15.5.2, §15.5.4, §15.5.5, §15.5.11
_LACKS: Final = (
    _Lack(
        _asks_for_credential,
        _FAILURES | {"401", "403", "407"},
        "that ask for a credential",
        "what is answered without a credential",
        "add the response 401, 4XX or default",
    ),
    _Lack(
        _names_one_thing,
        _FAILURES | {"404", "410"},
        "that name one thing",
        "what is answered when there is no such thing",
        "add the response 404, 4XX or default",
    ),
)


def missing_statuses(plans: Plans) -> Iterator[Violation]:
    """Yield a note for the operations that do not say what they answer when a request fails."""
    read = [plan for plan in map(plans.of, plans.contract.operations) if isinstance(plan, Plan)]
    silent, telling = _parted(read, _NO_FAILURE)
    yield from _told(_NO_FAILURE, silent, read)
    for lack in _LACKS:
        yield from _told(lack, _parted(telling, lack)[0], read)


def _parted(plans: list[Plan], lack: _Lack) -> tuple[list[Plan], list[Plan]]:
    """Return the operations that lack a status that they should have, and the others."""
    lacking = [
        plan
        for plan in plans
        if plan.responses and lack.expects(plan) and not any(one.status in lack.any_of for one in plan.responses)
    ]
    known = set(map(id, lacking))
    return lacking, [plan for plan in plans if id(plan) not in known]


def _told(lack: _Lack, lacking: list[Plan], plans: list[Plan]) -> Iterator[Violation]:
    if len(lacking) <= _ONE_BY_ONE:
        for plan in lacking:
            yield _finding(plan.operation, f"{lack.missing} is not documented", lack)
        return
    names = ", ".join(plan.operation.name for plan in lacking[:_ONE_BY_ONE])
    of = sum(map(lack.expects, plans))
    message = (
        f"{len(lacking)} of {of} operations {lack.subject} do not document {lack.missing}: "
        f"{names} and {len(lacking) - _ONE_BY_ONE} more"
    )
    yield _finding(lacking[0].operation, message, lack)


def _finding(operation: Operation, message: str, lack: _Lack) -> Violation:
    at = (operation.node.uri, child(operation.node.pointer, "responses"))
    return Violation(_RULE, "contract", BY_ID[_RULE].level, operation.name, *at, "", message, lack.fix)
