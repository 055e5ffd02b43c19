"""A change of a text as a patch: what `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib


def unified(before: bytes, after: bytes, name: str) -> str:
    r"""Return the unified diff of a file; empty where nothing changes.

    Lines end where the file says, and at no other sign that Unicode knows; a last line without an end is marked.

    >>> print(unified(b"a: 1\nb: 2", b"a: 1\nb: 3", "x.yaml"), end="")
    --- a/x.yaml
    +++ b/x.yaml
    @@ -1,2 +1,2 @@
     a: 1
    -b: 2
    \ No newline at end of file
    +b: 3
    \ No newline at end of file
    """
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: bytes) -> list[str]:
    lines = text.decode().split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
