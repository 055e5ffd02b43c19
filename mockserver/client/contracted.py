"""A contract as a client uses it: which operation, how it is called, and whether an answer keeps it.

Loaded when the first call needs it: a client without a contract never pays for one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from mockserver.checks.received import Received
from mockserver.checks.request import check_request, unrouted
from mockserver.checks.response import bodiless, check_response
from mockserver.client.answer import Answer
from mockserver.client.arguments import Spelled, Speller, usual
from mockserver.contract.load import load
from mockserver.contract.model import Contract, MediaType, Operation
from mockserver.contract.plan import Broken, MediaPlan, Plan, Plans, response_for
from mockserver.contract.reading import choose_media, read_request
from mockserver.contract.route import Routed, Router
from mockserver.contract.secret_names import secret_names
from mockserver.edges import files
from mockserver.errors import UnknownService, UnreadableDocument, UsageError
from mockserver.exchange import Headers, Request, Response
from mockserver.resilience.transfer import Outgoing, Upload
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct
from mockserver.violation import Violation, Violations, errors_in
from mockserver.wire.bodies import decode_body
from mockserver.wire.json import repeated_name
from mockserver.wire.media_type import is_json
from mockserver.wire.parameters import encode_header
from mockserver.wire.reading import Decoded, Undecodable

_CREDENTIAL: Final = re.compile(r"(?i)key|token|auth|secret|signature|session")
_CODED: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class Bound(Struct, frozen=True, eq=False):
    """An operation that a call asks for.

    `idempotent` is its `x-idempotent`, `accept` what it can answer, `headers` what nobody need give, `credentials` the
    lower-case names of parameters that an `auth` may fill in.
    """

    plan: Plan
    idempotent: bool | None
    accept: str
    headers: Headers
    deprecated: bool
    credentials: frozenset[str]

    @property
    def name(self) -> str:
        """The operationId, or the label."""
        return self.plan.operation.name

    def documents(self, header: str) -> bool:
        """Tell whether it has a header of that name."""
        return any(each.parameter.name.lower() == header.lower() for each in self.plan.headers)


class Judged(NamedTuple):
    """What a contract makes of an answer: its value, what is wrong, and `unreadable` where it is not its media type."""

    value: JSON = None
    violations: Violations = ()
    unreadable: str = ""


class Contracted:
    """One contract; thread-safe."""

    def __init__(self, contract: Contract | str | os.PathLike[str]) -> None:
        self.contract = contract if isinstance(contract, Contract) else _load(os.fspath(contract))
        self._plans = Plans(self.contract, Validators())
        self._router = Router(self.contract)
        self._named: dict[str, Operation] = {}
        for operation in self.contract.operations:
            self._named.setdefault(operation.label, operation)
            if operation.operation_id:
                self._named[operation.operation_id] = operation
        self._bound: dict[str, Bound] = {}
        self._spellers: dict[str, Speller] = {}

    def secret_names(self) -> frozenset[str]:
        """Return the names under which this contract says that secrets travel."""
        return secret_names(self.contract, tuple(self._plans.security_schemes().values()))

    def named(self, name: str) -> Bound:
        """Return an operation by its operationId or label; raises UnknownService."""
        operation = self._named.get(name)
        if operation is None:
            near = get_close_matches(name, self._named, n=1, cutoff=0.5)
            listed = ", ".join(dict.fromkeys(each.name for each in self.contract.operations))
            raise UnknownService(
                f"{self.contract.name} has no operation {name}",
                where=self.contract.root.where,
                fix=f"did you mean {near[0]}?" if near else f"it has {listed:.500}",
            )
        return self._bind(operation)

    def routed(self, method: str, target: str) -> Bound | None:
        """Return the operation that a method and a target below the base URL ask for, if there is one."""
        path, _, query = target.partition("?")
        route = self._router.route(method, path, query)
        return self._bind(route.operation) if isinstance(route, Routed) else None

    def spelled(
        self, bound: Bound, arguments: Mapping[str, Any], provided: Callable[[], Collection[str]] = tuple
    ) -> Spelled:
        """Spell a call, whose `provided` headers come from elsewhere; raises UsageError."""
        try:
            return self._speller(bound.plan).spelled(arguments, provided)
        except UnreadableDocument as broken:
            raise UsageError(
                f"{bound.name} cannot be called: {broken.what}", where=broken.where, fix=broken.fix
            ) from None

    def _speller(self, plan: Plan) -> Speller:
        pointer = plan.operation.node.pointer
        known = self._spellers.get(pointer)
        if known is None:
            known = self._spellers[pointer] = Speller(self._plans, plan)
        return known

    def check(self, method: str, target: str, headers: Headers, body: bytes | Upload | None) -> Violations:
        """Return what is wrong with a request, credentials aside; `target` is below the base URL.

        Of a body that is sent in pieces only the media type is judged: nobody has read it yet.
        """
        request = Request(method, target, headers, body if isinstance(body, bytes) else b"")
        route = self._router.route(method, request.path, request.query)
        if not isinstance(route, Routed):
            return (unrouted(route, method, self.contract.root.uri),)
        plan = self._plans.of(route.operation)
        if isinstance(plan, Broken):
            return (plan.violation,)
        reading = read_request(self._plans, plan, request, route.captures)
        found = check_request(Received(request, plan, reading, with_security=False))
        return _without_body(found) if isinstance(body, Upload) else found

    def judge(self, bound: Bound, outgoing: Outgoing, answer: Answer) -> Judged:
        """Read an answer by the contract, and tell what it breaks."""
        headers = tuple([pair for pair in answer.headers.pairs if pair[0].lower() not in _CODED])
        response = Response(answer.status, headers, answer.content)
        request = Request(outgoing.method, "/", ())
        documented = response_for(bound.plan.responses, answer.status)
        if outgoing.sink is not None and answer.ok:  # it went to a file, unread: its head is judged
            violations = _without_body(self._violations(bound, request, response))
            other = next((each for each in violations if each.rule == "response-media-type"), None)
            return Judged(None, violations, other.message if other is not None else "")
        if documented is None or bodiless(request, response) or not documented.content:
            violations = self._violations(bound, request, response)
            return Judged(None, violations) if bodiless(request, response) else _undocumented(answer, violations)
        said = answer.headers.get("content-type")
        media = choose_media(documented.content, said)
        if media is None:
            violations = self._violations(bound, request, response)
            unread = next((each.message for each in violations), "the answer is of another media type")
            return Judged(None, violations, unread)
        plan = self._plans.media(media, "response")
        outcome = decode_body(plan.spec, said or media.name, answer.content)
        if isinstance(outcome, Undecodable):
            return Judged(
                None, self._violations(bound, request, response), f"the answer is no {media.name}: {outcome.message}"
            )
        value, valid = _best(plan, outcome)
        twice = _twice(bound, media, answer, value) if answer.is_json else ()
        if valid and not documented.headers:
            return Judged(value, twice)
        return Judged(value, (*twice, *self._violations(bound, request, response)))

    def _violations(self, bound: Bound, request: Request, response: Response) -> Violations:
        return errors_in(check_response(self._plans, bound.plan, request, response))

    def _bind(self, operation: Operation) -> Bound:
        key = operation.node.pointer
        found = self._bound.get(key)
        if found is None:
            found = self._bound[key] = self._made(operation)
        return found

    def _made(self, operation: Operation) -> Bound:
        plan = self._plans.of(operation)
        if isinstance(plan, Broken):
            broken = plan.violation
            raise UsageError(f"{operation.name} cannot be called: {broken.message}", fix=broken.fix)
        said = operation.node.tree.get("x-idempotent")
        headers = tuple(
            (each.parameter.name, line)
            for each, value in usual(plan).items()
            if each.parameter.location == "header"
            for line in encode_header(each.spec, value)
        )
        credentials = frozenset(
            each.parameter.name.lower()
            for each in plan.parameters()
            if each.parameter.location != "path" and _CREDENTIAL.search(each.parameter.name)
        )
        idempotent = said if isinstance(said, bool) else None
        return Bound(plan, idempotent, _accept(plan), headers, plan.deprecated, credentials)


def _load(place: str) -> Contract:
    ((name, found),) = files.choose([place], Path("contracts")).items()
    return load(name, files.collect(name, found, fetch=_no_fetch).documents)


def _no_fetch(url: str) -> bytes:
    raise UsageError(f"the contract {url} is not here", fix="fetch it into contracts/ once: a client starts without")


def _twice(bound: Bound, media: MediaType, answer: Answer, value: JSON) -> Violations:
    """Return the finding that of two members of one name nobody knows which is meant (RFC 8259 §4)."""
    name = repeated_name(answer.content, value)
    if name is None:
        return ()
    node, said = media.node, f"{name} stands twice in one object of the body"
    finding = Violation(
        "response-body", "provider", "error", bound.name, node.uri, node.pointer, "body", said, "send each name once"
    )
    return (finding,)


def _without_body(violations: Violations) -> Violations:
    return tuple(violation for violation in violations if not violation.at.startswith("body"))


def _undocumented(answer: Answer, violations: Violations) -> Judged:
    try:
        return Judged(answer.read(), violations)
    except ValueError as error:
        return Judged(None, violations, f"the answer is no JSON: {error}")


def _best(plan: MediaPlan, outcome: Decoded) -> tuple[JSON, bool]:
    for value in (outcome.value, *outcome.alternatives):
        if plan.accepts(value):
            return value, True
    return outcome.value, False


def _accept(plan: Plan) -> str:
    """Return what the operation can answer: JSON before others, anything after all."""
    good = [response for response in plan.responses if not response.status.startswith(("4", "5"))]
    names = list(dict.fromkeys(media.name for response in (*good, *plan.responses) for media in response.content))
    if not names:
        return "*/*"
    json = [name for name in names if is_json(name)]
    others = [name for name in names if name not in json]
    ranked = [*json, *(f"{name};q=0.9" if json and ";" not in name else name for name in others)]
    return ", ".join([*ranked, *([] if "*/*" in names else ["*/*;q=0.1"])])
