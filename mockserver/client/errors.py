"""What a call may raise, and whether a retry makes sense.

    APIError                     a call came to no good end
    ├── TimedOut                 no answer within a time-out, or within the whole deadline
    ├── ConnectionFailed         no connection, or one that broke before the answer
    ├── CircuitOpen              not asked: the service failed too often just now
    ├── Overloaded               not asked: too many calls to this host are in flight
    ├── RateLimited              429, or held back because another call was told to wait
    ├── BadAnswer                what came is no whole, readable answer
    │   └── ContractViolation    what was to be sent, or what came, breaks the contract
    ├── RedirectRefused          a redirect that may not be followed
    ├── ClientError              4xx: the request is wrong
    ├── ServerError              5xx, or a status that does not exist
    └── PartialFailure           some calls of a batch failed

A wrong use (an unknown operation, a missing argument, a policy that makes no sense) is a `UsageError`.
No message and no attribute holds a credential.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Self

from mockserver.errors import MockserverError
from mockserver.values import JSON

if TYPE_CHECKING:
    from mockserver.client.answer import Answer
    from mockserver.violation import Violations


class Problem(NamedTuple):
    """What an API says of its error, in the words of RFC 9457. Foreign text: show it, trust it in nothing."""

    type: str = "about:blank"
    title: str = ""
    status: int | None = None
    detail: str = ""
    instance: str = ""
    extensions: Mapping[str, JSON] = {}


class About(NamedTuple):
    """What is known of a call that failed; see `APIError`."""

    service: str = ""
    operation: str = ""
    status: int | None = None
    problem: Problem | None = None
    retryable: bool = False
    retry_after: float | None = None
    attempts: int = 0
    request_id: str = ""
    outcome_unknown: bool = False
    reason: str = ""
    answer: Answer | None = None


class APIError(MockserverError):
    """A call came to no good end.

    `retryable`: the same call may succeed later, and no harm comes of it; `retry_after` is in seconds. With
    `outcome_unknown` something may have been done for which no answer came: ask before doing it again. `reason` is
    what stopped the retries (`attempts`, `final`, `deadline`, `budget`, `method` ...), `answer` what came, if anything.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "", about: About | None = None) -> None:
        super().__init__(what, where=where, fix=fix)
        about = about if about is not None else About()
        self.about = about
        self.service = about.service
        self.operation = about.operation
        self.status = about.status
        self.problem = about.problem
        self.retryable = about.retryable
        self.retry_after = about.retry_after
        self.attempts = about.attempts
        self.request_id = about.request_id
        self.outcome_unknown = about.outcome_unknown
        self.reason = about.reason
        self.answer = about.answer

    def as_dict(self) -> dict[str, JSON]:
        """Return it as JSON: `error` and `retry`, and what else is known.

        >>> APIError("getShipment timed out", about=About(retryable=True)).as_dict()
        {'error': 'getShipment timed out', 'retry': True, 'type': 'APIError'}
        """
        known = {
            "service": self.service,
            "operation": self.operation,
            "status": self.status,
            "retry_after": self.retry_after,
            "attempts": self.attempts,
            "request_id": self.request_id,
            "outcome_unknown": self.outcome_unknown,
            "problem": _as_json(self.problem) if self.problem is not None else None,
        }
        given = {name: value for name, value in known.items() if value not in (None, "", 0, False)}
        return {"error": self.what, "retry": self.retryable, "type": type(self).__name__, **given}

    def __reduce__(self) -> tuple[object, ...]:
        # an error of a wrapped client is one of its library too, and that class has no place to be found at
        kind = next(each for each in type(self).__mro__ if each.__module__ == __name__)
        return _again, (kind, self.what, self.where, self.fix, self.about, self._more())

    def _more(self) -> dict[str, object]:
        """Return what a particular error adds, by attribute."""
        return {}


def _again(kind: type[APIError], what: str, where: str, fix: str, about: About, more: dict[str, object]) -> APIError:
    return kind(what, where=where, fix=fix, about=about, **more)


def _as_json(problem: Problem) -> dict[str, JSON]:
    given = problem._asdict()
    extensions = given.pop("extensions")
    return {name: value for name, value in {**extensions, **given}.items() if value not in (None, "")}


class TimedOut(APIError):
    """No answer within a time-out, or within the whole deadline."""


class ConnectionFailed(APIError):
    """No connection, or one that broke before the answer."""


class CircuitOpen(APIError):
    """Not asked: the service failed too often just now; `retry_after` says when it will be tried again."""


class Overloaded(APIError):
    """Not asked: too many calls to this host are in flight."""


class RateLimited(APIError):
    """The API said "too many" (429), to this call or to one before it."""


class BadAnswer(APIError):
    """What came is no whole, readable answer: cut off, malformed, too large."""


class ContractViolation(BadAnswer):
    """What was to be sent, or what came, breaks the contract: see `violations`."""

    def __init__(
        self, what: str, *, where: str = "", fix: str = "", about: About | None = None, violations: Violations = ()
    ) -> None:
        super().__init__(what, where=where, fix=fix, about=about)
        self.violations = violations

    def _more(self) -> dict[str, object]:
        return {"violations": self.violations}


class RedirectRefused(APIError):
    """A redirect that may not be followed."""


class ClientError(APIError):
    """The API says that the request is wrong (4xx)."""


class ServerError(APIError):
    """The API failed (5xx, or a status that does not exist)."""


class PartialFailure(APIError):
    """Some calls of a batch failed: `results` and `errors` are by the place of the call."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        fix: str = "",
        about: About | None = None,
        results: Mapping[int, JSON] | None = None,
        errors: Mapping[int, Exception] | None = None,
    ) -> None:
        super().__init__(what, where=where, fix=fix, about=about)
        self.results = dict(results or {})
        self.errors = dict(errors or {})

    def _more(self) -> dict[str, object]:
        return {"results": self.results, "errors": self.errors}

    @classmethod
    def of(cls, what: str, results: Mapping[int, JSON], errors: Mapping[int, Exception]) -> Self:
        """Return the failure of a batch; a retry makes sense where it does for each of its errors."""
        failed = [error for error in errors.values() if isinstance(error, APIError)]
        waits = [error.retry_after for error in failed if error.retry_after is not None]
        about = About(
            retryable=len(failed) == len(errors) and all(error.retryable for error in failed),
            retry_after=max(waits, default=None),
            attempts=sum(error.attempts for error in failed),
            outcome_unknown=any(error.outcome_unknown for error in failed),
        )
        return cls(what, fix="call again what stands in errors", about=about, results=results, errors=errors)
