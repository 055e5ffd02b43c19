"""Reports as one HTML page without scripts: for a build's artefacts, and as a changelog on a site."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

from mockserver.report.markdown import kind, sections, summary
from mockserver.report.model import Finding, Report

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; }
li { margin: .6em 0; } code, pre { font: 13px/1.45 ui-monospace, monospace; background: #f4f4f4; border-radius: 3px; }
code { padding: .1em .3em; } pre { padding: .6em; overflow-x: auto; white-space: pre-wrap; }
.breaking > p:first-child, .error > p:first-child { color: #a40000; } .place { color: #666; }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } code, pre { background: #262626; }
  .breaking > p:first-child, .error > p:first-child { color: #ff8a80; } .place { color: #999; } }
"""


def render(reports: Sequence[Report]) -> str:
    """Return the page."""
    title = ", ".join(f"{report.contract}: {report.job}" for report in reports)
    body = "\n".join(line for report in reports for line in _report(report))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _report(report: Report) -> Iterator[str]:
    yield f"<h1>{escape(report.contract)}: {escape(report.job)}</h1>"
    yield f"<p>{escape(report.target)}</p>" if report.target else ""
    yield f"<p>{escape(summary(report))}</p>"
    for title, findings in sections(report):
        yield f"<h2>{escape(title)}</h2>"
        yield "<ul>"
        for finding in findings:
            yield from _finding(finding)
        yield "</ul>"
    if report.unchecked:
        yield "<h2>Not checked</h2><ul>"
        yield from (f"<li>{escape(sentence)}</li>" for sentence in report.unchecked)
        yield "</ul>"


def _finding(finding: Finding) -> Iterator[str]:
    who = f"<strong>{escape(finding.operation)}</strong> " if finding.operation else ""
    yield f'<li class="{kind(finding)}"><p>{who}{escape(finding.message)} <code>{finding.rule}</code></p>'
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    was = finding.changed.was if finding.changed is not None else ("", 0)
    places = [place] if place else []
    if was[0] and f"{was[0]}:{was[1]}" != place:
        places.append(f"was {was[0]}:{was[1]}")
    if places:
        yield f'<p class="place">{escape(", ".join(places))}</p>'
    if finding.witness is not None:
        yield f"<pre>{escape(json.dumps(finding.witness, indent=2, ensure_ascii=False))}</pre>"
    yield f"<p>{escape(finding.fix)}</p></li>" if finding.fix else "</li>"
