"""Random draws for a client, after the boundary set: schemathesis on the mirror contract, within a time budget."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.api.clients.plans import planned
from mockserver.contract.plan import Plan
from mockserver.jobs.verify.cases import Case, Direction
from mockserver.jobs.verify.mirror import Mirror, mirror
from mockserver.values import JSON, Struct


class Drawn(Struct, frozen=True):
    """A case that was drawn, and what it was made of: the body of a path of the mirror."""

    case: Case
    plan: Plan
    mirror: Mirror
    path: str
    body: JSON


def drawn_cases(
    calling: Calling,
    binding: Binding,
    directions: Sequence[Direction],
    max_examples: int,
    time_budget_s: float | None,
    seed: int,
) -> Iterator[Drawn]:
    """Yield cases of a binding, `max_examples` for what is said and for each documented answer."""
    from mockserver.edges.explorer import Explorer  # noqa: PLC0415 - schemathesis costs 400 ms

    ends = time.perf_counter() + time_budget_s if time_budget_s is not None else None
    for index, operation in enumerate(binding.operations):
        plan = calling.service.plans.of(operation)
        if not isinstance(plan, Plan):
            continue
        key: tuple[str | int, ...] = (binding.label, index, *directions, max_examples, seed)
        found: tuple[Mirror, Explorer] | None = calling.drawing.get(key)
        if found is None:
            cases = planned(calling, binding, index, plan)
            if cases is None:
                continue
            reflected = mirror(cases, directions)
            found = calling.drawing[key] = reflected, Explorer(reflected.document, seed, max_examples)
        reflected, explorer = found
        for number, path in enumerate(reflected.paths):
            left = None if ends is None else max(0.0, ends - time.perf_counter()) / (len(reflected.paths) - number)
            if left == 0.0:
                return
            for body in explorer.bodies(path, left):
                case = reflected.case(path, body)
                if case is not None:
                    yield Drawn(case, plan, reflected, path, body)
