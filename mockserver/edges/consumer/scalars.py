"""Single values: a number, a text, a time, a file; what has no argument of the kind that is asked for is told."""

from __future__ import annotations

import io
import re
import typing
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from mockserver.values import JSON, Struct


class InexpressibleError(Exception):
    """The annotation has no argument for this value; `lacks` names a member that it needs and the value has not."""

    def __init__(self, why: str, *, lacks: str = "") -> None:
        super().__init__(why)
        self.lacks = lacks


class Argument(Struct, frozen=True):
    """An argument and what it expresses of the value it was made of."""

    value: Any
    expressed: JSON


def _bool(value: JSON) -> Argument:
    if isinstance(value, bool):
        return Argument(value, value)
    raise InexpressibleError(f"{value!r} is no bool")


def _int(value: JSON) -> Argument:
    if isinstance(value, int) and not isinstance(value, bool):
        return Argument(value, value)
    if isinstance(value, float) and value.is_integer():
        return Argument(int(value), value)
    if isinstance(value, str) and re.fullmatch(r"0|[1-9]\d{0,18}", value):
        return Argument(int(value), value)
    raise InexpressibleError(f"{value!r} is no int")


def _float(value: JSON) -> Argument:
    if isinstance(value, int | float) and not isinstance(value, bool) and (float(value) == value):
        return Argument(float(value), value)
    raise InexpressibleError(f"{value!r} is no float")


def _str(value: JSON) -> Argument:
    if isinstance(value, str):
        return Argument(value, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Argument(str(value), value)
    raise InexpressibleError(f"{value!r} is no text")


def _bytes(value: JSON) -> Argument:
    if isinstance(value, bytes):
        return Argument(value, value)
    if isinstance(value, str):
        return Argument(value.encode(), value)
    raise InexpressibleError(f"{value!r} is no text")


def _decimal(value: JSON) -> Argument:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InexpressibleError(f"{value!r} is no number")
    try:
        return Argument(Decimal(str(value)), value)
    except InvalidOperation:
        raise InexpressibleError(f"{value!r} is no number") from None


def _datetime(value: JSON) -> Argument:
    try:
        if isinstance(value, str):
            return Argument(datetime.fromisoformat(value), value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Argument(datetime.fromtimestamp(value, UTC), value)
    except (ValueError, OverflowError, OSError) as cannot:
        raise InexpressibleError(str(cannot)) from cannot
    raise InexpressibleError(f"{value!r} is no time")


def _parsed(kind: Callable[[str], Any], text: Callable[[Any], JSON]) -> Callable[[JSON], Argument]:
    def make(value: JSON) -> Argument:
        if not isinstance(value, str):
            raise InexpressibleError(f"{value!r} is no text")
        try:
            made = kind(value)
        except ValueError as cannot:
            raise InexpressibleError(str(cannot)) from cannot
        return Argument(made, text(made))

    return make


def _timedelta(value: JSON) -> Argument:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Argument(timedelta(seconds=value), value)
    raise InexpressibleError(f"{value!r} is no number of seconds")


def _file(value: JSON) -> Argument:
    made = _bytes(value)
    return Argument(io.BytesIO(made.value), made.expressed)


SCALARS: Final[tuple[tuple[Any, Callable[[JSON], Argument]], ...]] = (
    (bool, _bool),
    (int, _int),
    (float, _float),
    (str, _str),
    (bytes, _bytes),
    (bytearray, _bytes),
    (Decimal, _decimal),
    (datetime, _datetime),
    (date, _parsed(date.fromisoformat, lambda made: made.isoformat())),
    (time, _parsed(time.fromisoformat, lambda made: made.isoformat())),
    (timedelta, _timedelta),
    (uuid.UUID, _parsed(uuid.UUID, str)),
    (typing.BinaryIO, _file),
    (io.BytesIO, _file),
    (io.IOBase, _file),
)
