"""A JSON value to the argument that a client's annotation asks for.

Each conversion tells two things: the argument, and what of the value it can express. A dataclass without a field for
`email` cannot send one, and nobody is to blame; what is expressed and does not reach the wire is a fault.
"""

from __future__ import annotations

import collections.abc
import enum
import inspect
import types
import typing
from pathlib import PurePath
from typing import Any, Final

from mockserver.edges.consumer.members import Field, fields_of, hints_of, is_unsaid, plain
from mockserver.edges.consumer.scalars import SCALARS, Argument, InexpressibleError
from mockserver.values import JSON


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
    for kind, make in SCALARS:
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
        is_number = isinstance(value, int | float)  # a text has other spellings, a number is no text
        return max(
            found,
            key=lambda one: (
                _size(one.expressed),
                int(not isinstance(one.value, str)) if is_number else _nearness(one.value, value),
            ),
        )
    raise tried[0] if tried else InexpressibleError(f"{value!r} has no place in {members}")


def _nearness(made: Any, value: JSON) -> int:
    """Return how much a value became what a client means by it: an object of its own before plain JSON.

    One without fields says nothing of the value, and something else (null).
    """
    if type(made) is type(value):
        return 1
    return 0 if isinstance(value, dict) and not fields_of(type(made)) else 2


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
        if not is_unsaid(made.value, field.default):
            expressed[key] = made.expressed
    for field in fields:
        if field.required and field.keyword not in given:
            raise InexpressibleError(f"{annotation.__name__} needs {field.name}", lacks=field.name)
    try:
        return Argument(annotation(**given), expressed)
    except Exception as refused:
        raise InexpressibleError(f"{annotation.__name__} refused {value!r}: {refused}") from refused
