"""Reports in the light of what is accepted: the same for every command, and for tests."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from mockserver.edges import accepted_file, settings
from mockserver.jobs import accepted as job
from mockserver.jobs.accepted import Acceptance
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


def accepted_for(service: str, contracts: str | os.PathLike[str] | None = None) -> Mapping[str, Acceptance]:
    """Return what is accepted of a service today, by fingerprint."""
    held = accepted_file.read(folder_of(contracts))
    return {one.id: one for one in held if one.service == service and one.holds(today())}


def today() -> date:
    """Return the day that it is here."""
    return datetime.now().astimezone().date()
