"""Reports as Markdown: for a pull request, an issue or a changelog. What changed is told by verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from mockserver.report.model import Finding, Kind, Report, Table, counted, grouped, many

_TITLES = (
    ("breaking", "Breaking"),
    ("beyond", "Breaking only beyond the contract"),
    ("unproven", "Not proved"),
    ("warning", "Compatible, and worth knowing"),
    ("compatible", "Compatible"),
)
_LEVELS = (("error", "Errors"), ("warning", "Warnings"), ("info", "To know"))
_LONGEST = 400
_MOST = 200
"""Findings of one section, and rows of one table, that are told."""


def render(reports: Sequence[Report]) -> str:
    """Return one page; the summary stands first, where a reader of a pull request looks."""
    return "\n".join(line for report in reports for line in _page(report)).strip() + "\n"


def _page(report: Report) -> Iterator[str]:
    yield f"## {report.contract}: {report.job}"
    yield ""
    if report.target:
        yield f"{report.target}  "
    yield summary(report)
    yield ""
    for sentence in report.unchecked[:_MOST]:
        yield f"- not checked: {plain(sentence)}"
    if report.unchecked:
        yield ""
    for title, findings in sections(report):
        yield f"### {title}"
        yield ""
        kinds = [one for group in grouped(findings) for one in group.kinds]
        for one in kinds[:_MOST]:
            yield from _finding(one)
        if len(kinds) > _MOST:
            yield f"- and {len(kinds) - _MOST} more"
        yield ""
    if report.accepted:
        yield "### Accepted"
        yield ""
        for finding in report.accepted[:_MOST]:
            yield f"- {plain(finding.operation)} `{finding.rule}` {finding.fingerprint}: {plain(str(finding.accepted))}"
        yield ""
    for table in report.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"### {plain(table.title)}"
    yield ""
    yield f"| {' | '.join(map(plain, table.head))} |"
    yield f"|{'---|' * len(table.head)}"
    for row in table.rows[:_MOST]:
        yield f"| {' | '.join(map(plain, row))} |"
    yield ""
    if len(table.rows) > _MOST:
        yield f"and {len(table.rows) - _MOST} more"
        yield ""


def summary(report: Report) -> str:
    """Return the numbers of a report in one sentence."""
    if any(finding.changed is not None for finding in report.findings):
        said = ", ".join(f"{len(findings)} {title.lower()}" for title, findings in sections(report))
    else:
        said = counted(report)
    checked = f"{many(report.checked, 'operation')} checked"
    note = f" ({report.note})" if report.note else ""
    return f"{checked}: {said or 'clean'}{note}"


def sections(report: Report) -> list[tuple[str, list[Finding]]]:
    """Return the findings under the titles that a reader looks for, the worst first."""
    is_change = any(finding.changed is not None for finding in report.findings)
    titles = _TITLES if is_change else _LEVELS
    found = [(title, [one for one in report.open if kind(one) == word]) for word, title in titles]
    return [(title, findings) for title, findings in found if findings]


def kind(finding: Finding) -> str:
    """Return the word of the section that a finding belongs to."""
    changed = finding.changed
    if changed is None:
        return finding.level
    if changed.verdict == "breaking":
        return "beyond" if changed.beyond else "breaking"
    if changed.verdict == "compatible":
        return "warning" if finding.level != "info" else "compatible"
    return "unproven"


def _finding(one: Kind) -> Iterator[str]:
    finding = one.first
    who = f"**{plain(finding.operation)}** " if finding.operation else ""
    often = f" ({one.count} times)" if one.count > 1 else ""
    yield f"- {who}{plain(finding.message)} `{finding.rule}`{often}"
    if finding.changed is not None and kind(finding) == "compatible":
        return
    place = finding.place
    was = finding.changed.was if finding.changed is not None else ("", 0)
    places = [f"`{place}`"] if place else []
    if finding.source_place[0]:
        places.insert(0, f"`{finding.source}`")
    if was[0] and f"{was[0]}:{was[1]}" != place:
        places.append(f"was `{was[0]}:{was[1]}`")
    if places:
        yield f"  {', '.join(places)}  "
    yield from (f"  {plain(text)}  " for label, text in finding.evidence if label == "drift")
    if finding.witness is not None:
        yield f"  witness: `{_code(finding.witness)}`  "
    if finding.fix:
        yield f"  {plain(finding.fix)}"


def _code(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("`", "\\u0060")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def plain(text: str) -> str:
    """Take the meaning from what Markdown would read as markup."""
    for sign in "\\`*_<>[]|#":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")
