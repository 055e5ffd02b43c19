from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.resilience.budget import RetryBudget
from mockserver.resilience.policy import BudgetPolicy


def taken(budget: RetryBudget, now: float, most: int = 10_000) -> int:
    return next((count for count in range(most) if not budget.take(now)), most)


def test_a_quiet_client_may_repeat_as_often_as_the_floor_allows() -> None:
    assert taken(RetryBudget(BudgetPolicy()), 100.0) == 30


def test_every_fifth_call_earns_a_repeat() -> None:
    budget = RetryBudget(BudgetPolicy(floor_per_s=0))
    for call in range(100):
        budget.earn(100.0 + call / 100)
    assert budget.left(101.0) == 20
    assert taken(budget, 101.0) == 20


def test_what_was_earned_is_forgotten() -> None:
    budget = RetryBudget(BudgetPolicy(floor_per_s=0))
    for _ in range(100):
        budget.earn(100.0)
    assert budget.left(109.9) == 20
    assert budget.left(110.0) == 0


def test_the_floor_comes_back_when_it_was_taken_long_enough_ago() -> None:
    budget = RetryBudget(BudgetPolicy(ratio=0))
    assert (taken(budget, 100.0), taken(budget, 109.9), taken(budget, 110.0)) == (30, 0, 30)


def test_a_budget_of_nothing_gives_nothing() -> None:
    budget = RetryBudget(BudgetPolicy(ratio=0, floor_per_s=0))
    budget.earn(1.0)
    assert not budget.take(1.0)


def test_a_clock_that_was_read_too_early_counts_as_now() -> None:
    budget = RetryBudget(BudgetPolicy(ratio=1, floor_per_s=0))
    assert budget.left(110.0) == 0
    budget.earn(95.0)
    assert budget.left(111.0) == 1


steps = st.lists(st.tuples(st.sampled_from(["earn", "take"]), st.floats(0, 3)), max_size=120)


@given(steps, st.floats(0, 1), st.floats(0, 5), st.floats(0.5, 20))
def test_laws_of_the_budget(steps, ratio, floor, ttl) -> None:
    policy = BudgetPolicy(ratio, floor, ttl)
    budget = RetryBudget(policy)
    now, calls, repeats = 50.0, 0, 0
    for what, seconds in steps:
        now += seconds
        if what == "earn":
            budget.earn(now)
            calls += 1
        else:
            repeats += budget.take(now)
        assert budget.left(now) >= 0
    stretches = (now - 50.0) / ttl + 2  # what the floor gives in each stretch of ttl, and the one that has begun
    assert repeats <= round(ratio * 1000) / 1000 * calls + (floor * ttl + 0.001) * stretches + 1e-9


@given(st.lists(st.floats(0, 0.2), min_size=50, max_size=200))
@settings(max_examples=30)
def test_when_everything_fails_the_traffic_grows_by_the_ratio_and_the_floor_only(gaps) -> None:
    budget = RetryBudget(BudgetPolicy())
    now, sent = 10.0, 0
    for gap in gaps:
        now += gap
        budget.earn(now)
        sent += 1 + budget.take(now) + budget.take(now)
    assert sent <= 1.2 * len(gaps) + 30 * ((now - 10.0) / 10.0 + 2)
