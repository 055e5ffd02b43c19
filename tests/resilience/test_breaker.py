import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from mockserver.resilience.breaker import CircuitBreaker, CircuitReport, Permit, Refused, Transition
from mockserver.resilience.policy import BreakerPolicy

NO_JITTER = BreakerPolicy(open_jitter=0)


def breaker(**policy) -> CircuitBreaker:
    return CircuitBreaker("api", BreakerPolicy(**{"open_jitter": 0, **policy}), random.Random(1))


def call(circuit: CircuitBreaker, now: float, weight: float = 0, *, slow: bool = False) -> tuple[Transition, ...]:
    permit, _ = circuit.admit(now)
    assert isinstance(permit, Permit)
    return circuit.record(permit, now, weight=weight, slow=slow)


def opened(now: float = 0.0, **policy) -> CircuitBreaker:
    circuit = breaker(**policy)
    for _ in range(10):
        call(circuit, now, 1)
    assert circuit.report(now).state == "open"
    return circuit


def test_it_does_not_judge_before_the_minimum_of_calls() -> None:
    circuit = breaker()
    assert [call(circuit, 0, 1) for _ in range(9)] == [()] * 9
    assert call(circuit, 0, 1) == (Transition("api", "closed", "open", 0, 15),)


def test_half_of_the_calls_failing_open_it_even_if_every_second_one_succeeds() -> None:
    circuit = breaker()
    for number in range(9):
        call(circuit, number, number % 2)
    assert circuit.report(9).state == "closed"
    call(circuit, 9, 1)
    assert circuit.report(9).state == "open"


def test_less_than_half_does_not() -> None:
    circuit = breaker()
    for number in range(300):
        call(circuit, number * 0.1, number % 3 == 0)
    assert circuit.report(30).state == "closed"


def test_slow_calls_open_it_though_they_succeed() -> None:
    circuit = breaker()
    for number in range(9):
        call(circuit, number, slow=number > 0)
    assert circuit.report(9) == CircuitReport("api", "closed", 9, 0.0, 8 / 9, None)
    assert call(circuit, 9, slow=False) == (Transition("api", "closed", "open", 9, 15),)


def test_calls_that_are_too_old_or_too_many_are_forgotten() -> None:
    circuit = breaker()
    for _ in range(9):
        call(circuit, 0, 1, slow=True)
    assert circuit.report(59.9).calls == 9
    assert circuit.report(60) == CircuitReport("api", "closed", 0, 0.0, 0.0, None)
    call(circuit, 60)
    assert circuit.report(60) == CircuitReport("api", "closed", 1, 0.0, 0.0, None)
    circuit = breaker()
    for _ in range(9):
        call(circuit, 0, 0)
    for _ in range(50):
        call(circuit, 1, 0)
    assert circuit.report(1).calls == 50


def test_an_open_circuit_refuses_and_tells_when_to_come_back() -> None:
    circuit = opened()
    assert circuit.admit(5) == (Refused(10), ())
    assert circuit.refuses_until(5) == 10
    assert circuit.refuses_until(15) is None
    assert circuit.report(5) == CircuitReport("api", "open", 10, 1.0, 0.0, 10)
    assert circuit.report(15).state == "half-open"


def test_half_open_lets_one_probe_through_at_a_time() -> None:
    circuit = opened()
    permit, transitions = circuit.admit(15)
    assert permit.probe
    assert transitions == (Transition("api", "open", "half-open", 15),)
    assert circuit.admit(15) == (Refused(None), ())
    circuit.record(permit, 16, weight=0, slow=False)
    following, _ = circuit.admit(16)
    assert following.probe


def test_three_probes_in_a_row_close_it_with_an_empty_window() -> None:
    circuit = opened()
    assert [call(circuit, now)[-1:] for now in (15, 16, 17)] == [
        (),
        (),
        (Transition("api", "half-open", "closed", 17),),
    ]
    assert circuit.report(17) == CircuitReport("api", "closed", 0, 0.0, 0.0, None)


