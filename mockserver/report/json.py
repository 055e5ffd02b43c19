"""Reports as JSON: for scripts. The fields are stable."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mockserver.report.model import Changed, Drifted, Finding, Report
from mockserver.values import JSON, asdict


def render(reports: Sequence[Report]) -> str:
    """Return one object for one report, a list for several."""
    pages = [_page(report) for report in reports]
    return json.dumps(pages[0] if len(pages) == 1 else pages, indent=2, ensure_ascii=False) + "\n"


def _page(report: Report) -> JSON:
    return {
        "job": report.job,
        "contract": report.contract,
        "target": report.target,
        "summary": {
            "checked": report.checked,
            "unchecked": len(report.unchecked),
            "errors": report.count("error"),
            "warnings": report.count("warning"),
            "infos": report.count("info"),
            "accepted": len(report.accepted),
        },
        "note": report.note,
        "figures": report.figures,
        "unchecked": list(report.unchecked),
        "violations": [_violation(finding) for finding in report.findings],
    }


def _violation(finding: Finding) -> JSON:
    return {
        "rule": finding.rule,
        "side": finding.side,
        "level": finding.level,
        "operation": finding.operation,
        "pointer": finding.pointer,
        "file": finding.file,
        "line": finding.line,
        "at": finding.at,
        "source": finding.source,
        "message": finding.message,
        "fix": finding.fix,
        "witness": finding.witness,
        "fingerprint": finding.fingerprint,
        "opinion": finding.opinion,
        "accepted": asdict(finding.accepted) if finding.accepted is not None else None,
        **(_changed(finding.changed) if finding.changed is not None else {}),
        **(_drifted(finding.drifted) if finding.drifted is not None else {}),
    }


def _changed(changed: Changed) -> JSON:
    return {
        "verdict": changed.verdict,
        "direction": changed.direction,
        "operations": list(changed.operations),
        "beyond_contract": changed.beyond,
        "tried": changed.tried,
        "was": {"file": changed.was[0], "line": changed.was[1], "pointer": changed.was_pointer},
        "client": {"verdict": changed.client, "why": changed.why},
    }


def _drifted(drifted: Drifted) -> JSON:
    return {
        "kind": drifted.kind,
        "operations": list(drifted.operations),
        "confidence": drifted.confidence,
        "seen": drifted.seen,
        "asked": drifted.asked,
        "resources": drifted.resources,
        "runs": drifted.runs,
        "first_seen": drifted.first,
        "client": {"verdict": drifted.client, "why": drifted.why},
    }
