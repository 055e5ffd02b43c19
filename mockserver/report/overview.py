"""Many jobs on many services on one screen: the verdict, who is how, what was not checked, and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.report.model import Report, counted
from mockserver.report.text import found
from mockserver.values import replace

_COLUMNS = {
    "lint": "sound",
    "verify mock": "mock",
    "verify client": "client",
    "cassettes": "cassettes",
    "coverage": "coverage",
}
"""What each job is called in the table, in the order of the columns; any other job has its own name."""
_MOST_UNCHECKED = 20


def render(reports: Sequence[Report]) -> str:
    """Return the verdict and the table, then what was not checked, then the findings of each service by operation."""
    lines = [_verdict(reports), "", *_table(reports)]
    unchecked = [
        f"not checked: {report.contract} {_COLUMNS.get(report.job, report.job)}: {sentence}"
        for report in reports
        for sentence in report.unchecked
    ]
    if unchecked:
        lines.extend(("", *unchecked[:_MOST_UNCHECKED]))
    if len(unchecked) > _MOST_UNCHECKED:
        lines.append(f"not checked: {len(unchecked) - _MOST_UNCHECKED} more; --report json shows all")
    for service in _services(reports):
        lines.extend(_found(service, [one for one in reports if one.contract == service]))
    return "\n".join(lines) + "\n"


def _verdict(reports: Sequence[Report]) -> str:
    findings = tuple(finding for report in reports for finding in report.findings)
    whole = Report("check", "", "", sum(report.checked for report in reports), (), findings)
    wrong = [name for name in _services(reports) if any(one.count("error") for one in reports if one.contract == name)]
    where = f" in {', '.join(wrong)}" if wrong else ""
    failed = [f"{report.contract} {_COLUMNS.get(report.job, report.job)}" for report in reports if report.failed]
    if failed and not wrong:
        return f"COULD NOT CHECK: {', '.join(failed)}; the rest: {counted(whole)}"
    return f"{'FAILED' if wrong else 'ok' if whole.checked else 'NOTHING WAS CHECKED'}: {counted(whole)}{where}"


def _services(reports: Sequence[Report]) -> list[str]:
    return list(dict.fromkeys(report.contract for report in reports))


def _table(reports: Sequence[Report]) -> Iterator[str]:
    jobs = sorted({report.job for report in reports}, key=lambda job: [*_COLUMNS, job].index(job))
    cells = {(report.contract, report.job): _cell(report) for report in reports}
    rows = [["", *(_COLUMNS.get(job, job) for job in jobs)]]
    rows += [[name, *(cells.get((name, job), "-") for job in jobs)] for name in _services(reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(jobs) + 1)]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(report: Report) -> str:
    if not report.checked and not report.findings:
        return "not checked"
    said = counted(report)
    return report.note if report.note and said == "clean" else said


def _found(service: str, reports: Sequence[Report]) -> Iterator[str]:
    """Yield errors and warnings in full, and of what is only good to know how much there is."""
    findings = [finding for report in reports for finding in report.findings]
    told = tuple(one for one in findings if one.level != "info" or one.accepted is not None)
    infos = len(findings) - len(told)
    if findings:
        yield ""
        whole = Report("check", service, "", 1, (), tuple(findings))
        yield f"{service}: {counted(whole)}{' (--report text tells all)' if infos else ''}"
        yield from found(replace(whole, findings=told))
