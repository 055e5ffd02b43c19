"""Binding by watching: call a method once with values that nobody else uses, and see where on the wire they arrive."""

from __future__ import annotations

import enum
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract.reading import Body
from mockserver.edges.consumer.arguments import convert
from mockserver.edges.consumer.binding import Bound
from mockserver.edges.consumer.members import fields_of, hints_of, plain
from mockserver.edges.consumer.methods import Parameter
from mockserver.edges.consumer.scalars import InexpressibleError
from mockserver.jobs.verify.cases import Place
from mockserver.jobs.verify.observed import Observed
from mockserver.values import JSON, Struct
from mockserver.wire.reading import Absent

MADE_UP = "m0ckname"
"""The name of a member of an object of which nothing is known."""
_DEEPEST = 4
_PLAIN = (str, int, float, bool, bytes, type(None))


class Mark(Struct, frozen=True):
    """A value that was made, and its place in the argument."""

    path: tuple[str, ...]
    text: str


class Marks:
    """Values that nobody else uses, each remembered under the parameter it was made for."""

    def __init__(self) -> None:
        self._count = 0
        self.made: dict[str, list[Mark]] = {}

    def texts(self) -> frozenset[str]:
        """Return all values that nobody else uses, as they look on the wire."""
        return frozenset(mark.text for marks in self.made.values() for mark in marks if len(mark.text) > len("m0c"))

    def of(self, parameter: Parameter) -> Any:
        """Return a JSON value for a parameter, as its annotation asks for; raise InexpressibleError."""
        self.made[parameter.name] = []
        return self._value(parameter.annotation, parameter.name, ())

    def _value(self, annotation: Any, owner: str, path: tuple[str, ...]) -> JSON:
        for candidate in self._candidates(annotation, owner, path):
            try:
                convert(candidate, annotation)
            except InexpressibleError:
                continue
            return candidate
        raise InexpressibleError(f"no value for {annotation}")

    def _candidates(self, annotation: Any, owner: str, path: tuple[str, ...]) -> Iterator[JSON]:
        members = [one for one in typing.get_args(annotation) if isinstance(one, type)]
        kinds = [annotation] if isinstance(annotation, type) else members
        for kind in kinds:
            if issubclass(kind, enum.Enum):
                yield self._noted(owner, path, next(iter(kind)).value)
            elif typing.get_args(annotation) and typing.get_origin(annotation) in (list, tuple, set, frozenset):
                yield [self._value(members[0], owner, path)]
            elif len(path) < _DEEPEST and kind not in _PLAIN and (known := _members(kind)):
                yield {name: self._value(inner, owner, (*path, name)) for name, inner in known.items()}
        for literal in typing.get_args(annotation):
            if isinstance(literal, str | int) and not isinstance(literal, bool):
                yield self._noted(owner, path, literal)
        self._count += 1
        number = self._count
        day = f"2031-01-{1 + number % 28:02}"
        yield self._noted(owner, path, f"m0ck{number}")
        yield self._noted(owner, path, f"{day}T00:00:{number % 60:02}+00:00")
        yield self._noted(owner, path, day)
        yield self._noted(owner, path, 700000 + number)
        yield self._noted(owner, path, f"00000000-0000-4000-8000-{number:012}")
        yield [self._noted(owner, path, f"m0ck{number}")]
        yield {MADE_UP: self._noted(owner, (*path, MADE_UP), f"m0ck{number}")}
        yield True

    def _noted(self, owner: str, path: tuple[str, ...], value: JSON) -> JSON:
        self.made[owner].append(Mark(path, str(value)))
        return value


def _members(kind: type) -> Mapping[str, Any]:
    """Return what an object of a class needs to be made: its required members, or some of it."""
    if typing.is_typeddict(kind):
        hints = hints_of(kind)
        needed: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
        return {name: hints[name] for name in hints if name in needed} or dict(list(hints.items())[:2])
    fields = fields_of(kind)
    needed_fields = [one for one in fields if one.required] or list(fields[:2])
    return {one.name: one.annotation for one in needed_fields}


def arrived(
    observed: Observed, parameters: Sequence[Parameter], made: Mapping[str, Sequence[Mark]]
) -> tuple[Bound, ...]:
    """Return each parameter with the place where its values arrived; None where they did not."""
    leaves = list(_leaves(observed))
    return tuple(Bound(one, _place(leaves, made.get(one.name, ()))) for one in parameters if not one.variable)


def _place(leaves: Sequence[tuple[tuple[str, ...], str]], marks: Sequence[Mark]) -> Place | None:
    for path, text in leaves:
        for mark in sorted(marks, key=lambda one: -len(one.path)):  # of values tried in vain, too: the whole one counts
            if not _same(text, mark.text):
                continue
            inner = len(mark.path)
            if [*map(plain, path[len(path) - inner :])] == [*map(plain, mark.path)]:
                place = path[: len(path) - inner]
                if place:
                    return place
    return None


def doubled(
    observed: Observed, bound: Sequence[Bound], made: Mapping[str, Sequence[Mark]]
) -> Iterator[tuple[str, str, Place]]:
    """Yield a parameter that arrived nowhere, another of its kind that arrived twice, and where the second time."""
    leaves = list(_leaves(observed))
    lost = [one.parameter for one in bound if one.place is None]
    for one in bound:
        texts = {mark.text for mark in made.get(one.parameter.name, ()) if len(mark.text) > len("m0c")}
        places = list(dict.fromkeys(path for path, text in leaves if any(_same(text, each) for each in texts)))
        twin = next((each for each in lost if _kind(each.annotation) == _kind(one.parameter.annotation)), None)
        if len(places) > 1 and twin is not None:
            yield twin.name, one.parameter.name, next((each for each in places if each != one.place), places[-1])


def strayed(
    observed: Observed, bound: Sequence[Bound], made: Mapping[str, Sequence[Mark]]
) -> Iterator[tuple[str, str, str]]:
    """Yield a parameter that arrived nowhere but in a header without a place, that header, and one that nobody said."""
    reading = observed.reading
    if reading is None:
        return
    declared = {one.plan.parameter.name.lower() for one in reading.headers}
    free = [one.plan.parameter.name for one in reading.headers if isinstance(one.outcome, Absent)]
    for one in bound:
        texts = {mark.text for mark in made.get(one.parameter.name, ()) if len(mark.text) > len("m0c")}
        for name, value in observed.request.headers:
            if one.place is None and free and name.lower() not in declared and value in texts:
                yield one.parameter.name, name, free[0]


def _kind(annotation: Any) -> frozenset[Any]:
    """Return the types an annotation allows, but for None."""
    return frozenset(typing.get_args(annotation) or (annotation,)) - {type(None)}


def _same(text: str, value: str) -> bool:
    second = len("2031-01-02T00:00:00")
    return text == value or (len(value) > second and text[:second] == value[:second] and value.startswith("2031"))


def _leaves(observed: Observed) -> Iterator[tuple[tuple[str, ...], str]]:
    if observed.reading is None:
        return
    for value in observed.reading.parameters():
        parameter = value.plan.parameter
        for path, text in _texts(value.value, ()):
            yield (parameter.location, parameter.name, *path), text
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
