import random

import pytest
from simulated import GET, POST, Failed, World, answered, answering

from mockserver.errors import UsageError
from mockserver.resilience.actions import Attempt, GiveUp, Succeed, Wait
from mockserver.resilience.bounds import NO_TIMEOUT
from mockserver.resilience.breaker import Transition
from mockserver.resilience.deadline import AttemptTimeouts, Deadline
from mockserver.resilience.outcome import Answered
from mockserver.resilience.policies import overridden
from mockserver.resilience.policy import IdempotencyPolicy, Policy
from mockserver.values import replace

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


def policy(**words) -> Policy:
    return overridden(Policy(), words)


@pytest.fixture
def world() -> World:
    return World()


def test_a_good_answer_is_a_success_at_once(world) -> None:
    assert world.run(answering(200)) == Succeed(attempts=1)
    assert world.attempts == [(1000.0, Attempt(1, AttemptTimeouts(3.0, 10.0, 10.0, 5.0, 30.0), Deadline(1030.0)))]
    assert world.waits == []


def test_a_passing_failure_costs_one_more_attempt_after_a_wait(world) -> None:
    assert world.run(answering(503, 200)) == Succeed(attempts=2)
    assert [attempt.number for _, attempt in world.attempts] == [1, 2]
    assert [wait.why for wait in world.waits] == ["backoff"]


def test_a_lasting_failure_is_given_up_after_three_attempts(world) -> None:
    assert world.run(answering(503)) == GiveUp("attempts", 3, retryable=True, outcome_unknown=False, last=Answered(503))
    assert len(world.waits) == 2


def test_an_answer_that_is_final_is_handed_on_as_it_is(world) -> None:
    assert world.run(answering(404)) == GiveUp("final", 1, retryable=False, outcome_unknown=False, last=Answered(404))


def test_a_refused_connection_is_tried_again_whatever_the_method(world) -> None:
    assert world.run(answering(Failed("connect"), 201), POST) == Succeed(attempts=2)


def test_a_post_whose_answer_was_lost_is_sent_once_and_its_outcome_is_unknown(world) -> None:
    assert world.run(answering(Failed("reset")), POST) == GiveUp(
        "method", 1, retryable=False, outcome_unknown=True, last=Failed("reset")
    )


def test_a_post_with_a_key_is_sent_again_with_the_same_key(world) -> None:
    call = world.call(POST, Policy(idempotency=IdempotencyPolicy(make_keys=True)))
    assert world.drive(call, answering(Failed("reset"), 503, 201)) == Succeed(attempts=3)
    assert {attempt.headers for _, attempt in world.attempts} == {(("Idempotency-Key", call.key),)}


def test_each_logical_call_has_its_own_key(world) -> None:
    keys = Policy(idempotency=IdempotencyPolicy(make_keys=True))
    assert world.call(POST, keys).key != world.call(POST, keys).key


def test_the_outcome_of_a_read_is_never_unknown(world) -> None:
    assert world.run(answering(Failed("reset"))).outcome_unknown is False


def test_an_unknown_outcome_stays_unknown_whatever_follows(world) -> None:
    put = GET._replace(method="PUT")
    assert world.run(answering(Failed("read-timeout"), Failed("connect"), 409), put) == GiveUp(
        "final", 3, retryable=False, outcome_unknown=True, last=Answered(409)
    )


def test_a_refused_post_may_be_retried_by_its_caller_only_if_nothing_was_done(world) -> None:
    assert world.run(answering(Failed("connect")), POST) == GiveUp(
        "attempts", 3, retryable=True, outcome_unknown=False, last=Failed("connect")
    )
    assert world.run(answering(429), POST).retryable is False


def test_the_servers_time_is_waited_for_and_told(world) -> None:
    assert world.run(answering(answered(503, retry_after="2"), 200)) == Succeed(attempts=2)
    (wait,) = world.waits
    assert wait.why == "retry-after"
    assert 2 <= wait.seconds <= 2.25


@pytest.mark.parametrize("value", ["86400", "61"])
def test_a_wait_that_is_too_long_is_left_to_the_caller(world, value) -> None:
    assert world.run(answering(answered(503, retry_after=value))) == GiveUp(
        "retry-after", 1, retryable=True, outcome_unknown=False, retry_after_s=float(value),
        last=answered(503, retry_after=value),
    )  # fmt: skip
    assert world.waits == []


def test_the_server_may_forbid_a_repeat(world) -> None:
    given_up = world.run(answering(answered(503, x_should_retry="false")))
    assert (given_up.reason, given_up.attempts, given_up.retryable) == ("veto", 1, False)


