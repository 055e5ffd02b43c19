"""One client, called case by case, and what came of each call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Literal

from mockserver.api.clients.beforehand import Beforehand
from mockserver.api.clients.bound import Binding
from mockserver.api.clients.home import Home
from mockserver.api.clients.lists import Lists
from mockserver.api.clients.stage import Stage
from mockserver.api.clients.subject import Subject
from mockserver.api.clients.words import arguments_of, expressed_of
from mockserver.contract.plan import Plan
from mockserver.edges.consumer.clients import errors_beside
from mockserver.edges.consumer.lazy import looked_at
from mockserver.edges.consumer.methods import Method, Notes, Typed, methods_of
from mockserver.edges.consumer.pauses import HungError
from mockserver.edges.consumer.returned import may_say_no, told
from mockserver.edges.consumer.running import EndlessError, Running
from mockserver.edges.consumer.scalars import InexpressibleError
from mockserver.edges.consumer.slips import first_lines, is_slip
from mockserver.edges.consumer.snapshot import raised as raised_error
from mockserver.edges.consumer.snapshot import snapshot
from mockserver.edges.source_lines import raising_line
from mockserver.errors import UsageError
from mockserver.exchange import Request, Response
from mockserver.jobs.service import Answer, Service
from mockserver.jobs.verify.answers import Given
from mockserver.jobs.verify.cases import Case, Said
from mockserver.jobs.verify.director import Director, Scene
from mockserver.jobs.verify.judge import is_other_style, judge
from mockserver.jobs.verify.observed import Called, Observed, Raised, Shown, Wanted
from mockserver.jobs.verify.pages import Book
from mockserver.jobs.verify.traces import OPAQUE
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, replace
from mockserver.violation import Violation


class Played(Struct, frozen=True):
    """What is wrong with a call, and what came of it."""

    shown: tuple[Shown, ...]
    called: Called


class Calling:
    """Calls the methods of one client; knows how to build it, and builds it anew where that costs nothing."""

    def __init__(
        self,
        service: Service,
        subject: Subject,
        home: Home,
        raises: tuple[type[BaseException], ...],
        patience_s: float,
        url: str = "",
    ) -> None:
        self.service = service
        self.raises = raises
        self.patience_s = patience_s
        self.why_not = ""
        self.projections: dict[str, Callable[[Any], JSON]] = {}
        self.drawing: dict[tuple[str | int, ...], Any] = {}
        self.validators = Validators()
        self._beforehand = Beforehand(service)
        self._running = Running(patience_s)
        self._stage = Stage(subject, home, url)
        self._director = Director(service, self._stage.line, EndlessError)
        self._lists = Lists(service.plans, self.validators, self._director.least)
        self._stage.set_up(self._director.serve)
        self.methods: tuple[Method, ...] = methods_of(self._stage.client)
        self.learned = errors_beside(subject.client_class or type(self._stage.client))
        self._raised_own = False
        self._returned: Any = None
        self._failed: Exception | SystemExit | None = None

    @property
    def is_heard_outside(self) -> bool:
        """Whether what the last call sent came by the socket: its library is not known here."""
        return self._stage.is_heard_outside

    def renew(self) -> None:
        """Build the client anew: it remembers nothing."""
        self._stage.renew()

    def answer(self, request: Request) -> Answer:
        """Answer what reaches this process by a socket."""
        return self._director.serve(request)

    def least(self, plan: Plan) -> tuple[Given, ...]:
        """Return the least documented success of an operation, in each media type that it has."""
        return self._director.least(plan)

    @property
    def is_slip(self) -> bool:
        """Whether the last call raised what says nothing of the API, and is not declared."""
        return self._failed is not None and not isinstance(self._failed, self.raises) and is_slip(self._failed)

    def observe(self, observer: Callable[[Request, Answer], None] | None) -> None:
        """Tell somebody of each exchange from now on."""
        self._director.session.observer = observer

    def intercepting(self) -> AbstractContextManager[None]:
        """Answer what the client sends, and let it pause for no time."""
        return self._stage.intercepting()

    def watch(self, method: Method, said: Mapping[str, JSON]) -> tuple[tuple[Observed, ...], str]:
        """Call a method and return what it sent, and what it raised, without what it only had to ask beforehand."""
        observed, trouble = self._watched(method, said)
        if len({one.operation for one in observed}) > 1:
            self._beforehand.learn(observed, self._watched(method, said)[0])
        aside = self._beforehand.names(observed)
        return tuple(one for one in observed if one.operation not in aside) or observed, trouble

    def _watched(self, method: Method, said: Mapping[str, JSON]) -> tuple[tuple[Observed, ...], str]:
        with self.intercepting():
            trouble = self._tried(method, said)
            if not self._director.observed and self._stage.goes_outside(method.path):
                again = self._tried(method, said)
                if self._director.observed:
                    return self._director.observed, again
                self._stage.comes_back()
        return self._director.observed, trouble

    def _tried(self, method: Method, said: Mapping[str, JSON]) -> str:
        self._begin(Scene(frozenset()))
        try:
            self._ask(_method(Typed(self._stage.client, Notes()), method.path), **said)
        except (Exception, SystemExit, HungError, EndlessError) as raised:  # noqa: BLE001 - a client may raise anything
            return f"{type(raised).__name__}: {raised}"
        return ""

    def _begin(self, scene: Scene) -> None:
        self._director.play(scene)
        self._stage.begin()

    def play(self, binding: Binding, case: Case, plan: Plan) -> Played | None:
        """Play a case; None when the client has no words for it, or does not accept its answer."""
        notes = Notes()
        first = case.direction == "sent" and not case.at  # what is only asked beforehand is seen, too
        if self._stage.is_cheap and (first or (case.given is not None and case.given.status >= 500)):
            self._stage.renew()
        try:
            called = self.called(binding, case, plan, notes)
        except InexpressibleError as cannot:
            self.why_not = str(cannot)
            return None
        if not called.observed and self._stage.unreached:
            why = "is known to it alone, and its library is not known here: give it api.url"
            self.why_not = f"{self._stage.unreached} {why}"
            return None
        if not called.observed and called.raised is not None:
            self._stage.renew()  # a client that has given up on this API (an open circuit) starts anew
            called = self.called(binding, case, plan, notes)
            if not called.observed and _not_understood(called, notes):
                self.why_not = f"{', '.join(sorted(notes.unannotated))} has no annotation, and {called.raised}"
                return None
        if self._director.not_accepted or self._lists.goes_on(binding, case, called, plan):
            return None
        if case.given is None and called.raised is not None:  # what it was answered then
            case = replace(case, given=next(iter(self._director.least(plan)), None))
        called = self._settled(binding, case, plan, called)
        shown = tuple(judge(case, called, self.wanted(binding, plan, called.observed)))
        if binding.fixed and any(_hangs_on_values(one.violation) for one in shown):
            self.why_not = f"nobody knows what {', '.join(name for name, _ in binding.fixed)} means"
            return None
        if called.lossy and any(one.violation.rule.startswith("request-") for one in shown):
            self.why_not = "what is left of a value when the client's types leave some of it out breaks the contract"
            return None
        return Played(shown, called)

    def _settled(self, binding: Binding, case: Case, plan: Plan, called: Called) -> Called:
        """Return what came of a call, made again where it asked more than it should: now without what is done once."""
        names = {one.operation for one in called.observed}
        more = names - {*binding.names, *binding.optional} - self._beforehand.names(called.observed)
        if not more or called.ending != "over" or called.observed[-1].operation not in binding.names:
            return called
        again = self.called(binding, case, plan, Notes())
        self._beforehand.learn(called.observed, again.observed)
        return again

    def came(self, binding: Binding, case: Case, plan: Plan) -> tuple[Called, Mapping[str, str]] | None:
        """Play a case for what a user sees of it: what is returned or raised, and what else is asked for.

        None when the client has no words for the case, or does not accept its answer.
        """
        if self._stage.is_cheap:
            self._stage.renew()  # no memory of earlier answers
        try:
            called = self.called(binding, case, plan, Notes())
        except InexpressibleError as cannot:
            self.why_not = str(cannot)
            return None
        if self._director.not_accepted:
            return None
        seen: dict[str, str] = {"/ending": called.ending}
        if self._failed is not None:
            seen.update(raised_error(self._failed))
        elif called.ending == "over":
            seen.update(self._running.call(snapshot, self._returned, "/returned"))
        for number, one in enumerate(self._director.observed):
            seen.update(snapshot(_asked(one.request), f"/asked/{number}"))
        return called, seen

    def answered(self, binding: Binding, case: Case, plan: Plan, raw: Response) -> tuple[Called, Any] | None:
        """Answer to the letter, whatever the contract says; return what came of it, and what the method returned.

        None when the client has no words for the request.
        """
        if self._stage.is_cheap:
            self._stage.renew()
        try:
            called = self.called(binding, case, plan, Notes(), raw=raw)
        except InexpressibleError:
            return None
        return called, None if self._returned is OPAQUE else self._returned

    def said(self, binding: Binding, case: Case, plan: Plan) -> Called | None:
        """Let the client say something; None when it has no words for it."""
        try:
            return self.called(binding, case, plan, Notes())
        except InexpressibleError:
            return None

    def take(self, binding: Binding, given: Given, plan: Plan, said: Said) -> str:
        """Return how a client takes an answer that breaks the contract: own, leaked, or accepted."""
        called = self.called(binding, Case("answered", said, given, given.why), plan, Notes())
        if called.raised is None:
            return "accepted"
        return "own" if called.raised.declared else f"leaked {called.raised.name}"

    def wanted(self, binding: Binding, plan: Plan, observed: Sequence[Observed] = ()) -> Wanted:
        """Return what a binding promises, seen from one of its operations, when that was `observed`."""
        optional = binding.optional | self._beforehand.names(observed, binding.names)
        return Wanted(binding.names, plan, optional, bool(self.raises) or self._raised_own, binding.pages)

    def called(
        self,
        binding: Binding,
        case: Case,
        plan: Plan,
        notes: Notes,
        *,
        pages: Book | None = None,
        strict: bool = False,
        raw: Response | None = None,
        fault: str = "",
    ) -> Called:
        """Call a method once and return what came of it; raise InexpressibleError where it has no words for a case."""
        pages_given: tuple[Given, ...] = pages.pages if pages is not None else ()
        # who answers to the letter does not tell where a list ends: a client that reads on comes to its last page
        reads_on = binding.pages or (raw is not None and self._lists.has_pages(plan))
        if pages is None and reads_on:
            pages_given = self._lists.ended(case.given, plan)
        scene = Scene(frozenset({plan.operation.name}), case.given, pages_given, raw, fault=fault)
        found = self._called(binding, case, plan, notes, scene, strict=strict)
        if found.observed or fault or not self._stage.goes_outside(binding.label):
            return found
        again = self._called(binding, case, plan, notes, scene, strict=strict)
        if not again.observed:
            self._stage.comes_back()
        return again

    def _called(self, binding: Binding, case: Case, plan: Plan, notes: Notes, scene: Scene, *, strict: bool) -> Called:
        self._begin(scene)
        arguments, expected = arguments_of(binding, case.said)
        client = Typed(self._stage.client, notes)
        raised: Raised | None = None
        self._returned, self._failed = OPAQUE, None
        ending: Literal["over", "hung", "endless"] = "over"
        try:
            method = binding.function or _method(client, binding.method)
            self._returned = self._ask(method, *([client] if binding.function else []), **arguments)
        except InexpressibleError:
            if strict or not self._director.observed:
                raise
        except HungError:
            ending = "hung"
        except EndlessError:
            ending = "endless"
        except (Exception, SystemExit) as error:  # noqa: BLE001 - what a client raises is what is judged
            self._failed = error
            raised = self._raised(error)
        ending = "endless" if self._stage.is_endless else ending
        expressed, lossy = expressed_of(expected, case.said, notes)
        known = Called(
            self._director.observed, expressed, raised, ending, binding.source, lossy, notes.spelled(),
            self._running.way, notes.names(),
        )  # fmt: skip
        if self._returned is OPAQUE:
            return known
        return self._with_result(known, case, plan, notes, self._returned, is_list=binding.pages)

    def _ask(self, method: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Call a method; where nothing was asked yet, look at what it returned: it may ask only then."""
        returned = self._running.call(method, *args, **more)
        if self._director.observed:
            return returned
        return self._running.call(looked_at, returned, lambda: bool(self._director.observed))

    def _with_result(
        self, called: Called, case: Case, plan: Plan, notes: Notes, result: Any, *, is_list: bool
    ) -> Called:
        """Return what came of a call with what it gave back."""
        if case.direction == "refused":
            method = _method(self._stage.client, notes.last[0]) if notes.last is not None else None
            return replace(called, says_no=method is not None and may_say_no(inspect.unwrap(method), result))
        if case.direction == "sent":
            return called
        projection = None if is_list else self.projections.get(plan.operation.name)
        if projection is None:
            return replace(called, returned=told(result))
        try:
            return replace(called, returned=told(projection(result)), is_projected=True)
        except Exception as slip:
            raise UsageError(
                f"what shows the answer of {plan.operation.name} raised {type(slip).__name__}: {slip}",
                where=str(raising_line(slip.__traceback__) or ""),
                fix="@suite.returns gets what the method returned, and returns it in the words of the contract",
            ) from slip

    def _raised(self, error: Exception | SystemExit) -> Raised:
        declared = isinstance(error, self.raises) if self.raises else not is_slip(error)
        self._raised_own = self._raised_own or isinstance(error, self.learned)
        key = error.args[0] if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str) else ""
        line = raising_line(error.__traceback__)
        return Raised(type(error).__name__, first_lines(error), declared, str(line or ""), key)


_WHATEVER_IS_SAID: Final = frozenset({"request-media-type", "request-security", "request-spelling"})


def _hangs_on_values(violation: Violation) -> bool:
    """Tell whether a request may be wrong only because nobody knows what its values mean."""
    return (
        violation.rule.startswith("request-")
        and violation.rule not in _WHATEVER_IS_SAID
        and not is_other_style(violation)
    )


def _asked(request: Request) -> Mapping[str, Any]:
    return {"request": f"{request.method} {request.target}", "headers": dict(request.headers), "body": request.body}


def _method(client: Any, path: str) -> Callable[..., Any]:
    for part in path.split("."):
        client = getattr(client, part)
    method: Callable[..., Any] = client
    return method


def _not_understood(called: Called, notes: Notes) -> bool:
    """Tell whether the client was given JSON where it wants an object of its own, and nobody said which."""
    return (
        bool(notes.unannotated)
        and called.raised is not None
        and called.raised.name in {"TypeError", "AttributeError", "AssertionError"}
    )
