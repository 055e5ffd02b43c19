"""What one call of a client shows, request before answer.

A request must keep the contract, arrive as it was meant, and be the only one; a documented success may not make the
client raise, a documented error must make it raise what it declares. Does not know how the client was called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal
from urllib.parse import unquote, unquote_plus

from mockserver.contract.plan import MediaPlan, ParameterPlan, Plan
from mockserver.contract.reading import Body, Reading
from mockserver.exchange import Request, Response
from mockserver.jobs.verify_cases import Case, Given, Place
from mockserver.jobs.verify_places import schema_place
from mockserver.messages import BY_ID
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON, Struct, replace
from mockserver.violation import Side, Violation, Violations
from mockserver.wire.reading import Absent

IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"})  # RFC 9110 §9.2.2
_SHOWN: Final = 200
_ENCODED: Final = re.compile(r"%(2C|7C|20)", re.IGNORECASE)


class Observed(Struct, frozen=True):
    """One request of the client, and what was answered. `operation` is empty where no operation was found."""

    operation: str
    request: Request
    response: Response
    reading: Reading | None
    violations: Violations
    source: str = ""


class Raised(Struct, frozen=True):
    """What a call raised: the name of its class, its text, and whether the client declares it."""

    name: str
    text: str
    declared: bool
    source: str = ""
    key: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.text}" if self.text else self.name


class Called(Struct, frozen=True):
    """What came of one call. `expressed` is what the arguments say; `lossy`: not all that was to be said.

    `spelled` is the call as Python would write it.
    """

    observed: tuple[Observed, ...]
    expressed: Mapping[Place, JSON]
    raised: Raised | None = None
    ending: Literal["over", "hung", "endless"] = "over"
    source: str = ""
    lossy: bool = False
    spelled: str = ""


class Wanted(Struct, frozen=True):
    """What a binding promises: these operations, each once; `optional` ones may be called as well.

    `pages`: an operation may be asked more than once. `declares`: it is known which errors the client declares.
    """

    operations: tuple[str, ...]
    plan: Plan
    optional: frozenset[str] = frozenset()
    declares: bool = True
    pages: bool = False


class Shown(Struct, frozen=True):
    """A finding with what it is seen on."""

    violation: Violation
    case: Case
    called: Called
    source: str
    answer: Response | None = None
    request: Request | None = None


def judge(case: Case, called: Called, wanted: Wanted) -> Iterator[Shown]:
    """Yield what is wrong with a call; what the answer did is told only where the request was right."""
    found = [*_conforms(case, called)] or [*_calls(case, called, wanted)]
    if not found:
        found.extend(_arrives(case, called, wanted))
    if not found:
        found.extend(_copes(case, called, wanted))
    yield from found


def _conforms(case: Case, called: Called) -> Iterator[Shown]:
    for observed in called.observed:
        for violation in (*map(_strictly, observed.violations), *_dotted(observed)):
            if violation.side == "consumer" and violation.level == "error":
                yield Shown(violation, case, called, observed.source, request=observed.request)


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
        yield _shown("client-hung", wanted, case, called, "your client did not come back", "give it a time-out")
        return
    if called.ending == "endless":
        message = f"your client sent {len(called.observed)} requests and would go on"
        yield _shown("client-hung", wanted, case, called, message, "stop at the last page, or after some attempts")
        return
    once = _without_retries(called.observed)
    for repeated in _repeated(called.observed):
        message = f"{repeated.operation} was sent again after {repeated.response.status}, without an idempotency key"
        fix = "do not repeat it, or send the same Idempotency-Key"
        yield _shown("client-sent-twice", wanted, case, called, message, fix, source=repeated.source)
        return
    names = [observed.operation for observed in once]
    if not names:
        if called.raised is not None:
            message = f"your client refused what the contract allows: {called.raised}"
            yield _shown(
                "client-refused", wanted, case, called, message, "send it, or correct the contract", at=case.at
            )
        else:
            yield _shown(
                "client-calls", wanted, case, called, f"{operation} was never called", "send the request", at="calls"
            )
        return
    rest = [name for name in names if name not in wanted.optional]
    given = case.given
    is_error = given is not None and given.status >= 400
    expected = list(wanted.operations)
    if wanted.pages:
        rest = list(dict.fromkeys(rest))
    if rest != expected and not (is_error and rest == expected[: len(rest)] and rest):
        told = " then ".join(name or "an unknown operation" for name in names)
        message = f"your client called {told}, and {' then '.join(expected)} was expected"
        yield _shown("client-calls", wanted, case, called, message, f"call {', '.join(expected)} once", at="calls")


def _without_retries(observed: Sequence[Observed]) -> list[Observed]:
    kept: list[Observed] = []
    for one in observed:
        if kept and _is_retry(kept[-1], one):
            kept[-1] = one
        else:
            kept.append(one)
    return kept


def _is_retry(before: Observed, after: Observed) -> bool:
    same = _same(before, after)
    return same and before.response.status in {408, 425, 429, 500, 502, 503, 504} and _may_repeat(before, after)


def _same(before: Observed, after: Observed) -> bool:
    one, other = before.request, after.request
    return (one.method, one.target, one.body) == (other.method, other.target, other.body)


def _may_repeat(before: Observed, after: Observed) -> bool:
    if before.request.method in IDEMPOTENT:
        return True
    key = before.request.header("idempotency-key")
    return key is not None and key == after.request.header("idempotency-key")


def _repeated(observed: Sequence[Observed]) -> Iterator[Observed]:
    for before, after in pairwise(observed):
        if _same(before, after) and before.response.status >= 400 and not _may_repeat(before, after):
            yield after


def _arrives(case: Case, called: Called, wanted: Wanted) -> Iterator[Shown]:
    """Compare what was said with what the contract reads on the wire, place by place."""
    if case.direction != "sent":
        return
    readings = [one for one in called.observed if one.operation in wanted.operations and one.reading is not None]
    for place, expected in called.expressed.items():
        differences = [
            _difference(expected, _arrived(one.reading, place), f"{'.'.join(place)}")
            for one in readings
            if _speaks_of(one, place, wanted.plan)
        ]
        if differences and all(differences):
            at, meant, got = differences[0] or ("", None, None)
            document, pointer = _place_in_contract(wanted.plan, readings[0].reading, place, at)
            message = f"{at} was given {_short(meant)} and reached the wire as {_short(got)}"
            if got is _NOTHING:
                message = f"{at} was given {_short(meant)} and never reached the wire"
            yield Shown(
                Violation(
                    "client-round-trip",
                    "consumer",
                    "error",
                    wanted.operations[0],
                    document,
                    pointer,
                    at,
                    message,
                    f"send {at} as it was given",
                    meant,
                ),
                case,
                called,
                readings[0].source or called.source,
                request=readings[0].request,
            )


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


_NOTHING: Final = _Nothing()


def _speaks_of(observed: Observed, place: Place, plan: Plan) -> bool:
    """Tell whether the operation that was read has this place at all."""
    if observed.reading is None:
        return False
    if place[0] == "body":
        return isinstance(observed.reading.body, Body) or (
            observed.operation == plan.operation.name and plan.body is not None
        )
    return any(_is_at(value.plan, place) for value in observed.reading.parameters())


def _is_at(plan: ParameterPlan, place: Place) -> bool:
    return (plan.parameter.location, plan.parameter.name) == place[:2]


def _arrived(reading: Reading | None, place: Place) -> JSON:
    if reading is None:
        return _NOTHING
    if place[0] == "body":
        value: JSON = reading.body.value if isinstance(reading.body, Body) else _NOTHING
        return _member(value, place[1:])
    for one in reading.parameters():
        if _is_at(one.plan, place):
            return _NOTHING if isinstance(one.outcome, Absent) else _member(one.value, place[2:])
    return _NOTHING


def _member(value: JSON, names: tuple[str, ...]) -> JSON:
    for name in names:
        value = value.get(name, _NOTHING) if isinstance(value, dict) else _NOTHING
    return value


def _difference(expected: JSON, actual: JSON, at: str) -> tuple[str, JSON, JSON] | None:
    """Return the first place where what arrived is not what was meant; None where it is.

    What was never said may be there: clients complete requests. An empty list, object or text may stay away.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            inner = _difference(value, actual.get(name, _NOTHING), f"{at}/{name}" if "#" in at else f"{at}#/{name}")
            if inner is not None:
                return inner
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return at, expected, actual
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            inner = _difference(one, other, f"{at}/{index}" if "#" in at else f"{at}#/{index}")
            if inner is not None:
                return inner
        return None
    if actual is _NOTHING:
        return None if expected in ([], {}, "") else (at, expected, actual)
    return None if _equal(expected, actual) else (at, expected, actual)


