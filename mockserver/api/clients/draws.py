"""Random draws for a client, after the boundary set: requests and answers drawn together, within a time budget."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.api.clients.plans import planned
from mockserver.contract.plan import Plan
from mockserver.jobs.verify.cases import Direction
from mockserver.jobs.verify.drawing import Drawing, Drawn, drawing
from mockserver.values import Struct

_ENDLESS: Final = 1_000_000
_HURRIED: Final = 10
"""So many are drawn at once where there is an end to the time."""
_STALE: Final = 200
"""So many draws in a row that were there before: no others are left."""
_REMEMBERED: Final = 20_000


class Draws(Struct, frozen=True):
    """How many cases are drawn for each documented answer (0: as many as there is time for), and by which dice."""

    most: int
    seed: int = 0

    def of(self, drawing: Drawing) -> int:
        """Return how many are drawn for an operation."""
        return self.most * drawing.parts if self.most else _ENDLESS * bool(drawing.parts)


def drawn_cases(
    calling: Calling, binding: Binding, directions: Sequence[Direction], draws: Draws, ends: float | None = None
) -> Iterator[tuple[Drawn, Drawing, Plan]]:
    """Yield cases of a binding until there are enough, no others are left, or it `ends` (seconds of perf_counter)."""
    for index, operation in enumerate(binding.operations):
        plan = calling.service.plans.of(operation)
        if not isinstance(plan, Plan) or is_over(ends):
            continue
        key: tuple[str | int, ...] = (binding.label, index, *directions)
        if key not in calling.drawing:
            cases = planned(calling, binding, index, plan)
            calling.drawing[key] = drawing(cases, directions) if cases is not None else None
        found = calling.drawing[key]
        if found is None:
            continue
        share = share_of(ends, len(binding.operations) - index)
        for drawn in _different(found, draws, share):
            yield drawn, found, plan


def is_over(ends: float | None) -> bool:
    """Tell whether the time is over."""
    return ends is not None and time.perf_counter() >= ends


def share_of(ends: float | None, parts: int) -> float | None:
    """Return when the first of so many parts ends that have what is left of the time in common."""
    if ends is None:
        return None
    now = time.perf_counter()
    return now + max(0.0, ends - now) / parts


def _different(drawing: Drawing, draws: Draws, ends: float | None) -> Iterator[Drawn]:
    """Yield draws that differ from one another."""
    from mockserver.edges.tapes import BATCH, drawn  # noqa: PLC0415 - hypothesis costs 200 ms

    seen: set[int] = set()
    stale = 0
    batch = BATCH if ends is None else _HURRIED
    for one in drawn(drawing.read, drawing.length, draws.of(drawing), draws.seed, batch=batch):
        if stale > _STALE or is_over(ends):
            return
        mark = hash(repr((one.number, one.written))) if one is not None else 0
        stale = stale + 1 if mark in seen else 0
        if one is not None and mark not in seen:
            yield one
        if len(seen) > _REMEMBERED:
            seen.clear()
        seen.add(mark)
