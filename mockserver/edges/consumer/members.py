"""What a class of values is made of: its members, by the names of its constructor, with their annotations."""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any

from mockserver.values import Struct


class Field(Struct, frozen=True):
    """One member of a class of values: how it is called in the constructor, and what it is when it is left out."""

    name: str
    keyword: str
    annotation: Any
    required: bool
    default: Any = inspect.Parameter.empty


_EMPTY: typing.Final = (str, list, tuple, set, frozenset, dict)


def is_unsaid(value: Any, default: Any) -> bool:
    """Tell whether a value is what stands there when nothing is said: None, or an empty text, list or object.

    >>> is_unsaid(None, None), is_unsaid([], ()), is_unsaid([], None), is_unsaid(0, 0)
    (True, True, False, False)
    """
    if value is None:
        return default is None
    return isinstance(value, _EMPTY) and isinstance(default, _EMPTY) and not value and not default


def _of_factory(factory: Any) -> Any:
    return factory() if factory in _EMPTY else inspect.Parameter.empty


def plain(name: str) -> str:
    """Return a name as everybody would know it again: letters and digits, lower case.

    >>> plain("Idempotency-Key") == plain("idempotency_key") == plain("idempotencyKey")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


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
                one.default if one.default is not dataclasses.MISSING else _of_factory(one.default_factory),
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
                one.default if one.default_factory is None else _of_factory(one.default_factory),
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
            Field(name, name, hints.get(name, Any), name not in defaults, defaults.get(name, inspect.Parameter.empty))
            for name in annotation._fields
        )
    return _constructor(annotation)


def _default(default: Any) -> tuple[bool, Any]:
    missing = getattr(default, "name", "") == "NOTHING"
    return missing, _of_factory(default.factory) if hasattr(default, "factory") else default


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
            one.default,
        )
        for one in parameters
        if one.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    )
