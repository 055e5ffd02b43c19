import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.resilience.advice import SILENCE, Advice
from mockserver.resilience.classify import classify
from mockserver.resilience.idempotency import Repeatable
from mockserver.resilience.outcome import FAILURE_KINDS, Answered, Failed
from mockserver.resilience.policy import DeadlinePolicy, Policy, RetryPolicy
from mockserver.resilience.retry import Again, Retries, Stop, backoff_s

GET = Repeatable(safe=True, repeatable=True, keyed=False, replayable=True)
PUT = GET._replace(safe=False)
POST = Repeatable(safe=False, repeatable=False, keyed=False, replayable=True)
KEYED = Repeatable(safe=False, repeatable=True, keyed=True, replayable=True)


class Chance:
    """Always the same."""

    def __init__(self, chance: float = 0.5) -> None:
        self.chance = chance

    def random(self) -> float:
        return self.chance

    def getrandbits(self, k: int, /) -> int:
        return k


def after(outcome, request=GET, *, advice=SILENCE, left=30.0, attempt=1, policy=None, chance=0.5):
    policy = policy or RetryPolicy()
    retries = Retries(policy, DeadlinePolicy(), request, Chance(chance))
    retries.attempts = attempt
    return retries.after(outcome, classify(outcome, Policy(retry=policy), advice), advice, left)


def test_the_wait_is_full_jitter_that_doubles_up_to_a_cap() -> None:
    policy = RetryPolicy(attempts=99)
    assert [backoff_s(policy, retry, 1.0) for retry in range(7)] == [0.25, 0.5, 1, 2, 4, 8, 8]
    assert [backoff_s(policy, retry, 0.0) for retry in (0, 9)] == [0, 0]
    assert backoff_s(policy, 10**6, 1.0) == 8
    assert [after(Failed("reset"), attempt=n, policy=policy, chance=0.5) for n in (1, 2, 9)] == [
        Again(0.125, asked=False),
        Again(0.25, asked=False),
        Again(4, asked=False),
    ]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_with_too_much_to_do_gets_a_longer_wait(status) -> None:
    assert after(Answered(status), chance=1.0) == Again(1.0, asked=False)
    assert after(Answered(502), chance=1.0) == Again(0.25, asked=False)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_these_statuses_are_repeated(status) -> None:
    assert isinstance(after(Answered(status)), Again)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 412, 422, 501, 505, 507, 999])
def test_all_other_statuses_are_final(status) -> None:
    assert after(Answered(status)) == Stop("final")


def test_a_conflict_is_repeated_where_a_contract_says_so() -> None:
    policy = RetryPolicy(statuses=RetryPolicy().statuses | {409})
    assert isinstance(after(Answered(409), policy=policy), Again)


@pytest.mark.parametrize(
    "kind", ["tls", "pool-timeout", "framing", "too-large", "contract", "redirect", "cancelled", "local"]
)
def test_these_failures_are_final(kind) -> None:
    assert after(Failed(kind)) == Stop("final")


@pytest.mark.parametrize("kind", ["connect", "connect-timeout", "dns"])
def test_what_was_never_sent_is_repeated_whatever_the_method(kind) -> None:
    assert isinstance(after(Failed(kind), POST), Again)
    assert isinstance(after(Failed("reset", sent=False), POST), Again)


@pytest.mark.parametrize("kind", ["reset", "read-timeout", "write-timeout", "protocol", "body-cut", "unreadable"])
def test_what_may_have_arrived_is_repeated_only_if_twice_is_as_once(kind) -> None:
    assert isinstance(after(Failed(kind), GET), Again)
    assert isinstance(after(Failed(kind), PUT), Again)
    assert isinstance(after(Failed(kind), KEYED), Again)
    assert after(Failed(kind), POST) == Stop("method")


def test_an_error_status_of_a_post_without_a_key_is_not_repeated() -> None:
    assert [after(Answered(status), POST) for status in (408, 429, 500, 502, 503)] == [Stop("method")] * 5
    assert isinstance(after(Answered(503), KEYED), Again)


def test_500_is_repeated_only_for_safe_methods_or_with_a_key() -> None:
    assert isinstance(after(Answered(500), GET), Again)
    assert isinstance(after(Answered(500), KEYED), Again)
    assert after(Answered(500), PUT) == Stop("method")
    assert isinstance(after(Answered(502), PUT), Again)


def test_a_body_that_can_be_read_once_is_sent_again_only_if_it_never_left() -> None:
    once = GET._replace(replayable=False)
    assert after(Failed("reset"), once) == Stop("body")
    assert after(Answered(503), once) == Stop("body")
    assert isinstance(after(Failed("connect"), once), Again)


