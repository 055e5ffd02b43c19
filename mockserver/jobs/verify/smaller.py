"""Smaller values: what a value can be made simpler by, one step at a time, the greatest steps first."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.values import JSON


def smaller(value: JSON) -> Iterator[JSON]:
    """Yield values that are simpler than this one.

    >>> list(smaller({"a": 2}))
    [{}, {'a': 0}, {'a': 1}]
    """
    match value:
        case dict():
            for name in value:
                yield {other: item for other, item in value.items() if other != name}
            for name, item in value.items():
                for less in smaller(item):
                    yield {**value, name: less}
        case list():
            yield from _shorter(value)
            for index, item in enumerate(value):
                for less in smaller(item):
                    yield [*value[:index], less, *value[index + 1 :]]
        case str():
            yield from _shorter(value)
            for index, letter in enumerate(value):
                if letter > "a":
                    yield f"{value[:index]}a{value[index + 1 :]}"
        case True:
            yield False
        case int() | float() if value and not isinstance(value, bool):
            nearer = (0, 1, int(value / 2), int(value * 3 / 4), int(value) - (1 if value > 0 else -1))
            yield from dict.fromkeys(less for less in nearer if abs(less) < abs(value))


def _shorter(value: JSON) -> Iterator[JSON]:
    """Yield nothing of a sequence, each half of it, and all but each of its items."""
    if not value:
        return
    half = len(value) // 2
    yield value[:0]
    if half:
        yield value[:half]
        yield value[half:]
    for index in range(len(value) if len(value) > 1 else 0):
        yield value[:index] + value[index + 1 :]
