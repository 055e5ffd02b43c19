"""Files of coverage, and the contracts that they speak of."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from mockserver.api.contract import load_contract, places
from mockserver.contract.model import Contract
from mockserver.coverage.stored import Seen, merged, read, written
from mockserver.errors import UsageError
from mockserver.jobs.coverage import report
from mockserver.report.model import Report

COVERAGE_FILE = ".mockserver-coverage.json"


def load_seen(files: Sequence[str | os.PathLike[str]]) -> tuple[Seen, ...]:
    """Read files of coverage and join them; raise UsageError when one cannot be read, or is none of ours."""
    found: list[Seen] = []
    for file in files:
        try:
            text = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as refused:
            raise UsageError(
                f"the coverage cannot be read: {getattr(refused, 'strerror', None) or refused}",
                where=os.fspath(file),
                fix="pytest --contract-coverage=FILE writes one, or mockserver verify client --coverage FILE",
            ) from refused
        found.extend(read(text, os.fspath(file)))
    return merged(found)


def save_seen(file: str | os.PathLike[str], seen: Iterable[Seen]) -> None:
    """Write a file of coverage; raise UsageError when it cannot be written."""
    try:
        Path(file).write_text(written(seen), encoding="utf-8")
    except OSError as refused:
        raise UsageError(
            f"the coverage cannot be written: {refused.strerror}", where=os.fspath(file), fix="name a writable file"
        ) from refused


def contract_of(seen: Seen, contracts: str | os.PathLike[str] | None = None) -> Contract:
    """Return the contract that a run has seen: of the folder by its name, else the file that was read then."""
    try:
        known = places((), contracts)
    except UsageError:
        known = {}
    if seen.service in known:
        return load_contract(known[seen.service], contracts=contracts)
    if Path(seen.file).is_file():
        return load_contract(seen.file, contracts=contracts)
    raise UsageError(
        f"the contract of {seen.service} is not there: {seen.file}",
        fix="run it where contracts/ is, or name the folder with --contracts",
    )


def coverage_reports(
    seen: Iterable[Seen],
    *,
    contracts: str | os.PathLike[str] | None = None,
    against: Iterable[Seen] = (),
    fail_under: float | None = None,
    annotate: bool = False,
) -> tuple[Report, ...]:
    """Return a report for each contract that was seen."""
    before = {one.service: one for one in against}
    return tuple(
        report(
            contract_of(one, contracts),
            one,
            fail_under=fail_under,
            against=before.get(one.service),
            annotate=annotate,
        )
        for one in seen
    )