@pytest.mark.parametrize("failing", [{"weight": 1}, {"slow": True}])
def test_any_probe_that_fails_or_is_slow_opens_it_again_for_twice_as_long(failing) -> None:
    circuit = opened()
    call(circuit, 15)
    call(circuit, 16)
    assert call(circuit, 17, **failing) == (Transition("api", "half-open", "open", 17, 30),)


def test_the_open_time_doubles_up_to_its_maximum_and_begins_anew_after_a_recovery() -> None:
    circuit = opened()
    now, lengths = 0.0, []
    for _ in range(5):
        now += circuit.refuses_until(now)
        (change,) = call(circuit, now, 1)
        lengths.append(change.open_s)
    assert lengths == [30, 60, 120, 120, 120]
    now += 120
    for _ in range(3):
        call(circuit, now)
    for _ in range(10):
        call(circuit, now, 1)
    assert circuit.refuses_until(now) == 15


@given(st.integers(0, 2**32))
def test_the_open_time_has_a_fifth_of_jitter_both_ways(seed) -> None:
    circuit = CircuitBreaker("api", BreakerPolicy(), random.Random(seed))
    for _ in range(10):
        call(circuit, 0, 1)
    assert 12 <= circuit.refuses_until(0) <= 18


def test_results_of_calls_begun_before_a_change_of_state_do_not_count() -> None:
    circuit = breaker()
    early = [circuit.admit(0)[0] for _ in range(20)]
    for permit in early[:10]:
        circuit.record(permit, 0, weight=1, slow=False)
    assert [circuit.record(permit, 1, weight=1, slow=False) for permit in early[10:15]] == [()] * 5
    probe, _ = circuit.admit(15)
    assert [circuit.record(permit, 15, weight=0, slow=False) for permit in early[15:]] == [()] * 5
    assert circuit.report(15) == CircuitReport("api", "half-open", 0, 0.0, 0.0, None)
    assert circuit.record(probe, 15, weight=1, slow=False) == (Transition("api", "half-open", "open", 15, 30),)
    assert circuit.record(probe, 15, weight=1, slow=False) == ()


def test_a_call_from_before_the_trouble_says_nothing_about_the_time_after_it() -> None:
    circuit = breaker(successes_to_close=1)
    old = [circuit.admit(0)[0] for _ in range(20)]
    for permit in old[:10]:
        circuit.record(permit, 0, weight=1, slow=False)
    call(circuit, 15)
    assert circuit.report(15).state == "closed"
    assert [circuit.record(permit, 16, weight=1, slow=True) for permit in old[10:]] == [()] * 10
    assert circuit.report(16) == CircuitReport("api", "closed", 0, 0.0, 0.0, None)


def test_successes_count_only_in_a_row() -> None:
    circuit = opened()
    call(circuit, 15)
    call(circuit, 16)
    call(circuit, 17, 1)
    call(circuit, 47)
    assert circuit.report(47).state == "half-open"
    call(circuit, 48)
    call(circuit, 49)
    assert circuit.report(49).state == "closed"


def test_a_probe_that_is_given_back_leaves_the_next_call_to_probe() -> None:
    circuit = opened()
    first, _ = circuit.admit(15)
    circuit.release(first)
    second, _ = circuit.admit(15)
    assert second.probe
    circuit.release(first)
    assert circuit.admit(15) == (Refused(None), ())
    assert circuit.record(first, 15, weight=0, slow=False) == ()
    assert circuit.report(15).calls == 0


def test_a_probe_that_never_reports_has_failed() -> None:
    circuit = opened()
    lost, _ = circuit.admit(15)
    assert circuit.admit(74.9) == (Refused(None), ())
    assert circuit.admit(75) == (Refused(30), (Transition("api", "half-open", "open", 75, 30),))
    assert circuit.record(lost, 80, weight=0, slow=False) == ()
    assert circuit.admit(105)[0].probe


def test_a_part_of_a_failure_counts_in_part() -> None:
    circuit = breaker()
    for _ in range(20):
        call(circuit, 0, 0.3)
    assert circuit.report(0) == CircuitReport("api", "closed", 20, 0.3, 0.0, None)
    circuit = breaker(failure_rate=0.3)
    for _ in range(10):
        call(circuit, 0, 0.3)
    assert circuit.report(0).state == "open"


