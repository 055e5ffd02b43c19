"""What one call of a client shows, request before answer.

A request must keep the contract, be the only one, and arrive as it was meant; a documented success may not make the
client raise, a documented error must make it raise what it declares. Does not know how the client was called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final
from urllib.parse import unquote, unquote_plus

from mockserver.contract.reading import Body
from mockserver.jobs.verify.arrival import arrives
from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.copes import copes
from mockserver.jobs.verify.observed import Called, Observed, Shown, Wanted, on_request
from mockserver.values import replace
from mockserver.violation import Violation
from mockserver.wire.reading import Absent

IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"})  # RFC 9110 §9.2.2
_NOT_DONE: Final = frozenset({401, 429})
"""The API says that it did nothing: without new credentials (RFC 9110 §15.5.2), or so soon (RFC 6585 §4)."""
_ENCODED: Final = re.compile(r"%(2C|7C|20)", re.IGNORECASE)


def judge(case: Case, called: Called, wanted: Wanted) -> Iterator[Shown]:
    """Yield what is wrong with a call; what the answer did is told only where the request was right."""
    found = [*_conforms(case, called)] or [*_calls(case, called, wanted)]
    if not found:
        found.extend(arrives(case, called, wanted))
        if not found or case.joint:
            found.extend(copes(case, called, wanted))
    yield from found


def _conforms(case: Case, called: Called) -> Iterator[Shown]:
    for observed in called.observed:
        for violation in (*map(_strictly, observed.violations), *_dotted(observed), *_unnamed(observed)):
            if violation.side == "consumer" and violation.level == "error":
                yield Shown(violation, case, called, observed.source, request=observed.request)


def _unnamed(observed: Observed) -> Iterator[Violation]:
    """Yield a body that does not say what it is: some APIs guess, others refuse it (RFC 9110 §8.3)."""
    request, reading = observed.request, observed.reading
    if reading is None or not isinstance(reading.body, Body) or not request.body:
        return
    if request.header("content-type") is None:
        media = reading.body.plan.media
        yield Violation(
            "request-media-type",
            "consumer",
            "error",
            observed.operation,
            media.node.uri,
            media.node.pointer,
            "header.Content-Type",
            f"Content-Type is missing; the contract has {media.name}",
            f"send Content-Type: {media.name}",
        )


def _strictly(violation: Violation) -> Violation:
    """Return a finding as it counts for a client: a spelling that is only guessed at here may be refused elsewhere."""
    return replace(violation, level="error") if is_other_style(violation) else violation


def is_other_style(violation: Violation) -> bool:
    """Tell whether a value was spelled in another style than the documented one.

    A delimiter that is percent-encoded is the same style to nearly every API: libraries encode it.
    """
    if violation.rule != "request-note" or "it was sent as " not in violation.message:
        return False
    sent, _, documented = violation.message.partition("; the contract spells it ")
    found = _ENCODED.search(sent)
    return found is None or unquote(found[0]) not in unquote(documented)


def _dotted(observed: Observed) -> Iterator[Violation]:
    """Yield objects in the query that were spelled with dots where the contract has brackets (style deepObject)."""
    names = [unquote_plus(pair.partition("=")[0]) for pair in observed.request.query.split("&")]
    for value in observed.reading.query if observed.reading is not None else ():
        parameter = value.plan.parameter
        if parameter.style != "deepObject" or isinstance(value.outcome, Absent):
            continue
        other = next((name for name in names if name.startswith(f"{parameter.name}.")), None)
        if other is not None:
            yield Violation(
                "request-spelling",
                "consumer",
                "error",
                observed.operation,
                parameter.node.uri,
                parameter.node.pointer,
                f"query.{parameter.name}",
                f"{parameter.name}: it was sent as {other}=...; the contract spells it {parameter.name}[name]=...",
                "spell it with style deepObject",
            )


def _calls(case: Case, called: Called, wanted: Wanted) -> Iterator[Shown]:
    operation = wanted.operations[0]
    if called.ending == "hung":
        yield on_request("client-hung", wanted, case, called, "your client did not come back", "give it a time-out")
        return
    if called.ending == "endless":
        message = f"your client sent {len(called.observed)} requests and would go on"
        yield on_request("client-hung", wanted, case, called, message, "stop at the last page, or after some attempts")
        return
    own = [one for one in called.observed if one.operation not in wanted.optional]
    once = _without_retries(own)
    for repeated in _repeated(own):
        message = f"{repeated.operation} was sent again after {repeated.response.status}, without an idempotency key"
        fix = "do not repeat it, or send the same Idempotency-Key"
        yield on_request("client-sent-twice", wanted, case, called, message, fix, source=repeated.source)
        return
    rest = [observed.operation for observed in once]
    if not called.observed:
        if called.raised is not None:
            message = f"your client refused what the contract allows: {called.raised}"
            yield on_request(
                "client-refused",
                wanted,
                case,
                called,
                message,
                "send it, or correct the contract",
                at=case.at if case.direction == "sent" else "",
            )
        else:
            yield on_request(
                "client-calls", wanted, case, called, f"{operation} was never called", "send the request", at="calls"
            )
        return
    given = case.given
    is_error = given is not None and given.status >= 400
    expected = list(wanted.operations)
    if wanted.pages:
        rest = list(dict.fromkeys(rest))
    if rest != expected and not (is_error and rest == expected[: len(rest)] and rest):
        told = " then ".join(name or "an unknown operation" for name in rest) or "nothing of it"
        message = f"your client called {told}, and {' then '.join(expected)} was expected"
        yield on_request("client-calls", wanted, case, called, message, f"call {', '.join(expected)} once", at="calls")


def _without_retries(observed: Sequence[Observed]) -> list[Observed]:
    kept: list[Observed] = []
    for one in observed:
        if kept and _is_retry(kept[-1], one):
            kept[-1] = one
        else:
            kept.append(one)
    return kept


def _is_retry(before: Observed, after: Observed) -> bool:
    again = before.response.status in {*_NOT_DONE, 408, 425, 500, 502, 503, 504}
    return again and _same(before, after) and _may_repeat(before, after)


def _same(before: Observed, after: Observed) -> bool:
    one, other = before.request, after.request
    return (one.method, one.target, one.body) == (other.method, other.target, other.body)


def _may_repeat(before: Observed, after: Observed) -> bool:
    if before.request.method in IDEMPOTENT or before.response.status in _NOT_DONE:
        return True
    key = before.request.header("idempotency-key")
    return key is not None and key == after.request.header("idempotency-key")


def _repeated(observed: Sequence[Observed]) -> Iterator[Observed]:
    for before, after in pairwise(observed):
        if _same(before, after) and before.response.status >= 400 and not _may_repeat(before, after):
            yield after
