"""The round trip: what the contract reads on the wire is what the arguments said, place by place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from mockserver.contract.plan import ParameterPlan, Plan
from mockserver.contract.reading import Body, Reading
from mockserver.jobs.verify.cases import Case, Place, member
from mockserver.jobs.verify.observed import Called, Observed, Shown, Wanted
from mockserver.jobs.verify.places import schema_place
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON
from mockserver.violation import Violation
from mockserver.wire.reading import Absent

_SHOWN: Final = 200


def arrives(case: Case, called: Called, wanted: Wanted) -> Iterator[Shown]:
    """Compare what was said with what the contract reads on the wire, place by place."""
    if case.direction != "sent" and not case.joint:
        return
    readings = [one for one in called.observed if one.operation in wanted.operations and one.reading is not None]
    for place, expected in called.expressed.items():
        differences = [
            None
            if _is_left_out(expected, _arrived(one.reading, place), place, wanted.plan)
            else _difference(
                expected, _parted(expected, _arrived(one.reading, place), place, wanted.plan), f"{'.'.join(place)}"
            )
            for one in readings
            if _speaks_of(one, place, wanted.plan)
        ]
        if differences and all(differences):
            at, meant, got = differences[0] or ("", None, None)
            document, pointer = _place_in_contract(wanted.plan, readings[0].reading, place, at)
            message = f"{at} was given {_short(meant)} and reached the wire as {_short(got)}"
            if got is _NOTHING:
                message = f"{at} was given {_short(meant)} and never reached the wire"
            yield Shown(
                Violation(
                    "client-round-trip",
                    "consumer",
                    "error",
                    wanted.operations[0],
                    document,
                    pointer,
                    at,
                    message,
                    _FIX_EMPTY if got is _NOTHING and meant in ("", []) else f"send {at} as it was given",
                    meant,
                ),
                case,
                called,
                readings[0].source or called.source,
                request=readings[0].request,
            )


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


_NOTHING: Final = _Nothing()
_FIX_EMPTY: Final = "send it: what is empty is said, and not the same as left out; ask `is not None`"


def _is_left_out(expected: JSON, actual: JSON, place: Place, plan: Plan) -> bool:
    """Tell whether something empty did not arrive where the wire, or the contract, cannot tell it from nothing.

    A body of no byte is an empty text. An empty text in the query is `q=` (RFC 6570 §3.2.8) and another request than
    none, but where the contract takes it for none (OAS 3.2 §4.12.2.1, allowEmptyValue).
    """
    if actual is not _NOTHING or expected not in ("", [], {}):
        return False
    if place == ("body",):
        return not isinstance(expected, list)
    if place[0] == "query":
        return any(_is_at(entry, place) and entry.parameter.allow_empty for entry in plan.parameters())
    return place[0] != "body"


def _parted(expected: JSON, actual: JSON, place: Place, plan: Plan) -> JSON:
    """Return a list that was spelled with its delimiter encoded as nearly every API reads it: decoded, then parted.

    Libraries encode the comma of `ids=1,2` (RFC 6570 §3.2.8 would not); an item that is said holds none.
    """
    if place[0] in {"query", "header"} and isinstance(expected, list) and len(expected) == 1 and expected[0] == actual:
        return expected  # where the contract has a text or a list of them, one is spelled as the other
    if not (isinstance(expected, list) and isinstance(actual, list)) or len(expected) < 2 or len(actual) != 1:
        return actual
    styles = {"form", "simple"}
    by_comma = any(
        _is_at(entry, place) and not entry.spec.explode and entry.parameter.style in styles
        for entry in plan.parameters()
    )
    return actual[0].split(",") if by_comma and len(place) == 2 and isinstance(actual[0], str) else actual


def _speaks_of(observed: Observed, place: Place, plan: Plan) -> bool:
    """Tell whether the operation that was read has this place at all."""
    if observed.reading is None:
        return False
    if place[0] == "body":
        return isinstance(observed.reading.body, Body) or (
            observed.operation == plan.operation.name and plan.body is not None
        )
    return any(_is_at(value.plan, place) for value in observed.reading.parameters())


def _is_at(plan: ParameterPlan, place: Place) -> bool:
    return (plan.parameter.location, plan.parameter.name) == place[:2]


def _arrived(reading: Reading | None, place: Place) -> JSON:
    if reading is None:
        return _NOTHING
    if place[0] == "body":
        value: JSON = reading.body.value if isinstance(reading.body, Body) else _NOTHING
        return _member(value, place[1:])
    for one in reading.parameters():
        if _is_at(one.plan, place):
            return _NOTHING if isinstance(one.outcome, Absent) else _member(one.value, place[2:])
    return _NOTHING


def _member(value: JSON, names: tuple[str, ...]) -> JSON:
    for name in names:
        value = member(value, name)
    return _NOTHING if value is ... else value


def _difference(expected: JSON, actual: JSON, at: str) -> tuple[str, JSON, JSON] | None:
    """Return the first place where what arrived is not what was meant; None where it is.

    What was never said may be there: clients complete requests. An object that says nothing may stay away.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            inner = _difference(value, actual.get(name, _NOTHING), f"{at}/{name}" if "#" in at else f"{at}#/{name}")
            if inner is not None:
                return inner
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return at, expected, actual
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            inner = _difference(one, other, f"{at}/{index}" if "#" in at else f"{at}#/{index}")
            if inner is not None:
                return inner
        return None
    if actual is _NOTHING:
        return None if expected == {} else (at, expected, actual)
    is_read = is_same(expected, actual) or (
        isinstance(expected, str) and isinstance(actual, str) and _same_octets(expected, actual)
    )
    return None if is_read else (at, expected, actual)


def is_same(one: JSON, other: JSON) -> bool:
    """Tell whether two values mean the same: one moment in two spellings, 1 and "1"."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _same_moment(one, other) or (_is_uuid(one) and one.lower() == other.lower())
    if isinstance(one, str) != isinstance(other, str) and isinstance(one, int | str) and isinstance(other, int | str):
        return str(one) == str(other)
    return bool(one == other)


def _same_octets(meant: str, read: str) -> bool:
    """Tell whether a file that was made of a text was read back octet by octet."""
    try:
        return meant.encode() == read.encode("latin-1")
    except UnicodeEncodeError:
        return False


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _same_moment(one: str, other: str) -> bool:
    """Tell whether two spellings are of one moment (RFC 3339 §5.6)."""
    first, second = _moment(one), _moment(other)
    if first is None or second is None:
        return False
    return (first.tzinfo is None) == (second.tzinfo is None) and first == second


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) >= len("2026-01-02") else None
    except ValueError:
        return None


def _place_in_contract(plan: Plan, reading: Reading | None, place: Place, at: str) -> tuple[str, str]:
    """Return where the contract speaks of a place of the request."""
    for entry in plan.parameters():
        if _is_at(entry, place):
            return entry.parameter.node.uri, entry.parameter.node.pointer
    bundle: Bundle | None = None
    if reading is not None and isinstance(reading.body, Body):
        bundle = reading.body.plan.bundle
    inner = at.partition("#")[2]
    within = "".join(f"/{name}" for name in place[1:]) + inner
    found = schema_place(bundle, within) if bundle is not None else None
    return found or (plan.operation.node.uri, plan.operation.node.pointer)


def _short(value: JSON) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
