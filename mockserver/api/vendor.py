"""A vendor's contract, fetched and kept: one file, or a folder where it is several.

What is fetched is read beside the place where it will stand, with the overlay that stands there; only what can be read
takes the place of what was there.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.contract.plan import Plans
from mockserver.edges import files, settings
from mockserver.edges.by_requests.fetching import fetch
from mockserver.edges.settings.written import replace, written
from mockserver.errors import MockserverError, UnreadableDocument, UsageError
from mockserver.jobs.lint import lint
from mockserver.schema.compile import Validators
from mockserver.values import Struct
from mockserver.violation import errors_in

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class Fetched(Struct, frozen=True):
    """A contract that was fetched and read: the file that is its root, below `staged`; `errors` are those of lint.

    `elsewhere` are documents on other hosts that it refers to.
    """

    contract: Contract
    staged: Path
    root: Path
    errors: frozenset[str]
    elsewhere: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_folder(self) -> bool:
        """Tell whether it is several documents."""
        return len(self.root.relative_to(self.staged).parts) > 1


def checked_name(name: str) -> str:
    """Return the name of a service; raise UsageError for what could not be one."""
    if _NAME.fullmatch(name) is None:
        raise UsageError(f"{name} is no name of a service", fix="letters, digits, hyphen and underscore: shipping-eu")
    return name


@contextmanager
def fetched(name: str, source: str, folder: Path, overlay: Path | None) -> Iterator[Fetched]:
    """Fetch a contract and read it where nobody looks; raise what is wrong with it."""
    documents, elsewhere = _documents(name, source)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetched-") as place:
        staged = Path(place)
        for path, data in documents.items():
            target = staged / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        root = staged / next(iter(documents))
        if overlay is not None:
            shutil.copy(overlay, root.with_name(f"{root.stem}.overlay{overlay.suffix}"))
        try:
            found = files.collect(name, str(root), fetch=fetch, allow_remote=True)
            contract = load(name, found.documents)
        except MockserverError as wrong:
            wrong.where = wrong.where.replace(f"{files.uri_of(staged)}/", f"{files.uri_of(folder)}/")
            raise
        if not contract.operations and not contract.webhooks:
            raise UnreadableDocument("it has no operation", where=source, fix="name the OpenAPI document itself")
        yield Fetched(contract, staged, root, errors_of(contract), elsewhere, found.notes)


def _documents(name: str, source: str) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """Return the documents by the paths at which they will stand, the root first, and those of other places."""
    if not files.is_address(source) and not Path(source).is_file():
        raise UsageError(f"there is no file {source}", where=source, fix="give an address or a file")
    found = files.collect(name, source, fetch=fetch, allow_remote=files.is_address(source)).documents
    load(name, found)  # what is wrong with it is told of the place that it comes from
    base = found.root.rpartition("/")[0] + "/" if "/" in found.root else ""
    inside = {uri: data for uri, data in found.data.items() if uri.startswith(base) and uri != found.root}
    elsewhere = tuple(uri for uri in found.data if uri not in inside and uri != found.root)
    data = found.data[found.root]
    if not inside:
        return {f"{name}{_suffix(data)}": data}, elsewhere
    told = PurePosixPath(unquote(urlsplit(found.root).path)).name or f"openapi{_suffix(data)}"
    relative = {f"{name}/{unquote(uri.removeprefix(base))}": held for uri, held in inside.items()}
    if any(".." in PurePosixPath(path).parts for path in relative):
        raise UsageError("it leads out of its own folder", where=source, fix="fetch it by hand")
    return {f"{name}/{told}": data, **relative}, elsewhere


def _suffix(data: bytes) -> str:
    return ".json" if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else ".yaml"


def errors_of(contract: Contract) -> frozenset[str]:
    """Return the ids of what lint finds wrong."""
    return frozenset(one.fingerprint for one in errors_in(lint(contract, Validators())))


def keep(new: Fetched, target: Path) -> None:
    """Put what was fetched in its place, at once: `target` is the file that is its root."""
    if not new.is_folder:
        replace(target, new.root.read_bytes())
        return
    home, old = target.parent, target.parent.with_name(f".{target.parent.name}.old")
    for overlay in new.root.parent.glob(f"{new.root.stem}.overlay.*"):
        overlay.unlink()
    for mine in home.glob(f"{target.stem}.overlay.*") if home.is_dir() else ():
        shutil.copy(mine, new.root.parent / mine.name)
    if home.exists():
        home.rename(old)
    new.root.parent.rename(home)
    shutil.rmtree(old, ignore_errors=True)


def configure(name: str, words: dict[str, str]) -> str:
    """Write words about a service into the configuration; return the file, which is made where there is none."""
    file, prefix = settings.place() or (Path("mockserver.toml"), ())
    if "contract" in words:
        words = {**words, "contract": Path(os.path.relpath(words["contract"], file.parent)).as_posix()}
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    replace(file, written(text, prefix, name, words).encode())
    return os.path.relpath(file)


def needs(contract: Contract) -> tuple[str, ...]:
    """Return the credentials that a contract asks for, as people say it: `header X-Api-Key`, `bearer`."""
    schemes = Plans(contract, Validators()).security_schemes().values()
    said = (f"{one.location} {one.parameter}" if one.kind == "apiKey" else one.scheme or one.kind for one in schemes)
    return tuple(dict.fromkeys(said))
