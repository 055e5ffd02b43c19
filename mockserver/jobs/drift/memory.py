"""What was seen in earlier runs: tells new from known, and an accident from a change that stays.

Holds no bodies and no values: a fingerprint, where, since when, in how many runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from mockserver.document.read import read
from mockserver.errors import UnreadableDocument
from mockserver.jobs.drift.gather import Drift
from mockserver.values import JSON, Struct, ValidationError, asdict, convert, replace


class Remembered(Struct, frozen=True):
    """One drift as it was seen: days are ISO dates, `missed` counts runs since it was last seen."""

    service: str
    fingerprint: str
    kind: str
    operation: str
    place: str
    first: str
    last: str
    runs: int = 1
    seen: int = 1
    missed: int = 0


def read_memory(data: bytes, name: str) -> tuple[Remembered, ...]:
    """Read an observations file, an object a line; raise UnreadableDocument with its line."""
    found: list[Remembered] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            tree = read(line, f"{name}:{number}")
            try:
                found.append(convert(tree, Remembered))
            except ValidationError as wrong:
                raise UnreadableDocument(
                    f"this is no observation: {wrong}", where=f"{name}:{number}", fix="take the line out"
                ) from wrong
    return tuple(found)


def write_memory(remembered: Iterable[Remembered]) -> bytes:
    """Write observations, an object a line, in an order of their own."""
    ordered = sorted(remembered, key=lambda one: (one.service, one.operation, one.place, one.fingerprint))
    lines = [json.dumps(_as_json(one), ensure_ascii=False) for one in ordered]
    return "".join(f"{line}\n" for line in lines).encode()


def _as_json(one: Remembered) -> Mapping[str, JSON]:
    return asdict(one)


def recognised(drifts: Sequence[Drift], remembered: Sequence[Remembered], service: str) -> tuple[Drift, ...]:
    """Return drifts with what earlier runs know of them."""
    known = {one.fingerprint: one for one in remembered if one.service == service}
    return tuple(
        replace(one, runs=known[one.fingerprint].runs + 1, first=known[one.fingerprint].first)
        if one.fingerprint in known
        else one
        for one in drifts
    )


def gone(
    drifts: Sequence[Drift], remembered: Sequence[Remembered], service: str, checked: Sequence[str]
) -> tuple[Remembered, ...]:
    """Return what was seen before, and is not seen any more though it was looked for."""
    seen = {one.fingerprint for one in drifts}
    return tuple(
        one for one in remembered
        if one.service == service and one.fingerprint not in seen and one.operation in checked
    )  # fmt: skip


def remember(
    drifts: Sequence[Drift], remembered: Sequence[Remembered], service: str, checked: Sequence[str], today: str
) -> tuple[Remembered, ...]:
    """Return the memory after a run; what was not seen in three runs that looked for it is forgotten."""
    known = {one.fingerprint: one for one in remembered if one.service == service}
    kept = [one for one in remembered if one.service != service]
    for one in drifts:
        before = known.pop(one.fingerprint, None)
        kept.append(
            Remembered(service, one.fingerprint, one.kind, one.operations[0], one.place, today, today, 1, one.seen)
            if before is None
            else replace(before, last=today, runs=before.runs + 1, seen=before.seen + one.seen, missed=0)
        )
    for left in known.values():
        missed = left.missed + (left.operation in checked)
        if missed < 3:
            kept.append(replace(left, missed=missed))
    return tuple(kept)
