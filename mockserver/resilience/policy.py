"""What a client promises itself: every limit, with its default and its reason.

All times are seconds. Each part is frozen and checked when it is made; change one with `replace`, or by
name with `policies.overridden`. Decides nothing.
"""

from __future__ import annotations

from mockserver.errors import UsageError
from mockserver.resilience.bounds import Limit, limit, not_above, number, statuses, whole, words
from mockserver.resilience.outcome import FAILURE_KINDS, FailureKind
from mockserver.values import Struct, field

_SERVER_ERRORS = frozenset(range(500, 600))


class TimeoutPolicy(Struct, frozen=True):
    """Longest silence of one attempt, per step: socket time-outs are per call of recv, not for the whole answer."""

    connect_s: Limit = 3.0
    read_s: Limit = 10.0
    write_s: Limit = 10.0
    pool_s: Limit = 5.0

    def __post_init__(self) -> None:
        limit("timeout.connect_s", self.connect_s)
        limit("timeout.read_s", self.read_s)
        limit("timeout.write_s", self.write_s)
        limit("timeout.pool_s", self.pool_s)


class DeadlinePolicy(Struct, frozen=True):
    """`total_s` bounds a logical call: all attempts and all waits between them.

    No wait is begun that would leave less than `least_attempt_s`: the attempt after it could only fail.
    """

    total_s: Limit = 30.0
    least_attempt_s: float = 0.1

    def __post_init__(self) -> None:
        limit("deadline.total_s", self.total_s)
        number("deadline.least_attempt_s", self.least_attempt_s)
        if isinstance(self.total_s, int | float):
            not_above("deadline.least_attempt_s", self.least_attempt_s, "deadline.total_s", self.total_s)


class RetryPolicy(Struct, frozen=True):
    """When a failed attempt is repeated, and after which wait.

    Three attempts: AWS SDKs (standard mode), Stainless and Stripe agree. The wait is full jitter, U(0, min(cap, base *
    2^n)) (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), with a longer base for statuses
    that say "too much". 500 is repeated only for safe methods or with a key: it may stand for something half done. 501
    and 505 will say the same again. 409 is left out because only a contract can tell whether a repeat helps.
    """

    attempts: int = 3
    base_s: float = 0.25
    throttled_base_s: float = 1.0
    cap_s: float = 8.0
    statuses: frozenset[int] = frozenset({408, 425, 429, 500, 502, 503, 504})
    safe_only_statuses: frozenset[int] = frozenset({500})
    throttled_statuses: frozenset[int] = frozenset({429, 503})
    failures: frozenset[FailureKind] = frozenset(
        {"connect", "connect-timeout", "dns", "write-timeout", "read-timeout", "reset", "protocol", "body-cut",
         "unreadable", "deadline"}
    )  # fmt: skip
    failures_once: frozenset[FailureKind] = frozenset({"dns", "protocol", "unreadable"})
    """Failures that are rarely a passing whim: one repeat because of them in a call."""
    safe_methods: frozenset[str] = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110 §9.2.1
    idempotent_methods: frozenset[str] = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})  # §9.2.2
    retry_after_max_s: float = 60.0
    """A server that wants a longer wait gets none: the call ends and tells `retry_after_s`."""
    veto_headers: frozenset[str] = frozenset({"x-should-retry", "stripe-should-retry"})
    """Fields by which the server decides itself: `false` forbids a repeat, `true` allows any error status."""

    def __post_init__(self) -> None:
        whole("retry.attempts", self.attempts, least=1)
        number("retry.base_s", self.base_s)
        number("retry.throttled_base_s", self.throttled_base_s)
        number("retry.cap_s", self.cap_s)
        not_above("retry.base_s", self.base_s, "retry.cap_s", self.cap_s)
        not_above("retry.throttled_base_s", self.throttled_base_s, "retry.cap_s", self.cap_s)
        statuses("retry.statuses", self.statuses)
        statuses("retry.safe_only_statuses", self.safe_only_statuses)
        statuses("retry.throttled_statuses", self.throttled_statuses)
        words("retry.failures", self.failures, known=FAILURE_KINDS, known_as="the kinds of failure")
        words("retry.failures_once", self.failures_once, known=self.failures, known_as="retry.failures")
        words("retry.idempotent_methods", self.idempotent_methods)
        words(
            "retry.safe_methods", self.safe_methods, known=self.idempotent_methods, known_as="retry.idempotent_methods"
        )
        number("retry.retry_after_max_s", self.retry_after_max_s)
        words("retry.veto_headers", self.veto_headers)
        for name in self.veto_headers:
            if name != name.lower():
                raise UsageError(f"retry.veto_headers holds {name!r}", fix=f"write it in lower case: {name.lower()}")


