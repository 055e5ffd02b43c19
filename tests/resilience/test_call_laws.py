import random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from simulated import World, answering

from mockserver.resilience.actions import Attempt, GiveUp, Succeed, Wait
from mockserver.resilience.deadline import Deadline
from mockserver.resilience.idempotency import CallFacts
from mockserver.resilience.outcome import FAILURE_KINDS, Answered, Failed
from mockserver.resilience.policy import (
    BreakerPolicy,
    BudgetPolicy,
    BulkheadPolicy,
    DeadlinePolicy,
    IdempotencyPolicy,
    Policy,
    RetryPolicy,
)
from mockserver.values import replace

headers = st.lists(
    st.sampled_from(
        [("Retry-After", "1"), ("Retry-After", "0"), ("Retry-After", "soon"), ("Retry-After", "86400"),
         ("retry-after-ms", "250"), ("RateLimit", '"a";r=0;t=3'), ("X-Should-Retry", "true"),
         ("X-Should-Retry", "false")]
    ),
    max_size=2,
).map(tuple)  # fmt: skip
outcomes = st.one_of(
    st.builds(Answered, st.sampled_from([200, 204, 404, 409, 425, 429, 500, 502, 503, 999]), headers),
    st.builds(Failed, st.sampled_from(sorted(FAILURE_KINDS)), st.booleans()),
)
policies = st.builds(
    Policy,
    deadline=st.builds(DeadlinePolicy, st.floats(0.2, 40)),
    retry=st.builds(RetryPolicy, st.integers(1, 6)),
    idempotency=st.builds(IdempotencyPolicy, make_keys=st.booleans()),
    budget=st.none() | st.builds(BudgetPolicy, st.floats(0, 1), st.floats(0, 3)),
    breaker=st.none() | st.builds(BreakerPolicy, min_calls=st.integers(1, 3), patience_s=st.floats(0, 20)),
    bulkhead=st.none() | st.builds(BulkheadPolicy, st.integers(1, 2), st.floats(0, 2)),
)
facts = st.builds(
    CallFacts,
    st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE"]),
    st.just("https://api.example"),
    idempotent=st.sampled_from([None, None, True, False]),
    key=st.sampled_from([None, None, "", "order-7"]),
    accepts_key=st.booleans(),
    replayable=st.booleans(),
)


@given(
    facts,
    policies,
    st.lists(st.tuples(outcomes, st.floats(0, 12)), min_size=1, max_size=6),
    st.floats(0, 60),
    st.integers(0, 2**32),
)
@settings(max_examples=200)
def test_laws_of_a_call(facts, policy, script, inherited, seed) -> None:
    world = World(random=random.Random(seed))
    began = world.now
    deadline = Deadline(began + min(policy.deadline.total_s, inherited))
    told = []

    def server(attempt, now):
        assert now < deadline.at
        assert attempt.deadline == deadline
        outcome, took = script[min(len(told), len(script) - 1)]
        told.append(outcome)
        return outcome, min(took, attempt.timeouts.total_s)

    call = world.call(facts, policy, deadline=Deadline(began + inherited))
    final = world.drive(call, server)

    assert isinstance(final, GiveUp | Succeed)
    assert final.attempts == len(told) <= policy.retry.attempts
    assert world.now <= deadline.at + 1e-6
    assert all(wait.seconds >= 0 for wait in world.waits)
    assert {attempt.headers for _, attempt in world.attempts} <= {
        ((("Idempotency-Key", call.key),) if call.key else ())
    }
    idempotent = facts.idempotent if facts.idempotent is not None else facts.method in {"GET", "PUT", "DELETE"}
    if not idempotent and call.key is None:
        assert sum(outcome.may_have_arrived for outcome in told) <= 1
    if not facts.replayable:
        assert sum(outcome.may_have_arrived for outcome in told) <= 1
    if isinstance(final, Succeed):
        assert told[-1].status < 400
    else:
        assert final.last == (told[-1] if told else None)
        if not told and inherited > 0:
            # nobody else is there: only what this call did itself may hold it back
            assert final.reason != "held"
        if final.retryable and final.reason in {"attempts", "deadline", "budget", "retry-after"} and told:
            assert idempotent or call.key is not None or not told[-1].may_have_arrived


class Crowd(RuleBasedStateMachine):
    """Calls of one host that come, end, wait and are cancelled in any order."""

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.policy = replace(
            Policy(),
            breaker=BreakerPolicy(window_calls=5, min_calls=2, open_s=3, open_max_s=6, successes_to_close=2),
            bulkhead=BulkheadPolicy(concurrent=3, wait_s=2),
        )
        self.flying: dict[int, Attempt] = {}
        self.over: set[int] = set()

    def heard(self, call, action):
        if isinstance(action, Attempt):
            self.flying[id(call)] = action
        elif not isinstance(action, Wait):
            self.over.add(id(call))
        return call

    @rule(target=calls, method=st.sampled_from(["GET", "POST"]))
    def begin(self, method):
        call = self.world.call(CallFacts(method, "https://api.example"), self.policy)
        return self.heard(call, call.next(self.world.now))

    @rule(call=calls, seconds=st.floats(0, 3))
    def ask(self, call, seconds) -> None:
        self.world.now += seconds
        if id(call) not in self.flying and id(call) not in self.over:
            self.heard(call, call.next(self.world.now))

    @rule(call=calls, outcome=outcomes)
    def end(self, call, outcome) -> None:
        if self.flying.pop(id(call), None):
            self.heard(call, call.ended(outcome, self.world.now))

    @rule(call=consumes(calls))
    def cancel(self, call) -> None:
        self.flying.pop(id(call), None)
        call.abandon()

    @invariant()
    def never_more_in_flight_than_places_nor_more_than_one_probe(self) -> None:
        assert len(self.flying) <= 3
        states = [report.state for report in self.world.guards.circuits(self.world.now)]
        if states == ["half-open"]:
            assert sum(attempt.probe for attempt in self.flying.values()) <= 1

    def teardown(self) -> None:
        # whatever happened, nothing is left behind: after a while a good host is served again
        for call in list(self.bundles.get("calls", [])):
            self.names_to_values[call.name].abandon()
        self.world.now += 200
        for _ in range(4):
            assert isinstance(self.world.run(answering(200, took=0.0), policy=self.policy), Succeed)


Crowd.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_laws_of_a_crowd = Crowd.TestCase
