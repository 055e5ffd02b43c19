"""Reports as annotations of GitHub Actions: at the contract's line, and at the line of the client that is concerned.

Workflow commands are lines of the log, `::error file=...,line=...,title=...::message`; what stands in them is escaped
as the runner reads it: % CR LF in a message, and : and , in a property.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.report import markdown, pull_request
from mockserver.report.model import Finding, Kind, Report, counted, grouped, many
from mockserver.violation import Level

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}
_MOST = 50
"""Annotations of one run that GitHub shows; what is beyond it stands in the summary."""
_LONGEST = 2000
_SUMMARY = 900_000
"""Bytes; GitHub refuses a step's summary of more than a megabyte."""


def render(reports: Sequence[Report]) -> str:
    """Return the annotations, the worst first, and the verdict of each report."""
    kinds = [kind for report in reports for group in grouped(report.open) for kind in group.kinds]
    kinds.sort(key=lambda kind: ("error", "warning", "info").index(kind.first.level))
    lines: list[str] = []
    for told, kind in enumerate(kinds):
        if len(lines) >= _MOST:
            lines.append(_command("notice", {}, f"and {len(kinds) - told} more: see the summary of this job"))
            break
        lines.extend(_annotations(kind))
    for report in reports:
        lines.append(
            _message(f"{report.contract}: {report.job} of {many(report.checked, 'operation')}: {counted(report)}")
        )
        lines.extend(_message(f"{report.contract}: not checked: {sentence}") for sentence in report.unchecked)
    return "\n".join(lines) + "\n"


def summary(reports: Sequence[Report]) -> str:
    """Return the summary of a job: what stands in the pull request, and below it everything."""
    first = pull_request.render(reports)
    whole = (
        f"{first}\n<details><summary>Everything that was found</summary>\n\n{markdown.render(reports)}\n</details>\n"
    )
    return whole if len(whole.encode()) <= _SUMMARY else first


def _annotations(kind: Kind) -> Iterator[str]:
    finding = kind.first
    often = f" ({kind.count} times)" if kind.count > 1 else ""
    places = [place for place in (finding.source_place, (finding.file, finding.line)) if place[0]]
    for file, line in places or [("", 0)]:
        named = {"file": file, "line": str(line or ""), "title": finding.rule}
        yield _command(_COMMANDS[finding.level], named, _text(finding) + often)


def _text(finding: Finding) -> str:
    evidence = "".join(f"\n{label}: {text}" for label, text in finding.evidence)
    fix = f"\nfix: {finding.fix}" if finding.fix else ""
    place = f"\n{finding.place}" if finding.place and finding.source else ""
    text = f"{finding.sentence}{place}{evidence}{fix}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _command(name: str, properties: dict[str, str], message: str) -> str:
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if told else ''}{told}::{_escaped(message)}"


def _message(text: str) -> str:
    """Return a line of the log that is no command, whatever stands in it."""
    line = " ".join(text.splitlines())
    return line if not line.lstrip().startswith(("::", "##[")) else f"- {line}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
