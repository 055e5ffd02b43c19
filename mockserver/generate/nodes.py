"""Draws of lists and objects, made of the draws of what they hold.

These run for every answer, so each is the shortest function for its case. What they hold was chosen before; they know
no schemas.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from mockserver.generate.dice import HIGH, MASK, MULTIPLIER, Draw, below, fork
from mockserver.generate.facts import identity
from mockserver.values import JSON

_STRIDE = 0x9E3779B97F4A7C15
_TRIES = 24
STOCK = 32
"""So many different things of a kind are there to stand in others."""


class Stuck(Exception):
    """No further item was met that is not in the list yet; whoever judges tries another seed."""


class ObjectDraw:
    """A draw of objects with these properties."""

    __slots__ = ("pairs", "salt")

    def __init__(self, pairs: Sequence[tuple[str, Draw]], salt: int) -> None:
        self.pairs = tuple(pairs)
        self.salt = salt

    def __call__(self, seed: int) -> JSON:
        """Draw."""
        seed = ((seed ^ self.salt) * MULTIPLIER) & MASK
        seed ^= seed >> 29
        return {name: value(seed) for name, value in self.pairs}


class ListDraw:
    """A draw of lists whose items are drawn alike, `low` of them or up to `width` - 1 more."""

    __slots__ = ("item", "low", "salt", "width")

    def __init__(self, item: Draw, low: int, width: int, salt: int) -> None:
        self.item = item
        self.low = low
        self.width = width
        self.salt = salt

    def __call__(self, seed: int) -> JSON:
        """Draw."""
        item = self.item
        return [item(seed) for seed in self.seeds(seed)]

    def seeds(self, seed: int) -> list[int]:
        """Return the seeds of the items."""
        seed = ((seed ^ self.salt) * MULTIPLIER) & MASK
        return [(seed + _STRIDE * index) & MASK for index in range(self.low + (seed >> HIGH) % self.width)]


class StockDraw:
    """A draw of one of a few: what stands in a thing, as the users of an API do in all that they have made."""

    __slots__ = ("draw", "salt")

    def __init__(self, draw: Draw, salt: int) -> None:
        self.draw = draw
        self.salt = salt

    def __call__(self, seed: int) -> JSON:
        """Draw."""
        return self.draw(fork(below(seed, self.salt, STOCK), self.salt))


def json_draw(content: Draw, *, encoded: bool) -> Draw:
    """Return a draw of texts that hold a value in JSON, in base64 if they are encoded."""

    def draw(seed: int) -> JSON:
        text = json.dumps(content(seed), ensure_ascii=False, separators=(",", ":"))
        return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode() if encoded else text

    return draw


def with_extras(base: Draw, extras: Sequence[tuple[Sequence[str], Draw]], count: int, salt: int) -> Draw:
    """Return a draw that adds `count` properties to an object: one of each kind in turn."""
    kinds = [(tuple(names), value) for names, value in extras]
    turns = len(kinds) * max(len(names) for names, _ in kinds)

    def draw(seed: int) -> JSON:
        out = base(seed)
        start = below(seed, salt, 1 << 20)
        full = len(out) + count
        for turn in range(turns):
            names, value = kinds[turn % len(kinds)]
            name = names[(start + turn // len(kinds)) % len(names)]
            if name not in out:
                out[name] = value(fork(seed, salt + 2 * turn))
                if len(out) == full:
                    break
        return out

    return draw


def list_draw(items: Sequence[Draw], rest: Draw | None, counts: tuple[int, int], salt: int) -> Draw:
    """Return a draw of lists: `items` at their places, then `rest` up to a number between `counts`."""
    first = tuple(items)
    low, high = counts
    width = high - low + 1
    if not first and rest is not None:
        return ListDraw(rest, low, width, salt)

    def draw(seed: int) -> JSON:
        seed = fork(seed, salt)
        out = [item((seed + _STRIDE * index) & MASK) for index, item in enumerate(first)]
        if rest is not None:
            length = low + seed % width
            out.extend(rest((seed + _STRIDE * index) & MASK) for index in range(len(first), length))
        return out

    return draw


def distinct_draw(items: Sequence[Draw], rest: Draw | None, counts: tuple[int, int], fewest: int, salt: int) -> Draw:
    """Return a draw of lists whose items differ; it is Stuck when fewer than `fewest` do."""
    first = tuple(items)
    low, high = counts
    width = high - low + 1

    def draw(seed: int) -> JSON:
        seed = fork(seed, salt)
        out: list[JSON] = []
        seen: set[object] = set()
        for index in range(max(len(first), low + seed % width) if rest is not None else len(first)):
            source = first[index] if index < len(first) else rest
            for attempt in range(_TRIES if source is not None else 0):
                value = source((seed + _STRIDE * (index + 1000 * attempt)) & MASK) if source is not None else None
                known = identity(value)
                if known not in seen:
                    seen.add(known)
                    out.append(value)
                    break
            else:
                break
        if len(out) < fewest:
            raise Stuck
        return out

    return draw
