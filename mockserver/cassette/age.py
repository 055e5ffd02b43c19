"""How old a recording is, and whether it has expired. Today is an argument."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from mockserver.cassette.model import Cassette, Interaction

_AGE: Final = re.compile(r"(\d+)\s*(d|w|m|y)(?:ays?|eeks?|onths?|ears?)?", re.IGNORECASE)
_DAYS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}


def recorded_at(one: Interaction) -> datetime | None:
    """Return when an interaction was recorded: as we noted, else as the answer's Date says (RFC 9110 §6.6.1)."""
    written = one.recorded.at
    try:
        if written:
            return _aware(datetime.fromisoformat(written))
        date = one.response.header("date")
        return _aware(parsedate_to_datetime(date)) if date else None
    except ValueError:  # a date that is none tells nothing
        return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def days_old(one: Interaction, now: datetime) -> int | None:
    """Return the age in whole days, or None when nobody knows."""
    at = recorded_at(one)
    return None if at is None else max(0, (now - at).days)


def expired(one: Interaction, cassette: Cassette, now: datetime) -> str:
    """Return why an interaction has expired, or nothing; its own word goes over the cassette's.

    `expires` is a date (2027-01-31) or an age (90d, 12w, 6m, 1y).
    """
    written = one.recorded.expires or cassette.expires
    if not written:
        return ""
    until = moment_of(written, recorded_at(one))
    return f"it expired on {until.date().isoformat()} (expires: {written})" if until is not None and now > until else ""


def moment_of(written: str, since: datetime | None) -> datetime | None:
    """Return when `expires` is over; raise ValueError for what is neither a date nor an age.

    >>> moment_of("90d", datetime(2026, 1, 1, tzinfo=UTC)).date().isoformat()
    '2026-04-01'
    """
    age = _AGE.fullmatch(written.strip())
    if age is None:
        return _aware(datetime.fromisoformat(written))
    return None if since is None else since + timedelta(days=int(age[1]) * _DAYS[age[2].lower()])
