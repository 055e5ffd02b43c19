"""Reports as one HTML page without scripts and without any other host: for a build's artefacts, and for eyes.

Verdicts first, then what was not checked, then findings by operation, tables, and the contract line by line. It is
light or dark as its reader is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

from mockserver.report.markdown import kind, summary
from mockserver.report.model import Finding, Group, Kind, Line, Page, Report, Table, counted, grouped

_MOST_OPEN = 20
"""Groups that are unfolded; of a longer report, the reader opens what is wanted."""
_STYLE = """
:root { color-scheme: light dark; --text: #1f2328; --back: #ffffff; --soft: #f4f5f7; --line: #d8dce1; --faint: #656d76;
  --bad: #a40e26; --warn: #8a5a00; --good: #146c2e; --seen: #dff5e3; --partly: #fff3cd; --missed: #fde0e0; }
@media (prefers-color-scheme: dark) { :root { --text: #dfe3e8; --back: #16191d; --soft: #22262c; --line: #3a4048;
  --faint: #98a1ab; --bad: #ff8f8f; --warn: #f0c36d; --good: #7fd796; --seen: #173a22; --partly: #453a12;
  --missed: #4a2024; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1.2em; color: var(--text);
  background: var(--back); }
h1 { font-size: 1.45em; margin: 1.6em 0 .2em; } h2 { font-size: 1.12em; margin: 1.6em 0 .4em; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2em 1.2em .2em 0; vertical-align: top;
  border-bottom: 1px solid var(--line); } td + td, th + th { font-variant-numeric: tabular-nums; }
ul { padding-left: 1.2em; } li { margin: .7em 0; } p { margin: .25em 0; }
code, pre { font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, monospace; background: var(--soft); }
code { padding: .1em .3em; } pre { padding: .6em; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: .6em 0; } summary { cursor: pointer; font-weight: 600; }
details.witness { margin: .25em 0; } .witness > summary { font-weight: 400; color: var(--faint); }
.breaking > p:first-child, .error > p:first-child, .violations { color: var(--bad); }
.warning > p:first-child { color: var(--warn); } .clean { color: var(--good); }
.place, .note, .count { color: var(--faint); }
ol.contract { list-style: none; margin: 0; padding: 0; font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace;
  border: 1px solid var(--line); border-radius: 4px; overflow-x: auto; }
ol.contract li { margin: 0; display: flex; white-space: pre; }
ol.contract b { flex: none; width: 5em; padding-right: 1em; text-align: right; color: var(--faint); font-weight: 400;
  user-select: none; }
ol.contract i { margin-left: 2em; font-style: normal; color: var(--faint); }
.seen { background: var(--seen); } .partly { background: var(--partly); } .missed { background: var(--missed); }
.unused { color: var(--faint); } .gap { border-top: 1px dashed var(--line); }
"""
_LEGEND = (
    '<p class="note"><span class="seen">all seen</span> · <span class="partly">partly</span> · '
    '<span class="missed">never</span> · <span class="unused">of operations that are not used</span></p>'
)


def render(reports: Sequence[Report]) -> str:
    """Return the page."""
    title = ", ".join(dict.fromkeys(f"{report.contract}: {report.job}" for report in reports))
    body = "\n".join(line for report in reports for line in _report(report))
    head = "\n".join(_overview(reports)) if len(reports) > 1 else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n{head}\n{body}\n</body></html>\n"
    )


def _overview(reports: Sequence[Report]) -> Iterator[str]:
    yield "<table><tr><th>service</th><th>job</th><th>verdict</th><th></th></tr>"
    for report in reports:
        cells = (report.contract, report.job, counted(report), report.note)
        told = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        yield f'<tr class="{report.verdict}">{told}</tr>'
    yield "</table>"


def _report(report: Report) -> Iterator[str]:
    yield f"<h1>{escape(report.contract)}: {escape(report.job)}</h1>"
    yield f'<p class="note">{escape(report.target)}</p>' if report.target else ""
    yield f'<p class="{report.verdict}">{escape(summary(report))}</p>'
    if report.unchecked:
        yield "<h2>Not checked</h2><ul>"
        yield from (f"<li>{escape(sentence)}</li>" for sentence in report.unchecked)
        yield "</ul>"
    groups = grouped(report.open)
    if groups:
        yield "<h2>Found</h2>"
    worst = groups[0].level if groups else ""
    for index, group in enumerate(groups):
        yield from _group(report, group, is_open=index < _MOST_OPEN and group.level in {worst, "error", "warning"})
    if report.accepted:
        yield "<h2>Accepted</h2><ul>"
        for finding in report.accepted:
            told = escape(f"{finding.operation} {finding.rule}: {finding.accepted}")
            yield f"<li><code>{finding.fingerprint}</code> {told}</li>"
        yield "</ul>"
    for table in report.tables:
        yield from _table(table)
    for page in report.pages:
        yield from _page(page)


def _group(report: Report, group: Group, *, is_open: bool) -> Iterator[str]:
    counts = ", ".join(
        f"{count} {level}{'s' if count > 1 and level != 'info' else ''}" for level, count in group.counts.items()
    )
    name = escape(group.operation or report.contract)
    yield f'<details{" open" if is_open else ""}><summary>{name} <span class="count">{counts}</span></summary><ul>'
    for one in group.kinds:
        yield from _finding(one)
    yield "</ul></details>"


def _finding(one: Kind) -> Iterator[str]:
    finding = one.first
    often = f' <span class="count">{one.count} times</span>' if one.count > 1 else ""
    yield f'<li class="{kind(finding)}"><p>{escape(finding.message)} <code>{escape(finding.rule)}</code>{often}</p>'
    if finding.source:
        yield f'<p class="place">{escape(finding.source)}</p>'
    yield from _places(finding)
    for label, text in (*finding.evidence, *finding.further):
        yield f'<p><span class="count">{escape(label)}</span> <code>{escape(text)}</code></p>'
    if finding.witness is not None:
        text = escape(json.dumps(finding.witness, indent=2, ensure_ascii=False))
        yield f'<details class="witness"><summary>witness</summary><pre>{text}</pre></details>'
    yield f"<p>{escape(finding.fix)}</p></li>" if finding.fix else "</li>"


def _places(finding: Finding) -> Iterator[str]:
    text = f" <code>{escape(finding.text)}</code>" if finding.text else ""
    was = finding.changed.was if finding.changed is not None else ("", 0)
    told = any(label == "was" for label, _ in finding.evidence)
    before = f", was {escape(was[0])}:{was[1]}" if was[0] and not told and f"{was[0]}:{was[1]}" != finding.place else ""
    if finding.place:
        yield f'<p class="place">{escape(finding.place)}{text}{before}</p>'


def _table(table: Table) -> Iterator[str]:
    yield f"<h2>{escape(table.title)}</h2><table>"
    yield f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in table.head)}</tr>"
    yield from (f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    yield "</table>"


def _page(page: Page) -> Iterator[str]:
    yield f"<h2>{escape(page.file)}</h2>{_LEGEND}"
    yield '<ol class="contract">'
    before = 0
    for line in page.lines:
        yield _line(line, is_next=line.number == before + 1)
        before = line.number
    yield "</ol>"


def _line(line: Line, *, is_next: bool) -> str:
    state = " ".join(word for word in (line.state, "" if is_next else "gap") if word)
    first, *others = line.notes or ("",)
    # what is never seen stands beside the line, short; the whole of it where the pointer rests
    beside = "; ".join(others[:3]) + ("; ..." if len(others) > 3 else "")
    told = f"<i>{escape(beside)}</i>" if beside else ""
    title = f' title="{escape(chr(10).join((first, *others)))}"' if first else ""
    named = f' class="{state}"' if state else ""
    return f"<li{named}{title}><b>{line.number}</b>{escape(line.text)}{told}</li>"