class IdempotencyPolicy(Struct, frozen=True):
    """The key that makes a POST repeatable (draft-ietf-httpapi-idempotency-key-header; Stripe).

    A key protects only where the server keeps it, so `make_keys` is off: turn it on for a service that does, or let a
    contract that documents the field decide (`CallFacts.accepts_key`).
    """

    header: str = "Idempotency-Key"
    methods: frozenset[str] = frozenset({"POST", "PATCH"})
    make_keys: bool = False

    def __post_init__(self) -> None:
        words("idempotency.methods", self.methods)
        if not self.header or not self.header.replace("-", "").replace("_", "").isalnum():
            raise UsageError(f"idempotency.header is {self.header!r}", fix="give the name of a field, Idempotency-Key")


class BudgetPolicy(Struct, frozen=True):
    """How much of the traffic to a host may be repeats: `ratio` of the calls of the last `ttl_s`, and a floor.

    Finagle's retry budget; the reason is in "Site Reliability Engineering" (Google), chapter 21, "Handling Overload":
    three layers of three attempts are 27 requests for one.
    """

    ratio: float = 0.2
    floor_per_s: float = 3.0
    ttl_s: float = 10.0

    def __post_init__(self) -> None:
        number("budget.ratio", self.ratio, most=1.0)
        number("budget.floor_per_s", self.floor_per_s)
        number("budget.ttl_s", self.ttl_s, above=True)


class BreakerPolicy(Struct, frozen=True):
    """When a host's operations of one group are left alone, and how they are tried again.

    A rate over a window, because a counter of consecutive failures never opens at 50 %. `slow_s` is None for half of
    the total deadline. It stays open for `open_s`, each time in a row `open_growth` times longer up to `open_max_s`,
    and all that +- `open_jitter` (a part of it), so that many clients do not probe together. An answer that breaks the
    contract counts as `contract_weight` of a failure. A probe that does not report within `probe_lease_s` has failed:
    its thread or task is gone. A call waits up to `patience_s` for an open circuit; 0 fails at once, which is what a
    breaker is for.
    """

    window_calls: int = 50
    window_s: float = 60.0
    min_calls: int = 10
    failure_rate: float = 0.5
    slow_rate: float = 0.8
    slow_s: float | None = None
    open_s: float = 15.0
    open_jitter: float = 0.2
    open_growth: float = 2.0
    open_max_s: float = 120.0
    successes_to_close: int = 3
    probe_lease_s: float = 60.0
    failure_statuses: frozenset[int] = _SERVER_ERRORS
    ignored_statuses: frozenset[int] = frozenset({429})
    contract_weight: float = 0.0
    patience_s: float = 0.0

    def __post_init__(self) -> None:
        whole("breaker.window_calls", self.window_calls, least=1)
        number("breaker.window_s", self.window_s, above=True)
        whole("breaker.min_calls", self.min_calls, least=1)
        not_above("breaker.min_calls", self.min_calls, "breaker.window_calls", self.window_calls)
        number("breaker.failure_rate", self.failure_rate, most=1.0, above=True)
        number("breaker.slow_rate", self.slow_rate, most=1.0, above=True)
        if self.slow_s is not None:
            number("breaker.slow_s", self.slow_s, above=True)
        number("breaker.open_s", self.open_s, above=True)
        number("breaker.open_jitter", self.open_jitter, most=0.9)
        number("breaker.open_growth", self.open_growth, least=1.0, most=100.0)
        not_above("breaker.open_s", self.open_s, "breaker.open_max_s", self.open_max_s)
        number("breaker.open_max_s", self.open_max_s, above=True)
        whole("breaker.successes_to_close", self.successes_to_close, least=1)
        number("breaker.probe_lease_s", self.probe_lease_s, above=True)
        statuses("breaker.failure_statuses", self.failure_statuses)
        statuses("breaker.ignored_statuses", self.ignored_statuses)
        number("breaker.contract_weight", self.contract_weight, most=1.0)
        number("breaker.patience_s", self.patience_s)


