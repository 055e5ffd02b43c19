"""Draws of lists and objects, made of the draws of what they hold.

These run for every answer, so each is the shortest function for its case. What they hold was chosen before; they know
no schemas.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence

from mockserver.generate.dice import HIGH, MASK, MULTIPLIER, Draw, below, fork
from mockserver.generate.facts import identity
from mockserver.generate.shelf import SHELF
from mockserver.values import JSON, Struct
from mockserver.wire.json import kept_dumps, loads

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

    def length(self, seed: int) -> int:
        """Return the number of the items."""
        return self.low + (((seed ^ self.salt) * MULTIPLIER & MASK) >> HIGH) % self.width

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


class KeptDraw:
    """A draw of one of a few that cost much to draw, so that their texts are kept."""

    __slots__ = ("_texts", "draw", "salt")

    def __init__(self, draw: Draw, salt: int) -> None:
        self.draw = draw
        self.salt = salt
        self._texts: list[bytes | None] = [None] * STOCK

    def __call__(self, seed: int) -> JSON:
        """Draw."""
        number = below(seed, self.salt, STOCK)
        try:
            return loads(self.text(number))
        except TypeError:
            return self.draw(fork(number, self.salt))

    def text(self, number: int) -> bytes:
        """Return the text of one of them; raise TypeError as `part_dumps` does."""
        text = self._texts[number]
        if text is None:
            text = kept_dumps(self.draw(fork(number, self.salt)))
            SHELF.keep(self._texts, number, text)
        return text


def json_draw(content: Draw, *, encoded: bool) -> Draw:
    """Return a draw of texts that hold a value in JSON, in base64 if they are encoded."""

    def draw(seed: int) -> JSON:
        text = json.dumps(content(seed), ensure_ascii=False, separators=(",", ":"))
        return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode() if encoded else text

    return draw


class ExtrasDraw:
    """A draw that adds `count` properties to an object: one of each kind in turn."""

    __slots__ = ("base", "count", "kinds", "salt", "turns")

    def __init__(self, base: ObjectDraw, extras: Sequence[tuple[Sequence[str], Draw]], count: int, salt: int) -> None:
        self.base = base
        self.kinds = [(tuple(names), value) for names, value in extras]
        self.turns = len(self.kinds) * max(len(names) for names, _ in self.kinds)
        self.count = count
        self.salt = salt

    def __call__(self, seed: int) -> JSON:
        """Draw."""
        out = self.base(seed)
        for name, kind, below_it in self.added(seed):
            out[name] = self.kinds[kind][1](below_it)
        return out

    def added(self, seed: int) -> Iterator[tuple[str, int, int]]:
        """Yield what is added: name, kind, and the seed of its value."""
        known = {name for name, _ in self.base.pairs}
        full = len(known) + self.count
        start = below(seed, self.salt, 1 << 20)
        for turn in range(self.turns):
            kind = turn % len(self.kinds)
            names = self.kinds[kind][0]
            name = names[(start + turn // len(self.kinds)) % len(names)]
            if name not in known:
                known.add(name)
                yield name, kind, fork(seed, self.salt + 2 * turn)
                if len(known) == full:
                    break


class Note(Struct, frozen=True):
    """A number at a place; None stands for the length of a list, where that fits."""

    at: tuple[str, ...]
    number: int | None
    admits: Callable[[JSON], bool]

    def of(self, length: int) -> int | None:
        """Return the number for a list of a length; None where what was drawn stays."""
        return self.number if self.number is not None else length if self.admits(length) else None


class CountedDraw:
    """A draw of objects whose numbers tell of the one list in them."""

    __slots__ = ("base", "items", "notes")

    def __init__(self, base: Draw, items: str, notes: Sequence[Note]) -> None:
        self.base = base
        self.items = items
        self.notes = tuple(notes)

    def __call__(self, seed: int) -> JSON:
        """Draw."""
        out = self.base(seed)
        self.note(out, len(out[self.items]))
        return out

    def note(self, out: dict[str, JSON], length: int) -> None:
        """Put the numbers into as much of a value as is there."""
        for note in self.notes:
            holder = out
            for name in note.at[:-1]:
                holder = holder.get(name, _NOTHING)
            number = note.of(length) if note.at[-1] in holder else None
            if number is not None:
                holder[note.at[-1]] = number


_NOTHING: dict[str, JSON] = {}


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