def test_the_deadline_holds_across_all_attempts_and_shrinks_their_time_outs(world) -> None:
    given_up = world.run(answering(Failed("read-timeout"), took=10.0))
    assert (given_up.reason, given_up.attempts) == ("attempts", 3)
    assert world.attempts[2][1].timeouts.read_s == pytest.approx(30 - (world.attempts[2][0] - 1000))
    hurried = World()
    given_up = hurried.run(answering(Failed("read-timeout"), took=2.0), policy=policy(deadline={"total_s": 2}))
    assert (given_up.reason, given_up.attempts, hurried.waits) == ("deadline", 1, [])


def test_a_call_that_begins_after_its_callers_deadline_makes_no_attempt(world) -> None:
    assert world.run(answering(200), deadline=Deadline(999.0)) == GiveUp(
        "deadline", 0, retryable=True, outcome_unknown=False
    )


def test_a_call_with_next_to_no_time_makes_its_one_attempt(world) -> None:
    assert world.run(answering(200), deadline=Deadline(1000.001)) == Succeed(attempts=1)
    assert world.attempts[0][1].timeouts.read_s == pytest.approx(0.001)


def test_the_sooner_of_two_deadlines_holds(world) -> None:
    world.run(answering(200), deadline=Deadline(1004.0))
    world.run(answering(200), deadline=Deadline(9999.0))
    assert [attempt.timeouts.total_s for _, attempt in world.attempts] == [4.0, 30.0]


def test_without_a_deadline_nothing_is_shrunk(world) -> None:
    world.run(answering(200), policy=policy(deadline={"total_s": "no-timeout"}, timeout={"read_s": "no-timeout"}))
    assert world.attempts[0][1].timeouts == AttemptTimeouts(3.0, None, 10.0, 5.0, None)


def test_a_wait_that_was_cut_short_is_told_again(world) -> None:
    call = world.call()
    assert isinstance(call.next(1000.0), Attempt)
    wait = call.ended(Failed("connect"), 1001.0)
    assert call.next(1001.0 + wait.seconds / 2) == Wait(pytest.approx(wait.seconds / 2), "backoff")
    assert isinstance(call.next(1001.0 + wait.seconds), Attempt)


def test_when_the_budget_is_spent_the_error_is_told_at_once(world) -> None:
    spent = policy(budget={"floor_per_s": 0, "ratio": 0.5})
    assert world.run(answering(503, 200), policy=spent).reason == "budget"
    assert world.run(answering(Failed("reset"), 200), policy=spent) == Succeed(attempts=2)
    assert world.run(answering(503, 200), policy=spent) == GiveUp(
        "budget", 1, retryable=True, outcome_unknown=False, last=Answered(503)
    )


def test_without_a_budget_or_a_breaker_only_the_attempts_count(world) -> None:
    off = policy(budget=False, breaker=False, bulkhead=False, rate_limit=False)
    assert {world.run(answering(500), policy=off).reason for _ in range(100)} == {"attempts"}


def test_an_open_circuit_lets_nothing_through_and_tells_when(world) -> None:
    steady = policy(retry={"attempts": 1}, breaker={"open_jitter": 0})
    for _ in range(10):
        call = world.call(policy=steady)
        world.drive(call, answering(500))
    assert call.transitions == (Transition("https://api.example", "closed", "open", world.now, 15),)
    assert world.run(answering(200), policy=steady) == GiveUp(
        "circuit-open", 0, retryable=True, outcome_unknown=False, retry_after_s=15
    )
    world.now += 15
    for _ in range(3):
        assert world.run(answering(200), policy=steady) == Succeed(attempts=1)
    assert [attempt.probe for _, attempt in world.attempts[-3:]] == [True, True, True]
    assert [report.state for report in world.guards.circuits(world.now)] == ["closed"]


def test_a_call_that_opens_the_circuit_does_not_wait_to_be_refused(world) -> None:
    twice = policy(breaker={"min_calls": 1, "open_jitter": 0}, retry={"base_s": 0})
    assert world.run(answering(502), policy=twice) == GiveUp(
        "circuit-open", 1, retryable=True, outcome_unknown=False, retry_after_s=15, last=Answered(502)
    )
    assert world.waits == []


