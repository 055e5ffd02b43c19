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
from verdicts import OpenAPICore, RAISES, Reason, Verdict, ours_of_request, ours_of_response

from mockserver.contract.load import load
from mockserver.contract.model import Operation, Parameter
from mockserver.contract.plan import Plan, response_for
from mockserver.contract.reading import choose_media
from mockserver.contract.route import Routed
from mockserver.document.documents import Documents
from mockserver.errors import MockserverError
from mockserver.exchange import Request, Response
from mockserver.jobs.answer import Service, Settings
from mockserver.jobs.sample import Sampler
from mockserver.jobs.serve import Session
from mockserver.schema.compile import Validators


class StillClock:
    def now(self) -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A part that one judge accepts and the other does not; with no reasons, a judge accepts.

    `schema` is the part's schema as written, a reference at its root followed; `parameter` where the part is one, or a
    response header; `media` the documented media type of a body.
    """

    document: str
    version: str
    operation: str
    part: str
    mutation: str
    ours: tuple[Reason, ...]
    theirs: tuple[Reason, ...]
    request: Request
    response: Response | None = None
    parameter: Parameter | None = None
    media: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """`query` of `query.limit`; the part itself where it has no name."""
        return self.part.partition(".")[0]

    @property
    def we_accept(self) -> bool:
        return not self.ours

    @property
    def they_raise(self) -> bool:
        return any(reason.word == RAISES for reason in self.theirs)

    def told(self) -> str:
        """Spell it for whoever must decide it."""
        sent = f"{self.request.method} {self.request.target} {dict(self.request.headers)} {self.request.body[:200]!r}"
        got = (
            f"\n  answer   {self.response.status} {self.response.headers} {self.response.body[:300]!r}"
            if self.response
            else ""
        )
        return (
            f"{self.document} {self.operation}: {self.part} ({self.mutation})\n  request  {sent}{got}\n"
            f"  schema   {str(dict(self.schema))[:300]}\n  ours     {[f'{r.word}: {r.text[:150]}' for r in self.ours[:3]] or 'accepted'}\n"
            f"  theirs   {[f'{r.word} {r.detail[:60]} {r.text[:150]}' for r in self.theirs[:4]] or 'accepted'}"
        )


@dataclass
class Comparison:
    """What came of one document."""

    document: str
    exchanges: int = 0
    agreed: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


_ASPECTS = {"parameters": {"path", "query", "header", "cookie"}, "body": {"body", "media-type"},
            "response-body": {"response-body", "response-media-type", "status"}, "response-header": {"response-header"}}  # fmt: skip


class Bench:
    """One document before both judges."""

    def __init__(self, name: str, documents: Documents) -> None:
        contract = load(name, documents)
        validators = Validators()
        self.service = Service(contract, validators)
        self.session = Session([self.service], Settings(on_violation="report", journal=1), StillClock())
        self.sampler = Sampler(self.service.plans, validators)
        self.core = OpenAPICore(documents.root_node().tree)
        self.comparison = Comparison(name)

    def compare(self, operation: Operation, *, seeds: tuple[int, ...], each: int) -> None:
        """Compare the exchanges of an operation; `each` is how many values are tried at one place."""
        plan = self.service.plans.of(operation)
        if not isinstance(plan, Plan):
            self.comparison.unasked.append(f"{operation.label}: {plan.violation.message}")
            return
        valid: dict[Request, int] = {}
        for seed in seeds:
            for everything in (False, True):
                try:
                    valid.setdefault(self.sampler.request(operation, seed, everything=everything), seed)
                except MockserverError as error:
                    self.comparison.unasked.append(f"{operation.label}: {error.what}")
        for request, seed in valid.items():
            self._request(plan, "valid", request)
            route = self.service.router.route(request.method, request.path, request.query)
            captures = route.captures if isinstance(route, Routed) else ()
            template = operation.template.partition("?")[0]
            for mutation in mutations.requests(request, captures, template, seed, each):
                self._request(plan, mutation.name, mutation.request)
        if valid:
            richest = max(valid, key=lambda request: len(request.target) + len(request.body))
            self._responses(plan, richest, seeds, each)

    def _responses(self, plan: Plan, request: Request, seeds: tuple[int, ...], each: int) -> None:
        for documented in plan.responses:
            code = {"default": "500"}.get(documented.status, documented.status.replace("XX", "00"))
            for seed in seeds:
                wished = Request(
                    request.method,
                    request.target,
                    (*request.headers, ("Prefer", f"code={code}, seed={seed}")),
                    request.body,
                )
                response = self.session.serve(wished).response
                if not code.startswith(str(response.status)):
                    self.comparison.unasked.append(f"{plan.operation.label}: {response.body[:200]!r}")
                    continue
                self._response(plan, "valid", request, response)
                names = tuple(header.name for header in documented.headers)
                for mutation in mutations.responses(response, names, seed, each):
                    self._response(plan, mutation.name, request, mutation.response)

    def _request(self, plan: Plan, mutation: str, request: Request) -> None:
        self.comparison.exchanges += 1
        ours = ours_of_request(self.session.serve(request).violations)
        theirs = self.core.of_request(request)
        for part, one, other in self._parted(ours, theirs):
            parameter = next(
                (p for p in plan.parameters() if f"{p.parameter.location}.{p.parameter.name}" == part), None
            )
            node = parameter.parameter.schema if parameter else None
            media = ""
            if part == "body" and plan.body is not None:
                chosen = choose_media(plan.body.content, request.header("content-type"))
                media, node = (chosen.name, chosen.schema) if chosen else ("", None)
            self._disagree(
                plan, mutation, part, one, other, request, None, parameter and parameter.parameter, media, node
            )

    def _response(self, plan: Plan, mutation: str, request: Request, response: Response) -> None:
        self.comparison.exchanges += 1
        ours = ours_of_response(self.service.plans, plan, request, response)
        theirs = self.core.of_response(request, response)
        documented = response_for(plan.responses, response.status)
        for part, one, other in self._parted(ours, theirs):
            header = next(
                (h for h in (documented.headers if documented else ()) if f"response-header.{h.name}" == part), None
            )
            node = header.schema if header else None
            media = ""
            if part == "response-body" and documented is not None:
                chosen = choose_media(documented.content, response.header("content-type"))
                media, node = (chosen.name, chosen.schema) if chosen else ("", None)
            self._disagree(plan, mutation, part, one, other, request, response, header, media, node)

    def _parted(self, ours: Verdict, theirs: Verdict) -> Iterator[tuple[str, tuple[Reason, ...], tuple[Reason, ...]]]:
        if "route" in ours or "route" in theirs:
            ours = {"route": ours["route"]} if "route" in ours else {}
            theirs = {"route": theirs["route"]} if "route" in theirs else {}
        silent = set[str]()
        for aspect, reasons in theirs.items():
            if any(reason.word == RAISES for reason in reasons):
                silent |= _ASPECTS.get(aspect, set()) | {aspect}
                yield aspect, ours.get(aspect, ()), reasons
        told = {name.lower(): name for name in ours}  # names of headers are case-insensitive
        theirs = {told.get(name.lower(), name): reasons for name, reasons in theirs.items()}
        parts = {part for part in (*ours, *theirs) if part.partition(".")[0] not in silent}
        if not parts:
            self.comparison.agreed["accepted"] += 1
        for part in sorted(parts):
            one, other = ours.get(part, ()), theirs.get(part, ())
            if bool(one) != bool(other):
                yield part, one, other
            else:
                self.comparison.agreed[part.partition(".")[0]] += 1

    def _disagree(self, plan: Plan, mutation: str, part: str, ours: tuple[Reason, ...], theirs: tuple[Reason, ...],
                  request: Request, response: Response | None, parameter: Parameter | None, media: str, node: Any) -> None:  # fmt: skip
        contract = self.service.contract
        schema = node.tree if node is not None and isinstance(node.tree, dict) else {}
        while node is not None and isinstance(schema.get("$ref"), str):
            node = contract.documents.resolve(node, schema["$ref"])
            schema = node.tree
        self.comparison.disagreements.append(
            Disagreement(
                contract.name,
                contract.dialect.version,
                plan.operation.label,
                part,
                mutation,
                ours,
                theirs,
                request,
                response,
                parameter,
                media,
                schema,
            )  # fmt: skip
        )
