import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.resilience.advice import SILENCE, Advice, advice

DATE = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
EPOCH = 784111777.0
VETOES = frozenset({"x-should-retry", "stripe-should-retry"})


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("86400", 86400.0),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60.0),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60.0),
        ("Sun Nov  6 08:50:37 1994", 60.0),
    ],
)
def test_retry_after_is_seconds_or_a_date_in_any_form_of_rfc_9110(value, seconds) -> None:
    assert advice((DATE, ("Retry-After", value))) == Advice(retry_after_s=seconds)


@pytest.mark.parametrize(
    "value",
    ["", "soon", "-5", "+5", "1e3", "inf", "nan", "0x10", "1,2", "٣", "9" * 11, "9" * 400,
     "Sun, 31 Feb 2024 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:37 -9900",
     "1994-11-06T08:50:37Z"],
)  # fmt: skip
def test_a_bad_negative_or_past_retry_after_is_as_if_it_were_not_there(value) -> None:
    assert advice((DATE, ("Retry-After", value))) == SILENCE


def test_a_date_counts_from_the_answers_own_date_and_else_from_the_time_of_its_arrival() -> None:
    later = ("Retry-After", "Sun, 06 Nov 1994 08:50:37 GMT")
    assert advice((DATE, later), epoch_s=EPOCH + 50) == Advice(retry_after_s=60.0)
    assert advice((later,), epoch_s=EPOCH + 50) == Advice(retry_after_s=10.0)
    assert advice((later,)) == SILENCE


def test_milliseconds_are_finer_and_win() -> None:
    assert advice((("Retry-After", "2"), ("retry-after-ms", "1500"))) == Advice(retry_after_s=1.5)
    assert advice((("Retry-After", "2"), ("retry-after-ms", "soon"))) == Advice(retry_after_s=2.0)


def test_the_first_of_two_is_heard() -> None:
    assert advice((("Retry-After", "2"), ("retry-after", "9"))) == Advice(retry_after_s=2.0)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((("X-RateLimit-Reset", "30"),), Advice(reset_s=30.0)),
        ((("X-RateLimit-Reset", "784111807"), DATE), Advice(reset_s=784111807.0)),  # below 10^9: a delta
        ((("X-RateLimit-Reset", "1800000030"), ("Date", "Fri, 15 Jan 2027 08:00:00 GMT")), Advice(reset_s=30.0)),
        ((("X-RateLimit-Reset", "1800000030500"), ("Date", "Fri, 15 Jan 2027 08:00:00 GMT")), Advice(reset_s=30.5)),
        ((("X-RateLimit-Reset", "1799999999"), ("Date", "Fri, 15 Jan 2027 08:00:00 GMT")), SILENCE),
        ((("X-RateLimit-Reset", "1800000030"),), SILENCE),
        ((("RateLimit-Reset", "Sun, 06 Nov 1994 08:50:37 GMT"), DATE), Advice(reset_s=60.0)),
        ((("X-RateLimit-Reset-After", "1.25"), ("X-RateLimit-Reset", "9")), Advice(reset_s=1.25)),
        ((("X-Rate-Limit-Remaining", "0"), ("X-Rate-Limit-Reset", "9")), Advice(remaining=0, reset_s=9.0)),
        ((("RateLimit-Remaining", "4"), ("RateLimit-Reset", "9")), Advice(remaining=4, reset_s=9.0)),
        ((("RateLimit", "limit=100, remaining=0, reset=50"),), Advice(remaining=0, reset_s=50.0)),
        ((("RateLimit", '"default";r=5;t=30'),), Advice(remaining=5, reset_s=30.0)),
        ((("RateLimit", '"a,;r=9";r=5;t=30, "day";r=0;t=3600, "hour";r=0;t=60'),), Advice(remaining=0, reset_s=3600.0)),
        ((("RateLimit", '"default";r=5'),), Advice(remaining=5)),
        ((("RateLimit", "nonsense"), ("RateLimit-Remaining", "-1"), ("RateLimit-Reset", "later")), SILENCE),
    ],
)
def test_rate_limits_are_read_in_every_form_that_is_sent(headers, expected) -> None:
    assert advice(headers) == expected


@pytest.mark.parametrize(
    ("headers", "should_retry"),
    [
        ((("X-Should-Retry", "true"),), True),
        ((("Stripe-Should-Retry", "False"),), False),
        ((("X-Should-Retry", "true"), ("Stripe-Should-Retry", "false")), False),
        ((("X-Should-Retry", "maybe"),), None),
    ],
)
def test_the_server_may_decide_itself_and_the_careful_word_wins(headers, should_retry) -> None:
    assert advice(headers, veto_headers=VETOES) == Advice(should_retry=should_retry)


def test_a_refused_request_waits_as_asked_or_until_the_limit_begins_anew() -> None:
    assert Advice(retry_after_s=2, remaining=0, reset_s=9).wait_s == 2
    assert Advice(remaining=0, reset_s=9).wait_s == 9
    assert Advice(reset_s=9).wait_s == 9
    assert Advice(remaining=5, reset_s=9).wait_s is None


def test_a_limit_is_exhausted_only_when_nothing_remains() -> None:
    assert Advice(remaining=0, reset_s=9).exhausted_s == 9
    assert Advice(remaining=1, reset_s=9).exhausted_s is None
    assert Advice(reset_s=9).exhausted_s is None


names = st.sampled_from(
    ["Date", "Retry-After", "retry-after-ms", "RateLimit", "RateLimit-Reset", "X-RateLimit-Reset",
     "X-RateLimit-Remaining", "X-RateLimit-Reset-After", "X-Should-Retry"]
)  # fmt: skip
pieces = st.sampled_from(
    ["Sun, ", "06 Nov ", "1994 ", "08:49:37", " GMT", "-", '"', ";r=0", ";t=", "9", ",", "=", "\\"]
)
values = st.text() | st.lists(pieces).map("".join) | st.integers().map(str)


@given(st.lists(st.tuples(names, values)).map(tuple), st.none() | st.floats(0, 1e11))
def test_foreign_text_never_raises_and_never_gives_a_negative_or_endless_wait(headers, epoch_s) -> None:
    found = advice(headers, veto_headers=VETOES, epoch_s=epoch_s)
    for seconds in (found.retry_after_s, found.reset_s, found.wait_s, found.exhausted_s):
        assert seconds is None or 0 <= seconds < 1e15
