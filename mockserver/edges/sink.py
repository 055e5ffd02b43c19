"""A file that is there when it is whole: a download goes beside it first.

Knows the disk; not where the octets come from.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias

from mockserver.errors import UsageError

Progress: TypeAlias = Callable[[int, int | None], None]
"""Told the octets so far, and how many there will be, where that is known."""

_PIECE = 65_536


class FileSink:
    """Takes the pieces of a download; each attempt begins anew."""

    def __init__(self, target: str | os.PathLike[str] | BinaryIO, progress: Progress | None = None) -> None:
        self._path = Path(target) if isinstance(target, str | os.PathLike) else None
        self._given = target if not isinstance(target, str | os.PathLike) else None
        self._file: BinaryIO | None = self._given
        self._start = self._given.tell() if self._given is not None and self._given.seekable() else None
        self._progress = progress
        self._done = 0
        self._total: int | None = None

    def begin(self, total: int | None) -> None:
        """Begin anew."""
        if self._path is not None:
            if self._file is not None:
                self._file.close()
            self._file = self._beside().open("wb")
        elif self._given is not None and self._done:
            if self._start is None:
                raise UsageError(
                    "the download cannot begin anew: its target has no place to go back to", fix="name a file"
                )
            self._given.seek(self._start)
            self._given.truncate()
        self._done, self._total = 0, total

    def write(self, piece: bytes) -> None:
        """Take a piece."""
        assert self._file is not None  # noqa: S101 - begin comes first
        self._file.write(piece)
        self._done += len(piece)
        if self._progress is not None:
            self._progress(self._done, self._total)

    def finish(self) -> None:
        """Put the whole file into its place."""
        if self._path is not None:
            self._close()
            self._beside().replace(self._path)

    def abandon(self) -> None:
        """Leave nothing behind; nothing, once it has finished."""
        if self._path is not None and self._file is not None:
            self._close()
            with suppress(FileNotFoundError):
                self._beside().unlink()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _beside(self) -> Path:
        assert self._path is not None  # noqa: S101 - asked for paths only
        return self._path.with_name(f"{self._path.name}.part")


def pieces_of(path: Path) -> Iterator[bytes]:
    """Yield the octets of a file."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def pieces_from(file: BinaryIO, start: int | None) -> Iterator[bytes]:
    """Yield the octets of an open file, from a place on."""
    if start is not None:
        file.seek(start)
    while piece := file.read(_PIECE):
        yield piece
