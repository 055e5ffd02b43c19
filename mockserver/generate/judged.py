"""Draws that cannot promise to fit, made safe: what they draw is judged, and drawn again.

The values that were met while this was planned are kept, so a draw never fails later, and gives the same for the same
seed whatever was drawn before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy

from mockserver.generate.dice import Draw, below, fork
from mockserver.generate.nodes import Stuck
from mockserver.values import JSON

_TRIALS = 8
_ENOUGH = 2
_EXPLORATIONS = 60
_TRIES = 3
_WILD_TRIES = 6
_STOCK = 12

Fits = Callable[[JSON], bool]


def judged_draw(base: Draw, fits: Fits) -> Draw | None:
    """Return a draw of those values of `base` that fit; None if too few do for that to be worth trying."""
    stock = list(_met(base, fits, _TRIALS))
    return _stocked(base, fits, _TRIES, stock) if len(stock) >= _ENOUGH else None


def explored_draw(explore: Draw, fits: Fits) -> Draw | None:
    """Return a draw of values that fit, from a source of which most do not; None if none was met."""
    stock = list(_met(explore, fits, _EXPLORATIONS))
    return _stocked(explore, fits, _WILD_TRIES, stock) if stock else None


def _stocked(source: Draw, fits: Fits, tries: int, stock: list[JSON]) -> Draw:
    def draw(seed: int) -> JSON:
        for attempt in range(tries):
            try:
                value = source(fork(seed, attempt) if attempt else seed)
            except Stuck:
                continue
            if fits(value):
                return value
        return deepcopy(stock[below(seed, 5, len(stock))])

    return draw


def _met(draw: Draw, fits: Fits, count: int) -> Iterator[JSON]:
    met = 0
    for trial in range(count):
        try:
            value = draw(fork(trial, 13))
        except Stuck:
            continue
        if fits(value):
            met += 1
            yield value
        if met >= _STOCK:
            return
