"""What a suite found, told: as a report for every renderer, as text for a failing test, as a test to paste."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.api.accepting import considered
from mockserver.api.clients.paste import pasted
from mockserver.api.clients.result import Checked, Result
from mockserver.api.second_opinion import second_opinion
from mockserver.contract.reading import Reading
from mockserver.document.documents import name_of
from mockserver.exchange import Request, Response
from mockserver.jobs.ports import Opinion, SecondOpinion
from mockserver.jobs.tell import tell
from mockserver.jobs.verify.observed import Shown
from mockserver.redact import redact_text
from mockserver.report.model import Finding, Report
from mockserver.report.text import told
from mockserver.values import replace
from mockserver.violation import Violation

_LONGEST = 400
_LISTED = 8


def report_of(suite: Checked, result: Result, again: str = "") -> Report:
    """Return a report; `again` is the command that repeats the job."""
    service = suite.service
    findings: list[Finding] = []
    second = second_opinion(suite.service.contract) if result.shown else None
    for key, shown in result.shown.items():
        findings.append(_finding(suite, shown, result.seen[key], tuple(result.operations[key]), again, second))
    findings.extend(_unbound(suite, method, why) for method, why in suite.unbound)
    unchecked = [*result.unchecked, *_left(suite)]
    checked = len(result.checked) or min(1, len(result.shown))  # what was wrong while methods were watched
    return Report("verify client", service.name, suite.target, checked, tuple(unchecked), tuple(findings))


def _left(suite: Checked) -> Iterable[str]:
    unused = suite.unused()
    total = len(suite.service.contract.operations)
    if unused:
        listed = ", ".join(unused[:_LISTED]) + (", ..." if len(unused) > _LISTED else "")
        yield f"{len(unused)} of {total} operations are not used by this client: {listed}"


def _finding(
    suite: Checked, shown: Shown, seen: int, operations: tuple[str, ...], again: str, second: SecondOpinion | None
) -> Finding:
    service, violation = suite.service, shown.violation
    secrets = service.secrets()
    if shown.request is not None:
        secrets = secrets.seen_in(shown.request)
    (finding,) = tell(
        "verify client", service.name, [violation], service.contract.documents, checked=1, secrets=secrets
    ).findings
    evidence: list[tuple[str, str]] = []
    if shown.request is not None:
        evidence.append(("sent", redact_text(_spelled(shown.request), secrets)))
    if shown.answer is not None:
        smallest = f"      smallest of {seen}" if seen > 1 else ""
        evidence.append(("answer", f"{_answered(shown.answer)}{smallest}"))
    if shown.case.why and shown.case.why not in {"the least", "the least request"}:
        evidence.append(("case", f"{shown.case.at or 'body'}: {shown.case.why}"))
    others = [name for name in operations if name != violation.operation]
    if others:
        evidence.append(("also", f"{', '.join(others)}: the same line, the same cause"))
    further: list[tuple[str, str]] = []
    if again:
        further.append(("again", f"{again} --only {violation.operation!r}"))
    paste = pasted(suite, shown)
    if paste:
        further.append(("paste", paste))
    return replace(
        finding,
        source=shown.source,
        evidence=tuple(evidence),
        further=tuple(further),
        opinion=_opinion(shown, second) if second is not None else "",
    )


def _opinion(shown: Shown, second: SecondOpinion) -> Opinion:
    """Return what the other judge says: of a request that it is wrong, of an answer that it is right."""
    violation = shown.violation
    if violation.rule.startswith("request-") and shown.request is not None:
        observed = next((one for one in shown.called.observed if one.request is shown.request), None)
        style = _style(observed.reading, violation.at) if observed is not None else ""
        return second.of(violation, shown.request, None, style)
    if shown.answer is not None and shown.called.observed:
        return second.accepts(shown.called.observed[-1].request, shown.answer)
    return "no-opinion"


def _style(reading: Reading | None, at: str) -> str:
    name = at.partition("#")[0]
    for value in reading.parameters() if reading is not None else ():
        if f"{value.plan.parameter.location}.{value.plan.parameter.name}" == name:
            return value.plan.spec.style
    return ""


def _unbound(suite: Checked, method: str, why: str) -> Finding:
    root = suite.service.contract.root
    name = method.partition("(")[0]
    violation = Violation(
        "client-unbound",
        "consumer",
        "warning",
        name,
        root.uri,
        "/paths",
        name,
        f"{method} was not checked: {why}",
        '@suite.calls("operation") says which operation it calls',
    )
    return Finding(
        violation.rule,
        violation.side,
        violation.level,
        "",
        violation.pointer,
        name_of(root.uri),
        0,
        violation.at,
        violation.message,
        violation.fix,
        violation.fingerprint,
    )


def told_result(suite: Checked, result: Result, again: str = "") -> str:
    """Return the findings as text, worst first."""
    (report,) = considered([report_of(suite, result, again)], suite.contracts, whole=False)
    errors = [finding for finding in report.open if finding.level == "error"]
    return "\n\n".join("\n".join(told(finding)) for finding in errors)


def _spelled(request: Request) -> str:
    text = f"{request.method} {request.target}"
    if request.body:
        text += f"  {request.body.decode('utf-8', 'backslashreplace')}"
    return _cut(text)


def _answered(response: Response) -> str:
    body = response.body.decode("utf-8", "backslashreplace") if response.body else "without a body"
    return _cut(f"{response.status} {body}")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
