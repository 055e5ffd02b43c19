"""Files of an earlier revision, out of the repository that the working folder belongs to."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

from mockserver.errors import CouldNotCheck, UsageError

_TIMEOUT_S = 60.0
_SUFFIXES = (".yaml", ".yml", ".json")


def is_revision(word: str) -> bool:
    """Tell whether a word names a commit of this repository."""
    return _git("rev-parse", "--verify", "--quiet", f"{word}^{{commit}}", check=False).returncode == 0


def place_in_repository(path: Path) -> Path:
    """Return the path of a file below the root of the repository; raise UsageError when it lies elsewhere."""
    root = Path(_git("rev-parse", "--show-toplevel", check=True).stdout.decode().strip()).resolve()
    try:
        return path.resolve().relative_to(root)
    except ValueError as elsewhere:
        raise UsageError(
            f"{path} is not in the repository {root}", where=str(path), fix="name a file or an address as --against"
        ) from elsewhere


def export(revision: str, folder: Path) -> None:
    """Write all YAML and JSON files of a revision into a folder: a contract may refer to any of them."""
    listed = _git("ls-tree", "-r", "-z", "--full-tree", "--name-only", revision, check=True).stdout.decode().split("\0")
    names = [name for name in listed if name.lower().endswith(_SUFFIXES) and "\n" not in name]
    if not names:
        raise CouldNotCheck(
            f"{revision} has no YAML or JSON files", where=revision, fix="name a revision with contracts"
        )
    wanted = "".join(f"{revision}:{name}\n" for name in names)
    held = BytesIO(_git("cat-file", "--batch", check=True, stdin=wanted.encode()).stdout)
    for name in names:
        size = int(held.readline().split()[-1])
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held.read(size))
        held.read(1)  # the line ends


def _git(*words: str, check: bool, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        done = subprocess.run(  # noqa: S603 - git itself, with words of ours
            ["git", *words],  # noqa: S607 - the git of the user's PATH
            input=stdin,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except FileNotFoundError as missing:
        raise CouldNotCheck("git is not installed", fix="install git, or name a file") from missing
    except subprocess.TimeoutExpired as late:
        raise CouldNotCheck(f"git {words[0]} took more than {_TIMEOUT_S:.0f} s", fix="name a file") from late
    if check and done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise UsageError(
            f"git {words[0]} failed: {said}", where=str(Path.cwd()), fix="name a revision of this repository"
        )
    return done
