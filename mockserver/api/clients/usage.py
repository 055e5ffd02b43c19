"""Usage facts of a suite's client: every binding is called with changed answers, and what it sends is written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from mockserver.answers.headers import contract_headers
from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.api.clients.pages import read_books
from mockserver.api.clients.plans import cases_of
from mockserver.api.clients.suite import ClientSuite
from mockserver.contract.model import MediaType, ResponseSpec
from mockserver.contract.plan import MediaPlan, Plan
from mockserver.contract.reading import Body, Reading
from mockserver.errors import CouldNotCheck, MockserverError
from mockserver.exchange import Request, Response
from mockserver.generate.fullest import Fullest
from mockserver.generate.generator import Unsatisfiable
from mockserver.jobs.pact import Example
from mockserver.jobs.usage import Answer, Seen, Use, explore
from mockserver.jobs.usage_facts import OperationUse, Sent, Usage
from mockserver.jobs.usage_places import at, places
from mockserver.jobs.verify.answers import Given, status_of
from mockserver.jobs.verify.cases import Case, Said
from mockserver.jobs.verify.observed import Called
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, field
from mockserver.wire.bodies import encode_body
from mockserver.wire.reading import Absent, UnspellableError

_LONGEST = 80
_FURTHER = 6
"""How many answers are tried once more with everything said: what is said seldom decides what is read."""
_EVERYTHING = "every parameter"


class _Found(Struct):
    """What is known so far of one operation."""

    label: str
    called_by: list[str] = field(default_factory=list)
    sends: dict[str, Sent] = field(default_factory=dict)
    reads: dict[str, dict[str, Use]] = field(default_factory=dict)
    examples: dict[str, list[Example]] = field(default_factory=dict)


def usage_of(
    suite: ClientSuite, progress: Callable[[Binding], object] | None = None
) -> tuple[Usage, tuple[Example, ...]]:
    """Return what the client of a suite depends on, and exchanges that show it; raise CouldNotCheck when none is bound.

    A place that several bindings use is told of the first.
    """
    if not suite.bindings:
        raise CouldNotCheck(
            f"no method of {suite.target} is bound to an operation of {suite.service.name}",
            fix="say which operations its methods call: @suite.calls(...)",
        )
    work = _Work(suite.calling)
    for binding in suite.bindings:
        if progress is not None:
            progress(binding)
        with suite.calling.intercepting():
            work.add(binding)
    operations = {
        name: OperationUse(one.label, tuple(one.called_by), one.sends, {key: one.reads[key] for key in one.reads})
        for name, one in work.found.items()
    }
    unbound = (f"{method}: {why}" for method, why in suite.unbound)
    examples = [one for name in sorted(work.found) for shown in work.found[name].examples.values() for one in shown]
    return Usage(suite.service.name, suite.target, operations, (*unbound, *work.unchecked)), tuple(examples)


class _Work:
    def __init__(self, calling: Calling) -> None:
        self.found: dict[str, _Found] = {}
        self.unchecked: list[str] = []
        self._calling = calling
        self._validators = Validators()
        self._likely: dict[str, set[str]] = {}

    def add(self, binding: Binding) -> None:
        """Add what one binding shows."""
        before = sum(len(one.called_by) for one in self.found.values())
        for index, operation in enumerate(binding.operations):
            plan = self._calling.service.plans.of(operation)
            if not isinstance(plan, Plan):
                self.unchecked.append(f"{binding.label}: {plan.violation.message}")
                continue
            said = self._sends(binding, index, plan)
            for documented in plan.responses:
                if 200 <= status_of(documented, plan) < 300 or status_of(documented, plan) >= 400:
                    # what is said does not decide what is read of an error
                    for number, one in enumerate(said if status_of(documented, plan) < 400 else said[:1]):
                        self._reads(binding, plan, documented, one, _FURTHER if number else None)
        if sum(len(one.called_by) for one in self.found.values()) == before and not self.unchecked:
            self.unchecked.append(f"{binding.label}: {self._calling.why_not or 'it sent nothing'}")

    def _sends(self, binding: Binding, index: int, plan: Plan) -> list[Said]:
        """Write down what is sent in all cases of an operation; return the least, and the most, that can be said."""
        calling = self._calling
        least: Said | None = None
        most: Said = {}
        for case, of in cases_of(calling, binding, ["sent"]):
            if of is not plan:
                continue
            came = calling.came(binding, case, plan)
            if came is None:
                continue
            self._note(binding, case, came[0])
            least = case.said if least is None else least
            most = case.said if len(case.said) > len(most) or case.why == _EVERYTHING else most
        if binding.pages and index == 0:
            for _, case, called in read_books(calling, binding, plan):
                self._note(binding, case, called)
        return [] if least is None else [least] if most == least else [least, most]

    def _note(self, binding: Binding, case: Case, called: Called) -> None:
        """Write down what stands in the requests of a call."""
        plans = self._calling.service.plans
        for observed in called.observed:
            if observed.reading is None:
                continue
            (operation,) = (one for one in plans.contract.operations if one.name == observed.operation)
            found = self.found.setdefault(operation.name, _Found(operation.label))
            if binding.label not in found.called_by:
                found.called_by.append(binding.label)
            why = " ".join(filter(None, (case.at, case.why)))
            for place, value in _said(observed.reading):
                found.sends.setdefault(place, Sent(binding.label, why, _short(value)))

    def _reads(self, binding: Binding, plan: Plan, documented: ResponseSpec, said: Said, most: int | None) -> None:
        """Write down what of a documented answer the client shows."""
        found = self.found.get(plan.operation.name)
        if found is None:
            return
        kinds: Iterable[MediaType | None] = documented.content or (None,)
        for media in kinds:
            status = status_of(documented, plan)
            if media is not None and status in {204, 205}:
                media = None  # noqa: PLW2901 - RFC 9110 §15.3.5: it has no content
            try:
                bases = self._bases(documented, media)
                first = next(bases, None)
            except (MockserverError, Unsatisfiable) as cannot:
                self.unchecked.append(f"{plan.operation.name} {documented.status}: {cannot}")
                continue
            if first is None:
                continue
            answered = _Answered(self._calling, binding, plan, documented, media, status, said)
            key = documented.status + (f" {media.name}" if media is not None else "")
            uses = dict(found.reads.get(key, {}))
            likely = self._likely.setdefault(_content(first), set())
            shown_on: dict[str, Answer] = {}
            explore(islice(chain([first], bases), most), answered.play, binding.label, uses, likely, shown_on)
            if uses:
                found.reads[key] = uses
            self._examples(found, answered, key, first, shown_on)

    def _examples(
        self, found: _Found, answered: _Answered, key: str, first: Answer, shown_on: dict[str, Answer]
    ) -> None:
        """Keep the exchanges that show what was found; the first, where nothing was, if the client gets as far."""
        kept = found.examples.setdefault(key, [])
        answers = list({id(one): one for one in shown_on.values()}.values()) or ([] if kept else [first])
        for answer in answers:
            request = answered.request(answer)
            if request is not None:
                there = {*places(answer.value, answer.bundle), *(f"header.{header}" for header, _ in answer.headers)}
                used = tuple(place for place in found.reads.get(key, {}) if place in there)
                media = answered.media.name if answered.media is not None else ""
                name = answered.plan.operation.name
                kept.append(Example(name, key, request, answered.status, answer, media, used))

    def _bases(self, documented: ResponseSpec, media: MediaType | None) -> Iterator[Answer]:
        """Yield answers that keep the contract, with all that they may hold."""
        service = self._calling.service
        headers = tuple(contract_headers(documented, service.plans, service.imagination, 0, {}))
        spelled = service.plans.media(media, "response") if media is not None else None
        if media is None or spelled is None:
            yield Answer(None, headers, None, "the headers")
        elif spelled.bundle is None or spelled.per_item or spelled.spec.item:
            body = service.imagination.body(spelled, media.name, 0, wanted={}).body
            yield Answer(None, headers, None, "the body", opaque=body)
        else:
            for one in Fullest(spelled.bundle.schema, self._validators, spelled=False).values():
                yield Answer(one.value, headers, spelled.bundle, one.why, one.at)


class _Answered(Struct, frozen=True):
    """A binding that is called and answered."""

    calling: Calling
    binding: Binding
    plan: Plan
    documented: ResponseSpec
    media: MediaType | None
    status: int
    said: Said

    def play(self, answer: Answer) -> Seen | None:
        """Call, and return what is seen; None when the answer cannot be spelled, or is not asked for."""
        return (self._came(answer) or (None, None))[0]

    def request(self, answer: Answer) -> Request | None:
        """Return the request to which this is the answer."""
        return (self._came(answer) or (None, None))[1]

    def _came(self, answer: Answer) -> tuple[Seen, Request] | None:
        spelled = self._spelled(answer)
        if spelled is None:
            return None
        given = Given(self.status, self.documented, self._plan(), answer.value, answer.why, answer.at, spelled)
        case = Case("refused" if self.status >= 400 else "answered", self.said, given, answer.why)
        came = self.calling.came(self.binding, case, self.plan)
        if came is None:
            return None
        for one in came[0].observed:
            if one.operation == self.plan.operation.name and one.response.body == _body_of(spelled, one.request):
                return came[1], one.request
        return None

    def _plan(self) -> MediaPlan | None:
        return self.calling.service.plans.media(self.media, "response") if self.media is not None else None

    def _spelled(self, answer: Answer) -> Response | None:
        media = self._plan()
        if media is None or self.media is None:
            return Response(self.status, answer.headers)
        if answer.opaque is not None:
            body, content_type = answer.opaque, self.media.name
        else:
            try:
                content_type, body = encode_body(media.spec, answer.value)
            except UnspellableError:
                return None
        return Response(self.status, (("Content-Type", content_type), *answer.headers), body)


def _content(answer: Answer) -> str:
    """Return what answers of one schema have in common."""
    return json.dumps(answer.bundle.schema, sort_keys=True) if answer.bundle is not None else ""


def _body_of(response: Response, request: Request) -> bytes:
    return b"" if request.method == "HEAD" else response.body


def _said(reading: Reading) -> Iterator[tuple[str, JSON]]:
    """Yield each place of a request in which something stands, with what stands there."""
    for one in reading.parameters():
        if not isinstance(one.outcome, Absent):
            name = f"{one.plan.parameter.location}.{one.plan.parameter.name}"
            yield name, one.value
            for place, paths in places(one.value, one.plan.bundle, hidden="readOnly").items():
                if place:
                    yield f"{name}#{place}", at(one.value, paths[0])
    if isinstance(reading.body, Body):
        found = places(reading.body.value, reading.body.plan.bundle, hidden="readOnly")
        for place, paths in found.items():
            yield f"body#{place}" if place else "body", at(reading.body.value, paths[0])


def _short(value: JSON) -> JSON:
    return value if len(repr(value)) <= _LONGEST else f"{repr(value)[: _LONGEST - 3]}..."
