"""One service of a mock in this process: what it is told to answer, and what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from mockserver.api.overrides import known_operation, steps_of
from mockserver.contract.reading import Body, NoBody
from mockserver.edges.clock import SystemClock
from mockserver.edges.source_lines import SourceLine, calling_line
from mockserver.errors import UsageError
from mockserver.exchange import Request, Response, whole
from mockserver.jobs.interception import MOCK_ORIGIN
from mockserver.jobs.script import UNSET, Script, Step
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Answer, Service, Settings
from mockserver.values import JSON, Struct
from mockserver.violation import Violation, Violations, errors_in
from mockserver.wire.reading import Absent

if TYPE_CHECKING:
    from mockserver.jobs.replay import Recordings


class Seen(Struct, frozen=True):
    """One request of the client as the contract reads it, and what it was answered.

    `path`, `query`, `headers` and `cookies` hold the documented parameters that were sent, by name; `body` the value
    that was sent, or None.
    """

    operation: str
    path: Mapping[str, JSON]
    query: Mapping[str, JSON]
    headers: Mapping[str, JSON]
    cookies: Mapping[str, JSON]
    body: JSON
    request: Request
    response: Response
    violations: Violations
    source: SourceLine | None = None

    @property
    def status(self) -> int:
        """The status that was answered."""
        return self.response.status


class _Kept(Struct, frozen=True):
    answer: Answer
    request: Request
    source: SourceLine | None


class ServiceMock:
    """One service: overrides, and what was asked."""

    def __init__(self, service: Service, settings: Settings, recorded: Recordings | None = None) -> None:
        self.service = service
        self.script = Script(behind=recorded)
        self.session = Session([service], settings, SystemClock(), self.script)
        self._kept: list[_Kept] = []

    @property
    def url(self) -> str:
        """An address that is answered in this process."""
        return f"{MOCK_ORIGIN}/{self.service.name}"

    def serve(self, request: Request) -> Answer:
        """Answer a request, and remember which line of the client sent it."""
        answer = self.session.serve(request)
        line = calling_line() if errors_in(answer.violations) else None
        self._kept.append(_Kept(answer, request, line))
        return answer

    def answer(  # noqa: PLR0913 - one word for each thing that an answer can be
        self,
        operation: str,
        answer: object = None,
        /,
        *,
        json: JSON = UNSET,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        example: str | None = None,
        when: Callable[[Seen], bool] | Mapping[str, JSON] | None = None,
        times: int | None = None,
        undocumented: bool = False,
        optional: bool = False,
    ) -> None:
        """Let an operation answer something else than the mock would imagine.

        `answer` is a status, a dict that is merged into the generated body, a list of these in order, or a function
        of the exchange that returns one of these. `json` is the whole body. It is checked against the contract here
        and now (unless `undocumented`), and a test that never asks for it fails (unless `optional`).
        """
        where = known_operation(self.service.contract, operation)
        template = Step(
            where.name,
            source=str(calling_line() or ""),
            json=json,
            body=body.encode() if isinstance(body, str) else body,
            headers=tuple((headers or {}).items()),
            example=example,
            times=times,
            when=self._when(when),
            optional=optional,
        )
        steps = steps_of(template, answer, self._seen_of, self.service, undocumented=undocumented)
        self.script.add(*steps)

    def fail(self, operation: str, fault: str = "reset", *, times: int | None = None, optional: bool = False) -> None:
        """Let an operation fail below HTTP; the faults are in `FAULTS`, `hang` and `timeout` end as a time-out."""
        where = known_operation(self.service.contract, operation)
        if fault not in FAULTS:
            raise UsageError(f"there is no fault {fault}", fix=f"faults are {', '.join(FAULTS)}")
        line = str(calling_line() or "")
        self.script.add(Step(where.name, source=line, fault=fault, times=times, optional=optional))

    def exchanges(self, operation: str | None = None) -> tuple[Seen, ...]:
        """Return what was asked, of one operation or of all, oldest first."""
        name = known_operation(self.service.contract, operation).name if operation is not None else None
        return tuple(
            self._seen_of(one.answer, one.request, one.source)
            for one in self._kept
            if name is None or one.answer.operation == name
        )

    def exchange(self, operation: str) -> Seen:
        """Return the one exchange of an operation; an AssertionError tells if there is none, or more than one."""
        found = self.exchanges(operation)
        if len(found) != 1:
            asked = ", ".join(one.answer.operation or one.request.path for one in self._kept) or "nothing"
            raise AssertionError(f"{operation} was asked {len(found)} times, not once; asked was: {asked}")
        return found[0]

    @property
    def violations(self) -> Violations:
        """What is wrong with the requests of the client, errors only."""
        return tuple(violation for one in self._kept for violation in _consumer(one.answer.violations))

    def wrong(self) -> Iterator[tuple[Violation, Seen]]:
        """Yield each error of the client with its exchange."""
        for one in self._kept:
            for violation in _consumer(one.answer.violations):
                yield violation, self._seen_of(one.answer, one.request, one.source)

    def answers(self) -> Iterator[tuple[str, int]]:
        """Yield operation and status of each exchange."""
        for one in self._kept:
            if one.answer.operation and one.answer.source != "refused":
                yield one.answer.operation, one.answer.response.status

    def _when(self, when: Callable[[Seen], bool] | Mapping[str, JSON] | None) -> Callable[[Answer], bool] | None:
        if when is None:
            return None
        if callable(when):
            return lambda plain: bool(when(self._seen_of(plain)))
        return lambda plain: all(_said(self._seen_of(plain), name) == value for name, value in when.items())

    def _seen_of(self, answer: Answer, request: Request | None = None, source: SourceLine | None = None) -> Seen:
        reading = answer.reading
        asked = request or Request("", "")
        response = whole(answer.response)
        if reading is None:
            return Seen(answer.operation, {}, {}, {}, {}, None, asked, response, answer.violations, source)
        path, query, headers, cookies = (
            {value.plan.parameter.name: value.value for value in values if not isinstance(value.outcome, Absent)}
            for values in (reading.path, reading.query, reading.headers, reading.cookies)
        )
        body = reading.body.value if isinstance(reading.body, Body) and not isinstance(reading.body, NoBody) else None
        return Seen(
            answer.operation,
            path,
            query,
            headers,
            cookies,
            body,
            asked,
            whole(answer.response),
            answer.violations,
            source,
        )


FAULTS = ("refused", "reset", "hang", "timeout", "connect-timeout", "empty", "truncate", "malformed", "cut-chunk")


def _consumer(violations: Violations) -> Violations:
    return tuple(violation for violation in errors_in(violations) if violation.side == "consumer")


def _said(seen: Seen, name: str) -> JSON:
    """Return what a request says of a name: a parameter, or a property of the body."""
    for values in (seen.path, seen.query, seen.headers, seen.cookies, seen.body if isinstance(seen.body, dict) else {}):
        if name in values:
            return values[name]
    return UNSET
