"""What did the new edition of a contract change, and what does it break?"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping

from mockserver.change.compare import compare
from mockserver.change.found import level_of
from mockserver.change.lifecycle import Notice
from mockserver.change.model import Change, Comparison
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents, name_of
from mockserver.document.pointer import named
from mockserver.document.positions import Places
from mockserver.jobs.prove import Prover
from mockserver.redact import Secrets, redact_json
from mockserver.report.model import Changed, Finding, Report
from mockserver.schema.compile import Validators
from mockserver.values import JSON, replace
from mockserver.violation import Violation, fingerprint_of
from mockserver.wire.media_type import is_json

_ORDER: Mapping[str, int] = {"error": 0, "warning": 1, "info": 2}
_LONGEST = 300


def diff(old: Contract, new: Contract, *, today: dt.date, notice_days: int = 0) -> Comparison:
    """Return what changed; every breaking change has a witness that both editions have judged."""
    validators = Validators()
    found = compare(old, new, Notice(today, notice_days), validators)
    prover = Prover(old, new, validators)
    changes = tuple(_proved(change, prover) for change in found.changes)
    return replace(found, changes=tuple(sorted(changes, key=lambda change: _ORDER[change.level])))


def _proved(change: Change, prover: Prover) -> Change:
    """Return the change with its witness; without one it is not proved to break."""
    for evidence in change.evidence:
        witness = prover.exchange(evidence, strict=change.verdict != "breaking")
        if witness is not None:
            level = level_of(change.rule, "breaking", beyond=change.beyond)
            return replace(change, verdict="breaking", level=level, witness=witness)
    if change.verdict != "breaking":
        return change
    for evidence in change.evidence:
        if "body" in evidence.given and is_json(evidence.media_type):  # judged by the validators of both bodies
            word = "request" if evidence.direction == "request" else "response"
            return replace(change, witness={word: {"body": evidence.given["body"]}})
    return replace(change, verdict="unproven", level=level_of(change.rule, "unproven"))


def report(comparison: Comparison, old: Contract, new: Contract, target: str, notes: tuple[str, ...] = ()) -> Report:
    """Return the changes as a report, with their places in both editions."""
    places = _Lines(old.documents), _Lines(new.documents)
    findings = tuple(_finding(change, *places) for change in comparison.changes)
    checked = comparison.operations
    return Report("diff", new.name, target, checked, (*notes, *comparison.unchecked), findings)


class _Lines:
    """Looks places up in the documents of one edition."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._places: dict[str, Places] = {}

    def named(self, document: str, pointer: str) -> str:
        """Return a pointer that does not depend on the order of lists."""
        return named(self._documents.tree(document), pointer) if document in self._documents.data else pointer

    def of(self, place: tuple[str, str] | None) -> tuple[str, int, str]:
        """Return file, line and text of a place."""
        if place is None:
            return "", 0, ""
        uri, pointer = place
        data = self._documents.data.get(uri)
        if data is None:
            return name_of(uri), 0, ""
        if uri not in self._places:
            self._places[uri] = Places(data, uri)
        line = self._places[uri].line(pointer)
        return name_of(uri), line, self._places[uri].text(line)


def _finding(change: Change, old: _Lines, new: _Lines) -> Finding:
    was, now = old.of(change.old), new.of(change.new)
    file, line, text = now if change.new is not None else was
    document, pointer = change.new or change.old or ("", "")
    operation = change.operations[0] if change.operations else ""
    violation = Violation(
        change.rule, "contract", change.level, operation, document, pointer, change.at, change.message, change.fix
    )
    changed = Changed(
        verdict=change.verdict,
        direction=change.direction,
        operations=change.operations,
        beyond=change.beyond,
        tried=change.tried,
        was=was[:2],
        was_pointer=change.old[1] if change.old is not None else "",
    )
    return Finding(
        rule=change.rule,
        side="contract",
        level=change.level,
        operation=operation,
        pointer=pointer,
        file=file,
        line=line,
        at=change.at,
        message=told(change),
        fix=change.fix,
        fingerprint=fingerprint_of(violation, (new if change.new is not None else old).named(document, pointer)),
        text=text,
        witness=redact_json(change.witness, Secrets(frozenset())),
        evidence=tuple(_evidence(change, was, now)),
        changed=changed,
    )


def told(change: Change) -> str:
    """Return the sentence of a change: where, what, and for whom."""
    sentence = f"{change.at}: {change.message}" if change.at else change.message
    others = len(change.operations) - 1
    return f"{sentence} (and in {others} other operation{'s' if others > 1 else ''})" if others > 0 else sentence


def _evidence(change: Change, was: tuple[str, int, str], now: tuple[str, int, str]) -> Iterator[tuple[str, str]]:
    if change.old is not None and change.new is not None and was[:2] != now[:2]:
        yield "was", f"{was[0]}:{was[1]}  {was[2]}".rstrip()
    yield "verdict", _verdict(change)
    witness = change.witness if isinstance(change.witness, dict) else {}
    for word, label in (("request", "sent"), ("response", "answer")):
        if word in witness and not (word == "request" and "response" in witness):
            scopes = f"   with scope {' and '.join(witness['scopes']) or 'none'}" if "scopes" in witness else ""
            yield label, _message(witness[word]) + scopes
    if "refused" in witness:
        sender = "the old edition says" if "response" in witness else "the new edition says"
        yield "refused", f"{sender} {witness['refused']}"


def _verdict(change: Change) -> str:
    match change.verdict:
        case "breaking":
            return "breaking" + (", for who goes beyond the contract" if change.beyond else "")
        case "compatible":
            return "compatible, proved"
        case "unproven":
            tried = f" in {change.tried} values" if change.tried else ""
            return f"unproven: no proof, and no counter-example{tried}"


def _message(message: Mapping[str, JSON]) -> str:
    start = " ".join(str(message[key]) for key in ("method", "target", "status") if key in message)
    body = message.get("body")
    if body in (None, ""):
        named = [f"{name}: {value}" for name, value in message.get("headers", ())]
        return start + (f"   {'  '.join(named)}" if named else "")
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return f"{start}  {text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}".strip()
