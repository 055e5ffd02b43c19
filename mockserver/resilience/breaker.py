"""Is it worth to ask this server now? The circuit breaker of one host and one group of its operations.

    closed ──── too many failed or slow ────> open ──── its time is over ────> half-open
      ^                                        ^                                   │
      │                                        └──────── the probe failed ─────────┤
      └──────────────────────── enough probes in a row succeeded ──────────────────┘

Half-open lets one probe at a time through: twenty callers that waited for the moment must not be the second collapse
of a server that just stood up. Every change of state begins a new generation, and results of calls that began in an
earlier one do not count: a call from before the trouble says nothing about the recovery. (M. Nygard, "Release It!",
chapter 5; client throttling in "Site Reliability Engineering", Google, chapter 21.)

Knows neither HTTP nor retries; moments are those of a monotonic clock.
"""

from __future__ import annotations

from threading import Lock
from typing import Literal, NamedTuple, TypeAlias

from mockserver.resilience.idempotency import Random
from mockserver.resilience.policy import BreakerPolicy
from mockserver.resilience.window import WHOLE, Window

State: TypeAlias = Literal["closed", "open", "half-open"]


class Permit(NamedTuple):
    """The right to make one attempt; compared by identity, as a probe is this one and no other."""

    generation: int
    probe: bool


class Refused(NamedTuple):
    """Not now; in so many seconds, or None: when the probe that is under way has reported."""

    retry_after_s: float | None


class Transition(NamedTuple):
    """A change of state, at a moment of the monotonic clock; `open_s` is how long it stays open."""

    circuit: str
    before: State
    after: State
    at: float
    open_s: float | None = None


class CircuitReport(NamedTuple):
    """A circuit as it stands, for people: rates from 0 to 1, `retry_after_s` while it is open."""

    circuit: str
    state: State
    calls: int
    failure_rate: float
    slow_rate: float
    retry_after_s: float | None


class CircuitBreaker:
    """The state of one circuit. Thread-safe: its lock is held for the decision, never during an attempt."""

    __slots__ = (
        "__weakref__", "_latest", "_lock", "_name", "_open_until", "_openings", "_policy", "_probe", "_probe_until",
        "_random", "_state", "_successes", "_transitions", "_usual", "_window",
    )  # fmt: skip

    def __init__(self, name: str, policy: BreakerPolicy, random: Random) -> None:
        self._name = name
        self._policy = policy
        self._random = random
        self._lock = Lock()
        self._window = Window(policy.window_calls, policy.window_s)
        self._state: State = "closed"
        self._usual = Permit(0, probe=False)  # of this generation
        self._openings = 0  # in a row, without a recovery between them
        self._open_until = 0.0
        self._successes = 0  # of probes, since it is half-open
        self._probe: Permit | None = None
        self._probe_until = 0.0
        self._latest = float("-inf")
        self._transitions: list[Transition] = []

    def admit(self, now: float) -> tuple[Permit | Refused, tuple[Transition, ...]]:
        """Ask for an attempt. Every permit must be given back: by `record`, or by `release`."""
        with self._lock:
            now = self._moment(now)
            if self._state == "open" and now >= self._open_until:
                self._change("half-open", now)
            return self._admitted(now), self._changes()

    def record(self, permit: Permit, now: float, *, weight: float, slow: bool) -> tuple[Transition, ...]:
        """Count an attempt that ended: `weight` from 0 (a success) to 1 (a failure)."""
        with self._lock:
            now = self._moment(now)
            if permit.generation != self._usual.generation:
                return ()
            share = round(weight * WHOLE)
            if self._state == "closed":
                self._window.add(now, share, slow=slow)
                if len(self._window) >= self._policy.min_calls and self._is_ill():
                    self._open(now)
            elif permit is self._probe:
                self._probe = None
                self._window.add(now, share, slow=slow)
                self._probed(now, share, slow=slow)
            return self._changes()

    def release(self, permit: Permit) -> None:
        """Give a permit back without a verdict: the attempt was not made, or tells nothing about the server."""
        with self._lock:
            if permit is self._probe:
                self._probe = None

    def refuses_until(self, then: float) -> float | None:
        """Return how long after the moment `then` it surely stays open, in seconds, or None; nothing changes."""
        with self._lock:
            return self._open_until - then if self._state == "open" and self._open_until > then else None

    def report(self, now: float) -> CircuitReport:
        """Tell how it stands; nothing changes, but that what is too old is forgotten."""
        with self._lock:
            now = self._moment(now)
            self._window.forget(now)
            left = self._open_until - now if self._state == "open" and self._open_until > now else None
            state: State = "half-open" if self._state == "open" and left is None else self._state
            window = self._window
            return CircuitReport(self._name, state, len(window), window.failure_rate, window.slow_rate, left)

    def _admitted(self, now: float) -> Permit | Refused:
        if self._state == "closed":
            return self._usual
        if self._state == "half-open" and self._probe is not None and now >= self._probe_until:
            self._open(now)  # who took the probe is gone, and nobody else may try while it is out
        if self._state == "open":
            return Refused(self._open_until - now)
        if self._probe is not None:
            return Refused(None)
        self._probe = Permit(self._usual.generation, probe=True)
        self._probe_until = now + self._policy.probe_lease_s
        return self._probe

    def _probed(self, now: float, share: int, *, slow: bool) -> None:
        # the rates of this one call, judged by the same thresholds: any failure opens again
        if share / WHOLE >= self._policy.failure_rate or slow:
            self._open(now)
            return
        self._successes += 1
        if self._successes >= self._policy.successes_to_close:
            self._openings = 0
            self._change("closed", now)

    def _is_ill(self) -> bool:
        window = self._window
        return window.failure_rate >= self._policy.failure_rate or window.slow_rate >= self._policy.slow_rate

    def _open(self, now: float) -> None:
        policy = self._policy
        # the exponent ends where any growth is past any cap
        grown = min(policy.open_max_s, policy.open_s * policy.open_growth ** min(self._openings, 63))
        spread = 1 + policy.open_jitter * (2 * self._random.random() - 1)
        length = grown * spread
        self._openings += 1
        self._open_until = now + length
        self._change("open", now, length)

    def _change(self, after: State, now: float, open_s: float | None = None) -> None:
        self._transitions.append(Transition(self._name, self._state, after, now, open_s))
        self._state = after
        self._usual = Permit(self._usual.generation + 1, probe=False)
        self._probe = None
        self._successes = 0
        if after != "open":
            self._window = Window(self._policy.window_calls, self._policy.window_s)

    def _changes(self) -> tuple[Transition, ...]:
        if not self._transitions:
            return ()
        changes = tuple(self._transitions)
        self._transitions.clear()
        return changes

    def _moment(self, now: float) -> float:
        # threads read the clock before they come to the lock: time never goes back
        self._latest = max(self._latest, now)
        return self._latest
