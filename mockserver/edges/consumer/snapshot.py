"""What came of a call as paths and texts, so that two calls can be compared.

Sees what a user of the client would see: fields, properties, items, members, what an error carries. Knows no contract.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from mockserver.document.pointer import child

_DEEPEST: Final = 14
_MOST: Final = 20_000
_LONGEST: Final = 160
_PLAIN: Final = (str, int, float, bool, bytes, bytearray, type(None), Decimal, UUID, date, time, timedelta, PurePath)
_MEMORY: Final = re.compile(r"\b0x[0-9a-f]{6,}\b")
_LIBRARIES: Final = frozenset({"requests", "httpx", "httpx2", "aiohttp", "urllib3", "pydantic", "builtins", "http"})
"""Whose properties are not looked at: they tell of the library, and not of what was answered."""


def snapshot(value: Any, at: str) -> dict[str, str]:
    """Return what is seen of a value: the text of each leaf, by its path."""
    seen: dict[str, str] = {}
    _look(value, at, seen, ())
    return seen


def raised(error: BaseException) -> dict[str, str]:
    """Return what is seen of an error that was raised: its kind, what it says, what it carries."""
    seen = {"/raised": type(error).__name__, "/raised/text": text_of(str(error))}
    for name, value in vars(error).items():
        if not name.startswith("__"):
            _look(value, child("/raised", name), seen, (id(error),))
    return seen


def text_of(value: object) -> str:
    """Return a leaf as text; of a long one its beginning and a digest."""
    text = _MEMORY.sub("0x...", value if isinstance(value, str) else repr(value))
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}... {hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"


def _look(value: Any, at: str, seen: dict[str, str], above: tuple[int, ...]) -> None:
    if len(seen) >= _MOST:
        return
    if isinstance(value, Enum):
        seen[at] = f"{type(value).__name__}.{value.name}"
    elif isinstance(value, _PLAIN):
        seen[at] = text_of(value.isoformat() if isinstance(value, datetime) else repr(value))
    elif id(value) in above or len(above) >= _DEEPEST:
        seen[at] = "..."
    else:
        parts = list(_parts(value))
        if not parts:
            seen[child(at, "")] = f"an empty {type(value).__name__}"
        for name, part in parts:
            _look(part, child(at, name), seen, (*above, id(value)))


def _parts(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(name), part) for name, part in value.items())
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        yield from ((name, getattr(value, name)) for name in value._fields)
    elif isinstance(value, Sequence):
        yield from enumerate(value)
    elif isinstance(value, AbstractSet):
        yield from enumerate(sorted(value, key=repr))
    elif hasattr(value, "status_code") and hasattr(value, "headers"):
        yield from _answer(value)
    elif not isinstance(value, type | types.ModuleType) and not callable(value) and not inspect.isgenerator(value):
        yield from _attributes(value)


def _answer(response: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield what is seen of an answer that a library hands over as it came."""
    yield "status", response.status_code
    yield "headers", {name.lower(): text for name, text in response.headers.items()}
    try:
        body = response.content
    except Exception:  # noqa: BLE001 - a stream that was read already: every library has its own error for it
        return
    try:
        yield "body", json.loads(body)
    except (ValueError, TypeError):
        yield "body", body


def _attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield fields and properties; of what is private only plain content, which methods may give away."""
    held: dict[str, Any] = dict(getattr(value, "__dict__", {}))
    held.update(getattr(value, "__pydantic_extra__", None) or {})
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, name):
                held.setdefault(name, getattr(value, name))
    for name in getattr(type(value), "__struct_fields__", ()):
        held.setdefault(name, getattr(value, name, None))
    for name, part in held.items():
        private = name.startswith("_")
        if not private or (not name.startswith("__") and isinstance(part, dict | list | str | int | float)):
            yield name, part
    for name in _properties(value.__class__):
        if name not in held:
            yield name, _told(value, name)


@functools.lru_cache(maxsize=1024)
def _properties(kind: Any) -> tuple[str, ...]:
    return tuple(
        name
        for home in kind.__mro__
        if home.__module__.partition(".")[0] not in _LIBRARIES
        for name, member in vars(home).items()
        if not name.startswith("_") and isinstance(member, property | functools.cached_property)
    )


def _told(value: Any, name: str) -> Any:
    """Return what a property tells; one that raises tells that."""
    try:
        return getattr(value, name)
    except Exception as error:  # noqa: BLE001 - a property of foreign code may raise anything
        return f"raises {type(error).__name__}: {error}"
