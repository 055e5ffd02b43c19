"""Does a change of the contract touch what our client uses, by the facts that a run has written down?

A used place is followed through the schemas of the old edition: a change of a schema that is not met on the way, nor
in what is handed on as a whole, is a change of something that the client does not look at, or does not send. Where the
facts cannot tell, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from mockserver.change.model import Change, Comparison, Place
from mockserver.contract.model import Contract, MediaType, Operation
from mockserver.contract.plan import Broken, Plans
from mockserver.document import pointer as pointers
from mockserver.errors import MockserverError
from mockserver.jobs.impact import Impact
from mockserver.jobs.usage_facts import OperationUse, Usage
from mockserver.jobs.usage_places import members
from mockserver.schema.bundle import Bundle
from mockserver.schema.compile import Validators
from mockserver.schema.dialects import Direction
from mockserver.schema.edition import below
from mockserver.values import JSON, Struct

_Path: TypeAlias = tuple[str | int, ...]
_DEEPEST: Final = 24
_BY_SENDING: Final = frozenset({"parameter-removed", "parameter-respelled"})


class _Met(Struct, frozen=True):
    """The schemas that speak of each part of a used place, the root first; `more` are those of all that is in it."""

    parts: Sequence[str]
    schemas: Sequence[frozenset[Place]]
    more: frozenset[Place] = frozenset()

    def touches(self, place: Place, member: str) -> bool:
        """Tell whether a change of a schema, or of one member that it speaks of, concerns the used place."""
        if place in self.more:
            return True
        for index, schemas in enumerate(self.schemas):
            if place in schemas:
                following = self.parts[index] if index < len(self.parts) else ""
                if not member or following in (member, "*"):
                    return True
        return False


class UsedChanges:
    """The verdicts of the usage facts of one client on the changes from `old` to `new`; `file` is where they stand."""

    def __init__(self, usage: Usage, file: str, old: Contract, new: Contract) -> None:
        self._usage = usage
        self._file = file
        self._plans = Plans(old, Validators())
        self._contracts = old, new
        self._met: dict[tuple[str, str], list[_Met] | None] = {}

    def of(self, comparison: Comparison) -> tuple[Impact | None, ...]:
        """Return a verdict for each change: unused, or None where the facts do not say so."""
        return tuple(self._of(change) for change in comparison.changes)

    def _of(self, change: Change) -> Impact | None:
        operations = list(self._operations(change))
        if change.level == "info" or not operations or len(operations) < len(change.operations):
            return None  # it fails nothing, or somebody else asks: the API, in a webhook or a callback
        known = [(one, use) for one in operations if (use := self._use(one)) is not None]
        if not known:
            return Impact("unused", f"{self._file}: your client does not call {operations[0].name}")
        if any(self._touches(change, one, use) for one, use in known):
            return None
        word = "send" if change.direction == "request" else "look at"
        return Impact("unused", f"{self._file}: your client does not {word} what this is about")

    def _operations(self, change: Change) -> Iterator[Operation]:
        """Yield the operations of a change as the old edition has them, else as the new one does."""
        for name in change.operations:
            found = (one for contract in self._contracts for one in contract.operations if one.name == name)
            now = next(found, None)
            if now is not None:
                yield next((one for one in self._contracts[0].operations if one.label == now.label), now)

    def _use(self, operation: Operation) -> OperationUse | None:
        facts = self._usage.operations
        if operation.name in facts:
            return facts[operation.name]
        return next((one for one in facts.values() if one.label == operation.label), None)

    def _touches(self, change: Change, operation: Operation, use: OperationUse) -> bool:
        """Tell whether a change may concern a client that uses an operation so."""
        location, _, name = change.at.rpartition(" ")[2].partition("#")[0].partition(".")
        if change.direction == "response" and location == "header":
            return any(place.lower() == f"header.{name}".lower() for reads in use.reads.values() for place in reads)
        if change.direction == "request" and location in {"query", "header", "cookie"}:
            by_sending = change.about is not None or change.rule in _BY_SENDING
            return not by_sending or any(_is_of(place, location, name) for place in use.sends)
        if change.about is None or change.direction == "" or location != "body":
            return True
        met = self._all_met(operation, use, change.direction)
        return met is None or any(one.touches(*change.about) for one in met)

    def _all_met(self, operation: Operation, use: OperationUse, direction: Direction) -> list[_Met] | None:
        """Return what the client's places lead through; None where one of them leads nowhere any more."""
        key = operation.label, direction
        if key not in self._met:
            try:
                self._met[key] = list(self._followed(operation, use, direction))
            except (MockserverError, LookupError):
                self._met[key] = None
        return self._met[key]

    def _followed(self, operation: Operation, use: OperationUse, direction: Direction) -> Iterator[_Met]:
        plan = self._plans.of(operation)
        if isinstance(plan, Broken):
            raise MockserverError(plan.violation.message, where=operation.label, fix=plan.violation.fix)
        if direction == "request":
            sent = [
                (place.removeprefix("body").removeprefix("#"), isinstance(fact.value, dict | list))
                for place, fact in use.sends.items()
                if place.partition("#")[0] == "body"
            ]
            for media in plan.body.content if plan.body is not None else ():
                yield from self._places(media, direction, sent)
            return
        for answer, reads in use.reads.items():
            status, _, name = answer.partition(" ")
            described = next(one for one in (*plan.responses, None) if one is None or one.status == status)
            if described is None:
                raise LookupError(answer)
            read = [(place, one.use == "passed") for place, one in reads.items() if not place.startswith("header.")]
            for media in described.content:
                if media.name == name:
                    yield from self._places(media, direction, read)

    def _places(self, media: MediaType, direction: Direction, places: Iterable[tuple[str, bool]]) -> Iterator[_Met]:
        bundle = self._plans.media(media, direction).bundle
        for place, whole in places if bundle is not None else ():
            yield _met(bundle, pointers.split(place), whole=whole)  # type: ignore[arg-type]  # it is no None here


