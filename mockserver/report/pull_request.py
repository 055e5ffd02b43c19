"""Reports for a pull request: at most fifteen lines, one table, and what breaks, with its witness."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from mockserver.report.markdown import kind, plain
from mockserver.report.model import Finding, Report, counted, grouped

_MOST = 15
_SERVICES = 6
_LONGEST = 160
_COLUMNS = {
    "lint": "sound",
    "verify client": "client",
    "verify mock": "mock",
    "verify provider": "provider",
    "cassettes": "cassettes",
    "drift": "live",
    "diff": "changes",
    "test": "tests",
    "coverage": "coverage",
}
"""What each job is called in the table, in the order of the columns; any other job has its own name."""


def render(reports: Sequence[Report]) -> str:
    """Return the comment."""
    worst = [one.first for report in reports for group in grouped(report.open) for one in group.kinds]
    worst = [finding for finding in worst if finding.level == "error"]
    lines = [f"### Contracts: {_headline(reports)}", "", *_table(reports)]
    room = _MOST - len(lines) - 1
    told = [_bullet(finding) for finding in worst]
    if told:
        shown = told if len(told) <= room else [*told[: room - 1], f"- and {len(told) - room + 1} more"]
        lines.extend(("", *shown))
    return "\n".join(lines) + "\n"


def _headline(reports: Sequence[Report]) -> str:
    errors = [finding for report in reports for finding in report.open if finding.level == "error"]
    breaking = sum(kind(finding) == "breaking" for finding in errors)
    others = len(errors) - breaking
    said = [f"{breaking} change{'s break' if breaking > 1 else ' breaks'} us"] if breaking else []
    said += [f"{others} error{'s' if others > 1 else ''}"] if others else []
    if said:
        return ", ".join(said)
    return "all is well" if any(report.checked for report in reports) else "nothing was checked"


def _table(reports: Sequence[Report]) -> Iterator[str]:
    jobs = list(dict.fromkeys(report.job for report in reports))
    jobs.sort(key=lambda job: list(_COLUMNS).index(job) if job in _COLUMNS else len(_COLUMNS))
    by_service: dict[str, dict[str, Report]] = {}
    for report in reports:
        by_service.setdefault(report.contract, {})[report.job] = report
    yield f"| service | {' | '.join(_COLUMNS.get(job, job) for job in jobs)} |"
    yield f"|---|{'---|' * len(jobs)}"
    services = sorted(by_service, key=lambda name: -sum(one.count("error") for one in by_service[name].values()))
    for name in services[:_SERVICES]:
        cells = [_cell(by_service[name].get(job)) for job in jobs]
        yield f"| {plain(name)} | {' | '.join(cells)} |"
    if len(services) > _SERVICES:
        yield f"| and {len(services) - _SERVICES} more | {' | ' * (len(jobs) - 1)} |"


def _cell(report: Report | None) -> str:
    if report is None:
        return ""
    if not report.checked and not report.findings:
        return plain(_cut(f"could not check: {report.unchecked[0]}" if report.unchecked else "nothing was checked"))
    found = counted(report)
    said = f"**{found}**" if report.count("error") else "ok" if found == "clean" else found
    if report.note:
        said = plain(report.note) if said == "ok" else f"{said}; {plain(report.note)}"
    return said


def _bullet(finding: Finding) -> str:
    said = finding.message.startswith(f"{finding.operation} ")
    who = f" `{_code(finding.operation)}`" if finding.operation and not said else ""
    word = "breaks us" if kind(finding) == "breaking" else finding.rule
    file, line = finding.source_place
    places = [place for place in (finding.place, f"{file}:{line}" if file else "") if place]
    where = f" ({', '.join(f'`{_code(place)}`' for place in places)})" if places else ""
    return f"- **{word}**{who} {plain(_cut(finding.message))}{where}{_witness(finding)}"


def _witness(finding: Finding) -> str:
    if finding.witness is not None:
        text = json.dumps(finding.witness, ensure_ascii=False)
    else:
        text = next((text for label, text in finding.evidence if label in {"answer", "sent"}), "")
    return f" witness `{_code(_cut(text))}`" if text else ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _code(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")
