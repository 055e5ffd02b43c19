"""What a report says, whatever its format: one shape for every job."""

from __future__ import annotations

from typing import Literal, TypeAlias

from mockserver.values import JSON, Struct
from mockserver.violation import Level, Side

Verdict: TypeAlias = Literal["clean", "violations", "unchecked"]


class Changed(Struct, frozen=True):
    """What a finding about two editions says besides: `was` is file and line in the old one.

    `verdict` is breaking, compatible or unproven; `beyond`: it breaks only who says what the contract does not declare;
    `tried` counts values among which none breaks.
    """

    verdict: str
    direction: str
    operations: tuple[str, ...]
    beyond: bool
    tried: int
    was: tuple[str, int]
    was_pointer: str


class Finding(Struct, frozen=True):
    """A violation with its places looked up. `text` is the contract's line; `source` the line of client code.

    `evidence` (what was sent, what was answered) and `further` (how to repeat it, what to paste) are labelled lines.
    `opinion` is that of a second judge: confirmed, disputed, no-opinion, or empty where none was asked.
    """

    rule: str
    side: Side
    level: Level
    operation: str
    pointer: str
    file: str
    line: int
    at: str
    message: str
    fix: str
    fingerprint: str
    text: str = ""
    source: str = ""
    witness: JSON = None
    evidence: tuple[tuple[str, str], ...] = ()
    further: tuple[tuple[str, str], ...] = ()
    changed: Changed | None = None
    opinion: str = ""


class Report(Struct, frozen=True):
    """The findings of one job on one contract. `unchecked` tells, a sentence each, what was not looked at."""

    job: str
    contract: str
    target: str
    checked: int
    unchecked: tuple[str, ...]
    findings: tuple[Finding, ...]

    def count(self, level: Level) -> int:
        """Return how many findings have a level."""
        return sum(finding.level == level for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        """Never clean when nothing was checked."""
        if self.count("error"):
            return "violations"
        return "clean" if self.checked else "unchecked"
