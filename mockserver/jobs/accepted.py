"""What a team lives with: which findings fail nothing, until when, and which of them are gone.

An acceptance is for one finding of one service, by its fingerprint. While it holds, the finding is told and counted as
accepted; when its day is over, the finding is an error again; when it no longer occurs, that is told. Knows reports and
dates; does not know where acceptances are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Final

from mockserver.errors import UsageError
from mockserver.report.model import Accepted, Finding, Report
from mockserver.values import Struct, replace

SHORTEST: Final = 4
_COMING_AND_GOING: Final = frozenset({"diff", "drift"})
"""Jobs whose findings are gone when their day is: what no longer occurs there is good to know, and no more."""


class Acceptance(Struct, frozen=True):
    """One finding that somebody lives with; `until` is its last day (ISO 8601, empty: for ever).

    `rule`, `operation` and `job` are what it was when it was accepted, for readers. `line` is that of the file.
    """

    id: str
    service: str
    because: str
    until: str = ""
    rule: str = ""
    operation: str = ""
    job: str = ""
    line: int = 0

    def holds(self, today: date) -> bool:
        """Tell whether its last day is not over."""
        return not self.until or date.fromisoformat(self.until) >= today


class Known(Struct, frozen=True):
    """A finding of an earlier run, as far as it takes to accept it."""

    id: str
    service: str
    job: str
    rule: str
    operation: str
    message: str


def considered(
    reports: Sequence[Report], acceptances: Iterable[Acceptance], today: date, file: str, *, whole: bool = True
) -> list[Report]:
    """Return reports in which accepted findings fail nothing, and the others say how they are accepted.

    `whole`: all that a job looks at was looked at, so that an acceptance without a finding is stale.
    """
    by_service: dict[str, list[Acceptance]] = {}
    for one in acceptances:
        by_service.setdefault(one.service, []).append(one)
    short = shortened(finding.fingerprint for report in reports for finding in report.findings)
    out: list[Report] = []
    for report in reports:
        own = {one.id: one for one in by_service.get(report.contract, ())}
        findings = [_considered(finding, own.get(finding.fingerprint), today, short) for finding in report.findings]
        found = {finding.fingerprint for finding in report.findings}
        if whole and report.checked:
            findings += [_stale(one, file) for one in own.values() if one.job == report.job and one.id not in found]
        out.append(replace(report, findings=tuple(findings)))
    return out


def _considered(finding: Finding, known: Acceptance | None, today: date, short: Mapping[str, str]) -> Finding:
    if known is not None and known.holds(today):
        return replace(finding, accepted=Accepted(known.because, known.until))
    further = finding.further
    if known is not None:
        further = (("expired", f"it was accepted until {known.until}: {known.because}"), *further)
    if finding.level != "info" and finding.fingerprint:
        further = (*further, ("accept", f'mockserver accept {short[finding.fingerprint]} --because "..."'))
    return replace(finding, further=further)


def _stale(one: Acceptance, file: str) -> Finding:
    return Finding(
        "accepted-stale",
        "contract",
        "info" if one.job in _COMING_AND_GOING else "warning",
        one.operation,
        "",
        file,
        one.line,
        one.id,
        f"{one.rule or 'a finding'} was accepted ({one.because}), and this run did not find it",
        f"take {one.id} out of {file}, if it is mended",
        f"stale-{one.id}",
    )


def shortened(ids: Iterable[str]) -> dict[str, str]:
    """Return for each id its shortest beginning that no other has, of at least four signs.

    >>> shortened(["7c1e0a", "7c1e9b", "00ff00"])
    {'00ff00': '00ff', '7c1e0a': '7c1e0', '7c1e9b': '7c1e9'}
    """
    ordered = sorted(set(ids))
    out: dict[str, str] = {}
    for index, one in enumerate(ordered):
        beside = [ordered[near] for near in (index - 1, index + 1) if 0 <= near < len(ordered)]
        same = max((_common(one, other) for other in beside), default=0)
        out[one] = one[: max(SHORTEST, same + 1)]
    return out


def _common(one: str, other: str) -> int:
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def chosen(word: str, known: Sequence[Known], service: str = "") -> Known:
    """Return the finding that a beginning of an id names; raise UsageError that names the nearest."""
    fix = "run what found it (mockserver check), and take the id that it prints"
    if len(word) < SHORTEST:
        raise UsageError(f"{word} is too short for an id", fix=f"give at least {SHORTEST} signs of it")
    fitting = {(one.service, one.id): one for one in known if one.id.startswith(word.lower())}
    if service:
        fitting = {key: one for key, one in fitting.items() if one.service == service}
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    if fitting:
        listed = "\n       ".join(_listed(fitting.values()))
        several = len({one.id for one in fitting.values()}) > 1
        fix = (
            "give more of the id" if several else f"add --service {' or --service '.join(name for name, _ in fitting)}"
        )
        raise UsageError(f"{word} is the beginning of {len(fitting)} findings", where=listed, fix=fix)
    ids = {one.id[: len(word)]: one for one in known}
    near = get_close_matches(word.lower(), list(ids), n=1, cutoff=0.5)
    if near:
        (told,) = _listed([ids[near[0]]])
        raise UsageError(f"there is no finding {word}", fix=f"did you mean {told}? else {fix}")
    raise UsageError(f"there is no finding {word}{'' if known else ', and no run has found any'}", fix=fix)


def _listed(known: Iterable[Known]) -> Iterator[str]:
    yield from (f"{one.id} {one.service} {one.rule} {one.operation}".rstrip() for one in known)
