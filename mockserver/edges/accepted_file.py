"""`contracts/accepted.toml`, and what the last runs found, from which it is chosen.

The file is for people: an acceptance is added at its end, or put in the place of an older one of the same finding; all
else stays as it is. What was found lies in `.mockserver/`, which ignores itself in git.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from mockserver.errors import UsageError
from mockserver.jobs.accepted import Acceptance, Known
from mockserver.jobs.configuration import nearest
from mockserver.report.model import Report
from mockserver.values import JSON, ValidationError, asdict, convert

NAME: Final = "accepted.toml"
_FOUND: Final = Path(".mockserver", "findings.json")
_KEYS: Final = ("id", "service", "because", "until", "rule", "operation", "job")
_HEADER: Final = re.compile(r"^[ \t]*\[\[\s*accepted\s*\]\]", re.MULTILINE)
_HEAD: Final = "# Findings that we live with: mockserver accept ID --because TEXT [--until DATE]\n"
_MOST: Final = 5000


def read(folder: Path) -> tuple[Acceptance, ...]:
    """Return what is accepted; nothing where there is no file. Raise UsageError for what cannot be meant."""
    file = folder / NAME
    if not file.is_file():
        return ()
    text = file.read_text(encoding="utf-8")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise UsageError(f"{NAME} is no TOML: {broken}", where=str(file), fix="mend the line that it names") from broken
    lines = [text.count("\n", 0, found.start()) + 1 for found in _HEADER.finditer(text)]
    tables = tree.get("accepted", [])
    others = sorted(tree.keys() - {"accepted"})
    if others or not isinstance(tables, list):
        raise UsageError(f"{NAME} has {', '.join(others) or 'no list'}", where=str(file), fix="it holds [[accepted]]")
    return tuple(
        _read(table, f"{file}:{line}", line) for table, line in zip(tables, [*lines, *[0] * len(tables)], strict=False)
    )


def _read(table: JSON, where: str, line: int) -> Acceptance:
    for key in table:
        if key not in _KEYS:
            raise UsageError(
                f"an acceptance has no {key}", where=where, fix=f"{nearest(key, _KEYS)}it has {', '.join(_KEYS)}"
            )
    for key in _KEYS[:3]:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise UsageError(f"an acceptance needs {key}", where=where, fix=f'write {key} = "..."')
    until = table.get("until", "")
    try:
        day = until if isinstance(until, date) or not until else date.fromisoformat(until)
    except (TypeError, ValueError) as wrong:
        raise UsageError(f"until is {until!r}", where=where, fix="write until = 2027-03-01") from wrong
    said = {key: str(table.get(key, "")) for key in _KEYS if key != "until"}
    return Acceptance(**said, until=day.isoformat()[:10] if isinstance(day, date) else "", line=line)


def add(folder: Path, one: Acceptance) -> Path:
    """Write an acceptance, in the place of an older one of the same finding."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}/", where=str(folder.absolute()), fix="name it: --contracts DIR")
    file = folder / NAME
    read(folder)  # what is broken is told, and not written over
    text = file.read_text(encoding="utf-8") if file.is_file() else _HEAD
    starts = [found.start() for found in _HEADER.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)][: len(starts)], strict=True):
        table = tomllib.loads(text[start:end])["accepted"][0]
        if (table.get("id"), table.get("service")) == (one.id, one.service):
            _replace(file, text[:start] + _spelled(one) + ("\n" + text[end:] if text[end:] else ""))
            return file
    _replace(file, f"{text.rstrip()}\n\n{_spelled(one)}")
    return file


def _spelled(one: Acceptance) -> str:
    said = {key: getattr(one, key) for key in ("id", "service", "rule", "operation", "job", "because")}
    lines = ["[[accepted]]", *(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in said.items() if text)]
    if one.until:
        lines.append(f"until = {one.until}")
    return "\n".join(lines) + "\n"


def _replace(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError as refused:
        raise UsageError(
            f"{file} cannot be written: {refused.strerror}", where=str(file), fix="make it writable"
        ) from refused


def remember(reports: Sequence[Report]) -> str:
    """Keep what was found, so that it can be accepted by its id; return why that could not be done, or nothing."""
    runs = {(report.job, report.contract) for report in reports}
    before = found()
    now = [one for one in before if (one.job, one.service) not in runs]
    for report in reports:
        now.extend(
            Known(one.fingerprint, report.contract, report.job, one.rule, one.operation, one.message[:200])
            for one in report.findings[:_MOST]
        )
    if set(now) == set(before):
        return ""
    try:
        _FOUND.parent.mkdir(exist_ok=True)
        (_FOUND.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        _replace(_FOUND, json.dumps([asdict(one) for one in now], ensure_ascii=False, indent=0))
    except (OSError, UsageError) as refused:
        return f"{_FOUND} cannot be written ({refused}): mockserver accept will not know these findings"
    return ""


def found() -> tuple[Known, ...]:
    """Return what the last runs here found."""
    if not _FOUND.is_file():
        return ()
    try:
        return tuple(convert(json.loads(_FOUND.read_bytes()), list[Known]))
    except (ValueError, ValidationError):
        return ()  # of another edition of this program: the next run writes it anew


def found_in(file: Path) -> tuple[Known, ...]:
    """Return what stands in a JSON report; raise UsageError when it is none."""
    try:
        pages = json.loads(file.read_bytes())
        return tuple(_in_reports(pages if isinstance(pages, list) else [pages]))
    except (OSError, ValueError, TypeError, KeyError) as wrong:
        raise UsageError(
            f"{file} is no JSON report: {wrong}", where=str(file), fix="--report json=FILE writes one"
        ) from wrong


def _in_reports(pages: Iterable[JSON]) -> Iterable[Known]:
    for page in pages:
        for one in page["violations"]:
            yield Known(
                one["fingerprint"], page["contract"], page["job"], one["rule"], one["operation"], one["message"]
            )
