"""Reports as text: for a terminal. The verdict first, then what was not checked, then what was found, by operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.report.model import Finding, Group, Kind, Report, Table, counted, grouped, many

_MOST = 50
"""Findings of one report that are told; a terminal is no database."""
_MOST_OF_ONE = 10
"""Findings of one operation that are told while others wait."""
_MOST_UNCHECKED = 10
_MOST_ROWS = 15
_FEW = 3
"""So many findings need no headings."""


def render(reports: Sequence[Report]) -> str:
    """Return the verdicts, what was not checked, and the findings; the verdicts once more where all that is long."""
    verdicts = [_verdict(report) for report in reports]
    told = [line for report in reports for line in _told(report)]
    lines = [*verdicts, *told]
    if len(told) > 1:
        lines.extend(("", *verdicts))
    return "\n".join(lines) + "\n"


def _told(report: Report) -> Iterator[str]:
    yield from (f"not checked: {sentence}" for sentence in report.unchecked[:_MOST_UNCHECKED])
    if len(report.unchecked) > _MOST_UNCHECKED:
        yield f"not checked: {len(report.unchecked) - _MOST_UNCHECKED} more; --report json shows all"
    yield from found(report)


def found(report: Report) -> Iterator[str]:
    """Yield what was counted and found, by operation, and what is accepted."""
    for table in report.tables:
        yield from _table(table)
    groups = grouped(report.open)
    told = _chosen(groups)
    headed = sum(len(group.kinds) for group in groups) > _FEW and len(groups) > 1
    for group, kinds in told:
        if headed:
            yield ""
            yield _heading(report, group)
        for kind in kinds:
            yield ""
            yield from _kind(kind)
        if len(kinds) < len(group.kinds):
            yield ""
            yield f"and {len(group.kinds) - len(kinds)} more of {group.operation or report.contract}"
    left = groups[len(told) :]
    if left:
        others = sum(len(group.kinds) for group in left)
        yield ""
        yield f"and {others} more in {len(left)} other operations: --report json shows all"
    for finding in report.accepted:
        yield f"accepted {finding.fingerprint}  {finding.rule}  {finding.operation}: {finding.accepted}"


def _table(table: Table) -> Iterator[str]:
    rows = table.rows[:_MOST_ROWS]
    shown = [table.head, *rows] if any(table.head) else list(rows)
    widths = [max(len(row[column]) for row in shown) for column in range(len(table.head))]
    yield ""
    yield table.title
    for row in shown:
        yield "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    if len(table.rows) > _MOST_ROWS:
        yield f"  and {len(table.rows) - _MOST_ROWS} more: --report json or html shows all"


def _chosen(groups: Sequence[Group]) -> list[tuple[Group, Sequence[Kind]]]:
    """Return what is told of each group, until it is enough; one group alone may have all the room."""
    room, chosen = _MOST, list[tuple[Group, Sequence[Kind]]]()
    share = _MOST if len(groups) == 1 else _MOST_OF_ONE
    for group in groups:
        if not room:
            break
        kinds = group.kinds[: min(room, share)]
        room -= len(kinds)
        chosen.append((group, kinds))
    return chosen


def _heading(report: Report, group: Group) -> str:
    counts = [f"{count} {level}{'s' if count > 1 and level != 'info' else ''}" for level, count in group.counts.items()]
    return f"── {group.operation or report.contract}: {', '.join(counts)}"


def _kind(kind: Kind) -> list[str]:
    lines = told(kind.first)
    if kind.count > 1:
        lines.append(f"  seen   {kind.count} times")
    return lines


def told(finding: Finding) -> list[str]:
    """Return a finding as lines: a sentence, your line, the contract's line, the evidence, the fix, what to do next."""
    who = f"  {finding.operation}" if finding.operation else ""
    lines = [f"{finding.level}[{finding.rule}]{who}  {finding.message}"]
    if finding.source:
        lines.append(f"  {finding.source}")
    if finding.place:
        lines.append(f"  {finding.place}  {finding.text}".rstrip())
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
    note = f" ({report.note})" if report.note else ""
    return f"{report.contract}: {report.job} of {many(report.checked, 'operation')}: {counted(report)}{note}"
