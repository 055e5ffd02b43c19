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


PLAIN = Repeatable(safe=False, repeatable=False, keyed=False, replayable=True)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_a_safe_method_is_repeatable(method) -> None:
    assert repeatable(facts(method), Policy(), None) == PLAIN._replace(safe=True, repeatable=True)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_idempotent_method_is_repeatable_though_not_safe(method) -> None:
    assert repeatable(facts(method), Policy(), None) == PLAIN._replace(repeatable=True)


@pytest.mark.parametrize("method", ["POST", "PATCH", "CONNECT", "get"])
def test_any_other_method_is_not(method) -> None:
    assert repeatable(facts(method), Policy(), None) == PLAIN


def test_a_key_or_a_contract_makes_a_post_repeatable() -> None:
    assert repeatable(facts("POST"), Policy(), "k") == PLAIN._replace(repeatable=True, keyed=True)
    assert repeatable(facts("POST", idempotent=True), Policy(), None) == PLAIN._replace(repeatable=True)


def test_a_contract_may_say_that_a_get_is_not() -> None:
    assert repeatable(facts("GET", idempotent=False), Policy(), None) == PLAIN


def test_a_body_that_can_be_read_once_is_told() -> None:
    assert repeatable(facts("POST", replayable=False), Policy(), None) == PLAIN._replace(replayable=False)


def test_further_methods_are_a_matter_of_the_policy() -> None:
    query = Policy(
        retry=RetryPolicy(
            safe_methods=RetryPolicy().safe_methods | {"QUERY"},
            idempotent_methods=RetryPolicy().idempotent_methods | {"QUERY"},
        )
    )
    assert repeatable(facts("QUERY"), query, None) == PLAIN._replace(safe=True, repeatable=True)
