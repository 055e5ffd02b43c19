"""Whether a client takes what the contract says it may be answered: a success, or an error that it declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.contract.plan import MediaPlan
from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.observed import Called, Observed, Raised, Shown, Wanted
from mockserver.jobs.verify.places import schema_place
from mockserver.messages import BY_ID
from mockserver.values import JSON
from mockserver.violation import Violation

_ABSENT: Final = frozenset({404, 409, 410, 412})
"""Errors that a method may tell by returning None or False, where its annotation says so."""


def copes(case: Case, called: Called, wanted: Wanted) -> Iterator[Shown]:
    """Tell whether the client takes what the contract says it may be answered."""
    given, raised = case.given, called.raised
    if given is None or given.status < 400:
        if raised is not None:
            rule = "response-crashed-client"
            message = f"{wanted.operations[0]} answered what the contract allows, and your client raised {raised}"
            fix = _coping(case, raised)
            yield on_answer(rule, wanted, case, called, message, fix)
        return
    if raised is None:
        if wanted.declares and not (called.says_no and given.status in _ABSENT):
            message = f"{wanted.operations[0]} answered {given.status}, and your client returned as if all was well"
            fix = "raise the error that you declare"
            yield on_answer("error-swallowed", wanted, case, called, message, fix, at="status")
    elif not raised.declared:
        what = "which is none that you declare" if wanted.declares else "which says nothing of the API's error"
        message = f"{wanted.operations[0]} answered {given.status}, and your client raised {raised}, {what}"
        yield on_answer("error-undeclared", wanted, case, called, message, _coping(case, raised))


def _coping(case: Case, raised: Raised) -> str:
    """Return what the client should expect."""
    name = (case.at or (case.given.at if case.given else "")).rpartition("/")[2] or "it"
    if raised.name == "KeyError" and raised.key:
        return _of_key(case, raised.key)
    why = case.given.why if case.given is not None else case.why
    if case.given is not None and case.given.media is None:
        return "expect an answer without a body"
    if why == "null":
        return f"expect {name} to be null"
    if why == "the least":
        return "expect an answer with nothing but what is required"
    return f"expect {name}: {why}" if name != "it" else f"expect an answer {why}"


def _of_key(case: Case, key: str) -> str:
    """Return what to do about a member that is not there: it may be absent, or nobody ever documented it."""
    given = case.given
    body = given.value if given is not None else None
    parent = case.given.at.rpartition("/")[0] if case.given is not None else ""
    documented = (
        given is None
        or given.media is None
        or any(_declares(given.media, f"{place}/{key}") for place in (given.at, parent, *_objects(body, "")))
    )
    if documented or given is None or given.media is None:
        return f"expect {key} to be absent"
    names = ", ".join(given.media.spec.shape.property_names)
    return f"the contract knows no {key}" + (f": its names are {names}" if names else "")


def _objects(value: JSON, at: str) -> Iterator[str]:
    """Yield the place of every object of a value."""
    if isinstance(value, dict):
        yield at
        for name, item in value.items():
            yield from _objects(item, f"{at}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _objects(item, f"{at}/{index}")


def _answer(called: Called, wanted: Wanted) -> Observed | None:
    return next((one for one in reversed(called.observed) if one.operation in wanted.operations), None)


def on_answer(
    rule: str, wanted: Wanted, case: Case, called: Called, message: str, fix: str, *, at: str = "", place: str = ""
) -> Shown:
    """Return a finding that an answer shows, at a `place` of its body; `at` says it in other words."""
    node, given, raised = wanted.plan.operation.node, case.given, called.raised
    document, pointer = node.uri, node.pointer
    if given is not None:
        document, pointer = given.documented.node.uri, given.documented.node.pointer
        place = place or given.at
        inner = f"{place}/{raised.key}" if raised is not None and raised.name == "KeyError" and raised.key else place
        if given.media is not None and given.media.bundle is not None:
            found = schema_place(given.media.bundle, inner) or schema_place(given.media.bundle, place)
            document, pointer = found or (document, pointer)
    where = at or (f"body#{place}" if place else "body")
    level, side = BY_ID[rule].level, BY_ID[rule].side
    witness = given.value if given is not None else None
    violation = Violation(rule, side, level, wanted.operations[0], document, pointer, where, message, fix, witness)
    source = raised.source if raised is not None and raised.source else called.source
    answer = _answer(called, wanted)
    return Shown(violation, case, called, source, answer.response if answer is not None else None)


def _declares(media: MediaPlan, place: str) -> bool:
    return media.bundle is not None and schema_place(media.bundle, place) is not None
