"""A method of a client bound to the operations it calls: a value that the suite, the calls and the report share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.contract.model import Operation
from mockserver.edges.consumer.binding import Bound, How
from mockserver.jobs.verify.cases import Place
from mockserver.values import Struct


class Binding(Struct, frozen=True):
    """A method, or a function of the suite, and the operations it calls.

    `bound` holds, for each operation, which parameter speaks of which place; `fixed` are values for parameters that
    speak of none. `more`: it takes all other places as keywords.
    """

    label: str
    how: How
    operations: tuple[Operation, ...]
    bound: tuple[tuple[Bound, ...], ...]
    spelled: str
    function: Callable[..., Any] | None = None
    method: str = ""
    optional: frozenset[str] = frozenset()
    pages: bool = False
    more: bool = False
    fixed: tuple[tuple[str, Any], ...] = ()
    source: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The operations' names."""
        return tuple(operation.name for operation in self.operations)


def spelled(place: Place) -> str:
    """Return a place as `query.to/country`."""
    return place[0] + (f".{'/'.join(place[1:])}" if len(place) > 1 else "")
