"""What a test writes to be answered, understood and checked on the test's own line.

A stub that says what the contract does not is a lie that no test finds: it is refused before it can be told.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from mockserver.answers.prefer import NONE
from mockserver.checks.mismatches import Place, media_findings
from mockserver.contract.model import Contract, Operation
from mockserver.contract.plan import Broken, response_for
from mockserver.contract.route import Routed
from mockserver.errors import UnknownService, UsageError
from mockserver.exchange import Request, Response, whole
from mockserver.jobs.answer import Answering
from mockserver.jobs.script import UNSET, Step, body_media, body_of, played
from mockserver.jobs.service import Answer, Service, Settings
from mockserver.values import replace

See: TypeAlias = Callable[[Answer], Any]


def known_operation(contract: Contract, name: str) -> Operation:
    """Return the operation of that operationId or label; UnknownService names the nearest."""
    for operation in contract.operations:
        if name in {operation.operation_id, operation.label}:
            return operation
    raise unknown_operation(name, contract.operations, contract.name)


def unknown_operation(name: str, operations: Iterable[Operation], service: str = "") -> UnknownService:
    """Tell that there is no such operation, and what may be meant."""
    known = [each for operation in operations for each in (operation.operation_id, operation.label) if each]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    return UnknownService(
        f"{service or 'no contract'} has no operation {name}" if service else f"no contract has an operation {name}",
        fix=f"did you mean {' or '.join(near)}?" if near else f"operations: {', '.join(known[:12])}",
    )


def steps_of(template: Step, answer: object, see: See, service: Service, *, undocumented: bool) -> tuple[Step, ...]:
    """Return the steps that an answer stands for, each checked; raise UsageError where the contract says otherwise."""
    match answer:
        case list() | tuple():
            once = replace(template, times=1)
            return tuple(
                step for one in answer for step in steps_of(once, one, see, service, undocumented=undocumented)
            )
        case None:
            step = template
        case bool():
            raise _not_understood(answer)
        case int():
            step = replace(template, status=answer)
        case Mapping():
            step = replace(template, merge=dict(answer))
        case _ if callable(answer):
            call = answer

            def make(plain: Answer) -> Step:
                (made,) = steps_of(template, call(see(plain)), see, service, undocumented=undocumented)
                return made

            return (replace(template, make=make),)
        case _:
            raise _not_understood(answer)
    if not undocumented:
        check(step, service)
    return (step,)


def _not_understood(answer: object) -> UsageError:
    return UsageError(
        f"an answer cannot be {answer!r}",
        fix="give a status, a dict to be merged into the body, a list of these, or a function that returns one",
    )


def check(step: Step, service: Service) -> None:
    """Raise UsageError when the contract has no such answer."""
    operation = known_operation(service.contract, step.operation)
    plan = service.plans.of(operation)
    if isinstance(plan, Broken):
        raise UsageError(plan.violation.message, where=operation.label, fix=plan.violation.fix)
    if step.status is not None and response_for(plan.responses, step.status) is None:
        documented = ", ".join(response.status for response in plan.responses)
        raise UsageError(
            f"{operation.name} answers {documented}, not {step.status}",
            where=step.source,
            fix="answer what the contract has, or say undocumented=True",
        )
    answering = Answering(service, Settings(on_violation="report"), Request(operation.method, ""), NONE, 0.0)
    route = Routed(operation, ())
    answer = played(step, answering, route, answering.answer(route))
    if answer.source == "refused":
        raise UsageError(answer.violations[-1].message, where=step.source, fix=answer.violations[-1].fix)
    if step.json is not UNSET or step.merge is not None:
        _check_body(step, service, operation, whole(answer.response))


def _check_body(step: Step, service: Service, operation: Operation, response: Response) -> None:
    media = body_media(service.plans, service.plans.of(operation), response)
    if media is None:
        raise UsageError(
            f"{operation.name} answers {response.status} without a body",
            where=step.source,
            fix="leave the body out, or say undocumented=True",
        )
    value = step.json if step.json is not UNSET else body_of(media, response)
    if media.accepts(value):
        return
    found = list(media_findings(value, media, Place("contract", operation.name, "body", "")))
    raise UsageError(
        f"the answer of {operation.name} does not keep the contract: {'; '.join(one.message for one in found)}",
        where=step.source,
        fix=f"{found[0].fix}; or say undocumented=True" if found else "say undocumented=True",
    )
