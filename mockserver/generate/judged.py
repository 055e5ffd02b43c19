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
from mockserver.wire.json import loads, part_dumps

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
    return JudgedDraw(base, fits, _TRIES, stock) if len(stock) >= _ENOUGH else None


def explored_draw(explore: Draw, fits: Fits) -> Draw | None:
    """Return a draw of values that fit, from a source of which most do not; None if none was met."""
    stock = list(_met(explore, fits, _EXPLORATIONS))
    return JudgedDraw(explore, fits, _WILD_TRIES, stock) if stock else None


class JudgedDraw:
    """A draw of those values of another that fit, or of one that was met before."""

    __slots__ = ("fits", "source", "stock", "tries")

    def __init__(self, source: Draw, fits: Fits, tries: int, stock: list[JSON]) -> None:
        self.source = source
        self.fits = fits
        self.tries = tries
        self.stock = stock

    def __call__(self, seed: int) -> JSON:
        """Draw."""
        source, fits = self.source, self.fits
        for attempt in range(self.tries):
            try:
                value = source(fork(seed, attempt) if attempt else seed)
            except Stuck:
                continue
            if fits(value):
                return value
        return deepcopy(self.stock[below(seed, 5, len(self.stock))])

    def text(self, write: Callable[[int], bytes], seed: int) -> bytes:
        """Return the text of what is drawn, given what writes the source."""
        for attempt in range(self.tries):
            try:
                text = write(fork(seed, attempt) if attempt else seed)
            except Stuck:
                continue
            if self.fits(loads(text)):
                return text
        return part_dumps(self.stock[below(seed, 5, len(self.stock))])


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
