"""Drifts as findings of a report: the sentence, the contract's line, what was asked and answered, how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mockserver.checks.mismatches import spoken
from mockserver.document import pointer as pointers
from mockserver.exchange import Exchange, Headers, Request, Response, whole
from mockserver.jobs.drift.gather import Drift
from mockserver.jobs.drift.memory import Remembered
from mockserver.jobs.drift.watch import Seen
from mockserver.jobs.impact import Impact, level_with
from mockserver.jobs.ports import SecondOpinion
from mockserver.jobs.sample import curl
from mockserver.jobs.service import Service
from mockserver.jobs.tell import tell
from mockserver.redact import Secrets, redact_exchange
from mockserver.report.model import Drifted, Finding, Report, Table, many
from mockserver.values import Struct, replace
from mockserver.violation import Level
from mockserver.wire.json import JSONSyntaxError, dumps, loads

_LONGEST: Final = 300
_FIXES: Final[Mapping[str, str]] = {
    "undocumented field": "nothing, until your client is to use it; then --fix documents it",
    "undocumented header": "nothing, until your client is to use it; then --fix documents it",
    "undocumented status": "expect it in your client, and document it: --fix",
    "undocumented media type": "expect it in your client, and document it: --fix",
    "new enum value": "expect a value that you do not know, and document this one: --fix",
    "new alternative": "expect an alternative that you do not know, and document it: --fix",
    "null": "expect null, and document it: --fix",
    "changed type": "read both types until you know which stays, and document it: --fix",
    "widened type": "read numbers with a fraction, and document it: --fix",
    "changed format": "read both spellings, and document it: --fix",
    "changed pattern": "do not rely on the pattern, and document it: --fix",
    "changed bound": "do not rely on the bound, and document it: --fix",
    "required field absent": "expect it to be absent, and document that: --fix",
    "header missing": "expect it to be absent, and document that: --fix",
    "changed header": "read both spellings, and document it: --fix",
    "operation gone": "use what has taken its place, or take it out of the contract: --fix",
    "request rejected": "send what it wants now; --fix corrects the contract where other requests tell what that is",
    "deprecated": "plan the move, and document it: --fix",
    "unreadable body": "ask the owner of the API",
}
"""What is left to do for who does not own the API."""

_NOBODY: Final[Mapping[str, Impact]] = {}


class Said(Struct, frozen=True):
    """How requests are told: where they went, what must not be told, and credentials by the names of variables."""

    target: str
    secrets: Secrets
    credentials: Headers = ()


def level_of(one: Drift, impact: Impact | None) -> Level:
    """Return the level of a drift: what breaks the client is an error, unless it was seen only once."""
    level = level_with(impact, one.level)
    return "warning" if level == "error" and one.confidence == "low" else level


def report(
    seen: Seen,
    drifts: Sequence[Drift],
    service: Service,
    said: Said,
    *,
    impacts: Mapping[str, Impact] = _NOBODY,
    gone: Sequence[Remembered] = (),
    second: SecondOpinion | None = None,
) -> Report:
    """Return what was seen as a report; `gone` was seen in an earlier run and is not any more.

    `second` is another judge of the contract, who is asked about each drift.
    """
    violations = [
        replace(one.violation, level=level_of(one, impacts.get(one.fingerprint)), at=one.place) for one in drifts
    ]
    base = tell(
        "drift", service.name, violations, service.contract.documents, checked=len(seen.checked), secrets=said.secrets,
        target=said.target, unchecked=seen.unchecked,
    )  # fmt: skip
    told = zip(drifts, base.findings, strict=True)
    findings = [
        replace(
            _finding(one, finding, said, impacts.get(one.fingerprint)),
            opinion=second.of(one.violation, one.probe.request, one.response) if second is not None else "",
        )
        for one, finding in told
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    return replace(
        base,
        findings=tuple(sorted(findings, key=lambda one: order[one.level])),
        figures={
            "over": [
                {"operation": one.operation, "kind": one.kind, "at": one.place, "since": one.first} for one in gone
            ],
            "never_seen": [{"answer": answer, "what": what} for answer, what in seen.never],
        },
        tables=tuple(_tables(seen, gone)),
    )


def _tables(seen: Seen, gone: Sequence[Remembered]) -> Iterator[Table]:
    if gone:
        rows = tuple((one.operation, one.kind, one.place, one.first) for one in gone)
        yield Table("Over: seen before, and not any more", ("operation", "drift", "at", "since"), rows)
    if seen.never:
        yield Table("Documented, and not in any of the answers", ("answer", "what"), seen.never)


def _finding(one: Drift, finding: Finding, said: Said, impact: Impact | None) -> Finding:
    others = f" (and in {', '.join(one.operations[1:])})" if len(one.operations) > 1 else ""
    fix = _FIXES.get(one.kind, finding.fix) + (f"; perhaps it is called {one.perhaps} now" if one.perhaps else "")
    drifted = Drifted(
        kind=one.kind,
        operations=one.operations,
        confidence=one.confidence,
        seen=one.seen,
        asked=one.asked,
        resources=one.resources,
        runs=one.runs,
        first=one.first,
        client=impact.verdict if impact is not None else "",
        why=impact.why if impact is not None else "",
    )
    return replace(
        finding,
        message=f"{finding.message}{others}",
        fix=fix,
        fingerprint=one.fingerprint,
        source=impact.source if impact is not None else "",
        evidence=tuple(_evidence(one, said, impact)),
        drifted=drifted,
    )


def _evidence(one: Drift, said: Said, impact: Impact | None) -> Iterator[tuple[str, str]]:
    since = f"known since {one.first}" if one.first else "new"
    often = f"in {one.seen} of {one.asked} answers, {many(one.resources, 'thing')}"
    where = "; only where this watch has set a parameter or named a stranger" if one.is_conjecture else ""
    yield "drift", f"{one.kind}; {often}: {one.confidence} confidence, {since}{where}"
    response = one.response
    if response is not None:
        request, answer = _redacted(one.probe.request, response, said.secrets)
        yield "answer", _short(f"{answer.status} {_excerpt(one, answer)}")
        if "://" in said.target:  # what was recorded is not asked again
            yield "again", curl(request, said.target, said.credentials if one.probe.signed else ())
    if impact is not None:
        yield "client", impact.why


def _redacted(request: Request, response: Response, secrets: Secrets) -> tuple[Request, Response]:
    hidden = redact_exchange(Exchange(request, response, "live"), secrets)
    outcome = hidden.outcome
    return hidden.request, whole(outcome) if not hasattr(outcome, "reason") else response


def _excerpt(one: Drift, answer: Response) -> str:
    """Return what an answer has where something has changed; all of it where that is short."""
    location, _, inner = one.violation.at.partition("#")
    if location.startswith("header."):
        name = location.removeprefix("header.")
        value = answer.header(name)
        return f"{name}: {value}" if value is not None else f"with {', '.join(key for key, _ in answer.headers)}"
    whole_body = _body(answer)
    holder = pointers.parent(inner) if inner else ""
    if len(whole_body) <= _LONGEST or not holder:
        return whole_body
    try:
        found = pointers.look_up(loads(answer.body), holder)
    except (JSONSyntaxError, LookupError):
        return whole_body
    path = [int(part) if part.isdigit() else part for part in pointers.split(holder)]
    return f"{spoken('', path)}: {dumps(found).decode()}"


def _body(response: Response) -> str:
    return response.body.decode("utf-8", "backslashreplace") or response.header("content-type") or ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
