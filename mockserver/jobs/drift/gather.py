"""What many answers show together: one drift for one change, how often it was seen, and how sure that is.

A change of a component shows in every operation that uses it, and is told once. What was seen once may be an accident
and never fails a build; what was seen on three things or in two runs is no accident.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from mockserver.document import pointer as pointers
from mockserver.exchange import Response
from mockserver.jobs.drift.plan import Probe
from mockserver.jobs.drift.sight import Kind, Shown, Sight, level_of
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON, Struct, field, replace
from mockserver.violation import Level, Violation

Confidence: TypeAlias = Literal["low", "medium", "high"]

ANY: Final = "*"
"""Stands for the name of a member where names are data."""

_MANY_NAMES: Final = 8
_VALUES: Final = 12
_ENOUGH: Final = 10
_COMPONENTS: Final = ("/components/", "/definitions/", "/responses/")


class Drift(Struct, frozen=True):
    """One change of the live API. `seen` of `asked` answers show it, on so many `resources`, in so many `runs`.

    `sights` hold one answer for each operation; `values` are what stood there. `first` is the day of the first sight,
    empty for a new one. A conjecture shows only where the watch itself has set a parameter: perhaps nobody else does.
    """

    violation: Violation
    kind: Kind
    place: str
    operations: tuple[str, ...]
    seen: int
    asked: int
    resources: int
    sights: tuple[Sight, ...]
    values: tuple[JSON, ...] = ()
    runs: int = 1
    first: str = ""
    perhaps: str = ""
    is_conjecture: bool = False

    @property
    def fingerprint(self) -> str:
        """By what it is known: stable whatever thing, value and, for a component, operation shows it."""
        one = self.violation
        if one.pointer.startswith(_COMPONENTS) and self.place.partition(" ")[2].startswith("body#"):
            leaf = self.place.rpartition("/")[2]
            return replace(one, operation="", at=f"{self.kind} {one.pointer} {leaf}").fingerprint
        return replace(one, at=f"{self.kind} {self.place}").fingerprint

    @property
    def confidence(self) -> Confidence:
        """How sure it is that this is a change, and no accident."""
        if self.resources >= 3 or self.runs >= 2:
            return "high"
        return "medium" if self.seen >= 2 else "low"

    @property
    def level(self) -> Level:
        """The level where no client can be asked: what was seen once fails nothing."""
        level = "warning" if self.is_conjecture else level_of(self.kind)
        return "warning" if level == "error" and self.confidence == "low" else level

    @property
    def probe(self) -> Probe:
        """A request that shows it."""
        return self.sights[0].probe

    @property
    def response(self) -> Response | None:
        """The answer to it."""
        return self.sights[0].response


class _Kept(Struct):
    shown: Shown
    seen: int = 0
    resources: set[str] = field(default_factory=set)
    sights: dict[str, Sight] = field(default_factory=dict)
    values: list[JSON] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


_Key: TypeAlias = tuple[str, ...]


def gather(sights: Sequence[Sight]) -> tuple[Drift, ...]:
    """Return what changed, the worst first."""
    kept: dict[_Key, _Kept] = {}
    names = names_that_are_data(sights)
    for sight in sights:
        told: set[_Key] = set()
        for shown in sight.shown:
            parent = pointers.parent(shown.place)
            key = key_of(shown, ANY if (shown.violation.operation, parent) in names else "")
            one = kept.setdefault(key, _Kept(shown))
            one.seen += key not in told
            told.add(key)
            one.resources.add(_resource(sight.probe))
            one.sources.add(sight.probe.source)
            one.sights.setdefault(sight.probe.operation.name, sight)
            if len(one.values) < _VALUES and shown.violation.witness not in one.values:
                one.values.append(shown.violation.witness)
    drifts = [_drift(one, sights) for one in kept.values()]
    drifts = list(_without_consequences(drifts, sights))
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted((_renamed(one, drifts) for one in drifts), key=lambda one: order[one.level]))


def _resource(probe: Probe) -> str:
    return probe.request.target.partition("?")[0]


def key_of(shown: Shown | Drift, instead: str = "") -> _Key:
    """Return by what two findings are one: what has changed, and where in the contract."""
    violation = shown.violation
    if shown.kind in {"operation gone", "request rejected", "deprecated", "undocumented header"}:
        return violation.rule, violation.operation, violation.at
    if shown.kind in {"undocumented status", "undocumented media type", "unreadable body", "header missing"}:
        return violation.rule, violation.operation, shown.place
    leaf = instead or pointers.split(f"/{shown.place}")[-1]
    return shown.kind, violation.document, violation.pointer, leaf


def _drift(one: _Kept, sights: Sequence[Sight]) -> Drift:
    operations = tuple(one.sights)
    statuses = {sight.response.status for sight in one.sights.values() if sight.response is not None}
    asked = sum(
        sight.probe.operation.name in operations and sight.response is not None and sight.response.status in statuses
        for sight in sights
        if not sight.silent
    )
    shown = one.shown
    return Drift(
        shown.violation, shown.kind, shown.place, operations, one.seen, max(asked, 1), len(one.resources),
        tuple(one.sights.values()), tuple(one.values), is_conjecture=_is_conjecture(one),
    )  # fmt: skip


def _is_conjecture(one: _Kept) -> bool:
    if one.shown.kind == "undocumented status" and one.shown.place.startswith("4"):  # an error that we have provoked
        return one.sources <= {"listed", "bound", "absent"}
    return one.sources <= {"listed", "bound"}


def names_that_are_data(sights: Sequence[Sight]) -> frozenset[tuple[str, str]]:
    """Return the places whose undocumented properties are so many that their names must be data."""
    seen: dict[tuple[str, str], set[str]] = {}
    for sight in sights:
        for shown in sight.shown:
            if shown.kind == "undocumented field":
                holder = (shown.violation.operation, pointers.parent(shown.place))
                seen.setdefault(holder, set()).add(shown.place)
    return frozenset(holder for holder, names in seen.items() if len(names) > _MANY_NAMES)


def _without_consequences(drifts: Sequence[Drift], sights: Sequence[Sight]) -> Iterator[Drift]:
    """Leave out that one thing was not there, where the operation answered for another.

    Of what nobody has ever sent, and of what the API refuses whatever it is asked, a refusal tells nothing.
    """
    answered = {
        sight.probe.operation.name
        for sight in sights
        if not sight.silent and sight.response is not None and sight.response.status < 400
    }
    for one in drifts:
        if one.kind == "operation gone" and set(one.operations) <= answered:
            continue
        if one.kind == "request rejected" and one.is_conjecture and not set(one.operations) <= answered:
            continue
        yield one


def _renamed(one: Drift, drifts: Sequence[Drift]) -> Drift:
    """Say what a field is perhaps called now: one that is new beside it, where it is never seen any more."""
    if one.kind != "required field absent" or one.perhaps:
        return one
    holder = pointers.parent(one.place)
    beside = [
        other.place.rpartition("/")[2]
        for other in drifts
        if other.kind == "undocumented field" and pointers.parent(other.place) == holder
    ]
    return replace(one, perhaps=beside[0]) if len(beside) == 1 else one


def never_seen(sights: Sequence[Sight]) -> tuple[tuple[str, str], ...]:
    """Return the answers of which documented fields or values never came, though many were seen, and what that is."""
    counts: dict[tuple[str, int], _Count] = {}
    for sight in sights:
        if sight.response is None or sight.media is None or sight.media.bundle is None or sight.silent:
            continue
        count = counts.setdefault((sight.probe.operation.name, sight.response.status), _Count())
        _count(sight.value, [sight.media.bundle.schema], sight.media.bundle, "", count, 0)
    told = []
    for (operation, status), count in counts.items():
        names = [place for place, holder in count.documented.items() if not count.present.get(place) and
                 count.objects[holder] >= _ENOUGH]  # fmt: skip
        values = [f"{place} = {', '.join(map(str, left))}" for place, left in _unseen_values(count)]
        if names or values:
            told.append((f"{operation} {status}", ", ".join((*names, *values))))
    return tuple(told)


class _Count(Struct):
    documented: dict[str, str] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    listed: dict[str, list[JSON]] = field(default_factory=dict)
    values: dict[str, list[JSON]] = field(default_factory=dict)


def _unseen_values(count: _Count) -> Iterator[tuple[str, list[JSON]]]:
    for place, listed in count.listed.items():
        seen = count.values.get(place, [])
        left = [value for value in listed if value not in seen and value is not None]
        if len(seen) >= _ENOUGH and left:
            yield place, left


def _count(value: JSON, schemas: Sequence[JSON], bundle: Bundle, at: str, count: _Count, depth: int) -> None:
    if depth > 12:
        return
    parts = [part for schema in schemas for part in _parts(schema, bundle, frozenset())]
    if isinstance(value, list):
        items = [part["items"] for part in parts if isinstance(part.get("items"), dict)]
        for item in value:
            _count(item, items, bundle, f"{at}/*", count, depth + 1)
    elif isinstance(value, dict):
        count.objects[at] = count.objects.get(at, 0) + 1
        properties: dict[str, list[JSON]] = {}
        for part in parts:
            for name, schema in part.get("properties", {}).items():
                properties.setdefault(name, []).append(schema)
        for name, inner in properties.items():
            place = pointers.child(at, name)
            count.documented.setdefault(place, at)
            if name in value:
                count.present[place] = count.present.get(place, 0) + 1
                _count(value[name], inner, bundle, place, count, depth + 1)
    else:
        for part in parts:
            if isinstance(part.get("enum"), list):
                count.listed.setdefault(at, part["enum"])
                count.values.setdefault(at, []).append(value)


def _parts(schema: JSON, bundle: Bundle, followed: frozenset[str]) -> Iterator[Mapping[str, JSON]]:
    """Yield a schema and what holds beside it; what may hold (a branch of a union) is not expected."""
    if not isinstance(schema, dict):
        return
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/") and reference not in followed:
        yield from _parts(bundle.schema["$defs"][reference[8:]], bundle, followed | {reference})
    for branch in schema.get("allOf", ()):
        yield from _parts(branch, bundle, followed)
