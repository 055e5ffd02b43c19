"""Which cases a binding is played: what its method can say, what it cannot leave out, and what it is answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.contract.plan import Plan
from mockserver.edges.consumer.members import plain
from mockserver.edges.consumer.methods import Notes
from mockserver.edges.consumer.scalars import InexpressibleError
from mockserver.generate.generator import Unsatisfiable
from mockserver.jobs.verify.cases import Case, Cases, Direction, Place, Said
from mockserver.values import JSON, replace

_NEEDS: Final = 12


def methods_called_by(calling: Calling, bindings: Sequence[Binding]) -> frozenset[str]:
    """Return the methods that the functions of a suite call, seen by calling each once."""
    called: set[str] = set()
    with calling.intercepting():
        for binding in bindings:
            for case, plan in _first(calling, binding):
                notes = Notes()
                with suppress(InexpressibleError):  # told when its cases are played
                    calling.called(binding, case, plan, notes)
                called |= notes.called
    return frozenset(called)


def _first(calling: Calling, binding: Binding) -> Iterator[tuple[Case, Plan]]:
    yield from next(([one] for one in cases_of(calling, binding, ["sent"])), [])


def cases_of(calling: Calling, binding: Binding, directions: Sequence[Direction]) -> Iterator[tuple[Case, Plan]]:
    """Yield the cases of a binding, those of its first operation first."""
    for index, operation in enumerate(binding.operations):
        plan = calling.service.plans.of(operation)
        if not isinstance(plan, Plan):
            calling.why_not = plan.violation.message
            continue
        cases = planned(calling, binding, index, plan)
        if cases is None:
            continue
        others = _others(calling, binding, index)
        for case in _directed(calling, cases, directions):
            yield replace(case, said={**others, **case.said}), plan


def _directed(calling: Calling, cases: Cases, directions: Sequence[Direction]) -> Iterator[Case]:
    try:
        if "sent" in directions:
            yield from cases.sent()
        if "answered" in directions or "refused" in directions:
            yield from (case for case in cases.answered() if case.direction in directions)
    except Unsatisfiable as nothing:
        calling.why_not = str(nothing)


def _others(calling: Calling, binding: Binding, index: int) -> Said:
    """Return the least that can be said to the other operations of a binding."""
    said: dict[Place, JSON] = {}
    for other, operation in enumerate(binding.operations):
        plan = calling.service.plans.of(operation)
        if other != index and isinstance(plan, Plan):
            cases = planned(calling, binding, other, plan)
            said.update(cases.least() if cases is not None else {})
    return said


def planned(calling: Calling, binding: Binding, index: int, plan: Plan) -> Cases | None:
    """Return the cases of an operation, with all that the client cannot do without; None when it cannot be told."""
    places = {one.place for one in binding.bound[index] if one.place is not None}
    if binding.more:
        everything = Cases(calling.service.plans, plan, calling.validators, frozenset())
        places |= _free_places(everything, plan, places)
    must = {one.place for one in binding.bound[index] if one.place is not None and one.parameter.required}
    needs: frozenset[str] = frozenset()
    for _ in range(_NEEDS):
        cases = Cases(calling.service.plans, plan, calling.validators, frozenset(places), frozenset(must), needs)
        try:
            least = cases.least()
            unsaid = [".".join(place) for place in must if place not in least]
            if unsaid:
                calling.why_not = f"it cannot be told how {', '.join(unsaid)} is said"
                return None
            _try(calling, binding, Case("sent", least, None, "a try"), plan)
        except InexpressibleError as cannot:
            calling.why_not = str(cannot)
            if not cannot.lacks or plain(cannot.lacks) in needs:
                return cases
            needs |= {plain(cannot.lacks)}
            continue
        except Unsatisfiable as nothing:
            calling.why_not = str(nothing)
            return None
        return cases
    return cases


def _try(calling: Calling, binding: Binding, case: Case, plan: Plan) -> None:
    notes = Notes()
    calling.called(binding, case, plan, notes, strict=True)


def _free_places(cases: Cases, plan: Plan, taken: set[Place]) -> set[Place]:
    media = cases.plans.media(plan.body.content[0], "request") if plan.body and plan.body.content else None
    found: set[Place] = {(entry.parameter.location, entry.parameter.name) for entry in plan.parameters()}
    if media is not None and ("body",) not in taken:
        found |= {("body", name) for name in media.spec.shape.property_names}
    return found
