"""Binding by watching: call a method once with values that nobody else uses, and see where on the wire they arrive."""

from __future__ import annotations

import enum
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract.reading import Body
from mockserver.edges.consumer.arguments import InexpressibleError, convert, fields_of
from mockserver.edges.consumer.binding import Bound
from mockserver.edges.consumer.methods import Parameter
from mockserver.jobs.verify_cases import Place
from mockserver.jobs.verify_judge import Observed
from mockserver.values import JSON

_DEEPEST = 4


class Marks:
    """Values that nobody else uses, each remembered under the parameter it was made for."""

    def __init__(self) -> None:
        self._count = 0
        self.made: dict[str, list[str]] = {}

    def of(self, parameter: Parameter) -> Any:
        """Return a JSON value for a parameter, as its annotation asks for; raise InexpressibleError."""
        self.made[parameter.name] = []
        return self._value(parameter.annotation, parameter.name, 0)

    def _value(self, annotation: Any, owner: str, depth: int) -> JSON:
        for candidate in self._candidates(annotation, owner, depth):
            try:
                convert(candidate, annotation)
            except InexpressibleError:
                continue
            return candidate
        raise InexpressibleError(f"no value for {annotation}")

    def _candidates(self, annotation: Any, owner: str, depth: int) -> Iterator[JSON]:
        members = [one for one in typing.get_args(annotation) if isinstance(one, type)]
        kinds = [annotation] if isinstance(annotation, type) else members
        for kind in kinds:
            if issubclass(kind, enum.Enum):
                yield self._noted(owner, next(iter(kind)).value)
            elif typing.get_args(annotation) and typing.get_origin(annotation) in (list, tuple, set, frozenset):
                yield [self._value(members[0], owner, depth + 1)]
            elif depth < _DEEPEST and kind not in (str, int, float, bool, bytes) and fields_of(kind):
                yield {
                    one.name: self._value(one.annotation, owner, depth + 1) for one in fields_of(kind) if one.required
                }
        for literal in typing.get_args(annotation):
            if isinstance(literal, str | int) and not isinstance(literal, bool):
                yield self._noted(owner, literal)
        self._count += 1
        number = self._count
        yield self._noted(owner, f"m0ck{number}")
        yield self._noted(owner, 700000 + number)
        yield self._noted(owner, f"2031-01-{1 + number % 28:02}")
        yield self._noted(owner, f"2031-01-{1 + number % 28:02}T00:00:{number % 60:02}+00:00")
        yield self._noted(owner, f"00000000-0000-4000-8000-{number:012}")
        yield [self._noted(owner, f"m0ck{number}")]
        yield {"key": self._noted(owner, f"m0ck{number}")}
        yield True

    def _noted(self, owner: str, value: JSON) -> JSON:
        self.made[owner].append(str(value))
        return value


def arrived(
    observed: Observed, parameters: Sequence[Parameter], made: Mapping[str, Sequence[str]]
) -> tuple[Bound, ...]:
    """Return each parameter with the place where its values arrived; None where they did not."""
    leaves = list(_leaves(observed))
    return tuple(Bound(one, _place(leaves, made.get(one.name, ()))) for one in parameters if not one.variable)


def _place(leaves: Sequence[tuple[tuple[str, ...], str]], values: Sequence[str]) -> Place | None:
    found = [path for path, text in leaves if any(_same(text, value) for value in values)]
    if not found:
        return None
    if found[0][0] != "body":
        return found[0][:2]
    tops = {path[:2] for path in found if path[0] == "body"}
    return next(iter(tops)) if len(tops) == 1 else ("body",)


def _same(text: str, value: str) -> bool:
    return text == value or (len(value) == len("2031-01-02T00:00:00+00:00") and text[:19] == value[:19])


def _leaves(observed: Observed) -> Iterator[tuple[tuple[str, ...], str]]:
    if observed.reading is None:
        return
    for value in observed.reading.parameters():
        parameter = value.plan.parameter
        for _, text in _texts(value.value, ()):
            yield (parameter.location, parameter.name), text
    if isinstance(observed.reading.body, Body):
        for path, text in _texts(observed.reading.body.value, ()):
            yield ("body", *path), text


def _texts(value: JSON, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    match value:
        case dict():
            for name, item in value.items():
                yield from _texts(item, (*path, name))
        case list():
            for item in value:
                yield from _texts(item, path)
        case None | bool():
            return
        case _:
            yield path, str(value)
