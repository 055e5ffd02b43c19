"""Where stored answers are kept: in memory, bounded, for as long as the client lives.

Knows entries of hishel; not when one may be used.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Final, NamedTuple, Protocol

import hishel

from mockserver.exchange import Headers, Response

_OF_THE_WIRE: Final = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection"})


class Kept(NamedTuple):
    """A stored answer, and the moment `at` which it was stored or last confirmed."""

    entry: hishel.Entry
    response: Response
    at: float
    key: str

    @property
    def size(self) -> int:
        """About how many octets it takes."""
        return len(self.response.body) + 1024

    def confirmed(self, entry: hishel.Entry, now: float) -> Kept:
        """Return it with the fields of an answer that confirmed it."""
        response = Response(self.response.status, pairs_of(entry.response.headers), self.response.body)
        return self._replace(entry=entry, response=response, at=now)


class Shelf(Protocol):
    """Keeps answers. Thread-safe."""

    lasts: bool
    """Whether it outlives its client: then moments are those of the wall clock."""

    def of(self, key: str) -> list[Kept]:
        """Return what is kept under a key, the oldest first."""
        ...

    def put(self, kept: Kept) -> None:
        """Keep an answer."""
        ...

    def confirm(self, kept: Kept) -> None:
        """Exchange the fields of an answer and its moment, if it is still there."""
        ...

    def used(self, entry_id: uuid.UUID) -> None:
        """Take note that one was used: it is the last to be thrown out."""
        ...

    def remove(self, ids: Iterable[uuid.UUID]) -> None:
        """Forget answers."""
        ...

    def close(self) -> None:
        """Give back what it holds open."""
        ...


class Memory:
    """Keeps answers in memory, up to so many octets."""

    lasts = False

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[uuid.UUID, Kept] = OrderedDict()
        self._size = 0

    def of(self, key: str) -> list[Kept]:
        """Return what is kept under a key."""
        with self._lock:
            return [kept for kept in self._kept.values() if kept.key == key]

    def put(self, kept: Kept) -> None:
        """Keep an answer."""
        with self._lock:
            self._size += kept.size
            self._kept[kept.entry.id] = kept
            while self._size > self._most and self._kept:
                self._size -= self._kept.popitem(last=False)[1].size

    def confirm(self, kept: Kept) -> None:
        """Exchange the fields of an answer and its moment, if it is still there."""
        with self._lock:
            if kept.entry.id in self._kept:
                self._kept[kept.entry.id] = kept

    def used(self, entry_id: uuid.UUID) -> None:
        """Take note that one was used."""
        with self._lock:
            if entry_id in self._kept:
                self._kept.move_to_end(entry_id)

    def remove(self, ids: Iterable[uuid.UUID]) -> None:
        """Forget answers."""
        with self._lock:
            for entry_id in ids:
                kept = self._kept.pop(entry_id, None)
                self._size -= kept.size if kept is not None else 0

    def close(self) -> None:
        """Give back nothing: memory is not held open."""


def pairs_of(headers: hishel.Headers) -> Headers:
    """Return fields as pairs, for an answer whose codings are taken off."""
    return tuple((name, headers[name]) for name in headers if name.lower() not in _OF_THE_WIRE)
