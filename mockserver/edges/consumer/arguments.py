"""A JSON value to the argument that a client's annotation asks for.

Each conversion tells two things: the argument, and what of the value it can express. A dataclass without a field for
`email` cannot send one, and nobody is to blame; what is expressed and does not reach the wire is a fault.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import inspect
import io
import re
import types
import typing
import uuid
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Final

from mockserver.values import JSON, Struct

LEFT_OUT: Final = object()
"""The argument says nothing of this value: it may reach the wire or not."""


class InexpressibleError(Exception):
    """The annotation has no argument for this value; `lacks` names a member that it needs and the value has not."""

    def __init__(self, why: str, *, lacks: str = "") -> None:
        super().__init__(why)
        self.lacks = lacks


class Argument(Struct, frozen=True):
    """An argument and what it expresses of the value it was made of."""

    value: Any
    expressed: JSON


class Field(Struct, frozen=True):
    """One member of a class of values: how it is called in the constructor, and whether it may be left out."""

    name: str
    keyword: str
    annotation: Any
    required: bool
    none_by_default: bool


def plain(name: str) -> str:
    """Return a name as everybody would know it again: letters and digits, lower case.

    >>> plain("Idempotency-Key") == plain("idempotency_key") == plain("idempotencyKey")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


def convert(value: JSON, annotation: Any) -> Argument:
    """Return the argument for a value; raise InexpressibleError."""
    annotation = _unwrapped(annotation)
    if annotation in (inspect.Parameter.empty, Any, object, None) or isinstance(annotation, str | typing.TypeVar):
        return Argument(value, value) if annotation is not None else _none(value)
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return _union(value, typing.get_args(annotation))
    if origin is typing.Literal:
        if value in typing.get_args(annotation):
            return Argument(value, value)
        raise InexpressibleError(f"{value!r} is not one of {typing.get_args(annotation)}")
    if annotation is type(None):
        return _none(value)
    if origin is not None:
        return _generic(value, origin, typing.get_args(annotation))
    if not isinstance(annotation, type):
        return Argument(value, value)
    if typing.is_typeddict(annotation):
        return _typed_dict(value, annotation)
    if issubclass(annotation, enum.Enum):
        return _enum(value, annotation)
    for kind, make in _SCALARS:
        if annotation is kind:
            return make(value)
    if issubclass(annotation, list | tuple | set | frozenset | collections.abc.Iterable) and isinstance(value, list):
        return _generic(value, annotation, ())
    if issubclass(annotation, dict | collections.abc.Mapping):
        return _mapping(value, (Any, Any))
    return _made(value, annotation)


def _unwrapped(annotation: Any) -> Any:
    while True:
        if typing.get_origin(annotation) is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif typing.get_origin(annotation) in (typing.Required, typing.NotRequired):
            annotation = typing.get_args(annotation)[0]
        elif hasattr(annotation, "__value__") and type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        else:
            return annotation


def _none(value: JSON) -> Argument:
    if value is None:
        return Argument(None, None)
    raise InexpressibleError(f"{value!r} is not None")


def _union(value: JSON, members: tuple[Any, ...]) -> Argument:
    if value is None and type(None) in members:
        return Argument(None, None)
    tried: list[InexpressibleError] = []
    found: list[Argument] = []
    for member in members:
        if member is type(None):
            continue
        try:
            found.append(convert(value, member))
        except InexpressibleError as cannot:
            tried.append(cannot)
    if found:
        return max(found, key=lambda one: (_size(one.expressed), type(one.value) is not type(value)))
    raise tried[0] if tried else InexpressibleError(f"{value!r} has no place in {members}")


def _size(value: JSON) -> int:
    match value:
        case dict():
            return 1 + sum(map(_size, value.values()))
        case list():
            return 1 + sum(map(_size, value))
        case _:
            return 1


_ABSTRACT: Final = {
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Iterable: list,
    collections.abc.Collection: list,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
}


def _generic(value: JSON, origin: Any, arguments: tuple[Any, ...]) -> Argument:
    if isinstance(origin, type) and issubclass(origin, dict | collections.abc.Mapping):
        return _mapping(value, arguments or (Any, Any))
    if origin is type or origin is collections.abc.Callable:
        raise InexpressibleError("a class or a function cannot be made of a value")
    make = _ABSTRACT.get(origin, origin)
    if make in (list, tuple, set, frozenset):
        if not isinstance(value, list):
            raise InexpressibleError(f"{value!r} is no list")
        if make is tuple and arguments and arguments[-1] is not Ellipsis:
            if len(arguments) != len(value):
                raise InexpressibleError(f"{len(value)} items where {len(arguments)} are meant")
            items = [convert(item, kind) for item, kind in zip(value, arguments, strict=True)]
        else:
            kind = arguments[0] if arguments else Any
            items = [convert(item, kind) for item in value]
        try:
            whole = make(item.value for item in items)
        except TypeError as unhashable:
            raise InexpressibleError(str(unhashable)) from unhashable
        if make in (set, frozenset):
            expressed = [next(item.expressed for item in items if item.value == each) for each in whole]
        else:
            expressed = [item.expressed for item in items]
        return Argument(whole, expressed)
    if isinstance(origin, type):
        return _made(value, origin)
    return Argument(value, value)


def _mapping(value: JSON, arguments: tuple[Any, ...]) -> Argument:
    if not isinstance(value, dict):
        raise InexpressibleError(f"{value!r} is no object")
    items = {key: convert(item, arguments[-1]) for key, item in value.items()}
    return Argument(
        {key: item.value for key, item in items.items()}, {key: item.expressed for key, item in items.items()}
    )


