"""Reports as text: for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.report.model import Finding, Report

_MOST = 50


def render(reports: Sequence[Report]) -> str:
    """Return findings first, the verdict of each contract last, where a terminal shows it."""
    lines: list[str] = []
    for report in reports:
        ordered = sorted(report.findings, key=lambda finding: ("error", "warning", "info").index(finding.level))
        for finding in ordered[:_MOST]:
            lines.extend((*told(finding), ""))
        if len(ordered) > _MOST:
            lines.extend((f"and {len(ordered) - _MOST} more: --report json shows all", ""))
        lines.extend(f"not checked: {sentence}" for sentence in report.unchecked)
    lines.extend(_verdict(report) for report in reports)
    return "\n".join(lines) + "\n"


def told(finding: Finding) -> list[str]:
    """Return a finding as lines: a sentence, your line, the contract's line, the evidence, the fix, what to do next."""
    who = f"  {finding.operation}" if finding.operation else ""
    lines = [f"{finding.level}[{finding.rule}]{who}  {finding.message}"]
    if finding.source:
        lines.append(f"  {finding.source}")
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    if place:
        lines.append(f"  {place}  {finding.text}".rstrip())
    lines.extend(_labelled(finding.evidence))
    if finding.opinion == "disputed":
        lines.append("  second  openapi-core does not complain about this part")
    if finding.fix:
        lines.append(f"  fix  {finding.fix}")
    lines.extend(_labelled(finding.further))
    return lines


def _labelled(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    lines: list[str] = []
    for label, text in pairs:
        first, *others = text.split("\n")
        lines.append(f"  {label:<7} {first}")
        lines.extend(f"          {line}" for line in others)
    return lines


def _verdict(report: Report) -> str:
    counts = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for name, count in (("error", report.count("error")), ("warning", report.count("warning")))
        if count
    ]
    infos = report.count("info")
    if infos:
        counts.append(f"{infos} to know")
    said = ", ".join(counts) or ("clean" if report.checked else "nothing was checked")
    return f"{report.contract}: {report.job} of {report.checked} operations: {said}"
