"""What a server sees of a client in trouble: simulated minutes, and real threads where order is the point."""

import heapq
import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable

from simulated import GET, World, answering

from mockserver.resilience.actions import Attempt, GiveUp, Succeed, Wait
from mockserver.resilience.guards import Guards
from mockserver.resilience.outcome import Answered, Failed, Outcome
from mockserver.resilience.policies import overridden
from mockserver.resilience.policy import Policy

Backend = Callable[[float], Outcome]


def traffic(backend: Backend, *, seconds: float, per_second: float, policy: Policy, took: float = 0.02, seed: int = 1):
    """Begin calls evenly, all at the same time as the others that are under way; return hits and ends by moment."""
    guards = Guards(random.Random(seed))
    hits: list[float] = []
    ends: list[tuple[float, GiveUp | Succeed]] = []
    agenda: list[tuple[float, int, Callable[[float], object]]] = []
    ticket = iter(range(10**9))

    def later(at: float, what: Callable[[float], object]) -> None:
        heapq.heappush(agenda, (at, next(ticket), what))

    def follow(call, action, now: float) -> None:
        match action:
            case Wait(seconds=pause):
                later(now + pause, lambda then: follow(call, call.next(then), then))
            case Attempt():
                hits.append(now)
                outcome = backend(now)
                later(now + took, lambda then: follow(call, call.ended(outcome, then), then))
            case _:
                ends.append((now, action))

    def begin(now: float) -> None:
        call = guards.call(GET, policy, now=now)
        follow(call, call.next(now), now)

    for number in range(int(seconds * per_second)):
        later(number / per_second, begin)
    while agenda:
        at, _, what = heapq.heappop(agenda)
        what(at)
    return hits, ends, guards


def test_a_permanent_503_reduces_the_traffic_to_probes() -> None:
    hits, ends, _ = traffic(lambda _: Answered(503), seconds=600, per_second=10, policy=Policy())
    opening = [at for at in hits if at < 5]
    probes = [at for at in hits if at >= 5]
    assert len(opening) < 20  # the ten that open it, and what was under way
    assert len(probes) <= 8  # 15, 30, 60, then every 120 s, each +- a fifth: not 6,000 and never 18,000
    assert all(later - earlier > 12 for earlier, later in itertools.pairwise(probes))
    assert len(ends) == 6000
    assert Counter(end.reason for _, end in ends)["circuit-open"] > 5900


def test_without_a_breaker_the_budget_alone_keeps_repeats_to_a_fifth_and_the_floor() -> None:
    unguarded = overridden(Policy(), {"breaker": False})
    hits, _, _ = traffic(lambda _: Answered(502), seconds=30, per_second=50, policy=unguarded)
    assert 1500 < len(hits) <= 1500 * 1.2 + 3 * 30 + 30 + 20
    naive = overridden(unguarded, {"budget": False})
    assert len(traffic(lambda _: Answered(502), seconds=30, per_second=50, policy=naive)[0]) == 4500


def test_a_service_that_fails_every_second_time_is_left_alone() -> None:
    turn = iter(range(10**9))
    hits, ends, _ = traffic(
        lambda _: Answered(500 if next(turn) % 2 else 200),
        seconds=60,
        per_second=10,
        policy=overridden(Policy(), {"retry": {"attempts": 1}}),
    )
    assert "circuit-open" in {end.reason for _, end in ends if isinstance(end, GiveUp)}
    assert len(hits) < 100


def test_a_service_that_fails_now_and_then_is_recovered_from_unnoticed() -> None:
    chance = random.Random(3)
    hits, ends, guards = traffic(
        lambda _: Answered(503) if chance.random() < 0.1 else Answered(200),
        seconds=120,
        per_second=10,
        policy=Policy(),
    )
    succeeded = sum(isinstance(end, Succeed) for _, end in ends)
    assert succeeded / len(ends) > 0.99
    assert 1200 < len(hits) < 1400
    assert [report.state for report in guards.circuits(130)] == ["closed"]


def test_a_service_that_comes_back_is_probed_one_by_one_and_then_served() -> None:
    hits, ends, _ = traffic(
        lambda now: Failed("connect") if now < 20 else Answered(200), seconds=90, per_second=20, policy=Policy()
    )
    back = min(at for at, end in ends if isinstance(end, Succeed))
    assert back < 20 + 36 + 1  # it may have been opened for 30 s, and a fifth, just before
    probes = [at for at in hits if back - 0.02 <= at <= back + 0.1]
    assert all(later - earlier >= 0.02 for earlier, later in itertools.pairwise(probes[:3]))
    assert all(isinstance(end, Succeed) for at, end in ends if at > back + 1)


def test_one_sick_operation_leaves_the_others_alone() -> None:
    world = World()
    for number in range(40):
        group, status = ("orders", 500) if number % 2 else ("users", 200)
        world.run(answering(status), GET._replace(group=group), policy=overridden(Policy(), {"retry": {"attempts": 1}}))
    assert [(report.circuit, report.state) for report in world.guards.circuits(world.now)] == [
        ("https://api.example orders", "open"),
        ("https://api.example users", "closed"),
    ]


def test_of_twenty_calls_at_half_open_exactly_one_reaches_the_server() -> None:
    for seed in range(10):
        guards = Guards(random.Random(seed))
        once = overridden(Policy(), {"retry": {"attempts": 1}, "breaker": {"min_calls": 1}})
        first = guards.call(GET, once, now=0.0)
        first.next(0.0)
        first.ended(Answered(500), 0.0)
        start = threading.Barrier(20)
        actions: list[object] = []

        def caller(guards=guards, once=once, start=start, actions=actions) -> None:
            call = guards.call(GET, once, now=20.0)
            start.wait()
            actions.append(call.next(20.0))

        threads = [threading.Thread(target=caller) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Counter(type(action) for action in actions) == {Attempt: 1, GiveUp: 19}
        assert {action.reason for action in actions if isinstance(action, GiveUp)} == {"circuit-open"}


def test_a_thousand_calls_of_many_threads_leave_nothing_behind() -> None:
    guards = Guards(random.Random(1))
    busy = overridden(Policy(), {"retry": {"base_s": 0, "throttled_base_s": 0}, "bulkhead": {"concurrent": 4}})
    clock = iter(range(10**9))
    ended: list[GiveUp | Succeed] = []

    def worker(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(125):
            call = guards.call(GET, busy, now=next(clock) / 1000)
            action = call.next(next(clock) / 1000)
            while not isinstance(action, GiveUp | Succeed):
                now = next(clock) / 1000
                if isinstance(action, Wait):
                    action = call.next(now + action.seconds)
                else:
                    action = call.ended(Answered(503 if chance.random() < 0.2 else 200), now)
            ended.append(action)

    threads = [threading.Thread(target=worker, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 1000
    late = [guards.call(GET, busy, now=1e6) for _ in range(4)]
    assert [type(call.next(1e6)) for call in late[:1]] == [Attempt]
