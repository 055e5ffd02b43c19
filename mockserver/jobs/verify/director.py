"""The API as a client under test sees it: every request judged, every answer as the case says.

Stands in a `Session` in the place of the mock's imagination. What it does not have to say is the least documented
success.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mockserver.checks.received import Received, finding
from mockserver.checks.request import check_request
from mockserver.contract.plan import Broken, Plan
from mockserver.contract.reading import fitting, read_request
from mockserver.contract.route import Routed
from mockserver.exchange import Request, Response
from mockserver.jobs.answer import Answering
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Answer, Service, Settings
from mockserver.jobs.verify.answers import Given, response_of
from mockserver.jobs.verify.cases import Cases
from mockserver.jobs.verify.observed import Observed
from mockserver.schema.compile import Validators
from mockserver.values import Struct, replace

NEVER_S: Final = 1e9
"""Seconds until an answer that never comes: who has a time-out gives up, and who has none does not come back."""


class _NoClock:
    """Nothing here depends on the time."""

    def now(self) -> float:
        """Return the same moment always."""
        return 0.0


class Scene(Struct, frozen=True):
    """What is answered: `given` by the first of `targets`; or `pages` one after another, the last for ever.

    `raw` is an answer to the letter, whatever the contract says; where there are pages it is the first of them.
    `fault` happens to the first request.
    """

    targets: frozenset[str]
    given: Given | None = None
    pages: Sequence[Given] = ()
    raw: Response | None = None
    most: int = 12
    fault: str = ""


class Director:
    """Plays one scene after another for the operations of one service."""

    def __init__(self, service: Service, look: Callable[[], str], stop: type[BaseException]) -> None:
        self._service = service
        self._look = look
        self._stop = stop
        self._validators = Validators()
        self._leasts: dict[str, tuple[Given, ...]] = {}
        self._scene = Scene(frozenset())
        self._observed: list[Observed] = []
        self.not_accepted = False
        self.session = Session([service], Settings(on_violation="report", journal=1), _NoClock(), self)

    def play(self, scene: Scene) -> None:
        """Start a scene."""
        self._scene = scene
        self._observed = []
        self.not_accepted = False

    @property
    def observed(self) -> tuple[Observed, ...]:
        """What was asked in this scene."""
        return tuple(self._observed)

    def serve(self, request: Request) -> Answer:
        """Answer a request; raise what stops a client that goes on and on."""
        if len(self._observed) >= self._scene.most:
            raise self._stop
        before = len(self._observed)
        answer = self.session.serve(request)
        if len(self._observed) == before:  # no operation was found
            status = Response(answer.response.status, answer.response.headers)
            self._observed.append(Observed("", request, status, None, answer.violations, self._look()))
        return answer

    def answer(self, answering: Answering, route: Routed) -> Answer:
        """Judge a request that asks for an operation, and answer as the scene says."""
        service, request = answering.service, answering.request
        if route.rivals:
            route = fitting(service.plans, route, request)
        plan = service.plans.of(route.operation)
        if isinstance(plan, Broken):
            return answering.answer(route)
        reading = read_request(service.plans, plan, request, route.captures)
        violations = check_request(Received(request, plan, reading, with_security=True))
        response = self._response(plan, request)
        if response is None:
            offers = [media.name for one in plan.responses if one.status[:1] == "2" for media in one.content]
            told = finding(
                "request-accept",
                plan.operation,
                "header.Accept",
                f"Accept is {request.header('accept')}; the contract answers {', '.join(offers)}",
                f"accept {offers[0]}" if offers else "accept anything",
            )
            violations = (*violations, told)
            response = Response(406)
        if request.method == "HEAD":
            response = replace(response, body=b"")
        line = self._look() if violations or not self._observed else ""
        self._observed.append(Observed(plan.operation.name, request, response, reading, violations, line))
        fault = self._scene.fault if len(self._observed) == 1 else ""
        wait_s = NEVER_S if fault == "hang" else 0.0
        fault = "" if fault == "hang" else fault
        return Answer(response, wait_s, fault, service.name, plan.operation.name, "scripted", violations, reading)

    def _response(self, plan: Plan, request: Request) -> Response | None:
        scene, name = self._scene, plan.operation.name
        plans, imagination = self._service.plans, self._service.imagination
        if name in scene.targets:
            given = scene.given
            asked = sum(one.operation == name for one in self._observed)
            if scene.raw is not None and (not asked or not scene.pages):
                return scene.raw
            if scene.pages:
                given = scene.pages[min(asked, len(scene.pages) - 1)]
            if given is not None:
                response = response_of(given, request, plans, imagination, below=f"/{self._service.name}")
                if response is not None:
                    return response
                self.not_accepted = True
        for given in self.least(plan):
            response = response_of(given, request, plans, imagination)
            if response is not None:
                return response
        return None

    def least(self, plan: Plan) -> tuple[Given, ...]:
        """Return the least documented success, in each media type that it has."""
        name = plan.operation.name
        if name not in self._leasts:
            found: dict[tuple[int, str], Given] = {}
            cases = Cases(self._service.plans, plan, self._validators, frozenset())
            for given in cases.leasts():
                if given.status < 400:
                    found.setdefault((given.status, given.media.media.name if given.media else ""), given)
            self._leasts[name] = tuple(found.values())
        return self._leasts[name]
