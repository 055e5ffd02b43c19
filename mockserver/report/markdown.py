"""Reports as Markdown: for a pull request, an issue or a changelog. What changed is told by verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from mockserver.report.model import Finding, Report

_TITLES = (
    ("breaking", "Breaking"),
    ("beyond", "Breaking only beyond the contract"),
    ("unproven", "Not proved"),
    ("warning", "Compatible, and worth knowing"),
    ("compatible", "Compatible"),
)
_LEVELS = (("error", "Errors"), ("warning", "Warnings"), ("info", "To know"))
_LONGEST = 400


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
    for title, findings in sections(report):
        yield f"### {title}"
        yield ""
        for finding in findings:
            yield from _finding(finding)
        yield ""
    for sentence in report.unchecked:
        yield f"- not checked: {_plain(sentence)}"


def summary(report: Report) -> str:
    """Return the numbers of a report in one sentence."""
    counts = [(title.lower(), len(findings)) for title, findings in sections(report)]
    said = ", ".join(f"{count} {title}" for title, count in counts)
    checked = f"{report.checked} operation{'' if report.checked == 1 else 's'} checked"
    return f"{checked}: {said or ('clean' if report.checked else 'nothing was checked')}"


def sections(report: Report) -> list[tuple[str, list[Finding]]]:
    """Return the findings under the titles that a reader looks for, the worst first."""
    is_change = any(finding.changed is not None for finding in report.findings)
    titles = _TITLES if is_change else _LEVELS
    found = [(title, [one for one in report.findings if kind(one) == word]) for word, title in titles]
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


def _finding(finding: Finding) -> Iterator[str]:
    who = f"**{_plain(finding.operation)}** " if finding.operation else ""
    yield f"- {who}{_plain(finding.message)} `{finding.rule}`"
    if finding.changed is not None and kind(finding) == "compatible":
        return
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    was = finding.changed.was if finding.changed is not None else ("", 0)
    places = [f"`{place}`"] if place else []
    if was[0] and f"{was[0]}:{was[1]}" != place:
        places.append(f"was `{was[0]}:{was[1]}`")
    if places:
        yield f"  {', '.join(places)}  "
    if finding.witness is not None:
        yield f"  witness: `{_code(finding.witness)}`  "
    if finding.fix:
        yield f"  {_plain(finding.fix)}"


def _code(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("`", "\\u0060")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _plain(text: str) -> str:
    """Take the meaning from what Markdown would read as markup."""
    for sign in "\\`*_<>[]|#":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")
