"""What can be sent as a body: octets, files, pieces; and whether it can be sent again.

A file can be read twice, a generator cannot: it is sent once, and its call is not repeated.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from mockserver.edges.sink import Progress, pieces_from, pieces_of
from mockserver.errors import UsageError
from mockserver.resilience.transfer import Upload


def upload_of(content: Any, progress: Progress | None) -> bytes | Upload | None:
    """Return a body as it will be sent; raises UsageError for what is none."""
    if isinstance(content, str):
        content = content.encode()
    if progress is None and isinstance(content, bytes | Upload | None):
        return content
    upload = _upload(content)
    return upload if progress is None else upload._replace(open=partial(_told, upload, progress))


def _upload(content: Any) -> Upload:
    match content:
        case Upload():
            return content
        case bytes() | bytearray() | memoryview():
            octets = bytes(content)
            return Upload(lambda: _cut(octets), len(octets), replayable=True)
        case Path():
            return Upload(lambda: pieces_of(content), _size(content), replayable=True)
        case _ if hasattr(content, "read"):
            return _file(content)
        case list() | tuple():
            return Upload(lambda: iter(content), sum(map(len, content)), replayable=True)
        case Iterable() | AsyncIterable():
            return Upload(lambda: content)
        case _:
            raise UsageError(
                f"a {type(content).__name__} cannot be sent", fix="give bytes, text, a Path, a file or pieces of bytes"
            )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as missing:
        raise UsageError(f"{path} cannot be sent: {missing.strerror}", where=str(path), fix="mend the path") from None


def _file(file: Any) -> Upload:
    if not file.seekable():
        return Upload(lambda: pieces_from(file, None))
    start = file.tell()
    length = file.seek(0, 2) - start
    file.seek(start)
    return Upload(lambda: pieces_from(file, start), length, replayable=True)


def _cut(octets: bytes) -> Iterator[bytes]:
    return (octets[start : start + 65_536] for start in range(0, len(octets), 65_536))


def _told(upload: Upload, progress: Progress) -> Iterable[bytes] | AsyncIterable[bytes]:
    pieces = upload.open()
    told = _counter(progress, upload.length)
    return _atold(pieces, told) if isinstance(pieces, AsyncIterable) else _each(pieces, told)


def _counter(progress: Progress, total: int | None) -> Callable[[int], None]:
    done = 0

    def count(octets: int) -> None:
        nonlocal done
        done += octets
        progress(done, total)

    return count


def _each(pieces: Iterable[bytes], told: Callable[[int], None]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        told(len(piece))


async def _atold(pieces: AsyncIterable[bytes], told: Callable[[int], None]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece
        told(len(piece))
