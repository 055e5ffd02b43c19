import threading

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from mockserver.resilience.bulkhead import Bulkhead
from mockserver.resilience.policy import BulkheadPolicy


def nobody() -> None:
    pass


def test_who_finds_no_place_is_out_at_once() -> None:
    bulkhead = Bulkhead(BulkheadPolicy(concurrent=2))
    places = [bulkhead.enter(0, longest_s=9, wake=nobody) for _ in range(3)]
    assert [place.standing for place in places] == ["inside", "inside", "out"]
    bulkhead.leave(places[0])
    assert bulkhead.enter(0, longest_s=9, wake=nobody).standing == "inside"


def test_who_waits_is_woken_in_the_order_of_coming() -> None:
    bulkhead = Bulkhead(BulkheadPolicy(concurrent=1, wait_s=5))
    woken: list[str] = []
    first = bulkhead.enter(0, longest_s=9, wake=nobody)
    second = bulkhead.enter(1, longest_s=9, wake=lambda: woken.append("second"))
    third = bulkhead.enter(2, longest_s=9, wake=lambda: woken.append("third"))
    assert (second.standing, second.until, third.until) == ("waiting", 6, 7)
    bulkhead.leave(first)
    assert (woken, bulkhead.settle(second, 3), bulkhead.settle(third, 3)) == (["second"], "inside", "waiting")
    bulkhead.leave(second)
    assert (woken, bulkhead.settle(third, 4)) == (["second", "third"], "inside")


def test_nobody_waits_longer_than_the_call_can() -> None:
    bulkhead = Bulkhead(BulkheadPolicy(concurrent=1, wait_s=5))
    bulkhead.enter(0, longest_s=9, wake=nobody)
    short = bulkhead.enter(0, longest_s=2, wake=nobody)
    assert (bulkhead.settle(short, 1.9), bulkhead.settle(short, 2)) == ("waiting", "out")
    assert bulkhead.enter(0, longest_s=0, wake=nobody).standing == "out"


def test_who_was_let_in_at_the_last_moment_stays_inside() -> None:
    bulkhead = Bulkhead(BulkheadPolicy(concurrent=1, wait_s=5))
    first = bulkhead.enter(0, longest_s=9, wake=nobody)
    second = bulkhead.enter(0, longest_s=9, wake=nobody)
    bulkhead.leave(first)
    assert bulkhead.settle(second, 99) == "inside"


def test_who_stops_waiting_is_passed_over() -> None:
    bulkhead = Bulkhead(BulkheadPolicy(concurrent=1, wait_s=5))
    first, second, third = (bulkhead.enter(0, longest_s=9, wake=nobody) for _ in range(3))
    bulkhead.leave(second)
    bulkhead.leave(first)
    assert (second.standing, third.standing, bulkhead.in_flight()) == ("out", "inside", 1)


def test_leaving_twice_frees_one_place() -> None:
    bulkhead = Bulkhead(BulkheadPolicy(concurrent=1))
    place = bulkhead.enter(0, longest_s=9, wake=nobody)
    bulkhead.leave(place)
    bulkhead.leave(place)
    assert bulkhead.enter(0, longest_s=9, wake=nobody).standing == "inside"
    assert bulkhead.enter(0, longest_s=9, wake=nobody).standing == "out"


def test_threads_never_share_a_place() -> None:
    bulkhead = Bulkhead(BulkheadPolicy(concurrent=3, wait_s=1000))
    inside: list[int] = []
    seen: list[int] = []

    def worker() -> None:
        for _ in range(50):
            woken = threading.Event()
            place = bulkhead.enter(0, longest_s=1000, wake=woken.set)
            if place.standing == "waiting":
                assert woken.wait(10)
            inside.append(1)
            seen.append(len(inside))
            inside.pop()
            bulkhead.leave(place)

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 400
    assert max(seen) <= 3
    assert bulkhead.in_flight() == 0


class Laws(RuleBasedStateMachine):
    places = Bundle("places")

    def __init__(self) -> None:
        super().__init__()
        self.bulkhead = Bulkhead(BulkheadPolicy(concurrent=2, wait_s=3))
        self.now = 0.0
        self.all: list = []

    @rule(target=places, longest=st.floats(0, 5))
    def enter(self, longest: float):
        place = self.bulkhead.enter(self.now, longest_s=longest, wake=nobody)
        self.all.append(place)
        return place

    @rule(place=places)
    def leave(self, place) -> None:
        self.bulkhead.leave(place)
        assert place.standing == "out"

    @rule(place=places, seconds=st.floats(0, 2))
    def settle(self, place, seconds: float) -> None:
        self.now += seconds
        if self.bulkhead.settle(place, self.now) == "waiting":
            assert self.now < place.until

    @invariant()
    def no_more_inside_than_places_and_none_free_while_one_waits(self) -> None:
        standing = [place.standing for place in self.all]
        assert standing.count("inside") == self.bulkhead.in_flight() <= 2
        assert "waiting" not in standing or standing.count("inside") == 2


Laws.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
test_laws_of_the_bulkhead = Laws.TestCase
