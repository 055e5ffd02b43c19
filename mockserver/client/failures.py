"""From "given up" to the error that a caller gets: which one, in which words, with nothing secret in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.client import errors
from mockserver.client.answer import Answer
from mockserver.client.errors import About, APIError, ContractViolation, Problem
from mockserver.errors import UsageError
from mockserver.exchange import Request, Response
from mockserver.redact import SECRET_NAMES, Secrets, redact_json, redact_text, redact_violation
from mockserver.resilience.outcome import Answered, Failed, FailureKind
from mockserver.resilience.transfer import Outgoing
from mockserver.violation import Violations

if TYPE_CHECKING:
    from mockserver.resilience.actions import GiveUp

_LONGEST: Final = 300
_KINDS: Final[dict[FailureKind, type[APIError]]] = {
    "connect": errors.ConnectionFailed,
    "connect-timeout": errors.TimedOut,
    "dns": errors.ConnectionFailed,
    "tls": errors.ConnectionFailed,
    "pool-timeout": errors.TimedOut,
    "write-timeout": errors.TimedOut,
    "read-timeout": errors.TimedOut,
    "deadline": errors.TimedOut,
    "reset": errors.ConnectionFailed,
    "protocol": errors.BadAnswer,
    "framing": errors.BadAnswer,
    "body-cut": errors.BadAnswer,
    "too-large": errors.BadAnswer,
    "unreadable": errors.BadAnswer,
    "contract": errors.ContractViolation,
    "redirect": errors.RedirectRefused,
    "cancelled": errors.TimedOut,
}
_FIXES: Final[dict[str, str]] = {
    "connect": "is the service running, and the base URL right?",
    "dns": "is the host of the base URL spelled right?",
    "tls": "mend the certificate, or trust its authority: it is never passed over",
    "framing": "tell the API's operators: contradictory lengths are an attack or a broken proxy",
    "too-large": "raise body.max_bytes or body.max_ratio in the policy, or stream it with download()",
    "redirect": "ask the final address, or raise redirect.limit",
    "contract": "mend the contract, or see answers all the same with validate='warn'",
    "pool-timeout": "raise timeout.pool_s, or make fewer calls at a time",
}
_STATUS_FIXES: Final[dict[int, str]] = {
    401: "give credentials that the API knows: auth=..., or auth in the configuration",
    403: "the credentials are known, and not allowed this: ask for the right",
    405: "the API has no such method there: look at the base URL and the contract",
    413: "send less at a time",
}
_REASONS: Final[dict[str, tuple[type[APIError], str, str]]] = {
    "circuit-open": (errors.CircuitOpen, "was not asked: its circuit is open", "ask later"),
    "held": (errors.RateLimited, "was not asked: the API wants a pause", "ask later"),
    "bulkhead": (
        errors.Overloaded,
        "was not asked: too many calls are in flight",
        "ask later, or raise bulkhead.concurrent",
    ),
    "deadline": (errors.TimedOut, "was not asked: no time was left", "give the call a longer deadline"),
}


class Course(NamedTuple):
    """What is known of a call that was given up: the request without and with credentials, and what came last."""

    service: str
    operation: str
    label: str
    plain: Outgoing
    sent: Outgoing
    got: Response | None = None
    violations: Violations = ()


def error_of(course: Course, gave_up: GiveUp) -> APIError:
    """Return the error for a call that was given up."""
    secrets = secrets_of(course)
    last = gave_up.last
    answer = _answer(course) if isinstance(last, Answered) else None
    problem = problem_of(answer, secrets)
    about = About(
        service=course.service,
        operation=course.operation,
        status=last.status if isinstance(last, Answered) else None,
        problem=problem,
        retryable=gave_up.retryable,
        retry_after=gave_up.retry_after_s,
        attempts=gave_up.attempts,
        request_id=answer.request_id if answer is not None else "",
        outcome_unknown=gave_up.outcome_unknown,
        reason=gave_up.reason,
        answer=answer,
    )
    kind, said, fix = _told(last, gave_up, problem)
    times = f" ({gave_up.attempts} attempts)" if gave_up.attempts > 1 else ""
    what = redact_text(f"{course.service}: {course.label} {said}{times}", secrets)
    if gave_up.outcome_unknown:
        fix = f"{fix}; it may have been done: look before you repeat it".removeprefix("; ")
    where = redact_text(_where(course), secrets)
    more: dict[str, Any] = (
        {"violations": _clean(course.violations, secrets)} if kind is errors.ContractViolation else {}
    )
    return kind(what, where=where, fix=fix, about=about, **more)


def broken_request(service: str, violations: Violations, names: frozenset[str]) -> ContractViolation:
    """Return the error for a request that was not sent, because it breaks the contract."""
    secrets = Secrets(SECRET_NAMES | names)
    clean = tuple(redact_violation(violation, secrets) for violation in violations)
    more = f" ({len(clean)} findings)" if len(clean) > 1 else ""
    first, operation = clean[0], clean[0].operation
    return ContractViolation(
        f"{service}: {operation} was not sent: {first.message}{more}",
        where=f"{first.at}, against {first.document}#{first.pointer}",
        fix=first.fix,
        about=About(service=service, operation=operation, reason="contract"),
        violations=clean,
    )


def _told(last: Answered | Failed | None, gave_up: GiveUp, problem: Problem | None) -> tuple[type[APIError], str, str]:
    match last:
        case Failed(kind="local"):
            raise UsageError(f"the request cannot be sent: {last.detail}", fix="look at its URL and headers")
        case Failed():
            return _KINDS[last.kind], f"failed: {last.detail or last.kind}", _FIXES.get(last.kind, "")
        case Answered():
            said = f"answered {last.status}"
            if problem is not None and (problem.title or problem.detail):
                said += f": {' - '.join(text for text in (problem.title, problem.detail) if text)}"
            fix = _STATUS_FIXES.get(last.status, "")
            if gave_up.retry_after_s:
                fix = f"ask again in {gave_up.retry_after_s:g} s"
            return _kind_of(last.status), said, fix
        case _:
            kind, said, fix = _REASONS[gave_up.reason]
            if gave_up.retry_after_s is not None:
                fix = f"ask again in {gave_up.retry_after_s:.3g} s"
            return kind, said, fix


def _kind_of(status: int) -> type[APIError]:
    if status == 429:
        return errors.RateLimited
    return errors.ClientError if 400 <= status < 500 else errors.ServerError


def _clean(violations: Violations, secrets: Secrets) -> Violations:
    return tuple(redact_violation(violation, secrets) for violation in violations)


def _where(course: Course) -> str:
    return f"{course.plain.method} {course.plain.url.partition('?')[0]}"


def _answer(course: Course) -> Answer | None:
    got, sent = course.got, course.sent
    if got is None:
        return None
    answer = Answer(sent.method, sent.url.partition("?")[0], got.status, got.headers, got.body)
    answer.operation = course.operation
    return answer


def problem_of(answer: Answer | None, secrets: Secrets) -> Problem | None:
    """Read problem details (RFC 9457), as far as they are what they should be; nothing is trusted."""
    if answer is None or answer.media_type != "application/problem+json":
        return None
    try:
        told = answer.data
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    clean = redact_json(told, secrets)
    texts = {name: _text(clean.pop(name, "")) for name in ("type", "title", "detail", "instance")}
    status = clean.pop("status", None)
    # RFC 9457 §3.1: a member of another type is as if it were not there
    return Problem(
        texts["type"] or "about:blank",
        texts["title"],
        status if isinstance(status, int) and not isinstance(status, bool) else None,
        texts["detail"],
        texts["instance"],
        clean,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _LONGEST else str(value)[:_LONGEST] if value else ""


def secrets_of(course: Course) -> Secrets:
    """Return what a request holds that nobody may read: known names, and all that credentials added to it."""
    sent, plain = course.sent, course.plain
    names = SECRET_NAMES | {name.lower() for name, value in sent.headers if (name, value) not in plain.headers}
    target = "/" + sent.url.partition("://")[2].partition("/")[2]
    body = sent.body if isinstance(sent.body, bytes) else b""
    seen = Secrets(names).seen_in(Request(sent.method, target, sent.headers, body))
    return Secrets(seen.names, seen.values | frozenset(_added(plain.url, sent.url)))


def _added(before: str, after: str) -> Iterator[str]:
    known = set(before.partition("?")[2].split("&"))
    for pair in after.partition("?")[2].split("&"):
        if pair not in known and (value := pair.partition("=")[2]):
            yield value
