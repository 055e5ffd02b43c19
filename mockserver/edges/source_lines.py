"""Which line of somebody's code did this: frames and tracebacks of the interpreter.

A line of the client is what people look for; lines of HTTP libraries, of the standard library and of mockserver itself
only stand in between.
"""

from __future__ import annotations

import gc
import linecache
import os
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from types import FrameType, TracebackType

from mockserver.values import Struct

_LIBRARIES = frozenset(
    {
        "requests", "urllib3", "httpx", "httpx2", "httpcore", "httpcore2", "anyio", "sniffio", "trio", "h11", "aiohttp",
        "responses", "respx", "pytest_httpx", "tenacity", "pydantic", "pydantic_core", "_pytest", "pytest", "pluggy",
        "pytest_asyncio", "mockserver", "hypothesis", "schemathesis", "xdist", "execnet", "attr", "attrs", "cattrs",
        "msgspec", "orjson", "stamina", "backoff", "opentelemetry", "requests_oauthlib", "authlib", "dateutil",
        "uvloop", "tornado", "pycurl",
    }
)  # fmt: skip
_STANDARD = os.path.normcase(sysconfig.get_paths()["stdlib"])
_OURS = os.path.normcase(str(Path(__file__).parent.parent))


class SourceLine(Struct, frozen=True):
    """A line of code: its file as people would name it, its number, its text."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.text}"


@lru_cache(maxsize=4096)
def _is_foreign(file: str) -> bool:
    """Tell whether a file is between the client and the wire and not the client."""
    path = os.path.normcase(file)
    if path.startswith((_OURS + os.sep, "<frozen")):
        return True
    parts = Path(path).parts
    for packages in ("site-packages", "dist-packages"):
        if packages in parts:
            package = parts[len(parts) - 1 - parts[::-1].index(packages) + 1].removesuffix(".py")
            return package in _LIBRARIES
    return path.startswith(_STANDARD + os.sep)


def calling_line() -> SourceLine | None:
    """Return the line of the client that sends what is being sent.

    Of the file that called the HTTP library it is the outermost line: the method, not the helper that all methods
    share.
    """
    return _outermost(sys._getframe(1))  # noqa: SLF001 - the interpreter's own way to ask


def waiting_line(thread: int) -> SourceLine | None:
    """Return the line of the client at which another thread waits; None for one that waits in a loop of events."""
    collects = gc.isenabled()
    # The interpreter lists its threads under a lock and makes objects meanwhile. A collection then, whose finalizers
    # let another thread run that is about to end, waits for that lock for ever (CPython 3.11).
    gc.disable()
    try:
        frames = sys._current_frames()  # noqa: SLF001 - the interpreter's own way to ask
    finally:
        if collects:
            gc.enable()
    return _outermost(frames.get(thread))


def _outermost(frame: FrameType | None) -> SourceLine | None:
    while frame is not None and _is_foreign(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return None
    file, line = frame.f_code.co_filename, frame.f_lineno
    outer = frame.f_back
    while outer is not None and outer.f_code.co_filename == file:
        line, outer = outer.f_lineno, outer.f_back
    return _line(file, line)


def raising_line(traceback: TracebackType | None) -> SourceLine | None:
    """Return the innermost line of the client in a traceback."""
    found = None
    while traceback is not None:
        if not _is_foreign(traceback.tb_frame.f_code.co_filename):
            found = traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
    return _line(*found) if found is not None else None


def end_with_client(error: BaseException) -> None:
    """Let the traceback of an error that was raised here on purpose end with the client's line: below is our affair."""
    last, innermost, entry = None, "", error.__traceback__
    while entry is not None:
        innermost = entry.tb_frame.f_code.co_filename
        last = last if _is_foreign(innermost) else entry
        entry = entry.tb_next
    if last is not None and os.path.normcase(innermost).startswith(_OURS + os.sep):
        last.tb_next = None


def _line(file: str, line: int) -> SourceLine:
    return SourceLine(_named(file), line, linecache.getline(file, line).strip())


def _named(file: str) -> str:
    """Return a path as seen from here, where that is shorter to read."""
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative
