"""Answers that break the contract, each in one place: for a grade of how a client takes them, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.jobs.verify.answers import Given
from mockserver.jobs.verify.cases import Cases
from mockserver.values import JSON, replace
from mockserver.wire.media_type import is_json

_DEEPEST = 3


def violating(cases: Cases) -> Iterator[Given]:
    """Yield successes that break the contract: a property left out, null, or of another type."""
    for given in cases.answers():
        media = given.media
        if given.status >= 400 or media is None or not is_json(media.media.name) or given.why != "with everything":
            continue
        for value, why, at in _broken(given.value, "", _DEEPEST):
            if not media.accepts(value):
                yield replace(given, value=value, why=why, at=at)


def _broken(value: JSON, at: str, fuel: int) -> Iterator[tuple[JSON, str, str]]:
    if isinstance(value, dict) and fuel:
        for name, item in value.items():
            here = f"{at}/{name}"
            yield {key: other for key, other in value.items() if key != name}, "left out", here
            for broken, why, place in _broken(item, here, fuel - 1):
                yield {**value, name: broken}, why, place
    yield None, "null", at
    yield _another(value), "of another type", at


def _another(value: JSON) -> JSON:
    match value:
        case str():
            return 7
        case dict():
            return []
        case list():
            return {}
        case _:
            return "x"
