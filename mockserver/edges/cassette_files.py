"""Cassettes on this disk: found, read, saved as a whole or not at all, and locked while one process records.

A save is a new file that takes the place of the old one, so that a process may die at any moment. Locks and the key of
pseudonyms live in `.mockserver/`, which ignores itself in git.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from mockserver.cassette.formats import READERS, format_of, write
from mockserver.cassette.model import Cassette
from mockserver.errors import CouldNotCheck, UnreadableDocument, UsageError
from mockserver.jobs.cassettes import Tape

SUFFIXES: Final = (".yaml", ".yml", ".json")
KEY_VARIABLE: Final = "MOCKSERVER_CASSETTE_KEY"
_OWN_FOLDER: Final = ".mockserver"
_CASSETTE_FOLDER: Final = "cassettes"
_SKIPPED: Final = frozenset({".git", ".venv", "venv", "node_modules", "site-packages", ".tox", ".nox", _OWN_FOLDER})


def find(words: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Return the cassettes that words name (files, folders); without words those of this repository.

    These are the folder of cassettes, and every folder called cassettes below the working directory, as
    pytest-recording has them below tests/.
    """
    listed = list(words)
    if not listed:
        folders = [folder, *_folders_below(Path())]
        return tuple(sorted({path for one in folders if one.is_dir() for path in _cassettes_below(one)}))
    found: list[Path] = []
    for word in listed:
        path = Path(word)
        if path.is_dir():
            found.extend(_cassettes_below(path))
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(f"there is no cassette {word}", where=word, fix="name a file or a folder")
    return tuple(dict.fromkeys(found))


def found(words: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Return the cassettes that words name; raise CouldNotCheck when there is none."""
    listed = list(words)
    files = find(listed, folder)
    if not files:
        where = ", ".join(listed) or f"{folder}/ and no folder called cassettes"
        raise CouldNotCheck(
            f"there is no cassette in {where}",
            fix="record one: pytest --cassette-mode=once, or mockserver record NAME -- COMMAND",
        )
    return files


def _folders_below(root: Path) -> Iterator[Path]:
    for current, folders, _ in os.walk(root):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        yield from (Path(current) / name for name in folders if name == _CASSETTE_FOLDER)


def _cassettes_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (*SUFFIXES, ".har") and path.is_file() and not path.name.startswith("."):
            yield path


def service_of(path: Path, folder: Path) -> str:
    """Return the service that a cassette belongs to by its folder: `cassettes/<service>/<name>.yaml`."""
    parts = path.absolute().parts
    anchor = folder.absolute().parts
    if parts[: len(anchor)] == anchor and len(parts) > len(anchor) + 1:
        return parts[len(anchor)]
    near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    named = [index for index, part in enumerate(near.parts[:-2]) if part == _CASSETTE_FOLDER]
    return near.parts[named[-1] + 1] if named else ""


def load(path: Path, folder: Path = Path(_CASSETTE_FOLDER)) -> Tape:
    """Read a cassette of any form that is known; raise UnreadableDocument with its line where it is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as missing:
        raise UsageError(f"there is no cassette {path}", where=str(path), fix="record it") from missing
    except OSError as refused:
        raise UnreadableDocument(
            f"the cassette cannot be read: {refused.strerror}", where=str(path), fix="make it a readable file"
        ) from refused
    name = path.as_posix()
    return Tape(name, data, READERS[format_of(data, name)](data, name), service_of(path, folder))


def save(path: Path, cassette: Cassette) -> None:
    """Write a cassette, as YAML or, by its name, as JSON: whole, or not at all."""
    replace_file(path, write(cassette, path.name))


def replace_file(path: Path, data: bytes) -> None:
    """Let a file hold other bytes, at once; what a killed process has left half-written is swept up."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{path.name}.*.tmp"):
            left.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except OSError as refused:
        raise UsageError(
            f"the file cannot be written: {refused.strerror}", where=str(path), fix="make its folder writable"
        ) from refused


def own_folder(root: Path = Path()) -> Path:
    """Return the folder of what is ours and nobody commits."""
    folder = root / _OWN_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.is_file():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


@contextlib.contextmanager
def locked(path: Path, root: Path = Path()) -> Iterator[None]:
    """Let one process at a time record a cassette: workers of xdist wait for each other."""
    name = hashlib.blake2b(str(path.absolute()).encode(), digest_size=8).hexdigest()
    with (own_folder(root) / f"{name}.lock").open("w") as file:
        _lock(file.fileno())
        try:
            yield
        finally:
            _unlock(file.fileno())


try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]  # only there

    def _unlock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]  # only there

else:

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


def key(root: Path = Path()) -> bytes:
    """Return the key of pseudonyms: the environment's, else this repository's own, made at the first use."""
    said = os.environ.get(KEY_VARIABLE)
    if said:
        return said.encode()
    path = own_folder(root) / "cassette.key"
    if not path.is_file():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip().encode()
