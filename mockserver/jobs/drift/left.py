"""What a watch could not see, in sentences: operations that share a reason share a sentence, what went wrong first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Final

from mockserver.contract.model import Operation
from mockserver.jobs.drift.plan import SAFE
from mockserver.jobs.drift.sight import Sight

_NAMED: Final = 8
_UNSAFE: Final = "not asked, as it may change something"


def left(
    operations: Sequence[Operation],
    sights: Sequence[Sight],
    checked: Collection[str],
    allowed: Collection[str],
    *,
    live: bool,
) -> Iterator[str]:
    """Yield a sentence for each reason why operations could not be seen, or only in part."""
    failed: dict[str, list[str]] = {}
    unasked: dict[str, list[str]] = {}
    for operation in operations:
        mine = [one.silent for one in sights if one.probe.operation.name == operation.name]
        silent = next(filter(None, mine), "")
        if operation.name in checked:
            if silent:
                failed.setdefault(f"in part: {silent}", []).append(operation.name)
        elif silent:
            failed.setdefault(f"could not check: {silent}", []).append(operation.name)
        elif mine:
            failed.setdefault("nothing was found there to look at", []).append(operation.name)
        else:
            unasked.setdefault(_why_unasked(operation, allowed, live=live), []).append(operation.name)
    for why, names in chain(failed.items(), unasked.items()):
        hint = f' (--allow "{_label(operations, names[0])}" asks)' if why == _UNSAFE else ""
        yield f"{_some(names)}: {why}{hint}"


def _why_unasked(operation: Operation, allowed: Collection[str], *, live: bool) -> str:
    if not live:
        return "not recorded"
    if operation.method not in SAFE and operation.label not in allowed:
        return _UNSAFE
    return "not asked: no answer has named such a thing"


def _label(operations: Sequence[Operation], name: str) -> str:
    return next(one.label for one in operations if one.name == name)


def _some(names: Sequence[str]) -> str:
    """Return the first names, and how many there are beside them.

    >>> _some([f"op{number}" for number in range(10)])
    'op0, op1, op2, op3, op4, op5, op6, op7 and 2 more'
    """
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
