import gc

from simulated import GET, World, answering

from mockserver.resilience.actions import Attempt, GiveUp, Succeed
from mockserver.resilience.policies import overridden
from mockserver.resilience.policy import Policy

ONCE = overridden(Policy(), {"retry": {"attempts": 1}})


def test_each_host_and_each_group_has_its_own_circuit() -> None:
    world = World()
    sick = GET._replace(group="orders")
    for _ in range(10):
        world.run(answering(500), sick, policy=ONCE)
    assert world.run(answering(200), sick, policy=ONCE).reason == "circuit-open"
    assert world.run(answering(200), GET._replace(group="users"), policy=ONCE) == Succeed(attempts=1)
    assert world.run(answering(200), sick._replace(origin="https://other.example"), policy=ONCE) == Succeed(attempts=1)
    assert [(report.circuit, report.state) for report in world.guards.circuits(world.now)] == [
        ("https://api.example orders", "open"),
        ("https://api.example users", "closed"),
        ("https://other.example orders", "closed"),
    ]


def test_groups_of_one_host_share_its_places_and_its_budget() -> None:
    world = World()
    narrow = overridden(Policy(), {"bulkhead": {"concurrent": 1}, "budget": {"ratio": 0, "floor_per_s": 0.1}})
    held = world.call(GET._replace(group="orders"), narrow)
    assert isinstance(held.next(world.now), Attempt)
    assert isinstance(world.call(GET._replace(group="users"), narrow).next(world.now), GiveUp)
    held.abandon()
    assert world.run(answering(502, 200), GET._replace(group="orders"), policy=narrow) == Succeed(attempts=2)
    assert world.run(answering(502, 200), GET._replace(group="users"), policy=narrow).reason == "budget"


def test_equal_policies_share_though_they_are_made_anew_for_each_call() -> None:
    world = World()
    for _ in range(10):
        world.run(answering(500), policy=overridden(Policy(), {"retry": {"attempts": 1}}))
    assert world.run(answering(200), policy=ONCE).reason == "circuit-open"


def test_a_policy_that_differs_in_another_part_shares_the_circuit() -> None:
    world = World()
    for _ in range(10):
        world.run(answering(500), policy=ONCE)
    assert world.run(answering(200), policy=overridden(ONCE, {"timeout": {"read_s": 1}})).reason == "circuit-open"


def test_a_client_that_meets_hosts_without_end_forgets_the_longest_unused() -> None:
    world = World()
    kept = GET._replace(origin="https://kept.example")
    for _ in range(10):
        world.run(answering(500), kept, policy=ONCE)
    for number in range(1100):
        world.call(GET._replace(origin=f"https://{number}.example"), ONCE)
        world.call(kept, ONCE)
    gc.collect()
    circuits = {report.circuit: report.state for report in world.guards.circuits(world.now)}
    assert len(circuits) == 1024
    assert circuits["https://kept.example"] == "open"
    assert "https://76.example" not in circuits
    assert circuits["https://77.example"] == "closed"
