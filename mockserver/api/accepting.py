"""Reports in the light of what is accepted: the same for every command, and for tests."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from mockserver.edges import accepted_file, settings
from mockserver.jobs import accepted as job
from mockserver.report.model import Report


def folder_of(contracts: str | os.PathLike[str] | None) -> Path:
    """Return the folder of contracts: the named one, else that of the configuration."""
    return Path(settings.read().contracts if contracts is None else contracts)


def considered(
    reports: Sequence[Report], contracts: str | os.PathLike[str] | None = None, *, whole: bool = True
) -> list[Report]:
    """Return reports in which accepted findings fail nothing; `whole`: so much was checked that others are stale."""
    folder = folder_of(contracts)
    return job.considered(reports, accepted_file.read(folder), today(), f"{folder}/{accepted_file.NAME}", whole=whole)


def today() -> date:
    """Return the day that it is here."""
    return datetime.now().astimezone().date()