def test_a_patient_call_waits_for_an_open_circuit_and_probes(world) -> None:
    patient = policy(breaker={"min_calls": 1, "open_s": 2, "open_jitter": 0, "patience_s": 3}, retry={"base_s": 0})
    assert world.run(answering(502, 200), policy=patient) == Succeed(attempts=2)
    assert [wait.why for wait in world.waits] == ["backoff", "circuit-open"]
    assert world.waits[1].seconds == 2


@pytest.mark.parametrize(
    "outcome", [404, 429, Failed("cancelled"), Failed("local"), Failed("contract"), Failed("pool-timeout")]
)
def test_what_is_not_the_servers_fault_opens_no_circuit(world, outcome) -> None:
    for _ in range(30):
        world.run(answering(outcome), policy=policy(retry={"attempts": 1}))
    assert [report.failure_rate for report in world.guards.circuits(world.now)] == [0.0]


def test_answers_that_break_the_contract_count_as_much_as_the_policy_says(world) -> None:
    strict = policy(breaker={"contract_weight": 1})
    for _ in range(10):
        world.run(answering(Failed("contract")), policy=strict)
    assert [report.state for report in world.guards.circuits(world.now)] == ["open"]


def test_slow_answers_open_the_circuit(world) -> None:
    for _ in range(10):
        world.run(answering(200, took=4.1), policy=policy(breaker={"slow_s": 4}))
    assert [report.state for report in world.guards.circuits(world.now)] == ["open"]


def test_an_answer_that_took_exactly_as_long_as_it_may_is_not_slow(world) -> None:
    began = world.now = 0.0
    for _ in range(10):
        world.run(answering(200, took=4.0), policy=policy(breaker={"slow_s": 4}))
    assert [report.slow_rate for report in world.guards.circuits(began)] == [0.0]


def test_a_time_out_after_half_of_a_whole_call_counts_and_a_reset_counts_always(world) -> None:
    once = policy(retry={"attempts": 1}, deadline={"total_s": 1})
    world.run(answering(Failed("read-timeout"), took=0.5), policy=once, deadline=Deadline(world.now + 0.6))
    world.run(answering(Failed("read-timeout"), took=0.4), policy=once, deadline=Deadline(world.now + 0.4))
    world.run(answering(Failed("reset"), took=0.01), policy=once, deadline=Deadline(world.now + 0.02))
    assert [report.calls for report in world.guards.circuits(world.now)] == [2]


def test_callers_in_a_hurry_do_not_open_the_circuit_of_a_healthy_host(world) -> None:
    for kind in ("read-timeout", "deadline", "write-timeout"):
        for _ in range(20):
            world.run(answering(Failed(kind), took=0.05), deadline=Deadline(world.now + 0.05))
    assert len(world.attempts) == 60
    assert [report.calls for report in world.guards.circuits(world.now)] == [0]
    patient = World()
    for _ in range(10):
        patient.run(answering(Failed("read-timeout"), took=1.0), policy=policy(deadline={"total_s": 1}))
    assert [report.state for report in patient.guards.circuits(patient.now)] == ["open"]


def test_a_connect_time_out_counts_if_it_had_its_own_time(world) -> None:
    for _ in range(10):
        world.run(
            answering(Failed("connect-timeout"), took=3.0),
            policy=policy(retry={"attempts": 1}),
            deadline=Deadline(world.now + 5),
        )
    assert [report.state for report in world.guards.circuits(world.now)] == ["open"]


def test_time_outs_without_any_limit_of_ours_count_if_nobody_hurried(world) -> None:
    endless = policy(deadline={"total_s": "no-timeout"}, timeout={"read_s": "no-timeout"}, retry={"attempts": 1})
    for _ in range(10):
        world.run(answering(Failed("read-timeout")), policy=endless)
    assert endless.deadline.total_s is NO_TIMEOUT
    assert [report.state for report in world.guards.circuits(world.now)] == ["open"]


def test_after_429_the_other_operations_wait_too(world) -> None:
    other = GET._replace(group="orders")
    assert (
        world.run(answering(answered(429, retry_after="1")), policy=policy(retry={"attempts": 1})).reason == "attempts"
    )
    assert world.run(answering(200), other) == Succeed(attempts=1)
    (wait,) = world.waits
    assert wait.why == "held"
    assert 1.0 < wait.seconds <= 1.25  # what is left of the second, and a little that is not the same for all


def test_after_503_the_operations_of_the_same_group_wait_and_others_do_not(world) -> None:
    world.run(
        answering(answered(503, retry_after="5")), GET._replace(group="orders"), policy=policy(retry={"attempts": 1})
    )
    assert world.run(answering(200), GET._replace(group="users")) == Succeed(attempts=1)
    assert world.waits == []
    assert world.run(answering(200), GET._replace(group="orders")) == Succeed(attempts=1)
    assert [wait.why for wait in world.waits] == ["held"]


