"""A word of the configuration, written into its file: what else stands there stays as it is.

Knows lines of TOML; what cannot be written without harm is left to people.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Final

from mockserver.edges.settings.lines import line_of
from mockserver.errors import UsageError

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def written(text: str, prefix: tuple[str, ...], service: str, words: dict[str, str]) -> str:
    r"""Return a configuration in which a service says `words`; raise UsageError where that takes a person.

    >>> written("", (), "shipping", {"source": "https://a.example"})
    '[services.shipping]\nsource = "https://a.example"\n'
    """
    path = (*prefix, "services", service)
    lines = text.splitlines()
    for key, value in words.items():
        spelled = f"{key} = {json.dumps(value, ensure_ascii=False)}"
        line = line_of("\n".join([*lines, ""]), (*path, key))
        header = _header(lines, path)
        if line:
            lines[line - 1] = spelled
        elif header is not None:
            lines.insert(header + 1, spelled)
        else:
            lines += [*([""] if lines else []), f"[{'.'.join(map(_key, path))}]", spelled]
    out = "\n".join([*lines, ""])
    if not _says(out, path, words):
        said = ", ".join(f"{key} = {json.dumps(value)}" for key, value in words.items())
        raise UsageError("the configuration has a form that is not written into", fix=f"write {said} for {service}")
    return out


def _says(text: str, path: tuple[str, ...], words: dict[str, str]) -> bool:
    try:
        tree = tomllib.loads(text)
        for key in path:
            tree = tree[key]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return False
    return all(tree.get(key) == value for key, value in words.items())


def _header(lines: list[str], path: tuple[str, ...]) -> int | None:
    spaced = r"\s*\.\s*".join(rf"(?:{re.escape(part)}|\"{re.escape(part)}\"|'{re.escape(part)}')" for part in path)
    known = re.compile(rf"^\s*\[\s*{spaced}\s*\]\s*(#.*)?$")
    return next((number for number, line in enumerate(lines) if known.match(line)), None)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def replace(file: Path, data: bytes) -> None:
    """Write a file whole or not at all; raise UsageError where it cannot be written."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as refused:
        beside.unlink(missing_ok=True)
        raise UsageError(
            f"{file} cannot be written: {refused.strerror}", where=str(file), fix="make its folder writable"
        ) from refused
