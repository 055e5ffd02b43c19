"""Evidence to an exchange: what one edition lets pass and the other does not, judged by the checks of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.change.media import ODD
from mockserver.change.model import Evidence, Paired
from mockserver.checks.received import Received
from mockserver.checks.request import check_request, unrouted
from mockserver.checks.response import bodiless, check_response
from mockserver.contract.model import Contract, MediaType, Operation, ResponseSpec
from mockserver.contract.plan import Broken, Plan, Plans, response_for
from mockserver.contract.reading import read_request
from mockserver.contract.route import Routed, Router
from mockserver.errors import MockserverError
from mockserver.exchange import Request, Response
from mockserver.generate.generator import Generator
from mockserver.jobs.sample import Sampler
from mockserver.schema.compile import Validators
from mockserver.values import JSON, replace
from mockserver.violation import Violations, errors_in
from mockserver.wire.bodies import encode_body
from mockserver.wire.json import loads
from mockserver.wire.media_type import concrete, is_json, negotiate, select
from mockserver.wire.parameters import encode_header

_SEEDS = 4
_ODD_VALUES: tuple[JSON, ...] = ("~", -1, 0.5, True, [], {}, None)


class Edition:
    """One side of the comparison as a judge and as a maker of exchanges."""

    def __init__(self, contract: Contract, validators: Validators) -> None:
        self.contract = contract
        self.validators = validators
        self.plans = Plans(contract, validators)
        self.router = Router(contract)

    def plan(self, operation: Operation) -> Plan:
        """Return the plan of an operation; raise when it is broken."""
        plan = self.plans.of(operation)
        if isinstance(plan, Broken):
            raise MockserverError(plan.violation.message, where=operation.label, fix=plan.violation.fix)
        return plan

    def refuses(self, request: Request, operation: Operation | None, accept: str) -> Violations | str:
        """Return what is wrong with a request: for an operation, or for the one that it is routed to."""
        captures: tuple[tuple[str, str], ...] = ()
        if operation is None:
            route = self.router.route(request.method, request.path, request.query)
            if not isinstance(route, Routed):
                return (unrouted(route, request.method, self.contract.root.uri),)
            operation, captures = route.operation, route.captures
        plan = self.plan(operation)
        if accept and negotiate(accept, list(_offers(plan))) is None:
            return f"nothing of {accept} is answered"
        reading = read_request(self.plans, plan, request, captures)
        return errors_in(check_request(Received(request, plan, reading)))

    def answered_wrongly(self, request: Request, response: Response, operation: Operation) -> Violations:
        """Return what is wrong with an answer."""
        return errors_in(check_response(self.plans, self.plan(operation), request, response))


def _offers(plan: Plan) -> Iterator[str]:
    for response in plan.responses:
        if response.status.startswith("2"):
            yield from (media.name for media in response.content)


class Prover:
    """Makes exchanges that prove changes, for one old and one new edition."""

    def __init__(self, old: Contract, new: Contract, validators: Validators) -> None:
        self._old = Edition(old, validators)
        self._new = Edition(new, validators)

    def exchange(self, evidence: Evidence, *, strict: bool = False) -> JSON:
        """Return an exchange that passes on one side and not on the other; None where there is none.

        What the consumer sends must have passed on the old side; what it receives passes on the new one. `strict`: a
        request must be refused for what the evidence is about, and not for another change that it meets as well.
        """
        for given in _givens(evidence.given):
            for seed in range(_SEEDS):
                try:
                    found = self._proof(evidence, given, seed, strict=strict)
                except MockserverError:
                    continue  # this side cannot make such a message at all
                if found is not None:
                    return found
                if not any(value is None for value in given.values()) and not evidence.omitted:
                    break
        return None

    def _proof(self, evidence: Evidence, given: Mapping[str, JSON], seed: int, *, strict: bool) -> JSON:
        paired = evidence.paired
        if evidence.direction == "request":
            makes, judges = (self._new, self._old) if paired.reversed else (self._old, self._new)
            return self._request(evidence, (makes, judges), given, seed, strict=strict)
        makes, judges = (self._old, self._new) if paired.reversed else (self._new, self._old)
        return self._response(evidence, makes, judges, given, seed)

    def _request(
        self, evidence: Evidence, sides: tuple[Edition, Edition], given: Mapping[str, JSON], seed: int, *, strict: bool
    ) -> JSON:
        makes, judges = sides
        theirs, ours = _sides(evidence.paired, makes is self._old)
        media = "" if evidence.accept and evidence.status else evidence.media_type
        sampler = Sampler(
            makes.plans, makes.validators, given, evidence.omitted, media, evidence.content_type, evidence.security
        )
        request = sampler.request(theirs, seed)
        asked = evidence.paired.reversed
        if makes.refuses(request, theirs if asked else None, ""):
            return None
        refused = judges.refuses(request, ours if asked else None, "") or evidence.lacks
        if not refused:
            return None
        scopes = {"scopes": list(evidence.scopes)} if evidence.lacks else {}
        about = _about(refused, (*given, *evidence.omitted))
        if strict and not about:
            return None
        return {"request": _shown(request, given), **scopes, "refused": _told(about or refused)}

    def _response(
        self, evidence: Evidence, makes: Edition, judges: Edition, given: Mapping[str, JSON], seed: int
    ) -> JSON:
        if evidence.accept:
            return self._unanswered(evidence, seed)
        theirs, ours = _sides(evidence.paired, makes is self._old)
        request = Request(theirs.method, theirs.template, (), b"")
        documented = response_for(makes.plan(theirs).responses, int(evidence.status))
        if documented is None:
            return None
        response = _answer(makes, documented, evidence, given, (request, seed))
        if makes.answered_wrongly(request, response, theirs):
            return None
        refused = judges.answered_wrongly(request, response, ours)
        if not refused:
            return None
        asked = {"method": theirs.method, "target": theirs.template}
        return {"request": asked, "response": _answered(response, given), "refused": _told(refused)}

    def _unanswered(self, evidence: Evidence, seed: int) -> JSON:
        """Ask for a media type that was answered and is no longer."""
        request = Sampler(self._old.plans, self._old.validators).request(evidence.paired.old, seed)
        request = Request(request.method, request.target, (*request.headers, ("Accept", evidence.accept)), request.body)
        if self._old.refuses(request, None, evidence.accept):
            return None
        refused = self._new.refuses(request, None, evidence.accept)
        return {"request": _shown(request, {}), "refused": _told(refused)} if refused else None


def _sides(paired: Paired, makes_old: bool) -> tuple[Operation, Operation]:  # noqa: FBT001 - named by its only users
    return (paired.old, paired.new) if makes_old else (paired.new, paired.old)


def _givens(given: Mapping[str, JSON]) -> Iterator[Mapping[str, JSON]]:
    """Yield the given values, with something odd for each that is left to us."""
    places = [place for place, value in given.items() if value == ODD]
    if not places:
        yield given
    for odd in _ODD_VALUES if places else ():
        yield {**given, **dict.fromkeys(places, odd)}


def _answer(
    makes: Edition,
    documented: ResponseSpec,
    evidence: Evidence,
    given: Mapping[str, JSON],
    asked: tuple[Request, int],
) -> Response:
    request, seed = asked
    headers: list[tuple[str, str]] = []
    for header in documented.headers:
        place = f"header.{header.name}"
        if place not in evidence.omitted and (header.required or place in given):
            plan = makes.plans.header(header)
            value = given.get(place)
            if value is None:
                schema = plan.bundle.schema if plan.bundle is not None else {"type": "string"}
                value = Generator(schema, makes.validators).draw(seed, name=header.name)
            headers.extend((header.name, line) for line in encode_header(plan.spec, value))
    body = b""
    wanted = evidence.content_type or evidence.media_type
    named = _chosen(documented.content, evidence.media_type)
    status = int(evidence.status)
    if named is not None and not bodiless(request, Response(status, (), b"")):
        media = makes.plans.media(named, "response")
        schema = media.bundle.schema if media.bundle is not None else {}
        value = given["body"] if "body" in given else Generator(schema, makes.validators).draw(seed)
        spec = replace(media.spec, media_type=concrete(wanted or named.name))
        content_type, body = encode_body(spec, [value] if media.per_item else value)
        headers.append(("Content-Type", content_type))
    return Response(status, tuple(headers), body)


def _chosen(content: Sequence[MediaType], name: str) -> MediaType | None:
    """Return the documented media type that a name falls to, else the first."""
    chosen = select([one.name for one in content], name)
    return next((one for one in content if one.name == chosen), next(iter(content), None))


def _shown(request: Request, given: Mapping[str, JSON]) -> JSON:
    return {
        "method": request.method,
        "target": request.target,
        "headers": [list(pair) for pair in request.headers],
        "body": _body(request.body, request.header("content-type"), given),
    }


def _answered(response: Response, given: Mapping[str, JSON]) -> JSON:
    return {
        "status": response.status,
        "headers": [list(pair) for pair in response.headers],
        "body": _body(response.body, response.header("content-type"), given),
    }


def _body(body: bytes, content_type: str | None, given: Mapping[str, JSON]) -> JSON:
    if content_type is not None and is_json(content_type) and body:
        return given["body"] if "body" in given else loads(body)
    return body.decode("utf-8", "backslashreplace")


def _about(refused: Violations | str, places: Sequence[str]) -> Violations:
    """Return the findings that are about some places."""
    if isinstance(refused, str):
        return ()
    return tuple(
        one for one in refused if any(one.at.startswith(place) or place.startswith(f"{one.at}#") for place in places)
    )


def _told(refused: Violations | str) -> str:
    if isinstance(refused, str):
        return refused
    first = refused[0]
    return f"{first.rule}: {first.at}: {first.message}" if first.at else f"{first.rule}: {first.message}"
