"""Dates and times that could have happened, in an order that makes sense.

All moments of one object start from the same day, because they share its seed: created before updated before closed.
Nothing here knows today: the years are 2024 to 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Literal, TypeAlias

from mockserver.generate.dice import Choice, Draw, salt_of
from mockserver.values import JSON

Spelling: TypeAlias = Literal["date-time", "date", "time", "seconds", "milliseconds", "text-seconds", "local-date-time"]

_FIRST_DAY = date(2024, 1, 8)
_START_DAYS = 640  # so that the latest of an object's moments is still in 2026
_LONGEST = 420
_DAYS = tuple((_FIRST_DAY + timedelta(days=index)).isoformat() for index in range(_START_DAYS + _LONGEST + 1))
_FIRST_SECOND = (_FIRST_DAY - date(1970, 1, 1)).days * 86_400
_SALT = salt_of("moment")
_BIRTH_YEARS = 45
_LAST = 255

_STEPS: Mapping[str, int] = {
    **dict.fromkeys(("created", "create", "creation", "inserted", "added", "joined", "registered", "issued"), 0),
    **dict.fromkeys(("ordered", "opened", "submitted", "placed", "booked", "uploaded", "received", "requested"), 0),
    **dict.fromkeys(("start", "started", "starts", "begin", "begins", "from", "since", "after", "departure"), 2),
    **dict.fromkeys(("published", "activated", "enabled", "confirmed", "verified", "accepted", "approved", "sent"), 3),
    **dict.fromkeys(("updated", "update", "modified", "changed", "pushed", "edited", "last", "seen", "latest"), 9),
    **dict.fromkeys(("paid", "shipped", "processed", "resolved", "arrival"), 6),
    **dict.fromkeys(("end", "ended", "ends", "to", "until", "before", "finish", "finished", "completed", "closed"), 16),
    **dict.fromkeys(("merged", "delivered", "canceled", "cancelled", "deleted", "deletion", "revoked"), 16),
    **dict.fromkeys(("due", "deadline", "reset", "next", "renewal", "renews"), 30),
    **dict.fromkeys(("expires", "expiry", "expiration", "expire", "expired", "expiring"), 365),
}  # fmt: skip
_BIRTH = frozenset({"birth", "birthday", "birthdate", "dob", "born"})


def steps_of(words: tuple[str, ...]) -> int:
    """Return how many days after an object's first moment the one of this name comes."""
    return next((_STEPS[word] for word in words if word in _STEPS), 0)


def moment(words: tuple[str, ...], spelling: Spelling) -> Draw:
    """Return a draw of the moment that a property of this name holds."""
    born = bool(_BIRTH & set(words))
    table = _birthdays(spelling) if born else _moments(steps_of(words), spelling)
    return Choice(table, _SALT)


@cache
def _moments(steps: int, spelling: Spelling) -> tuple[JSON, ...]:
    """Return the moments so many days after the first of each row; row by row they belong together."""
    row = range(_LAST + 1)
    # 37 minutes for each step, so that two moments of one day still differ
    return tuple(
        _spelled(index * 5 % _START_DAYS + steps, index * 617 % 43_000 + 25_200 + steps * 37 % 50 * 60, spelling)
        for index in row
    )


@cache
def _birthdays(spelling: Spelling) -> tuple[JSON, ...]:
    days = [
        f"{1960 + index % _BIRTH_YEARS}-{index // 3 % 12 + 1:02d}-{index // 5 % 28 + 1:02d}"
        for index in range(_LAST + 1)
    ]
    if spelling in {"date", "date-time", "local-date-time"}:
        ending = {"date": "", "date-time": "T00:00:00Z", "local-date-time": "T00:00:00"}[spelling]
        return tuple(day + ending for day in days)
    return tuple(_spelled(0, 25_200 + index * 60, spelling) for index in range(_LAST + 1))


def _spelled(day: int, second: int, spelling: Spelling) -> JSON:
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    match spelling:
        case "date-time":
            return f"{_DAYS[day]}T{clock}Z"
        case "local-date-time":
            return f"{_DAYS[day]}T{clock}"
        case "date":
            return _DAYS[day]
        case "time":
            return f"{clock}Z"
        case "seconds":
            return _FIRST_SECOND + day * 86_400 + second
        case "milliseconds":
            return (_FIRST_SECOND + day * 86_400 + second) * 1000
        case "text-seconds":
            return str(_FIRST_SECOND + day * 86_400 + second)
