"""The formats of reports. A new one is a file with a `render` and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from mockserver.report import github, html, issue, json, junit, markdown, overview, pull_request, sarif, text
from mockserver.report.model import Report

Renderer: TypeAlias = Callable[[Sequence[Report]], str]

RENDERERS: Mapping[str, Renderer] = {
    "text": text.render,
    "overview": overview.render,
    "json": json.render,
    "junit": junit.render,
    "sarif": sarif.render,
    "github": github.render,
    "pull-request": pull_request.render,
    "issue": issue.render,
    "markdown": markdown.render,
    "html": html.render,
}
