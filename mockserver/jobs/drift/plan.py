"""What is asked of a live API: requests that change nothing, and that somebody makes anyway.

In this order: what cassettes have recorded, the least of every list, the contract's examples, the things that answers
have named, links, and then a few bounds and a thing that is not there. Methods beside GET and HEAD are asked for by
name only, and touch nothing but what this very run has made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, Literal, TypeAlias

from mockserver.cassette.model import Interaction
from mockserver.cassette.secret_words import is_secret_name
from mockserver.contract.model import Operation
from mockserver.contract.plan import ParameterPlan, Plan
from mockserver.contract.reading import Body, fitting, read_request
from mockserver.contract.route import Routed
from mockserver.errors import MockserverError
from mockserver.exchange import Headers, Request
from mockserver.generate.boundary import Boundary
from mockserver.generate.flat import flattened
from mockserver.jobs.drift.pool import Captured, Pool, kind_word
from mockserver.jobs.homes import Homes, Located, route_of
from mockserver.jobs.sample import Sampler
from mockserver.jobs.service import Service
from mockserver.jobs.verify.cases import body_media
from mockserver.jobs.verify.spellable import is_spellable
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, replace
from mockserver.wire.reading import Absent

Source: TypeAlias = Literal["recorded", "example", "least", "chained", "bound", "listed", "absent", "allowed"]

SAFE: Final = frozenset({"GET", "HEAD"})
_MADE_ANEW: Final = frozenset({"host", "content-length", "accept-encoding", "connection", "user-agent"})
_TRIES: Final = 20
_BOUNDS: Final = 2
_MOST_LISTED: Final = 8
_NOBODY: Final[tuple[JSON, ...]] = (
    "no-such-thing", "nosuchthing0000", "00000000-0000-4000-8000-00000000dead", 987654321, 987654321012345,
    "987654321",
)  # fmt: skip
_OPAQUE: Final = ("cursor", "token", "after", "before", "next", "page")


class Probe(Struct, frozen=True):
    """One request, its target below the API's address. `captured` are the values of its path.

    `recorded` is the status that a cassette has for it (0: none has). `signed` asks for the service's credentials. Of
    the sources, "listed" is a value that stands in the contract, and "bound" one that merely keeps it; `about` is its
    parameter.
    """

    operation: Operation
    request: Request
    source: Source
    captured: Captured
    signed: bool
    recorded: int = 0
    about: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """By what two probes are the same."""
        return self.request.method, self.request.target, self.request.header("accept") or ""


class Planner:
    """Makes the probes of one service; `signs` tells whether there are credentials for what wants some."""

    def __init__(self, service: Service, validators: Validators, *, seed: int = 0, signs: bool = True) -> None:
        self._signs = signs
        self._service = service
        self._validators = validators
        self._seed = seed

    def plan(self, operation: Operation) -> Plan | None:
        """Return the plan of an operation that can be read."""
        found = self._service.plans.of(operation)
        return found if isinstance(found, Plan) else None

    def recorded(self, interactions: Sequence[tuple[Interaction, Located]]) -> Iterator[Probe]:
        """Yield the safe requests that were recorded, without their pseudonyms."""
        for one, located in interactions:
            request = replace(one.request, target=located.target)
            found = self.read(located, request)
            if found is None or request.method not in SAFE:
                continue
            plan, captured = found
            headers = tuple(_kept(request.headers))
            signed = self._signs and bool(plan.security) and one.response.status not in {401, 403}
            asked = replace(request, headers=headers, body=b"")
            yield Probe(plan.operation, asked, "recorded", captured, signed, one.response.status)

    def read(self, located: Located, request: Request) -> tuple[Plan, Captured] | None:
        """Return the operation that a request asks for, and the values of its path."""
        route = route_of(located, request.method)
        if not isinstance(route, Routed):
            return None
        if route.rivals:
            route = fitting(self._service.plans, route, request)
        plan = self.plan(route.operation)
        return (plan, captured_of(self._service, plan, route, request)) if plan is not None else None

    def least(self, operation: Operation, captured: Captured, source: Source = "least") -> Iterator[Probe]:
        """Yield the least request of an operation, if one can be made."""
        plan = self.plan(operation)
        if plan is not None and set(plan.path) <= set(captured) and _may_be_asked(plan, captured):
            yield from self._made(plan, captured, {}, source)

    def absent(self, operation: Operation, known: Sequence[Captured]) -> Iterator[Probe]:
        """Yield a request for a thing that is not there: the answer shows how the API says no."""
        plan = self.plan(operation)
        if plan is None or not plan.path:
            return
        nobody: dict[str, JSON] = {}
        for name, entry in plan.path.items():
            taken = {str(one.get(name)) for one in known}
            nobody[name] = next((one for one in self._strangers(entry) if str(one) not in taken), None)
        last = list(plan.path)[-1]
        if nobody[last] is None:
            return
        captured = {**nobody, **{name: value for name, value in (known[0] if known else {}).items() if name != last}}
        if all(value is not None for value in captured.values()):
            for probe in self._made(plan, captured, {}, "absent"):
                yield replace(probe, captured={})

    def _strangers(self, entry: ParameterPlan) -> Iterator[JSON]:
        """Yield values by which hardly anything is called."""
        drawn = Boundary(entry.bundle.schema, self._validators).values() if entry.bundle is not None else iter(())
        for value in (*_NOBODY, *(one.value for one in islice(drawn, _TRIES))):
            fits = entry.validator is None or entry.validator.is_valid(value)
            if fits and is_spellable(entry, value):
                yield value

    def page(self, operation: Operation, captured: Captured, target: str) -> Iterator[Probe]:
        """Yield the request for another page, at the address that the API has given."""
        for probe in self.least(operation, captured, "chained"):
            yield replace(probe, request=replace(probe.request, target=target))

    def examples(self, operation: Operation, captured: Captured) -> Iterator[Probe]:
        """Yield a request for each example of a parameter that may be left out."""
        plan = self.plan(operation)
        for parameter in _optional(plan):
            for example in parameter.parameter.examples:
                if plan is not None and parameter.validator is not None and parameter.validator.is_valid(example.value):
                    yield from self._made(plan, captured, {_place(parameter): example.value}, "example")

    def bounds(self, operation: Operation, captured: Captured) -> Iterator[Probe]:
        """Yield requests in which one parameter has a value at the edge of what it may be, or each that is listed."""
        plan = self.plan(operation)
        for parameter in _optional(plan):
            bundle = parameter.bundle
            is_opaque = any(word in parameter.parameter.name.lower() for word in _OPAQUE)
            if plan is None or bundle is None or (is_opaque and not _listed(bundle.schema)):
                continue
            drawn = (one.value for one in Boundary(bundle.schema, self._validators).values())
            spelled = [value for value in islice(drawn, _TRIES) if is_spellable(parameter, value)]
            written = [value for value in spelled if _is_written(value, bundle.schema)]
            for value in (written or spelled)[: _MOST_LISTED if written else _BOUNDS]:
                for probe in self._made(plan, captured, {_place(parameter): value}, "listed" if written else "bound"):
                    yield replace(probe, about=_place(parameter))

    def speaks_of(self, operation: Operation) -> int:
        """Return how many things of other collections the body of an operation speaks of."""
        plan = self.plan(operation)
        names = (
            {name for media in body_media(self._service.plans, plan) for name in media.spec.shape.property_names}
            if plan
            else ()
        )
        kinds = {
            kind_word(one.template) for one in self._service.contract.operations if one.template != operation.template
        }
        return sum(kind_word(f"/{name}s") in kinds for name in names)

    def allowed(self, operation: Operation, captured: Captured, own: Pool) -> Iterator[Probe]:
        """Yield the least request of an operation that is not safe; the things that it speaks of are this run's own."""
        plan = self.plan(operation)
        for probe in self.least(operation, captured, "allowed"):
            body = read_request(self._service.plans, plan, probe.request, ()).body if plan is not None else None
            if plan is None or not isinstance(body, Body) or not isinstance(body.value, dict):
                yield probe
                continue
            own_names = {name: own.related(name) for name, value in body.value.items() if isinstance(value, str)}
            related = {name: value for name, value in own_names.items() if value is not None}
            yield from self._made(plan, captured, {"body": {**body.value, **related}}, "allowed")

    def _made(self, plan: Plan, captured: Captured, given: Mapping[str, JSON], source: Source) -> Iterator[Probe]:
        values = {**{f"path.{name}": value for name, value in captured.items()}, **given}
        omitted = frozenset({"security"})
        sampler = Sampler(self._service.plans, self._validators, values, omitted)
        try:
            request = sampler.request(plan.operation, self._seed)
        except MockserverError:
            return  # no request keeps what the contract asks for: lint tells
        accept = ", ".join(
            dict.fromkeys(media.name for one in plan.responses if one.status[:1] in "2d" for media in one.content)
        )
        headers = (*request.headers, *((("Accept", accept),) if accept else ()))
        signed = self._signs and bool(plan.security)
        yield Probe(plan.operation, replace(request, headers=headers), source, captured, signed)


