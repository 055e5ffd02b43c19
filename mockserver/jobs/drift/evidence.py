"""A drift with every answer that shows it, seen with the contract as it is patched so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from mockserver.contract.model import Operation
from mockserver.contract.plan import Plan
from mockserver.document import pointer as pointers
from mockserver.document.documents import Node
from mockserver.exchange import Response
from mockserver.jobs.drift.gather import ANY, Drift, key_of, names_that_are_data
from mockserver.jobs.drift.sight import Shown, Sight, sight
from mockserver.jobs.drift.ways import Place, UseKey, Uses
from mockserver.jobs.service import Service
from mockserver.values import JSON, Struct
from mockserver.violation import Violation


class Evidence(Struct, frozen=True):
    """`showing` are the answers that show a drift, with what they show; `editable` the documents that may be changed.

    `others` are the drifts beside it, `sights` all answers of the run.
    """

    drift: Drift
    showing: tuple[tuple[Sight, Shown], ...]
    service: Service
    editable: Collection[str]
    uses: Uses
    sights: Sequence[Sight]
    others: Sequence[Drift]

    @property
    def sight(self) -> Sight:
        """The first answer."""
        return self.showing[0][0]

    @property
    def violation(self) -> Violation:
        """What is wrong with it."""
        return self.showing[0][1].violation

    @property
    def response(self) -> Response:
        """What was answered."""
        response = self.sight.response
        if response is None:
            raise LookupError("an answer that shows something is there")
        return response

    @property
    def operation(self) -> Operation:
        """The operation that answered, as it is written now."""
        return operation_of(self.service, self.sight.probe.operation) or self.sight.probe.operation

    @property
    def version(self) -> str:
        """The version of OpenAPI."""
        return self.service.contract.dialect.version

    def written(self, pointer: str) -> JSON:
        """Return what stands in the document that the finding is about."""
        return pointers.look_up(self.service.contract.documents.tree(self.violation.document), pointer)

    @property
    def is_of_data(self) -> bool:
        """Whether the names of new members are data, too."""
        holder = (self.drift.violation.operation, pointers.parent(self.drift.place))
        return holder in names_that_are_data(self.sights)

    def values(self) -> list[JSON]:
        """Return what stands at the place of the drift, in all answers that show it."""
        return [value for one, shown in self.showing for value in _every(one.value, _parts(shown))]

    def contradicting(self, node: Node) -> frozenset[Place]:
        """Return what leads to uses of a schema in which the drift does not show."""
        counts: Counter[UseKey] = Counter()
        for one, shown in self.showing:
            key = (one.probe.operation.name, shown.place)
            counts[key] += max(1, len(list(_every(one.value, _parts(shown)))))
        is_member = self.drift.kind == "required field absent"
        holders = {(name, pointers.parent(place)): count for (name, place), count in counts.items()}
        return self.uses.contradicting((node.uri, node.pointer), holders if is_member else counts)


def _parts(shown: Shown) -> tuple[str, ...]:
    inner = shown.place.partition("#")[2]
    return pointers.split(inner) if inner else ()


def _every(value: JSON, parts: Sequence[str]) -> Iterator[JSON]:
    """Yield what stands at a place, `*` for all items."""
    if not parts:
        yield value
        return
    first, rest = parts[0], parts[1:]
    if first == "*" and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _every(inner, rest)
    elif isinstance(value, dict) and first in value:
        yield from _every(value[first], rest)


def operation_of(service: Service, operation: Operation) -> Operation | None:
    """Return an operation as a patched contract has it; None: it has not."""
    return next((one for one in service.contract.operations if one.label == operation.label), None)


def seen_again(one: Sight, service: Service) -> Sight | None:
    """Return what an answer shows now; None: its operation is not there, or cannot be read."""
    operation = operation_of(service, one.probe.operation)
    plan = service.plans.of(operation) if operation is not None else None
    return sight(one.probe, plan, one.response, service) if isinstance(plan, Plan) and one.response else None


def showing(drift: Drift, sights: Sequence[Sight]) -> Iterator[tuple[Sight, frozenset[str]]]:
    """Yield the answers that show a drift, with its places there."""
    names = names_that_are_data(sights)
    key = _key(drift, names)
    for one in sights:
        places = frozenset(shown.place for shown in one.shown if _key(shown, names) == key)
        if places:
            yield one, places


def _key(shown: Shown | Drift, names: Collection[tuple[str, str]]) -> tuple[str, ...]:
    holder = (shown.violation.operation, pointers.parent(shown.place))
    return key_of(shown, ANY if holder in names else "")


def shown_still(drift: Drift, places: Collection[str], one: Sight) -> Iterator[Shown]:
    """Yield what an answer shows of a drift, now that pointers may have moved."""
    return (shown for shown in one.shown if shown.kind == drift.kind and shown.place in places)
