"""One binding, checked: the boundary cases, the pages, what was drawn, and each finding made as small as it can be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Final

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling, Played
from mockserver.api.clients.draws import Draws, drawn_cases, is_over, share_of
from mockserver.api.clients.pages import read_pages
from mockserver.api.clients.plans import cases_of
from mockserver.api.clients.result import Result, key_of
from mockserver.contract.plan import Plan
from mockserver.jobs.verify.cases import Case, Direction
from mockserver.jobs.verify.drawing import Drawing, Drawn
from mockserver.jobs.verify.observed import Shown
from mockserver.jobs.verify.returned import Returns
from mockserver.jobs.verify.smaller import smaller
from mockserver.values import Struct, field

_TRIES: Final = 400
_LISTED: Final = 5


class BindingRun(Struct):
    """The check of one binding. `is_wanted` tells which findings are asked for."""

    calling: Calling
    binding: Binding
    directions: Sequence[Direction]
    is_wanted: Callable[[Shown], bool]
    result: Result = field(default_factory=Result)
    returns: dict[str, Returns] = field(default_factory=dict)

    def check(self) -> None:
        """Play the boundary cases, and the pages."""
        for case, plan in cases_of(self.calling, self.binding, self.directions):
            self._play(case, plan)
        if "sent" in self.directions and self.binding.pages:
            shown, count = read_pages(self.calling, self.binding)
            self.result.cases += count
            self._add(shown)
        if not self.result.cases and "sent" in self.directions:
            why = self.calling.why_not or "nothing could be said to it"
            self.result.unchecked.append(f"{self.binding.label}: {why}")

    def draw(self, draws: Draws, ends: float | None) -> None:
        """Play drawn cases, until it `ends` (seconds of perf_counter)."""
        for drawn, drawing, plan in drawn_cases(self.calling, self.binding, self.directions, draws, ends):
            known = set(self.result.shown)
            played = self._play(drawn.case, plan)
            for one in played.shown if played is not None else ():
                key = key_of(one)
                if key not in known and key in self.result.shown:
                    self.result.shown[key] = self._smallest(drawn, drawing, plan, one)

    def told(self) -> Result:
        """Return what came of everything that was played."""
        for each in self.returns.values():
            self._add(each.told())
        if self.result.cases:
            self.result.checked[self.binding.label] = None
        return self.result

    def _add(self, shown: Iterable[Shown]) -> None:
        self.result.add(one for one in shown if self.is_wanted(one))

    def _play(self, case: Case, plan: Plan) -> Played | None:
        played = self.calling.play(self.binding, case, plan)
        if played is not None:
            self.result.cases += 1
            self._add(played.shown)
            if case.direction == "answered" and not played.shown and self._returns_answer_of(plan):
                known = self.returns.setdefault(plan.operation.name, Returns(self.calling.wanted(self.binding, plan)))
                known.add(case, played.called)
        return played

    def _returns_answer_of(self, plan: Plan) -> bool:
        return not self.binding.pages and plan.operation is self.binding.operations[-1]

    def _smallest(self, drawn: Drawn, drawing: Drawing, plan: Plan, shown: Shown) -> Shown:
        """Return the same finding on the smallest case that still shows it."""
        key, written = key_of(shown), drawn.written
        tries = 0
        while tries < _TRIES:
            for candidate in smaller(written):
                tries += 1
                case = drawing.case(drawn.number, candidate)
                played = self.calling.play(self.binding, case, plan) if case is not None else None
                again = next((one for one in played.shown if key_of(one) == key), None) if played is not None else None
                if again is not None:
                    written, shown = candidate, again
                    break
                if tries >= _TRIES:
                    return shown
            else:
                return shown
        return shown


def draw_all(
    runs: Sequence[BindingRun], draws: Draws, budget_s: float | None, progress: Callable[[str], object] | None
) -> None:
    """Draw cases for all bindings: each has an equal share of the time that is left."""
    import_module("mockserver.edges.tapes")  # hypothesis takes its time, which is not that of the cases
    ends = time.perf_counter() + budget_s if budget_s is not None else None
    for number, run in enumerate(runs):
        if progress is not None:
            progress(f"{run.binding.label}, drawn")
        if is_over(ends):
            left = ", ".join(one.binding.label for one in runs[number:][:_LISTED])
            run.result.unchecked.append(f"no time was left for random cases of {len(runs) - number} methods: {left}")
            return
        with run.calling.intercepting():
            run.draw(draws, share_of(ends, len(runs) - number))
