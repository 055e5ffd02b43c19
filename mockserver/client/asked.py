"""What is asked: the words that a request may be given, and the request they make.

Judges the words, and spells bodies without a contract. Knows neither clients nor what they share.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict

from mockserver.client.urls import with_query
from mockserver.errors import UsageError
from mockserver.exchange import Headers
from mockserver.resilience.idempotency import CallFacts
from mockserver.resilience.policy import DeadlinePolicy, Policy
from mockserver.resilience.transfer import Outgoing, Upload
from mockserver.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.client.contracted import Bound
    from mockserver.edges.sink import Progress
    from mockserver.resilience.bounds import Limit

# what may go to an origin that the credentials are not meant for; anything else may be one
HARMLESS: Final = frozenset(
    {"accept", "accept-encoding", "accept-language", "content-type", "if-match", "if-modified-since", "if-none-match",
     "if-unmodified-since", "range", "user-agent"}
)  # fmt: skip


class Options(TypedDict, total=False):
    """What a request may be given.

    `params` is the query, `path` fills `{names}` of the URL; of `json`, `form` and `content` (octets, text, a `Path`, a
    file, pieces) one is the body, and `progress` is told how far it is sent. `idempotency_key` makes a POST repeatable,
    `deadline_s` bounds this call, `policy` replaces all promises. `operation` names it in errors and policies.
    """

    params: Mapping[str, Any] | Iterable[tuple[str, Any]]
    path: Mapping[str, Any]
    json: Any
    form: Mapping[str, Any]
    content: Any
    progress: Progress
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
    bound: Bound | None = None
    credentials: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The query parameters that the contract documents."""
        return tuple(each.parameter.name for each in self.bound.plan.query) if self.bound is not None else ()

    @property
    def queues(self) -> bool:
        """Whether it may wait for a place in flight."""
        return self.policy.bulkhead is not None and self.policy.bulkhead.wait_s > 0


def within_s(policy: Policy, total_s: Limit) -> Policy:
    """Return the policy with another deadline, in seconds."""
    least = policy.deadline.least_attempt_s
    if isinstance(total_s, int | float):
        least = min(least, total_s)
    return replace(policy, deadline=DeadlinePolicy(total_s, least))


def judge(options: Options) -> None:
    """Raise UsageError for a word that no request has, naming the nearest."""
    unknown = options.keys() - Options.__annotations__.keys()
    if not unknown:
        return
    name = min(unknown)
    from difflib import get_close_matches  # noqa: PLC0415 - a mistake is rare

    near = get_close_matches(name, Options.__annotations__, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]}? " if near else ""
    raise UsageError(f"a request has no {name!r}", fix=f"{meant}it has {', '.join(Options.__annotations__)}")


def body_of(options: Options) -> tuple[bytes | Upload | None, Headers]:
    """Return the body that the words make, and its Content-Type; raises UsageError for two bodies."""
    given = [name for name in ("json", "form", "content") if name in options]
    if len(given) > 1:
        raise UsageError(f"a request has one body, and {' and '.join(given)} were given", fix="give one of them")
    if "json" in options:
        from mockserver.wire.json import dumps  # noqa: PLC0415 - who sends no JSON need not load its writer

        return dumps(options["json"]), (("Content-Type", "application/json"),)
    if "form" in options:
        text = with_query("", options["form"]).removeprefix("?")
        return text.encode(), (("Content-Type", "application/x-www-form-urlencoded"),)
    if "content" not in options:
        return None, ()
    from mockserver.client.uploads import upload_of  # noqa: PLC0415 - who sends no body need not load it

    return upload_of(options["content"], options.get("progress")), ()


def harmless(headers: Headers) -> Headers:
    """Return the fields that may go to an origin that credentials are not meant for."""
    return tuple(pair for pair in headers if pair[0].lower() in HARMLESS)


def over(headers: Headers, others: Headers) -> Headers:
    """Return the fields with others in place of those of the same name."""
    names = {name.lower() for name, _ in others}
    return (*(pair for pair in headers if pair[0].lower() not in names), *others)
