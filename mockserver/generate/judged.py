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
_EXPLORATIONS = 48
_TRIES = 3
_WILD_TRIES = 6
_STOCK = 12

Fits = Callable[[JSON], bool]


def judged_draw(base: Draw | None, fits: Fits, explore: Draw) -> Draw | None:
    """Return a draw of values that fit: from `base` if they can be, else found by exploring; None if none was found."""
    plain = list(_met(base, fits, _TRIALS)) if base is not None else []
    wild = list(_met(explore, fits, _EXPLORATIONS)) if len(plain) < 2 else []
    stock = (plain + wild)[:_STOCK]
    if not stock:
        return None
    attempts: list[Draw] = []
    if plain and base is not None:
        attempts += [base] * _TRIES
    if wild:
        attempts += [explore] * _WILD_TRIES

    def draw(seed: int) -> JSON:
        for attempt, source in enumerate(attempts):
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
