"""What all calls of a client share: base URL, policies, guards, credentials, contract, hooks.

Makes requests ready, judges answers, decides on redirects. The clients drive it; it sends nothing itself.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict

from mockserver.client.answer import Answer
from mockserver.client.ports import Auth, Began, Clock, Event, Hook, Notice, Validate
from mockserver.client.urls import base_of, filled, joined, origin_of, with_query
from mockserver.edges.clock import SystemClock
from mockserver.errors import UsageError
from mockserver.exchange import Headers, Response
from mockserver.resilience.guards import Guards
from mockserver.resilience.idempotency import CallFacts, repeatable
from mockserver.resilience.outcome import Failed
from mockserver.resilience.policies import Policies
from mockserver.resilience.policy import Policy
from mockserver.resilience.transfer import Outgoing, Upload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.contract.model import Contract
    from mockserver.resilience.bounds import Limit
    from mockserver.resilience.call import Call

_USUAL: Final[Headers] = (
    ("User-Agent", "mockserver-client"),
    ("Accept", "*/*"),
    ("Accept-Encoding", "gzip, deflate"),
)
# what may go to an origin that the credentials are not meant for; anything else may be one
_HARMLESS: Final = frozenset(
    {"accept", "accept-encoding", "accept-language", "content-type", "if-match", "if-modified-since", "if-none-match",
     "if-unmodified-since", "range", "user-agent"}
)  # fmt: skip


class Options(TypedDict, total=False):
    """What a request may be given.

    `params` is the query, `path` fills `{names}` of the URL; of `json`, `form` and `content` (octets, or pieces) one is
    the body. `idempotency_key` makes a POST repeatable, `deadline_s` bounds this call, `policy` replaces all promises.
    `operation` names it in errors and policies.
    """

    params: Mapping[str, Any] | Iterable[tuple[str, Any]]
    path: Mapping[str, Any]
    json: Any
    form: Mapping[str, Any]
    content: bytes | str | Upload
    headers: Mapping[str, str]
    idempotency_key: str
    deadline_s: Limit
    policy: Policy
    operation: str


class Ask(NamedTuple):
    """What a caller wants: the request without credentials, and what is known of its operation."""

    outgoing: Outgoing
    policy: Policy
    facts: CallFacts
    operation: str = ""
    bound: Any = None
    credentials: bool = True


class Caller:
    """The shared side of a client. Thread-safe."""

    def __init__(  # noqa: PLR0913 - each is a word of the configuration
        self,
        base_url: str,
        *,
        service: str = "",
        policy: Policies | Policy | Mapping[str, Any] | None = None,
        auth: Auth | None = None,
        contract: Contract | str | None = None,
        validate: Validate = "strict",
        hooks: Iterable[Hook] = (),
        headers: Mapping[str, str] | Headers = (),
        clock: Clock | None = None,
        guards: Guards | None = None,
    ) -> None:
        self.base_url = base_of(base_url)
        self.origin = origin_of(self.base_url)
        self.service = service or self.origin.partition("://")[2]
        self.policies = _policies(policy)
        self.auth = _auth(auth)
        self.can_refresh = hasattr(self.auth, "refused") or hasattr(self.auth, "arefused")
        self.validate = _validate(validate)
        self.hooks = tuple(hooks)
        self._fields = tuple(hook.fields for hook in self.hooks if hasattr(hook, "fields"))
        self.clock: Clock = clock if clock is not None else SystemClock()
        # two workers that were forked must not draw the same idempotency keys
        self.guards = guards if guards is not None else Guards(random.SystemRandom())
        given = tuple(headers.items()) if isinstance(headers, Mapping) else tuple(headers)
        self.headers = _over(_USUAL, given)
        self._contract = contract
        self._noticed: set[tuple[str, str]] = set()

    def ask(self, method: str, url: str, options: Options) -> Ask:
        """Make a request ready; raises UsageError for words that make no sense."""
        unknown = options.keys() - Options.__annotations__.keys()
        if unknown:
            raise _unknown_option(min(unknown))
        name = options.get("operation", "")
        target = with_query(joined(self.base_url, filled(url, options.get("path"))), options.get("params"))
        origin = self.origin if target.startswith(self.base_url) else origin_of(target)
        body, typed = _body(options)
        headers = _over(self.headers, typed) if typed else self.headers
        own = options.get("headers")
        if own:
            headers = _over(headers, tuple(own.items()))
        if origin != self.origin:
            headers = tuple(pair for pair in headers if pair[0].lower() in _HARMLESS)
        policy = self._policy(name, options)
        facts = CallFacts(
            method,
            origin,
            name if name in self.policies.operations else "",
            key=options.get("idempotency_key"),
            replayable=not isinstance(body, Upload) or body.replayable,
        )
        return Ask(Outgoing(method, target, headers, body), policy, facts, name, None, origin == self.origin)

    def _policy(self, operation: str, options: Options) -> Policy:
        policy = options.get("policy")
        if policy is None:
            policy = self.policies.of(operation)
        if "deadline_s" in options:
            from mockserver.resilience.policies import overridden  # noqa: PLC0415 - rarely asked for

            policy = overridden(policy, {"deadline": {"total_s": options["deadline_s"]}})
        return policy

    def fields(self, began: Began) -> Headers:
        """Return what the hooks add to an attempt."""
        return tuple(pair for fields in self._fields for pair in fields(began))

    def tell(self, event: Event) -> None:
        """Tell all hooks."""
        for hook in self.hooks:
            hook.observe(event)

    def followed(
        self, call: Call, ask: Ask, plain: Outgoing, got: Response, hops: int
    ) -> tuple[Outgoing, bool] | Failed | None:
        """Return where a redirect leads and whether credentials go along, why not, or None for what is none."""
        from mockserver.resilience.redirects import Refuse, redirect  # noqa: PLC0415 - rarely asked for

        order = redirect(
            ask.policy.redirect,
            repeatable(ask.facts, ask.policy, call.key),
            method=plain.method,
            url=plain.url,
            status=got.status,
            location=got.header("location"),
            hops=hops,
        )
        if order is None:
            return None
        if isinstance(order, Refuse):
            return Failed("redirect", detail=f"the redirect may not be followed: {order.because}")
        headers = plain.headers
        if not order.body:
            headers = tuple(pair for pair in headers if not pair[0].lower().startswith("content-"))
        if not order.credentials:
            headers = tuple(pair for pair in headers if pair[0].lower() in _HARMLESS)
        body = plain.body if order.body else None
        return Outgoing(order.method, order.url, headers, body), order.credentials

    def judged(self, ask: Ask, request: Outgoing, answer: Answer) -> Failed | None:
        """Tell why an answer cannot be handed on, if so."""
        del ask, request
        if answer.ok and answer.content and answer.is_json:
            try:
                _ = answer.data
            except ValueError as error:
                return Failed("unreadable", detail=f"the answer is no JSON: {error}")
        return None

    def notice(self, label: str, answer: Answer) -> None:
        """Tell once for each operation that it will go away (RFC 9745, RFC 8594)."""
        headers = answer.headers
        for kind in ("deprecation", "sunset"):
            if kind in headers and (label, kind) not in self._noticed:
                self._noticed.add((label, kind))
                self._tell_notice(Notice(self.service, label, kind, headers[kind]))

    def _tell_notice(self, notice: Notice) -> None:
        self.tell(notice)


def _policies(policy: Policies | Policy | Mapping[str, Any] | None) -> Policies:
    match policy:
        case None:
            return Policies()
        case Policies():
            return policy
        case Policy():
            return Policies(policy)
        case Mapping():
            return Policies.of_words(policy)
        case _:
            raise UsageError(f"policy is {policy!r}", fix="give a Policy, Policies, or words by name")


class _Function:
    """A plain function as an `Auth`."""

    def __init__(self, authorize: Any) -> None:
        self.authorize = authorize


def _auth(auth: Any) -> Any:
    if auth is None or hasattr(auth, "authorize"):
        return auth
    if callable(auth):
        return _Function(auth)
    raise UsageError(f"auth is a {type(auth).__name__}", fix="give an object with authorize(request), or a function")


def _validate(validate: Validate) -> Validate:
    if validate not in ("strict", "warn", "off"):
        raise UsageError(f"validate is {validate!r}", fix="say strict, warn or off")
    return validate


def _unknown_option(name: str) -> UsageError:
    from difflib import get_close_matches  # noqa: PLC0415 - a mistake is rare

    near = get_close_matches(name, Options.__annotations__, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]}? " if near else ""
    return UsageError(f"a request has no {name!r}", fix=f"{meant}it has {', '.join(Options.__annotations__)}")


def _body(options: Options) -> tuple[bytes | Upload | None, Headers]:
    given = [name for name in ("json", "form", "content") if name in options]
    if len(given) > 1:
        raise UsageError(f"a request has one body, and {' and '.join(given)} were given", fix="give one of them")
    if "json" in options:
        from mockserver.wire.json import dumps  # noqa: PLC0415 - who sends no JSON need not load its writer

        return dumps(options["json"]), (("Content-Type", "application/json"),)
    if "form" in options:
        text = with_query("", options["form"]).removeprefix("?")
        return text.encode(), (("Content-Type", "application/x-www-form-urlencoded"),)
    content = options.get("content")
    return (content.encode() if isinstance(content, str) else content), ()


def _over(headers: Headers, others: Headers) -> Headers:
    names = {name.lower() for name, _ in others}
    return (*(pair for pair in headers if pair[0].lower() not in names), *others)
