"""Errors that say nothing of an API: slips that any program could make."""

from __future__ import annotations

import json
from typing import Final

_BUGS: Final = (
    LookupError, TypeError, AttributeError, NameError, ValueError, ArithmeticError, AssertionError, RecursionError,
    NotImplementedError, StopIteration,
)  # fmt: skip

_READERS: Final = frozenset({"pydantic_core", "msgspec", "cattrs", "marshmallow"})
"""Libraries that make objects of JSON: their errors speak of the client's own types."""


def is_slip(error: BaseException) -> bool:
    """Tell whether an error says nothing of the API: it would be raised by a slip in any program."""
    foreign = type(error).__module__.partition(".")[0]
    if isinstance(error, json.JSONDecodeError) or foreign in _READERS:
        return True
    return isinstance(error, _BUGS) and foreign in {"builtins", "json", "decimal", "uuid"}


def first_lines(error: BaseException) -> str:
    """Return what an error says, in a line."""
    text = str(error).strip().splitlines()
    return " ".join(part.strip() for part in text[:3])[:300]
