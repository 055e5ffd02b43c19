"""The client suite: real client code, driven with everything its contract allows, in both directions.

What its user says of a client, and what is asked of it. How it is built, bound, called and judged stands below.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from mockserver.api.clients.binding import Binder
from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.api.clients.case import SuiteCase
from mockserver.api.clients.draws import Draws
from mockserver.api.clients.faults import FaultRun
from mockserver.api.clients.home import Home
from mockserver.api.clients.plans import planned
from mockserver.api.clients.report import told_result
from mockserver.api.clients.result import Result
from mockserver.api.clients.run import BindingRun, draw_all
from mockserver.api.clients.subject import Ready, Subject
from mockserver.api.contract import load_contract
from mockserver.api.overrides import known_operation
from mockserver.contract.model import Contract
from mockserver.contract.plan import Plan
from mockserver.edges.consumer.running import EndlessError
from mockserver.errors import CouldNotCheck, UsageError
from mockserver.exchange import Request
from mockserver.jobs.coverage import Coverage
from mockserver.jobs.service import Answer, Service
from mockserver.jobs.verify.cases import Direction
from mockserver.jobs.verify.observed import Shown
from mockserver.jobs.verify.violating import violating
from mockserver.schema.compile import Validators
from mockserver.values import JSON, replace

BROKEN: Final[tuple[Direction, ...]] = ("broken",)
DIRECTIONS: Final[tuple[Direction, ...]] = ("sent", "answered", "refused")


class ClientSuite:
    """Property tests of a client from a contract.

    `service` is a name in `contracts`, a path, an address or a contract; `client` a class, a factory that takes `api`,
    a module, `"package.module:Name"`, or the name of a pytest fixture. `raises` are the errors that the client
    declares; without it they are learnt from what it does. `setup` is called with each new client. `ignore` lists rule
    ids, operations and methods (`admin.*`) that are left out.
    """

    def __init__(
        self,
        service: str | os.PathLike[str] | Contract,
        client: Any,
        *,
        raises: type[BaseException] | Sequence[type[BaseException]] = (),
        setup: Callable[[Any], object] | None = None,
        ignore: Sequence[str] = (),
        contracts: str | os.PathLike[str] | None = None,
        patience_s: float = 10.0,
    ) -> None:
        self.validators = Validators()
        self.contracts = contracts
        contract = service if isinstance(service, Contract) else load_contract(service, contracts=contracts)
        self.service = Service(contract, self.validators)
        self.raises = tuple(raises) if isinstance(raises, Sequence) else (raises,)
        self.ignore = frozenset(ignore)
        self._subject = Subject(contract, client, setup)
        self._home = Home(self.service, self._subject.urls, EndlessError)
        self.target = self._subject.name
        self._patience_s = patience_s
        self._bindings: tuple[Binding, ...] | None = None
        self._explicit: list[Binding] = []
        self._calling: Calling | None = None
        self._projections: dict[str, Callable[[Any], JSON]] = {}
        self.strays: tuple[Shown, ...] = ()
        self._coverage: Coverage | None = None
        self.unbound: tuple[tuple[str, str], ...] = ()

    def measure(self, coverage: Coverage) -> None:
        """Let what the client sees and says from now on count as coverage of its contract."""
        if self._coverage is not coverage:
            self._coverage = coverage
            if self._calling is not None:
                self._calling.observe(self._observer())

    def _observer(self) -> Callable[[Request, Answer], None] | None:
        return self._coverage.observer([self.service]) if self._coverage is not None else None

    def calls(
        self, *operations: str, optional: Sequence[str] = (), pages: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Bind a function `(client, ...)` to the operations that it calls, in their order.

        Its arguments are asked for by name (parameters and properties of the body, in any convention; `body` is the
        whole of it, `**more` all the rest). `pages`: it reads a list to its end.
        """
        if not operations:
            raise UsageError("calls() names no operation", fix='write @suite.calls("createShipment")')
        found = tuple(known_operation(self.service.contract, name) for name in operations)
        may = frozenset(known_operation(self.service.contract, name).name for name in optional)

        def bind(function: Callable[..., Any]) -> Callable[..., Any]:
            self._explicit.append(Binder(self.service).by_you(function, found, may, pages=pages))
            self._bindings = None
            return function

        return bind

    def returns(self, operation: str) -> Callable[[Callable[[Any], JSON]], Callable[[Any], JSON]]:
        """Say how a result shows what was answered: a function from what a method returns to the contract's words.

        It may tell a part: `{"id": shipment.id, "state": shipment.state}`. What it tells must be what was answered.
        """
        found = known_operation(self.service.contract, operation)

        def show(function: Callable[[Any], JSON]) -> Callable[[Any], JSON]:
            self._projections[found.name] = function
            return function

        return show

    def bind(self, method: str, *operations: str, pages: bool = False, **places: str) -> None:
        """Bind a method to the operations it calls, each parameter to its place: `shipment_id="path.id"`.

        Places are `path.x`, `query.x`, `header.x`, `cookie.x`, `body.x`, and `body` for the whole of it.
        """
        found = tuple(known_operation(self.service.contract, name) for name in operations)
        self._explicit.append(Binder(self.service).frozen(method, found, places, pages=pages))
        self._bindings = None

    def on(self, contract: Contract) -> ClientSuite:
        """Return this suite for another edition of its contract; what that edition has no operation for is left out."""
        other = ClientSuite(
            contract, self._subject.client, raises=self.raises, setup=self._subject.setup, ignore=tuple(self.ignore),
            patience_s=self._patience_s,
        )  # fmt: skip
        there = {operation.label: operation for operation in contract.operations}
        for binding in self._explicit:
            found = tuple(there[one.label] for one in binding.operations if one.label in there)
            if len(found) == len(binding.operations):
                other._explicit.append(replace(binding, operations=found))
        other._projections = self._projections
        return other

    @property
    def fixture(self) -> str:
        """The fixture of pytest that is the client, if it is one."""
        return self._subject.fixture

    @property
    def client_class(self) -> type | None:
        """The class of the client, where it was given as one."""
        return self._subject.client_class

    @property
    def constructor(self) -> str:
        """How the client is built, as a test would write it."""
        return self._subject.spelled()

    @property
    def calling(self) -> Calling:
        """How this client is called."""
        if self._calling is None:
            self._calling = self._called(self._subject)
        return self._calling

    @property
    def url(self) -> str:
        """An address where clients of any library are answered, over a real socket: for a client that is a fixture."""
        self._home.go_outside()
        return self._home.url

    def use(self, client: Any) -> None:
        """Check this very client from now on (a pytest fixture)."""
        self._bindings = None
        self._calling = self._called(Ready(self._subject, client))

    def _called(self, subject: Subject, url: str = "") -> Calling:
        home = Home(self.service, (), EndlessError) if url else self._home
        calling = Calling(self.service, subject, home, self.raises, self._patience_s, url)
        calling.projections = self._projections
        calling.observe(self._observer())
        return calling

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What is bound: by the suite, by name, by watching."""
        if self._bindings is None:
            if self.fixture and self._calling is None:
                self._bindings, self.unbound = tuple(self._explicit), ()
            else:
                binder = Binder(self.service)
                self._bindings, self.unbound = binder.all(self.calling, tuple(self._explicit), self.ignore)
                self.strays = tuple(one for one in binder.strays if self._is_wanted(one))
        return self._bindings

    def unused(self) -> tuple[str, ...]:
        """Return the operations that no binding calls."""
        used = {name for binding in self.bindings for name in (*binding.names, *binding.optional)}
        return tuple(one.name for one in self.service.contract.operations if one.name not in used)

    def check(
        self,
        bindings: Sequence[Binding] | None = None,
        directions: Sequence[Direction] = DIRECTIONS,
        *,
        max_examples: int = 0,
        time_budget_s: float | None = None,
        seed: int = 0,
        progress: Callable[[str], object] | None = None,
    ) -> Result:
        """Play the boundary cases, then drawn ones; raise CouldNotCheck.

        `max_examples` are drawn for each documented answer of a binding, within `time_budget_s` seconds for all of them
        together; with a time alone as many as there is time for.
        """
        chosen = self.bindings if bindings is None else bindings
        strays = self.strays if len(chosen) in {0, len(self.bindings)} and "sent" in directions else ()
        if not chosen and not strays:
            why = "; ".join(f"{method}: {reason}" for method, reason in self.unbound[:5])
            raise CouldNotCheck(
                f"no method of {self.target} is bound to an operation of {self.service.name}",
                where=why,
                fix="say which operations its methods call: @suite.calls(...)",
            )
        result = Result()
        result.add(strays)
        runs = [BindingRun(self.calling, binding, directions, self._is_wanted) for binding in chosen]
        for run in runs:
            if progress is not None:
                progress(run.binding.label)
            if "broken" in directions:
                result.join(self._broken(run.binding))
            with self.calling.intercepting():
                run.check()
        if max_examples or time_budget_s is not None:
            draw_all(runs, Draws(max_examples, seed), time_budget_s, progress)
        for run in runs:
            result.join(run.told())
        if bindings is None and "sent" in directions and not result.checked and not result.shown:
            raise CouldNotCheck(
                f"nothing of {self.target} could be checked",
                where="; ".join(result.unchecked[:5]),
                fix="let it take its address (base_url), or give a factory: lambda api: Client(api.url)",
            )
        return result

    def grade(self, bindings: Sequence[Binding] | None = None) -> dict[str, int]:
        """Answer what breaks the contract, and count how the client takes it: its own error, a leaked one, nothing.

        A grade and no finding: a tolerant reader accepts much, and may.
        """
        counted: Counter[str] = Counter()
        with self.calling.intercepting():
            for binding in self.bindings if bindings is None else bindings:
                plan = self.service.plans.of(binding.operations[0])
                cases = planned(self.calling, binding, 0, plan) if isinstance(plan, Plan) else None
                if cases is None or not isinstance(plan, Plan):
                    continue
                said = cases.least()
                counted.update(self.calling.take(binding, given, plan, said) for given in violating(cases))
        return dict(counted.most_common())

    def told(self, *, max_examples: int = 0, time_budget_s: float | None = None, seed: int = 0) -> str:
        """Check everything and return what is wrong, worst first, for eyes; empty when nothing is."""
        return told_result(self, self.check(max_examples=max_examples, time_budget_s=time_budget_s, seed=seed))

    def _broken(self, binding: Binding) -> Result:
        """Break the connections of a binding's calls, fault by fault."""
        result = Result()
        led = (lambda url: self._called(self._subject, url)) if self._subject.takes_address else None
        run = FaultRun(self.calling, led)
        for faulted, shown in run.check(binding):
            result.cases += 1
            result.faults.append(faulted)
            result.checked[binding.label] = None
            result.add(one for one in shown if self._is_wanted(one))
        result.unchecked.extend(run.unchecked)
        return result

    def _is_wanted(self, shown: Shown) -> bool:
        violation = shown.violation
        return not {violation.rule, violation.operation, violation.fingerprint} & self.ignore

    def parametrize(
        self, *, faults: bool = False, max_examples: int = 0, time_budget_s: float | None = None
    ) -> Callable[[Any], Any]:
        """Return a mark for `def test_it(case): case.check()`: one test for each binding and direction.

        With `faults`, connections are broken too: nothing may hang, be swallowed, or be sent twice.
        """
        import pytest  # noqa: PLC0415 - only tests have it

        directions = (*DIRECTIONS, *BROKEN[: int(faults)])
        # what a fixture's client can do is known when there is one: a test for each direction, then
        chosen: Sequence[Binding | None] = (None,) if self.fixture and not self._explicit else self.bindings
        cases = [
            SuiteCase(self, binding, direction, max_examples, time_budget_s)
            for binding in chosen
            for direction in directions
        ]
        if self.strays:
            cases.append(SuiteCase(self, None, "sent"))
        return pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in cases])
