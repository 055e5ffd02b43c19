"""What would make the contract true again: small edits, each with the drift that asks for it, the safe ones first.

An edit lets more be answered, so that what was true stays true; only what the API itself has taken away (an operation,
a parameter) is taken out. A proposal that does not end its drift, or that a recorded exchange contradicts, is dropped
and said so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from mockserver.cassette.model import Interaction
from mockserver.jobs.drift.choices import REASONS, SAFE_RANK, choices, rank_of
from mockserver.jobs.drift.evidence import Evidence, seen_again, showing, shown_still
from mockserver.jobs.drift.gather import Drift
from mockserver.jobs.drift.sight import Shown, Sight
from mockserver.jobs.drift.spots import Change
from mockserver.jobs.drift.trial import Trial
from mockserver.jobs.drift.ways import Uses
from mockserver.jobs.homes import Located
from mockserver.jobs.service import Service
from mockserver.report.model import many
from mockserver.values import JSON, Struct


class Proposal(Struct, frozen=True):
    """Edits that end one drift; `rank` grows with what is given up."""

    drift: Drift
    changes: tuple[Change, ...]
    rank: int

    @property
    def is_safe(self) -> bool:
        """Whether it only adds."""
        return self.rank <= SAFE_RANK

    @property
    def sentence(self) -> str:
        """What it is for, with its evidence."""
        one = self.drift
        return f"{_named(one)}, in {one.seen} of {one.asked} answers, {many(one.resources, 'thing')}"


class Patch(Struct, frozen=True):
    """The proposals that hold, safe ones first, the documents with all of them, and why others were dropped."""

    proposals: tuple[Proposal, ...]
    trees: Mapping[str, JSON]
    dropped: tuple[str, ...]


def propose(
    drifts: Sequence[Drift],
    sights: Sequence[Sight],
    service: Service,
    recorded: Sequence[tuple[Interaction, Located]],
    *,
    editable: Collection[str],
    safe_only: bool = False,
) -> Patch:
    """Return what mends the contract; each proposal is laid over those before it and proved.

    `sights` are all answers of the run; `editable` are the documents of the contract that may be changed.
    """
    kept: list[Proposal] = []
    dropped: list[str] = []
    trial = Trial(service, sights, recorded)
    uses = Uses(sights, service.contract.documents)
    ranks = [(rank_of(drift, drifts), drift) for drift in drifts]
    for rank, drift in sorted(ranks, key=lambda one: 99 if one[0] is None else one[0]):
        if rank is None:
            dropped.append(f"{_named(drift)}: {REASONS.get(drift.kind, 'no edit can say that')}")
        elif safe_only and rank > SAFE_RANK:
            dropped.append(f"{_named(drift)}: not safe (--apply all)")
        else:
            evidence = _evidence(drift, sights, trial.service, editable, uses, drifts)
            if evidence is None:
                continue  # an edit before has ended this one as well
            changes, why = _mended(trial, evidence)
            if why:
                dropped.append(f"{_named(drift)}: {why}")
            else:
                kept.append(Proposal(drift, changes, rank))
    return Patch(tuple(kept), trial.trees, tuple(dropped))


def _named(drift: Drift) -> str:
    return f"{drift.operations[0]} {drift.place}: {drift.kind}"


def _evidence(
    drift: Drift,
    sights: Sequence[Sight],
    service: Service,
    editable: Collection[str],
    uses: Uses,
    drifts: Sequence[Drift],
) -> Evidence | None:
    """Return what shows a drift still; None: nothing does."""
    found: list[tuple[Sight, Shown]] = []
    for one, places in showing(drift, sights):
        now = seen_again(one, service)
        if now is not None:
            found.extend((now, shown) for shown in shown_still(drift, places, now))
    return Evidence(drift, tuple(found), service, editable, uses, sights, drifts) if found else None


def _mended(trial: Trial, evidence: Evidence) -> tuple[tuple[Change, ...], str]:
    """Return the first edits that hold, or why none does: what stood in the way of the best."""
    why = ""
    try:
        for changes in choices(evidence):
            against = trial.laid(changes, evidence)
            if not against:
                return changes, ""
            why = why or against
    except LookupError as missing:
        why = why or f"there is no such place in the contract: {missing}"
    return (), why or REASONS.get(evidence.drift.kind, "nothing that could be changed was found")


def told(patch: Patch) -> Iterator[str]:
    """Yield a line for each proposal and each that was dropped."""
    for one in patch.proposals:
        yield f"{'safe ' if one.is_safe else 'risky'}  {one.sentence}"
    for reason in patch.dropped:
        yield f"left   {reason}"
