"""Where stored answers are kept: in a file, for the next run and for other processes, by hishel's store over SQLite.

A file may be read by others: it holds hashes for keys, of a request only what tells languages and forms apart, and no
answer that sets a cookie.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

import hishel

from mockserver.edges.http_cache.shelf import Kept, pairs_of
from mockserver.errors import UsageError
from mockserver.exchange import Response

_AT: Final = "mockserver-stored-at"
_TOLD_APART: Final = frozenset({"accept", "accept-encoding", "accept-language", "content-type", "user-agent"})


class File:
    """Keeps the answers for one identity in a file; `identity` is part of every key."""

    lasts = True

    def __init__(self, place: str, identity: str, most: int) -> None:
        self._identity = identity
        try:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            Path(place).touch(0o600)  # answers are its owner's
            connection = sqlite3.connect(place, check_same_thread=False, isolation_level=None)
            self._store = hishel.SqliteStorage(connection=connection, max_size=most)
            self._store.get_entries("")  # makes its tables, or tells that there are others
            connection.execute("SELECT count(*) FROM entries")
        except (sqlite3.Error, OSError, RuntimeError) as broken:
            raise UsageError(
                f"the cache cannot be opened: {broken}", where=place, fix="delete it, or name another file"
            ) from broken

    def of(self, key: str) -> list[Kept]:
        """Return what is kept under a key."""
        found = []
        for entry in self._store.get_entries(self._hashed(key)):
            headers = hishel.Headers({name: entry.response.headers[name] for name in entry.response.headers})
            at = float(headers.pop(_AT, "0"))
            body = b"".join(entry.response.stream or ())  # type: ignore[arg-type] # the store is no async one
            request = replace(entry.request, url=key.partition("\n")[0])
            plain = hishel.Entry(entry.id, request, replace(entry.response, headers=headers, stream=None))
            response = Response(entry.response.status_code, pairs_of(headers), body)
            found.append(Kept(plain, response, at, key))
        return found

    def put(self, kept: Kept) -> None:
        """Keep an answer, unless it sets a cookie, or is another for fields that are not kept."""
        vary = {name.strip().lower() for name in (kept.response.header("vary") or "").split(",") if name.strip()}
        if kept.response.header("set-cookie") is not None or not vary <= _TOLD_APART:
            return
        asked, headers = kept.entry.request, _dated(kept)
        told = {name: asked.headers[name] for name in asked.headers if name.lower() in _TOLD_APART}
        entry = self._store.create_entry(
            replace(asked, url="", headers=hishel.Headers(told)),
            hishel.Response(kept.response.status, headers, iter([kept.response.body])),
            self._hashed(kept.key),
        )
        for _ in entry.response.stream or ():  # type: ignore[union-attr] # it is saved while it is read
            pass

    def confirm(self, kept: Kept) -> None:
        """Exchange the fields of an answer and its moment."""
        self._store.update_headers(kept.entry.id, _dated(kept))

    def used(self, entry_id: uuid.UUID) -> None:
        """Take no note: the store does, when it is asked."""

    def remove(self, ids: Iterable[uuid.UUID]) -> None:
        """Forget answers."""
        for entry_id in ids:
            self._store.remove_entry(entry_id)

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _hashed(self, key: str) -> str:
        return sha256(f"{self._identity}\n{key}".encode()).hexdigest()


def _dated(kept: Kept) -> hishel.Headers:
    headers = kept.entry.response.headers
    return hishel.Headers({**{name: headers[name] for name in headers}, _AT: repr(kept.at)})
