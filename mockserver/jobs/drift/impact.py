"""Does it break us? What the real client did when it was given the change."""

from __future__ import annotations

from typing import Literal, TypeAlias

from mockserver.values import Struct
from mockserver.violation import Level

Verdict: TypeAlias = Literal["breaks", "survives", "unused", "unknown"]
"""breaks: a method of the client fails; survives: all that call it take it; unused: none calls it; unknown: no run."""


class Impact(Struct, frozen=True):
    """What came of running the client on a change; `method` and `source` are where it breaks, `why` says how."""

    verdict: Verdict
    why: str
    method: str = ""
    source: str = ""


def level_with(impact: Impact | None, level: Level) -> Level:
    """Return the level of a change once the client has been asked: what breaks is an error, what does not is none."""
    if impact is None or impact.verdict == "unknown":
        return level
    if impact.verdict == "breaks":
        return "error"
    return "info"
