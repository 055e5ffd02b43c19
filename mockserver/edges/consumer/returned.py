"""What a client returned, told as JSON: objects by the names of their fields, what has no JSON as `OPAQUE`."""

from __future__ import annotations

import enum
import types
import typing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from mockserver.edges.consumer.members import fields_of, hints_of
from mockserver.jobs.verify.traces import OPAQUE
from mockserver.values import JSON

_DEEPEST: Final = 8
_FOREIGN: Final = frozenset(
    {"builtins", "collections", "requests", "urllib3", "httpx", "httpx2", "aiohttp", "http", "email", "io", "_io"}
)
"""Where classes are at home whose objects are tools, and no values."""


def told(result: Any, fuel: int = _DEEPEST) -> JSON:
    """Return a result as JSON.

    >>> told({"price": Decimal("2.5"), "at": date(2031, 1, 2)})
    {'price': 2.5, 'at': '2031-01-02'}
    """
    if not fuel:
        return OPAQUE
    match result:
        case enum.Enum():
            return told(result.value, fuel - 1)
        case None | bool() | int() | float() | str():
            return result
        case Decimal():
            return int(result) if result == result.to_integral_value() else float(result)
        case datetime():
            return (result if result.tzinfo is not None else result.replace(tzinfo=UTC)).isoformat()
        case date() | time():
            return result.isoformat()
        case UUID():
            return str(result)
        case dict():
            return {str(name): told(item, fuel - 1) for name, item in result.items()}
        case list():
            return [told(item, fuel - 1) for item in result]
        case tuple() if not hasattr(result, "_fields"):  # a list that is frozen, or things that only stand together
            return [told(item, fuel - 1) for item in result] if len({type(item) for item in result}) < 2 else OPAQUE
        case _:
            members = _members(result)
            return {name: told(item, fuel - 1) for name, item in members.items()} if members else OPAQUE


def _members(value: Any) -> dict[str, Any]:
    """Return the fields of an object, or its public attributes where its class names none."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in _FOREIGN or isinstance(value, types.ModuleType) or callable(value):
        return {}
    is_declared = any(
        hasattr(kind, mark) for mark in ("__dataclass_fields__", "model_fields", "__attrs_attrs__", "_fields")
    )
    names = [one.name for one in fields_of(kind)] if is_declared else [*getattr(value, "__dict__", ())]
    return {name: getattr(value, name, OPAQUE) for name in names if not name.startswith("_")}


def may_say_no(function: Any, result: Any) -> bool:
    """Tell whether a method's annotation has a place for the None or the False that it returned."""
    hint = hints_of(function).get("return")
    if result is False:
        return hint is bool
    return result is None and hint is not type(None) and type(None) in typing.get_args(hint)
