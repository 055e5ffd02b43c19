"""May a request be sent again, and under which key?

A key is made once for a logical call and goes with every attempt: a new key for a repeat is a second order.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from mockserver.resilience.policy import Policy


class Random(Protocol):
    """A source of chance: `random.Random(seed)` in tests, `random.SystemRandom()` or `random.Random()` else."""

    def random(self) -> float:
        """Return a number from 0 up to, not including, 1."""
        ...

    def getrandbits(self, k: int, /) -> int:
        """Return k bits."""
        ...


class CallFacts(NamedTuple):
    """What of a request matters here.

    `origin` is scheme, host and port (RFC 6454 §4): what budget, bulkhead and breaker are kept for; `group` those of
    its operations that fall ill together. `method` is case-sensitive (RFC 9110 §9.1). `idempotent` is what the
    contract says (`x-idempotent`), None for what the method says. `key` is one that the caller set, `accepts_key` that
    the contract documents the field. `replayable` is False for a body that can be read once only.
    """

    method: str
    origin: str
    group: str = ""
    idempotent: bool | None = None
    key: str | None = None
    accepts_key: bool = False
    replayable: bool = True


def key_for(facts: CallFacts, policy: Policy, random: Random) -> str | None:
    """Return the caller's key, or a new one (UUID version 4, RFC 9562 §5.4) where one is wanted, or None."""
    if facts.key:  # an empty one protects nothing
        return facts.key
    wanted = policy.idempotency.make_keys or facts.accepts_key
    return uuid4(random.getrandbits(128)) if wanted and facts.method in policy.idempotency.methods else None


def uuid4(bits: int) -> str:
    """Spell 128 bits as a UUID of version 4.

    >>> uuid4(0)
    '00000000-0000-4000-8000-000000000000'
    """
    # by hand, as importing uuid looks for system libraries
    bits = bits & ~(0xF << 76) | 4 << 76
    bits = bits & ~(0x3 << 62) | 2 << 62
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Repeatable(NamedTuple):
    """`safe`: reading only (RFC 9110 §9.2.1). `repeatable`: twice is as once (§9.2.2), by nature or by key."""

    safe: bool
    repeatable: bool
    keyed: bool
    replayable: bool


def repeatable(facts: CallFacts, policy: Policy, key: str | None) -> Repeatable:
    """Tell what a repeat of this request would do."""
    keyed = key is not None
    by_method = facts.method in policy.retry.idempotent_methods
    idempotent = by_method if facts.idempotent is None else facts.idempotent
    safe = facts.method in policy.retry.safe_methods and facts.idempotent is not False
    return Repeatable(safe, idempotent or keyed, keyed, facts.replayable)
