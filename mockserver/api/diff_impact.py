"""Does a new edition break us: each of its changes is put before the real client.

What the API may answer now is answered to the client, with nothing but the change changed; what the client sends is
judged by the new edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.api.clients.impact import ClientRuns, first_breaking
from mockserver.change.model import Change, Comparison
from mockserver.checks.received import Received
from mockserver.checks.request import check_request, unrouted
from mockserver.contract.model import Contract, Operation
from mockserver.contract.plan import Plan
from mockserver.contract.reading import read_request
from mockserver.contract.route import Routed
from mockserver.document import pointer as pointers
from mockserver.errors import MockserverError
from mockserver.exchange import Request, Response
from mockserver.jobs.impact import ABSENT, Changed, Impact, found_at, grafted
from mockserver.jobs.prove import Edition
from mockserver.jobs.verify.answers import Given, response_of
from mockserver.jobs.verify.cases import Cases
from mockserver.jobs.verify.judge import is_other_style
from mockserver.jobs.verify.spots import spots
from mockserver.schema.compile import Validators
from mockserver.values import JSON, replace
from mockserver.violation import Violation
from mockserver.wire.json import dumps
from mockserver.wire.media_type import is_json
from mockserver.wire.reading import Absent

_GONE: Final = frozenset({"operation-removed", "operation-moved"})
_LEAVING: Final = frozenset({"property-removed", "property-optional"})
_FEW: Final = 3
_MOST: Final = 8
_INDEX: Final = re.compile(r"/\d+(?=/|$)")


class Impacts:
    """The verdicts of one client on the changes from its contract to another edition."""

    def __init__(self, runs: ClientRuns, new: Contract) -> None:
        self._runs = runs
        self._service = runs.suite.service
        self._new = Edition(new, Validators())
        self._answers: dict[str, tuple[tuple[Given, Response], ...]] = {}

    def of(self, comparison: Comparison) -> tuple[Impact | None, ...]:
        """Return a verdict for each change; None where there is nothing to run."""
        return tuple(self._of(change) for change in comparison.changes)

    def _of(self, change: Change) -> Impact | None:
        old = [self._old_name(name) for name in change.operations]
        known = {operation.name for operation in self._service.contract.operations}
        names = [name for name in old if name in known]
        used = [name for name in names if self._runs.uses(name)]
        if not names:
            return Impact("unused", "no client calls it: the API does") if change.direction == "request" else None
        if not self._asks(change):
            return None
        if not used:
            return Impact("unused", f"no method of your client calls {names[0]}")
        if change.rule == "security-scope-added":
            return Impact("unknown", "no run shows which scopes the token of your client has")
        return first_breaking(self._on(change, name) for name in used)

    def _asks(self, change: Change) -> bool:
        """Tell whether a change can hurt anybody: what is proved compatible cannot, but for what is read and leaves."""
        if change.verdict != "compatible":
            return True
        return change.rule in {"parameter-removed", "property-removed"} and change.direction != ""

    def _old_name(self, name: str) -> str:
        """Return how the old edition calls an operation."""
        label = next((one.label for one in self._new.contract.operations if one.name == name), name)
        return next((one.name for one in self._service.contract.operations if one.label == label), name)

    def _on(self, change: Change, operation: str) -> Impact:
        if change.rule == "parameter-removed":
            return self._runs.on_requests(operation, lambda request: self._says(request, operation, change.at))
        if change.rule in _GONE or change.direction == "request" or change.at == "security":
            givens = [one.given for one in change.evidence[:_FEW] if one.direction == "request" and one.given]
            return self._runs.on_requests(operation, lambda request: self._refuses(request, change), givens)
        if change.rule == "media-type-removed":
            return self._runs.on_requests(operation, lambda request: self._offers(request, change))
        return self._runs.on_answers(operation, list(self._changed(change, operation)))

    def _says(self, request: Request, operation: str, at: str) -> str:
        """Return that a request says what there is no place for any more."""
        reading = self._runs.reading(operation, request)
        for value in reading.parameters() if reading is not None else ():
            parameter = value.plan.parameter
            if at == f"{parameter.location}.{parameter.name}" and not isinstance(value.outcome, Absent):
                return f"{at} is not there any more"
        return ""

    def _refuses(self, request: Request, change: Change) -> str:
        try:
            refused = self._judged(request)
        except MockserverError as broken:
            return broken.what if change.rule in _GONE else ""
        about = [one for one in refused if change.rule in _GONE or _is_about(one, change)]
        return about[0].message if about else ""

    def _judged(self, request: Request) -> list[Violation]:
        """Return what the new edition has against a request; a spelling that we only guess at counts, too."""
        route = self._new.router.route(request.method, request.path, request.query)
        if not isinstance(route, Routed):
            return [unrouted(route, request.method, self._new.contract.root.uri)]
        plan = self._new.plan(route.operation)
        reading = read_request(self._new.plans, plan, request, route.captures)
        found = check_request(Received(request, plan, reading))
        return [one for one in found if one.level == "error" or is_other_style(one)]

    def _offers(self, request: Request, change: Change) -> str:
        """Return that nothing is answered of what a request accepts, where a success is concerned."""
        if not change.at.startswith("2"):
            return ""
        try:
            refused = self._new.refuses(request, None, request.header("accept") or "")
        except MockserverError:
            return ""
        return refused if isinstance(refused, str) else ""

    def _changed(self, change: Change, operation: str) -> Iterator[Changed]:
        status, _, rest = change.at.partition(" ")
        location, _, place = rest.partition("#")
        if change.rule in {"status-added", "media-type-added"}:
            yield from self._answered_anew(operation, status, change)
        elif location.startswith("header."):
            yield from self._headers(operation, status, location.removeprefix("header."), change)
        elif location == "body":
            yield from self._bodies(operation, change, place)
        yield from self._witnessed(operation, change)

    def _bodies(self, operation: str, change: Change, place: str) -> Iterator[Changed]:
        """Yield the answers of the old edition with the one thing changed, wherever the schema speaks."""
        if change.old is None:
            return
        values = [found_at(one.given["body"], place) for one in change.evidence[:_FEW] if "body" in one.given]
        leaving = self._leaving(change)
        done: set[tuple[int, str]] = set()
        for given, response in self._runs.answers(operation):
            if given.media is None or given.media.bundle is None or not is_json(given.media.media.name):
                continue
            for spot in spots(given.media.bundle, _schema_of(change)):
                targets = [pointers.child(spot, name) for name in leaving] or [spot]
                for target in targets:
                    if (given.status, target) in done or found_at(given.value, target) is ABSENT:
                        continue
                    done.add((given.status, target))
                    news = [ABSENT] if leaving else [value for value in values if value is not ABSENT]
                    for new in news:
                        value = grafted(given.value, target, new)
                        if value is not ABSENT:
                            for_good = change.rule == "property-removed"
                            yield Changed(response, replace(response, body=dumps(value)), for_good=for_good)

    def _leaving(self, change: Change) -> list[str]:
        """Return the names of the properties that are gone, or may be."""
        if change.rule not in _LEAVING or change.old is None or change.new is None:
            return []
        above, _, name = change.old[1].rpartition("/")
        if change.rule == "property-removed":
            return [*pointers.split(f"/{name}")] if above.endswith("/properties") else []
        holder, _, new_name = change.new[1].rpartition("/")
        if holder.endswith("/properties"):
            return [*pointers.split(f"/{new_name}")]
        was = self._tree(self._service.contract, change.old)
        now = self._tree(self._new.contract, change.new)
        kept = now.get("required", []) if isinstance(now, dict) else []
        return [one for one in was if one not in kept] if isinstance(was, list) else []

    @staticmethod
    def _tree(contract: Contract, place: tuple[str, str]) -> JSON:
        try:
            return contract.documents.node(*place).tree
        except MockserverError:
            return None

    def _witnessed(self, operation: str, change: Change) -> Iterator[Changed]:
        """Yield the whole answers that prove the change, where they are answers to this operation."""
        for one in change.evidence[:_FEW]:
            paired = one.paired.old.name == operation and one.direction == "response" and "body" in one.given
            if not paired or not is_json(one.media_type):
                continue
            status = int(one.status)
            before = self._before(operation, status)
            if before is not None:
                headers = (*_without(before.headers, "Content-Type"), ("Content-Type", one.media_type))
                yield Changed(before, Response(status, headers, dumps(one.given["body"])), strict=False)

    def _before(self, operation: str, status: int) -> Response | None:
        """Return what was answered in place of a status: the same, else a success."""
        answers = self._runs.answers(operation)
        same = [response for given, response in answers if given.status == status]
        kind = [response for given, response in answers if given.status // 100 == status // 100]
        return next(iter(same or kind or [response for _, response in answers]), None)

    def _answered_anew(self, operation: str, status: str, change: Change) -> Iterator[Changed]:
        """Yield answers that only the new edition documents."""
        if not status.isdigit():
            return
        before = self._before(operation, int(status))
        if before is not None and change.rule == "status-added":
            same = replace(before, status=int(status))
            if self._documents(operation, same):
                yield Changed(before, same)
                return
        media = pointers.split(change.new[1])[-1] if change.new is not None and "/content/" in change.new[1] else ""
        for given, response in self._new_answers(operation):
            named = not media or (given.media is not None and given.media.media.name == media)
            if before is not None and given.status == int(status) and named:
                yield Changed(before, response, strict=False)

    def _documents(self, operation: str, response: Response) -> bool:
        """Tell whether the new edition allows an answer."""
        now = self._new_operation(operation)
        asked = Request(now.method, now.template) if now is not None else None
        return now is not None and asked is not None and not self._new.answered_wrongly(asked, response, now)

    def _new_operation(self, operation: str) -> Operation | None:
        label = next(one.label for one in self._service.contract.operations if one.name == operation)
        return next((one for one in self._new.contract.operations if one.label == label), None)

    def _new_answers(self, operation: str) -> tuple[tuple[Given, Response], ...]:
        if operation not in self._answers:
            now = self._new_operation(operation)
            self._answers[operation] = tuple(self._made(now)) if now is not None else ()
        return self._answers[operation]

    def _made(self, operation: Operation) -> Iterator[tuple[Given, Response]]:
        plan = self._new.plans.of(operation)
        if not isinstance(plan, Plan):
            return
        few: dict[tuple[int, str], int] = {}
        for given in Cases(self._new.plans, plan, self._new.validators, frozenset()).answers():
            key = (given.status, given.media.media.name if given.media is not None else "")
            few[key] = few.get(key, 0) + 1
            asked = Request(operation.method, "/")
            response = response_of(given, asked, self._new.plans, self._service.imagination)
            if response is not None and few[key] <= _FEW:
                yield given, response

    def _headers(self, operation: str, status: str, name: str, change: Change) -> Iterator[Changed]:
        for given, response in self._runs.answers(operation)[:_MOST]:
            if str(given.status) != status:
                continue
            left = _without(response.headers, name)
            yield Changed(response, replace(response, headers=left))
            for one in change.evidence[:_FEW]:
                value = one.given.get(f"header.{name}")
                if isinstance(value, str):
                    yield Changed(response, replace(response, headers=(*left, (name, value))))


def _schema_of(change: Change) -> tuple[str, str]:
    """Return the place of the schema that a change is about; for a property that leaves, that of its holder."""
    uri, pointer = change.old or ("", "")
    if change.rule == "property-removed":
        return uri, pointer.rpartition("/properties/")[0]
    return uri, pointer.removesuffix("/required") if change.rule == "property-optional" else pointer


def _without(headers: Sequence[tuple[str, str]], name: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0].lower() != name.lower())


def _is_about(violation: Violation, change: Change) -> bool:
    """Tell whether a finding on a request is what a change leads to."""
    at = _INDEX.sub("/*", violation.at)
    if change.at == "security":
        return violation.rule.startswith("request-security")
    if change.at == "body":
        return at.startswith("body") or at == "header.Content-Type"
    return at.startswith(change.at) or change.at.startswith(at) or _names_part(at, change.at)


def _names_part(at: str, wanted: str) -> bool:
    """Tell whether two places are of one parameter: `query.to#/postalCode` is about `query.to`."""
    return at.partition("#")[0] == wanted.partition("#")[0] and "body" not in wanted
