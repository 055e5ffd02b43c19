"""One binding, checked: the boundary cases, the pages, what was drawn, and each finding made as small as it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling, Played
from mockserver.api.clients.draws import Drawn, drawn_cases
from mockserver.api.clients.pages import read_pages
from mockserver.api.clients.plans import cases_of
from mockserver.api.clients.result import Result, key_of
from mockserver.contract.plan import Plan
from mockserver.jobs.verify.cases import Case, Direction
from mockserver.jobs.verify.observed import Shown
from mockserver.jobs.verify.returned import Returns
from mockserver.jobs.verify.smaller import smaller
from mockserver.values import JSON, Struct, field

_TRIES: Final = 400


class Draws(Struct, frozen=True):
    """How many cases are drawn for each part, for how many seconds at most, and by which dice."""

    most: int
    budget_s: float | None = None
    seed: int = 0


class BindingRun(Struct):
    """The check of one binding. `is_wanted` tells which findings are asked for."""

    calling: Calling
    binding: Binding
    directions: Sequence[Direction]
    is_wanted: Callable[[Shown], bool]
    result: Result = field(default_factory=Result)
    returns: dict[str, Returns] = field(default_factory=dict)

    def check(self, draws: Draws | None) -> Result:
        """Play everything and return what came of it."""
        for case, plan in cases_of(self.calling, self.binding, self.directions):
            self._play(case, plan)
        if "sent" in self.directions and self.binding.pages:
            shown, count = read_pages(self.calling, self.binding)
            self.result.cases += count
            self._add(shown)
        if not self.result.cases and "sent" in self.directions:
            why = self.calling.why_not or "nothing could be said to it"
            self.result.unchecked.append(f"{self.binding.label}: {why}")
        if draws is not None:
            words = (draws.most, draws.budget_s, draws.seed)
            for drawn in drawn_cases(self.calling, self.binding, self.directions, *words):
                self._draw(drawn)
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

    def _draw(self, drawn: Drawn) -> None:
        known = set(self.result.shown)
        played = self._play(drawn.case, drawn.plan)
        for one in played.shown if played is not None else ():
            key = key_of(one)
            if key not in known and key in self.result.shown:
                self.result.shown[key] = self._smallest(drawn, one, key)

    def _smallest(self, drawn: Drawn, shown: Shown, key: tuple[str, ...]) -> Shown:
        """Return the same finding on the smallest case that still shows it."""
        body: JSON = drawn.body
        tries = 0
        while tries < _TRIES:
            for candidate in smaller(body):
                tries += 1
                case = drawn.mirror.case(drawn.path, candidate)
                played = self.calling.play(self.binding, case, drawn.plan) if case is not None else None
                again = next((one for one in played.shown if key_of(one) == key), None) if played is not None else None
                if again is not None:
                    body, shown = candidate, again
                    break
                if tries >= _TRIES:
                    return shown
            else:
                return shown
        return shown
