"""Methods of a client bound to operations: as the suite says, by name, then by watching."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.api.clients.plans import methods_called_by
from mockserver.contract.model import Operation
from mockserver.contract.plan import Plan
from mockserver.edges.consumer.binding import Bound, How, bind_parameters, operations_named, places_by_name
from mockserver.edges.consumer.members import plain
from mockserver.edges.consumer.methods import Method, Parameter, parameters_of
from mockserver.edges.consumer.scalars import InexpressibleError
from mockserver.edges.consumer.watching import MADE_UP, Marks, arrived, doubled, strayed
from mockserver.errors import UsageError
from mockserver.jobs.service import Service
from mockserver.jobs.verify.cases import Place, body_media, places_of
from mockserver.jobs.verify.observed import Observed, Shown
from mockserver.jobs.verify.watched import arrives_wrong, strays
from mockserver.values import replace


class Binder:
    """Binds to the operations of one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.strays: list[Shown] = []

    def _plan(self, operation: Operation) -> Plan | None:
        plan = self._service.plans.of(operation)
        return plan if isinstance(plan, Plan) else None

    def by_you(
        self, function: Callable[..., Any], operations: tuple[Operation, ...], optional: frozenset[str], *, pages: bool
    ) -> Binding:
        """Bind what the suite says; raise UsageError where an argument's name means nothing."""
        parameters = parameters_of(function)[1:]  # the first is the client
        bound = tuple(self._bound(parameters, operation)[0] for operation in operations)
        known = {one.parameter.name for part in bound for one in part if one.place is not None}
        for one in parameters:
            if one.required and one.name not in known and not one.variable:
                raise UsageError(
                    f"{one.name} is no parameter and no property of {', '.join(map(_name, operations))}",
                    where=_where(function),
                    fix=f"names are {', '.join(self._names(operations))}",
                )
        label = function.__name__ if function.__name__ not in {"_", "<lambda>"} else "+".join(map(_name, operations))
        return Binding(
            label,
            "by you",
            operations,
            bound,
            f"{label}{inspect.signature(function)}",
            function,
            optional=optional,
            pages=pages,
            more=any(one.variable for one in parameters),
            source=_where(function),
        )

    def frozen(
        self, method: str, operations: tuple[Operation, ...], places: Mapping[str, str], *, pages: bool
    ) -> Binding:
        """Bind a method as it was written down; raise UsageError for a place that no operation has."""
        if not operations:
            raise UsageError(f"bind({method!r}) names no operation", fix='write suite.bind("create", "createShipment")')
        parsed = {name: _parsed(place) for name, place in places.items()}
        bound: list[tuple[Bound, ...]] = []
        for operation in operations:
            plan = self._plan(operation)
            media = body_media(self._service.plans, plan) if plan is not None else ()
            known = set(places_of(plan, media[0] if media else None)) if plan is not None else set()
            bound.append(
                tuple(
                    Bound(Parameter(name, inspect.Parameter.empty, required=False, default=None), place)
                    for name, place in parsed.items()
                    if place[:2] in known
                )
            )
        seen = {one.parameter.name for part in bound for one in part}
        for name in parsed:
            if name not in seen:
                raise UsageError(
                    f"{places[name]} is no place of {', '.join(map(_name, operations))}",
                    where=f"bind({method!r})",
                    fix=f"places end with {', '.join(self._names(operations))}",
                )
        return Binding(method, "by you", operations, tuple(bound), method, method=method, pages=pages)

    def _names(self, operations: tuple[Operation, ...]) -> Iterator[str]:
        for operation in operations:
            plan = self._plan(operation)
            media = body_media(self._service.plans, plan) if plan is not None else ()
            if plan is not None:
                yield from (place[-1] for place in places_of(plan, media[0] if media else None))

    def _bound(
        self, parameters: tuple[Parameter, ...], operation: Operation
    ) -> tuple[tuple[Bound, ...], tuple[str, ...]]:
        plan = self._plan(operation)
        if plan is None:
            return (), ("the contract",)
        media = body_media(self._service.plans, plan)
        return bind_parameters(parameters, plan, media[0] if media else None)

    def all(
        self, calling: Calling, explicit: tuple[Binding, ...], ignore: frozenset[str]
    ) -> tuple[tuple[Binding, ...], tuple[tuple[str, str], ...]]:
        """Return all bindings, and each method that could not be bound with the reason."""
        covered = methods_called_by(calling, explicit)
        found = list(explicit)
        unbound: list[tuple[str, str]] = []
        taken = {name for one in explicit for name in one.names}
        for method in calling.methods:
            if method.path in covered or any(one.method == method.path for one in explicit):
                continue
            if any(fnmatchcase(method.path, pattern) for pattern in ignore):
                continue
            binding = self._by_name(method, calling) or self._by_watching(method, calling)
            if isinstance(binding, Binding):
                if binding.how == "by name" or not set(binding.names) <= taken or not explicit:
                    found.append(binding)
            else:
                unbound.append((method.spelled, binding))
        return tuple(_distinct(found)), tuple(unbound)

    def _by_name(self, method: Method, calling: Calling) -> Binding | None:
        operations = operations_named(method, self._service.contract.operations)
        for operation in operations:
            bound, unknown = self._bound(method.parameters, operation)
            if not unknown:
                if any(one.place is None for one in bound):
                    bound = self._completed(method, operation, bound, calling)
                exact = plain(operation.operation_id) in {plain(method.name), plain(method.path)}
                if exact or not self._calls_another(method, operation, calling):
                    return self._binding(method, "by name", operation, bound, method.pages)
        return None

    def _calls_another(self, method: Method, operation: Operation, calling: Calling) -> bool:
        """Tell whether a method whose name is only alike is seen to call another operation of the contract."""
        marks = Marks()
        try:
            said = {one.name: marks.of(one) for one in method.parameters if one.required}
        except InexpressibleError:
            return False
        observed, _ = calling.watch(method, said)
        return bool(observed) and observed[0].operation not in {"", operation.name}

    def _completed(
        self, method: Method, operation: Operation, bound: tuple[Bound, ...], calling: Calling
    ) -> tuple[Bound, ...]:
        """Return the parameters of a method with the places that its name did not tell, seen by watching."""
        marks = Marks()
        try:
            said = {one.name: marks.of(one) for one in method.parameters if not one.variable}
        except InexpressibleError:
            return bound
        observed, _ = calling.watch(method, said)
        if len(observed) != 1 or observed[0].operation != operation.name:
            return bound
        self.strays.extend(strays(observed[0], marks.texts(), MADE_UP))
        taken = {one.place for one in bound}
        seen = {one.parameter.name: one.place for one in arrived(observed[0], method.parameters, marks.made)}
        found: list[Bound] = []
        for one in bound:
            place = one.place or seen.get(one.parameter.name)
            found.append(one if one.place is not None or place in taken else replace(one, place=place))
        self._misplaced(operation, observed[0], tuple(found), marks)
        return tuple(found)

    def _by_watching(self, method: Method, calling: Calling) -> Binding | str:
        marks = Marks()
        try:
            said = {one.name: marks.of(one) for one in method.parameters if not one.variable}
        except InexpressibleError as cannot:
            return f"its arguments cannot be made: {cannot}"
        observed, trouble = calling.watch(method, said)
        if not observed:
            required = {one.name: said[one.name] for one in method.parameters if one.required}
            observed, trouble = calling.watch(method, required)
            said = required
        for each in observed:
            self.strays.extend(strays(each, marks.texts(), MADE_UP))
        names = list(dict.fromkeys(one.operation for one in observed))
        if not observed:
            return f"it sent nothing{': ' + trouble if trouble else ''}"
        if len(names) != 1 or not names[0]:
            return f"it called {', then '.join(name or 'an unknown path' for name in names)}"
        (operation,) = (one for one in self._service.contract.operations if one.name == names[0])
        bound = arrived(observed[0], method.parameters, marks.made)
        self._misplaced(operation, observed[0], bound, marks)
        plan = self._plan(operation)
        if plan is not None:
            media = body_media(self._service.plans, plan)
            bound = places_by_name(bound, plan, media[0] if media else None)
        fixed = tuple(
            (one.parameter.name, said[one.parameter.name])
            for one in bound
            if one.place is None and one.parameter.required
        )
        return self._binding(method, "by watching", operation, bound, method.pages, fixed)

    def _misplaced(self, operation: Operation, observed: Observed, bound: tuple[Bound, ...], marks: Marks) -> None:
        """Take note of arguments that stand where others should, or where nothing is."""
        for lost, twice, place in doubled(observed, bound, marks.made):
            at = f"{place[0]}.{'/'.join(place[1:])}"
            message = f"{at} is what {twice} was given, and {lost} reached the wire nowhere"
            self.strays.append(arrives_wrong(observed, operation.node, at, message, f"send {lost} there"))
        for lost, header, free in strayed(observed, bound, marks.made):
            message = f"{lost} was sent as {header}, which the contract does not have, and {free} was not sent"
            fix = f"look whether {free} is meant"
            self.strays.append(arrives_wrong(observed, operation.node, f"header.{header}", message, fix))

    def _binding(
        self,
        method: Method,
        how: How,
        operation: Operation,
        bound: tuple[Bound, ...],
        pages: bool,  # noqa: FBT001 - what the method is, not a choice
        fixed: tuple[tuple[str, Any], ...] = (),
    ) -> Binding:
        return Binding(
            method.path,
            how,
            (operation,),
            (bound,),
            method.spelled,
            method=method.path,
            pages=pages,
            fixed=fixed,
            source=f"{method.file}:{method.line}",
        )


def _parsed(place: str) -> Place:
    """Return `query.to/country` as a place."""
    location, _, name = place.partition(".")
    return (location, *name.split("/")) if name else (location,)


def _distinct(bindings: list[Binding]) -> Iterator[Binding]:
    """Yield bindings under labels of their own."""
    seen: dict[str, int] = {}
    for binding in bindings:
        count = seen[binding.label] = seen.get(binding.label, 0) + 1
        if count == 1:
            yield binding
        else:
            yield replace(binding, label=f"{binding.label}-{count}")


def _name(operation: Operation) -> str:
    return operation.name


def _where(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code is not None else ""
