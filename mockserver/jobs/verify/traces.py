"""Where a part of an answer comes back, whatever the client calls it: seen by what moves with what.

An answer is varied in one place at a time. A part of the result that shows two of its values shows that place; what
shows a third value as something else has misread it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mockserver.document import pointer as pointers
from mockserver.jobs.verify.arrival import is_same
from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.observed import Called
from mockserver.jobs.verify.places import bare
from mockserver.values import JSON, Struct, field

OPAQUE: Final = object()
"""A part of a result of which nothing can be told."""
_DEEPEST: Final = 6
_ENOUGH: Final = 2


class Trace(Struct, frozen=True):
    """What was answered, and what stood in one part of the result."""

    sent: JSON
    got: JSON
    case: Case
    called: Called

    @property
    def is_kept(self) -> bool:
        """Whether it came back as it was."""
        return is_same(self.sent, self.got)


class Traces(Struct):
    """What came back, by the place that was varied and by the part of the result."""

    seen: dict[tuple[str, str], list[Trace]] = field(default_factory=dict)

    def add(self, case: Case, called: Called) -> None:
        """Take note of every part of a result under the place that was varied."""
        given = case.given
        if given is None or not given.at:
            return
        sent = _at(given.value, given.at)
        if not isinstance(sent, str | int | float) or sent == "":
            return
        for part, got in _leaves(called.returned, "", _DEEPEST):
            if bare(part.rpartition("/")[2]) != bare(given.at.rpartition("/")[2]):  # its namesake is compared anyway
                self.seen.setdefault((_any(given.at), part), []).append(Trace(sent, got, case, called))

    def broken(self) -> Iterator[Trace]:
        """Yield, for each part that shows a place, what it did not show as it was answered."""
        for traces in self.seen.values():
            kept = {repr(one.sent) for one in traces if one.is_kept}
            lost = next((one for one in traces if not one.is_kept), None)
            if len(kept) >= _ENOUGH and lost is not None:
                yield lost


def _any(place: str) -> str:
    return re.sub(r"/\d+(?=/|$)", "/*", place)


def _at(value: JSON, place: str) -> JSON:
    for name in pointers.split(place):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _leaves(value: JSON, place: str, fuel: int) -> Iterator[tuple[str, JSON]]:
    """Yield the parts of a result that hold no others; of a list, those of its only item."""
    if not fuel:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{place}/{name}", fuel - 1)
    elif isinstance(value, list):
        if len(value) == 1:
            yield from _leaves(value[0], f"{place}/*", fuel - 1)
    elif value is not OPAQUE:
        yield place, value
