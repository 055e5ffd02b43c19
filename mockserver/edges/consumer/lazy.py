"""Results that ask only when they are looked at: lists read as they are needed, objects filled as they are read."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final

_MOST: Final = 200
_READY: Final = (str, bytes, bytearray, list, tuple, set, frozenset, Mapping, type(None), int, float)


def looked_at(result: Any, has_asked: Callable[[], bool]) -> Any:
    """Return a result of which something was read, until it asked for what it is made of."""
    if isinstance(result, _READY):
        return result
    if hasattr(type(result), "__iter__"):
        return list(islice(result, _MOST))
    for name in dir(type(result)):
        held = inspect.getattr_static(type(result), name, None)
        if not name.startswith("_") and isinstance(held, property | functools.cached_property):
            getattr(result, name)
            if has_asked():
                break
    return result
