"""Violations to a report: files and lines are looked up here, once, when somebody wants to read."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.document.documents import Documents, name_of
from mockserver.document.pointer import named
from mockserver.document.positions import Places
from mockserver.redact import Secrets, redact_violation
from mockserver.report.model import Finding, Report
from mockserver.violation import Violation, fingerprint_of


def tell(
    job: str,
    contract: str,
    violations: Iterable[Violation],
    documents: Documents,
    *,
    checked: int,
    secrets: Secrets,
    target: str = "",
    unchecked: tuple[str, ...] = (),
) -> Report:
    """Return a report of what a job found."""
    places: dict[str, Places] = {}
    findings = tuple(_finding(redact_violation(item, secrets), documents, places) for item in violations)
    return Report(job, contract, target, checked, unchecked, findings)


def _finding(violation: Violation, documents: Documents, places: dict[str, Places]) -> Finding:
    line, text = 0, ""
    identity = violation.fingerprint
    data = documents.data.get(violation.document)
    if data is not None:
        if violation.side == "contract":
            identity = fingerprint_of(violation, named(documents.tree(violation.document), violation.pointer))
        if violation.document not in places:
            places[violation.document] = Places(data, violation.document)
        line = places[violation.document].line(violation.pointer)
        text = places[violation.document].text(line)
    return Finding(
        rule=violation.rule,
        side=violation.side,
        level=violation.level,
        operation=violation.operation,
        pointer=violation.pointer,
        file=name_of(violation.document),
        line=line,
        at=violation.at,
        message=violation.message,
        fix=violation.fix,
        fingerprint=identity,
        text=text,
        witness=violation.witness,
    )
