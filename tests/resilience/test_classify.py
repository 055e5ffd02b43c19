import pytest

from mockserver.resilience.advice import Advice
from mockserver.resilience.classify import Verdict, classify, is_known
from mockserver.resilience.outcome import FAILURE_KINDS, Answered, Failed
from mockserver.resilience.policy import Policy


@pytest.mark.parametrize("status", [100, 103, 200, 204, 301, 304, 399])
def test_an_answer_below_400_is_a_success(status) -> None:
    assert classify(Answered(status), Policy()) == Verdict(
        success=True, transient=False, throttled=False, mark="success"
    )


@pytest.mark.parametrize(
    ("status", "transient", "throttled", "mark"),
    [
        (400, False, False, "success"),
        (401, False, False, "success"),
        (404, False, False, "success"),
        (408, True, False, "success"),
        (409, False, False, "success"),
        (412, False, False, "success"),
        (425, True, False, "success"),
        (429, True, True, "ignored"),
        (500, True, False, "failure"),
        (501, False, False, "failure"),
        (502, True, False, "failure"),
        (503, True, True, "failure"),
        (504, True, False, "failure"),
        (505, False, False, "failure"),
        (599, False, False, "failure"),
        (600, False, False, "failure"),
        (999, False, False, "failure"),
        (0, False, False, "failure"),
    ],
)
def test_an_error_status_is_judged(status, transient, throttled, mark) -> None:
    assert classify(Answered(status), Policy()) == Verdict(
        success=False, transient=transient, throttled=throttled, mark=mark
    )


@pytest.mark.parametrize(
    ("kind", "transient", "mark"),
    [
        ("connect", True, "failure"),
        ("connect-timeout", True, "failure"),
        ("dns", True, "failure"),
        ("tls", False, "failure"),
        ("pool-timeout", False, "ignored"),
        ("write-timeout", True, "failure"),
        ("read-timeout", True, "failure"),
        ("deadline", True, "failure"),
        ("reset", True, "failure"),
        ("protocol", True, "failure"),
        ("framing", False, "failure"),
        ("body-cut", True, "failure"),
        ("too-large", False, "ignored"),
        ("unreadable", True, "contract"),
        ("contract", False, "contract"),
        ("redirect", False, "ignored"),
        ("cancelled", False, "ignored"),
        ("local", False, "ignored"),
    ],
)
def test_a_failure_is_judged_by_its_kind(kind, transient, mark) -> None:
    assert classify(Failed(kind), Policy()) == Verdict(success=False, transient=transient, throttled=False, mark=mark)


def test_every_kind_of_failure_is_judged() -> None:
    assert {classify(Failed(kind), Policy()).success for kind in FAILURE_KINDS} == {False}


def test_the_servers_own_word_goes_over_the_status() -> None:
    assert classify(Answered(409), Policy(), Advice(should_retry=True)).transient
    assert not classify(Answered(503), Policy(), Advice(should_retry=False)).transient
    assert classify(Answered(200), Policy(), Advice(should_retry=True)).success


@pytest.mark.parametrize(
    ("outcome", "known"),
    [
        (Failed("connect"), True),
        (Failed("dns"), True),
        (Failed("tls"), True),
        (Failed("reset"), False),
        (Failed("reset", sent=False), True),
        (Failed("read-timeout"), False),
        (Failed("body-cut"), False),
        (Answered(201), True),
        (Answered(404), True),
        (Answered(429), True),
        (Answered(500), False),
        (Answered(502), False),
        (Answered(503), True),
        (Answered(504), False),
        (Answered(999), False),
    ],
)
def test_what_was_done_is_known_or_not(outcome, known) -> None:
    assert is_known(outcome) is known