def test_a_clock_that_goes_back_changes_nothing() -> None:
    circuit = opened(now=100.0)
    assert circuit.admit(50.0) == (Refused(15), ())
    assert circuit.admit(-1e9) == (Refused(15), ())


def test_of_twenty_callers_at_half_open_exactly_one_probes() -> None:
    for _ in range(20):
        circuit = opened()
        start = threading.Barrier(20)
        answers: list[Permit | Refused] = []

        def caller(circuit=circuit, start=start, answers=answers) -> None:
            start.wait()
            answers.append(circuit.admit(15.0)[0])

        threads = [threading.Thread(target=caller) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(isinstance(answer, Permit) for answer in answers) == 1
        assert answers.count(Refused(None)) == 19


def test_the_lock_is_not_held_during_a_call() -> None:
    circuit = breaker()
    assert all(isinstance(circuit.admit(0)[0], Permit) for _ in range(100))


class Laws(RuleBasedStateMachine):
    """Any order of calls, results, cancellations and passing time."""

    permits = Bundle("permits")

    def __init__(self) -> None:
        super().__init__()
        self.policy = BreakerPolicy(
            window_calls=6, min_calls=3, open_s=4, open_max_s=10, successes_to_close=2, probe_lease_s=8
        )
        self.circuit = CircuitBreaker("api", self.policy, random.Random(5))
        self.now = 0.0
        self.state = "closed"
        self.opened_at = 0.0
        self.open_s = 0.0
        self.epoch = 0
        self.out: dict[int, tuple[int, float]] = {}  # probes under way: their epoch and when they began
        self.succeeded = 0

    def note(self, transitions: tuple[Transition, ...]) -> None:
        for change in transitions:
            assert change.before == self.state
            assert (change.before, change.after) in {
                ("closed", "open"), ("open", "half-open"), ("half-open", "open"), ("half-open", "closed"),
            }  # fmt: skip
            if change.after == "half-open":
                assert change.at >= self.opened_at + self.open_s
            if change.after == "closed":
                assert self.succeeded == self.policy.successes_to_close
            if change.after == "open":
                self.opened_at, self.open_s = change.at, change.open_s
                assert 0.8 * 4 <= change.open_s <= 1.2 * 10
            self.state = change.after
            self.epoch += 1
            self.succeeded = 0
            self.out.clear()

    @rule(seconds=st.floats(0, 6))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @rule(target=permits)
    def ask(self):
        answer, transitions = self.circuit.admit(self.now)
        self.note(transitions)
        if isinstance(answer, Permit):
            assert self.state != "open"
            assert answer.probe == (self.state == "half-open")
            if answer.probe:
                assert not self.out
                self.out[id(answer)] = (self.epoch, self.now)
        elif self.state == "open":
            assert answer.retry_after_s == pytest.approx(self.opened_at + self.open_s - self.now)
            assert answer.retry_after_s > 0
        else:
            assert answer == Refused(None)
            assert self.out
        return answer, self.epoch

    @rule(asked=consumes(permits), weight=st.sampled_from([0, 0, 1]), slow=st.sampled_from([False, False, True]))
    def end(self, asked, weight, slow) -> None:
        permit, epoch = asked
        if isinstance(permit, Refused):
            return
        calls = self.circuit.report(self.now).calls
        self.out.pop(id(permit), None)
        if epoch == self.epoch and permit.probe and not weight and not slow:
            self.succeeded += 1
        transitions = self.circuit.record(permit, self.now, weight=weight, slow=slow)
        if epoch != self.epoch:
            assert transitions == ()
            assert self.circuit.report(self.now).calls == calls
        self.note(transitions)

    @rule(asked=consumes(permits))
    def cancel(self, asked) -> None:
        permit, _ = asked
        if isinstance(permit, Permit):
            self.out.pop(id(permit), None)
            self.circuit.release(permit)

    @invariant()
    def one_probe_at_most(self) -> None:
        assert len(self.out) <= 1

    @invariant()
    def the_window_is_bounded(self) -> None:
        assert self.circuit.report(self.now).calls <= 6


Laws.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_laws_of_the_breaker = Laws.TestCase
