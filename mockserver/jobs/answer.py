"""One request through the pipe: read, check, answer.

What is served here is one operation of one contract; finding it is the session's business.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache, partial

from mockserver.answers.asked import NOTHING, Asked, asked_of
from mockserver.answers.choose import Chosen, NotAcceptable, NotDocumented, Refusal
from mockserver.answers.headers import contract_headers, location, told_violations
from mockserver.answers.identity import seed_of, wanted_of, wants_stream
from mockserver.answers.imagine import Imagined, NoSuchExample
from mockserver.answers.paging import paged
from mockserver.answers.prefer import Preferences
from mockserver.answers.sound import sound_of
from mockserver.checks.received import Received, finding
from mockserver.checks.request import check_request
from mockserver.checks.security import challenge
from mockserver.contract.model import Operation
from mockserver.contract.plan import Broken, Plan, broken_part
from mockserver.contract.reading import Reading, fitting, read_request
from mockserver.contract.route import Routed
from mockserver.errors import MockserverError, UnreadableDocument
from mockserver.exchange import Headers, Request, Response, Streamed
from mockserver.generate.generator import Unsatisfiable
from mockserver.jobs.refuse import cleaned, error_body, refused, to_head, told_error
from mockserver.jobs.service import Answer, Service, Settings, Source
from mockserver.messages import BY_ID
from mockserver.values import Struct, replace
from mockserver.violation import Violation, Violations, errors_in
from mockserver.wire.media_type import concrete, negotiate


class Answering(Struct, frozen=True):
    """One request on its way through the pipe."""

    service: Service
    settings: Settings
    request: Request
    wishes: Preferences
    wait_s: float

    def answer(self, route: Routed) -> Answer:
        """Return the answer; a part of the contract that cannot be read is told in it, not raised."""
        if route.rivals:
            route = fitting(self.service.plans, route, self.request)
        plan = self.service.plans.of(route.operation)
        if isinstance(plan, Broken):
            return replace(
                refused(self.service, self.request, 501, (plan.violation,)),
                operation=route.operation.name,
                wait_s=self.wait_s,
            )
        try:
            reading = read_request(self.service.plans, plan, self.request, route.captures)
            violations = check_request(Received(self.request, plan, reading, self.settings.security))
            if violations and self._rejects(violations):
                return self._refuse(plan, reading, violations, _reason(violations))
            return self._succeed(plan, reading, violations)
        except MockserverError as broken:
            unreadable = isinstance(broken, UnreadableDocument)
            rule = "document-reference" if unreadable else "document-contradiction"
            flaw = broken_part(route.operation, broken, rule)
            return replace(
                refused(self.service, self.request, 501, (flaw,)), operation=route.operation.name, wait_s=self.wait_s
            )

    def _rejects(self, violations: Violations) -> bool:
        if self.settings.on_violation == "report":
            return False
        return any(self.settings.strict or _is_structural(violation) for violation in errors_in(violations))

    def _succeed(self, plan: Plan, reading: Reading, violations: Violations) -> Answer:
        service, request, wishes = self.service, self.request, self.wishes
        chosen = service.chooser.success(plan, wishes, request.header("accept"), stream=wants_stream(reading))
        if not isinstance(chosen, Chosen):
            why, told, otherwise = _turned_down(plan.operation, chosen, request)
            violations = (*violations, told)
            if self._rejects((told,)) and (self.settings.strict or why == "accept"):
                return self._refuse(plan, reading, violations, why)
            chosen = otherwise
        manner = service.manner(plan)
        asked = asked_of(manner.roles, reading, request) if chosen.status < 400 else NOTHING
        seed = self.settings.seed if wishes.seed is None else wishes.seed
        seed = seed_of(seed, plan.operation, request, asked.ignored)
        imagined = self._imagine(chosen, plan, reading, seed, asked, own=manner.own)
        if isinstance(imagined, NoSuchExample):
            told = _no_such_example(plan.operation, imagined, chosen.status)
            return self._refuse(plan, reading, (*violations, told), "preference")
        return self._sent(chosen, plan, reading, violations, imagined, seed)

    def _imagine(
        self, chosen: Chosen, plan: Plan, reading: Reading, seed: int, asked: Asked, *, own: bool
    ) -> Imagined | NoSuchExample | None:
        if chosen.documented is None and chosen.status >= 400:
            return error_body(self.service, chosen.status, (), self.settings.seed)
        if chosen.media is None:
            return None
        media = self.service.plans.media(chosen.media, "response")
        if self.wishes.example is not None:
            return self.service.imagination.named(media, chosen.content_type, self.wishes.example)
        wanted = {}
        if chosen.status < 400:
            wanted = wanted_of(plan.operation, reading, self.request, own=own, answered=media)
        imagined = self.service.imagination.body(
            media,
            chosen.content_type,
            seed,
            wanted=wanted,
            dynamic=self.wishes.dynamic,
            operation=plan.operation.node.tree,
            expanded=asked.expand,
            part=partial(paged, asked, self.request, sound_of(self.service.plans, media))
            if asked is not NOTHING and asked.part
            else None,
        )
        if chosen.status < 400 or imagined.source == "example":
            return imagined
        return self.service.explainer.named(media, chosen.content_type, chosen.status, imagined)

    def _refuse(self, plan: Plan, reading: Reading, violations: Violations, why: Refusal) -> Answer:
        chosen = self.service.chooser.refusal(plan, why, self.request.header("accept"))
        seed = seed_of(self.settings.seed, plan.operation, self.request)
        clean = cleaned(self.service, self.request, violations)
        imagined = self._error_body(chosen, clean)
        return self._sent(chosen, plan, reading, violations, imagined, seed, refused=clean)

    def _error_body(self, chosen: Chosen, clean: Violations) -> Imagined | None:
        """Return the error that is documented with our explanation, or else the usual one of the contract."""
        service, status, seed = self.service, chosen.status, self.settings.seed
        if chosen.documented is not None:
            if chosen.media is None:
                return None
            with suppress(Unsatisfiable):  # lint tells that nothing can be answered so; what was wrong is to be heard
                return told_error(service, status, chosen.media, chosen.content_type, clean, seed)
        return error_body(service, status, clean, seed)

    def _documented_headers(self, chosen: Chosen, plan: Plan, imagined: Imagined | None, seed: int) -> Headers:
        """Return Content-Type, the headers of the contract, and the challenge that no 401 may lack."""
        content_type = imagined.content_type if imagined is not None else self._empty_type(chosen)
        headers: Headers = (("Content-Type", content_type),) if content_type else ()
        if chosen.documented is not None and chosen.documented.headers:
            known = self._known_headers(chosen, plan, imagined)
            headers += tuple(
                contract_headers(chosen.documented, self.service.plans, self.service.imagination, seed, known)
            )
        if chosen.status == 401 and not any(name.lower() == "www-authenticate" for name, _ in headers):
            headers += (("WWW-Authenticate", challenge(plan.security, self.service.name)),)
        return headers

    def _empty_type(self, chosen: Chosen) -> str:
        """Return the type that an answer without content is of (OAS 2.0 `produces`), or nothing."""
        offers = chosen.documented.produces if chosen.documented is not None else ()
        if not offers:
            return ""
        accept = self.request.header("accept")
        return concrete(negotiate(accept, offers) or offers[0], accept)

    def _known_headers(self, chosen: Chosen, plan: Plan, imagined: Imagined | None) -> dict[str, str]:
        """Return what some headers should say, by lower-case name."""
        known: dict[str, str] = {}
        named = {header.name.lower() for header in chosen.documented.headers} if chosen.documented is not None else ()
        place = location(self.request, imagined) if "location" in named else None
        if place is not None:
            known["location"] = place
        if chosen.status == 401:
            known["www-authenticate"] = challenge(plan.security, self.service.name)
        if self.request.method == "OPTIONS":  # RFC 9110 §9.3.7
            beside = (one for one in self.service.contract.operations if one.target == plan.operation.target)
            known["allow"] = ", ".join(one.method for one in beside)
        return known

    def _sent(
        self,
        chosen: Chosen,
        plan: Plan,
        reading: Reading,
        violations: Violations,
        imagined: Imagined | None,
        seed: int,
        *,
        refused: Violations = (),
    ) -> Answer:
        """Return the whole answer; `refused` are the violations that it refuses the request for, without secrets."""
        name = plan.operation.name
        source: Source = "refused" if refused else imagined.source if imagined is not None else "generated"
        documented = chosen.documented
        if imagined is not None and chosen.status < 400 and not violations and documented and not documented.headers:
            headers = _usual_headers(imagined.content_type, name, source)
        else:
            headers = self._documented_headers(chosen, plan, imagined, seed) + _own_headers(name, source)
            if violations:
                told = told_violations(refused or cleaned(self.service, self.request, violations))
                headers += (("X-Mockserver-Violations", told),)
        response = _outcome(chosen.status, headers, imagined)
        if self.request.method == "HEAD":
            response = to_head(response)
        return Answer(response, self.wait_s, "", self.service.name, name, source, plan.flaws + violations, reading)


def _turned_down(
    operation: Operation, why: NotAcceptable | NotDocumented, request: Request
) -> tuple[Refusal, Violation, Chosen]:
    """Return why what is asked for cannot be given, the finding, and what can be given all the same."""
    match why:
        case NotAcceptable(offers=offers, otherwise=otherwise):
            said = f"Accept is {request.header('accept')}; the contract answers {', '.join(offers)}"
            told = finding("request-accept", operation, "header.Accept", said, f"accept {offers[0]}")
            return "accept", told, otherwise
        case NotDocumented(code=code, documented=documented):
            fix = f"prefer {documented[0]}" if documented else "document an answer"
            said = f"{operation.name} answers {', '.join(documented)}, not {code}"
            told = finding("request-preference", operation, "header.Prefer", said, fix)
            return "preference", told, Chosen(code, None, None, "")


def _no_such_example(operation: Operation, missing: NoSuchExample, status: int) -> Violation:
    known = ", ".join(missing.known)
    said = f"{operation.name} has no sound example {missing.name} for {status}" + (f"; it has {known}" if known else "")
    fix = f"prefer {missing.known[0]}" if known else "name none"
    return finding("request-preference", operation, "header.Prefer", said, fix)


@lru_cache(maxsize=4096)
def _own_headers(operation: str, source: Source) -> Headers:
    return (("X-Mockserver-Operation", _latin(operation)), ("X-Mockserver-Source", source))


@lru_cache(maxsize=4096)
def _usual_headers(content_type: str, operation: str, source: Source) -> Headers:
    return (("Content-Type", content_type), *_own_headers(operation, source))


_NULLABLE = frozenset({"request-type", "request-enum", "request-union"})


def _is_structural(violation: Violation) -> bool:
    if violation.rule in _NULLABLE and violation.witness is None and violation.at != "body":
        return False  # null for a type that has none: what a client means by it is plain
    return BY_ID[violation.rule].kind == "structure"


def _reason(violations: Violations) -> Refusal:
    errors = errors_in(violations)
    rules = {violation.rule for violation in errors}
    if "request-security" in rules:
        return "security"
    if "request-media-type" in rules:
        return "media-type"
    if rules & {"request-body", "request-spelling"} or any(
        violation.rule == "request-required" and violation.at == "body" for violation in errors
    ):
        return "malformed"
    return "path" if all(violation.at.startswith("path.") for violation in errors) else "invalid"


def _outcome(status: int, headers: Headers, imagined: Imagined | None) -> Response | Streamed:
    if imagined is None:
        return Response(status, headers)
    if imagined.pieces:
        return Streamed(status, headers, tuple((0.0, piece) for piece in imagined.pieces))
    return Response(status, headers, imagined.body)


def _latin(text: str) -> str:
    """Spell any text in visible ASCII, for a header (RFC 9110 §5.5)."""
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")
