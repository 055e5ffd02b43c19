"""In which line of a TOML text does a key stand?

The library that reads TOML keeps no positions. It is asked for beginnings of the text instead: the line is the one
after the longest beginning that does not know the key yet. Knows nothing of what the keys mean.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Sequence

from mockserver.values import JSON


def line_of(text: str, path: Sequence[str]) -> int:
    r"""Return the line in which a key, or the statement that holds it, begins; 0 for a key that is not there.

    >>> line_of('[a]\nb = 1\n\n[a.c]\nd = [\n  2,\n]\n', ("a", "c", "d"))
    5
    """
    lines = text.splitlines(keepends=True)
    if not _knows(_readable(lines, len(lines))[1], path):
        return 0
    end = bisect_left(range(len(lines)), 1, key=lambda count: int(_knows(_readable(lines, count)[1], path)))
    return _readable(lines, end - 1)[0] + 1


def _readable(lines: Sequence[str], count: int) -> tuple[int, dict[str, JSON]]:
    """Return the most of the first `count` lines that are a text of their own, as a statement may take several."""
    while count > 0:
        try:
            return count, tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            count -= 1
    return 0, {}


def _knows(tree: JSON, path: Sequence[str]) -> bool:
    for key in path:
        if isinstance(tree, list) and key.isdecimal() and int(key) < len(tree):
            tree = tree[int(key)]
        elif isinstance(tree, dict) and key in tree:
            tree = tree[key]
        else:
            return False
    return True
