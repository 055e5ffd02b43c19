"""A world without clocks: time passes when somebody waits or a server takes its time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from mockserver.resilience.actions import Attempt, GiveUp, Succeed, Wait
from mockserver.resilience.call import Call
from mockserver.resilience.guards import Guards
from mockserver.resilience.idempotency import CallFacts
from mockserver.resilience.outcome import Answered, Failed, Outcome
from mockserver.resilience.policy import Policy

GET = CallFacts("GET", "https://api.example")
POST = CallFacts("POST", "https://api.example")

Server = Callable[[Attempt, float], tuple[Outcome, float]]
"""From an attempt and its moment to its outcome and the seconds that it takes."""


@dataclass
class World:
    now: float = 1000.0
    random: random.Random = field(default_factory=lambda: random.Random(7))
    attempts: list[tuple[float, Attempt]] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.guards = Guards(self.random)

    def call(self, facts: CallFacts = GET, policy: Policy | None = None, **more: object) -> Call:
        return self.guards.call(facts, policy or Policy(), now=self.now, **more)

    def drive(self, call: Call, server: Server) -> GiveUp | Succeed:
        action = call.next(self.now)
        while True:
            match action:
                case Wait(seconds=seconds):
                    self.waits.append(action)
                    self.now += seconds
                    action = call.next(self.now)
                case Attempt():
                    self.attempts.append((self.now, action))
                    outcome, took = server(action, self.now)
                    self.now += took
                    action = call.ended(outcome, self.now)
                case _:
                    return action

    def run(self, server: Server, facts: CallFacts = GET, policy: Policy | None = None, **more) -> GiveUp | Succeed:
        return self.drive(self.call(facts, policy, **more), server)


def answering(*outcomes: Outcome | int, took: float = 0.01) -> Server:
    """Answer in this order; the last one again and again."""
    left = [Answered(each) if isinstance(each, int) else each for each in outcomes]

    def server(attempt: Attempt, now: float) -> tuple[Outcome, float]:
        del attempt, now
        return (left.pop(0) if len(left) > 1 else left[0]), took

    return server


def answered(status: int, **headers: str) -> Answered:
    return Answered(status, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


__all__ = ["GET", "POST", "Failed", "Server", "World", "answered", "answering"]
