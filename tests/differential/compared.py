"""The same exchanges before both judges: where they agree, and every part on which they do not.

Makes the exchanges of a document (valid ones from our Sampler and Session, wrong ones by one mutation each) and keeps
what the judges said of each part. Does not know who is right; that is told in `disagreements.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import mutations
from verdicts import RAISES, OpenAPICore, Reason, Verdict, ours_of_request, ours_of_response

from mockserver.contract.load import load
from mockserver.contract.model import MediaType, Operation, Parameter
from mockserver.contract.plan import Plan, response_for
from mockserver.contract.reading import choose_media
from mockserver.contract.route import Routed
from mockserver.document.documents import Documents, Node
from mockserver.errors import MockserverError
from mockserver.exchange import Request, Response
from mockserver.jobs.sample import Sampler
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Service, Settings
from mockserver.schema.compile import Validators


class StillClock:
    def now(self) -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A request, or a request and its answer, and what was done to it."""

    mutation: str
    request: Request
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What the contract says of a part: the parameter or response header, or the media type; its schema as written.

    A reference at the root of `schema` is followed. `schemes` are the kinds of the operation's security schemes.
    """

    parameter: Parameter | None = None
    media: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    schemes: frozenset[str] = frozenset()

    @property
    def style(self) -> str:
        return self.parameter.style if self.parameter is not None else ""

    @property
    def type(self) -> str:
        return str(self.schema.get("type", ""))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A part that one judge accepts and the other does not; a judge without reasons accepts."""

    document: str
    version: str
    operation: str
    part: str
    exchanged: Exchanged
    subject: Subject
    ours: tuple[Reason, ...]
    theirs: tuple[Reason, ...]

    @property
    def location(self) -> str:
        """`query` of `query.limit`; the part itself where it has no name."""
        return self.part.partition(".")[0]

    @property
    def we_accept(self) -> bool:
        return not self.ours and not self.they_raise

    @property
    def they_accept(self) -> bool:
        return not self.theirs

    @property
    def they_raise(self) -> bool:
        return any(reason.word == RAISES for reason in self.theirs)

    @property
    def words(self) -> frozenset[str]:
        """The rules or keywords of whoever rejects."""
        return frozenset(reason.word for reason in self.theirs or self.ours)

    def say(self, *texts: str) -> bool:
        """Tell whether whoever rejects says one of these."""
        return any(text in reason.text for reason in self.theirs or self.ours for text in texts)

    def told(self) -> str:
        """Spell it for whoever must decide it."""
        request, response = self.exchanged.request, self.exchanged.response
        lines = [
            f"{self.document} {self.operation}: {self.part} ({self.exchanged.mutation})",
            f"  request  {request.method} {request.target} {request.headers} {request.body[:300]!r}",
            f"  schema   {str(dict(self.subject.schema))[:400]}",
            f"  ours     {[f'{one.word}: {one.text[:200]}' for one in self.ours[:3]] or 'accepted'}",
            f"  theirs   {[f'{one.word} {one.detail[:60]} {one.text[:200]}' for one in self.theirs[:4]] or 'accepted'}",
        ]
        if response is not None:
            lines.insert(2, f"  answer   {response.status} {response.headers} {response.body[:400]!r}")
        return "\n".join(lines)


@dataclass
class Comparison:
    """What came of one document."""

    document: str
    exchanges: int = 0
    agreed: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


_SILENT = {
    "parameters": {"path", "query", "header", "cookie"},
    "body": {"body", "media-type"},
    "response-body": {"response-body", "response-media-type", "status"},
}
"""What a judge has no verdict on, where asking it for an aspect raised."""


