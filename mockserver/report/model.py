"""What a report says, whatever its format: one shape for every job.

Renderers ask here what counts, what belongs together and how a place is written; none of them decides it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from mockserver.values import JSON, Struct
from mockserver.violation import Level, Side

Verdict: TypeAlias = Literal["clean", "violations", "unchecked"]

LEVELS: tuple[Level, ...] = ("error", "warning", "info")
"""The worst first."""

_SOURCE = re.compile(r"(?P<file>\S.*?):(?P<line>\d+)(?:\s|$)")


class Changed(Struct, frozen=True):
    """What a finding about two editions says besides: `was` is file and line in the old one.

    `verdict` is breaking, compatible or unproven; `beyond`: it breaks only who says what the contract does not declare;
    `tried` counts values among which none breaks. `client` is what a run of the client came to (breaks, survives,
    unused, unknown), empty where there was none, and `why` the sentence about it.
    """

    verdict: str
    direction: str
    operations: tuple[str, ...]
    beyond: bool
    tried: int
    was: tuple[str, int]
    was_pointer: str
    client: str = ""
    why: str = ""


class Accepted(Struct, frozen=True):
    """Somebody lives with a finding: why, and until which day (ISO 8601; empty for no end)."""

    because: str
    until: str = ""

    def __str__(self) -> str:
        return f"{self.because} (until {self.until})" if self.until else self.because


class Drifted(Struct, frozen=True):
    """What a finding about a live API says besides: `seen` of `asked` answers, on so many `resources`, in so many runs.

    `first` is the day since when it is known, empty for a new one; `client` is what a run of the client came to
    (breaks, survives, unused, unknown), empty where there was none, and `why` the sentence about it.
    """

    kind: str
    operations: tuple[str, ...]
    confidence: str
    seen: int
    asked: int
    resources: int
    runs: int
    first: str
    client: str
    why: str


class Finding(Struct, frozen=True):
    """A violation with its places looked up. `text` is the contract's line; `source` the line of client code.

    `evidence` (what was sent, what was answered) and `further` (how to repeat it, what to paste) are labelled lines.
    `opinion` is that of a second judge: confirmed, disputed, no-opinion, or empty where none was asked. `accepted` is
    set while somebody lives with it: it is told, and fails nothing.
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
    drifted: Drifted | None = None
    opinion: str = ""
    accepted: Accepted | None = None

    @property
    def place(self) -> str:
        """The contract's line, as people write it: `contracts/shipping.yaml:142`; empty where there is none."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def sentence(self) -> str:
        """The message with the operation before it, unless it begins with it."""
        if not self.operation or self.message.startswith(f"{self.operation} "):
            return self.message
        return f"{self.operation}: {self.message}"

    @property
    def source_place(self) -> tuple[str, int]:
        """File and line of the client's code; empty and 0 where none is known."""
        found = _SOURCE.match(self.source)
        return (found["file"], int(found["line"])) if found else ("", 0)


class Kind(Struct, frozen=True):
    """Findings that are one and the same (one fingerprint): the first, and how often it was found."""

    first: Finding
    count: int


class Group(Struct, frozen=True):
    """What was found at one operation, the worst first; an empty name is the contract as a whole."""

    operation: str
    kinds: tuple[Kind, ...]

    @property
    def level(self) -> Level:
        """The worst level."""
        return self.kinds[0].first.level

    @property
    def counts(self) -> Mapping[Level, int]:
        """How many different findings have each level that occurs, the worst first."""
        found = [kind.first.level for kind in self.kinds]
        return {level: found.count(level) for level in LEVELS if level in found}


class Table(Struct, frozen=True):
    """Numbers that a job has to tell beside its findings."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Line(Struct, frozen=True):
    """A line of a contract: `state` is seen, partly, missed or unused; empty where there is nothing to be seen."""

    number: int
    text: str
    state: str = ""
    notes: tuple[str, ...] = ()


class Page(Struct, frozen=True):
    """A document of a contract, annotated line by line; lines may be left out between others."""

    file: str
    lines: tuple[Line, ...]


class Report(Struct, frozen=True):
    """The findings of one job on one contract. `unchecked` tells, a sentence each, what was not looked at.

    `note` is what the job counted, in a few words: `41 recordings`, `8 of 11 operations`. `figures` are its numbers
    for scripts, `tables` those for people, `pages` the contract itself, annotated. `failed`: it could not be done.
    """

    job: str
    contract: str
    target: str
    checked: int
    unchecked: tuple[str, ...]
    findings: tuple[Finding, ...]
    note: str = ""
    figures: Mapping[str, JSON] = {}
    tables: tuple[Table, ...] = ()
    pages: tuple[Page, ...] = ()
    failed: bool = False

    def count(self, level: Level) -> int:
        """Return how many findings have a level and are not accepted."""
        return sum(finding.level == level and finding.accepted is None for finding in self.findings)

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """What somebody lives with."""
        return tuple(finding for finding in self.findings if finding.accepted is not None)

    @property
    def open(self) -> tuple[Finding, ...]:
        """What nobody has accepted."""
        return tuple(finding for finding in self.findings if finding.accepted is None)

    @property
    def verdict(self) -> Verdict:
        """Never clean when nothing was checked."""
        if self.count("error"):
            return "violations"
        return "clean" if self.checked else "unchecked"


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return findings by operation: the operation with the worst first, and then as they came."""
    operations: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        operations.setdefault(finding.operation, {}).setdefault(finding.fingerprint, []).append(finding)
    groups = [Group(operation, _kinds(found)) for operation, found in operations.items()]
    return tuple(sorted(groups, key=lambda group: LEVELS.index(group.level)))


def _kinds(found: Mapping[str, list[Finding]]) -> tuple[Kind, ...]:
    kinds = [Kind(min(same, key=_badness), len(same)) for same in found.values()]
    return tuple(sorted(kinds, key=lambda kind: _badness(kind.first)))


def _badness(finding: Finding) -> int:
    return LEVELS.index(finding.level)


def many(number: int, noun: str) -> str:
    """Say how many: `1 operation`, `3 operations`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def counted(report: Report) -> str:
    """Return what was found in a few words: `2 errors, 1 warning`, `clean`, `nothing was checked`."""
    errors, warnings, infos = map(report.count, LEVELS)
    counts = [many(number, name) for number, name in ((errors, "error"), (warnings, "warning")) if number]
    if infos:
        counts.append(f"{infos} to know")
    if report.accepted:
        counts.append(f"{len(report.accepted)} accepted")
    return ", ".join(counts) or ("clean" if report.checked else "nothing was checked")
