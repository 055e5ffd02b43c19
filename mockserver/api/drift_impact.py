"""Does a drift break us: what the live API answered is answered to the real client, with nothing else changed.

The answers that the contract documents are the ground; the one thing that has drifted is put into them as it was seen.
Where that makes no sense (another status, a list in the place of an object) the client gets the answer that was seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.api.clients.impact import ClientRuns, first_breaking
from mockserver.document import pointer as pointers
from mockserver.exchange import Headers, Response
from mockserver.jobs.drift.gather import Drift
from mockserver.jobs.drift.sight import Kind, Sight
from mockserver.jobs.impact import ABSENT, Changed, Impact, found_at, grafted
from mockserver.values import JSON, replace
from mockserver.wire.json import dumps, loads
from mockserver.wire.media_type import is_json

_WHOLE: Final[frozenset[Kind]] = frozenset(
    {"operation gone", "request rejected", "undocumented status", "unreadable body"}
)
_HEADERS: Final[frozenset[Kind]] = frozenset({"header missing", "changed header", "undocumented header", "deprecated"})
_MOST: Final = 6


def impact_of(drift: Drift, runs: ClientRuns) -> Impact:
    """Return what the client does with a drift."""
    used = [sight for sight in drift.sights if runs.uses(sight.probe.operation.name)]
    if drift.is_conjecture and drift.kind != "undocumented status":
        return Impact("unknown", "nobody knows whether your client sets this parameter")
    if not used:
        return Impact("unused", f"no method of your client calls {drift.operations[0]}")
    found = first_breaking(_on(drift, sight, runs) for sight in used)
    return found if found is not None else Impact("unknown", "your client could not be run on it")


def _on(drift: Drift, sight: Sight, runs: ClientRuns) -> Impact:
    operation = sight.probe.operation.name
    return runs.on_answers(operation, list(_changed(drift, sight, runs.answers(operation))[:_MOST]))


def _changed(drift: Drift, sight: Sight, answers: tuple[tuple[object, Response], ...]) -> list[Changed]:
    seen = sight.response
    if seen is None:
        return []
    before = [response for _, response in answers if response.status == seen.status]
    usual = [response for _, response in answers if response.status < 400] or [response for _, response in answers]
    if drift.kind in _WHOLE or not before:
        return [Changed(response, seen, strict=False) for response in usual[:1]]
    if drift.kind == "undocumented media type":
        return [*_with_header(before[:2], "Content-Type", seen), Changed(before[0], seen, strict=False)]
    if drift.kind in _HEADERS:
        name = drift.violation.at.removeprefix("header.")
        return list(_with_header(before[:2], name, seen))
    found = list(_grafts(drift, sight, before))
    return found or [Changed(before[0], seen, strict=False)]


def _with_header(answers: list[Response], name: str, seen: Response) -> Iterator[Changed]:
    for response in answers:
        others: Headers = tuple(pair for pair in response.headers if pair[0].lower() != name.lower())
        value = seen.header(name)
        yield Changed(response, replace(response, headers=(*others, *(((name, value),) if value is not None else ()))))


def _grafts(drift: Drift, sight: Sight, answers: list[Response]) -> Iterator[Changed]:
    for shown in sight.shown:
        if shown.kind != drift.kind or not _same_place(shown.place, drift.place):
            continue
        inner = shown.violation.at.partition("#")[2]
        value = _at(sight.value, inner)
        pattern = shown.place.partition("#")[2]
        for response in answers:
            yield from _graft(response, pattern, value)
        return


def _same_place(one: str, other: str) -> bool:
    """Tell whether two places are of one change: a component may stand in a list, or alone."""
    return one == other or one.rpartition("/")[2] == other.rpartition("/")[2]


def _at(value: JSON, inner: str) -> JSON:
    try:
        return pointers.look_up(value, inner)
    except LookupError:
        return ABSENT


def _graft(response: Response, pattern: str, value: JSON) -> Iterator[Changed]:
    if not is_json((response.header("content-type") or "").partition(";")[0]):
        return
    body = loads(response.body)
    if value is ABSENT and found_at(body, pattern) is ABSENT:
        return
    changed = grafted(body, pattern, value)
    if changed is not ABSENT and changed != body:
        yield Changed(response, replace(response, body=dumps(changed)))
