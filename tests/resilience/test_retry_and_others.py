"""Our retries beside tenacity (waits) and urllib3 (what is repeated); known differences are listed, with reasons."""

import random
import time

import pytest
import tenacity
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InvalidHeader,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
)
from urllib3.util.retry import Retry

from mockserver.resilience.advice import SILENCE, advice
from mockserver.resilience.classify import classify
from mockserver.resilience.idempotency import CallFacts, repeatable
from mockserver.resilience.outcome import Answered, Failed, Outcome
from mockserver.resilience.policy import DeadlinePolicy, Policy, RetryPolicy
from mockserver.resilience.retry import Again, Retries, backoff_s

METHODS = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "POST", "PATCH", "CONNECT"]
STATUSES = [400, 401, 403, 404, 408, 409, 412, 413, 425, 429, 500, 501, 502, 503, 504, 505, 599]


@given(st.integers(0, 2**32), st.floats(0.01, 10), st.floats(0.01, 100), st.integers(1, 40))
def test_the_wait_is_tenacitys_wait_random_exponential(seed, base, cap, retry) -> None:
    policy = RetryPolicy(base_s=min(base, cap), cap_s=cap, throttled_base_s=0)
    theirs = tenacity.wait_random_exponential(multiplier=policy.base_s, max=cap)
    state = tenacity.RetryCallState(tenacity.Retrying(), None, (), {})
    state.attempt_number = retry
    random.seed(seed)
    expected = theirs(state)
    assert backoff_s(policy, retry - 1, random.Random(seed).random()) == pytest.approx(expected)


@given(st.integers(1, 6), st.lists(st.booleans(), min_size=1, max_size=8))
@settings(max_examples=50)
def test_the_attempts_are_those_of_tenacity(attempts, script) -> None:
    def flaky(turns):
        def attempt() -> None:
            turns.append(1)
            if not script[min(len(turns), len(script)) - 1]:
                raise ConnectionError

        return attempt

    theirs: list[int] = []
    again = tenacity.Retrying(stop=tenacity.stop_after_attempt(attempts), sleep=lambda _: None)
    try:
        again(flaky(theirs))
        outcome = True
    except tenacity.RetryError:
        outcome = False
    policy = Policy(retry=RetryPolicy(attempts=attempts))
    retries = retries_of("GET", policy)
    for turn in range(20):
        retries.attempts += 1
        if script[min(turn + 1, len(script)) - 1]:
            ours = True
            break
        verdict = classify(Failed("connect"), policy)
        if not isinstance(retries.after(Failed("connect"), verdict, SILENCE, 1e9), Again):
            ours = False
            break
    assert (retries.attempts, ours) == (len(theirs), outcome)


def retries_of(method: str, policy: Policy) -> Retries:
    facts = CallFacts(method, "https://api.example")
    return Retries(policy.retry, DeadlinePolicy(), repeatable(facts, policy, None), random.Random(1))


def ours_repeats(method: str, outcome: Outcome) -> bool:
    policy = Policy()
    retries = retries_of(method, policy)
    retries.attempts = 1
    words = advice(outcome.headers) if isinstance(outcome, Answered) else SILENCE
    return isinstance(retries.after(outcome, classify(outcome, policy, words), words, 1e9), Again)


def urllib3_retry() -> Retry:
    return Retry(total=2, status_forcelist=RetryPolicy().statuses, allowed_methods=RetryPolicy().idempotent_methods)


STATUS_DIFFERENCES = {
    # half done, perhaps: urllib3 knows no such distinction
    ("PUT", 500): "500 is repeated for safe methods only",
    ("DELETE", 500): "500 is repeated for safe methods only",
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", STATUSES)
def test_the_statuses_that_are_repeated_are_those_of_urllib3(method, status) -> None:
    agrees = ours_repeats(method, Answered(status)) == urllib3_retry().is_retry(method, status)
    assert agrees == ((method, status) not in STATUS_DIFFERENCES)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_retry_after_makes_413_repeatable_for_urllib3_only(method, status) -> None:
    ours = ours_repeats(method, Answered(status, (("Retry-After", "1"),)))
    theirs = urllib3_retry().is_retry(method, status, has_retry_after=True)
    too_large = status == 413 and method in RetryPolicy().idempotent_methods  # the same body is as large as before
    assert (ours == theirs) == (not too_large and (method, status) not in STATUS_DIFFERENCES)


ERRORS = [
    (Failed("connect-timeout"), ConnectTimeoutError("slow")),
    (Failed("read-timeout"), ReadTimeoutError(None, None, "slow")),
    (Failed("reset"), ProtocolError("reset")),
    (Failed("protocol"), HTTPError("got more than 100 headers")),
]
ERROR_DIFFERENCES = {
    # the "other" branch of increment() never asks for the method: the POST is sent three times
    (method, "protocol")
    for method in ("POST", "PATCH", "CONNECT")
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("failed", "error"), ERRORS, ids=lambda each: getattr(each, "kind", ""))
def test_the_failures_that_are_repeated_are_those_of_urllib3(method, failed, error) -> None:
    try:
        urllib3_retry().increment(method, "/", error=error)
        theirs = True
    except (HTTPError, MaxRetryError):
        theirs = False
    assert (ours_repeats(method, failed) == theirs) == ((method, failed.kind) not in ERROR_DIFFERENCES)


@given(st.integers(0, 21600))
def test_seconds_of_retry_after_are_read_as_urllib3_does(seconds) -> None:
    assert advice((("Retry-After", str(seconds)),)).retry_after_s == Retry().parse_retry_after(str(seconds))


@given(st.integers(1, 21000), st.sampled_from(["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT"]))
@settings(max_examples=30)
def test_dates_of_retry_after_are_read_as_urllib3_does(seconds, form) -> None:
    now = time.time()
    text = time.strftime(form, time.gmtime(now + seconds))
    ours = advice((("Retry-After", text),), epoch_s=now).retry_after_s or 0.0
    assert ours == pytest.approx(Retry().parse_retry_after(text), abs=2)


@pytest.mark.parametrize("text", ["soon", "-5", "1.x"])
def test_what_urllib3_raises_instead_of_the_answer_is_ignored(text) -> None:
    with pytest.raises(InvalidHeader):
        Retry().parse_retry_after(text)
    assert advice((("Retry-After", text),)) == SILENCE


def test_what_urllib3_would_sleep_six_hours_for_is_left_to_the_caller() -> None:
    assert Retry().parse_retry_after("86400") == 21600
    assert not ours_repeats("GET", Answered(503, (("Retry-After", "86400"),)))