def test_the_last_attempt_is_not_followed_by_a_wait() -> None:
    assert isinstance(after(Answered(503), attempt=2), Again)
    assert after(Answered(503), attempt=3) == Stop("attempts")
    assert after(Answered(503), attempt=1, policy=RetryPolicy(attempts=1)) == Stop("attempts")


@pytest.mark.parametrize("kind", ["dns", "protocol", "unreadable"])
def test_a_failure_that_is_rarely_a_whim_is_repeated_once(kind) -> None:
    retries = Retries(RetryPolicy(attempts=9), DeadlinePolicy(), GET, Chance())
    verdict = classify(Failed(kind), Policy())
    retries.attempts = 1
    assert isinstance(retries.after(Failed(kind), verdict, SILENCE, 30), Again)
    retries.attempts = 2
    assert retries.after(Failed(kind), verdict, SILENCE, 30) == Stop("attempts")


def test_the_server_may_forbid_a_repeat() -> None:
    assert after(Answered(503), advice=Advice(should_retry=False)) == Stop("veto")


def test_the_server_may_allow_a_status_but_not_a_method() -> None:
    assert isinstance(after(Answered(409), advice=Advice(should_retry=True)), Again)
    assert after(Answered(409), POST, advice=Advice(should_retry=True)) == Stop("method")


def test_a_wait_is_never_shorter_than_the_server_asked_and_has_our_jitter_on_top() -> None:
    assert after(Answered(429), advice=Advice(retry_after_s=1), chance=0.0) == Again(1.0, asked=True)
    assert after(Answered(429), advice=Advice(retry_after_s=1), chance=0.5) == Again(1.125, asked=True)
    assert after(Answered(502), advice=Advice(retry_after_s=0), chance=0.5) == Again(0.125, asked=True)


def test_a_server_that_wants_more_than_is_allowed_or_left_gets_no_repeat() -> None:
    assert after(Answered(503), advice=Advice(retry_after_s=86400)) == Stop("retry-after")
    assert after(Answered(503), advice=Advice(retry_after_s=61), left=900) == Stop("retry-after")
    assert isinstance(after(Answered(503), advice=Advice(retry_after_s=60), left=900), Again)
    assert after(Answered(503), advice=Advice(retry_after_s=5), left=5) == Stop("retry-after")
    assert after(Answered(503), advice=Advice(retry_after_s=4.9), left=5) == Again(4.9, asked=True)


def test_a_rate_limit_that_begins_anew_is_waited_for_only_by_who_met_it() -> None:
    exhausted = Advice(remaining=0, reset_s=3)
    assert after(Answered(429), advice=exhausted, chance=0) == Again(3, asked=True)
    assert after(Answered(502), advice=exhausted, chance=0) == Again(0, asked=False)


def test_near_the_deadline_the_interval_shrinks_and_then_there_is_no_repeat() -> None:
    assert after(Answered(503), left=0.6, chance=1.0) == Again(0.5, asked=False)
    assert after(Answered(503), left=0.1) == Stop("deadline")
    assert after(Answered(503), left=0.0) == Stop("deadline")


outcomes = st.one_of(
    st.integers(0, 1000).map(Answered),
    st.builds(Failed, st.sampled_from(sorted(FAILURE_KINDS)), st.booleans()),
)
requests = st.builds(
    lambda safe, idempotent, keyed, replayable: Repeatable(safe, safe or idempotent or keyed, keyed, replayable),
    st.booleans(), st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
advices = st.builds(
    Advice, st.none() | st.floats(0, 1e9), st.none() | st.booleans(), st.none() | st.integers(0, 9),
    st.none() | st.floats(0, 1e9),
)  # fmt: skip


@given(outcomes, requests, advices, st.floats(0, 100), st.integers(1, 5), st.integers(0, 2**32))
def test_laws_of_a_repeat(outcome, request, advice, left, attempt, seed) -> None:
    policy, deadline = RetryPolicy(), DeadlinePolicy()
    retries = Retries(policy, deadline, request, random.Random(seed))
    retries.attempts = attempt
    again = retries.after(outcome, classify(outcome, Policy(), advice), advice, left)
    if isinstance(again, Again):
        assert attempt < policy.attempts
        assert 0 <= again.wait_s <= left - deadline.least_attempt_s
        assert again.wait_s <= max(policy.cap_s, policy.retry_after_max_s + policy.cap_s)
        assert request.repeatable or not outcome.may_have_arrived
        assert request.replayable or not outcome.may_have_arrived
        assert advice.should_retry is not False
        if isinstance(outcome, Answered) and advice.retry_after_s is not None:
            assert again.wait_s >= advice.retry_after_s
