"""Reports as SARIF 2.1.0: for code scanning. A result stands at the line of the contract; the client's line is related.

One run holds the results of all reports: GitHub takes one run for each tool and category.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from mockserver.messages import BY_ID
from mockserver.report.model import Finding, Kind, Report, grouped
from mockserver.values import JSON
from mockserver.violation import Level

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "note"}
_ROOT = "%SRCROOT%"


def render(reports: Sequence[Report]) -> str:
    """Return the log."""
    kinds = [(report, kind) for report in reports for group in grouped(report.findings) for kind in group.kinds]
    rules = list(dict.fromkeys(kind.first.rule for _, kind in kinds))
    run: JSON = {
        "tool": {"driver": {"name": "mockserver", "rules": [_rule(rule) for rule in rules]}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_unchecked(reports))}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, kind, rules.index(kind.first.rule)) for report, kind in kinds],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False) + "\n"  # for machines, and four times as quick as with an indent


def _unchecked(reports: Sequence[Report]) -> Iterator[JSON]:
    for report in reports:
        for sentence in report.unchecked:
            told = f"{report.contract}: {report.job}: not checked: {sentence}"
            yield {"level": "note", "message": {"text": told}}


def _rule(rule: str) -> JSON:
    known = BY_ID.get(rule)
    if known is None:
        return {"id": rule}
    return {
        "id": rule,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.why},
        "help": {"text": f"{known.why} {known.source}. mockserver explain {rule}"},
        "defaultConfiguration": {"level": _LEVELS[known.level]},
        "properties": {"tags": ["contract", known.side]},
    }


def _result(report: Report, kind: Kind, index: int) -> JSON:
    finding = kind.first
    result: dict[str, JSON] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.level],
        "message": {"text": finding.sentence + (f"\n{finding.fix}" if finding.fix else "")},
        "partialFingerprints": {"mockserver/v1": finding.fingerprint},
        "occurrenceCount": kind.count,
        "properties": _properties(report, finding),
    }
    contract, client = _contract(finding), _client(finding)
    if contract or client:
        result["locations"] = [contract or client]
    if contract and client:
        result["relatedLocations"] = [{"id": 1, **client, "message": {"text": "your client"}}]
    if finding.accepted is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": str(finding.accepted)}]
    return result


def _properties(report: Report, finding: Finding) -> JSON:
    held = {
        "job": report.job,
        "contract": report.contract,
        "side": finding.side,
        "operation": finding.operation,
        "at": finding.at,
        "witness": finding.witness,
        "opinion": finding.opinion,
    }
    return {name: value for name, value in held.items() if value not in (None, "")}


def _contract(finding: Finding) -> dict[str, JSON]:
    if not finding.file:
        return {}
    text = finding.text or None
    location = _physical(finding.file, finding.line, text)
    if finding.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.pointer, "kind": "member"}]
    return location


def _client(finding: Finding) -> dict[str, JSON]:
    file, line = finding.source_place
    return _physical(file, line, None) if file else {}


def _physical(file: str, line: int, text: str | None) -> dict[str, JSON]:
    place: dict[str, JSON] = {"artifactLocation": _artifact(file)}
    if line:
        place["region"] = {"startLine": line, **({"snippet": {"text": text}} if text else {})}
    return {"physicalLocation": place}


def _artifact(file: str) -> JSON:
    """Return where a file is: an address, an absolute path, or a path in the repository (RFC 3986 §4.2)."""
    if "://" in file:
        return {"uri": file}
    if file.startswith("/"):
        return {"uri": "file://" + quote(file)}
    return {"uri": quote(file.removeprefix("./")), "uriBaseId": _ROOT}