class Bench:
    """One document before both judges."""

    def __init__(self, name: str, documents: Documents) -> None:
        self.contract = load(name, documents)
        validators = Validators()
        self.service = Service(self.contract, validators)
        self.session = Session([self.service], Settings(on_violation="report", journal=1), StillClock())
        self.sampler = Sampler(self.service.plans, validators)
        self.core = OpenAPICore(documents.root_node().tree)
        self.comparison = Comparison(name)
        self._answered: set[str] = set()

    def compare(self, operation: Operation, *, seeds: tuple[int, ...], each: int) -> None:
        """Compare the exchanges of an operation; `each` is how many values are tried at one place."""
        plan = self.service.plans.of(operation)
        if not isinstance(plan, Plan):
            self.comparison.unasked.append(f"{operation.label}: {plan.violation.message}")
            return
        valid = self._valid(operation, seeds)
        template = operation.target[0]
        for request, seed in valid.items():
            self._request(plan, Exchanged("valid", request))
            route = self.service.router.route(request.method, request.path, request.query)
            captures = route.captures if isinstance(route, Routed) and route.operation == operation else ()
            for mutation in mutations.requests(request, captures, template, seed, each):
                self._request(plan, Exchanged(mutation.name, mutation.request))
        if valid:
            richest = max(valid, key=lambda request: len(request.target) + len(request.body))
            self._responses(plan, richest, seeds, each)

    def _valid(self, operation: Operation, seeds: tuple[int, ...]) -> dict[Request, int]:
        found: dict[Request, int] = {}
        for seed in seeds:
            for everything in (False, True):
                try:
                    found.setdefault(self.sampler.request(operation, seed, everything=everything), seed)
                except MockserverError as error:
                    self.comparison.unasked.append(f"{operation.label}: {error.what}")
        return found

    def _responses(self, plan: Plan, request: Request, seeds: tuple[int, ...], each: int) -> None:
        for documented in plan.responses:
            if documented.node.pointer in self._answered:
                continue  # many operations share one answer, such as that to what is not found
            self._answered.add(documented.node.pointer)
            code = {"default": "500"}.get(documented.status, documented.status.replace("XX", "00"))
            for seed in seeds:
                wish = ("Prefer", f"code={code}, seed={seed}")
                wished = Request(request.method, request.target, (*request.headers, wish), request.body)
                answer = self.session.serve(wished)
                response = answer.response
                if answer.operation != plan.operation.name:
                    continue  # a rival's template fits the path as well
                if str(response.status) != code:
                    self.comparison.unasked.append(f"{plan.operation.label} {code}: {response.body[:200]!r}")
                    continue
                self._response(plan, Exchanged("valid", request, response))
                names = tuple(header.name for header in documented.headers)
                for mutation in mutations.responses(response, names, seed, each):
                    self._response(plan, Exchanged(mutation.name, request, mutation.response))

    def _request(self, plan: Plan, exchanged: Exchanged) -> None:
        request = exchanged.request
        ours = ours_of_request(self.session.serve(request).violations)
        for part, one, other in self._parted(ours, self.core.of_request(request)):
            subject = Subject()
            named = [plan for plan in plan.parameters() if f"{plan.parameter.location}.{plan.parameter.name}" == part]
            if named:
                subject = self._subject(named[0].parameter.schema, named[0].parameter)
            elif part == "body" and plan.body is not None:
                subject = self._media(choose_media(plan.body.content, request.header("content-type")))
            elif part == "security":
                subject = Subject(schemes=frozenset(scheme.kind for way in plan.security for scheme in way))
            self._disagree(plan, part, exchanged, subject, one, other)

    def _response(self, plan: Plan, exchanged: Exchanged) -> None:
        request, response = exchanged.request, exchanged.response
        assert response is not None
        ours = ours_of_response(self.service.plans, plan, request, response)
        documented = response_for(plan.responses, response.status)
        for part, one, other in self._parted(ours, self.core.of_response(request, response)):
            subject = Subject()
            headers = documented.headers if documented is not None else ()
            named = [header for header in headers if f"response-header.{header.name}" == part]
            if named:
                subject = self._subject(named[0].schema, named[0])
            elif part == "response-body" and documented is not None:
                subject = self._media(choose_media(documented.content, response.header("content-type")))
            self._disagree(plan, part, exchanged, subject, one, other)

    def _parted(self, ours: Verdict, theirs: Verdict) -> Iterator[tuple[str, tuple[Reason, ...], tuple[Reason, ...]]]:
        """Yield the parts on which the verdicts differ, and count the others."""
        self.comparison.exchanges += 1
        if "route" in ours or "route" in theirs:  # the one who found no operation says nothing of its parts
            ours, theirs = ({"route": one["route"]} if "route" in one else {} for one in (ours, theirs))
        silent = set[str]()
        for aspect, reasons in theirs.items():
            if any(reason.word == RAISES for reason in reasons):
                silent |= _SILENT.get(aspect, set()) | {aspect}
                yield aspect, ours.get(aspect, ()), reasons
        names = {name.lower(): name for name in ours}  # names of headers are case-insensitive
        theirs = {names.get(name.lower(), name): reasons for name, reasons in theirs.items()}
        if "body" in ours and "media-type" in theirs:  # the body of a media type that nobody named: both refuse it
            theirs = {"body" if name == "media-type" else name: reasons for name, reasons in theirs.items()}
        parts = {part for part in (*ours, *theirs) if part.partition(".")[0] not in silent}
        if not parts:
            self.comparison.agreed["accepted"] += 1
        for part in sorted(parts):
            one, other = ours.get(part, ()), theirs.get(part, ())
            if bool(one) != bool(other):
                yield part, one, other
            else:
                self.comparison.agreed[part.partition(".")[0]] += 1

    def _media(self, media: MediaType | None) -> Subject:
        return self._subject(media.schema, media=media.name) if media is not None else Subject()

    def _subject(self, node: Node | None, parameter: Parameter | None = None, media: str = "") -> Subject:
        while node is not None and isinstance(node.tree, dict) and isinstance(node.tree.get("$ref"), str):
            node = self.contract.documents.resolve(node, node.tree["$ref"])
        schema = node.tree if node is not None and isinstance(node.tree, dict) else {}
        return Subject(parameter, media, schema)

    def _disagree(
        self,
        plan: Plan,
        part: str,
        exchanged: Exchanged,
        subject: Subject,
        ours: tuple[Reason, ...],
        theirs: tuple[Reason, ...],
    ) -> None:
        version, label = self.contract.dialect.version, plan.operation.label
        self.comparison.disagreements.append(
            Disagreement(self.contract.name, version, label, part, exchanged, subject, ours, theirs)
        )
