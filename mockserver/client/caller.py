"""What all calls of a client share: base URL, policies, guards, credentials, contract, hooks.

Judges answers, decides on redirects, tells the hooks. Requests are made ready in `asking`; the clients drive both, and
nothing is sent here.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mockserver.client.answer import Answer
from mockserver.client.asked import Ask, harmless, over
from mockserver.client.ports import Auth, Began, Clock, Event, Hook, Kind, Notice, Turns
from mockserver.client.urls import base_of, is_below, origin_of
from mockserver.edges.clock import SystemClock
from mockserver.errors import UsageError
from mockserver.exchange import Headers, Response
from mockserver.resilience.guards import Guards
from mockserver.resilience.idempotency import repeatable
from mockserver.resilience.outcome import Failed
from mockserver.resilience.policies import Policies
from mockserver.resilience.policy import Policy
from mockserver.resilience.transfer import Outgoing
from mockserver.violation import Violations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.client.contracted import Bound, Contracted
    from mockserver.contract.model import Contract
    from mockserver.edges.http_cache import HttpCache
    from mockserver.jobs.configuration import Cache, Rate, Validate
    from mockserver.resilience.call import Call

_USUAL: Final[Headers] = (
    ("User-Agent", "mockserver-client"),
    ("Accept", "*/*"),
    ("Accept-Encoding", "gzip, deflate"),
)
_CONDITIONS: Final = frozenset({"if-none-match", "if-modified-since"})

_NOTICES: Final = 10_000  # paths of calls without a contract are without end


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
        rate: Rate | None = None,
        cache: Cache | None = None,
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
        self.turns = _turns(rate)
        self.cache = _cache(cache)
        self.clock: Clock = clock if clock is not None else SystemClock()
        # two workers that were forked must not draw the same idempotency keys
        self.random = random.SystemRandom()
        self.guards = guards if guards is not None else Guards(self.random)
        given = tuple(headers.items()) if isinstance(headers, Mapping) else tuple(headers)
        self.given = given
        self.headers = over(_USUAL, given)
        self._contract = contract
        self._usual: dict[str, Headers] = {}
        self._contracted: Contracted | None = None
        self._noticed: set[tuple[str, str]] = set()

    @property
    def contracted(self) -> Contracted | None:
        """The contract, read when it is first needed."""
        if self._contracted is None and self._contract is not None:
            from mockserver.client.contracted import Contracted  # noqa: PLC0415 - only who has a contract pays for it

            self._contracted = Contracted(self._contract)
        return self._contracted

    def headers_of(self, bound: Bound) -> Headers:
        """Return the fields of every call of an operation: what it can answer, its own usual ones, and the client's."""
        known = self._usual.get(bound.name)
        if known is None:
            accepts = (*self.headers, ("Accept", bound.accept))
            known = self._usual[bound.name] = over(over(accepts, bound.headers), self.given)
        return known

    @property
    def has_contract(self) -> bool:
        """Whether calls are judged by a contract."""
        return self._contract is not None

    def is_home(self, url: str) -> bool:
        """Tell whether a URL is of the origin that credentials are meant for."""
        return is_below(self.base_url, url) or origin_of(url) == self.origin

    @property
    def concurrent(self) -> int:
        """How many connections to one host are worth keeping."""
        bulkhead = self.policies.service.bulkhead
        return bulkhead.concurrent if bulkhead is not None else 20

    def fields(self, began: Began) -> Headers:
        """Return what the hooks add to an attempt."""
        return tuple(pair for fields in self._fields for pair in fields(began))

    def close(self) -> None:
        """Give back what the cache holds open."""
        if self.cache is not None:
            self.cache.close()

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
            headers = harmless(headers)
        body = plain.body if order.body else None
        return Outgoing(order.method, order.url, headers, body, plain.sink), order.credentials

    def judged(self, ask: Ask, request: Outgoing, answer: Answer) -> Failed | None:
        """Tell why an answer cannot be handed on, if so."""
        if _confirms(request, answer):
            return None
        if ask.bound is not None and self.validate != "off" and self.contracted is not None:
            return self._judged(ask.bound, self.contracted, request, answer)
        if request.sink is not None or not answer.ok or not answer.is_json:
            return None
        if not answer.content:
            cut = _ends_unsaid(answer)
            return Failed("body-cut", detail="the answer ended before its first octet") if cut else None
        try:
            _ = answer.data
        except ValueError as error:
            return Failed("unreadable", detail=f"the answer is no JSON: {error}")
        return None

    def _judged(self, bound: Bound, contracted: Contracted, request: Outgoing, answer: Answer) -> Failed | None:
        judged = contracted.judge(bound, request, answer)
        answer.knows(judged.value)
        answer.violations = judged.violations
        if not answer.ok:  # the API's own word for its failure counts, however it is spelled
            return None
        if judged.unreadable:
            return Failed("unreadable", detail=judged.unreadable)
        if judged.violations and self.validate == "strict":
            return Failed("contract", detail=f"the answer breaks the contract: {told(judged.violations)}")
        for violation in judged.violations:
            self.tell(Notice(self.service, bound.name, "violation", violation.message, violation))
        return None

    def notice(self, label: str, bound: Bound | None, answer: Answer) -> None:
        """Tell once for each operation that it will go away (RFC 9745, RFC 8594), or that the contract says so."""
        headers = answer.headers
        if bound is not None and bound.deprecated:
            self._tell_once(label, "deprecation", "the contract says that it is deprecated", None)
        if "deprecation" in headers or "sunset" in headers:
            from mockserver.client.notices import said  # noqa: PLC0415 - rarely needed

            for each in said(headers):
                self._tell_once(label, each.kind, each.text, each.value)

    def _tell_once(self, label: str, kind: Kind, text: str, value: Any) -> None:
        if (label, kind) not in self._noticed and len(self._noticed) < _NOTICES:
            self._noticed.add((label, kind))
            self.tell(Notice(self.service, label, kind, text, value))


def told(violations: Violations) -> str:
    """Tell the first finding, with its place, and how many there are.

    >>> told(())
    ''
    """
    if not violations:
        return ""
    first = violations[0]
    more = f", and {len(violations) - 1} more" if len(violations) > 1 else ""
    return f"{first.at}: {first.message}{more}" if first.at else f"{first.message}{more}"


def _confirms(request: Outgoing, answer: Answer) -> bool:
    # RFC 9110 §15.4.5: the answer to a condition, which no contract need know
    return answer.status == 304 and any(name.lower() in _CONDITIONS for name, _ in request.headers)


def _ends_unsaid(answer: Answer) -> bool:
    # RFC 9112 §6.3: the end of the connection is the end of such a body, and may be the end of half of one
    framed = "content-length" in answer.headers or "transfer-encoding" in answer.headers
    return not framed and answer.method != "HEAD" and answer.status not in {204, 205, 304}


def _turns(rate: Rate | None) -> Turns | None:
    if rate is None:
        return None
    from mockserver.edges.turns import Turns  # noqa: PLC0415 - loads an extra

    return Turns(rate)


def _cache(cache: Cache | None) -> HttpCache | None:
    if cache is None:
        return None
    from mockserver.edges.http_cache import HttpCache  # noqa: PLC0415 - loads an extra

    return HttpCache(cache)


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
