"""Tries an edit: it must end its drift, bring no other, and break no recorded exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from mockserver.cassette.model import Interaction
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents
from mockserver.document.edits import changed
from mockserver.errors import MockserverError, UnreadableDocument
from mockserver.jobs.drift.evidence import Evidence, operation_of, seen_again, shown_still
from mockserver.jobs.drift.sight import Sight
from mockserver.jobs.drift.spots import Change
from mockserver.jobs.homes import Located
from mockserver.jobs.judge import judge_exchange
from mockserver.jobs.service import Service
from mockserver.schema.compile import Validators
from mockserver.values import JSON
from mockserver.violation import errors_in


class Trial:
    """The contract as it is patched so far, and what must stay true of it."""

    def __init__(
        self, service: Service, sights: Sequence[Sight], recorded: Sequence[tuple[Interaction, Located]]
    ) -> None:
        self._original = service.contract
        self._recorded = recorded
        self._sound = [_keeps(service, one, located) for one, located in recorded]
        self._others = [one for one in sights if not one.silent and one.response is not None]
        self.service = service
        self.trees: dict[str, JSON] = {}

    def laid(self, changes: Sequence[Change], evidence: Evidence) -> str:
        """Keep changes, or return why not."""
        trees, touched = _trees(self.service.contract.documents), dict(self.trees)
        try:
            for change in changes:
                touched[change.uri] = trees[change.uri] = changed(trees[change.uri], change.edit)
            service = Service(_contract(self._original, trees), Validators())
            why = self._against(service, evidence)
        except (MockserverError, LookupError, TypeError, AttributeError) as impossible:
            return f"the place cannot be changed: {impossible}"
        if not why:
            self.service, self.trees = service, touched
        return why

    def _against(self, service: Service, evidence: Evidence) -> str:
        drift, places = evidence.drift, {shown.place for _, shown in evidence.showing}
        showing = [one for one, _ in evidence.showing]
        asked = {id(one.response) for one in showing}
        for one in (*showing, *(one for one in self._others if id(one.response) not in asked)):
            now = seen_again(one, service)
            if now is None:
                if drift.kind == "operation gone" and operation_of(service, one.probe.operation) is None:
                    continue
                return "the operation can no longer be read"
            if id(one.response) in asked and any(shown_still(drift, places, now)):
                return "the edit does not end it"
            before = seen_again(one, self.service)
            known = {(shown.kind, shown.place) for shown in before.shown} if before is not None else set()
            more = [shown for shown in now.shown if (shown.kind, shown.place) not in known]
            if more:
                return f"it would be another drift: {more[0].kind} at {more[0].place}"
        return self._broken(service, evidence)

    def _broken(self, service: Service, evidence: Evidence) -> str:
        """Return which recorded exchange no longer keeps the contract; what live itself refutes is no witness."""
        refuted = _refuted(evidence)
        for (one, located), sound in zip(self._recorded, self._sound, strict=True):
            if sound and (one.request.method, located.target) not in refuted and not _keeps(service, one, located):
                return f"a recorded exchange contradicts it: {one.request.method} {one.url}"
        return ""


def _refuted(evidence: Evidence) -> frozenset[tuple[str, str]]:
    """Return the requests that live refuses now, whatever a recording says."""
    if evidence.drift.kind not in {"operation gone", "request rejected"}:
        return frozenset()
    label = evidence.sight.probe.operation.label
    gone = evidence.drift.kind == "operation gone"
    showing = {id(one.response) for one, _ in evidence.showing}
    return frozenset(
        (one.probe.request.method, one.probe.request.target)
        for one in evidence.sights
        if one.probe.operation.label == label and (gone or id(one.response) in showing)
    )


def _trees(documents: Documents) -> dict[str, JSON]:
    """Return all documents that can be read: what else is beside them is followed by nobody."""
    found: dict[str, JSON] = {}
    for uri in documents.data:
        with suppress(UnreadableDocument):
            found[uri] = documents.tree(uri)
    return found


def _contract(contract: Contract, trees: Mapping[str, JSON]) -> Contract:
    documents = contract.documents
    return load(contract.name, Documents(documents.root, documents.data, trees=trees))


def _keeps(service: Service, one: Interaction, located: Located) -> bool:
    return not errors_in(judge_exchange(Located(service, located.target), one.request, one.response).violations)