def _enum(value: JSON, annotation: type[enum.Enum]) -> Argument:
    try:
        return Argument(annotation(value), value)
    except ValueError:
        for member in annotation:
            if isinstance(value, str) and plain(str(member.value)) == plain(value):
                return Argument(member, value)
        raise InexpressibleError(f"{annotation.__name__} has no member for {value!r}") from None


def _typed_dict(value: JSON, annotation: Any) -> Argument:
    if not isinstance(value, dict):
        raise InexpressibleError(f"{value!r} is no object")
    hints = hints_of(annotation)
    known = {plain(name): name for name in hints}
    out: dict[str, Any] = {}
    expressed: dict[str, JSON] = {}
    for key, item in value.items():
        name = key if key in hints else known.get(plain(key))
        if name is not None:
            made = convert(item, hints[name])
            out[name], expressed[key] = made.value, made.expressed
    for name in getattr(annotation, "__required_keys__", ()):
        if name not in out:
            raise InexpressibleError(f"{annotation.__name__} needs {name}", lacks=name)
    return Argument(out, expressed)


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


_SCALARS: Final[tuple[tuple[Any, Callable[[JSON], Argument]], ...]] = (
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


def hints_of(owner: Any) -> dict[str, Any]:
    """Return annotations with names looked up; what cannot be looked up is left open."""
    try:
        return typing.get_type_hints(owner, include_extras=True)
    except Exception:  # noqa: BLE001 - names under TYPE_CHECKING, forward references: foreign code may raise anything
        found: dict[str, Any] = {}
        for name, written in getattr(owner, "__annotations__", {}).items():
            found[name] = _looked_up(written, owner)
        return found


def _looked_up(written: Any, owner: Any) -> Any:
    if not isinstance(written, str):
        return written
    module = inspect.getmodule(owner)
    try:
        return eval(written, dict(vars(module)) if module is not None else {})  # noqa: S307 - the client's own annotation
    except Exception:  # noqa: BLE001 - as above
        return Any


def fields_of(annotation: type) -> tuple[Field, ...]:
    """Return the members of a class of values: dataclass, pydantic, attrs, named tuple, or its constructor."""
    return _fields(typing.cast("Hashable", annotation))


@lru_cache(maxsize=1024)
def _fields(annotation: Any) -> tuple[Field, ...]:
    hints = hints_of(annotation)
    if dataclasses.is_dataclass(annotation):
        return tuple(
            Field(
                one.name,
                one.name,
                hints.get(one.name, Any),
                one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING,
                one.default is None,
            )
            for one in dataclasses.fields(annotation)
            if one.init
        )
    pydantic = getattr(annotation, "model_fields", None)
    if isinstance(pydantic, Mapping):
        by_name = bool(getattr(annotation, "model_config", {}).get("populate_by_name"))
        return tuple(
            Field(
                name,
                name if by_name or not one.alias else one.alias,
                hints.get(name, Any),
                one.is_required(),
                not one.is_required() and one.default is None,
            )
            for name, one in pydantic.items()
        )
    attrs = getattr(annotation, "__attrs_attrs__", None)
    if attrs is not None:
        return tuple(
            Field(one.name, one.alias or one.name.lstrip("_"), hints.get(one.name, one.type), *_default(one.default))
            for one in attrs
            if one.init
        )
    if issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
        defaults = annotation._field_defaults
        return tuple(
            Field(name, name, hints.get(name, Any), name not in defaults, defaults.get(name, 0) is None)
            for name in annotation._fields
        )
    return _constructor(annotation)


def _default(default: Any) -> tuple[bool, bool]:
    missing = getattr(default, "name", "") == "NOTHING"
    return missing, default is None


def _constructor(annotation: type) -> tuple[Field, ...]:
    try:
        parameters = list(inspect.signature(annotation).parameters.values())
    except (TypeError, ValueError):
        return ()
    hints = hints_of(vars(annotation).get("__init__", annotation))
    return tuple(
        Field(
            one.name,
            one.name,
            hints.get(one.name, Any),
            one.default is inspect.Parameter.empty,
            one.default is None,
        )
        for one in parameters
        if one.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    )


def _made(value: JSON, annotation: type) -> Argument:
    """Build an object of a class of values."""
    if isinstance(value, annotation):
        return Argument(value, value)
    if issubclass(annotation, PurePath) or not isinstance(value, dict):
        raise InexpressibleError(f"{annotation.__name__} cannot be made of {value!r}")
    fields = fields_of(annotation)
    known: dict[str, Field] = {}
    for one in fields:
        known.setdefault(plain(one.keyword), one)
        known.setdefault(plain(one.name), one)
    given: dict[str, Any] = {}
    expressed: dict[str, JSON] = {}
    for key, item in value.items():
        field = known.get(plain(key))
        if field is None or field.keyword in given:
            continue
        made = convert(item, field.annotation)
        given[field.keyword] = made.value
        if made.value is not None or not field.none_by_default:
            expressed[key] = made.expressed
    for field in fields:
        if field.required and field.keyword not in given:
            raise InexpressibleError(f"{annotation.__name__} needs {field.name}", lacks=field.name)
    try:
        return Argument(annotation(**given), expressed)
    except Exception as refused:
        raise InexpressibleError(f"{annotation.__name__} refused {value!r}: {refused}") from refused
