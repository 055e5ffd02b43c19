"""What is wrong with a request that a method sent while it was watched, whatever its arguments mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.observed import Called, Observed, Shown
from mockserver.values import replace
from mockserver.violation import Violation

_WHATEVER: Final = frozenset({"request-media-type", "request-security"})
_ELSEWHERE: Final = frozenset({"request-path", "request-method"})
_UNKNOWN: Final = frozenset({"request-undeclared", "request-properties"})


def strays(observed: Observed, marks: Collection[str], made: str) -> Iterator[Shown]:
    """Yield what is wrong; `marks` are the values that nobody else uses, `made` a name that was made up for them."""
    for violation in observed.violations:
        if violation.side == "consumer" and _is_true(violation, observed, marks, made):
            case = Case("sent", {}, None, "watched")
            called = Called((observed,), {}, source=observed.source)
            yield Shown(replace(violation, level="error"), case, called, observed.source, request=observed.request)


def _is_true(violation: Violation, observed: Observed, marks: Collection[str], made: str) -> bool:
    if violation.rule in _WHATEVER:
        return True
    if violation.rule in _ELSEWHERE:  # a method that takes the path itself is a door and no call of an operation
        start = observed.request.path.strip("/").partition("/")[0]
        return bool(start) and not any(mark in start or mark == observed.request.method for mark in marks)
    name = violation.at.rpartition(".")[2].rpartition("/")[2]
    told = f"{violation.message} {violation.witness!r}"
    return violation.rule in _UNKNOWN and made not in {name, *told.split()} and _arrives(observed, marks)


def _arrives(observed: Observed, marks: Collection[str]) -> bool:
    wire = observed.request.target + observed.request.body.decode("utf-8", "replace")
    return any(mark in wire for mark in marks)
