"""Does a change break us, where no client can be run: by the facts that a run has written down.

A place of an answer that the client does not look at hurts nobody; a place that it reads, or hands on, may.
"""

from __future__ import annotations

from mockserver.jobs.drift.gather import Drift
from mockserver.jobs.impact import Impact
from mockserver.jobs.usage_facts import OperationUse, Usage


def impact_by_usage(drift: Drift, usage: Usage, file: str) -> Impact | None:
    """Return what the facts say of a drift: unused, or None where they cannot tell that it is harmless."""
    known = [usage.operations[name] for name in drift.operations if name in usage.operations]
    if not known:
        return Impact("unused", f"{file}: your client does not call {drift.operations[0]}")
    status, _, place = drift.place.partition(" ")
    location, _, inner = place.partition("#")
    if location != "body" or not inner:
        return None
    if any(_looks_at(one, status, inner) for one in known):
        return None
    return Impact("unused", f"{file}: your client does not look at {inner}")


def _looks_at(one: OperationUse, status: str, place: str) -> bool:
    """Tell whether a client looks at a place, at what is in it, or hands on what it is in."""
    for answer, reads in one.reads.items():
        if answer.partition(" ")[0] != status:
            continue
        for known, use in reads.items():
            within = place.startswith(f"{known}/") and use.use == "passed"
            if known == place or known.startswith(f"{place}/") or within:
                return True
    return False