def test_a_call_that_cannot_wait_so_long_is_given_up_without_an_attempt(world) -> None:
    once = policy(retry={"attempts": 1})
    world.run(answering(answered(429, retry_after="40")), policy=once)
    given_up = world.run(answering(200), policy=once)
    assert given_up == GiveUp(
        "held", 0, retryable=True, outcome_unknown=False, retry_after_s=pytest.approx(40, abs=0.1)
    )


def test_one_wrong_field_does_not_silence_a_client_for_a_day(world) -> None:
    world.run(answering(answered(429, retry_after="86400")))
    assert world.run(answering(200)).retry_after_s <= 60
    world.now += 60
    assert world.run(answering(200)) == Succeed(attempts=1)


def test_a_used_up_rate_limit_slows_down_before_the_429(world) -> None:
    assert world.run(answering(answered(200, RateLimit='"default";r=0;t=4'))) == Succeed(attempts=1)
    assert world.run(answering(200)) == Succeed(attempts=1)
    assert [wait.why for wait in world.waits] == ["held"]
    assert 3.9 < world.waits[0].seconds <= 4.25


def test_a_foretold_refusal_is_not_worth_more_than_half_of_the_time(world) -> None:
    world.run(answering(answered(200, RateLimit='"default";r=0;t=20')))
    assert world.run(answering(200)) == Succeed(attempts=1)
    assert world.waits == []


def test_who_has_next_to_no_time_is_not_slowed_down(world) -> None:
    world.run(answering(answered(200, RateLimit_Remaining="0", X_RateLimit_Reset_After="0.04"), took=0.02))
    assert world.run(answering(200), deadline=Deadline(world.now + 0.1)) == Succeed(attempts=1)
    assert world.waits == []


def test_a_foretold_refusal_silences_nobody_for_a_day(world) -> None:
    world.run(answering(answered(200, RateLimit='"default";r=0;t=86400')))
    patient = policy(deadline={"total_s": 1000})
    assert world.run(answering(200), policy=patient) == Succeed(attempts=1)
    assert 59 < world.waits[0].seconds <= 60.25


def test_slowing_down_can_be_turned_off(world) -> None:
    hasty = policy(rate_limit={"slow_down": False})
    world.run(answering(answered(200, RateLimit='"default";r=0;t=4')), policy=hasty)
    world.run(answering(200), policy=hasty)
    assert world.waits == []


def test_without_a_rate_limit_policy_nobody_is_held(world) -> None:
    off = policy(rate_limit=False, retry={"attempts": 1})
    world.run(answering(answered(429, retry_after="9")), policy=off)
    assert world.run(answering(200), policy=off) == Succeed(attempts=1)
    assert world.waits == []


def test_too_many_attempts_at_a_time_are_refused_at_once(world) -> None:
    calls = [world.call() for _ in range(21)]
    actions = [call.next(world.now) for call in calls]
    assert [type(action) for action in actions] == [Attempt] * 20 + [GiveUp]
    assert actions[20] == GiveUp("bulkhead", 0, retryable=True, outcome_unknown=False)
    calls[0].ended(Answered(200), world.now)
    assert isinstance(world.call().next(world.now), Attempt)


def test_a_call_queues_for_a_place_and_is_woken(world) -> None:
    one = policy(bulkhead={"concurrent": 1, "wait_s": 2})
    woken: list[str] = []
    first, second = world.call(policy=one), world.call(policy=one, wake=lambda: woken.append("second"))
    first.next(1000.0)
    assert second.next(1000.0) == Wait(2.0, "bulkhead")
    assert second.next(1001.5) == Wait(0.5, "bulkhead")
    first.ended(Answered(200), 1001.6)
    assert woken == ["second"]
    assert isinstance(second.next(1001.6), Attempt)


def test_a_call_that_queued_in_vain_is_given_up(world) -> None:
    one = policy(bulkhead={"concurrent": 1, "wait_s": 2})
    first, second = world.call(policy=one), world.call(policy=one)
    first.next(1000.0)
    second.next(1000.0)
    assert second.next(1002.0) == GiveUp("bulkhead", 0, retryable=True, outcome_unknown=False)


def test_a_wait_between_attempts_holds_no_place(world) -> None:
    one = policy(bulkhead={"concurrent": 1})
    first = world.call(policy=one)
    first.next(1000.0)
    assert isinstance(first.ended(Failed("connect"), 1000.1), Wait)
    assert isinstance(world.call(policy=one).next(1000.1), Attempt)


