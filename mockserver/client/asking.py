"""From what somebody wants to a request that is ready: spelled, named, judged by the contract, without credentials.

Knows URLs, words and operations, and what the calls of a client share. Sends nothing, and sees no answers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mockserver.client.asked import Ask, Options, body_of, harmless, judge, over, within_s
from mockserver.client.ports import Notice
from mockserver.client.urls import filled, is_below, joined, origin_of, with_query
from mockserver.errors import UsageError
from mockserver.exchange import Headers, header
from mockserver.resilience.idempotency import CallFacts, uuid4
from mockserver.resilience.transfer import Outgoing, Sink, Upload
from mockserver.values import replace
from mockserver.violation import errors_in

if TYPE_CHECKING:
    from mockserver.client.caller import Caller
    from mockserver.client.contracted import Bound
    from mockserver.resilience.policy import Policy

_OF_URLS: Final = ("params", "path", "json", "form", "content")


def by_url(caller: Caller, method: str, url: str, options: Options) -> Ask:
    """Make a request ready; raises UsageError for words that make no sense."""
    judge(options)
    target = with_query(joined(caller.base_url, filled(url, options.get("path"))), options.get("params"))
    body, typed = body_of(options)
    return _asked(caller, method, target, body, typed, options)


def by_operation(caller: Caller, operation: str, arguments: Mapping[str, Any], options: Options) -> Ask:
    """Make the call of an operation ready; raises UsageError, ContractViolation where it breaks the contract."""
    contracted = caller.contracted
    if contracted is None:
        raise UsageError(
            f"{caller.service} has no contract, so {operation} is unknown",
            fix="give contract=..., or send it by request(method, path)",
        )
    judge(options)
    for word in _OF_URLS:
        if word in options:
            raise UsageError(f"{operation} takes no {word}", fix="give arguments by name; body=... is the whole body")
    bound = contracted.named(operation)

    def provided() -> set[str]:
        """Return the headers that somebody else gives."""
        policy = _policy(caller, bound.name, options)
        names = {policy.idempotency.header.lower(), *(name.lower() for name, _ in caller.headers)}
        names.update(name.lower() for name in options.get("headers", ()))
        return names | bound.credentials if caller.auth is not None else names

    target, typed, body = contracted.spelled(bound, arguments, provided)
    if "progress" in options:
        from mockserver.client.uploads import upload_of  # noqa: PLC0415 - who wants no progress need not load it

        body = upload_of(body, options["progress"]) if body is not None else None
    return _asked(caller, bound.plan.operation.method, f"{caller.base_url}{target}", body, typed, options, bound)


def list_of(caller: Caller, what: str, arguments: Mapping[str, Any], options: Options) -> Ask:
    """Make the first page of a list ready: an operation of the contract, or a URL."""
    if what.startswith(("/", "http://", "https://")):
        if arguments:
            raise UsageError(f"{what} takes no arguments by name", fix="give options={'params': {...}}")
        return by_url(caller, "GET", what, options)
    return by_operation(caller, what, arguments, options)


def following(ask: Ask, url: str) -> Ask:
    """Ask the same of another URL: the next page. Another origin gets no credentials."""
    origin = origin_of(url)
    outgoing = ask.outgoing._replace(url=url)
    if origin != ask.facts.origin:
        outgoing = outgoing._replace(headers=harmless(outgoing.headers))
    credentials = ask.credentials and origin == ask.facts.origin
    return ask._replace(outgoing=outgoing, facts=ask.facts._replace(origin=origin), credentials=credentials)


def to_file(caller: Caller, url: str, sink: Sink, options: Options) -> Ask:
    """Make a download ready: what goes to a disk may be larger than what fits into memory."""
    ask = by_url(caller, "GET", url, options)
    policy = replace(ask.policy, body=replace(ask.policy.body, max_bytes=sys.maxsize))
    return ask._replace(outgoing=ask.outgoing._replace(sink=sink), policy=policy)


def _asked(
    caller: Caller, method: str, target: str, body: bytes | Upload | None, typed: Headers, options: Options,
    bound: Bound | None = None,
) -> Ask:  # fmt: skip
    below = is_below(caller.base_url, target)
    origin = caller.origin if below else origin_of(target)
    if bound is None and below and caller.has_contract:
        bound = _routed(caller, method, target)
    name = options.get("operation", "") or (bound.name if bound is not None else "")
    headers = caller.headers if bound is None else caller.headers_of(bound)
    if typed:
        headers = over(headers, typed)
    own = options.get("headers")
    if own:
        headers = over(headers, tuple(own.items()))
    if origin != caller.origin:
        headers = harmless(headers)
    policy = _policy(caller, name, options)
    key = options.get("idempotency_key") or _key(caller, method, headers, bound, policy)
    if key is not None:
        headers = over(headers, ((policy.idempotency.header, key),))
    replayable = not isinstance(body, Upload) or body.replayable
    idempotent = bound.idempotent if bound is not None else None
    facts = CallFacts(method, origin, name, idempotent, key, replayable=replayable)
    if below and caller.has_contract:
        _check(caller, bound, method, target, headers, body)
    return Ask(Outgoing(method, target, headers, body), policy, facts, name, bound, origin == caller.origin)


def _routed(caller: Caller, method: str, target: str) -> Bound | None:
    contracted = caller.contracted
    return contracted.routed(method, target[len(caller.base_url) :]) if contracted is not None else None


def _key(caller: Caller, method: str, headers: Headers, bound: Bound | None, policy: Policy) -> str | None:
    """Return the key that stands in the headers, or a new one where the API keeps them."""
    name = policy.idempotency.header
    given = header(headers, name)
    if given or bound is None or method not in policy.idempotency.methods or not bound.documents(name):
        return given
    return uuid4(caller.random.getrandbits(128))


def _check(
    caller: Caller, bound: Bound | None, method: str, target: str, headers: Headers, body: bytes | Upload | None
) -> None:
    """Judge a request before it is sent."""
    contracted = caller.contracted
    if contracted is None or caller.validate == "off":
        return
    path = target[len(caller.base_url) :]
    violations = errors_in(contracted.check(method, path, headers, body))
    if caller.auth is not None and bound is not None:  # what it adds is not there yet
        awaited = {f"{location}.{name}" for name in bound.credentials for location in ("header", "query", "cookie")}
        violations = tuple(violation for violation in violations if violation.at.lower() not in awaited)
    if violations and caller.validate == "strict":
        from mockserver.client.failures import broken_request  # noqa: PLC0415 - rarely needed

        raise broken_request(caller.service, violations, contracted.secret_names())
    for violation in violations:
        caller.tell(Notice(caller.service, violation.operation, "violation", violation.message, violation))


def _policy(caller: Caller, operation: str, options: Options) -> Policy:
    policy = options.get("policy")
    if policy is None:
        policy = caller.policies.of(operation)
    if "deadline_s" in options:
        policy = within_s(policy, options["deadline_s"])
    return policy
