"""How long something will live: deprecation, sunset dates, stability. Dates are compared with a day that is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from mockserver.change.found import found
from mockserver.change.model import Change, Paired
from mockserver.document.documents import Node
from mockserver.values import JSON, Struct

_STABILITY = ("draft", "alpha", "beta", "stable")


class Notice(Struct, frozen=True):
    """The day of the comparison, and how many days before its sunset something must be called deprecated."""

    today: dt.date
    days: int = 0

    def is_short(self, sunset: dt.date) -> bool:
        """Tell whether a sunset is nearer than the notice."""
        return sunset < self.today + dt.timedelta(days=self.days)


def sunset_of(tree: JSON) -> dt.date | str | None:
    """Return when something ends: a date, the text where it is none, None where nothing is said.

    >>> sunset_of({"x-sunset": "2027-01-31"})
    datetime.date(2027, 1, 31)
    """
    written = tree.get("x-sunset") if isinstance(tree, dict) else None
    if written is None:
        return None
    if isinstance(written, dt.date):
        return written
    try:
        return dt.date.fromisoformat(str(written)[:10])
    except ValueError:
        return str(written)


def lifecycle(paired: Paired | None, old: Node, new: Node, at: str, notice: Notice) -> Iterator[Change]:
    """Yield what changed in how long something will live; works for operations, parameters and properties."""
    was, now = _deprecated(old), _deprecated(new)
    ours, theirs = sunset_of(old.tree), sunset_of(new.tree)
    if was != now:
        told = f"{_subject(at)} is {'deprecated' if now else 'no longer deprecated'}"
        told += f", until {theirs}" if now and isinstance(theirs, dt.date) else ""
        yield _told("deprecated" if now else "reactivated", paired, at, told, old, new)
    if now and (not was or ours != theirs):
        yield from _sunset(paired, at, old, new, notice, is_new=not was)
    yield from _stability(paired, at, old, new)


def _sunset(paired: Paired | None, at: str, old: Node, new: Node, notice: Notice, *, is_new: bool) -> Iterator[Change]:
    ours, theirs = sunset_of(old.tree), sunset_of(new.tree)
    if theirs is None:
        rule = "sunset-missing" if is_new else "sunset-removed"
        yield _told(rule, paired, at, f"{_subject(at)} is deprecated without saying until when (x-sunset)", old, new)
    elif isinstance(theirs, str):
        yield _told("sunset-unreadable", paired, at, f"x-sunset {theirs!r} is no date", old, new)
    elif notice.is_short(theirs):
        told = f"{_subject(at)} ends on {theirs}, less than {notice.days} days from {notice.today}"
        yield _told("sunset-too-soon", paired, at, told, old, new)
    elif isinstance(ours, dt.date) and theirs < ours:
        yield _told("sunset-moved", paired, at, f"{_subject(at)} ends on {theirs}, not on {ours}", old, new)


def _stability(paired: Paired | None, at: str, old: Node, new: Node) -> Iterator[Change]:
    ours, theirs = _level(old), _level(new)
    if ours == theirs:
        return
    if theirs is not None and theirs not in _STABILITY:
        told = f"stability level {theirs!r} is none of {', '.join(_STABILITY)}"
        yield _told("stability-unknown", paired, at, told, old, new)
        return
    fell = _rank(theirs) < _rank(ours)
    told = f"stability was {ours or 'not said'}, is {theirs or 'not said'}"
    yield _told("stability-decreased" if fell else "stability-increased", paired, at, told, old, new)


def _rank(level: str | None) -> int:
    return _STABILITY.index(level) if level in _STABILITY else len(_STABILITY) - 1  # not said: stable


def _level(node: Node) -> str | None:
    written = node.tree.get("x-stability-level") if isinstance(node.tree, dict) else None
    return None if written is None else str(written)


def _deprecated(node: Node) -> bool:
    return isinstance(node.tree, dict) and node.tree.get("deprecated") is True


def _subject(at: str) -> str:
    return at or "the operation"


def _told(rule: str, paired: Paired | None, at: str, told: str, old: Node, new: Node) -> Change:
    return found(rule, "compatible", paired, at, told, old=old, new=new)


def removed_early(tree: JSON, notice: Notice) -> str:
    """Say why something was removed too early; nothing where its time had come."""
    sunset = sunset_of(tree)
    if not (isinstance(tree, dict) and tree.get("deprecated") is True):
        return "it was never called deprecated"
    if isinstance(sunset, dt.date):
        return f"its sunset is {sunset}" if sunset > notice.today else ""
    return "its sunset is not readable" if isinstance(sunset, str) else ""
