import pytest

from mockserver.errors import UsageError
from mockserver.resilience.bounds import NO_TIMEOUT
from mockserver.resilience.policy import (
    BodyPolicy,
    BreakerPolicy,
    BudgetPolicy,
    BulkheadPolicy,
    DeadlinePolicy,
    IdempotencyPolicy,
    Policy,
    RateLimitPolicy,
    RedirectPolicy,
    RetryPolicy,
    TimeoutPolicy,
)
from mockserver.values import replace


def test_the_defaults_are_those_that_are_documented() -> None:
    policy = Policy()
    assert policy.timeout == TimeoutPolicy(connect_s=3, read_s=10, write_s=10, pool_s=5)
    assert policy.deadline == DeadlinePolicy(total_s=30, least_attempt_s=0.1)
    assert policy.retry == RetryPolicy(
        attempts=3,
        base_s=0.25,
        throttled_base_s=1,
        cap_s=8,
        statuses=frozenset({408, 425, 429, 500, 502, 503, 504}),
        safe_only_statuses=frozenset({500}),
        throttled_statuses=frozenset({429, 503}),
        failures=frozenset(
            {
                "connect", "connect-timeout", "dns", "write-timeout", "read-timeout", "reset", "protocol", "body-cut",
                "unreadable", "deadline",
            }
        ),
        failures_once=frozenset({"dns", "protocol", "unreadable"}),
        safe_methods=frozenset({"GET", "HEAD", "OPTIONS", "TRACE"}),
        idempotent_methods=frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}),
        retry_after_max_s=60,
        veto_headers=frozenset({"x-should-retry", "stripe-should-retry"}),
    )  # fmt: skip
    assert policy.idempotency == IdempotencyPolicy("Idempotency-Key", frozenset({"POST", "PATCH"}), make_keys=False)
    assert policy.budget == BudgetPolicy(ratio=0.2, floor_per_s=3, ttl_s=10)
    assert policy.breaker == BreakerPolicy(
        window_calls=50,
        window_s=60,
        min_calls=10,
        failure_rate=0.5,
        slow_rate=0.8,
        slow_s=None,
        open_s=15,
        open_jitter=0.2,
        open_growth=2,
        open_max_s=120,
        successes_to_close=3,
        probe_lease_s=60,
        failure_statuses=frozenset(range(500, 600)),
        ignored_statuses=frozenset({429}),
        contract_weight=0,
        patience_s=0,
    )
    assert policy.bulkhead == BulkheadPolicy(concurrent=20, wait_s=0)
    assert policy.rate_limit == RateLimitPolicy(hold_max_s=60, slow_down=True)
    assert policy.redirect == RedirectPolicy(limit=5)
    assert policy.body == BodyPolicy(max_bytes=10 * 2**20, max_ratio=100, ratio_from_bytes=2**20)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: TimeoutPolicy(read_s=None), "timeout.read_s is None, which would wait for ever"),
        (lambda: TimeoutPolicy(connect_s=0), "timeout.connect_s is 0"),
        (lambda: TimeoutPolicy(pool_s=float("nan")), "timeout.pool_s is nan, which is no number"),
        (lambda: TimeoutPolicy(write_s=float("inf")), "timeout.write_s is inf, which is no number"),
        (lambda: TimeoutPolicy(write_s=True), "timeout.write_s is True, which is no number"),
        (lambda: DeadlinePolicy(total_s="30"), "deadline.total_s is '30', which is no number"),
        (
            lambda: DeadlinePolicy(total_s=0.05),
            "deadline.least_attempt_s (0.1) is greater than deadline.total_s (0.05)",
        ),
        (lambda: RetryPolicy(attempts=0), "retry.attempts is 0"),
        (lambda: RetryPolicy(attempts=2.5), "retry.attempts is 2.5"),
        (lambda: RetryPolicy(base_s=-1), "retry.base_s is -1"),
        (lambda: RetryPolicy(cap_s=0.5), "retry.throttled_base_s (1.0) is greater than retry.cap_s (0.5)"),
        (lambda: RetryPolicy(statuses=frozenset({200})), "retry.statuses holds 200"),
        (lambda: RetryPolicy(statuses=[503]), "retry.statuses is [503], which is no frozenset"),
        (
            lambda: RetryPolicy(failures=frozenset({"rest"})),
            "retry.failures holds 'rest', which is not in the kinds of failure",
        ),
        (
            lambda: RetryPolicy(failures_once=frozenset({"tls"})),
            "retry.failures_once holds 'tls', which is not in retry.failures",
        ),
        (
            lambda: RetryPolicy(safe_methods=frozenset({"POST"})),
            "retry.safe_methods holds 'POST', which is not in retry.idempotent_methods",
        ),
        (lambda: RetryPolicy(veto_headers=frozenset({"X-No"})), "retry.veto_headers holds 'X-No'"),
        (lambda: RetryPolicy(veto_headers=frozenset({""})), "retry.veto_headers holds '', which is no word"),
        (lambda: IdempotencyPolicy(header="a b"), "idempotency.header is 'a b'"),
        (lambda: IdempotencyPolicy(methods="POST"), "idempotency.methods is 'POST', which is no frozenset"),
        (lambda: BudgetPolicy(ratio=1.5), "budget.ratio is 1.5"),
        (lambda: BudgetPolicy(ttl_s=0), "budget.ttl_s is 0"),
        (lambda: BudgetPolicy(floor_per_s=-1), "budget.floor_per_s is -1"),
        (lambda: BreakerPolicy(min_calls=51), "breaker.min_calls (51) is greater than breaker.window_calls (50)"),
        (lambda: BreakerPolicy(failure_rate=0), "breaker.failure_rate is 0"),
        (lambda: BreakerPolicy(slow_rate=1.1), "breaker.slow_rate is 1.1"),
        (lambda: BreakerPolicy(open_s=300), "breaker.open_s (300) is greater than breaker.open_max_s (120.0)"),
        (lambda: BreakerPolicy(open_growth=0.5), "breaker.open_growth is 0.5"),
        (lambda: BreakerPolicy(open_jitter=1), "breaker.open_jitter is 1"),
        (lambda: BreakerPolicy(slow_s=0), "breaker.slow_s is 0"),
        (lambda: BreakerPolicy(contract_weight=2), "breaker.contract_weight is 2"),
        (lambda: BreakerPolicy(successes_to_close=0), "breaker.successes_to_close is 0"),
        (lambda: BulkheadPolicy(concurrent=0), "bulkhead.concurrent is 0"),
        (lambda: RateLimitPolicy(hold_max_s=-1), "rate_limit.hold_max_s is -1"),
        (lambda: RedirectPolicy(limit=-1), "redirect.limit is -1"),
        (lambda: BodyPolicy(max_ratio=0.5), "body.max_ratio is 0.5"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_with_its_fix(make, what) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert caught.value.what == what
    assert caught.value.fix


def test_waiting_for_ever_has_to_be_said() -> None:
    endless = DeadlinePolicy(total_s=NO_TIMEOUT)
    assert repr(endless) == "DeadlinePolicy(total_s=NO_TIMEOUT, least_attempt_s=0.1)"


def test_slow_is_half_of_the_deadline_unless_it_is_said() -> None:
    policy = Policy()
    assert policy.slow_s == 15
    assert replace(policy, breaker=BreakerPolicy(slow_s=2)).slow_s == 2
    assert replace(policy, deadline=DeadlinePolicy(total_s=NO_TIMEOUT)).slow_s is None


def test_equal_policies_are_one_key() -> None:
    assert {Policy(): 1}[Policy(retry=RetryPolicy(attempts=3))] == 1
