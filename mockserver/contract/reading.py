"""A request as its operation reads it: values instead of bytes.

Decodes and asks the judges, and reports nothing: what a failed reading means is for checks. Where text may be read in
more than one way, the first reading that is valid counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from mockserver.contract.model import MediaType, RequestBody
from mockserver.contract.plan import MediaPlan, ParameterPlan, Plan, Plans
from mockserver.contract.route import Captures, Routed
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Request
from mockserver.values import JSON, Struct
from mockserver.wire import media_type as media_types
from mockserver.wire.bodies import decode_body
from mockserver.wire.coding import uncoded
from mockserver.wire.reading import Absent, Decoded, SpellingError, Undecodable, noted


class Value(Struct, frozen=True):
    """One parameter of one request: how it was decoded, the reading that counts, and whether it is valid.

    `plain`: there is nothing to tell of it.
    """

    plan: ParameterPlan
    outcome: Decoded | Absent | Undecodable
    value: JSON
    valid: bool
    plain: bool = False


class NoBody(Struct, frozen=True):
    """Nothing was sent: neither a byte nor a Content-Type."""


class OtherMedia(Struct, frozen=True):
    """Content-Type is none of the documented ones."""

    content_type: str


class OtherCoding(Struct, frozen=True):
    """Content-Encoding is one that cannot be taken off; the message says why."""

    content_encoding: str
    message: str


class Body(Struct, frozen=True):
    """A body of a documented media type."""

    plan: MediaPlan
    outcome: Decoded | Undecodable
    value: JSON
    valid: bool


NO_BODY = NoBody()


def _notes(outcome: Decoded | Absent | Undecodable) -> tuple[str, ...]:
    return outcome.notes if isinstance(outcome, Decoded) else ()


BodyReading: TypeAlias = NoBody | OtherMedia | OtherCoding | Body


class Reading(Struct, frozen=True):
    """Everything that a request says, and the query names that the contract does not have."""

    path: tuple[Value, ...]
    query: tuple[Value, ...]
    headers: tuple[Value, ...]
    cookies: tuple[Value, ...]
    undeclared: tuple[str, ...]
    body: BodyReading

    @property
    def is_plain(self) -> bool:
        """Whether all is valid and spelled as documented, so that there is nothing to tell."""
        if self.undeclared:
            return False
        for value in self.path:
            if not value.plain:
                return False
        if (self.query or self.headers or self.cookies) and not all(
            value.plain for value in (*self.query, *self.headers, *self.cookies)
        ):
            return False
        body = self.body
        return body is NO_BODY or (isinstance(body, Body) and body.valid and not _notes(body.outcome))

    def parameters(self) -> Iterator[Value]:
        """Yield the parameters of all locations."""
        yield from self.path
        yield from self.query
        yield from self.headers
        yield from self.cookies


def read_request(plans: Plans, plan: Plan, request: Request, captures: Captures) -> Reading:
    """Read a request that was routed to `plan`; raise UnreadableDocument when the body's schema is broken."""
    query, undeclared = _query(plan, request.query)
    return Reading(
        path=_path(plan, captures) if captures else (),
        query=query,
        headers=_values(plan.headers, plan.decoders.headers.decode(request.headers)) if plan.headers else (),
        cookies=_values(plan.cookies, plan.decoders.cookies.decode(request.headers)) if plan.cookies else (),
        undeclared=undeclared,
        body=_body(plans, plan.body, request) if plan.body is not None else NO_BODY,
    )


def _path(plan: Plan, captures: Captures) -> tuple[Value, ...]:
    decoders = plan.decoders.path
    return tuple([_value(plan.path[name], decoders[name](raw)) for name, raw in captures if name in decoders])


def _values(entries: Sequence[ParameterPlan], read: Mapping[str, Decoded | Absent | Undecodable]) -> tuple[Value, ...]:
    return tuple([_value(entry, read[entry.parameter.name]) for entry in entries])


def _query(plan: Plan, raw: str) -> tuple[tuple[Value, ...], tuple[str, ...]]:
    if plan.querystring is not None and plan.decoders.querystring is not None:
        return (_value(plan.querystring, plan.decoders.querystring(raw)),), ()
    if not plan.query and not raw:
        return (), ()
    if "?" in plan.operation.template:
        raw = _without_repeats(raw, plan.operation.target[1])
    read = plan.decoders.query.decode(raw)
    return _values(plan.query, read.parameters), read.undeclared


def _without_repeats(raw: str, written: str) -> str:
    """Take out pairs of the template that the query repeats: a client may send them as parameters as well."""
    pairs = raw.split("&")
    for pair in written.split("&"):
        if pairs.count(pair) > 1:
            pairs.remove(pair)
    return "&".join(pairs)


def fitting(plans: Plans, route: Routed, request: Request) -> Routed:
    """Return the one of rivalling operations that the request fits, or the first.

    Of several, the one whose parameters have the sent values as defaults is meant, then one whose body fits as well,
    then the one that knows what was sent: most of the names, and of those the values that it lists.
    """
    best, most = route, (-1, False, 0, 0)
    for rival in (route, *route.rivals):
        plan = plans.of(rival.operation)
        if not isinstance(plan, Plan):
            continue
        try:
            reading = read_request(plans, plan, request, rival.captures)
        except UnreadableDocument:
            continue  # nothing fits what cannot be read; it is told when it is the first
        usual = sum(_default(value.plan) == value.value for value in reading.path)
        fit = (usual, _fits(plan, reading), *_knows(plan, reading, request))
        if all(value.valid for value in reading.path) and not isinstance(reading.body, OtherMedia) and fit > most:
            best, most = rival, fit
    return best