def _equal(one: JSON, other: JSON) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    if isinstance(one, str) and isinstance(other, str):
        same = one == other or _same_moment(one, other) or (_is_uuid(one) and one.lower() == other.lower())
        return same or _same_octets(one, other)
    if isinstance(one, str) != isinstance(other, str) and isinstance(one, int | str) and isinstance(other, int | str):
        return str(one) == str(other)
    return bool(one == other)


def _same_octets(meant: str, read: str) -> bool:
    """Tell whether a file that was made of a text was read back octet by octet."""
    try:
        return meant.encode() == read.encode("latin-1")
    except UnicodeEncodeError:
        return False


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _same_moment(one: str, other: str) -> bool:
    """Tell whether two spellings are of one moment (RFC 3339 §5.6)."""
    first, second = _moment(one), _moment(other)
    if first is None or second is None:
        return False
    return (first.tzinfo is None) == (second.tzinfo is None) and first == second


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) >= len("2026-01-02") else None
    except ValueError:
        return None


def _copes(case: Case, called: Called, wanted: Wanted) -> Iterator[Shown]:
    """Tell whether the client takes what the contract says it may be answered."""
    given, raised = case.given, called.raised
    answer = _answer(called, wanted)
    if given is None or given.status < 400:
        if raised is not None:
            rule = "response-crashed-client"
            message = f"{wanted.operations[0]} answered what the contract allows, and your client raised {raised}"
            fix = _coping(case, raised)
            yield _on_answer(rule, wanted, case, called, answer, message, fix)
        return
    if raised is None:
        if wanted.declares:
            message = f"{wanted.operations[0]} answered {given.status}, and your client returned as if all was well"
            fix = "raise the error that you declare"
            yield _on_answer("error-swallowed", wanted, case, called, answer, message, fix, at="status")
    elif not raised.declared:
        what = "which is none that you declare" if wanted.declares else "which says nothing of the API's error"
        message = f"{wanted.operations[0]} answered {given.status}, and your client raised {raised}, {what}"
        yield _on_answer("error-undeclared", wanted, case, called, answer, message, _coping(case, raised))