def captured_of(service: Service, plan: Plan, route: Routed, request: Request) -> Captured:
    """Return the values of a request's path."""
    reading = read_request(service.plans, plan, request, route.captures)
    return {
        value.plan.parameter.name: value.value
        for value in reading.parameters()
        if value.plan.parameter.location == "path" and not isinstance(value.outcome, Absent)
    }


def _may_be_asked(plan: Plan, captured: Captured) -> bool:
    """Tell whether the contract lets a thing be called so: what it refuses itself, the API may refuse as well."""
    return all(
        entry.validator is None or any(map(entry.validator.is_valid, (captured[name], str(captured[name]))))
        for name, entry in plan.path.items()
    )


def _optional(plan: Plan | None) -> Iterator[ParameterPlan]:
    for parameter in plan.query if plan is not None else ():
        if not parameter.parameter.required:
            yield parameter


def _listed(bundle: JSON) -> Sequence[JSON]:
    """Return the values that a schema lists."""
    return tuple(flattened(bundle, bundle, ())[0].get("enum", ()))


def _is_written(value: JSON, bundle: JSON) -> bool:
    """Tell whether a contract names this very value: as one of a list, as a truth value, as the first or the last."""
    schema, _ = flattened(bundle, bundle, ())
    return isinstance(value, bool) or value in (*_listed(bundle), schema.get("minimum"), schema.get("maximum"))


def _place(parameter: ParameterPlan) -> str:
    return f"{parameter.parameter.location}.{parameter.parameter.name}"


def _kept(headers: Headers) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in headers if not is_secret_name(name) and name.lower() not in _MADE_ANEW)


def located_in(
    homes: Homes, service: str, interactions: Sequence[tuple[Interaction, str]]
) -> Iterator[tuple[Interaction, Located]]:
    """Yield the interactions of a service; beside each stands the service that its folder names."""
    for one, named in interactions:
        located = homes.locate(one.url, named)
        if located is not None and located.service.name == service:
            yield one, located
