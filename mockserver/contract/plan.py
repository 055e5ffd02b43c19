"""What one operation admits, resolved and compiled: the judge that every job asks.

A plan is made when its operation is first used. `Plans` is a memory of pure results, bounded and safe for threads:
two threads that ask at once get equal plans.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from mockserver.contract import openapi2, openapi3
from mockserver.contract.events import describes_event
from mockserver.contract.model import (
    Contract,
    Location,
    MediaType,
    Operation,
    Parameter,
    PartEncoding,
    PartEncodings,
    RequestBody,
    Requirement,
    ResponseSpec,
    SecurityScheme,
)
from mockserver.document.documents import Documents, Node
from mockserver.errors import MockserverError, UnreadableDocument
from mockserver.schema.alone import alone, fewest
from mockserver.schema.bundle import Bundle, Bundles
from mockserver.schema.compile import Validator, Validators
from mockserver.schema.dialects import Direction, Version
from mockserver.schema.judges import Judges
from mockserver.values import JSON, Struct
from mockserver.violation import Violation, Violations
from mockserver.wire.bodies import is_per_item, is_sequential
from mockserver.wire.parameters import (
    CookieDecoder,
    HeaderDecoder,
    PathDecoder,
    QueryDecoder,
    Reading,
    path_decoder,
    querystring_decoder,
)
from mockserver.wire.specs import PLAIN, BodySpec, Encoding, ParameterSpec, Positions
from mockserver.wire.suggest import shape_of


class ParameterPlan(Struct, frozen=True, eq=False):
    """A parameter or response header with its codec and its judge (None when nothing is said of its value)."""

    parameter: Parameter
    spec: ParameterSpec
    bundle: Bundle | None
    validator: Validator | None


class MediaPlan(Struct, frozen=True, eq=False):
    """A body's media type with its codec and its judge, in one direction.

    `per_item`: the schema is that of each item of a stream, not of the list of all.
    """

    media: MediaType
    spec: BodySpec
    bundle: Bundle | None
    validator: Validator | None
    per_item: bool = False

    def accepts(self, value: JSON) -> bool:
        """Tell whether a value keeps the schema."""
        if self.validator is None:
            return True
        if self.per_item and isinstance(value, list):
            return all(map(self.validator.is_valid, value))
        return self.validator.is_valid(value)


class Decoders(Struct, frozen=True, eq=False):
    """What reads the parameters of an operation, made once."""

    path: Mapping[str, PathDecoder]
    query: QueryDecoder
    headers: HeaderDecoder
    cookies: CookieDecoder
    querystring: Callable[[str], Reading] | None


class Plan(Struct, frozen=True, eq=False):
    """An operation with everything a request is judged by; responses are compiled when they are used.

    `flaws` are broken parts of the contract that take an answer or two from the operation, and not all of it.
    """

    operation: Operation
    path: Mapping[str, ParameterPlan]
    query: tuple[ParameterPlan, ...]
    headers: tuple[ParameterPlan, ...]
    cookies: tuple[ParameterPlan, ...]
    querystring: ParameterPlan | None
    decoders: Decoders
    body: RequestBody | None
    responses: tuple[ResponseSpec, ...]
    security: tuple[Requirement, ...]
    deprecated: bool
    flaws: Violations

    def parameters(self) -> Iterator[ParameterPlan]:
        """Yield the parameters of all locations."""
        yield from self.path.values()
        yield from self.query
        yield from self.headers
        yield from self.cookies
        if self.querystring is not None:
            yield self.querystring


class Broken(Struct, frozen=True):
    """An operation that cannot be served, and why."""

    operation: Operation
    violation: Violation


class Reader(Struct, frozen=True):
    """How a version of OpenAPI writes the parts of an operation."""

    parameters: Callable[[Documents, Operation], tuple[Parameter, ...]]
    request_body: Callable[[Documents, Operation], RequestBody | None]
    responses: Callable[[Documents, Operation], tuple[tuple[ResponseSpec, ...], tuple[UnreadableDocument, ...]]]
    parameter_at: Callable[[Documents, Node], Parameter | None]
    security_schemes: Callable[[Documents], Mapping[str, SecurityScheme]]


_READ_3 = Reader(
    openapi3.parameters,
    openapi3.request_body,
    openapi3.responses,
    openapi3.parameter_at,
    openapi3.security_schemes,
)
_READ_2 = Reader(
    openapi2.parameters,
    openapi2.request_body,
    openapi2.responses,
    openapi2.parameter_at,
    openapi2.security_schemes,
)
READERS: Mapping[Version, Reader] = {"2.0": _READ_2, "3.0": _READ_3, "3.1": _READ_3, "3.2": _READ_3}

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
Steps: TypeAlias = tuple[str | int, ...]
_MediaKey: TypeAlias = tuple[str, str, str, Direction]


class Plans:
    """The plans of one contract."""

    def __init__(self, contract: Contract, validators: Validators, *, lenient: bool = False, limit: int = 4096) -> None:
        self.contract = contract
        self.lenient = lenient
        self._bundles = Bundles(contract.documents, contract.dialect)
        self._judges = Judges(validators, exact_integers=contract.dialect.exact_integers and not lenient)
        self._reader = READERS[contract.dialect.version]
        self._limit = limit
        self._plans: dict[str, Plan | Broken] = {}
        self._media: dict[_MediaKey, MediaPlan] = {}
        self._headers: dict[tuple[str, str], ParameterPlan] = {}
        self._parts: dict[tuple[MediaPlan, Steps], tuple[Validator | None, int | None]] = {}
        self._schemes: Mapping[str, SecurityScheme] | None = None
        self._lock = threading.Lock()

    def of(self, operation: Operation) -> Plan | Broken:
        """Return the plan of an operation, or why there is none."""
        key = operation.node.pointer
        found = self._plans.get(key)
        if found is None:
            found = self._read(operation)
            with self._lock:
                bounded(self._plans, self._limit)[key] = found
        return found

    def responses(self, operation: Operation) -> tuple[ResponseSpec, ...]:
        """Return the documented answers of an operation without making its plan."""
        return self._reader.responses(self.contract.documents, operation)[0]

    def media(self, media: MediaType, direction: Direction) -> MediaPlan:
        """Return the judge of a body; raise UnreadableDocument when its schema is broken."""
        key = (media.node.uri, media.node.pointer, media.name, direction)
        found = self._media.get(key)
        if found is None:
            found = self._media_plan(media, direction)
            with self._lock:
                bounded(self._media, self._limit)[key] = found
        return found

    def part(self, media: MediaPlan, path: Steps) -> tuple[Validator | None, int | None]:
        """Return the judge of what stands at a place of a value that fits, and how few items of a list there would do.

        None stands where only the whole can be judged.
        """
        found = self._parts.get((media, path))
        if found is None:
            found = self._part(media, path)
            with self._lock:
                bounded(self._parts, self._limit)[media, path] = found
        return found

    def _part(self, media: MediaPlan, path: Steps) -> tuple[Validator | None, int | None]:
        if media.bundle is None or media.per_item:
            return None, None
        schema = alone(media.bundle.schema, path)
        return self._judges.of(schema) if schema is not None else None, fewest(media.bundle.schema, path)

    def header(self, header: Parameter) -> ParameterPlan:
        """Return the judge of a response header; raise UnreadableDocument when its schema is broken."""
        key = (header.node.uri, f"{header.node.pointer} {header.name}")
        found = self._headers.get(key)
        if found is None:
            found = self._parameter(header, "response")
            with self._lock:
                bounded(self._headers, self._limit)[key] = found
        return found

    def parameter(self, parameter: Parameter, direction: Direction) -> ParameterPlan:
        """Return the judge of a parameter; raise UnreadableDocument when its schema is broken."""
        return self._parameter(parameter, direction)

    def security_schemes(self) -> Mapping[str, SecurityScheme]:
        """Return the security schemes of the contract."""
        if self._schemes is None:
            self._schemes = self._reader.security_schemes(self.contract.documents)
        return self._schemes

    def _read(self, operation: Operation) -> Plan | Broken:
        documents = self.contract.documents
        try:
            parameters = [
                self._parameter(parameter, "request") for parameter in self._reader.parameters(documents, operation)
            ]
            responses, broken = self._reader.responses(documents, operation)
            return Plan(
                operation=operation,
                path={plan.parameter.name: plan for plan in _at("path", parameters)},
                query=_at("query", parameters),
                headers=_at("header", parameters),
                cookies=_at("cookie", parameters),
                querystring=next(iter(_at("querystring", parameters)), None),
                decoders=self._decoders(parameters),
                body=self._reader.request_body(documents, operation),
                responses=responses,
                security=self._security(operation),
                deprecated=operation.node.tree.get("deprecated") is True,
                flaws=tuple(broken_part(operation, flaw) for flaw in broken),
            )
        except UnreadableDocument as flaw:
            return Broken(operation, broken_part(operation, flaw))

    def _decoders(self, parameters: Sequence[ParameterPlan]) -> Decoders:
        lenient = self.lenient
        whole = next(iter(_at("querystring", parameters)), None)
        return Decoders(
            path={plan.parameter.name: path_decoder(plan.spec, lenient=lenient) for plan in _at("path", parameters)},
            query=QueryDecoder([plan.spec for plan in _at("query", parameters)], lenient=lenient),
            headers=HeaderDecoder([plan.spec for plan in _at("header", parameters)], lenient=lenient),
            cookies=CookieDecoder([plan.spec for plan in _at("cookie", parameters)], lenient=lenient),
            querystring=querystring_decoder(whole.spec, lenient=lenient) if whole is not None else None,
        )

    def _security(self, operation: Operation) -> tuple[Requirement, ...]:
        """Return the alternatives, the operation's own before the contract's (OAS 3.1 §4.8.30).

        An alternative that names a scheme the contract does not define can be satisfied by nobody and is left to lint.
        """
        schemes = self.security_schemes()
        written = operation.node.tree.get("security", self.contract.root.tree.get("security"))
        return tuple(
            tuple(schemes[name] for name in requirement)
            for requirement in (written if isinstance(written, list) else ())
            if isinstance(requirement, dict) and all(name in schemes for name in requirement)
        )

    def judged(self, schema: Node, direction: Direction) -> tuple[Bundle, Validator]:
        """Return a schema with its judge; raise UnreadableDocument when it is broken."""
        bundle = self.bundled(schema, direction)
        return bundle, self.judge(bundle.schema)

    def judge(self, schema: JSON) -> Validator:
        """Return the judge of a bundle's schema; raise UnreadableDocument when it cannot be compiled."""
        return self._judges.of(schema)

    def bundled(self, schema: Node, direction: Direction) -> Bundle:
        """Return a schema with all that it refers to; raise UnreadableDocument when a reference leads nowhere."""
        return self._bundles.of(schema, direction)

    def _compiled(self, schema: Node | None, direction: Direction) -> tuple[Bundle | None, Validator | None]:
        return self.judged(schema, direction) if schema is not None else (None, None)

    def _parameter(self, parameter: Parameter, direction: Direction) -> ParameterPlan:
        bundle, validator = self._compiled(parameter.schema, direction)
        spec = ParameterSpec(
            name=parameter.name,
            location=parameter.location,
            style=parameter.style,
            explode=parameter.explode,
            required=parameter.required,
            shape=shape_of(bundle.schema if bundle is not None else True),
            allow_empty=parameter.allow_empty,
            allow_reserved=parameter.allow_reserved,
            media_type=parameter.media_type,
            encodings=_named(parameter.encodings),
        )
        return ParameterPlan(parameter, spec, bundle, validator)

    def _media_plan(self, media: MediaType, direction: Direction) -> MediaPlan:
        schema = media.item_schema if media.schema is None else media.schema
        bundle, validator = self._compiled(schema, direction)
        item = media.schema is None and media.item_schema is not None
        if bundle is not None and media.name.lower().startswith("text/event-stream"):
            item = item or describes_event(bundle.schema)
        spec = BodySpec(
            media_type=media.name,
            shape=shape_of(bundle.schema if bundle is not None else True),
            encodings=self._encodings(media),
            positions=_positions(media.encodings),
            item=item,
        )
        return MediaPlan(media, spec, bundle, validator, is_sequential(media.name) and is_per_item(spec))

    def _encodings(self, media: MediaType) -> Mapping[str, Encoding]:
        """Return how the fields of a form are spelled: until 3.0.4 (§4.7.15.1), styles are for urlencoded ones only."""
        named = _named(media.encodings)
        if self.contract.dialect.version != "3.0" or not media.name.startswith("multipart/"):
            return named
        return {name: Encoding(one.content_type) for name, one in named.items()}


