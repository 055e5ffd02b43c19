"""The public methods of a client, called with JSON values.

A method stands under its path: `create`, or `shipments.create` for a client with groups. Around a call every argument
is made of its annotation, and it is noted what each expresses.
"""

from __future__ import annotations

import enum
import inspect
import types
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from mockserver.edges.consumer.arguments import convert
from mockserver.edges.consumer.members import fields_of, hints_of
from mockserver.edges.consumer.scalars import Argument
from mockserver.values import JSON, Struct, field

_GROUPS: Final = 2
_NOT_CALLS: Final = frozenset({"close", "aclose", "copy", "with_options", "configure", "connect", "disconnect"})


class Parameter(Struct, frozen=True):
    """One parameter of a method."""

    name: str
    annotation: Any
    required: bool
    default: Any = inspect.Parameter.empty
    variable: bool = False


class Method(Struct, frozen=True):
    """A public method: its path from the client, and its parameters (None: they cannot be read)."""

    path: str
    parameters: tuple[Parameter, ...]
    spelled: str
    file: str = ""
    line: int = 0
    pages: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


class _Called(Struct, frozen=True):
    """What is asked of a function at every call, asked once."""

    signature: inspect.Signature
    parameters: tuple[Parameter, ...]


@lru_cache(maxsize=4096)
def _plain_call(function: Any) -> _Called | None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    return _Called(signature, _parameters(function, signature))


def _call_of(function: Any) -> _Called | None:
    """Return signature and parameters, `self` left out; None for what cannot be asked."""
    plainly = getattr(function, "__func__", None)
    if plainly is None:
        return _plain_call(function)
    whole = _plain_call(plainly)
    if whole is None or not whole.parameters:
        return whole
    first = next(iter(whole.signature.parameters))
    kept = [one for name, one in whole.signature.parameters.items() if name != first]
    return _Called(whole.signature.replace(parameters=kept), whole.parameters[1:])


def parameters_of(function: Any) -> tuple[Parameter, ...]:
    """Return the parameters of something that can be called, `self` left out."""
    found = _call_of(function)
    return found.parameters if found is not None else ()


def _parameters(function: Any, signature: inspect.Signature) -> tuple[Parameter, ...]:
    hints = hints_of(inspect.unwrap(function))
    return tuple(
        Parameter(
            one.name,
            hints.get(one.name, one.annotation),
            one.default is inspect.Parameter.empty and one.kind is not inspect.Parameter.VAR_KEYWORD,
            one.default,
            one.kind is inspect.Parameter.VAR_KEYWORD,
        )
        for one in signature.parameters.values()
        if one.kind is not inspect.Parameter.VAR_POSITIONAL
    )


def methods_of(client: Any) -> tuple[Method, ...]:
    """Return the public methods of a client, those of its groups included, in the order of their names.

    A group that stands in several places (what all parts of a client share) counts where it stands first.
    """
    found: list[Method] = []
    seen = {id(client)}
    layer = [("", client)]
    for depth in range(_GROUPS + 1):
        below: list[tuple[str, Any]] = []
        for prefix, owner in layer:
            home = owner.__name__ if isinstance(owner, types.ModuleType) else type(owner).__module__
            for name, value in _public(owner, with_properties=depth < _GROUPS):
                if inspect.isroutine(value):
                    found.append(_method(value, f"{prefix}{name}"))
                elif _is_group(value, home) and id(value) not in seen:
                    seen.add(id(value))
                    below.append((f"{prefix}{name}.", value))
        layer = below
    return tuple(sorted(found, key=lambda method: method.path))


def _public(owner: Any, *, with_properties: bool) -> Iterator[tuple[str, Any]]:
    """Yield the public attributes of an object that are no classes, or what a module defines itself."""
    for name in dir(owner):
        if name.startswith("_") or name in _NOT_CALLS:
            continue
        if not with_properties and isinstance(inspect.getattr_static(owner, name, None), property):
            continue
        value = _attribute(owner, name)
        if inspect.isclass(value) or isinstance(value, types.ModuleType):
            continue
        if not isinstance(owner, types.ModuleType) or getattr(value, "__module__", "") == owner.__name__:
            yield name, value


def _attribute(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except Exception:  # noqa: BLE001 - a property of foreign code may raise anything, and is no method then
        return None


def _is_group(value: Any, home: str) -> bool:
    """Tell whether an attribute is a part of the client, such as `client.shipments`."""
    module = type(value).__module__
    return module.partition(".")[0] == home.partition(".")[0] and not isinstance(value, str | int | float | dict | list)


def _method(function: Any, path: str) -> Method:
    plainly = inspect.unwrap(getattr(function, "__func__", function))
    code = getattr(plainly, "__code__", None)
    try:
        spelled = str(inspect.signature(function)).replace("'", "").replace('"', "")
    except (TypeError, ValueError):
        spelled = "(...)"
    return Method(
        path,
        parameters_of(function),
        f"{path}{spelled}",
        code.co_filename if code is not None else "",
        code.co_firstlineno if code is not None else 0,
        inspect.isgeneratorfunction(plainly) or inspect.isasyncgenfunction(plainly),
    )


class Notes(Struct):
    """What was noted around one call: what arguments express, which names a method does not have."""

    expressed: dict[int, JSON] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    unannotated: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    last: tuple[str, tuple[Any, ...], dict[str, Any]] | None = None

    def spelled(self) -> str:
        """Return the last call as Python would write it: `create(Address(city='a'))`."""
        if self.last is None:
            return ""
        path, args, more = self.last
        said = [*map(in_python, args), *(f"{name}={in_python(value)}" for name, value in more.items())]
        return f"{path}({', '.join(said)})"

    def names(self) -> tuple[tuple[str, str], ...]:
        """Return module and name of each class that the last call is spelled with."""
        _, args, more = self.last or ("", (), {})
        return tuple(sorted(set(_classes([*args, *more.values()]))))


class Typed:
    """A client whose methods take JSON values."""

    def __init__(self, client: Any, notes: Notes, path: str = "") -> None:
        object.__setattr__(self, "_client", client)
        object.__setattr__(self, "_notes", notes)
        object.__setattr__(self, "_path", path)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        if inspect.isclass(value):
            return value
        path = f"{self._path}{name}"
        if inspect.isroutine(value):
            self._notes.called.add(path)
            return typed_call(value, self._notes, path)
        if _is_group(value, type(self._client).__module__):
            return Typed(value, self._notes, f"{path}.")
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._client, name, value)


def typed_call(function: Any, notes: Notes, path: str) -> Callable[..., Any]:
    """Return a function that makes each argument of its annotation before it calls."""
    found = _call_of(function)
    if found is None:
        return function  # type: ignore[no-any-return]  # what cannot be asked is called as it is
    signature = found.signature
    known = {one.name: one for one in found.parameters}
    takes_more = any(one.variable for one in known.values())

    def call(*args: Any, **more: Any) -> Any:
        for name in [name for name in more if name not in known and not takes_more]:
            notes.unknown.add(name)
            del more[name]
        bound = signature.bind(*args, **more)
        for name, value in list(bound.arguments.items()):
            parameter = known.get(name)
            if parameter is None or parameter.variable:
                continue
            bound.arguments[name] = converted(value, parameter, notes)
        notes.last = path, bound.args, bound.kwargs
        return function(*bound.args, **bound.kwargs)

    return call


def in_python(value: Any) -> str:
    """Return an argument as Python would write it."""
    match value:
        case enum.Enum():
            return f"{type(value).__name__}.{value.name}"
        case datetime():
            return f"datetime.fromisoformat({value.isoformat()!r})"
        case date():
            return f"date.fromisoformat({value.isoformat()!r})"
        case dict():
            return "{" + ", ".join(f"{name!r}: {in_python(item)}" for name, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(in_python, value)) + "]"
        case None | str() | bool() | int() | float() | bytes() | Decimal() | UUID() | tuple() | set() | frozenset():
            return repr(value)
        case _:
            said = [(one.keyword, getattr(value, one.name, None)) for one in fields_of(type(value))]
            members = ", ".join(f"{name}={in_python(item)}" for name, item in said if item is not None)
            return f"{type(value).__name__}({members})"


def _classes(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list | tuple | set | frozenset):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _classes(item)
    elif not isinstance(value, None | str | bool | int | float | bytes) or isinstance(value, enum.Enum):
        yield type(value).__module__, type(value).__qualname__
        if not isinstance(value, enum.Enum | date | Decimal | UUID):
            yield from _classes([getattr(value, one.name, None) for one in fields_of(type(value))])


def converted(value: Any, parameter: Parameter, notes: Notes) -> Any:
    """Return the argument for a parameter, and note what it expresses."""
    if not isinstance(value, dict | list | str | int | float | bool | None):
        return value
    is_said = parameter.annotation not in (inspect.Parameter.empty, Any)
    if isinstance(parameter.annotation, str) or (not is_said and isinstance(value, dict | list)):
        notes.unannotated.add(parameter.name)
    if value is None and parameter.default is None:
        return None
    made: Argument = convert(value, parameter.annotation)
    if isinstance(value, dict | list):
        notes.expressed[id(value)] = made.expressed
        notes.kept.append(value)  # as long as it lives no other value has its id
    return made.value