def test_a_cancelled_call_gives_back_its_place_and_its_probe(world) -> None:
    alone = policy(bulkhead={"concurrent": 1}, breaker={"min_calls": 1, "open_jitter": 0}, retry={"attempts": 1})
    world.run(answering(500), policy=alone)
    world.now += 15
    cancelled = world.call(policy=alone)
    assert cancelled.next(world.now).probe
    assert world.call(policy=alone).next(world.now).reason == "circuit-open"
    cancelled.abandon()
    cancelled.abandon()
    assert world.call(policy=alone).next(world.now).probe


def test_a_probe_that_tells_nothing_leaves_the_next_call_to_probe(world) -> None:
    once = policy(breaker={"min_calls": 1, "open_jitter": 0}, retry={"attempts": 1})
    world.run(answering(500), policy=once)
    world.now += 15
    world.run(answering(429), policy=once)
    assert world.call(policy=once).next(world.now).probe


def test_who_queues_holds_no_probe(world) -> None:
    narrow = policy(bulkhead={"concurrent": 1, "wait_s": 30}, breaker={"min_calls": 1, "open_jitter": 0})
    other = GET._replace(group="other")
    world.call(other, narrow).next(world.now)
    sick = GET._replace(group="sick")
    wide = replace(narrow, bulkhead=None, retry=replace(narrow.retry, attempts=1))
    world.run(answering(500), sick, policy=wide)
    world.now += 15
    assert world.call(sick, narrow).next(world.now) == Wait(30.0, "bulkhead")
    assert world.call(sick, wide).next(world.now).probe


def test_who_waits_for_a_circuit_gives_its_place_on(world) -> None:
    words = {"bulkhead": {"concurrent": 1, "wait_s": 9}, "retry": {"attempts": 1}}
    patient = policy(breaker={"min_calls": 1, "open_s": 2, "open_jitter": 0, "patience_s": 5}, **words)
    first, second = world.call(policy=patient), world.call(policy=patient)
    first.next(1000.0)
    second.next(1000.0)
    first.ended(Answered(500), 1001.0)
    assert second.next(1001.0) == Wait(2.0, "circuit-open")
    assert isinstance(world.call(GET._replace(group="other"), patient).next(1001.0), Attempt)


def test_a_call_that_queues_with_an_open_circuit_behind_it_gives_its_turn_on(world) -> None:
    one = policy(bulkhead={"concurrent": 1, "wait_s": 9}, breaker={"min_calls": 1}, retry={"attempts": 1})
    first, second, third = (world.call(policy=one) for _ in range(3))
    for call in (first, second, third):
        call.next(1000.0)
    first.ended(Answered(500), 1001.0)
    assert second.next(1001.0).reason == "circuit-open"
    assert third.next(1001.0).reason == "circuit-open"
    assert world.guards.call(GET, one, now=1001.0).next(1500.0).reason == "deadline"


def test_a_driver_that_loses_count_is_told_so(world) -> None:
    call = world.call()
    with pytest.raises(UsageError, match="ended that was not begun"):
        call.ended(Answered(200), 1000.0)
    call.next(1000.0)
    with pytest.raises(UsageError, match="while an attempt is in flight"):
        call.next(1000.0)
    call.ended(Answered(200), 1000.0)
    with pytest.raises(UsageError, match="while the call is over"):
        call.next(1000.0)


def test_the_same_seed_gives_the_same_waits() -> None:
    def waits(seed: int) -> list[Wait]:
        world = World(random=random.Random(seed))
        world.run(answering(503))
        return world.waits

    assert waits(3) == waits(3) != waits(4)


def test_gaps_between_attempts_are_spread_even_when_the_server_names_a_time() -> None:
    gaps = []
    for seed in range(10):
        world = World(random=random.Random(seed))
        world.run(answering(answered(429, retry_after="1"), 200))
        gaps.append(world.waits[0].seconds)
    assert max(gaps) / min(gaps) > 1.1


def test_an_override_of_one_operation_does_not_loosen_the_others(world) -> None:
    tight, loose = policy(bulkhead={"concurrent": 1}), replace(Policy(), bulkhead=None)
    assert isinstance(world.call(policy=tight).next(1000.0), Attempt)
    assert isinstance(world.call(policy=loose).next(1000.0), Attempt)
    assert world.call(policy=tight).next(1000.0).reason == "bulkhead"
