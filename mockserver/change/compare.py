"""Two editions of a contract: all that changed, each change once, with its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from mockserver.change.contracts import whole
from mockserver.change.found import advice, found, level_of
from mockserver.change.keywords import LIFECYCLE
from mockserver.change.lifecycle import Notice, lifecycle, removed_early
from mockserver.change.model import Change, Comparison, Evidence, Paired
from mockserver.change.operations import Matched, callbacks, matched, nameless, webhooks
from mockserver.change.pairs import Pair, Pairs, Site
from mockserver.change.requests import Asked, requests
from mockserver.change.responses import responses
from mockserver.change.sameness import Sameness
from mockserver.change.security import security
from mockserver.change.spots import Edit, Spot, Step
from mockserver.change.verdicts import Judge, Judged
from mockserver.change.witness import Refuter
from mockserver.contract.model import Contract, Operation
from mockserver.contract.plan import READERS
from mockserver.document import pointer as pointers
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument
from mockserver.generate.languages import is_within
from mockserver.schema.cases import Cases
from mockserver.schema.compile import Validators
from mockserver.schema.dialects import Direction
from mockserver.schema.edition import Edition, referred
from mockserver.schema.inclusion import Prover
from mockserver.schema.terms import Term, Terms
from mockserver.values import Struct, replace

_MOST_EVIDENCE = 3


def compare(old: Contract, new: Contract, notice: Notice, validators: Validators) -> Comparison:
    """Return what changed from one contract to the other."""
    return _Comparing(old, new, notice, validators).all()


class _Group(Struct, frozen=True):
    """Sites whose schemas are judged alike."""

    direction: Direction
    narrows: bool
    lexical: bool


class _Comparing:
    """One comparison."""

    def __init__(self, old: Contract, new: Contract, notice: Notice, validators: Validators) -> None:
        self._old, self._new = old, new
        self._notice = notice
        self._validators = validators
        self._sameness = Sameness(old, new)
        self._readers = READERS[old.dialect.version], READERS[new.dialect.version]
        self._schemes = (
            self._readers[0].security_schemes(old.documents), self._readers[1].security_schemes(new.documents),
        )  # fmt: skip
        self._groups: dict[_Group, Pairs] = {}
        self._unchecked: list[str] = []
        self._pairs = self._unproven = 0

    def all(self) -> Comparison:
        """Compare everything."""
        asked = matched(self._old, self._new)
        changes = list(whole(self._old, self._new, asked.both))
        for both in (asked, webhooks(self._old, self._new)):
            changes.extend(self._matched(both))
        changes.extend(self._schemas())
        operations = len(self._new.operations) + len(self._new.webhooks)
        return Comparison(tuple(changes), operations, self._pairs, self._unproven, tuple(self._unchecked))

    def _matched(self, both: Matched) -> Iterator[Change]:
        for operation in both.gone:
            yield self._gone(operation)
        for operation in both.come:
            rule = "webhook-added" if operation in self._new.webhooks else "operation-added"
            paired = Paired(operation, operation)
            yield found(rule, "compatible", paired, "", f"{operation.label} is new", new=operation.node)
        for paired in both.both:
            yield from self._operation(paired)

    def _gone(self, operation: Operation) -> Change:
        paired = Paired(operation, operation)
        told = f"{operation.label} is gone"
        if operation in self._old.webhooks:
            return found("webhook-removed", "compatible", paired, "", told, old=operation.node)
        early = removed_early(operation.node.tree, self._notice)
        told += f"; {early}" if early else ", as it was announced"
        evidence = Evidence(paired, "request")
        return found(
            "operation-removed", "breaking", paired, "", told, old=operation.node, direction="request",
            evidence=[evidence], beyond=not early,
        )  # fmt: skip

    def _operation(self, paired: Paired) -> Iterator[Change]:
        yield from self._names(paired)
        try:
            yield from self._security(paired)
            if not self._is_same(paired):
                yield from lifecycle(paired, paired.old.node, paired.new.node, "", self._notice)
                yield from self._messages(paired)
            both = callbacks(self._old, self._new, paired)
        except UnreadableDocument as broken:
            self._unchecked.append(f"{paired.new.name} was not compared: {broken.what} ({broken.where})")
            return
        for gone in both.gone:
            told = f"callback {gone.label} is gone"
            yield found("callback-removed", "compatible", Paired(gone, gone), "", told, old=gone.node)
        for come in both.come:
            told = f"callback {come.label} is new"
            yield found("callback-added", "compatible", Paired(come, come), "", told, new=come.node)
        for callback in both.both:
            yield from self._operation(callback)

    def _names(self, paired: Paired) -> Iterator[Change]:
        old, new = paired.old, paired.new
        if not paired.reversed and nameless(self._path(self._old, old)) != nameless(self._path(self._new, new)):
            evidence = [Evidence(Paired(old, old), "request")]
            told = f"{self._path(self._old, old)} is {self._path(self._new, new)} now"
            moved = nameless(old.template) != nameless(new.template)
            rule, verdict = ("operation-moved", "breaking") if moved else ("server-changed", "unproven")
            if moved or old is self._old.operations[0]:
                yield found(
                    rule, verdict, paired, "", told, old=old.node, new=new.node,  # type: ignore[arg-type]
                    direction="request" if moved else "", evidence=evidence if moved else (),
                )  # fmt: skip
        if old.operation_id != new.operation_id:
            told = f"operationId was {old.operation_id or 'not said'}, is {new.operation_id or 'not said'}"
            yield found("operation-id-changed", "compatible", paired, "", told, old=old.node, new=new.node)

    def _path(self, contract: Contract, operation: Operation) -> str:
        bases = {contract.base_paths[0] for contract in (self._old, self._new)}
        return operation.template if len(bases) == 1 else contract.base_paths[0] + operation.template

    def _security(self, paired: Paired) -> Iterator[Change]:
        if not paired.reversed:
            yield from security(paired, (self._old, self._schemes[0]), (self._new, self._schemes[1]))

    def _is_same(self, paired: Paired) -> bool:
        """Tell whether nothing in an operation can have changed."""
        same = self._sameness
        if not same.of(paired.old.node, paired.new.node) or paired.old.template != paired.new.template:
            return False
        for word in ("consumes", "produces"):  # OAS 2.0 lets operations inherit them
            if self._old.root.tree.get(word) != self._new.root.tree.get(word):
                return False
        ours, theirs = (operation.path_item for operation in (paired.old, paired.new))
        if ("parameters" in ours.tree) != ("parameters" in theirs.tree):
            return False
        return "parameters" not in ours.tree or same.of(ours.child("parameters"), theirs.child("parameters"))

    def _messages(self, paired: Paired) -> Iterator[Change]:
        documents = self._old.documents, self._new.documents
        operations = paired.old, paired.new
        asked = [
            Asked(reader.parameters(held, operation), reader.request_body(held, operation), held)
            for reader, held, operation in zip(self._readers, documents, operations, strict=True)
        ]
        answered = [
            reader.responses(held, operation)
            for reader, held, operation in zip(self._readers, documents, operations, strict=True)
        ]
        self._unchecked.extend(
            f"an answer of {paired.new.name} was not compared: {flaw.what} ({flaw.where})"
            for _, broken in answered
            for flaw in broken
        )
        yield from self._deprecated_parameters(paired, *asked)
        yield from self._sorted(requests(paired, *asked))
        yield from self._sorted(responses(paired, answered[0][0], answered[1][0], documents))

    def _deprecated_parameters(self, paired: Paired, old: Asked, new: Asked) -> Iterator[Change]:
        ours = {(one.location, one.name): one for one in old.parameters}
        for parameter in new.parameters:
            partner = ours.get((parameter.location, parameter.name))
            if partner is not None and not self._sameness.of(partner.node, parameter.node):
                at = f"{parameter.location}.{parameter.name}"
                yield from lifecycle(paired, partner.node, parameter.node, at, self._notice)

    def _sorted(self, items: Iterable[Change | Site]) -> Iterator[Change]:
        """Pass on changes, and keep the sites of schemas that are not the same."""
        for item in items:
            if isinstance(item, Change):
                yield item
            elif not self._sameness.of(item.old, item.new):
                try:
                    self._group(item).add(item)
                except UnreadableDocument as broken:
                    told = f"{item.at} of {item.paired.new.name} was not compared: {broken.what} ({broken.where})"
                    self._unchecked.append(told)

    def _group(self, site: Site) -> Pairs:
        group = _Group(site.direction, site.narrows, site.lexical)
        if group not in self._groups:
            old, new = self._old, self._new
            self._groups[group] = Pairs(
                Edition(old.documents, old.dialect, site.direction, lexical=group.lexical and group.narrows),
                Edition(new.documents, new.dialect, site.direction, lexical=group.lexical and not group.narrows),
                self._sameness,
            )
        return self._groups[group]

    def _schemas(self) -> Iterator[Change]:
        for group, pairs in self._groups.items():
            cases = Cases(Terms(self._sameness.definition, self._validators))
            prover = Prover(cases, partial(_assumed, pairs, group.narrows), is_within)
            strict = Prover(cases, lambda _left, _right: False, is_within)
            refuter = Refuter(prover, strict, self._validators)
            judge = Judge(pairs, prover, strict, refuter, narrows=group.narrows)
            open_pairs: set[int] = set()
            for pair in pairs.changed():
                try:
                    verdicts = list(judge.judge(pair))
                except UnreadableDocument as broken:
                    self._unchecked.append(f"a changed schema was not judged: {broken.what} ({broken.where})")
                    open_pairs.add(id(pair))
                    continue
                self._pairs += 1
                self._unproven += any(judged.verdict == "unproven" for judged in verdicts)
                if any(judged.verdict != "compatible" for judged in verdicts):
                    open_pairs.add(id(pair))
                yield from self._all_told(group, pairs, pair, verdicts)
            for pair, edit in pairs.delicate(lambda pair, known=open_pairs: id(pair) not in known):  # type: ignore[misc]
                try:
                    judged = judge.judge_edit(pair, edit)
                except UnreadableDocument:
                    continue  # it was told of the pair below
                if judged.verdict != "compatible":
                    yield from self._all_told(group, pairs, pair, [judged])

    def _all_told(self, group: _Group, pairs: Pairs, pair: Pair, verdicts: list[Judged]) -> Iterator[Change]:
        routes = list(pairs.routes(pair))
        for judged in verdicts:
            yield from self._told(group, judged, routes)

    def _told(self, group: _Group, judged: Judged, routes: list[tuple[Pair, tuple[Step, ...]]]) -> Iterator[Change]:
        edit = judged.edit
        sites = [site for root, _ in routes for site in root.sites]
        if not sites:
            return
        site, way = routes[0][0].sites[0], (*routes[0][1], *edit.way)
        at = _at(site, way)
        names = tuple(dict.fromkeys(site.paired.new.name for site in sites))
        about = edit.old.place(), _member(edit, group.direction)
        if edit.rule == LIFECYCLE:
            nodes = _node(self._old, edit.old), _node(self._new, edit.new)
            for change in lifecycle(site.paired, *nodes, at, self._notice):
                yield replace(change, operations=names, direction=group.direction, about=about)
            return
        evidence = [
            Evidence(one.paired, one.direction, {one.place: value}, status=str(one.code or ""),
                     media_type=one.media_type)
            for value in judged.values
            for one in (judged.root.sites[:_MOST_EVIDENCE] if judged.root is not None else ())
        ]  # fmt: skip
        change = found(
            edit.rule, judged.verdict, site.paired, at, edit.told, direction=group.direction, evidence=evidence,
            old=_place(edit.old, edit.old_steps), new=_place(edit.new, edit.new_steps), beyond=judged.beyond,
            fix=advice(edit.told, at, narrows=group.narrows),
        )  # fmt: skip
        level = level_of(edit.rule, judged.verdict, beyond=judged.beyond)
        yield replace(change, operations=names, tried=judged.tried, level=level, about=about)


def _assumed(pairs: Pairs, narrows: bool, left: Term, right: Term) -> bool:  # noqa: FBT001 - bound by partial
    """Tell whether two references are a pair that is judged by itself."""
    old, new = (right, left) if narrows else (left, right)
    names = referred(old.schema), referred(new.schema)
    return all(names) and old.edition is pairs.old and new.edition is pairs.new and pairs.has(*names)


def _member(edit: Edit, direction: Direction) -> str:
    """Return the one member that an edit is about; what is required now concerns all who send the object."""
    word, _, name = edit.part.partition(" ")
    return "" if word == "required" and direction == "request" else name


def _at(site: Site, way: tuple[Step, ...]) -> str:
    names = [step.name if step.kind == "property" else "*" for step in way if step.kind != "same"]
    return f"{site.at}#{pointers.join(names)}" if names else site.at


def _place(spot: Spot, steps: tuple[str | int, ...] | None) -> tuple[str, str]:
    return spot.place(*(steps or ()))


def _node(contract: Contract, spot: Spot) -> Node:
    return contract.documents.node(*spot.place())
