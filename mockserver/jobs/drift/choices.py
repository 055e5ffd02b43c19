"""Which edits could make a drift true: the place of the edit from the ways that lead there, its form from the kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mockserver.document import pointer as pointers
from mockserver.document.documents import Node
from mockserver.jobs.drift.answer_edits import ANSWERS
from mockserver.jobs.drift.evidence import Evidence
from mockserver.jobs.drift.gather import ANY, Drift
from mockserver.jobs.drift.refused import refused
from mockserver.jobs.drift.sight import Kind
from mockserver.jobs.drift.spots import Spot, spots
from mockserver.jobs.drift.ways import UNIONS, Way, schema_of_media, ways
from mockserver.jobs.drift.widen import WIDENINGS, Wanted, Ways, enveloped

RANKS: Final[Mapping[Kind, int]] = {
    "undocumented field": 0, "undocumented header": 0, "deprecated": 0, "new enum value": 1, "undocumented status": 1,
    "undocumented media type": 1, "new alternative": 1, "null": 2, "required field absent": 2, "header missing": 2,
    "changed format": 3, "changed pattern": 3, "changed bound": 3, "changed header": 3, "widened type": 4,
    "changed type": 5, "request rejected": 6, "operation gone": 7,
}  # fmt: skip
"""By what is given up: 0 and 1 only add, from 2 clients may rely on less, from 6 less may be asked."""
SAFE_RANK: Final = 1
ENVELOPED: Final = 5

_OF_ITS_VALUE: Final[frozenset[Kind]] = frozenset({"null", "changed type", "widened type", "new alternative"})
_OF_ITS_HOLDER: Final[frozenset[Kind]] = frozenset({"required field absent", "undocumented field"})

REASONS: Final[Mapping[Kind, str]] = {
    "unreadable body": "what cannot be read has no schema",
    "operation gone": "it was seen once only",
    "request rejected": "no parameter tells what is refused",
}
"""Why a drift of a kind has no edit, where that has a reason of its own."""


def rank_of(drift: Drift, others: Sequence[Drift]) -> int | None:
    """Return how much an edit gives up; None: there is no edit for this kind of drift."""
    if _is_envelope(drift, others):
        return ENVELOPED
    holder = drift.place.rpartition("/")[0]
    beside = (one for one in others if one.operations == drift.operations and one.place.rpartition("/")[0] == holder)
    if drift.kind == "required field absent" and any(_is_envelope(one, others) for one in beside):
        return ENVELOPED + 1  # it stands in the envelope: nothing is left to do once that is documented
    return RANKS.get(drift.kind)


def _is_envelope(drift: Drift, others: Sequence[Drift]) -> bool:
    """Tell whether all that was answered stands in one new member: it is new, and what was required is absent."""
    if drift.kind != "undocumented field" or drift.place.count("/") != 1:
        return False
    beside = [one for one in others if one.operations == drift.operations and one.place.count("/") == 1]
    absent = sum(one.kind == "required field absent" for one in beside)
    return (
        absent > 0 and all(one is drift or one.kind == "required field absent" for one in beside) and _is_object(drift)
    )


def _is_object(drift: Drift) -> bool:
    """Tell whether the new member holds an object that keeps the names of what was answered before."""
    name = pointers.split(drift.violation.at.partition("#")[2])[-1]
    for sight in drift.sights:
        schema = schema_of_media(sight.media)
        value = sight.value.get(name) if isinstance(sight.value, dict) else None
        if schema is None or not isinstance(value, dict) or sight.media is None or not sight.media.accepts(value):
            return False
    return True


def choices(evidence: Evidence) -> Ways:
    """Yield ways to make a drift true, the narrowest first."""
    drift = evidence.drift
    if drift.kind == "operation gone" and drift.confidence == "low":
        return
    if drift.kind == "request rejected":
        yield from refused(evidence)
    elif drift.kind in ANSWERS:
        yield from ANSWERS[drift.kind](evidence)
    elif drift.kind in WIDENINGS:
        yield from _widened(evidence)


def _widened(evidence: Evidence) -> Ways:
    wanted = _wanted(evidence)
    if _is_envelope(evidence.drift, evidence.others):
        yield from _enveloped(evidence, wanted)
        return
    widen = WIDENINGS[evidence.drift.kind]
    for way in _ways_to(evidence):
        for spot in spots(way, evidence.service.contract.documents, evidence.editable, _contradicting(evidence, way)):
            if isinstance(spot.tree, dict):
                yield from widen(spot, wanted)


def _contradicting(evidence: Evidence, way: Way) -> frozenset[tuple[str, str]]:
    """Return what a component's other users have against an edit: nothing, where it only describes what may come."""
    return frozenset() if evidence.drift.kind == "undocumented field" else evidence.contradicting(way[-1])


def _wanted(evidence: Evidence) -> Wanted:
    violation = evidence.violation
    parts = pointers.split(violation.at.partition("#")[2]) if "#" in violation.at else ()
    values = [one for one in evidence.values() if one is not None or evidence.drift.kind == "undocumented field"]
    if evidence.drift.kind == "null":
        values = [None]
    keyword = pointers.split(violation.pointer)[-1] if violation.pointer else ""
    name = ANY if evidence.drift.kind == "undocumented field" and evidence.is_of_data else parts[-1] if parts else ""
    return Wanted(tuple(values), keyword, name, evidence.service)


def _ways_to(evidence: Evidence) -> Iterator[Way]:
    """Yield the ways to the schemas that a drift is about: that which the finding names, first."""
    violation, kind = evidence.violation, evidence.drift.kind
    start = schema_of_media(evidence.sight.media)
    if start is None:
        return
    inner = violation.at.partition("#")[2]
    at = pointers.parent(inner) if kind in _OF_ITS_HOLDER else inner
    found = list(ways(evidence.service.contract.documents, start, at))
    named = (violation.document, pointers.parent(violation.pointer))
    exact = [way for way in found if (way[-1].uri, way[-1].pointer) == named]
    if kind == "undocumented field":
        yield from _describing(found)
        return
    if kind in _OF_ITS_VALUE:
        unions = [way for way in found if any(isinstance(way[-1].tree.get(union), list) for union in UNIONS)]
        yield from (way for way in reversed(unions) if way not in exact)
    yield from exact
    yield from (way for way in found if way not in exact) if kind in _OF_ITS_VALUE else ()


def _describing(found: list[Way]) -> Iterator[Way]:
    """Yield the ways to schemas that name properties, a part of a whole last; else to what may be an object."""
    naming = [way for way in found if "properties" in way[-1].tree]
    yield from reversed(naming)
    yield from (way for way in reversed(found) if way not in naming and "$ref" not in way[-1].tree)


def _enveloped(evidence: Evidence, wanted: Wanted) -> Ways:
    schema: Node | None = schema_of_media(evidence.sight.media)
    if schema is not None and schema.uri in evidence.editable and isinstance(schema.tree, dict):
        yield from enveloped(Spot(schema.uri, schema.pointer, schema.tree), wanted)
