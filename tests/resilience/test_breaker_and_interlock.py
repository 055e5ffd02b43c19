"""Our breaker beside interlock-cb: the same decisions wherever the two mean the same."""

import contextvars
import random
import threading
from collections import Counter

import interlock
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.resilience.breaker import CircuitBreaker, Permit, Refused
from mockserver.resilience.policy import BreakerPolicy


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


class Pair:
    """One breaker of each kind under the same clock, told the same things."""

    def __init__(self, *, window: int, least: int, rate: float, slow_rate: float, growth: float) -> None:
        self.clock = Clock()
        self.ours = CircuitBreaker(
            "api",
            BreakerPolicy(
                window_calls=window, window_s=1e9, min_calls=least, failure_rate=rate, slow_rate=slow_rate, open_s=15,
                open_jitter=0, open_growth=growth, open_max_s=120, successes_to_close=1, probe_lease_s=1e9,
            ),
            random.Random(1),
        )  # fmt: skip
        self.theirs = interlock.CircuitBreaker(
            name="api",
            clock=self.clock,
            config=interlock.Config(
                window_size=window, minimum_number_of_calls=least, failure_rate_threshold=rate,
                slow_call_rate_threshold=slow_rate, slow_call_duration_threshold=5.0, wait_duration_in_open=15.0,
                wait_duration_backoff_multiplier=growth, wait_duration_in_open_max=120.0,
                permitted_calls_in_half_open=1, max_concurrent_probes=1,
            ),
        )  # fmt: skip
        self.open: list[tuple[Permit, contextvars.Context, float]] = []

    def begin(self) -> tuple[object, object]:
        """Ask both; each answers "admitted" or the seconds until it may be asked again (None: not known)."""
        permit, _ = self.ours.admit(self.clock.now)
        context = contextvars.copy_context()  # their blocks nest; in a context of its own each may end in any order
        try:
            context.run(self.theirs.__enter__)
        except interlock.CircuitOpenError as refused:
            retry_after = refused.retry_after
        else:
            retry_after = "admitted"
        if isinstance(permit, Refused):
            return permit.retry_after_s, retry_after
        self.open.append((permit, context, self.clock.now))
        return "admitted", retry_after

    def end(self, which: int, *, failed: bool) -> None:
        permit, context, began = self.open.pop(which)
        slow = self.clock.now - began >= 5.0
        self.ours.record(permit, self.clock.now, weight=float(failed), slow=slow)
        error = RuntimeError() if failed else None
        context.run(self.theirs.__exit__, type(error) if error else None, error, None)

    def cancel(self, which: int) -> None:
        permit, context, _ = self.open.pop(which)
        self.ours.release(permit)
        context.run(self.theirs.__exit__, KeyboardInterrupt, KeyboardInterrupt(), None)

    def states(self) -> tuple[str, str]:
        ours = self.ours.report(self.clock.now).state
        theirs = str(self.theirs.state).replace("_", "-")
        # theirs turns half-open when it is asked, ours tells so as soon as it would
        return ours, "half-open" if (ours, theirs) == ("half-open", "open") else theirs


events = st.lists(
    st.one_of(
        st.just(("begin", 0)),
        st.just(("begin", 0)),
        st.tuples(st.sampled_from(["fail", "succeed", "succeed", "cancel"]), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 4, 6, 15, 31, 61, 121])),
    ),
    max_size=80,
)


@given(
    events, st.integers(1, 8), st.integers(1, 8), st.sampled_from([0.3, 0.5, 0.6, 1.0]),
    st.sampled_from([0.4, 0.8, 1.0]), st.sampled_from([1.0, 2.0, 3.0]),
)  # fmt: skip
@settings(max_examples=150)
def test_both_admit_refuse_open_and_close_at_the_same_moments(events, window, least, rate, slow_rate, growth) -> None:
    pair = Pair(window=max(window, least), least=least, rate=rate, slow_rate=slow_rate, growth=growth)
    for what, number in events:
        if what == "begin":
            ours, theirs = pair.begin()
            assert ours == pytest.approx(theirs)
        elif what == "wait":
            pair.clock.now += number
        elif number < len(pair.open):
            if what == "cancel":
                pair.cancel(number)
            else:
                pair.end(number, failed=what == "fail")
        ours, theirs = pair.states()
        assert ours == theirs


def test_both_open_for_a_service_that_fails_every_second_time() -> None:
    pair = Pair(window=50, least=10, rate=0.5, slow_rate=1.0, growth=1.0)
    for number in range(10):
        assert pair.begin() == ("admitted", "admitted")
        pair.end(0, failed=number % 2 == 1)
    assert pair.states() == ("open", "open")


def test_both_let_one_of_twenty_threads_probe() -> None:
    pair = Pair(window=10, least=1, rate=0.5, slow_rate=1.0, growth=1.0)
    pair.begin()
    pair.end(0, failed=True)
    pair.clock.now += 15
    start = threading.Barrier(20)
    admitted: list[str] = []

    def caller() -> None:
        start.wait()
        if isinstance(pair.ours.admit(pair.clock.now)[0], Permit):
            admitted.append("ours")
        try:
            pair.theirs.__enter__()
            admitted.append("theirs")
        except interlock.CircuitOpenError:
            pass

    threads = [threading.Thread(target=caller) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(admitted) == {"ours": 1, "theirs": 1}


def test_known_difference_ours_opens_again_at_the_first_probe_that_fails() -> None:
    """Interlock finishes its round of probes and judges their rate; a sick server need not be asked three times."""
    clock = Clock()
    ours = CircuitBreaker("api", BreakerPolicy(min_calls=1, open_jitter=0), random.Random(1))
    theirs = interlock.CircuitBreaker(
        name="api",
        clock=clock,
        config=interlock.Config(minimum_number_of_calls=1, wait_duration_in_open=15.0, permitted_calls_in_half_open=3),
    )

    def fail() -> None:
        ours.record(ours.admit(clock.now)[0], clock.now, weight=1, slow=False)
        with pytest.raises(RuntimeError), theirs:
            raise RuntimeError

    fail()
    assert (ours.report(clock.now).state, str(theirs.state)) == ("open", "open")
    clock.now += 15
    fail()
    assert (ours.report(clock.now).state, str(theirs.state)) == ("open", "half_open")