def _fits(plan: Plan, reading: Reading) -> bool:
    body = reading.body
    sent = body.valid if isinstance(body, Body) else plan.body is None or not plan.body.required
    return sent and all(value.valid for value in reading.parameters())


def _knows(plan: Plan, reading: Reading, request: Request) -> tuple[int, int]:
    """Return how many of the sent names are unknown (negative), and how many have a value that is listed."""
    body = reading.body
    if not isinstance(body, Body):
        return -len(reading.undeclared) - bool(request.body and plan.body is None), 0
    shape = body.plan.spec.shape
    sent = body.value if isinstance(body.value, dict) else {}
    declared = [name for name in sent if shape.declares(name)]
    listed = sum(sent[name] in (shape.property(name).enum or ()) for name in declared)
    return len(declared) - len(sent) - len(reading.undeclared), listed


def _default(plan: ParameterPlan) -> JSON:
    schema = plan.bundle.schema if plan.bundle is not None else None
    return schema.get("default") if isinstance(schema, dict) else None


def _value(plan: ParameterPlan, outcome: Decoded | Absent | Undecodable) -> Value:
    match outcome:
        case Decoded():
            plain = not outcome.notes and not plan.parameter.deprecated
            if plan.validator is None or plan.validator.is_valid(outcome.value):
                return Value(plan, outcome, outcome.value, valid=True, plain=plain)
            value, valid = _best(outcome, plan.validator.is_valid)
            return Value(plan, outcome, value, valid, plain and valid)
        case Absent():
            optional = not plan.parameter.required
            return Value(plan, outcome, None, optional, optional)
        case Undecodable():
            return Value(plan, outcome, None, valid=False)


def _best(outcome: Decoded, accepts: Callable[[JSON], bool]) -> tuple[JSON, bool]:
    """Return the first of the other readings that is accepted, or else the first of all."""
    for other in outcome.alternatives:
        if accepts(other):
            return other, True
    return outcome.value, False


def _body(plans: Plans, body: RequestBody, request: Request) -> BodyReading:
    content_type = request.header("content-type")
    if not request.body and content_type is None:
        return NO_BODY
    media = choose_media(body.content, content_type)
    if media is None:
        # RFC 9110 §8.3: Content-Type tells the media type of content, and a client that may send none has sent none
        return OtherMedia(content_type or "") if request.body or body.required else NO_BODY
    if not request.body and media_types.is_never_empty(media.name):
        return NO_BODY  # no text is no JSON and no XML, so a client that says so all the same has sent nothing
    coding = request.header("content-encoding")
    try:
        content = uncoded(request.body, coding)
    except SpellingError as error:
        return OtherCoding(coding or "", str(error))
    return _content(plans, media, content_type or media.name, content)


def _content(plans: Plans, media: MediaType, content_type: str, content: bytes) -> Body:
    plan = plans.media(media, "request")
    outcome = decode_body(plan.spec, content_type, content, lenient=plans.lenient)
    match outcome:
        case Decoded():
            if plan.accepts(outcome.value):
                return Body(plan, outcome, outcome.value, valid=True)
            value, valid = _best(outcome, plan.accepts)
            if not valid and media.name.startswith(_FORMS):
                missing = _unsent_arrays(plan, value)
                completed = {**missing, **value} if missing else value
                if missing and plan.accepts(completed):
                    note = f"{', '.join(missing)}: nothing was sent, which is how a form spells an empty list"
                    return Body(plan, noted(outcome, note), completed, valid=True)
            return Body(plan, outcome, value, valid)
        case Undecodable():
            return Body(plan, outcome, None, valid=False)


_FORMS = ("application/x-www-form-urlencoded", "multipart/")


def _unsent_arrays(plan: MediaPlan, value: JSON) -> dict[str, JSON]:
    """Return the required arrays that no field stands for: clients spell an empty one so (RFC 6570 §3.2.8)."""
    schema = plan.bundle.schema if plan.bundle is not None else True
    while isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and plan.bundle is not None:
        schema = plan.bundle.schema["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    required = schema.get("required", ()) if isinstance(schema, dict) else ()
    if not isinstance(value, dict):
        return {}
    unsent = (name for name in required if name not in value)
    return {name: [] for name in unsent if plan.spec.shape.property(name).suggests_array}


def choose_media(content: tuple[MediaType, ...], content_type: str | None) -> MediaType | None:
    """Return the documented media type that a Content-Type names: exact, then `type/*`, then `*/*`.

    A body without Content-Type is of the only documented media type, or of the first (RFC 9110 §8.3 lets the
    recipient decide).
    """
    if content_type is None:
        return content[0] if content else None
    for media in content:
        if media.name == content_type:
            return media
    name = media_types.select([media.name for media in content], content_type)
    return next((media for media in content if media.name == name), None)
