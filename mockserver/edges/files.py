"""Contracts on this disk, and with permission those they refer to over HTTP.

Collects the closure of referenced documents, so that nothing below ever opens a file. Does not judge what it reads.
"""

from __future__ import annotations

import gc
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, unquote, urlsplit

from mockserver.document.documents import Documents, outward_references
from mockserver.document.overlay import apply
from mockserver.document.read import read
from mockserver.errors import UnknownService, UnreadableDocument, UsageError
from mockserver.jobs.configuration import nearest
from mockserver.values import JSON, Struct

_NOWHERE: Mapping[str, str] = {}
SUFFIXES = (".yaml", ".yml", ".json")

Fetch: TypeAlias = Callable[[str], bytes]
"""Returns what stands at an address; raises CouldNotCheck when it cannot be had."""


class Found(Struct, frozen=True):
    """The documents of one contract, the files they came from, and what the overlay had to say."""

    name: str
    documents: Documents
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def uri_of(path: Path) -> str:
    """Return the URI reference of a file: its path as it was given, percent-encoded."""
    return quote(posixpath.normpath(path.as_posix()), safe="/:~")


def find_contracts(folder: Path) -> dict[str, Path]:
    """Return the services of a folder: `contracts/shipping.yaml` is `shipping`, overlays are none.

    A name with two files is an error, because one of them would be silently ignored.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix.lower() not in SUFFIXES or path.stem.endswith(".overlay") or not path.is_file():
            continue
        if path.stem in found:
            raise UsageError(
                f"{path.stem} has two contracts: {found[path.stem]} and {path}",
                where=str(folder),
                fix="keep one of them, or rename one",
            )
        found[path.stem] = path
    return found


def choose(words: Iterable[str], folder: Path, placed: Mapping[str, str] = _NOWHERE) -> dict[str, str]:
    """Return name and place of each service that the words of a call name; all known services for no words.

    A word is a name in the folder or in `placed` (names to paths or addresses, which count first), a path, or an
    address.
    """
    named = {name: str(path) for name, path in find_contracts(folder).items()} | dict(placed)
    listed = list(words)
    if not listed:
        if not named:
            raise UsageError(
                f"there is no contract in {folder}/",
                where=str(folder.absolute()),
                fix="put an OpenAPI document there (mockserver add NAME URL fetches one), or name a file",
            )
        return named
    chosen: dict[str, str] = {}
    for word in listed:
        name, place = _named(word, named, folder)
        if name in chosen and chosen[name] != place:
            raise UsageError(f"two contracts are called {name}", where=place, fix="rename one of the files")
        chosen[name] = place
    return chosen


def _named(word: str, named: dict[str, str], folder: Path) -> tuple[str, str]:
    if word in named:
        return word, named[word]
    if is_address(word):
        return Path(urlsplit(word).path).stem or urlsplit(word).hostname or "contract", word
    path = Path(word)
    if path.is_file():
        return path.stem, word
    if path.is_dir():
        raise UnknownService(f"{word} is a folder", where=word, fix=f"take all contracts in it: --contracts {word}")
    known = ", ".join(named) or "none"
    near = nearest(word, named)
    raise UnknownService(
        f"there is no service and no file {word}",
        where=f"{folder}/",
        fix=f"{near}known services: {known}; or give a path",
    )


def is_address(word: str) -> bool:
    """Tell whether a word is an address and no path."""
    return word.startswith(("http://", "https://"))


def collect(name: str, place: str, *, fetch: Fetch, allow_remote: bool = False) -> Found:
    """Read a contract, its overlay, and all documents that it may lead to; over HTTP only if `allow_remote`."""
    with _without_collector():
        root = place if is_address(place) else uri_of(Path(place))
        data = {root: fetch(place) if is_address(place) else _read_file(Path(place))}
        files = [] if is_address(place) else [Path(place)]
        trees: dict[str, JSON] = {root: read(data[root], root)}
        notes: tuple[str, ...] = ()
        overlay = overlay_of(place)
        if overlay is not None:
            files.append(overlay)
            written = read(_read_file(overlay), uri_of(overlay))
            trees[root], notes = apply(trees[root], written, uri=uri_of(overlay))
        todo = list(outward_references(data[root], trees[root], root))
        while todo:
            uri = todo.pop()
            if uri in data:
                continue
            more = _referenced(uri, fetch if allow_remote else None)
            if more is None:
                continue
            data[uri] = more
            if not is_address(uri):
                files.append(Path(unquote(uri)))
            todo.extend(_outward(uri, more, trees))
        return Found(name, Documents(root, data, trees=trees), tuple(files), notes)


def _outward(uri: str, data: bytes, trees: dict[str, JSON]) -> Iterable[str]:
    try:
        trees[uri] = read(data, uri)
    except UnreadableDocument:
        return ()  # told when a reference into it is followed, not before
    return outward_references(data, trees[uri], uri)


def overlay_of(place: str) -> Path | None:
    """Return the overlay that lies beside a document."""
    if is_address(place):
        return None
    path = Path(place)
    for suffix in SUFFIXES:
        overlay = path.with_name(f"{path.stem}.overlay{suffix}")
        if overlay.is_file():
            return overlay
    return None


def _referenced(uri: str, fetch: Fetch | None) -> bytes | None:
    """Return a document that a reference names, or None: whoever follows the reference is told so."""
    if is_address(uri):
        return fetch(uri) if fetch is not None else None
    path = Path(unquote(uri))
    return path.read_bytes() if path.is_file() else None


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as missing:
        raise UsageError(f"there is no file {path}", where=str(path), fix="mend the path") from missing
    except OSError as refused:
        raise UsageError(
            f"{path} cannot be read: {refused.strerror}", where=str(path), fix="make it a readable file"
        ) from refused


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector out while a document is built.

    Half of the time to read 13 MB is the collector looking again and again at what cannot be garbage.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
