"""Values that remember how they were looked at.

A function of a suite may take an object apart and pass on some of it. What it never looked at, it did not mean to send.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.values import JSON


class WatchedDict(dict[str, Any]):
    """An object: which members were taken, and whether all were."""

    __slots__ = ("taken", "whole")

    def __init__(self, value: dict[str, JSON]) -> None:
        super().__init__({name: watched(item) for name, item in value.items()})
        self.taken: set[str] = set()
        self.whole = False

    def __getitem__(self, name: str) -> Any:
        self.taken.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a member, and remember that it was asked for."""
        self.taken.add(name)
        return super().get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        """Take a member away, and remember that it was asked for."""
        self.taken.add(name)
        return super().pop(name, *default)

    def __iter__(self) -> Iterator[str]:
        self.whole = True
        return super().__iter__()

    def keys(self) -> Any:
        """Return the names of all members."""
        self.whole = True
        return super().keys()

    def values(self) -> Any:
        """Return all members."""
        self.whole = True
        return super().values()

    def items(self) -> Any:
        """Return all members with their names."""
        self.whole = True
        return super().items()


class WatchedList(list[Any]):
    """A list, and whether its items were looked at."""

    __slots__ = ("whole",)

    def __init__(self, value: list[JSON]) -> None:
        super().__init__(watched(item) for item in value)
        self.whole = False

    def __iter__(self) -> Iterator[Any]:
        self.whole = True
        return super().__iter__()

    def __getitem__(self, index: Any) -> Any:
        self.whole = True
        return super().__getitem__(index)


def watched(value: JSON) -> JSON:
    """Return a value that remembers how it was looked at."""
    if isinstance(value, dict):
        return WatchedDict(value)
    if isinstance(value, list):
        return WatchedList(value)
    return value


def looked_at(value: JSON, expressed: dict[int, JSON], plain: JSON) -> tuple[JSON, bool]:
    """Return what of a value was looked at or passed on, and whether any of it was; `plain` is the value as it was."""
    if id(value) in expressed:
        return expressed[id(value)], True
    if isinstance(value, WatchedDict):
        if value.whole or not value.taken:
            return plain, True
        parts = {
            name: looked_at(dict.get(value, name), expressed, item)
            for name, item in plain.items()
            if name in value.taken
        }
        return {name: part for name, (part, any_of_it) in parts.items() if any_of_it}, True
    if isinstance(value, WatchedList):
        return plain, value.whole
    return plain, True
