"""What a server showed while it was driven with everything its contract allows, and some things it does not.

Answers are judged by our own checks, which know the line of the contract; what only shows in the pair of request and
answer (a wrong request that was accepted, a right one that was refused) is taken from whoever drove.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mockserver.checks.received import Received
from mockserver.checks.request import check_request
from mockserver.checks.response import check_response
from mockserver.contract.plan import Plan, Plans
from mockserver.contract.reading import read_request
from mockserver.contract.route import Route, Routed, Router
from mockserver.exchange import Request, Response
from mockserver.messages import BY_ID
from mockserver.values import JSON, Struct, field, replace
from mockserver.violation import Violation, errors_in


class Complaint(Struct, frozen=True):
    """What whoever drove the server says of one exchange: the name of the check, and a sentence."""

    check: str
    message: str


class Probe(Struct, frozen=True):
    """One exchange with a server; `response` is None where there was none, `negative`: the request was to be wrong."""

    operation: str
    request: Request
    response: Response | None
    complaints: tuple[Complaint, ...] = ()
    description: str = ""
    negative: bool = False


_RULES: Final[Mapping[str, str]] = {
    "not_a_server_error": "provider-failed",
    "negative_data_rejection": "provider-accepted",
    "missing_required_header": "provider-accepted",
    "positive_data_acceptance": "provider-refused",
    "unsupported_method": "provider-method",
    "allow_header_conformance": "provider-method",
    "use_after_free": "provider-state",
    "ensure_resource_availability": "provider-state",
    "ignored_auth": "provider-security",
}
_OURS: Final = frozenset(
    {
        "status_code_conformance", "content_type_conformance", "response_headers_conformance",
        "response_schema_conformance",
    }
)  # fmt: skip
_FIXES: Final[Mapping[str, str]] = {
    "provider-failed": "answer with a documented status",
    "provider-accepted": "refuse it with a documented 4xx, or allow it in the contract",
    "provider-refused": "take it, or forbid it in the contract",
    "provider-method": "answer 405 with Allow",
    "provider-state": "let what was made be found, and what was deleted not",
    "provider-security": "refuse requests without a valid credential",
}


class Kept(Struct, frozen=True):
    """A finding, the exchange that shows it, and how often it was seen."""

    violation: Violation
    probe: Probe
    seen: int


class Probed(Struct):
    """What came of a run; findings by fingerprint, the smallest exchange of each.

    `misspelled` are requests that were meant to keep the contract, did not, and were refused: they prove nothing.
    """

    exchanges: int = 0
    misspelled: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    operations: dict[str, int] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)

    def add(self, violation: Violation, probe: Probe) -> None:
        """Keep a finding with its smallest exchange."""
        key = violation.fingerprint
        before = self.kept.get(key)
        smaller = before is None or _size(probe) < _size(before.probe)
        seen = 1 + (before.seen if before is not None else 0)
        self.kept[key] = Kept(violation, probe, seen) if smaller or before is None else _again(before, seen)


def _again(kept: Kept, seen: int) -> Kept:
    return Kept(kept.violation, kept.probe, seen)


def _size(probe: Probe) -> int:
    return len(probe.request.target) + len(probe.request.body)


def judge(probes: Iterable[Probe], plans: Plans, router: Router, base: str, *, security: bool = True) -> Probed:
    """Return what is wrong with a server; `base` is the path below which the contract is served.

    `security`: the server asks for credentials.
    """
    found = Probed()
    for probe in probes:
        found.exchanges += 1
        found.operations[probe.operation] = found.operations.get(probe.operation, 0) + 1
        if probe.response is not None:
            status = probe.response.status
            found.statuses[status] = found.statuses.get(status, 0) + 1
        route = router.route(probe.request.method, probe.request.path.removeprefix(base) or "/", probe.request.query)
        for violation in _judged(plans, probe, route, found, security=security):
            found.add(violation, probe)
    return found


def _judged(plans: Plans, probe: Probe, route: Route, found: Probed, *, security: bool) -> Iterator[Violation]:
    """Yield what is wrong in one exchange.

    Whether the request breaks the contract is told by how it came over the wire, not by what was meant: a library that
    misspells a value proves nothing.
    """
    plan = plans.of(route.operation) if isinstance(route, Routed) else None
    if not isinstance(route, Routed) or not isinstance(plan, Plan):
        yield from (_told(complaint, probe, plans) for complaint in probe.complaints if complaint.check not in _OURS)
        return
    reading = read_request(plans, plan, probe.request, route.captures)
    wrong = errors_in(check_request(Received(probe.request, plan, reading, with_security=security)))
    refused = probe.response is not None and 400 <= probe.response.status < 500
    ours = errors_in(check_response(plans, plan, probe.request, probe.response)) if probe.response is not None else ()
    if wrong and refused:  # rightly, and no contract has to document each way of being wrong
        found.misspelled += not probe.negative
        yield from (violation for violation in ours if violation.rule != "response-status")
        return
    yield from ours
    for complaint in probe.complaints:
        rule = _RULES.get(complaint.check)
        if rule == "provider-accepted":
            if wrong:
                yield _accepted(plan, wrong[0])
        elif rule in {"provider-refused", "provider-failed"} and not ours and not _succeeds(plan):
            continue  # what is documented was answered, and that is no success
        elif complaint.check not in _OURS:
            yield _told(complaint, probe, plans, plan)
        elif not ours and plan.responses:  # our own check finds nothing there
            yield replace(_told(complaint, probe, plans, plan), level="warning")


def _succeeds(plan: Plan) -> bool:
    return any(response.status[0] in {"2", "3", "d"} for response in plan.responses)


def _accepted(plan: Plan, wrong: Violation) -> Violation:
    """Tell that a request was taken in spite of what is wrong with it."""
    rule = "provider-accepted"
    message = f"{plan.operation.name} took a request that breaks the contract: {wrong.message}"
    return replace(wrong, rule=rule, side="provider", level=BY_ID[rule].level, message=message, fix=_FIXES[rule])


def _told(complaint: Complaint, probe: Probe, plans: Plans, plan: Plan | None = None) -> Violation:
    rule = _RULES.get(complaint.check, "provider-other")
    node = plan.operation.node if plan is not None else plans.contract.root
    status: JSON = probe.response.status if probe.response is not None else None
    what = f" ({probe.description})" if probe.description else ""
    message = f"{complaint.message}{what}"
    name = plan.operation.name if plan is not None else probe.operation
    fix = _FIXES.get(rule, f"look for {complaint.check} in the documentation of schemathesis")
    return Violation(
        rule, "provider", BY_ID[rule].level, name, node.uri, node.pointer, complaint.check, message, fix, status
    )
