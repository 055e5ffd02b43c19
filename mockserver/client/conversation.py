"""One logical call: what is asked of the world, step by step.

A generator that yields what to do (`Send`, `Wait`, `Authorize`, `Refused`) and is told what came of it, so that the
blocking and the awaiting client are one machine with two drivers. Does no I/O; retries are decided in `resilience`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from mockserver.client.answer import Answer
from mockserver.client.asked import Ask, over
from mockserver.client.caller import Caller
from mockserver.client.ports import AttemptEvent, Began, CallEvent, CircuitEvent, Turns, WaitEvent
from mockserver.exchange import Response
from mockserver.resilience.actions import Action, Attempt, GiveUp, Succeed, Wait
from mockserver.resilience.deadline import AttemptTimeouts, Deadline, inherited
from mockserver.resilience.outcome import Answered, Failed, Outcome
from mockserver.resilience.policy import BodyPolicy
from mockserver.resilience.transfer import Got, Outgoing, Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.client.errors import APIError
    from mockserver.resilience.call import Call


_PAUSES: Final = frozenset({"backoff", "retry-after"})  # after these comes an attempt that has no turn yet


class Send(NamedTuple):
    """Send it, and tell what came."""

    outgoing: Outgoing
    timeouts: AttemptTimeouts
    body: BodyPolicy


class Authorize(NamedTuple):
    """Give it credentials, and tell the request that has them; asking for them may take until `deadline`."""

    outgoing: Outgoing
    deadline: Deadline


class Refused(NamedTuple):
    """Credentials were refused (401): tell whether there are others to try."""

    outgoing: Outgoing
    answer: Response


Step: TypeAlias = Send | Wait | Authorize | Refused


class Conversation:
    """One call and what is known of it so far; used by one thread or task."""

    __slots__ = ("_answer", "_call", "_caller", "ask", "got", "sent", "violations")

    def __init__(self, caller: Caller, ask: Ask) -> None:
        self._caller = caller
        self.ask = ask
        self.sent = ask.outgoing
        self.got: Response | None = None
        self.violations: tuple[Any, ...] = ()
        self._answer: Answer | None = None

    @property
    def label(self) -> str:
        """What people call this call: its operation, or method and path."""
        return self.ask.operation or f"{self.ask.outgoing.method} {_path(self.ask.outgoing.url)}"

    def steps(self, wake: Callable[[], None]) -> Generator[Step, Any, Any]:
        """Yield what to do until there is an answer; raises APIError."""
        caller, ask = self._caller, self.ask
        clock = caller.clock
        began = clock.monotonic()
        self._call = call = caller.guards.call(ask.facts, ask.policy, now=began, deadline=inherited(), wake=wake)
        try:
            if caller.turns is not None:
                yield from self._turn(caller.turns)
            action: Action = call.next(clock.monotonic())
            while True:
                if isinstance(action, Attempt):
                    outcome = yield from self._observed(action) if caller.hooks else self._hops(action)
                    action = call.ended(outcome, clock.monotonic())
                elif isinstance(action, Wait):
                    if caller.hooks:
                        caller.tell(WaitEvent(caller.service, ask.operation, action.why, action.seconds, call.attempts))
                    yield action
                    if caller.turns is not None and action.why in _PAUSES:
                        yield from self._turn(caller.turns)
                    action = call.next(clock.monotonic())
                else:
                    break
        finally:
            call.abandon()
        took_s = clock.monotonic() - began
        if caller.hooks:
            self._tell_end(call, action, took_s)
        return self._ended(action, took_s)

    def _turn(self, turns: Turns) -> Generator[Step, Any, None]:
        """Wait for the turn of an attempt, as long as the call has time."""
        caller, clock = self._caller, self._caller.clock
        while seconds := turns.wait_s(clock.monotonic()):
            left = self._call.deadline.left(clock.monotonic())
            if left <= 0:
                return
            wait = Wait(min(seconds, left), "rate")
            if caller.hooks:
                caller.tell(WaitEvent(caller.service, self.ask.operation, wait.why, wait.seconds, self._call.attempts))
            yield wait

    def _ended(self, action: Succeed | GiveUp, took_s: float) -> Any:
        if isinstance(action, GiveUp):
            raise self._error(action)
        answer = self._answer
        assert answer is not None  # noqa: S101 - nothing succeeds without one
        answer.attempts = action.attempts
        answer.took_s = took_s
        self._caller.notice(self.label, self.ask.bound, answer)
        return answer

    def _error(self, gave_up: GiveUp) -> APIError:
        from mockserver.client.failures import Course, error_of  # noqa: PLC0415 - errors that do not happen cost nothing

        ask = self.ask
        course = Course(
            self._caller.service, ask.operation, self.label, ask.outgoing, self.sent, self.got, self.violations
        )
        return error_of(course, gave_up)

    def _tell_end(self, call: Call, action: Succeed | GiveUp, took_s: float) -> None:
        caller, ask = self._caller, self.ask
        for transition in call.transitions:
            caller.tell(CircuitEvent(caller.service, transition))
        status = self.got.status if self.got is not None else None
        gave_up = action.reason if isinstance(action, GiveUp) else ""
        method = ask.outgoing.method
        caller.tell(CallEvent(caller.service, ask.operation, method, call.attempts, status, gave_up, took_s))

    def _observed(self, attempt: Attempt) -> Generator[Step, Any, Outcome]:
        """Carry an attempt out, and tell the hooks."""
        caller, plain = self._caller, self.ask.outgoing
        url = plain.url.partition("?")[0]
        began = Began(caller.service, self.ask.operation, plain.method, url, attempt.number, self.ask.facts.group)
        attempt = attempt._replace(headers=attempt.headers + caller.fields(began))
        at, start = caller.clock.epoch(), caller.clock.monotonic()
        outcome = yield from self._hops(attempt)
        self._tell_attempt(began, outcome, at, caller.clock.monotonic() - start, probe=attempt.probe)
        return outcome

    def _tell_attempt(self, began: Began, outcome: Outcome, at: float, took_s: float, *, probe: bool) -> None:
        got = self.got
        failure, detail = (outcome.kind, outcome.detail) if isinstance(outcome, Failed) else ("", "")
        body = self.sent.body
        self._caller.tell(
            AttemptEvent(
                began=began,
                status=got.status if got is not None else None,
                failure=failure,
                detail=detail,
                at=at,
                took_s=took_s,
                request_id=Answer("", "", 0, got.headers, b"").request_id if got is not None else "",
                received=len(got.body) if got is not None else 0,
                sent=len(body) if isinstance(body, bytes) else 0,
                probe=probe,
            )
        )

    def _hops(self, attempt: Attempt) -> Generator[Step, Any, Outcome]:
        """Send, with one repeat for new credentials, and along redirects."""
        caller, plain = self._caller, self._plain(attempt)
        hops, may_refresh, credentials = 0, caller.can_refresh, caller.auth is not None and self.ask.credentials
        timeouts, ends = attempt.timeouts, 0.0
        while True:
            request: Outgoing = (yield Authorize(plain, attempt.deadline)) if credentials else plain
            self.sent = request
            if not ends and timeouts.total_s is not None:
                ends = caller.clock.monotonic() + timeouts.total_s
            got: Got = yield Send(request, timeouts, self.ask.policy.body)
            if isinstance(got, Failed):
                return got
            self.got = got
            if got.status == 401 and may_refresh and credentials and _is_replayable(plain):
                may_refresh = False
                if (yield Refused(request, got)):
                    timeouts = _left(timeouts, ends - caller.clock.monotonic())
                    continue
            if 300 <= got.status < 400:
                followed = caller.followed(self._call, self.ask, plain, got, hops)
                if isinstance(followed, Failed):
                    return followed
                if followed is not None:
                    plain, keeps = followed
                    credentials = credentials and keeps
                    hops += 1
                    timeouts = _left(timeouts, ends - caller.clock.monotonic())
                    continue
            return self._judged(request, got)

    def _plain(self, attempt: Attempt) -> Outgoing:
        """Return the request of an attempt, without credentials."""
        self.got = None
        plain = self.ask.outgoing
        return plain._replace(headers=over(plain.headers, attempt.headers)) if attempt.headers else plain

    def _judged(self, request: Outgoing, got: Response) -> Outcome:
        answer = Answer(request.method, request.url, got.status, got.headers, got.body)
        answer.operation = self.ask.operation
        failed = self._caller.judged(self.ask, request, answer)
        self.violations = answer.violations
        if failed is not None:
            return failed
        self._answer = answer
        return Answered(got.status, got.headers, self._caller.clock.epoch())


def _left(timeouts: AttemptTimeouts, left_s: float) -> AttemptTimeouts:
    """Return the time-outs of a further request of the same attempt."""
    if timeouts.total_s is None:
        return timeouts
    left_s = max(left_s, 0.001)  # a transport must be told a length, and will fail at once
    shorter = [None if each is None else min(each, left_s) for each in timeouts]
    return AttemptTimeouts(*shorter)


def _is_replayable(outgoing: Outgoing) -> bool:
    return not isinstance(outgoing.body, Upload) or outgoing.body.replayable


def _path(url: str) -> str:
    return "/" + url.partition("?")[0].split("/", 3)[-1] if url.count("/") > 2 else "/"
