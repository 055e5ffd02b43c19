"""Reports as the text of one issue that is kept up to date: what is new, what breaks us, what is known since when.

The first line is a mark by which a script finds the issue again; the same findings make the same text, so that an issue
changes when something has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.report.markdown import plain
from mockserver.report.model import Finding, Report, many

MARK = "<!-- mockserver: the live APIs and their contracts -->"
_LONGEST = 200
_WORDS = {"breaks": "breaks us", "survives": "harmless", "unused": "not used"}
_LEVELS = ("error", "warning", "info")


def render(reports: Sequence[Report]) -> str:
    """Return the whole text of the issue, also when there is nothing to tell."""
    found = sum(bool(report.open) for report in reports)
    lines = [MARK, ""]
    lines.append("Something has changed." if found else "Nothing has changed: this can be closed.")
    for report in reports:
        lines.extend(("", *_section(report)))
    return "\n".join(lines).rstrip() + "\n"


def _section(report: Report) -> Iterator[str]:
    yield f"## {plain(report.contract)}"
    if report.target:
        yield f"{plain(report.target)}, {many(report.checked, 'operation')} looked at"
    for level in _LEVELS:
        findings = [finding for finding in report.open if finding.level == level]
        if findings:
            yield ""
            yield from (line for finding in findings for line in _item(finding))
    if report.unchecked:
        yield ""
        yield f"<details><summary>{len(report.unchecked)} not checked</summary>"
        yield ""
        yield from (f"- {plain(sentence)}" for sentence in report.unchecked)
        yield ""
        yield "</details>"
    for table in report.tables:
        yield ""
        yield f"<details><summary>{plain(table.title)}</summary>"
        yield ""
        yield from (f"- {plain(', '.join(filter(None, row)))}" for row in table.rows)
        yield ""
        yield "</details>"


def _item(finding: Finding) -> Iterator[str]:
    drifted = finding.drifted
    client = drifted.client if drifted is not None else finding.changed.client if finding.changed is not None else ""
    word = _WORDS.get(client, finding.level)
    since = f", known since {drifted.first}" if drifted is not None and drifted.first else ", **new**"
    kind = f" {drifted.kind}" if drifted is not None else ""
    yield f"- [ ] **{word}**{kind}: `{_code(finding.operation)}` {plain(_cut(finding.message))}{since}"
    if finding.place:
        yield f"  `{_code(finding.place)}` `{_code(finding.at)}`"
    why = drifted.why if drifted is not None else finding.changed.why if finding.changed is not None else ""
    if why:
        yield f"  {plain(_cut(why))}" + (f" at `{_code(finding.source.split('  ')[0])}`" if finding.source else "")
    answer = next((text for label, text in finding.evidence if label == "answer"), "")
    if answer:
        yield f"  `{_code(_cut(answer))}`"
    yield f"  accept: `mockserver accept {finding.fingerprint[:6]} --because ... --until ...`"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _code(text: str) -> str:
    return text.replace("`", "'")
