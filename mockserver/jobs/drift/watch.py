"""Watching one API: asks in turns, learns from each answer what can be asked next, and keeps what was seen.

Sends nothing itself: whoever calls gives `ask`, which alone knows the network, its pace and its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Final, TypeAlias

from mockserver.cassette.model import Interaction
from mockserver.cassette.scrub import readably
from mockserver.contract.model import Operation
from mockserver.contract.plan import response_for
from mockserver.contract.route import Routed
from mockserver.exchange import NoResponse, Outcome, Response
from mockserver.jobs.drift.gather import Drift, gather, never_seen
from mockserver.jobs.drift.leads import Lead, leads
from mockserver.jobs.drift.left import left
from mockserver.jobs.drift.plan import SAFE, Planner, Probe, captured_of
from mockserver.jobs.drift.pool import Captured, Pool, Told
from mockserver.jobs.drift.sight import Sight, sight
from mockserver.jobs.homes import Homes, Located, route_of
from mockserver.jobs.judge import excused
from mockserver.jobs.service import Service
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, replace
from mockserver.wire.json import JSONSyntaxError, loads

Ask: TypeAlias = Callable[[Probe], Outcome | None]
"""Sends a probe; None: nothing is sent any more (budget, or the API does not answer)."""

_THINGS: Final = 5
_ROUNDS: Final = 3
_KNOWN: Final = 50
_PAGES: Final = 2
_FAILURES: Final = 3
_SEVERAL: Final = 2
_NOWHERE: Final = "it answered 404, as does everything here: is this the address of the API, with its base path?"


class Seen(Struct, frozen=True):
    """What came of watching: sights in their order, drifts, and sentences about what could not be seen.

    `never` are answers, and what the contract has in them that never came.
    """

    sights: tuple[Sight, ...]
    drifts: tuple[Drift, ...]
    checked: tuple[str, ...]
    unchecked: tuple[str, ...]
    never: tuple[tuple[str, str], ...] = ()


class Watch:
    """One run on one service. `allowed` are the labels of operations that may be called though they are not safe."""

    def __init__(
        self,
        service: Service,
        validators: Validators,
        recorded: Sequence[tuple[Interaction, Located]] = (),
        *,
        homes: Homes,
        allowed: frozenset[str] = frozenset(),
        seed: int = 0,
        signs: bool = True,
    ) -> None:
        self._service = service
        self._homes = homes
        self._planner = Planner(service, validators, seed=seed, signs=signs)
        self._recorded = tuple((readably(one), located) for one, located in recorded)
        self._allowed = allowed
        self._known = Pool(service.contract)
        self._own = Pool(service.contract)
        self._pages: list[Lead] = []
        self._address = ""
        self._asked: set[tuple[str, str, str]] = set()
        self._sights: list[Sight] = []
        self._over = False

    def live(self, ask: Ask, address: str) -> Seen:
        """Ask the API that lives at an address, and return what was seen."""
        self._address = address
        for one, located in self._recorded:
            self._recall(one, located)
        self._all(self._planner.recorded(self._recorded), ask)
        self._all(self._lists(), ask)
        for _ in range(_ROUNDS):
            if not self._all(self._things(), ask):
                break
        self._all(self._edges(), ask)
        self._all(self._unsafe(), ask)
        self._again(ask)
        return self._seen()

    def offline(self) -> Seen:
        """Return what the recorded exchanges show."""
        for one, located in self._recorded:
            request = replace(one.request, target=located.target)
            found = self._planner.read(located, request)
            if found is not None:
                plan, captured = found
                probe = Probe(plan.operation, request, "recorded", captured, signed=False, recorded=one.response.status)
                seen = sight(probe, plan, one.response, self._service)
                kept = tuple(shown for shown in seen.shown if excused(shown.violation, one) is not None)
                without = "/response/body" in one.recorded.redacted and not kept
                silent = "the recording is without its body" if without and not seen.silent else seen.silent
                self._sights.append(replace(seen, shown=kept, silent=silent))
        return self._seen(live=False)

    def _recall(self, one: Interaction, located: Located) -> None:
        """Learn what a recorded answer tells, of whichever method."""
        route = route_of(located, one.request.method)
        plan = self._planner.plan(route.operation) if isinstance(route, Routed) else None
        if plan is None or not isinstance(route, Routed) or not 200 <= one.response.status < 300:
            return
        try:
            value: JSON = loads(one.response.body) if one.response.body else None
        except JSONSyntaxError:
            return
        captured = captured_of(self._service, plan, route, replace(one.request, target=located.target))
        documented = response_for(plan.responses, one.response.status)
        self._learn(Told(plan.operation, captured, one.request, one.response, documented, value), one.url)

    def _learn(self, told: Told, url: str) -> None:
        self._known.learn(told)
        for lead in leads(told, url, self._homes, self._planner, self._service.name):
            self._known.lead(lead.operation, lead.captured)
            if lead.page and sum(one.operation is lead.operation for one in self._pages) < _PAGES:
                self._pages.append(lead)

    def _operations(self, *, safe: bool) -> Iterator[Operation]:
        for operation in self._service.contract.operations:
            if (operation.method in SAFE) is safe and (safe or operation.label in self._allowed):
                yield operation

    def _lists(self) -> Iterator[Probe]:
        for operation in self._operations(safe=True):
            plan = self._planner.plan(operation)
            if plan is not None and not plan.path:
                yield from self._planner.least(operation, {})
                yield from self._planner.examples(operation, {})

    def _things(self) -> Iterator[Probe]:
        for operation in self._operations(safe=True):
            plan = self._planner.plan(operation)
            if plan is not None and plan.path:
                for captured in islice(self._known.paths(operation), _THINGS):
                    yield from self._planner.least(operation, captured, "chained")
        for lead in tuple(self._pages):
            yield from self._planner.page(lead.operation, lead.captured, lead.page)

    def _edges(self) -> Iterator[Probe]:
        bounds: list[Iterator[Probe]] = []
        for operation in self._operations(safe=True):
            plan = self._planner.plan(operation)
            first: Captured | None = next(self._known.paths(operation), None) if plan and plan.path else {}
            if first is not None:
                yield from self._planner.examples(operation, first)
                bounds.append(self._planner.bounds(operation, first))
            yield from self._planner.absent(operation, list(islice(self._known.paths(operation), _KNOWN)))
        for round_ in zip_longest(*bounds):  # in turns: the budget is for all operations
            yield from (probe for probe in round_ if probe is not None)

    def _unsafe(self) -> Iterator[Probe]:
        """Yield what was allowed by name, on our own things only: what makes them first, what takes them away last."""
        order = {"POST": 0, "PUT": 1, "PATCH": 2}

        def needs(operation: Operation) -> tuple[int, int, int]:
            others = self._planner.speaks_of(operation)
            return order.get(operation.method, 3), others, len(operation.template)

        wanted = sorted(self._operations(safe=False), key=needs)
        for operation in wanted:
            plan = self._planner.plan(operation)
            if plan is not None and not plan.path:
                yield from self._planner.allowed(operation, {}, self._own)
            else:
                for captured in islice(self._own.paths(operation), 1):
                    yield from self._planner.allowed(operation, captured, self._own)

    def _all(self, probes: Iterable[Probe], ask: Ask) -> int:
        """Ask what was not asked yet; return how many requests that were."""
        count = 0
        for probe in probes:
            if not self._over and probe.key not in self._asked and self._may_answer(probe.operation):
                self._asked.add(probe.key)
                count += 1
                self._one(probe, ask)
        return count

    def _may_answer(self, operation: Operation) -> bool:
        """Tell whether to go on with an operation: what fails again and again is left alone."""
        mine = [one.response for one in self._sights if one.probe.operation.name == operation.name][-_FAILURES:]
        return len(mine) < _FAILURES or any(one is not None and one.status < 500 for one in mine)

    def _one(self, probe: Probe, ask: Ask) -> None:
        plan = self._planner.plan(probe.operation)
        outcome = ask(probe)
        if outcome is None or plan is None:
            self._over = outcome is None
            return
        seen = sight(probe, plan, outcome, self._service)
        self._sights.append(seen)
        if isinstance(outcome, NoResponse) or seen.value is None or not 200 <= outcome.status < 300:
            return
        response = Response(outcome.status, outcome.headers, outcome.body)
        told = Told(probe.operation, probe.captured, probe.request, response, seen.documented, seen.value)
        self._learn(told, f"{self._address}{probe.request.target}")
        if probe.request.method not in SAFE:
            self._own.learn(told)

    def _again(self, ask: Ask) -> None:
        """Ask once more what has shown something only once: an accident does not come twice."""
        probes = {one.probe.key: one.probe for one in gather(self._sights) if one.confidence == "low"}
        for probe in probes.values():
            if probe.request.method in SAFE and not self._over:
                self._one(probe, ask)

    def _seen(self, *, live: bool = True) -> Seen:
        self._sights = _silent_where_nothing_is(self._sights)
        checked = dict.fromkeys(one.probe.operation.name for one in self._sights if _tells(one))
        unchecked = left(self._service.contract.operations, self._sights, checked, self._allowed, live=live)
        drifts, never = gather(self._sights), never_seen(self._sights)
        return Seen(tuple(self._sights), drifts, tuple(checked), tuple(unchecked), never)


def _silent_where_nothing_is(sights: list[Sight]) -> list[Sight]:
    """Return sights without findings where several operations were asked and none of them is there: no API is."""
    told = [one for one in sights if not one.silent and one.probe.source != "absent"]
    is_nowhere = all(one.response is not None and one.response.status == 404 for one in told)
    if not is_nowhere or len({one.probe.operation.name for one in told}) < _SEVERAL:
        return sights
    return [one if one.silent else replace(one, shown=(), silent=_NOWHERE) for one in sights]


def _tells(one: Sight) -> bool:
    """Tell whether an answer says something about its operation: a success, or a finding."""
    return not one.silent and one.response is not None and (one.response.status < 400 or bool(one.shown))
