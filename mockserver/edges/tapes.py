"""hypothesis: draws rows of bytes, and what is read off them.

Always without a database and without a deadline; the same seed draws the same, in every process.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from mockserver.errors import MissingExtra

try:
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis.strategies import SearchStrategy, binary
except ImportError as missing:
    raise MissingExtra("random draws need hypothesis", fix='pip install "mockserver[test]"') from missing

T = TypeVar("T")

BATCH: Final = 50


def strategy(read: Callable[[bytes], T], length: int) -> SearchStrategy[T]:
    """Return the strategy of what is read off a row of bytes: it becomes simpler as the row becomes smaller."""
    return binary(min_size=length, max_size=length).map(read)


def drawn(read: Callable[[bytes], T], length: int, most: int, random_seed: int, *, batch: int = BATCH) -> Iterator[T]:
    """Yield so many draws, a `batch` at a time: whoever has enough stops asking."""
    values = strategy(read, length)
    for begun in range(0, most, batch):
        yield from examples(values, min(batch, most - begun), random_seed + begun)


def examples(values: SearchStrategy[T], count: int, random_seed: int) -> list[T]:
    """Return so many examples of a strategy, the same for the same seed; none is kept or made smaller."""
    found: list[T] = []

    @seed(random_seed)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(values)
    def draw(value: T) -> None:
        found.append(value)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        draw()
    return found
