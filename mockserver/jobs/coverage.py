"""How much of its contracts did a client see and say? Watches sessions, and tells what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from mockserver.contract.model import Contract
from mockserver.coverage.counts import Change, Count, Covered, change, covered
from mockserver.coverage.measure import Measure
from mockserver.coverage.points import TITLES, Point
from mockserver.coverage.shapes import Shapes
from mockserver.coverage.stored import Seen, merged
from mockserver.coverage.universe import universe
from mockserver.exchange import Request, whole
from mockserver.jobs.coverage_lines import Lines, pages, sentence
from mockserver.jobs.judge import digest
from mockserver.jobs.service import Answer, Service
from mockserver.messages import BY_ID
from mockserver.report.model import Finding, Report, Table
from mockserver.schema.compile import Validators
from mockserver.values import JSON
from mockserver.violation import Violation

_LISTED = 8
_MOST = 500
"""Rows of a table; the annotated contract and the figures have all."""


class Coverage:
    """What the sessions of a run have seen, contract by contract. Safe for threads."""

    def __init__(self) -> None:
        self._validators = Validators()
        self._measures: dict[tuple[str, str], Measure] = {}
        self._others: list[Seen] = []
        self._lock = threading.Lock()

    def observer(self, services: Sequence[Service]) -> Callable[[Request, Answer], None]:
        """Return what a session of these services is to tell of each exchange."""
        measures = {service.name: self._measure(service) for service in services}

        def observe(request: Request, answer: Answer) -> None:
            measure = measures.get(answer.service)
            if measure is not None and answer.operation and answer.source != "refused":
                is_sound = answer.source in {"generated", "example"}
                measure.note(answer.operation, request, answer.reading, whole(answer.response), is_sound=is_sound)

        return observe

    def _measure(self, service: Service) -> Measure:
        key = service.name, service.contract.documents.root
        with self._lock:
            known = self._measures.get(key)
            if known is None or not _is_same(known.contract, service.contract):
                made = self._measures[key] = Measure(service.plans, self._validators)
                made.seen |= known.seen if known is not None else set()  # of an edition before: a mock was reloaded
            return self._measures[key]

    def add(self, seen: Iterable[Seen]) -> None:
        """Take over what another process has seen."""
        self._others.extend(seen)

    def seen(self) -> tuple[Seen, ...]:
        """Return all that was seen."""
        own = (
            Seen(name, root, digest(measure.contract), *measure.keys())
            for (name, root), measure in tuple(self._measures.items())
            if measure.seen or measure.broken
        )
        return merged((*own, *self._others))


def _is_same(one: Contract, other: Contract) -> bool:
    """Tell whether two readings are of the same documents, overlays included."""
    if one is other:
        return True
    return one.documents.data == other.documents.data and one.root.tree == other.root.tree


def covered_of(contract: Contract, seen: Seen) -> Covered:
    """Return how much of a contract was seen."""
    shapes = Shapes(contract.documents, contract.dialect, Validators())
    return covered(universe(contract, shapes), seen.keys)


def report(
    contract: Contract,
    seen: Seen,
    *,
    fail_under: float | None = None,
    against: Seen | None = None,
    annotate: bool = False,
    found: Covered | None = None,
) -> Report:
    """Return the coverage of one contract; `found` is that of `covered_of`, where it is known already.

    `fail_under` is in percent of what the client uses. What `against` had seen and `seen` has not is a warning.
    `annotate` adds the documents, line by line.
    """
    found = found or covered_of(contract, seen)
    lines = Lines(contract)
    findings: list[Finding] = []
    if fail_under is not None and found.of_used.percent < fail_under:
        findings.append(_below(contract, found, fail_under))
    compared = change(found.universe, against.keys, seen.keys) if against is not None else None
    if compared is not None:
        findings.extend(_lost(found, point, lines) for point in compared.lost)
    return Report(
        "coverage",
        contract.name,
        "",
        len(found.used),
        tuple(_unchecked(contract, seen, found)),
        tuple(findings),
        note=told(found, compared),
        figures=_figures(found, compared),
        tables=tuple(_tables(found, compared, lines)),
        pages=tuple(pages(contract, found, lines)) if annotate else (),
    )


def told(found: Covered, compared: Change | None = None) -> str:
    """Return the figures in a few words."""
    operations = sum(point.kind == "operation" for point in found.universe.points.values())
    text = (
        f"{len(found.used)}/{operations} operations, {_percent(found.of_used)} of what is used, "
        f"{_percent(found.contract)} of the contract"
    )
    if compared is not None and (compared.gained or compared.lost):
        text += f"; {len(compared.gained)} gained, {len(compared.lost)} lost"
    return text


def _percent(count: Count) -> str:
    """Return percent; 100 only when nothing is missing, 0 only when nothing was seen.

    >>> _percent(Count(999, 1000)), _percent(Count(1, 1000)), _percent(Count(5, 10))
    ('99 %', '1 %', '50 %')
    """
    rounded = round(count.percent)
    if 0 < count.seen < count.all:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded} %"


def _unchecked(contract: Contract, seen: Seen, found: Covered) -> Iterator[str]:
    unused = [operation.name for operation in contract.operations if operation.name not in found.used]
    if unused:
        listed = ", ".join(unused[:_LISTED]) + (", ..." if len(unused) > _LISTED else "")
        yield f"{len(unused)} of {len(contract.operations)} operations were never asked for: {listed}"
    yield from sorted(seen.broken)
    yield from found.universe.broken
    if seen.digest != digest(contract):
        gone = len(seen.keys - found.seen)
        yield f"{contract.name} has changed since this was measured: {gone} of what was seen is no longer in it"


def _figures(found: Covered, compared: Change | None) -> dict[str, JSON]:
    def plain(count: Count) -> JSON:
        return {"seen": count.seen, "all": count.all, "percent": round(count.percent, 2)}

    figures: dict[str, JSON] = {
        "contract": plain(found.contract),
        "used": plain(found.of_used),
        "operations": sorted(found.used),
        "kinds": {f"{kind} {said}": plain(count) for (said, kind), count in found.kinds().items()},
        "missing": [point.key for point in found.missing()],
    }
    if compared is not None:
        figures["gained"] = [point.key for point in compared.gained]
        figures["lost"] = [point.key for point in compared.lost]
    return figures


def _tables(found: Covered, compared: Change | None, lines: Lines) -> Iterator[Table]:
    used, whole_contract = found.kinds(found.universe.of(found.used)), found.kinds()
    rows = tuple(
        (f"{TITLES[kind]} {said}" if kind != "operation" else "operations", str(used.get((said, kind), "")), str(count))
        for (said, kind), count in whole_contract.items()
    )
    yield Table("Seen", ("", "of what is used", "of the contract"), rows)
    missing = found.missing()
    if missing:
        listed = [lines.row(point) for point in missing[:_MOST]]
        more = [("", f"and {len(missing) - _MOST} more")] if len(missing) > _MOST else []
        yield Table("Never seen, of what is used", ("where", "what"), (*listed, *more))
    if compared is not None and compared.gained:
        yield Table("New since the baseline", ("where", "what"), tuple(map(lines.row, compared.gained[:_MOST])))


def _below(contract: Contract, found: Covered, fail_under: float) -> Finding:
    root = contract.documents.root
    missing = len(found.missing())
    return _finding(
        Violation(
            "coverage-below", "consumer", BY_ID["coverage-below"].level, "", root, "/paths", "",
            f"{found.of_used.percent:.1f} % of what your client uses was seen, and {fail_under:g} % is asked for",
            f"test what was never seen ({missing}), or ask for less",
        ),
        *("", 0, ""),
    )  # fmt: skip


def _lost(found: Covered, point: Point, lines: Lines) -> Finding:
    names = found.universe.reached_by(point.key)
    operation = names[0] if len(names) == 1 else ""
    violation = Violation(
        "coverage-lost", "consumer", BY_ID["coverage-lost"].level, operation, point.uri, point.pointer, point.key,
        f"no longer {sentence(point)}",
        "test it again, or measure a new baseline",
    )  # fmt: skip
    return _finding(violation, *lines.of(point.uri, point.pointer))


def _finding(violation: Violation, file: str, line: int, text: str) -> Finding:
    return Finding(
        violation.rule,
        violation.side,
        violation.level,
        violation.operation,
        violation.pointer,
        file,
        line,
        violation.at,
        violation.message,
        violation.fix,
        violation.fingerprint,
        text,
    )
