import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.resilience.idempotency import CallFacts, Repeatable, key_for, repeatable, uuid4
from mockserver.resilience.policy import IdempotencyPolicy, Policy, RetryPolicy

KEYS = Policy(idempotency=IdempotencyPolicy(make_keys=True))


def facts(method: str, **more) -> CallFacts:
    return CallFacts(method, "https://api.example", **more)


@given(st.integers(0, 2**128 - 1))
def test_a_key_is_a_uuid_of_version_4(bits) -> None:
    assert uuid4(bits) == str(uuid.UUID(int=bits, version=4))


def test_a_key_is_made_only_where_the_service_keeps_it() -> None:
    chance = random.Random(1)
    assert key_for(facts("POST"), Policy(), chance) is None
    assert key_for(facts("GET"), KEYS, chance) is None
    made = key_for(facts("POST"), KEYS, chance)
    documented = key_for(facts("PATCH", accepts_key=True), Policy(), chance)
    assert uuid.UUID(made).version == uuid.UUID(documented).version == 4
    assert made != documented


def test_the_callers_own_key_wins() -> None:
    assert key_for(facts("POST", key="order-7"), KEYS, random.Random(1)) == "order-7"


def test_an_empty_key_is_none() -> None:
    assert key_for(facts("POST", key=""), Policy(), random.Random(1)) is None


@pytest.mark.parametrize(
    ("method", "safe", "idempotent"),
    [
        ("GET", True, True),
        ("HEAD", True, True),
        ("OPTIONS", True, True),
        ("TRACE", True, True),
        ("PUT", False, True),
        ("DELETE", False, True),
        ("POST", False, False),
        ("PATCH", False, False),
        ("CONNECT", False, False),
        ("get", False, False),
    ],
)
def test_methods_are_repeatable_as_rfc_9110_says(method, safe, idempotent) -> None:
    assert repeatable(facts(method), Policy(), None) == Repeatable(safe, idempotent, keyed=False, replayable=True)


def test_a_key_or_a_contract_makes_a_post_repeatable() -> None:
    assert repeatable(facts("POST"), Policy(), "k") == Repeatable(False, True, keyed=True, replayable=True)
    assert repeatable(facts("POST", idempotent=True), Policy(), None) == Repeatable(False, True, False, True)


def test_a_contract_may_say_that_a_get_is_not() -> None:
    assert repeatable(facts("GET", idempotent=False), Policy(), None) == Repeatable(False, False, False, True)


def test_further_methods_are_a_matter_of_the_policy() -> None:
    query = Policy(
        retry=RetryPolicy(
            safe_methods=RetryPolicy().safe_methods | {"QUERY"},
            idempotent_methods=RetryPolicy().idempotent_methods | {"QUERY"},
        )
    )
    assert repeatable(facts("QUERY"), query, None) == Repeatable(True, True, False, True)
