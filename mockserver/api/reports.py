"""Reports to where they were asked for: files, the terminal, the summary of a step of GitHub Actions."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from mockserver.errors import UsageError
from mockserver.report.github import summary
from mockserver.report.model import Report
from mockserver.report.renderers import RENDERERS


def asks_for(name: str, wanted: Sequence[str]) -> bool:
    """Tell whether a format is among those that were asked for."""
    return any(word.partition("=")[0] == name for word in wanted)


def known_format(word: str) -> str:
    """Return the name of the format that `FORMAT[=FILE]` asks for; raise UsageError when there is none of that name."""
    name = word.partition("=")[0]
    if name not in RENDERERS:
        raise UsageError(f"there is no report format {name}", fix=f"formats: {', '.join(RENDERERS)}")
    return name


def deliver(reports: Sequence[Report], wanted: Sequence[str], show: Callable[[str], None]) -> None:
    """Write reports to their files, or show them; that of GitHub goes to the summary of its step as well."""
    for word in wanted:
        name, _, target = word.partition("=")
        text = RENDERERS[name](reports)
        if target:
            _write(target, text, "w")
        else:
            show(text)
        step = os.environ.get("GITHUB_STEP_SUMMARY", "")
        if name == "github" and step:
            _write(step, summary(reports), "a")


def _write(target: str, text: str, mode: str) -> None:
    try:
        with Path(target).open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as refused:
        raise UsageError(
            f"the report cannot be written: {refused.strerror}", where=target, fix="name a writable file"
        ) from refused