class BulkheadPolicy(Struct, frozen=True):
    """How many attempts to one host are in flight at a time, and how long a further one queues."""

    concurrent: int = 20
    wait_s: float = 0.0

    def __post_init__(self) -> None:
        whole("bulkhead.concurrent", self.concurrent, least=1)
        number("bulkhead.wait_s", self.wait_s)


class RateLimitPolicy(Struct, frozen=True):
    """What one answer that says "too many" means for the other calls to its host.

    429 with a time holds all of them back until then, at most `hold_max_s`: one wrong field must not silence a client
    for a day. `slow_down` heeds `RateLimit: remaining=0` of a good answer too, before the 429 comes.
    """

    hold_max_s: float = 60.0
    slow_down: bool = True

    def __post_init__(self) -> None:
        number("rate_limit.hold_max_s", self.hold_max_s)


class RedirectPolicy(Struct, frozen=True):
    """How many redirects a call follows; 0 follows none. What may be followed at all is decided by `redirects`."""

    limit: int = 5

    def __post_init__(self) -> None:
        whole("redirect.limit", self.limit)


class BodyPolicy(Struct, frozen=True):
    """How large an answer may grow: decoded octets, and decoded to received (a decompression bomb).

    The ratio is judged from `ratio_from_bytes` on: a short list of zeros compresses a hundredfold, honestly.
    """

    max_bytes: int = 10 * 1024 * 1024
    max_ratio: float = 100.0
    ratio_from_bytes: int = 1024 * 1024

    def __post_init__(self) -> None:
        whole("body.max_bytes", self.max_bytes, least=1)
        number("body.max_ratio", self.max_ratio, least=1.0)
        whole("body.ratio_from_bytes", self.ratio_from_bytes)


class Policy(Struct, frozen=True):
    """All promises about a call. Budget, breaker, bulkhead and rate limit may be None: that part is off."""

    timeout: TimeoutPolicy = field(default_factory=TimeoutPolicy)
    deadline: DeadlinePolicy = field(default_factory=DeadlinePolicy)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    idempotency: IdempotencyPolicy = field(default_factory=IdempotencyPolicy)
    budget: BudgetPolicy | None = field(default_factory=BudgetPolicy)
    breaker: BreakerPolicy | None = field(default_factory=BreakerPolicy)
    bulkhead: BulkheadPolicy | None = field(default_factory=BulkheadPolicy)
    rate_limit: RateLimitPolicy | None = field(default_factory=RateLimitPolicy)
    redirect: RedirectPolicy = field(default_factory=RedirectPolicy)
    body: BodyPolicy = field(default_factory=BodyPolicy)

    @property
    def slow_s(self) -> float | None:
        """From how many seconds on an attempt is slow for the breaker; None is never."""
        if self.breaker is not None and self.breaker.slow_s is not None:
            return self.breaker.slow_s
        total = self.deadline.total_s
        return total / 2 if isinstance(total, int | float) else None
