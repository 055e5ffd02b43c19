import pytest

from mockserver.errors import UsageError
from mockserver.resilience.bounds import NO_TIMEOUT
from mockserver.resilience.policies import Policies, overridden
from mockserver.resilience.policy import (
    BreakerPolicy,
    BudgetPolicy,
    DeadlinePolicy,
    Policy,
    RetryPolicy,
    TimeoutPolicy,
)


def test_words_change_what_they_name_and_nothing_else() -> None:
    words = {
        "timeout": {"read_s": 2},
        "deadline": {"total_s": "no-timeout"},
        "retry": {"attempts": 5, "statuses": [503, 409]},
        "budget": False,
    }
    assert overridden(Policy(), words) == Policy(
        timeout=TimeoutPolicy(read_s=2),
        deadline=DeadlinePolicy(total_s=NO_TIMEOUT),
        retry=RetryPolicy(attempts=5, statuses=frozenset({503, 409})),
        budget=None,
    )


def test_a_part_that_is_off_is_turned_on_again_by_its_words() -> None:
    off = Policy(budget=None, breaker=None)
    assert overridden(off, {"budget": True, "breaker": {"min_calls": 5}}) == Policy(
        budget=BudgetPolicy(), breaker=BreakerPolicy(min_calls=5)
    )
    assert overridden(Policy(budget=BudgetPolicy(ratio=0.1)), {"budget": True}).budget == BudgetPolicy(ratio=0.1)


@pytest.mark.parametrize(
    ("words", "what", "fix"),
    [
        ({"retri": {}}, "the policy has no 'retri'", "did you mean retry? it has timeout, deadline, retry"),
        ({"retry": {"atempts": 3}}, "retry has no 'atempts'", "did you mean attempts? it has attempts, base_s"),
        ({"retry": {"attempts": 0}}, "retry.attempts is 0", "give a whole number of at least 1"),
        ({"retry": {"statuses": 503}}, "retry.statuses is 503", "give a list"),
        ({"retry": {"base_s": "no-timeout"}}, "retry.base_s is NO_TIMEOUT", "give a number of at least 0"),
        ({"retry": False}, "retry is False", "give its fields by name, retry = { ... }"),
        ({"breaker": 3}, "breaker is 3", "give its fields by name, breaker = { ... }, or false to turn it off"),
        ({"operations": {"a": 1}}, "operations is {'a': 1}", "give policies by operation"),
    ],
)
def test_words_that_make_no_sense_are_refused_with_the_nearest(words, what, fix) -> None:
    with pytest.raises(UsageError) as caught:
        Policies.of_words(words)
    assert caught.value.what.startswith(what)
    assert caught.value.fix.startswith(fix)


def test_an_operation_goes_over_its_service_and_that_over_the_default() -> None:
    policies = Policies.of_words(
        {"retry": {"attempts": 4}, "operations": {"createOrder": {"retry": {"base_s": 1}}}},
        default=Policy(deadline=DeadlinePolicy(total_s=9)),
    )
    service = Policy(retry=RetryPolicy(attempts=4), deadline=DeadlinePolicy(total_s=9))
    order = Policy(retry=RetryPolicy(attempts=4, base_s=1), deadline=DeadlinePolicy(total_s=9))
    assert (policies.of("listOrders"), policies.of("createOrder")) == (service, order)