def _named(parts: PartEncodings | None) -> Mapping[str, Encoding]:
    return {name: _encoding(part) for name, part in parts.named.items()} if parts is not None else {}


def _positions(parts: PartEncodings | None) -> Positions:
    if parts is None:
        return Positions()
    item = _encoding(parts.item) if parts.item is not None else PLAIN
    return Positions(tuple(map(_encoding, parts.prefix)), item)


def _encoding(part: PartEncoding) -> Encoding:
    below = (_named(part.below), _positions(part.below))
    return Encoding(part.content_type, part.style, part.explode, part.allow_reserved, *below)


def _at(location: Location, parameters: Sequence[ParameterPlan]) -> tuple[ParameterPlan, ...]:
    return tuple(plan for plan in parameters if plan.parameter.location == location)


def bounded(memory: dict[_Key, _Value], limit: int) -> dict[_Key, _Value]:
    """Make room: the oldest half goes. What is asked again is made again."""
    if len(memory) >= limit:
        for key in list(memory)[: limit // 2]:
            del memory[key]
    return memory


def broken_part(operation: Operation, flaw: MockserverError, rule: str = "document-reference") -> Violation:
    """Tell a broken part of the contract as a finding of the operation that needs it."""
    return Violation(
        rule=rule,
        side="contract",
        level="error",
        operation=operation.name,
        document=operation.node.uri,
        pointer=operation.node.pointer,
        at="",
        message=f"{flaw.what} ({flaw.where})" if flaw.where else flaw.what,
        fix=flaw.fix,
    )


def response_for(responses: tuple[ResponseSpec, ...], status: int) -> ResponseSpec | None:
    """Return what documents a status: the code itself, its range, or `default` (OAS 3.1 §4.8.16)."""
    wanted = (str(status), f"{status // 100}XX", "default")
    documented = {response.status: response for response in responses}
    return next((documented[key] for key in wanted if key in documented), None)
