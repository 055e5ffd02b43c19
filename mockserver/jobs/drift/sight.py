"""What one answer shows: findings, or the reason why it shows nothing.

A gateway's error, a page of HTML, a refused credential or a rate limit say nothing about the API's contract: they are
"could not check", and never drift.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from mockserver.cassette.header_names import FRAMING
from mockserver.cassette.header_names import SAFE as HARMLESS
from mockserver.cassette.shapes import looks_like_id
from mockserver.checks.received import Received
from mockserver.checks.request import check_request
from mockserver.checks.response import bodiless, check_response
from mockserver.checks.undocumented import undocumented
from mockserver.contract.model import ResponseSpec
from mockserver.contract.plan import MediaPlan, Plan, response_for
from mockserver.contract.reading import choose_media, read_request
from mockserver.contract.route import Routed
from mockserver.document import pointer as pointers
from mockserver.errors import UnreadableDocument
from mockserver.exchange import NoResponse, Outcome, Response, whole
from mockserver.jobs.drift.plan import SAFE, Probe
from mockserver.jobs.service import Service
from mockserver.jobs.verify.places import names_thing, schema_place
from mockserver.messages import BY_ID
from mockserver.values import JSON, Struct, replace
from mockserver.violation import Level, Violation, errors_in
from mockserver.wire.bodies import decode_body
from mockserver.wire.coding import uncoded
from mockserver.wire.reading import Decoded, SpellingError

Kind: TypeAlias = Literal[
    "undocumented field", "undocumented status", "undocumented media type", "undocumented header", "new enum value",
    "new alternative", "null", "changed type", "widened type", "changed format", "changed pattern", "changed bound",
    "required field absent", "header missing", "changed header", "unreadable body", "request rejected",
    "operation gone", "deprecated",
]  # fmt: skip

_LEVELS: Final[dict[Kind, Level]] = {
    "undocumented field": "info", "undocumented header": "info", "changed format": "warning",
    "changed pattern": "warning", "changed bound": "warning", "deprecated": "warning",
}  # fmt: skip
"""Levels by direction and weight, where no client can be asked; what is not listed is an error."""

_KINDS: Final[dict[str, Kind]] = {
    "status": "undocumented status", "media-type": "undocumented media type", "undocumented": "undocumented field",
    "header-undocumented": "undocumented header", "header": "changed header", "body": "unreadable body",
    "required": "required field absent", "enum": "new enum value", "type": "changed type", "format": "changed format",
    "pattern": "changed pattern", "length": "changed bound", "range": "changed bound", "items": "changed bound",
    "properties": "undocumented field", "union": "new alternative", "ambiguous": "new alternative",
}  # fmt: skip

_REFERENCES: Final = 8
_SILENT: Final = frozenset({408, 425, 429})
_USUAL_STARTS: Final = (
    "access-control-", "cf-", "x-amz", "x-envoy-", "x-b3-", "x-goog", "x-azure-", "x-ms-", "x-fastly-", "x-akamai-",
    "x-vercel-", "x-nginx-", "x-varnish", "x-cache", "x-served-by", "x-timer", "x-runtime", "x-powered-by",
    "x-content-", "x-frame-", "x-xss-", "x-dns-", "x-download-", "x-permitted-", "x-robots-", "x-ua-", "x-request-",
    "x-trace", "sec-", "cross-origin-", "content-security-", "x-mockserver-", "proxy-",
)  # fmt: skip
_USUAL: Final = HARMLESS | FRAMING | frozenset(
    {
        "alt-svc", "nel", "report-to", "reporting-endpoints", "server-timing", "set-cookie",
        "strict-transport-security",
        "timing-allow-origin", "via", "x-correlation-id", "x-real-ip", "expect-ct", "permissions-policy", "p3p",
        "status", "trace-id", "tracestate", "feature-policy", "accept-ch", "clear-site-data", "content-range",
        "origin-agent-cluster", "x-request-id", "surrogate-control", "surrogate-key", "traceresponse", "priority",
    }
)  # fmt: skip


class Shown(Struct, frozen=True):
    """One finding on one answer; `place` is where it stands, whatever the index or the name of the thing."""

    violation: Violation
    kind: Kind
    place: str


class Sight(Struct, frozen=True):
    """What an answer shows. `silent` says why it shows nothing; `value` is its body, if it is one."""

    probe: Probe
    response: Response | None
    shown: tuple[Shown, ...] = ()
    silent: str = ""
    documented: ResponseSpec | None = None
    media: MediaPlan | None = None
    value: JSON = None


def sight(probe: Probe, plan: Plan, outcome: Outcome, service: Service) -> Sight:
    """Judge one answer."""
    if isinstance(outcome, NoResponse):
        return Sight(probe, None, silent=outcome.reason)
    response = whole(outcome)
    documented = response_for(plan.responses, response.status)
    why = _silent(probe, response, documented)
    if why:
        return Sight(probe, response, silent=why, documented=documented)
    try:
        response = replace(response, body=uncoded(response.body, response.header("content-encoding")))
    except SpellingError as broken:
        return Sight(probe, response, silent=f"its body cannot be unpacked: {broken}", documented=documented)
    response = replace(response, headers=_plain(response))
    media, value = _body(probe, response, documented, service)
    seen = Sight(probe, response, (), "", documented, media, value)
    try:
        return replace(seen, shown=tuple(_told(seen, plan, service)))
    except UnreadableDocument as broken:
        return replace(seen, silent=f"the contract cannot be read here: {broken.what}")


def _silent(probe: Probe, response: Response, documented: ResponseSpec | None) -> str:
    """Return why an answer says nothing about the contract, or nothing."""
    status = response.status
    if status >= 500 and status != 501:
        return f"it answered {status}"
    if status in _SILENT:
        return f"it answered {status}: too many requests" if status == 429 else f"it answered {status}"
    if status == 304 and documented is None:  # our request named what it has (RFC 9110 §15.4.5)
        return "it answered 304: nothing new"
    if status in {401, 403, 407} and (probe.recorded != status or documented is None):
        wants = "it wants credentials (--header, or auth in the configuration)"
        return f"it answered {status}: {'the credentials are refused' if probe.signed else wants}"
    is_documented = documented is not None and documented.status[:1] == "3"
    if status in {301, 302, 303, 307, 308} and not is_documented:
        leads_to = response.header("location") or "nowhere"
        if status not in {301, 308} or leads_to.endswith(probe.request.target):  # the same, at another address
            origin = "/".join(leads_to.split("/")[:3]) if "://" in leads_to else leads_to
            return f"it answered {status}, and leads to {origin}"
    kind = (response.header("content-type") or "").partition(";")[0].strip().lower()
    names = [media.name.lower() for media in documented.content] if documented is not None else []
    page = kind in {"text/html", "application/xhtml+xml"} and bool(response.body)
    if page and choose_media(documented.content if documented is not None and names else (), kind) is None:
        return f"it answered {status} with a page of HTML: a gateway, a login or maintenance"
    return ""


def _body(
    probe: Probe, response: Response, documented: ResponseSpec | None, service: Service
) -> tuple[MediaPlan | None, JSON]:
    if documented is None or bodiless(probe.request, response):
        return None, None
    content_type = response.header("content-type")
    media = choose_media(documented.content, content_type)
    if media is None:
        return None, None
    plan = service.plans.media(media, "response")
    outcome = decode_body(plan.spec, content_type or media.name, response.body)
    return plan, outcome.value if isinstance(outcome, Decoded) else None


def _told(seen: Sight, plan: Plan, service: Service) -> Iterator[Shown]:
    probe, response = seen.probe, seen.response
    if response is None:
        return
    if _is_gone(probe, response, plan):
        yield shown_of(_gone(plan, response), service, seen)
        return
    refused = _refused(probe, response, plan, service)
    if refused is not None:
        yield shown_of(refused, service, seen)
    for violation in check_response(service.plans, plan, probe.request, response):
        yield shown_of(violation, service, seen)
    if seen.media is not None:
        for violation in undocumented(seen.value, seen.media, plan.operation.name):
            yield shown_of(_held(violation, seen.media, service), service, seen)
    for violation in (*_headers(plan, response, seen.documented), *_ageing(plan, response, seen.documented)):
        yield shown_of(violation, service, seen)


def _plain(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in response.headers if pair[0].lower() != "content-encoding")


def _held(violation: Violation, media: MediaPlan, service: Service) -> Violation:
    """Return a finding about a property with the schema of its object: a change of a component is told once."""
    holder = pointers.parent(violation.at.partition("#")[2])
    place = schema_place(media.bundle, holder) if media.bundle is not None else None
    if place is None:
        return violation
    documents = service.contract.documents
    node = documents.node(*place)
    for _ in range(_REFERENCES):
        if not isinstance(node.tree, dict) or not isinstance(node.tree.get("$ref"), str):
            break
        node = documents.resolve(node, node.tree["$ref"])
    return replace(violation, document=node.uri, pointer=node.pointer)


def _is_gone(probe: Probe, response: Response, plan: Plan) -> bool:
    """Tell whether an operation is no longer there: what is not found may be no thing of that name."""
    if any(one.status == str(response.status) for one in plan.responses):
        return False
    safe = probe.request.method in SAFE
    nothing_there = response.status == 404 and safe and probe.source != "absent" and not probe.captured
    return response.status in {405, 410, 501} or nothing_there


def _gone(plan: Plan, response: Response) -> Violation:
    operation = plan.operation
    return _finding(
        "drift-gone", plan, "status", f"{operation.name} is gone: {operation.label} answers {response.status}",
        "use what has taken its place, or take it out of the contract", response.status,
        (operation.node.uri, operation.node.pointer),
    )  # fmt: skip


def _refused(probe: Probe, response: Response, plan: Plan, service: Service) -> Violation | None:
    """Return a finding for a request that the contract names, or that was taken once, and that is refused now."""
    is_meant = 200 <= probe.recorded < 300 or probe.source in {"example", "listed"}
    if response.status not in {400, 422} or not is_meant or not _is_documented(probe, plan, service):
        return None
    named = re.split(r"[/?&=]", probe.request.target.partition("?")[2])
    if probe.source != "listed" and any(map(looks_like_id, named)):
        return None  # a cursor of yesterday is refused, and should be
    asked = next((one.parameter.node for one in plan.query if f"query.{one.parameter.name}" == probe.about), None)
    node, request = asked or plan.operation.node, probe.request
    return _finding(
        "drift-refused", plan, probe.about or "request",
        f"{plan.operation.name} refuses with {response.status} what it documents: {request.method} {request.target}",
        "send what it wants now, and correct the contract", request.target, (node.uri, node.pointer),
    )  # fmt: skip


def _is_documented(probe: Probe, plan: Plan, service: Service) -> bool:
    """Tell whether the contract takes a request: what it refuses itself, an API may refuse."""
    request = probe.request
    route = service.router.route(request.method, request.path, request.query)
    reading = read_request(service.plans, plan, request, route.captures if isinstance(route, Routed) else ())
    received = Received(request, plan, reading, with_security=False)
    return not reading.undeclared and not errors_in(check_request(received))


def _headers(plan: Plan, response: Response, documented: ResponseSpec | None) -> Iterator[Violation]:
    known = {header.name.lower() for header in documented.headers} if documented is not None else set()
    for name in dict.fromkeys(name for name, _ in response.headers):
        lower = name.lower()
        if documented is None or lower in known or lower in _USUAL or lower.startswith(_USUAL_STARTS):
            continue
        yield _finding(
            "response-header-undocumented", plan, f"header.{name}", f"header {name} is not in the contract",
            "document it, if your client is to use it", response.header(name),
            (documented.node.uri, documented.node.pointer),
        )  # fmt: skip


def _ageing(plan: Plan, response: Response, documented: ResponseSpec | None) -> Iterator[Violation]:
    """Yield a finding for an operation that announces its end (RFC 9745, RFC 8594), and the contract does not."""
    known = {header.name.lower() for header in documented.headers} if documented is not None else set()
    for name, what in (("Deprecation", "is deprecated"), ("Sunset", "will be switched off")):
        value = response.header(name)
        if value is not None and name.lower() not in known and not plan.deprecated:
            yield _finding(
                "drift-deprecated", plan, f"header.{name}", f"{plan.operation.name} {what}: {name}: {value}",
                "plan the move, and write deprecated: true", value,
                (plan.operation.node.uri, plan.operation.node.pointer),
            )  # fmt: skip


def _finding(rule: str, plan: Plan, at: str, message: str, fix: str, witness: JSON, node: tuple[str, str]) -> Violation:
    return Violation(rule, "provider", BY_ID[rule].level, plan.operation.name, *node, at, message, fix, witness)


def shown_of(violation: Violation, service: Service, seen: Sight) -> Shown:
    """Return a finding with its kind and its place."""
    kind = kind_of(violation, service)
    status = seen.response.status if seen.response is not None else 0
    return Shown(violation, kind, place_of(violation, status, seen.media))


def place_of(violation: Violation, status: int, media: MediaPlan | None = None) -> str:
    """Return a place that two answers have in common: indexes, names of things and keys of maps are `*`.

    >>> place_of(Violation("r", "provider", "error", "o", "", "", "body#/items/3/state", "", ""), 200)
    '200 body#/items/*/state'
    """
    location, mark, inner = violation.at.partition("#")
    parts = pointers.split(inner) if inner else ()
    bundle = media.bundle if media is not None and violation.rule != "response-undocumented" else None
    shared = [
        "*" if looks_like_id(part) or (bundle and names_thing(bundle, pointers.join(parts[: count + 1]))) else part
        for count, part in enumerate(parts)
    ]
    return f"{status} {location}{mark}" + pointers.join(shared)


def kind_of(violation: Violation, service: Service) -> Kind:
    """Tell what has changed."""
    match violation.rule:
        case "drift-gone":
            return "operation gone"
        case "drift-refused":
            return "request rejected"
        case "drift-deprecated":
            return "deprecated"
    kind = _KINDS[violation.rule.removeprefix("response-")]
    if violation.at.startswith("header.") and kind not in {"undocumented media type", "undocumented header"}:
        return "header missing" if violation.message.endswith("is missing") else "changed header"
    if kind in {"changed type", "new alternative"} and violation.witness is None:
        return "null"
    if kind == "new enum value" and violation.witness is None:
        return "null"
    if kind == "changed type":
        return _widened(violation, service)
    if kind == "new alternative" and not isinstance(violation.witness, dict):
        return "changed type"  # an alternative of another kind than an object is told apart by its type
    return kind


def _widened(violation: Violation, service: Service) -> Kind:
    try:
        documented = service.contract.documents.node(violation.document, violation.pointer).tree
    except UnreadableDocument:
        return "changed type"
    if isinstance(documented, dict):
        documented = documented.get("type")
    whole_number = documented == "integer" or (isinstance(documented, list) and "integer" in documented)
    return "widened type" if whole_number and isinstance(violation.witness, float) else "changed type"


def level_of(kind: Kind) -> Level:
    """Return the level of a kind of drift where no client can be asked."""
    return _LEVELS.get(kind, "error")
