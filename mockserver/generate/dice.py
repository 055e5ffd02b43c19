"""Chance without a source of it: every draw is a function of a seed.

A seed is one 64-bit number, and it is handed down: an object forks it once for each object and list below, a leaf mixes
it with a salt of its own name. So a property's value depends on its place alone, not on what was drawn before it, and
no state is shared between threads. Knows no schemas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Generic, Protocol, TypeAlias, TypeVar

from mockserver.values import JSON

T = TypeVar("T")

Draw: TypeAlias = Callable[[int], JSON]
"""From a seed to a value."""

MASK = (1 << 64) - 1
MULTIPLIER = 0xD6E8FEB86659FD93  # odd, its bits spread: the finalizer of Widynski's and Vigna's mixers
SMALL = 1 << 24  # so many are told apart by the bits that are left
HIGH = 33  # the high bits of a product depend on all bits of its factors


@lru_cache(maxsize=8192)
def salt_of(*names: str) -> int:
    """Return a number that stands for names, the same on every machine and in every process.

    >>> salt_of("id") == salt_of("id") != salt_of("name")
    True
    """
    digest = hashlib.blake2b("\0".join(names).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") | 1


def fork(seed: int, salt: int) -> int:
    """Return a seed that has nothing to do with the other forks of `seed`."""
    mixed = ((seed ^ salt) * MULTIPLIER) & MASK
    mixed ^= mixed >> 29
    mixed = (mixed * 0x9E3779B97F4A7C15) & MASK
    return mixed ^ (mixed >> 32)


def below(seed: int, salt: int, limit: int) -> int:
    """Return a number from 0 to `limit` - 1."""
    if limit <= SMALL:
        return ((((seed ^ salt) * MULTIPLIER) & MASK) >> HIGH) % limit
    wide = seed
    value = 0
    while value < limit << 16:
        wide = fork(wide, salt)
        value = value << 64 | wide
    return value % limit


class Choice(Generic[T]):
    """A draw of one of the options."""

    __slots__ = ("count", "options", "salt")

    def __init__(self, options: tuple[T, ...], salt: int) -> None:
        self.options = options
        self.salt = salt
        self.count = len(options)

    def __call__(self, seed: int) -> T:
        """Draw."""
        return self.options[((((seed ^ self.salt) * MULTIPLIER) & MASK) >> HIGH) % self.count]


class Constant(Generic[T]):
    """A draw that always gives the same value."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __call__(self, _seed: int) -> T:
        """Draw."""
        return self.value


class Steps:
    """A draw of one of so many whole numbers, from `first` on, each `width` further."""

    __slots__ = ("count", "first", "salt", "width")

    def __init__(self, first: int, count: int, width: int, salt: int) -> None:
        self.first = first
        self.count = count
        self.width = width
        self.salt = salt

    def __call__(self, seed: int) -> int:
        """Draw."""
        return self.first + below(seed, self.salt, self.count) * self.width


def chooser(options: Sequence[T], salt: int) -> Choice[T] | Constant[T]:
    """Return a draw of one of the options."""
    return Constant(options[0]) if len(options) == 1 else Choice(tuple(options), salt)


def constant(value: T) -> Constant[T]:
    """Return a draw that always gives the same value."""
    return Constant(value)


class Chances(Protocol):
    """Who decides, one decision after another: a roll of dice, or what was written down."""

    def next(self) -> int:
        """Return 24 bits at least."""
        ...

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1."""
        ...

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        ...

    def chance(self, in_hundred: int) -> bool:
        """Tell true so many times in a hundred."""
        ...


class Roll:
    """A row of numbers from one seed, for those who need an unknown number of them (patterns, exploring)."""

    __slots__ = ("_seed",)

    def __init__(self, seed: int) -> None:
        self._seed = fork(seed, MULTIPLIER)

    def next(self) -> int:
        """Return 31 bits."""
        # Knuth's multiplier for 64 bits; the low bits of such a row are not random, the high ones are
        self._seed = seed = (self._seed * 6364136223846793005 + 1442695040888963407) & MASK
        return seed >> HIGH

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1."""
        if limit <= 1 << 20:
            return self.next() % limit
        return below(fork(self.next() << HIGH | self.next(), MULTIPLIER), MULTIPLIER, limit)

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.next() % len(options)]

    def chance(self, in_hundred: int) -> bool:
        """Tell true so many times in a hundred."""
        return self.next() % 100 < in_hundred