def _coping(case: Case, raised: Raised) -> str:
    """Return what the client should expect."""
    name = (case.at or (case.given.at if case.given else "")).rpartition("/")[2] or "it"
    if raised.name == "KeyError" and raised.key:
        return f"expect {raised.key} to be absent"
    why = case.given.why if case.given is not None else case.why
    if case.given is not None and case.given.media is None:
        return "expect an answer without a body"
    if why == "null":
        return f"expect {name} to be null"
    if why == "the least":
        return "expect an answer with nothing but what is required"
    return f"expect {name}: {why}" if name != "it" else f"expect an answer {why}"


def _answer(called: Called, wanted: Wanted) -> Observed | None:
    return next((one for one in reversed(called.observed) if one.operation in wanted.operations), None)


def _on_answer(
    rule: str,
    wanted: Wanted,
    case: Case,
    called: Called,
    answer: Observed | None,
    message: str,
    fix: str,
    *,
    at: str = "",
) -> Shown:
    document, pointer = wanted.plan.operation.node.uri, wanted.plan.operation.node.pointer
    given = case.given
    if given is not None:
        document, pointer = given.documented.node.uri, given.documented.node.pointer
        place = case.given.at if case.given is not None else ""
        raised = called.raised
        if raised is not None and raised.name == "KeyError" and raised.key and given.media is not None:
            place = f"{place}/{raised.key}" if _declares(given.media, f"{place}/{raised.key}") else place
        if given.media is not None and given.media.bundle is not None:
            document, pointer = schema_place(given.media.bundle, place) or (document, pointer)
    where = at or (f"body#{given.at}" if given is not None and given.at else "body")
    violation = Violation(
        rule,
        _side(rule),
        BY_ID[rule].level,
        wanted.operations[0],
        document,
        pointer,
        where,
        message,
        fix,
        given.value if given is not None else None,
    )
    source = called.raised.source if called.raised is not None and called.raised.source else called.source
    return Shown(violation, case, called, source, answer.response if answer is not None else None)


def _declares(media: MediaPlan, place: str) -> bool:
    return media.bundle is not None and schema_place(media.bundle, place) is not None


def _side(rule: str) -> Side:
    return BY_ID[rule].side


def _shown(
    rule: str,
    wanted: Wanted,
    case: Case,
    called: Called,
    message: str,
    fix: str,
    *,
    at: str = "",
    source: str = "",
) -> Shown:
    node = wanted.plan.operation.node
    request = called.observed[-1].request if called.observed else None
    violation = Violation(
        rule, "consumer", BY_ID[rule].level, wanted.operations[0], node.uri, node.pointer, at, message, fix
    )
    line = source or (called.raised.source if called.raised is not None else "") or called.source
    return Shown(violation, case, called, line, request=request)


def _place_in_contract(plan: Plan, reading: Reading | None, place: Place, at: str) -> tuple[str, str]:
    """Return where the contract speaks of a place of the request."""
    for entry in plan.parameters():
        if _is_at(entry, place):
            return entry.parameter.node.uri, entry.parameter.node.pointer
    bundle: Bundle | None = None
    if reading is not None and isinstance(reading.body, Body):
        bundle = reading.body.plan.bundle
    inner = at.partition("#")[2]
    within = "".join(f"/{name}" for name in place[1:]) + inner
    found = schema_place(bundle, within) if bundle is not None else None
    return found or (plan.operation.node.uri, plan.operation.node.pointer)


def _short(value: JSON) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


__all__ = ["Called", "Given", "Observed", "Raised", "Shown", "Wanted", "judge"]
