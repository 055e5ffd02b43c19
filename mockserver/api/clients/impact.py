"""The real client, run on what has changed: each of its methods that calls an operation gets the changed answer.

A method that fails on the answer before the change tells nothing about the change, and is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.plans import cases_of
from mockserver.api.clients.suite import ClientSuite
from mockserver.contract.plan import Plan
from mockserver.contract.reading import Reading, read_request
from mockserver.contract.route import Routed
from mockserver.exchange import Request, Response
from mockserver.generate.generator import Unsatisfiable
from mockserver.jobs.impact import Changed, Impact, Kinds, Reaction, difference, kinds_of, worst
from mockserver.jobs.verify.answers import Given, response_of
from mockserver.jobs.verify.cases import Case, Cases, Place, Said
from mockserver.jobs.verify.observed import Called
from mockserver.report.model import many
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, replace
from mockserver.violation import errors_in

_MOST: Final = 40


class Sent(Struct, frozen=True):
    """A request that the client makes, by which method, and the line that sends it."""

    request: Request
    method: str
    source: str


class ClientRuns:
    """Runs one client on changes; remembers what it does with answers as they were."""

    def __init__(self, suite: ClientSuite) -> None:
        self.suite = suite
        self._before: dict[tuple[str, Response], Reaction | None] = {}
        self._cases: dict[tuple[str, str], Case | None] = {}
        self._kinds: dict[tuple[str, str], Kinds] = {}
        self._sent: dict[str, tuple[Sent, ...]] = {}
        self._answers: dict[str, tuple[tuple[Given, Response], ...]] = {}

    def uses(self, operation: str) -> bool:
        """Tell whether a method of the client calls an operation."""
        return any(operation in binding.names for binding in self.suite.bindings)

    def answers(self, operation: str) -> tuple[tuple[Given, Response], ...]:
        """Return the documented answers of an operation as they are now, those with everything first."""
        if operation not in self._answers:
            service = self.suite.service
            found: list[tuple[Given, Response]] = []
            for plan in self._plans(operation):
                cases = Cases(service.plans, plan, Validators(), frozenset())
                for given in cases.answers():
                    response = response_of(
                        given, Request(plan.operation.method, "/"), service.plans, service.imagination
                    )
                    if response is not None:
                        found.append((given, response))
            self._answers[operation] = tuple(sorted(found, key=lambda pair: -len(pair[1].body)))
        return self._answers[operation]

    def _plans(self, operation: str) -> Iterator[Plan]:
        for one in self.suite.service.contract.operations:
            plan = self.suite.service.plans.of(one) if one.name == operation else None
            if isinstance(plan, Plan):
                yield plan

    def on_answers(self, operation: str, changes: Sequence[Changed]) -> Impact:
        """Return what the client does with changed answers to an operation."""
        if not self.uses(operation):
            return Impact("unused", f"no method of your client calls {operation}")
        asked = 0
        with self.suite.calling.intercepting():
            for binding in self.suite.bindings:
                if operation in binding.names:
                    for change in changes[:_MOST]:
                        before = self._reaction(binding, operation, change.before, remember=True)
                        if before is None or (before.raised and change.before.status < 400):
                            continue
                        after = self._reaction(binding, operation, change.after)
                        if after is None:
                            continue
                        asked += 1
                        usual = self._usual(binding, operation) if change.strict and not change.for_good else {}
                        how = difference(before, after, usual, strict=change.strict)
                        if how:
                            return Impact("breaks", f"{self._named(binding)} {how}", binding.label, after.source)
        if not asked:
            return Impact("unknown", "your client could not be run on it")
        return Impact("survives", f"your client takes it (proved by {many(asked, 'run')})")

    def _usual(self, binding: Binding, operation: str) -> Kinds:
        """Return of which kinds a method returns what, over the successes that are documented."""
        key = (binding.label, operation)
        if key not in self._kinds:
            found: dict[str, frozenset[str]] = {}
            successes = [response for _, response in self.answers(operation) if response.status < 400]
            for response in successes[:_MOST]:
                reaction = self._reaction(binding, operation, response, remember=True)
                for path, kinds in reaction.kinds.items() if reaction is not None else ():
                    found[path] = found.get(path, frozenset()) | kinds
            self._kinds[key] = found
        return self._kinds[key]

    def _named(self, binding: Binding) -> str:
        owner = self.suite.target.rpartition(":")[2].rpartition(".")[2]
        return f"{owner}.{binding.method}" if binding.method else binding.label

    def _reaction(
        self, binding: Binding, operation: str, response: Response, *, remember: bool = False
    ) -> Reaction | None:
        key = (binding.label, response)
        if key in self._before:
            return self._before[key]
        case = self._case(binding, operation)
        plan = next(self._plans(operation), None)
        came = self.suite.calling.answered(binding, case, plan, response) if case and plan else None
        reaction = _reaction(*came, operation) if came is not None else None
        if remember:
            self._before[key] = reaction
        return reaction

    def _case(self, binding: Binding, operation: str) -> Case | None:
        key = (binding.label, operation)
        if key not in self._cases:
            cases = cases_of(self.suite.calling, binding, ["sent"])
            self._cases[key] = next((case for case, plan in cases if plan.operation.name == operation), None)
        return self._cases[key]

    def sends(self, operation: str) -> tuple[Sent, ...]:
        """Return the different requests that the client makes of an operation, all of which keep the contract."""
        if operation not in self._sent:
            found: dict[Request, Sent] = {}
            with self.suite.calling.intercepting():
                for binding in self.suite.bindings:
                    if operation in binding.names:
                        for sent in self._sends(binding, operation):
                            found.setdefault(sent.request, sent)
            self._sent[operation] = tuple(found.values())
        return self._sent[operation]

    def _sends(self, binding: Binding, operation: str) -> Iterator[Sent]:
        try:
            for case, plan in cases_of(self.suite.calling, binding, ["sent"]):
                if plan.operation.name == operation:
                    yield from self._told(binding, case, plan)
        except Unsatisfiable:
            return

    def _told(self, binding: Binding, case: Case, plan: Plan) -> Iterator[Sent]:
        called = self.suite.calling.said(binding, case, plan)
        for observed in called.observed if called is not None else ():
            if observed.operation == plan.operation.name and not errors_in(observed.violations):
                yield Sent(observed.request, self._named(binding), observed.source or binding.source)

    def reading(self, operation: str, request: Request) -> Reading | None:
        """Return what a request of the client says, as its contract reads it."""
        service = self.suite.service
        route = service.router.route(request.method, request.path, request.query)
        plan = next(self._plans(operation), None)
        return (
            read_request(service.plans, plan, request, route.captures) if plan and isinstance(route, Routed) else None
        )

    def told_to(self, operation: str, givens: Sequence[Mapping[str, JSON]]) -> Iterator[Sent]:
        """Yield the requests in which the client says given values (`query.limit`, `body`), as far as it can."""
        with self.suite.calling.intercepting():
            for binding in self.suite.bindings:
                case = self._case(binding, operation) if operation in binding.names else None
                plan = next(self._plans(operation), None)
                if case is None or plan is None:
                    continue
                for given in givens:
                    yield from self._told(binding, replace(case, said={**case.said, **_said(given, case.said)}), plan)

    def on_requests(
        self, operation: str, refused: Callable[[Request], str], givens: Sequence[Mapping[str, JSON]] = ()
    ) -> Impact:
        """Return whether a request that the client makes is refused now; `refused` says why, or nothing.

        `givens` are values that are refused, for the client to say.
        """
        if not self.uses(operation):
            return Impact("unused", f"no method of your client calls {operation}")
        sends = self.sends(operation)
        for sent in (*sends, *self.told_to(operation, givens)):
            why = refused(sent.request)
            if why:
                return Impact("breaks", f"{sent.method} sends what is refused now: {why}", sent.method, sent.source)
        if not sends:
            return Impact("unknown", f"what your client sends to {operation} could not be seen")
        return Impact("survives", f"none of the {len(sends)} requests that your client makes is refused")


def _said(given: Mapping[str, JSON], least: Said) -> Said:
    """Return values by place as a case says them; a body in parts, where the client says it in parts."""
    said: dict[Place, JSON] = {}
    for place, value in given.items():
        location, _, name = place.partition(".")
        if name:
            said[location, name] = value
        elif ("body",) in least or not isinstance(value, dict):
            said["body",] = value
        else:
            said |= {("body", key): item for key, item in value.items()}
    return {place: value for place, value in said.items() if value is not None}


def _reaction(called: Called, returned: Any, operation: str) -> Reaction | None:
    """Return what came of a call; None when it never came to the operation."""
    if called.ending != "over":
        return Reaction("nothing: it does not come back", "", declared=False, source=called.source)
    if not any(one.operation == operation for one in called.observed):
        return None
    raised = called.raised
    if raised is not None:
        return Reaction(raised.name, raised.text, raised.declared, raised.source)
    return Reaction(kinds=kinds_of(returned))


def first_breaking(impacts: Iterator[Impact]) -> Impact | None:
    """Return the first that breaks, else the one that counts; asks no further than it must."""
    seen: list[Impact] = []
    for impact in impacts:
        seen.append(impact)
        if impact.verdict == "breaks":
            break
    return worst(seen)