def _met(bundle: Bundle, parts: Sequence[str], *, whole: bool) -> _Met:
    paths = _flat(bundle, [()])
    met = [_told(bundle, paths)]
    for part in parts:
        paths = _flat(bundle, [path for above in paths for path in members(_at(bundle, above), above, part)])
        if not paths:
            raise LookupError(part)
        met.append(_told(bundle, paths))
    return _Met(parts, met, _told(bundle, _all_below(bundle, paths)) if whole else frozenset())


def _told(bundle: Bundle, paths: Iterable[_Path]) -> frozenset[Place]:
    return frozenset(map(bundle.place, paths))


def _flat(bundle: Bundle, paths: Iterable[_Path]) -> list[_Path]:
    """Return schemas with all that stand beside them: what they refer to, and what they are composed of."""
    found: dict[_Path, None] = {}
    todo = list(paths)
    while todo:
        path = todo.pop()
        if path in found or len(path) > _DEEPEST:
            continue
        found[path] = None
        node = _at(bundle, path)
        if isinstance(node, dict):
            todo.extend(_referred(node))
            todo.extend((*path, word) for word in ("if", "then", "else", "not") if word in node)
            todo.extend(
                (*path, word, index) for word in ("allOf", "anyOf", "oneOf") for index in range(len(node.get(word, ())))
            )
    return list(found)


def _all_below(bundle: Bundle, paths: Iterable[_Path]) -> Iterator[_Path]:
    todo, seen = list(paths), set(paths)
    while todo:
        path = todo.pop()
        yield path
        node = _at(bundle, path)
        if isinstance(node, dict):
            inner = [*_referred(node), *((*path, *steps) for steps, _ in below(node))]
            todo.extend(one for one in inner if one not in seen)
            seen.update(inner)


def _referred(node: dict[str, JSON]) -> Iterator[_Path]:
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        yield "$defs", reference.removeprefix("#/$defs/")


def _at(bundle: Bundle, path: _Path) -> JSON:
    node = bundle.schema
    for step in path:
        node = node[step]
    return node


def _is_of(place: str, location: str, name: str) -> bool:
    """Tell whether a used place is a parameter, or in it; names of header fields are case-insensitive."""
    known, wanted = place.partition("#")[0], f"{location}.{name}"
    return known.lower() == wanted.lower() if location == "header" else known == wanted
